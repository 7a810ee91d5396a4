"""Finds bodies of which something was recorded, began or ended between two moments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chaintwin.engine.database import Connection
from chaintwin.twin.store.lines import Line


@dataclass(frozen=True, slots=True)
class Between:
    """Two moments of each clock, the earlier first, on one line; and which page is asked for."""

    valid: tuple[datetime, datetime]
    known: tuple[datetime, datetime]
    line: Line
    limit: int
    offset: int


def read_moved(connection: Connection, kind: int, between: Between) -> tuple[list[int], int]:
    """Return a page of the bodies of a kind that may read differently, and how many there are."""
    given = {
        "kind": kind,
        "line": list(between.line.branches),
        "seen": between.line.seen(between.known[1]),
        "known": between.known[0],
        "valid": between.valid[0],
        "valid_to": between.valid[1],
        "limit": between.limit,
        "offset": between.offset,
    }
    hits = """
        SELECT DISTINCT f.body FROM fact f JOIN body b ON b.id = f.body AND b.kind = %(kind)s
        JOIN unnest(%(line)s::integer[], %(seen)s::timestamptz[]) AS n (branch, at)
          ON n.branch = f.branch AND f.known_from <= n.at
        WHERE f.known_from > %(known)s OR (f.known_to > %(known)s AND f.known_to <= n.at)
           OR (f.valid_from > %(valid)s AND f.valid_from <= %(valid_to)s AND f.known_to > n.at)
    """
    rows = connection.execute(
        f"{hits} ORDER BY f.body LIMIT %(limit)s OFFSET %(offset)s", given
    ).fetchall()
    total = connection.execute(f"SELECT count(*) FROM ({hits}) h", given).fetchone()
    assert total is not None
    return [row[0] for row in rows], int(total[0])
