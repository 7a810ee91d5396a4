"""What the field tells of all places at once: proximity, complexity, and how well it foretells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

import numpy as np

from chaintwin.application.chain.places import Place
from chaintwin.application.chain.reader import Reader
from chaintwin.application.chain.scorecards import Scorecard
from chaintwin.application.complexity.backtest import Backtest, run_backtest, score_methods
from chaintwin.application.complexity.field import Field, Of, Stand, read_field
from chaintwin.application.complexity.indices import Complexity, measure_complexity
from chaintwin.application.complexity.presence import Flags, Floats, check_amounts, find_present
from chaintwin.application.complexity.relatedness import (
    Convention,
    measure_density,
    measure_proximity,
)
from chaintwin.application.shown import Bilingual, both
from chaintwin.kit.clock import calendar_day, start_of_day
from chaintwin.kit.problems import InputProblem

Reckoned = TypeVar("Reckoned")


@dataclass(frozen=True, slots=True)
class Absent:
    """What could not be reckoned, and why."""

    why: Bilingual


@dataclass(frozen=True, slots=True)
class Proximity:
    """Which place does which activity by RCA, and how near activities are to one another."""

    present: Flags
    matrix: Floats


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near activities are to one another, over all places of the field."""

    field: Field
    convention: Convention
    rca_threshold: float
    proximity: Proximity | Absent


@dataclass(frozen=True, slots=True)
class Space:
    """The space of activities as the view shows it; `since` parts before from after."""

    nearness: Nearness
    since: datetime
    complexity: Complexity | Absent
    backtest: Backtest | Absent

    @property
    def field(self) -> Field:
        """Return the stands it is made of."""
        return self.nearness.field

    @property
    def proximity(self) -> Proximity | Absent:
        """Return presence and proximity."""
        return self.nearness.proximity


@dataclass(frozen=True, slots=True)
class Ground:
    """The place relatedness is reckoned for: the region, or the one around it if it is thin.

    `density` and `expected` by column of the field.
    """

    place: Place
    stands: Sequence[Stand]
    firms: int
    present: Flags
    density: Floats
    expected: Floats


def read_nearness(reader: Reader, of: Of, convention: Convention, rca_threshold: float) -> Nearness:
    """Return how near activities are, as the view shows it."""
    key = ("nearness", of, convention, rca_threshold, reader.settings["confidence_needed"])

    def make() -> Nearness:
        field = read_field(reader, of)
        found = _or_absent(lambda: _proximity(field, convention, rca_threshold))
        return Nearness(field, convention, rca_threshold, found)

    return reader.keep(key, make)


def read_space(reader: Reader, of: Of, convention: Convention, card: Scorecard) -> Space:
    """Return the space as the view shows it."""
    key = ("direction space", of, convention, card.version, reader.settings["confidence_needed"])
    return reader.keep(key, lambda: _make(reader, of, convention, card))


def _make(reader: Reader, of: Of, convention: Convention, card: Scorecard) -> Space:
    rates, at = card.more["rates"], reader.view.valid_at
    nearness = read_nearness(reader, of, convention, rates["rca_threshold"])
    year = calendar_day(at).year - int(rates["backtest_years"])
    since = start_of_day(date(max(year, 2), 1, 1))
    proximity = nearness.proximity
    if isinstance(proximity, Absent):
        return Space(nearness, since, proximity, proximity)
    present = proximity.present
    return Space(
        nearness,
        since,
        complexity=_or_absent(lambda: measure_complexity(present)),
        backtest=_or_absent(lambda: _test(nearness, since, at, int(rates["backtest_first"]))),
    )


def _or_absent(reckon: Callable[[], Reckoned]) -> Reckoned | Absent:
    try:
        return reckon()
    except InputProblem as problem:
        return Absent(both(problem.zh, problem.en))


def _proximity(field: Field, convention: Convention, rca_threshold: float) -> Proximity:
    check_amounts(field.amounts)
    present = find_present(field.amounts, rca_threshold=rca_threshold)
    return Proximity(present, measure_proximity(present, convention))


def _test(nearness: Nearness, since: datetime, until: datetime, k: int) -> Backtest:
    """Reckon as of the dividing day and compare with what was listed after it."""
    field = nearness.field
    dated = [one for one in field.stands if one.since is not None and one.since <= until]
    before = field.count(one for one in dated if one.since is not None and one.since < since)
    after = field.count(one for one in dated if one.since is not None and one.since >= since)
    scores = score_methods(
        before, rca_threshold=nearness.rca_threshold, convention=nearness.convention
    )
    return run_backtest(scores, before, after, k=k)


def find_ground(
    reader: Reader, nearness: Nearness, place: Place, least_firms: float
) -> Ground | Absent:
    """Return the region, or the nearest place around it with enough listed firms."""
    if isinstance(nearness.proximity, Absent):
        return nearness.proximity
    for length in (len(place.prefix), 4, 2):
        if length > len(place.prefix):
            continue
        around = reader.place(place.prefix[:length].ljust(6, "0"))
        stands = nearness.field.within(around)
        firms = len({one.firm.body for one in stands})
        if firms >= least_firms:
            return _ground(nearness, nearness.proximity, around, stands, firms)
    least = int(least_firms)
    return Absent(
        both(
            f"{place.name}及其所在市、省有据可查的上市公司不足 {least} 家，相关度无从计算。"
            "请先装载上市公司清单，或选择更大的地区。",
            f"{place.name} and the city and province around it have fewer than {least} listed "
            "firms on record, so relatedness is unknown. Load listed firms or choose a larger "
            "region.",
        )
    )


def _ground(
    nearness: Nearness, proximity: Proximity, place: Place, stands: Sequence[Stand], firms: int
) -> Ground:
    field = nearness.field
    counts = np.zeros(len(field.activities))
    for one in stands:
        counts[field.columns[one.activity]] += 1
    national, total = field.amounts.sum(axis=0), field.amounts.sum()
    expected = counts.sum() * national / total
    present = (counts > 0) & (counts >= nearness.rca_threshold * expected)
    density = measure_density(present[np.newaxis, :], proximity.matrix)[0]
    return Ground(place, stands, firms, present, density, expected)


def measure_eci(complexity: Complexity | Absent, present: Flags) -> float | None:
    """Return the mean PCI of what a place does: its ECI, also for a place outside the matrix."""
    if isinstance(complexity, Absent):
        return None
    known = complexity.pci[present]
    known = known[~np.isnan(known)]
    return float(known.mean()) if len(known) else None
