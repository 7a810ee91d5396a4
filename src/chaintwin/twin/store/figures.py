"""What the numbers of a series come to by period, computed where the rows are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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


def read_figures(
    connection: Connection, body: int, span: Span, periods: Periods, *, is_after: bool
) -> list[Figures] | None:
    """Return figures of the observed numbers of a body by period; None: they need a closer look.

    Periods count from `span.since`, else from the first point of a series. `is_after`: a point at
    `span.since` itself does not count. A closer look is needed where a value is no number, or may
    lie in the future.
    """
    rows = connection.execute(
        f"""
        WITH point AS (
            SELECT f.attribute, f.value_key, f.valid_from AS at, f.number::float8 AS n,
                   CASE WHEN f.valid_from < f.known_from THEN true
                        ELSE (f.data -> 'ngsi' ->> 'o') IS NOT NULL END AS observed,
                   f.number IS NULL OR (f.valid_from = f.known_from
                       AND (f.data -> 'ngsi' ->> 'o') IS NOT NULL) AS odd
            FROM fact f
            WHERE {where_of(span)} AND NOT f.ended AND f.attribute <> ALL(%(whole)s)
              AND (%(until)s::timestamptz IS NULL OR f.valid_from < %(until)s::timestamptz)
              AND NOT (%(is_after)s AND f.valid_from = %(since)s::timestamptz)
        )
        SELECT attribute, value_key,
               CASE WHEN %(moments)s::timestamptz[] <> '{{}}'
                    THEN width_bucket(at, %(moments)s::timestamptz[]) - 1
                    WHEN %(period_s)s::float8 IS NULL THEN 0
                    ELSE floor(extract(epoch FROM at - coalesce(%(since)s::timestamptz, first))
                               / %(period_s)s::float8) END::bigint,
               min(at), max(at), bool_or(odd),
               jsonb_build_object(
                   'totalCount', count(*), 'distinctCount', count(DISTINCT n), 'sum', sum(n),
                   'avg', avg(n), 'min', min(n), 'max', max(n), 'stddev', stddev_pop(n),
                   'sumsq', sum(n * n))
        FROM (SELECT *, min(at) OVER (PARTITION BY attribute, value_key) AS first
              FROM point WHERE observed) p
        GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        """,
        given_of([body], span)
        | {
            "period_s": periods.seconds,
            "moments": list(periods.moments),
            "is_after": is_after,
        },
    ).fetchall()
    if any(row[5] for row in rows):
        return None
    return [Figures(row[0], row[1], row[2], row[3], row[4], row[6]) for row in rows]
