"""Parcels and parks, each value with the fact behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chaintwin.application.projects.finding import name_refs
from chaintwin.application.projects.models import (
    BodyName,
    ParcelPage,
    ParcelShown,
    ParkPage,
    ParkShown,
)
from chaintwin.application.shown import Cited, Citer, FactRef
from chaintwin.kit.chinese import sort_key
from chaintwin.twin.door import Door
from chaintwin.twin.state import BodyState

_PARCEL_FACTS = ("area_mu", "zoning", "price_wan_per_mu", "power_kva", "status", "park", "region")
_PARK_FACTS = ("name", "level", "type", "region")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which parcels or parks a list asks for."""

    region: str | None
    park: str | None
    status: str | None
    limit: int
    offset: int


def list_parcels(door: Door, wanted: Wanted) -> ParcelPage:
    """Return one page of parcels in dictionary order."""
    park = None if wanted.park is None else door.view.number(wanted.park)
    hits = [
        state
        for state in _in_region(door.view.all("Parcel"), wanted.region)
        if wanted.status in (None, state.one("status"))
        and (park is None or any(held.ref == park for held in state.all("park")))
    ]
    page = _page(hits, wanted)
    named, citer = name_refs(door.view, page), Citer(door.view)
    return ParcelPage(
        items=[_parcel(citer, state, named) for state in page],
        total=len(hits),
        limit=wanted.limit,
        offset=wanted.offset,
    )


def list_parks(door: Door, wanted: Wanted) -> ParkPage:
    """Return one page of parks in dictionary order."""
    hits = _in_region(door.view.all("Park"), wanted.region)
    page = _page(hits, wanted)
    parcels = Counter(held.ref for state in door.view.all("Parcel") for held in state.all("park"))
    named, citer = name_refs(door.view, page), Citer(door.view)
    return ParkPage(
        items=[_park(citer, state, named, parcels[state.body]) for state in page],
        total=len(hits),
        limit=wanted.limit,
        offset=wanted.offset,
    )


def _in_region(states: Sequence[BodyState], region: str | None) -> list[BodyState]:
    hits = [
        state
        for state in states
        if region is None or str(state.one("region") or "").startswith(region)
    ]
    return sorted(hits, key=lambda state: sort_key(state.name))


def _page(hits: Sequence[BodyState], wanted: Wanted) -> Sequence[BodyState]:
    return hits[wanted.offset : wanted.offset + wanted.limit]


def _parcel(citer: Citer, state: BodyState, named: Mapping[int, BodyName]) -> ParcelShown:
    parks = _refs(state, "park", named)
    position = state.held("position")
    return ParcelShown(
        code=state.code,
        number=state.one("code"),
        name=state.name,
        region=state.one("region"),
        park=parks[0] if parks else None,
        area_mu=_number(state.one("area_mu")),
        zoning=state.one("zoning"),
        price_wan_per_mu=_number(state.one("price_wan_per_mu")),
        power_kva=_number(state.one("power_kva")),
        status=state.one("status"),
        position=None if position is None else position.data,
        demo=state.is_demo,
        facts=_facts(citer, state, _PARCEL_FACTS),
    )


def _park(citer: Citer, state: BodyState, named: Mapping[int, BodyName], parcels: int) -> ParkShown:
    return ParkShown(
        code=state.code,
        name=state.name,
        short_name=state.one("short_name"),
        level=state.one("level"),
        type=state.one("type"),
        region=state.one("region"),
        lead_chains=_refs(state, "lead_chain", named),
        industries=[str(held.value) for held in state.all("industry")],
        parcels=parcels,
        demo=state.is_demo,
        facts=_facts(citer, state, _PARK_FACTS),
    )


def _refs(state: BodyState, attribute: str, named: Mapping[int, BodyName]) -> list[BodyName]:
    return [named[held.ref] for held in state.all(attribute) if held.ref is not None]


def _facts(citer: Citer, state: BodyState, names: Sequence[str]) -> dict[str, FactRef]:
    return {
        name: citer.ref(Cited(state.body, name, held, str(held.value)))
        for name in names
        if (held := state.held(name)) is not None
    }


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
