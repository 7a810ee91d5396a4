"""Reading time series: which a body has, their points, and what periods come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from chaintwin.engine.database import Connection

# Half-open in time, as of a known moment.
_CUT: LiteralString = (
    "at >= %(start)s AND at < %(end)s AND known_from <= %(known)s AND known_to > %(known)s"
)
# The points of one series, or of several read as one: of one moment that of the first counts.
_ONE: LiteralString = f"(SELECT * FROM point WHERE series = %(first)s AND {_CUT}) p"
_JOINED: LiteralString = (
    f"(SELECT DISTINCT ON (at) * FROM point WHERE series = ANY(%(series)s::bigint[]) AND {_CUT} "
    "ORDER BY at, array_position(%(series)s::bigint[], series)) p"
)


@dataclass(frozen=True, slots=True)
class SeriesKey:
    """What makes a series: of which body, measure, channel, source, label and basis."""

    body: int
    measure: str
    value_key: str
    source: int
    label: int
    basis: str


@dataclass(frozen=True, slots=True)
class Cut:
    """A piece of one series: from `start` up to, not including, `end`, as known at `known`.

    Several series are read as one; of one moment the point of the first that has any counts.
    """

    series: Sequence[int]
    start: datetime
    end: datetime
    known: datetime

    @property
    def given(self) -> dict[str, Any]:
        """Return the parameters of a query."""
        return {
            "series": list(self.series), "first": self.series[0],
            "start": self.start, "end": self.end, "known": self.known,
        }  # fmt: skip

    @property
    def points(self) -> LiteralString:
        """Return the points `p` as a table of a query."""
        return _ONE if len(self.series) == 1 else _JOINED


def ensure_series(
    connection: Connection, tenant: int, change: int, keys: Sequence[SeriesKey]
) -> dict[SeriesKey, int]:
    """Return the numbers of series, entering those that are new."""
    columns = [list(column) for column in zip(*((*_cells(key),) for key in keys), strict=True)]
    if not columns:
        return {}
    connection.execute(
        """
        INSERT INTO series (tenant, change, body, measure, value_key, source, label, basis)
        SELECT %s, %s, * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::integer[],
                                     %s::smallint[], %s::"char"[])
        ON CONFLICT DO NOTHING
        """,
        (tenant, change, *columns),
    )
    rows = connection.execute(
        "SELECT body, measure, value_key, source, label, basis::text, id FROM series "
        "WHERE tenant = %s AND body = ANY(%s)",
        (tenant, list({key.body for key in keys})),
    )
    known = {SeriesKey(*row[:6]): row[6] for row in rows}
    return {key: known[key] for key in keys}


def read_series(
    connection: Connection,
    bodies: Sequence[int] | None,
    known: datetime,
    *,
    measures: Sequence[str] | None = None,
    tenant: int | None = None,
) -> list[tuple[Any, ...]]:
    """Return the series that hold a point as known at a moment; None leaves a choice open.

    Each: number, body, tenant, measure, value key, source, label, basis, first and last moment.
    """
    return connection.execute(
        """
        SELECT s.id, s.body, s.tenant, s.measure, s.value_key, s.source, s.label, s.basis::text,
               f.at, l.at
        FROM series s, LATERAL (
            SELECT at FROM point WHERE series = s.id AND known_from <= %(known)s
            AND known_to > %(known)s ORDER BY at LIMIT 1) f, LATERAL (
            SELECT at FROM point WHERE series = s.id AND known_from <= %(known)s
            AND known_to > %(known)s ORDER BY at DESC LIMIT 1) l
        WHERE (%(bodies)s::bigint[] IS NULL OR s.body = ANY(%(bodies)s::bigint[]))
          AND (%(measures)s::text[] IS NULL OR s.measure = ANY(%(measures)s::text[]))
          AND (%(tenant)s::integer IS NULL OR s.tenant = %(tenant)s::integer)
        ORDER BY s.measure, s.value_key, s.id
        """,
        {
            "bodies": None if bodies is None else list(bodies),
            "known": known,
            "tenant": tenant,
            "measures": None if measures is None else list(measures),
        },
    ).fetchall()


def read_points(
    connection: Connection, cut: Cut, limit: int, offset: int, *, latest_first: bool = False
) -> list[tuple[Any, ...]]:
    """Return points of a cut by time: at, value, original, known from, known to, change."""
    order = "DESC" if latest_first else "ASC"
    return connection.execute(
        "SELECT at, value, original, known_from, nullif(known_to, 'infinity'), change "
        f"FROM {cut.points} ORDER BY at {order} LIMIT %(limit)s OFFSET %(offset)s",
        {**cut.given, "limit": limit, "offset": offset},
    ).fetchall()


def count_points(connection: Connection, cut: Cut) -> int:
    """Return how many points a cut holds."""
    row = connection.execute(f"SELECT count(*) FROM {cut.points}", cut.given).fetchone()
    assert row is not None
    return int(row[0])


def read_buckets(connection: Connection, cut: Cut, by: str) -> list[tuple[Any, ...]]:
    """Return what each period of the Chinese calendar comes to, for periods that hold a point.

    Each: start, points, sum, mean, least, greatest, last value. `by` is hour, day, month or year.
    """
    return connection.execute(
        f"""
        SELECT b.start, b.points, b.total, b.mean, b.least, b.most, l.value FROM (
            SELECT date_trunc(%(by)s, at, 'Asia/Shanghai') AS start, count(*) AS points,
                   sum(value) AS total, avg(value) AS mean, min(value) AS least,
                   max(value) AS most, max(at) AS latest
            FROM {cut.points} GROUP BY 1
        ) b CROSS JOIN LATERAL (
            SELECT p.value FROM point p
            WHERE p.series = ANY(%(series)s::bigint[]) AND p.at = b.latest
              AND p.known_from <= %(known)s AND p.known_to > %(known)s
            ORDER BY array_position(%(series)s::bigint[], p.series) LIMIT 1
        ) l
        ORDER BY b.start
        """,
        {**cut.given, "by": by},
    ).fetchall()


def read_corrections(
    connection: Connection, series: Sequence[int], at: datetime, known: datetime
) -> list[tuple[Any, ...]]:
    """Return every value one moment has had, the earliest known first."""
    return connection.execute(
        "SELECT at, value, original, known_from, nullif(known_to, 'infinity'), change FROM point "
        "WHERE series = ANY(%s) AND at = %s AND known_from <= %s ORDER BY known_from",
        (list(series), at, known),
    ).fetchall()


def read_point_marks(connection: Connection) -> list[tuple[int, int]]:
    """Return the latest change of points of each tenant that may be read."""
    return connection.execute(
        """
        SELECT t.id, c.id FROM unnest(readable_tenants()) AS t (id)
        CROSS JOIN LATERAL (
            SELECT id FROM change WHERE tenant = t.id AND observed > 0 ORDER BY at DESC LIMIT 1
        ) c ORDER BY t.id
        """
    ).fetchall()


def _cells(key: SeriesKey) -> tuple[Any, ...]:
    return key.body, key.measure, key.value_key, key.source, key.label, key.basis
