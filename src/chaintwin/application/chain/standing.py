"""Measures every link of a chain in a region: firms, location quotient, concentration, verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chaintwin.application.chain.answers import VerdictCode
from chaintwin.application.chain.core import (
    Declared,
    Standing,
    Verdict,
    concentration,
    find_coverage,
    judge,
    judge_if_recalled,
    location_quotient,
)
from chaintwin.application.chain.graph import Importance, Input, Link, measure_presence
from chaintwin.application.chain.picture import Attachment, Firm, Picture
from chaintwin.application.chain.places import Place
from chaintwin.application.chain.reader import Reader

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
        crowd = _count_listed(reader.picture.firms.values(), place)
        return [_measure(reader, link, place, present, crowd) for link in reader.chain(chain).links]

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


def _measure(
    reader: Reader, link: Link, place: Place, present: Mapping[int, int], crowd: tuple[int, int]
) -> Measured:
    picture, settings = reader.picture, reader.settings
    sides = part_firms(picture, link.body, place, settings)
    listed_here = _listed(picture, sides.here)
    listed_all = listed_here + _listed(picture, [*sides.elsewhere, *_sufficient(sides, settings)])
    coverage = measure_coverage(reader, link, place)
    shares = [one.share if one else None for _, one in coverage]
    buyers = picture.graph.buyers.get(link.body, ())
    essential_here = [
        one for one in buyers if one.criticality == "essential" and present.get(one.buyer, 0)
    ]
    standing = Standing(
        firms=len(sides.here),
        recalled=len(sides.here_recalled),
        unplaced=len(sides.unplaced),
        lq=location_quotient(listed_here, crowd[0], listed_all, crowd[1]),
        expected=crowd[0] * listed_all / crowd[1] if crowd[1] else 0.0,
        hhi=concentration(supplier_sizes(picture, sides.here)),
        coverage=None
        if not shares or None in shares
        else min(one for one in shares if one is not None),
        essential_here=len(essential_here),
    )
    importance = picture.graph.importance[link.body]
    return Measured(
        link=link,
        sides=sides,
        listed=(listed_here, crowd[0], listed_all, crowd[1]),
        weight=_sum_weights(sides.here),
        share=listed_here / listed_all if listed_all else None,
        coverage=coverage,
        standing=standing,
        verdict=judge(standing, settings),
        if_recalled=judge_if_recalled(standing, settings),
        importance=importance,
        score=importance.score(reader.gap_card.settings),
        presence=measure_presence(buyers, present, reader.gap_card.settings),
        essential_here=essential_here,
    )


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
