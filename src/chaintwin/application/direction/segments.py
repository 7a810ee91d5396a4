"""The candidate segments of a region and how each is rated, before anything is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from chaintwin.application.chain.graph import Input
from chaintwin.application.chain.picture import Attachment
from chaintwin.application.chain.places import Place, to_prefix
from chaintwin.application.chain.reader import Reader
from chaintwin.application.chain.scorecards import Scorecard
from chaintwin.application.chain.standing import Measured, count_present, measure_chain
from chaintwin.application.complexity.field import Stand
from chaintwin.application.complexity.relatedness import percentile
from chaintwin.application.complexity.space import Absent, Ground, Space, find_ground
from chaintwin.application.direction.core import PartCode, Share
from chaintwin.application.shown import Cited, place_of
from chaintwin.kit.problems import InputProblem, NotFoundProblem
from chaintwin.twin.state import BodyState

# What a region holds already needs no direction.
_HELD = ("strong", "steady")
# 地块状态: what may still be offered.
_FREE = "可供"


@dataclass(frozen=True, slots=True)
class Segment:
    """A candidate: a link as measured here, or an industry; `column` None: no listed firm."""

    key: str
    title: str
    measured: Measured | None
    column: int | None


@dataclass(frozen=True, slots=True)
class Site:
    """Where one looks for directions: a region, or a park within it with its lead chains."""

    place: Place
    park: BodyState | None
    chains: Sequence[str]


@dataclass(frozen=True, slots=True)
class Survey:
    """All that candidates are compared with."""

    reader: Reader
    site: Site
    card: Scorecard
    space: Space
    ground: Ground | Absent
    segments: Sequence[Segment]
    parcels: Sequence[BodyState]
    present: Mapping[int, int]

    @property
    def rates(self) -> Mapping[str, float]:
        """Return the constants of the scorecard."""
        rates: Mapping[str, float] = self.card.more["rates"]
        return rates

    @property
    def free(self) -> list[BodyState]:
        """Return the parcels that may be offered."""
        return [one for one in self.parcels if one.one("status") == _FREE]

    def density(self, segment: Segment) -> float | None:
        """Return relatedness density; None where it is not known."""
        if isinstance(self.ground, Absent) or segment.column is None:
            return None
        value = float(self.ground.density[segment.column])
        return None if np.isnan(value) else value

    def expected(self, segment: Segment) -> float | None:
        """Return the control: listed firms expected here by size and popularity alone."""
        if isinstance(self.ground, Absent) or segment.column is None:
            return None
        return float(self.ground.expected[segment.column])

    def arrivals(self, segment: Segment) -> list[Stand] | None:
        """Return new listings nation-wide, latest first; None where days of listing are unknown."""
        stands = self.space.field.by_activity.get(segment.key, ())
        if not any(one.since is not None for one in stands):
            return None
        since = self.space.since
        found = [one for one in stands if one.since is not None and one.since >= since]
        return sorted(found, key=lambda one: (one.since, one.firm.name), reverse=True)

    def depth(self, segment: Segment) -> float | None:
        """Return the percentile of PCI; None where complexity is not defined or its order shaky."""
        found = self.space.complexity
        if isinstance(found, Absent) or segment.column is None:
            return None
        value = float(found.pci[segment.column])
        if np.isnan(value) or found.spectrum.is_close(self.rates["least_gap"]):
            return None
        return percentile(value, [float(one) for one in found.pci[~np.isnan(found.pci)]])

    def inputs(self, segment: Segment) -> Sequence[Input]:
        """Return what a link takes; an industry has no inputs on record."""
        if segment.measured is None:
            return ()
        return self.reader.picture.graph.inputs.get(segment.measured.link.body, ())

    def movers(self, segment: Segment) -> list[Cited]:
        """Return the firms elsewhere that do it, by the facts that say so."""
        if segment.measured is not None:
            return [self._cite(one) for one in segment.measured.sides.elsewhere]
        stands = self.space.field.by_activity.get(segment.key, ())
        return [one.cited for one in stands if not self.site.place.holds(one.firm.prefix)]

    def _cite(self, one: Attachment) -> Cited:
        firm = self.reader.picture.firms[one.firm]
        return Cited(one.firm, "link", one.held, firm.name)


def survey(reader: Reader, site: Site, card: Scorecard, space: Space) -> Survey:
    """Find out what is common to all candidates, and which there are."""
    ground = find_ground(reader, space.nearness, site.place, card.more["rates"]["least_firms"])
    if space.field.of == "links":
        segments = list(_links(reader, site, space))
    else:
        segments = list(_industries(space, ground))
    return Survey(
        reader=reader,
        site=site,
        card=card,
        space=space,
        ground=ground,
        segments=segments,
        parcels=_parcels(reader, site),
        present=count_present(reader, site.place),
    )


def find_site(reader: Reader, region: str, park: str | None, chain: str | None) -> Site:
    """Return where to look; raise a problem for a park or chain that is none, or lies elsewhere."""
    place = reader.place(region)
    state = None if park is None else reader.view.get(reader.view.number(park))
    if state is not None and state.kind != "Park":
        raise NotFoundProblem(
            f"“{state.name}”不是园区。请从园区列表中选择。",
            f"“{state.name}” is no park. Choose one from the list of parks.",
        )
    if state is not None and not place.holds(to_prefix(str(place_of(state) or ""))):
        raise InputProblem(
            f"园区“{state.name}”不在 {place.name} 内。请改选地区或园区。",
            f"The park {state.name} does not lie within {place.name}. Choose another.",
        )
    if chain is not None:
        return Site(place, state, [reader.chain(chain).code])
    chains = reader.picture.graph.chains
    named = {held.ref for held in state.all("lead_chain")} if state else set()
    lead = [code for code, one in chains.items() if one.body in named]
    return Site(place, state, lead or list(chains))


def _links(reader: Reader, site: Site, space: Space) -> Iterable[Segment]:
    for chain in site.chains:
        for one in measure_chain(reader, chain, site.place):
            key = f"{chain}/{one.link.code}"
            if one.verdict.code not in _HELD:
                yield Segment(key, one.link.zh, one, space.field.columns.get(key))


def _industries(space: Space, ground: Ground | Absent) -> Iterable[Segment]:
    for column, name in enumerate(space.field.activities):
        if isinstance(ground, Absent) or not ground.present[column]:
            yield Segment(name, name, None, column)


def _parcels(reader: Reader, site: Site) -> list[BodyState]:
    states = reader.view.slices("Parcel", ("name", "region", "status", "demo", "park"))
    if site.park is not None:
        body = site.park.body
        return [one for one in states if any(held.ref == body for held in one.all("park"))]
    return [one for one in states if site.place.holds(to_prefix(str(place_of(one) or "")))]


def rate_all(found: Survey) -> dict[str, dict[PartCode, list[Share]]]:
    """Rate every candidate on every part, each against the best of the candidates."""
    densities = {one.key: found.density(one) for one in found.segments}
    listings = {one.key: found.arrivals(one) for one in found.segments}
    best_density = max((value for value in densities.values() if value is not None), default=0.0)
    best_pull = max((one.measured.priority for one in found.segments if one.measured), default=0.0)
    most = max((len(value) for value in listings.values() if value is not None), default=0)
    rates = found.rates

    def part(one: Segment) -> dict[PartCode, list[Share]]:
        coming = listings[one.key]
        fresh = None if coming is None else _of(len(coming), most)
        potential = [
            Share("momentum", rates["momentum"], fresh),
            Share("depth", rates["depth"], found.depth(one)),
        ]
        feasible = [
            Share("movers", rates["movers"], _of(len(found.movers(one)), rates["movers_full"])),
            Share("land", rates["land"], float(bool(found.free)) if found.parcels else None),
        ]
        if one.measured is not None:
            potential.insert(0, Share("pull", rates["pull"], _of(one.measured.priority, best_pull)))
        if inputs := found.inputs(one):
            here = sum(bool(found.present.get(edge.supplier)) for edge in inputs)
            feasible.insert(0, Share("inputs", rates["inputs"], here / len(inputs)))
        density = densities[one.key]
        related = [Share("density", 1.0, None if density is None else _of(density, best_density))]
        return {"relatedness": related, "potential": potential, "feasibility": feasible}

    return {one.key: part(one) for one in found.segments}


def _of(value: float, most: float) -> float:
    return min(1.0, value / most) if most else 0.0
