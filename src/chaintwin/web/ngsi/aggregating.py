"""Aggregated temporal values (clause 4.5.19): one figure per method and period. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chaintwin.web.ngsi.asked import Asked
from chaintwin.web.ngsi.errors import TooComplex, bad
from chaintwin.web.ngsi.evolution import Times
from chaintwin.web.ngsi.instants import read_duration, write_second

Point = tuple[datetime, Any]
_MOST_PERIODS = 100_000


@dataclass(frozen=True, slots=True)
class Aggregation:
    """Which figures are wanted, over periods of (months, rest); none of both: the whole span."""

    methods: tuple[str, ...]
    months: int = 0
    rest: timedelta = timedelta()

    @property
    def is_whole(self) -> bool:
        """Tell whether there is one period only."""
        return not self.months and not self.rest


def read_aggregation(asked: Asked) -> Aggregation:
    """Return the aggregation of a request; raise BadRequest for methods that there are not."""
    return make_aggregation(
        asked.listed("aggrMethods"), asked.query.get("aggrPeriodDuration", "PT0S")
    )


def make_aggregation(methods: Sequence[str], duration: str) -> Aggregation:
    """Return an aggregation from its members."""
    if not methods:
        raise bad("aggrMethods is missing.", "缺少 aggrMethods。")
    unknown = [name for name in methods if name not in METHODS]
    if unknown:
        raise bad(
            f"There is no aggrMethod {unknown[0]}; there are {', '.join(METHODS)}.",
            f"没有聚合方法 {unknown[0]}；可用 {'、'.join(METHODS)}。",
        )
    months, rest = read_duration(duration)
    return Aggregation(tuple(methods), months, rest)


def aggregate(points: list[Point], aggregation: Aggregation, times: Times) -> dict[str, list[Any]]:
    """Return [value, start, end] per period for each method; periods without a point are left out.

    Raises TooComplex for more periods than may be answered.
    """
    told: dict[str, list[Any]] = {name: [] for name in aggregation.methods}
    for start, end, values in _periods(sorted(points, key=lambda p: p[0]), aggregation, times):
        for name in aggregation.methods:
            found = METHODS[name](values)
            if found is not None:
                told[name].append([found, write_second(start), write_second(end)])
    return told


def _periods(
    points: list[Point], aggregation: Aggregation, times: Times
) -> Iterator[tuple[datetime, datetime, list[Any]]]:
    if not points:
        return
    start = times.since or points[0][0]
    if aggregation.is_whole:
        yield start, times.until or points[-1][0], [value for _, value in points]
        return
    position = 0
    for number in range(_MOST_PERIODS):
        if position >= len(points):
            return
        begin, end = bound(start, aggregation, number), bound(start, aggregation, number + 1)
        values = []
        while position < len(points) and points[position][0] < end:
            values.append(points[position][1])
            position += 1
        if values:
            yield begin, end, values
    raise _too_many()


def bounds(aggregation: Aggregation, start: datetime, until: datetime) -> list[datetime]:
    """Return the start of every period from a moment to another; raise TooComplex for too many."""
    found: list[datetime] = []
    while not found or found[-1] < until:
        if len(found) > _MOST_PERIODS:
            raise _too_many()
        found.append(bound(start, aggregation, len(found)))
    return found


def _too_many() -> TooComplex:
    return TooComplex(
        f"时段超过 {_MOST_PERIODS} 个。请加长 aggrPeriodDuration。",
        f"There are more than {_MOST_PERIODS} periods. Use a longer aggrPeriodDuration.",
    )


def bound(start: datetime, aggregation: Aggregation, number: int) -> datetime:
    """Return the start of a period by its number."""
    months = start.month - 1 + aggregation.months * number
    try:
        moved = start.replace(
            year=start.year + months // 12, month=months % 12 + 1, day=min(start.day, 28)
        )
        return moved + timedelta(days=start.day - min(start.day, 28)) + aggregation.rest * number
    except (ValueError, OverflowError):
        return datetime.max.replace(tzinfo=start.tzinfo)


def _numbers(values: Sequence[Any]) -> list[float] | None:
    """Return values as numbers: truths as 0 and 1, lists by their length; None if any is none."""
    found: list[float] = []
    for value in values:
        if isinstance(value, bool | int | float):
            found.append(value if not isinstance(value, bool) else int(value))
        elif isinstance(value, list):
            found.append(len(value))
        else:
            return None
    return found


def _of_numbers(count: Callable[[list[float]], float]) -> Callable[[Sequence[Any]], Any]:
    def figure(values: Sequence[Any]) -> Any:
        numbers = _numbers(values)
        return None if numbers is None else count(numbers)

    return figure


def _extreme(pick: Callable[[Any], Any]) -> Callable[[Sequence[Any]], Any]:
    def figure(values: Sequence[Any]) -> Any:
        if all(isinstance(value, str) for value in values):
            return pick(values)
        numbers = _numbers(values)
        return None if numbers is None else pick(numbers)

    return figure


def _mean(numbers: list[float]) -> float:
    return math.fsum(numbers) / len(numbers)


def _deviation(numbers: list[float]) -> float:
    mean = _mean(numbers)
    return math.sqrt(math.fsum((one - mean) ** 2 for one in numbers) / len(numbers))


def _sum(numbers: list[float]) -> float:
    return sum(numbers) if all(isinstance(one, int) for one in numbers) else math.fsum(numbers)


METHODS: Mapping[str, Callable[[Sequence[Any]], Any]] = {
    "totalCount": len,
    "distinctCount": lambda values: len({repr(value) for value in values}),
    "sum": _of_numbers(_sum),
    "avg": _of_numbers(_mean),
    "min": _extreme(min),
    "max": _extreme(max),
    "stddev": _of_numbers(_deviation),
    "sumsq": _of_numbers(lambda numbers: _sum([one * one for one in numbers])),
}
