"""What the numbers of a series come to by period, computed where the rows are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, LiteralString

from chaintwin.engine.database import Connection
from chaintwin.twin.store.histories import Span, given_of, where_of


@dataclass(frozen=True, slots=True)
class Figures:
    """What the numbers of one series come to in one period, counted from the start of the first."""

    attribute: int
    key: str
    period: int
    first: datetime
    last: datetime
    figures: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Periods:
    """How time is parted: by so many seconds, or at given moments; by neither: not at all."""

    seconds: float | None = None
    moments: Sequence[datetime] = ()


# What each aggregate is over the numbers n; distinct ones have to be sorted.
_AGGREGATES: dict[str, LiteralString] = {
    "totalCount": "count(*)",
    "distinctCount": "count(DISTINCT n)",
    "sum": "sum(n)",
    "avg": "avg(n)",
    "min": "min(n)",
    "max": "max(n)",
    "stddev": "stddev_pop(n)",
    "sumsq": "sum(n * n)",
}
_POINTS: LiteralString = """
    SELECT f.attribute, f.value_key, f.valid_from AS at, f.number::float8 AS n,
           f.number IS NULL OR (f.valid_from = f.known_from
               AND (f.data -> 'ngsi' ->> 'o') IS NOT NULL) AS odd
    FROM fact f
    WHERE {where} AND NOT f.ended AND f.attribute <> ALL(%(whole)s)
      AND CASE WHEN f.valid_from < f.known_from THEN true
               ELSE (f.data -> 'ngsi' ->> 'o') IS NOT NULL END
      AND (%(until)s::timestamptz IS NULL OR f.valid_from < %(until)s::timestamptz)
      AND NOT (%(is_after)s AND f.valid_from = %(since)s::timestamptz)
      AND (%(key)s::text IS NULL OR f.value_key = %(key)s::text)
"""
_BY_MOMENTS: LiteralString = "width_bucket(at, %(moments)s::timestamptz[]) - 1"
_BY_SECONDS: LiteralString = "date_bin(%(stride)s, at, %(origin)s::timestamptz)"
_SORTING: LiteralString = "SELECT set_config('enable_sort', %s, true)"


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whose rows are asked for, which of them, and of which series (None: of all)."""

    body: int
    span: Span
    is_after: bool
    key: str | None = None

    @property
    def given(self) -> dict[str, Any]:
        told = {"is_after": self.is_after, "key": self.key}
        return given_of([self.body], self.span) | told


def read_figures(
    connection: Connection,
    body: int,
    span: Span,
    periods: Periods,
    methods: Sequence[str],
    *,
    is_after: bool,
) -> list[Figures] | None:
    """Return figures of the observed numbers of a body by period; None: they need a closer look.

    Periods count from `span.since`, else from the first point of a series. `is_after`: a point at
    `span.since` itself does not count. A closer look is needed where a value is no number, or may
    lie in the future.
    """
    asked = _Asked(body, span, is_after)
    if periods.seconds is None or span.since is not None:
        return _read(connection, asked, periods, methods, span.since)
    found: list[Figures] = []
    for attribute, key, first in _read_starts(connection, asked):
        one = replace(asked, span=replace(span, attributes=[attribute]), key=key)
        figures = _read(connection, one, periods, methods, first)
        if figures is None:
            return None
        found += figures
    return found


def _read_starts(connection: Connection, asked: _Asked) -> list[tuple[int, str, datetime]]:
    """Return (attribute, value key, first point) of each series."""
    with _unsorted(connection):
        points = _POINTS.format(where=where_of(asked.span))
        rows = connection.execute(
            f"SELECT attribute, value_key, min(at) FROM ({points}) p GROUP BY 1, 2", asked.given
        ).fetchall()
    return sorted(rows)


def _read(
    connection: Connection,
    asked: _Asked,
    periods: Periods,
    methods: Sequence[str],
    origin: datetime | None,
) -> list[Figures] | None:
    place: LiteralString = "0"
    if periods.moments:
        place = _BY_MOMENTS
    elif periods.seconds is not None:
        place = _BY_SECONDS
    told = [f"'{name}', {_AGGREGATES[name]}" for name in methods]
    points = _POINTS.format(where=where_of(asked.span))
    given = asked.given | {
        "moments": list(periods.moments),
        "stride": timedelta(seconds=periods.seconds or 0),
        "origin": origin,
    }
    with _unsorted(connection):
        rows = connection.execute(
            f"SELECT attribute, value_key, {place} AS place, min(at), max(at), bool_or(odd), "
            f"jsonb_build_object({', '.join(told)}) FROM ({points}) p GROUP BY 1, 2, 3",
            given,
        ).fetchall()
    if any(row[5] for row in rows):
        return None
    found = [
        Figures(row[0], row[1], _number(row[2], periods, origin), row[3], row[4], row[6])
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.attribute, one.key, one.period))


def _number(place: Any, periods: Periods, origin: datetime | None) -> int:
    if periods.moments or periods.seconds is None or origin is None:
        return int(place)
    return int((place - origin).total_seconds() / periods.seconds + 0.5)


@contextmanager
def _unsorted(connection: Connection) -> Iterator[None]:
    """Let rows be gathered by hashes: PostgreSQL expects one row of a body, and would sort all."""
    connection.execute(_SORTING, ("off",))
    yield
    connection.execute(_SORTING, ("on",))
