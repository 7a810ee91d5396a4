"""Former states: rows of the current state that were replaced and that a branch still shows.

A branch reads every line it stands on as of a fork. Whoever replaces a row keeps it when a fork
lies between the change that wrote it and the one that replaces it: once, however many branches
read it. Without forks nothing is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, LiteralString

from chaintwin.engine.database import Connection
from chaintwin.twin.store.geometry import read_bounds
from chaintwin.twin.store.lines import AsOf, Line
from chaintwin.twin.store.resolve import entry_name

# Held by whoever makes a fork from before its moment until its commit.
_FORKING = 7302
_COLUMNS: LiteralString = """body, tenant, branch, label, kind, change, as_of, name, sort_name,
    region, search_text, terms, attributes, known_from"""
# Facts of the public tenant are read by every branch, those of an office by its own.
_NEEDED: LiteralString = """EXISTS (
    SELECT FROM fork k WHERE k.stands_on = c.branch AND (c.tenant = 1 OR k.tenant = c.tenant)
      AND k.at >= c.known_from AND k.at < {until})"""


@dataclass(frozen=True, slots=True)
class Fork:
    """A line and the known moment as of which some branch reads it."""

    line: Line
    at: datetime

    def given(self) -> dict[str, Any]:
        """Return the parameters of queries about what the line showed then."""
        given = AsOf(self.at, self.at, self.line).given()
        return {"branch": self.line.branch, "at": self.at, **given}


def lock_forks(connection: Connection) -> None:
    """Let nobody replace a state until this transaction, which makes a fork, is committed."""
    connection.execute("SELECT pg_advisory_xact_lock(%s, 0)", (_FORKING,))


def add_forks(connection: Connection, tenant: int, line: Line) -> None:
    """Enter as of when a branch reads the lines that it stands on."""
    connection.execute(
        """
        INSERT INTO fork (branch, depth, tenant, stands_on, at)
        SELECT %(branch)s, p.depth, %(tenant)s, p.stands_on, p.at
        FROM unnest(%(parents)s::integer[], %(seen)s::timestamptz[])
            WITH ORDINALITY AS p (stands_on, at, depth)
        """,
        {
            "branch": line.branch,
            "tenant": tenant,
            "parents": list(line.branches[1:]),
            "seen": line.seen(line.forks[0])[1:],
        },
    )


def drop_forks(connection: Connection, branch: int) -> None:
    """Forget as of when a branch reads others: nobody reads it any more."""
    connection.execute("DELETE FROM fork WHERE branch = %s", (branch,))


def read_steps(connection: Connection, branch: int) -> list[tuple[int, datetime]]:
    """Return which lines a branch reads, the nearest first, and as of when."""
    rows = connection.execute(
        "SELECT stands_on, at FROM fork WHERE branch = %s ORDER BY depth", (branch,)
    )
    return [(row[0], row[1]) for row in rows]


def read_forks(connection: Connection, tenant: int) -> list[Fork]:
    """Return every line and moment as of which facts of a tenant are read, each once."""
    rows = connection.execute(
        "SELECT branch, stands_on, at, tenant FROM fork WHERE %(tenant)s IN (1, tenant) "
        "ORDER BY branch, depth",
        {"tenant": tenant},
    ).fetchall()
    found: dict[tuple[int, datetime], Fork] = {}
    for _, same in groupby(rows, key=lambda row: row[0]):
        steps = list(same)
        for at, (_, stands_on, moment, owner) in enumerate(steps):
            if stands_on == 0 or owner == tenant:
                branches = tuple(step[1] for step in steps[at:])
                line = Line(branches, tuple(step[2] for step in steps[at + 1 :]))
                found.setdefault((stands_on, moment), Fork(line, moment))
    return list(found.values())


def forks_by_line(connection: Connection, tenant: int) -> list[list[Fork]]:
    """Return the same, of each line together, the earliest first."""
    found = sorted(read_forks(connection, tenant), key=lambda fork: (fork.line.branch, fork.at))
    return [list(same) for _, same in groupby(found, key=lambda fork: fork.line.branch)]


def list_shown(connection: Connection) -> set[int]:
    """Return the branches that are read: those not discarded, and all that they stand on."""
    rows = connection.execute("SELECT branch FROM fork UNION SELECT stands_on FROM fork")
    return {row[0] for row in rows} - {0}


def keep_replaced(
    connection: Connection, tenant: int, bodies: Sequence[int], branch: int, at: datetime
) -> None:
    """Keep the rows of some bodies that a change at this moment is about to replace."""
    # A fork in progress began before its moment was chosen: once it is over, it can be seen.
    connection.execute(
        "SELECT pg_advisory_lock_shared(%(key)s, 0), pg_advisory_unlock_shared(%(key)s, 0)",
        {"key": _FORKING},
    )
    given = {"branch": branch, "tenant": tenant, "bodies": list(bodies), "at": at}
    forks = connection.execute("SELECT FROM fork WHERE stands_on = %(branch)s LIMIT 1", given)
    if forks.fetchone() is not None:
        connection.execute(_KEEP, given)


_KEEP: LiteralString = f"""
    INSERT INTO former_state ({_COLUMNS}, known_to, west, south, east, north)
    SELECT c.body, c.tenant, c.branch, c.label, c.kind, c.change, c.as_of, c.name, c.sort_name,
           c.region, c.search_text, c.terms, c.attributes, c.known_from, %(at)s, b.*
    FROM current_state c CROSS JOIN LATERAL (
        SELECT min(b.west), min(b.south), max(b.east), max(b.north) FROM body_shape b
        WHERE b.body = c.body AND b.tenant = c.tenant AND b.branch = c.branch AND b.label = c.label
    ) b
    WHERE c.body = ANY(%(bodies)s) AND c.tenant = %(tenant)s AND c.branch = %(branch)s
      AND {_NEEDED.format(until="%(at)s")}
"""


def drop_unneeded(connection: Connection, tenant: int) -> None:
    """Give back the room of what no branch reads any more, of one tenant."""
    needed = _NEEDED.format(until="c.known_to")
    connection.execute(
        f"DELETE FROM former_state c WHERE c.tenant = %s AND NOT {needed}", (tenant,)
    )


def drop_all_former(connection: Connection, tenant: int) -> None:
    """Drop all that is kept of a tenant, to derive it anew."""
    connection.execute("DELETE FROM former_state WHERE tenant = %s", (tenant,))


def drop_former(connection: Connection, tenant: int, bodies: Sequence[int], branch: int) -> None:
    """Drop all that is kept of some bodies, to derive it anew."""
    connection.execute(
        "DELETE FROM former_state WHERE body = ANY(%s) AND tenant = %s AND branch = %s",
        (list(bodies), tenant, branch),
    )


def store_former(connection: Connection, tenant: int, fork: Fork, now: datetime) -> None:
    """Keep what the table new_state holds, as it was shown then, of bodies changed afterwards."""
    given = {"tenant": tenant, "now": now, **fork.given()}
    connection.execute(_STORE, given)
    for (body, label), box in read_bounds(connection, tenant, fork.line.branch).items():
        connection.execute(
            "UPDATE former_state SET west = %s, south = %s, east = %s, north = %s "
            "WHERE body = %s AND label = %s AND tenant = %s AND branch = %s "
            "AND known_from <= %s AND known_to > %s",
            (*box, body, label, tenant, fork.line.branch, fork.at, fork.at),
        )


# Between the last change of a body before the fork and the first one after it.
_STORE: LiteralString = f"""
    INSERT INTO former_state ({_COLUMNS}, known_to)
    SELECT n.body, n.tenant, %(branch)s, n.label, n.kind, n.change, %(now)s, n.name, w.sort_name,
           n.region, w.search_text, w.terms, n.attributes, v.known_from, v.known_to
    FROM new_state n LEFT JOIN new_words w USING (body, tenant, label)
    CROSS JOIN LATERAL (
        SELECT max(e.at) FILTER (WHERE e.at <= %(at)s) AS known_from,
               min(e.at) FILTER (WHERE e.at > %(at)s) AS known_to
        FROM fact f CROSS JOIN LATERAL (VALUES (f.known_from), (f.known_to)) AS e (at)
        WHERE f.body = n.body AND f.tenant = n.tenant AND f.branch = %(branch)s
          AND e.at < 'infinity'
    ) v
    WHERE v.known_from IS NOT NULL AND v.known_to IS NOT NULL
    ON CONFLICT DO NOTHING
"""


def bodies_changed(connection: Connection, tenant: int, branch: int, since: datetime) -> list[int]:
    """Return the bodies of which a tenant recorded something on a line after a moment."""
    rows = connection.execute(
        """
        SELECT DISTINCT body FROM fact WHERE tenant = %(tenant)s AND branch = %(branch)s
          AND (known_from > %(since)s OR (known_to > %(since)s AND known_to < 'infinity'))
        ORDER BY body
        """,
        {"tenant": tenant, "branch": branch, "since": since},
    )
    return [row[0] for row in rows]


def former_due(connection: Connection, tenant: int, fork: Fork, now: datetime) -> list[int]:
    """List bodies of whose former state, as a branch shows it, a fact has become true since.

    Such a fact began after it was recorded: few do, and they have an index of their own.
    """
    rows = connection.execute(
        """
        SELECT DISTINCT f.body FROM fact f
        JOIN unnest(%(line)s::integer[], %(seen)s::timestamptz[]) AS n (branch, at)
          ON n.branch = f.branch AND f.known_from <= n.at AND f.known_to > n.at
        LEFT JOIN former_state c
          ON c.body = f.body AND c.tenant = f.tenant AND c.branch = %(branch)s
         AND c.label = f.label AND c.known_from <= %(at)s AND c.known_to > %(at)s
        WHERE f.tenant = %(tenant)s AND f.valid_from <= %(now)s AND f.valid_from > f.known_from
          AND f.valid_from > coalesce(c.as_of, '-infinity')
          AND (c.body IS NOT NULL OR NOT f.ended)
          AND EXISTS (SELECT FROM fact g WHERE g.body = f.body AND g.tenant = f.tenant
                        AND g.branch = %(branch)s AND (g.known_from > %(at)s
                          OR (g.known_to > %(at)s AND g.known_to < 'infinity')))
          AND EXISTS (SELECT FROM fact g WHERE g.body = f.body AND g.tenant = f.tenant
                        AND g.branch = %(branch)s AND g.known_from <= %(at)s)
        """,
        {"tenant": tenant, "now": now, **fork.given()},
    )
    return [row[0] for row in rows]


def former_holding(
    connection: Connection, tenant: int, branch: int, attributes: Sequence[str]
) -> list[int]:
    """Return the bodies of whose former states any holds any of some attributes."""
    rows = connection.execute(
        """
        SELECT DISTINCT c.body FROM former_state c
        WHERE c.tenant = %s AND c.branch = %s
          AND EXISTS (SELECT FROM jsonb_object_keys(c.attributes) AS k (name)
                      WHERE split_part(k.name, '/', 1) = ANY(%s))
        ORDER BY c.body
        """,
        (tenant, branch, list(map(entry_name, attributes))),
    )
    return [row[0] for row in rows]


def list_compared(connection: Connection, tenant: int, fork: Fork) -> list[int]:
    """Return the bodies that a line may have shown otherwise then than it does now."""
    rows = connection.execute(
        """
        SELECT DISTINCT m.body FROM (
            SELECT l.body FROM change c JOIN ledger_leaf l ON l.change = c.id
            WHERE c.branch = %(branch)s AND c.at > %(at)s AND l.tenant = %(tenant)s
            UNION ALL
            SELECT body FROM former_state WHERE branch = %(branch)s AND tenant = %(tenant)s
              AND known_from <= %(at)s AND known_to > %(at)s
            UNION ALL
            SELECT body FROM current_state WHERE branch = %(branch)s AND tenant = %(tenant)s
              AND known_from > %(at)s
        ) m
        WHERE %(branch)s = 0 OR EXISTS (
            SELECT FROM fact g WHERE g.body = m.body AND g.tenant = %(tenant)s
              AND g.branch = %(branch)s AND g.known_from <= %(at)s)
        ORDER BY m.body
        """,
        {"tenant": tenant, **fork.given()},
    )
    return [row[0] for row in rows]


def differing_then(
    connection: Connection, tenant: int, bodies: Sequence[int], fork: Fork
) -> Iterator[int]:
    """Yield the bodies of which a branch does not show what the table new_state holds."""
    given = {"tenant": tenant, "bodies": list(bodies), **fork.given()}
    for (body,) in connection.execute(_COMPARED_THEN, given):
        yield body


# In a branch each body touched by then has a row that everybody may read.
_COMPARED_THEN: LiteralString = """
WITH held AS (
    SELECT body, label, kind, name, region, attributes FROM current_state
    WHERE body = ANY(%(bodies)s) AND tenant = %(tenant)s AND branch = %(branch)s
      AND known_from <= %(at)s
    UNION ALL
    SELECT body, label, kind, name, region, attributes FROM former_state
    WHERE body = ANY(%(bodies)s) AND tenant = %(tenant)s AND branch = %(branch)s
      AND known_from <= %(at)s AND known_to > %(at)s
)
SELECT coalesce(n.body, h.body) FROM new_state n
FULL JOIN (SELECT * FROM held WHERE attributes <> '{}') h USING (body, label)
WHERE n.attributes IS DISTINCT FROM h.attributes OR n.name IS DISTINCT FROM h.name
   OR n.region IS DISTINCT FROM h.region OR n.kind IS DISTINCT FROM h.kind
UNION
SELECT body FROM held GROUP BY body, label HAVING count(*) > 1
UNION
SELECT u.body FROM unnest(%(bodies)s::bigint[]) AS u (body)
WHERE %(branch)s <> 0 AND NOT EXISTS (SELECT FROM held h WHERE h.body = u.body AND h.label = 0)
"""
