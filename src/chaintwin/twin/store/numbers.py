"""Numbers taken from a sequence many at a time."""

from __future__ import annotations

from collections.abc import Sequence

from chaintwin.engine.database import Connection


def reserve(connection: Connection, sequence: str, count: int) -> Sequence[int]:
    """Take numbers, ascending; they follow each other unless others took some meanwhile."""
    row = connection.execute(
        """
        SELECT min(n), max(n), CASE WHEN max(n) - min(n) + 1 > count(*) THEN array_agg(n) END
        FROM (SELECT nextval(%s::regclass) AS n FROM generate_series(1, %s)) AS taken
        """,
        (sequence, count),
    ).fetchone()
    assert row is not None
    first, last, parted = row
    if first is None:
        return ()
    return range(first, last + 1) if parted is None else sorted(parted)
