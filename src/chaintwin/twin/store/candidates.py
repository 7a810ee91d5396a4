"""Finds bodies that a new one may be the same as, and which bodies are new."""

from __future__ import annotations

from collections.abc import Sequence

from chaintwin.engine.database import Connection
from chaintwin.twin.store.terms import quote_term, reading_by

# Terms of which a body holds all, of one list or another.
Alternatives = Sequence[Sequence[str]]


def find_candidates(
    connection: Connection, kind: int, body: int, ways: Sequence[Alternatives], most: int
) -> list[int]:
    """Return bodies that share a key with one, or whose words hold all terms of an alternative.

    A way that more than so many bodies fit tells nothing and is left out.
    """
    by_key = connection.execute(
        """
        SELECT DISTINCT k.body FROM body_key o
        JOIN body_key k ON k.scheme = o.scheme AND k.value = o.value
        WHERE o.body = %(body)s AND k.body <> o.body
        """,
        {"body": body},
    ).fetchall()
    found = {row[0] for row in by_key}
    for way in ways:
        by_name = _find_by_terms(connection, kind, way, most + 1)
        found |= by_name if len(by_name) <= most else set()
    return sorted(found - {body})


def _find_by_terms(connection: Connection, kind: int, way: Alternatives, most: int) -> set[int]:
    query = " | ".join(f"({' & '.join(map(quote_term, terms))})" for terms in way if terms)
    if not query:
        return set()
    with reading_by(connection, query) as table:
        rows = connection.execute(
            f"SELECT DISTINCT s.body FROM {table} s "
            "WHERE s.kind = %(kind)s AND s.branch = 0 LIMIT %(most)s",
            {"kind": kind, "most": most},
        ).fetchall()
    return {row[0] for row in rows}


def body_tenants(connection: Connection, bodies: Sequence[int]) -> dict[int, int]:
    """Return which tenant made each body."""
    rows = connection.execute("SELECT id, tenant FROM body WHERE id = ANY(%s)", (list(bodies),))
    return dict(rows.fetchall())


def read_seen(connection: Connection, tenant: int) -> tuple[int, int]:
    """Return up to which change of its own and of the public tenant a tenant's firms were seen."""
    row = connection.execute(
        "SELECT seen_own, seen_public FROM judgement_mark WHERE tenant = %s", (tenant,)
    ).fetchone()
    return (row[0], row[1]) if row else (0, 0)


def mark_seen(connection: Connection, tenant: int, own: int, public: int) -> None:
    """Note up to which changes new bodies were looked at."""
    connection.execute(
        "INSERT INTO judgement_mark (tenant, seen_own, seen_public) VALUES (%s, %s, %s) "
        "ON CONFLICT (tenant) DO UPDATE SET seen_own = excluded.seen_own, "
        "seen_public = excluded.seen_public",
        (tenant, own, public),
    )


def last_change(connection: Connection, tenant: int) -> int:
    """Return the last change of a tenant, 0 where there is none."""
    row = connection.execute(
        "SELECT coalesce(max(id), 0) FROM change WHERE tenant = %s AND branch = 0", (tenant,)
    ).fetchone()
    return int(row[0]) if row else 0


def touched_bodies(
    connection: Connection, tenant: int, kind: int, since: int, besides: Sequence[int], most: int
) -> list[int]:
    """Return bodies of a kind that a tenant's changes touched, not those of some sources."""
    rows = connection.execute(
        """
        SELECT DISTINCT l.body FROM ledger_leaf l
        JOIN change c
          ON c.id = l.change AND c.branch = 0 AND c.source <> ALL(%(besides)s::integer[])
        JOIN body b ON b.id = l.body AND b.kind = %(kind)s
        WHERE l.tenant = %(tenant)s AND l.change > %(since)s LIMIT %(most)s
        """,
        {"tenant": tenant, "kind": kind, "since": since, "besides": list(besides), "most": most},
    )
    return [row[0] for row in rows]


def bodies_made_by(connection: Connection, tenant: int, kind: int, most: int) -> list[int]:
    """Return bodies of a kind that a tenant made, at most so many."""
    rows = connection.execute(
        "SELECT id FROM body WHERE tenant = %s AND kind = %s ORDER BY id LIMIT %s",
        (tenant, kind, most),
    )
    return [row[0] for row in rows]
