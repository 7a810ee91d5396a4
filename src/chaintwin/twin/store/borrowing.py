"""Reads what a branch is believed to say, its own rows or those of the parents it still borrows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from chaintwin.engine.database import Connection
from chaintwin.model.fact import FOREVER
from chaintwin.twin.store.facts import STORED, stored_row
from chaintwin.twin.store.lines import AsOf, Line
from chaintwin.twin.store.resolve import LINE
from chaintwin.twin.store.rows import Row, write_moment
from chaintwin.twin.store.timelines import order

Value = tuple[int, int, str]  # body, attribute, value key


@dataclass(frozen=True, slots=True)
class Borrowed:
    """A believed row, its number and source, and whether the branch itself stores it."""

    id: int
    source: int
    row: Row
    is_own: bool


@dataclass(frozen=True, slots=True)
class Sought:
    """Which series of a tenant are read; None: of every body, source or attribute."""

    tenant: int
    bodies: Sequence[int] | None = None
    source: int | None = None
    attribute: int | None = None


def read_borrowed(
    connection: Connection, line: Line, sought: Sought, known_at: datetime
) -> Iterator[Borrowed]:
    """Yield the rows believed at a known moment; of each series those of the nearest branch."""
    some: LiteralString = "f.tenant = %(tenant)s"
    if sought.bodies is not None:
        some += " AND f.body = ANY(%(bodies)s)"
    if sought.source is not None:
        some += " AND f.source = %(source)s"
    if sought.attribute is not None:
        some += " AND f.attribute = %(attribute)s"
    rows = connection.execute(
        f"""
        SELECT {STORED}, source, branch = %(branch)s FROM (
            SELECT f.*, n.depth, min(n.depth) OVER (
                PARTITION BY f.body, f.attribute, f.value_key, f.source) AS nearest
            FROM fact f {LINE} WHERE {some}
        ) f
        WHERE depth = nearest ORDER BY body, attribute, value_key, source, valid_from
        """,
        {
            "tenant": sought.tenant,
            "bodies": None if sought.bodies is None else list(sought.bodies),
            "source": sought.source,
            "attribute": sought.attribute,
            "branch": line.branch,
            **AsOf(known_at, known_at, line).given(),
        },
    )
    for *stored, source, is_own in rows:
        yield Borrowed(stored[0], source, stored_row(stored), is_own)


def read_later(
    connection: Connection, line: Line, sought: Sought, since: datetime
) -> list[Borrowed]:
    """Return the rows believed now that begin later than a moment."""
    start = order(write_moment(since))
    found = read_borrowed(connection, line, sought, FOREVER)
    return [held for held in found if order(held.row.valid_from) > start]


def read_branch_rows(
    connection: Connection, tenant: int, branch: int, bodies: Sequence[int] | None = None
) -> Iterator[Borrowed]:
    """Yield the believed rows that a branch stores itself."""
    some: LiteralString = "" if bodies is None else " AND body = ANY(%(bodies)s)"
    rows = connection.execute(
        f"""
        SELECT {STORED}, source FROM fact
        WHERE branch = %(branch)s AND branch <> 0 AND tenant = %(tenant)s
          AND known_to = 'infinity' {some}
        ORDER BY body, attribute, value_key, source, valid_from
        """,
        {
            "branch": branch,
            "tenant": tenant,
            "bodies": None if bodies is None else list(bodies),
        },
    )
    for *stored, source in rows:
        yield Borrowed(stored[0], source, stored_row(stored), True)


def read_learned(
    connection: Connection, branch: int, since: datetime, bodies: Sequence[int]
) -> set[Value]:
    """Return the values of some bodies of which a branch opened or closed facts after a moment."""
    rows = connection.execute(
        """
        SELECT DISTINCT body, attribute, value_key FROM fact
        WHERE body = ANY(%(bodies)s) AND branch = %(branch)s
          AND (known_from > %(since)s OR (known_to > %(since)s AND known_to <> 'infinity'))
        """,
        {"bodies": list(bodies), "branch": branch, "since": since},
    )
    return set(rows.fetchall())


@dataclass(frozen=True, slots=True)
class Size:
    """How much a branch holds itself."""

    bodies: int = 0
    facts: int = 0
    change: int = 0


def read_sizes(connection: Connection, tenant: int) -> dict[int, Size]:
    """Return how much each branch of a tenant holds, and its latest change."""
    rows = connection.execute(
        """
        SELECT b.id, count(DISTINCT f.body), count(f.id),
               greatest(b.change, (SELECT max(id) FROM change c WHERE c.branch = b.id))
        FROM branch b LEFT JOIN fact f
          ON f.branch = b.id AND f.branch <> 0 AND f.tenant = b.tenant AND f.known_to = 'infinity'
        WHERE b.tenant = %s GROUP BY b.id
        """,
        (tenant,),
    )
    return {row[0]: Size(*row[1:]) for row in rows}


def read_held_bodies(connection: Connection, branch: int) -> list[int]:
    """Return the bodies that a branch touched, by number."""
    rows = connection.execute(
        "SELECT DISTINCT body FROM fact WHERE branch = %s AND branch <> 0 ORDER BY body", (branch,)
    )
    return [row[0] for row in rows]
