"""Writing points of time series in bulk, and committing to them.

A change commits to its points by one leaf, that of body 0: for each series touched, in order of
number, the SHA-256 of what makes the series and of its opened and closed points in order of time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from chaintwin.engine.database import Connection

# Cells of one row of the ledger text; the settings of every connection fix how moments look.
_POINT = (
    "concat_ws(E'\\t', p.at, p.known_from, p.tenant, p.label, p.value, coalesce(p.original, '\\N'))"
)
_SERIES = (
    "concat_ws(E'\\t', s.id, s.tenant, s.body, s.measure, s.value_key, s.source, s.label, s.basis, "
    "s.change)"
)
_LINES = "string_agg(l.line, E'\\n' ORDER BY l.at, l.line COLLATE \"C\")"
_DIGEST = f"sha256(convert_to({_SERIES} || E'\\n' || {_LINES}, 'UTF8'))"
_WAITING = (
    "staged_point (ordinal bigint GENERATED ALWAYS AS IDENTITY, series bigint, at timestamptz, "
    "value numeric, original text)",
    "fresh_point (series bigint, at timestamptz, value numeric, original text, corrects boolean)",
    "point_line (series bigint, at timestamptz, line text)",
)

# From so many rows on the planner has to know how many there are.
_MANY = 1_000

StagedPoint = tuple[int, datetime, Decimal, str | None]


@dataclass(frozen=True, slots=True)
class Stored:
    """What storing points came to; a correction is not counted as opened."""

    staged: int
    opened: int
    corrected: int
    digests: bytes

    @property
    def same(self) -> int:
        """Return how many points added nothing."""
        return self.staged - self.opened - self.corrected


def stage_points(connection: Connection, points: Iterable[StagedPoint]) -> int:
    """Copy points into this transaction's waiting table, in order; return how many."""
    for table in _WAITING:
        connection.execute(f"CREATE TEMP TABLE IF NOT EXISTS {table} ON COMMIT DELETE ROWS")
    count, months = 0, dict[tuple[int, int], datetime]()
    query = "COPY staged_point (series, at, value, original) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        for point in points:
            copy.write_row(point)
            months[point[1].year, point[1].month] = point[1]
            count += 1
    if months:
        connection.execute("SELECT ensure_point_partitions(%s)", (list(months.values()),))
    return count


def store_points(
    connection: Connection, change: int, at: datetime, tenant: int, *, restores: bool
) -> Stored:
    """Store what was staged; the later of two values staged for one moment stands.

    A value that differs from the one believed is a correction and closes it. Unless `restores`, a
    value that was believed before and has been corrected since is a late repetition: it adds
    nothing.
    """
    staged = _choose_fresh(connection, restores)
    given = {"change": change, "at": at, "tenant": tenant}
    corrected = connection.execute(
        f"""
        WITH closed AS (
            UPDATE point p SET known_to = %(at)s FROM fresh_point f
            WHERE f.corrects AND p.series = f.series AND p.at = f.at AND p.known_to = 'infinity'
            RETURNING p.series, p.at, '-' || {_POINT} AS line
        ) INSERT INTO point_line SELECT * FROM closed
        """,
        given,
    ).rowcount
    opened = connection.execute(
        f"""
        WITH opened AS (
            INSERT INTO point AS p (series, at, known_from, change, tenant, label, value, original)
            SELECT f.series, f.at, %(at)s, %(change)s, %(tenant)s, s.label, f.value, f.original
            FROM fresh_point f JOIN series s ON s.id = f.series
            RETURNING p.series, p.at, '+' || {_POINT} AS line
        ) INSERT INTO point_line SELECT * FROM opened
        """,
        given,
    ).rowcount
    digests = connection.execute(
        f"""
        SELECT string_agg(d.digest, ''::bytea ORDER BY d.id) FROM (
            SELECT s.id, {_DIGEST} AS digest
            FROM point_line l JOIN series s ON s.id = l.series GROUP BY s.id) d
        """
    ).fetchone()
    return Stored(staged, opened - corrected, corrected, (digests and digests[0]) or b"")


def _choose_fresh(connection: Connection, restores: bool) -> int:
    """Put what says something new into a table of its own; return how much was staged."""
    span = connection.execute("SELECT count(*), min(at), max(at) FROM staged_point").fetchone()
    assert span is not None
    if span[0] >= _MANY:
        connection.execute("ANALYZE staged_point")
    connection.execute(
        """
        INSERT INTO fresh_point
        SELECT l.series, l.at, l.value, l.original, p.known_from IS NOT NULL AS corrects
        FROM (SELECT DISTINCT ON (series, at) series, at, value, original
              FROM staged_point ORDER BY series, at, ordinal DESC) l
        LEFT JOIN point p ON p.series = l.series AND p.at = l.at AND p.known_to = 'infinity'
                         AND p.at BETWEEN %(first)s AND %(last)s
        WHERE p.known_from IS NULL OR p.value <> l.value AND (%(restores)s OR NOT EXISTS (
            SELECT FROM point q WHERE q.series = l.series AND q.at = l.at AND q.value = l.value))
        """,
        {"restores": restores, "first": span[1], "last": span[2]},
    )
    return int(span[0])


def committed_points(connection: Connection) -> Iterator[tuple[int | None, bytes]]:
    """Yield (change, digests) as the points come to now, over all readable tenants.

    Change None: points closed at a moment at which there was no change.
    """
    rows = connection.execute(
        f"""
        SELECT d.change, string_agg(d.digest, ''::bytea ORDER BY d.id) FROM (
            SELECT l.change, s.id, {_DIGEST} AS digest
            FROM (
                SELECT p.change, p.series, p.at, '+' || {_POINT} AS line FROM point p
                UNION ALL
                SELECT c.id, p.series, p.at, '-' || {_POINT} FROM point p
                LEFT JOIN change c ON c.tenant = p.tenant AND c.at = p.known_to
                WHERE p.known_to <> 'infinity'
            ) l LEFT JOIN series s ON s.id = l.series GROUP BY l.change, s.id
        ) d GROUP BY d.change
        """
    )
    for change, digests in rows:
        yield change, bytes(digests)
