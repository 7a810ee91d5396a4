"""Finds and measures bodies by where they are: predicates, buffers, nearest, overlay, statistics.

Boxes narrow in the store, Shapely and the ellipsoid decide (kit/shapes.py, kit/earth.py). What is
compared is the shown geometry: the one that the order of authority chooses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import shapely

from chaintwin.kit import earth
from chaintwin.kit.problems import InputProblem
from chaintwin.kit.shapes import (
    Box,
    Predicate,
    Shape,
    box_shape,
    cut_box,
    geometry_in,
    holds,
    made_valid,
    read_shape,
)
from chaintwin.model.kinds import Kind
from chaintwin.twin.state import BodyState
from chaintwin.twin.view import TwinView

_BATCH = 500
_FIRST_RING_M = 1_000.0
_HALF_ROUND_M = 20_004_000.0


@dataclass(frozen=True, slots=True)
class Where:
    """Which geometries are asked for; all that is given holds together.

    `predicate` reads “geometry predicate reference”; `least_m` and `most_m` bound the distance from
    the reference in metres; `box` must be met (west beyond east: over the antimeridian).
    """

    reference: Shape | None = None
    predicate: Predicate | None = None
    least_m: float | None = None
    most_m: float | None = None
    box: Box | None = None

    def boxes(self) -> list[Box] | None:
        """Return boxes outside of which nothing fits; None where there are none."""
        if self.box is not None:
            return cut_box(self.box)
        if self.reference is None:
            return None
        around: Box = self.reference.bounds
        if self.predicate is not None and self.predicate != "disjoint":
            return [around]
        return None if self.most_m is None else cut_box(earth.box_around(around, self.most_m))

    def fits(self, shape: Shape) -> bool:
        """Tell whether a geometry is one of those asked for."""
        if self.box is not None and not holds("intersects", shape, box_shape(self.box)):
            return False
        if self.reference is None:
            return True
        if self.predicate is not None and not holds(self.predicate, shape, self.reference):
            return False
        if self.least_m is None and self.most_m is None:
            return True
        away = earth.distance_m(shape, self.reference)
        least = 0.0 if self.least_m is None else self.least_m
        return least <= away and (self.most_m is None or away <= self.most_m)


@dataclass(frozen=True, slots=True)
class Shaped:
    """A body with its shown geometry, as GeoJSON and as a shape."""

    state: BodyState
    geometry: Mapping[str, Any]
    shape: Shape


@dataclass(frozen=True, slots=True)
class Sum:
    """One number attribute over a selection; `unknown` bodies have no value, which is not zero."""

    attribute: str
    known: int
    unknown: int
    total: Decimal | None
    least: Decimal | None
    most: Decimal | None


@dataclass(frozen=True, slots=True)
class Selection:
    """What a selection of bodies comes to; areas and lengths are of the geometries."""

    count: int
    area_m2: float
    length_m: float
    sums: tuple[Sum, ...]


@dataclass(frozen=True, slots=True)
class Overlap:
    """How far a body lies within a reference: area in square metres and share of the body's own."""

    shaped: Shaped
    area_m2: float
    share: float | None


def find_shaped(
    view: TwinView, kind: str, where: Where, attribute: str | None = None, after: int = 0
) -> Iterator[Shaped]:
    """Yield bodies of a kind that lie where asked, in order of number, beyond one of them."""
    declared = view.kinds.known(kind)
    seen: set[int] = set()
    while batch := view.boxed(kind, where.boxes(), attribute, after, _BATCH):
        for state in view.states(batch):
            shaped = shape_of(declared, state, attribute)
            if shaped is not None and state.body not in seen and where.fits(shaped.shape):
                seen.add(state.body)
                yield shaped
        after = batch[-1]


def shape_of(kind: Kind, state: BodyState, attribute: str | None = None) -> Shaped | None:
    """Return a body's geometry: of one attribute, else of the first that holds one.

    None where nothing is held, or where an undeclared value only looks like a geometry.
    """
    declared = [name for name, one in kind.attributes.items() if one.type == "geometry"]
    names = [attribute] if attribute is not None else [*declared, *state.attributes]
    for held in (held for name in names for held in state.all(name)):
        geometry = geometry_in(held.data)
        if geometry is not None:
            try:
                return Shaped(state, geometry, read_shape(geometry))
            except InputProblem:
                continue
    return None


def find_nearest(
    view: TwinView, kind: str, reference: Shape, count: int, most_m: float = _HALF_ROUND_M
) -> list[tuple[Shaped, float]]:
    """Return the nearest bodies of a kind with their distance in metres, nearest first."""
    ring = min(_FIRST_RING_M, most_m)
    while True:
        found = [
            (shaped, earth.distance_m(shaped.shape, reference))
            for shaped in find_shaped(view, kind, Where(reference, most_m=ring))
        ]
        if len(found) >= count or ring >= most_m:
            return sorted(found, key=lambda pair: (pair[1], pair[0].state.body))[:count]
        ring = min(ring * 4, most_m)


def sum_up(kind: Kind, selected: Iterable[Shaped]) -> Selection:
    """Return count, areas, lengths and the sums of number attributes over a selection."""
    found = list(selected)
    numbers = [one.name for one in kind.attributes.values() if one.type == "number"]
    return Selection(
        len(found),
        sum(earth.area_m2(one.shape) for one in found),
        sum(earth.length_m(one.shape) for one in found if not one.shape.area),
        tuple(_sum(name, found) for name in numbers),
    )


def overlay(view: TwinView, kind: str, reference: Shape) -> Iterator[Overlap]:
    """Yield the bodies of a kind that meet a reference, with how much of each lies within it."""
    clean = made_valid(reference)
    for shaped in find_shaped(view, kind, Where(reference, "intersects")):
        own = earth.area_m2(shaped.shape)
        shared = earth.area_m2(shapely.intersection(made_valid(shaped.shape), clean))
        yield Overlap(shaped, shared, shared / own if own else None)


def _sum(attribute: str, found: list[Shaped]) -> Sum:
    values = [
        Decimal(str(held.value))
        for one in found
        if (held := one.state.held(attribute)) is not None and held.value is not None
    ]
    return Sum(
        attribute,
        len(values),
        len(found) - len(values),
        sum(values, Decimal(0)) if values else None,
        min(values, default=None),
        max(values, default=None),
    )
