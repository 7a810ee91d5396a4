"""What the field tells of all places at once: proximity, complexity, and how well it foretells."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

import numpy as np

from chaintwin.application.chain.places import Place
from chaintwin.application.chain.reader import Reader
from chaintwin.application.chain.scorecards import Scorecard
from chaintwin.application.complexity.backtest import Backtest, run_backtest, score_methods
from chaintwin.application.complexity.indices import Complexity, measure_complexity
from chaintwin.application.complexity.presence import Flags, Floats, check_amounts, find_present
from chaintwin.application.complexity.relatedness import (
    Convention,
    measure_density,
    measure_proximity,
)
from chaintwin.application.direction.field import Field, Of, Stand, read_field
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
class Space:
    """The space of activities as the view shows it; `since` parts before from after."""

    field: Field
    convention: Convention
    since: datetime
    proximity: Proximity | Absent
    complexity: Complexity | Absent
    backtest: Backtest | Absent


@dataclass(frozen=True, slots=True)
class Ground:
    """The place relatedness is reckoned for: the region, or the one around it if it is thin.

    `density` and `expected` by column of the field; `eci` None where complexity is not defined.
    """

    place: Place
    stands: Sequence[Stand]
    firms: int
    present: Flags
    density: Floats
    expected: Floats
    eci: float | None


def read_space(reader: Reader, of: Of, convention: Convention, card: Scorecard) -> Space:
    """Return the space as the view shows it."""
    key = ("direction space", of, convention, card.version, reader.settings["confidence_needed"])
    return reader.keep(key, lambda: _make(reader, of, convention, card))


def _make(reader: Reader, of: Of, convention: Convention, card: Scorecard) -> Space:
    field, rates = read_field(reader, of), card.more["rates"]
    at = reader.view.valid_at
    year = calendar_day(at).year - int(rates["backtest_years"])
    since = start_of_day(date(max(year, 2), 1, 1))
    proximity = _or_absent(lambda: _proximity(field, convention, rates))
    if isinstance(proximity, Absent):
        return Space(field, convention, since, proximity, proximity, proximity)
    present = proximity.present
    return Space(
        field,
        convention,
        since,
        proximity,
        complexity=_or_absent(lambda: measure_complexity(present)),
        backtest=_or_absent(lambda: _test(field, since, at, convention, rates)),
    )


def _or_absent(reckon: Callable[[], Reckoned]) -> Reckoned | Absent:
    try:
        return reckon()
    except InputProblem as problem:
        return Absent(both(problem.zh, problem.en))


def _proximity(field: Field, convention: Convention, rates: Mapping[str, float]) -> Proximity:
    check_amounts(field.amounts)
    present = find_present(field.amounts, rca_threshold=rates["rca_threshold"])
    return Proximity(present, measure_proximity(present, convention))


def _test(
    field: Field,
    since: datetime,
    until: datetime,
    convention: Convention,
    rates: Mapping[str, float],
) -> Backtest:
    """Reckon as of the dividing day and compare with what was listed after it."""
    dated = [one for one in field.stands if one.since is not None and one.since <= until]
    before = field.count(one for one in dated if one.since is not None and one.since < since)
    after = field.count(one for one in dated if one.since is not None and one.since >= since)
    scores = score_methods(before, rca_threshold=rates["rca_threshold"], convention=convention)
    return run_backtest(scores, before, after, k=int(rates["backtest_first"]))


def find_ground(reader: Reader, space: Space, place: Place, card: Scorecard) -> Ground | Absent:
    """Return the region, or the nearest place around it with enough listed firms."""
    if isinstance(space.proximity, Absent):
        return space.proximity
    rates = card.more["rates"]
    for length in (len(place.prefix), 4, 2):
        if length > len(place.prefix):
            continue
        around = reader.place(place.prefix[:length].ljust(6, "0"))
        stands = space.field.within(around)
        firms = len({one.firm.body for one in stands})
        if firms >= rates["least_firms"]:
            return _ground(space, space.proximity, around, stands, firms, rates)
    least = int(rates["least_firms"])
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
    space: Space,
    proximity: Proximity,
    place: Place,
    stands: Sequence[Stand],
    firms: int,
    rates: Mapping[str, float],
) -> Ground:
    counts = np.zeros(len(space.field.activities))
    for one in stands:
        counts[space.field.columns[one.activity]] += 1
    national, total = space.field.amounts.sum(axis=0), space.field.amounts.sum()
    expected = counts.sum() * national / total
    present = (counts > 0) & (counts >= rates["rca_threshold"] * expected)
    density = measure_density(present[np.newaxis, :], proximity.matrix)[0]
    return Ground(place, stands, firms, present, density, expected, _eci(space.complexity, present))


def _eci(complexity: Complexity | Absent, present: Flags) -> float | None:
    """ECI is the mean PCI of what a place does, so a place outside the matrix has one too."""
    if isinstance(complexity, Absent):
        return None
    known = complexity.pci[present]
    known = known[~np.isnan(known)]
    return float(known.mean()) if len(known) else None
