"""Measures every link of a chain in a region: firms, location quotient, concentration, verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isnan

from chaintwin.application.chain.answers import ActCode, VerdictCode
from chaintwin.application.chain.core import (
    Declared,
    Standing,
    Verdict,
    advise,
    compare_shares,
    concentration,
    find_coverage,
    judge,
    judge_if_recalled,
    location_quotient,
)
from chaintwin.application.chain.graph import Importance, Input, Link, measure_presence
from chaintwin.application.chain.peers import PEERS, count_beside, find_peers
from chaintwin.application.chain.picture import Attachment, Firm, Picture
from chaintwin.application.chain.places import Place
from chaintwin.application.chain.reader import Reader
from chaintwin.application.complexity.relatedness import percentile
from chaintwin.application.complexity.space import Absent, Ground, find_ground, read_nearness
from chaintwin.model.fact import Basis

_SIZES = ("revenue", "employees", "registered_capital")


@dataclass(frozen=True, slots=True)
class Sides:
    """The firms of a link, parted by where they are and how well that is evidenced."""

    here: Sequence[Attachment]
    here_recalled: Sequence[Attachment]
    unplaced: Sequence[Attachment]
    elsewhere: Sequence[Attachment]
    elsewhere_recalled: Sequence[Attachment]


@dataclass(frozen=True, slots=True)
class Beside:
    """What a link is compared with: peers with their listed firms, and relatedness.

    `listed`: of each peer, those on the link and all of them.
    """

    peers: Sequence[Place]
    listed: Sequence[tuple[int, int]] | None
    ground: Ground | Absent
    column: int | None


@dataclass(frozen=True, slots=True)
class Measured:
    """A link in a region with all that its verdict rests on."""

    link: Link
    sides: Sides
    listed: tuple[int, int, int, int]  # on the link here, all here, on the link, all
    weight: float | None
    share: float | None
    coverage: Sequence[tuple[str, Declared | None]]  # by industry code of the link
    standing: Standing
    verdict: Verdict
    if_recalled: VerdictCode | None
    importance: Importance
    score: float
    presence: float
    essential_here: Sequence[Input]
    act: ActCode
    beside: Beside

    @property
    def priority(self) -> float:
        """Return what closing the gap changes, 0–1: importance × downstream presence."""
        return self.score * self.presence

    @property
    def is_demo(self) -> bool:
        """Tell whether the verdict rests on an invented statement."""
        return any(one.demo for _, one in self.coverage if one)


def measure_chain(reader: Reader, chain: str, place: Place) -> list[Measured]:
    """Measure every link of a chain in a region, in the order of the chain."""
    key = (chain, place.prefix, tuple(sorted(reader.settings.items())), reader.gap_card.version)

    def make() -> list[Measured]:
        present = count_present(reader, place)
        firms = reader.picture.firms.values()
        crowd = _count_listed(firms, place)
        found = find_peers(reader, reader.chain(chain), place)[:PEERS]
        peers = [(peer, _count_listed(firms, peer)[0]) for peer in found]
        around = _Around(place, present, crowd, peers, *_relate(reader, place))
        return [_measure(reader, link, around) for link in reader.chain(chain).links]

    return reader.keep(key, make)


def count_present(reader: Reader, place: Place) -> dict[int, int]:
    """Return, for every link, how many local firms have sufficient evidence."""
    key = ("present", place.prefix, reader.settings["confidence_needed"])

    def make() -> dict[int, int]:
        picture, settings = reader.picture, reader.settings
        return {
            link: sum(
                one.is_sufficient(settings) and place.holds(picture.firms[one.firm].prefix)
                for one in attached
                if not picture.firms[one.firm].is_demo
            )
            for link, attached in picture.on_link.items()
        }

    return reader.keep(key, make)


def part_firms(picture: Picture, link: int, place: Place, settings: Mapping[str, float]) -> Sides:
    """Part the firms of a link; invented firms count nowhere."""
    parts: tuple[list[Attachment], ...] = ([], [], [], [], [])
    for one in picture.on_link.get(link, ()):
        firm = picture.firms[one.firm]
        if firm.is_demo:
            continue
        sufficient = one.is_sufficient(settings)
        if place.holds(firm.prefix):
            parts[0 if sufficient else 1].append(one)
        elif place.may_hold(firm.prefix):
            parts[2].append(one)
        else:
            parts[3 if sufficient else 4].append(one)
    return Sides(*parts)


def _count_listed(firms: Iterable[Firm], place: Place) -> tuple[int, int]:
    listed = [firm for firm in firms if firm.is_listed and not firm.is_demo]
    return sum(place.holds(firm.prefix) for firm in listed), len(listed)


@dataclass(frozen=True, slots=True)
class _Around:
    """What all links of a chain are measured against."""

    place: Place
    present: Mapping[int, int]
    crowd: tuple[int, int]
    peers: Sequence[tuple[Place, int]]  # with the number of its listed firms
    ground: Ground | Absent
    columns: Mapping[str, int]
    densities: Sequence[float]


def _relate(
    reader: Reader, place: Place
) -> tuple[Ground | Absent, Mapping[str, int], Sequence[float]]:
    """Return the place relatedness is reckoned for, and the relatedness of every link."""
    settings = reader.settings
    nearness = read_nearness(reader, "links", "harvard", settings.get("rca_threshold", 1.0))
    ground = find_ground(reader, nearness, place, settings.get("least_firms", 10))
    if isinstance(ground, Absent):
        return ground, {}, ()
    known = [float(one) for one in ground.density if not isnan(one)]
    return ground, nearness.field.columns, known


def _related(around: _Around, column: int | None) -> float | None:
    if isinstance(around.ground, Absent) or column is None:
        return None
    value = float(around.ground.density[column])
    return None if isnan(value) else percentile(value, around.densities)


def _measure(reader: Reader, link: Link, around: _Around) -> Measured:
    picture, settings = reader.picture, reader.settings
    sides = part_firms(picture, link.body, around.place, settings)
    here = _listed(picture, sides.here)
    everywhere = here + _listed(picture, [*sides.elsewhere, *_sufficient(sides, settings)])
    listed = (here, around.crowd[0], everywhere, around.crowd[1])
    coverage = measure_coverage(reader, link, around.place)
    buyers = picture.graph.buyers.get(link.body, ())
    present = [one for one in buyers if around.present.get(one.buyer, 0)]
    essential = [one for one in present if one.criticality == "essential"]
    beside = _stand_beside(reader, link, around)
    standing = replace(
        _stand(reader, link, sides, listed),
        coverage=_lowest([one.share if one else None for _, one in coverage]),
        essential_here=len(essential),
        buyers_here=len(present),
        beside=compare_shares(here, around.crowd[0], beside.listed),
        related=_related(around, beside.column),
    )
    importance = picture.graph.importance[link.body]
    verdict = judge(standing, settings)
    return Measured(
        link=link,
        sides=sides,
        listed=listed,
        weight=_sum_weights(sides.here),
        share=here / everywhere if everywhere else None,
        coverage=coverage,
        standing=standing,
        verdict=verdict,
        if_recalled=judge_if_recalled(standing, settings),
        importance=importance,
        score=importance.score(reader.gap_card.settings),
        presence=measure_presence(buyers, around.present, reader.gap_card.settings),
        essential_here=essential,
        act=advise(verdict, standing, settings),
        beside=beside,
    )


def _stand(reader: Reader, link: Link, sides: Sides, listed: tuple[int, int, int, int]) -> Standing:
    here, all_here, everywhere, everyone = listed
    return Standing(
        firms=len(sides.here),
        recalled=len(sides.here_recalled),
        unplaced=len(sides.unplaced),
        lq=location_quotient(here, all_here, everywhere, everyone),
        expected=all_here * everywhere / everyone if everyone else 0.0,
        hhi=concentration(supplier_sizes(reader.picture, sides.here)),
        imports=_read_dependence(link),
    )


def _read_dependence(link: Link) -> float | None:
    """Return the import dependence 0–1; None where it is unknown, to be checked or no share."""
    held = link.state.held("import_dependence")
    if held is None or held.value is None or held.basis in (Basis.RECALLED, Basis.DEMO):
        return None
    share = float(held.value)
    return share if 0 <= share <= 1 else None


def _stand_beside(reader: Reader, link: Link, around: _Around) -> Beside:
    listed = count_beside(reader, link.body, around.peers)
    column = around.columns.get(f"{link.chain}/{link.code}")
    return Beside([peer for peer, _ in around.peers], listed, around.ground, column)


def _lowest(shares: Sequence[float | None]) -> float | None:
    """One industry without a statement leaves the whole unknown."""
    known = [one for one in shares if one is not None]
    return min(known) if known and len(known) == len(shares) else None


def measure_coverage(reader: Reader, link: Link, place: Place) -> list[tuple[str, Declared | None]]:
    """Return the statement of coverage that counts for each industry of a link."""
    uncounted = set(reader.verdict_card.more.get("populations_not_counted", ()))
    declared = [one for one in reader.picture.declared if one.population not in uncounted]
    industries = [code.lstrip("ABCDEFGHIJKLMNOPQRST") for code in link.texts("industry")] or [""]
    return [(code, find_coverage(declared, place.prefix, code)) for code in industries]


def supplier_sizes(picture: Picture, here: Sequence[Attachment]) -> list[float | None]:
    """Return the size of each supplier by the first measure known of all, times its weight."""
    firms = [picture.firms[one.firm] for one in here]
    for measure in _SIZES:
        sizes = [firm.state.one(measure) for firm in firms]
        if all(isinstance(size, int | float) for size in sizes):
            weights = [one.weight for one in here]
            known = None not in weights
            return [
                float(size) * (weight if known and weight is not None else 1.0)
                for size, weight in zip(sizes, weights, strict=True)
            ]
    return [None for _ in here]


def size_measure(picture: Picture, here: Sequence[Attachment]) -> str | None:
    """Return the name of the measure of size known of all suppliers; None if there is none."""
    firms = [picture.firms[one.firm] for one in here]
    return next(
        (name for name in _SIZES if firms and all(firm.state.held(name) for firm in firms)), None
    )


def _listed(picture: Picture, attached: Iterable[Attachment]) -> int:
    return sum(picture.firms[one.firm].is_listed for one in attached)


def _sufficient(sides: Sides, settings: Mapping[str, float]) -> list[Attachment]:
    return [one for one in sides.unplaced if one.is_sufficient(settings)]


def _sum_weights(here: Sequence[Attachment]) -> float | None:
    known = [one.weight for one in here if one.weight is not None]
    return sum(known) if known else None
