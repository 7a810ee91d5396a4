"""Reads changes in the order of their commit: the outbox is the changes and their leaves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chaintwin.engine.database import Connection
from chaintwin.twin.store.reading import FACT, NAMED

# change, its moment, body, kind, whether the change made the body
TouchedRow = tuple[int, datetime, int, str, bool]


@dataclass(frozen=True, slots=True)
class Span:
    """Changes of one tenant after a place: `body` None means that all of `change` is behind."""

    tenant: int
    change: int
    body: int | None
    kinds: Sequence[str] | None = None
    bodies: Sequence[int] | None = None


def read_changes_after(
    connection: Connection, span: Span, most: int, *, branches: bool = False
) -> list[tuple[int, int]]:
    """Return (number, branch) of changes still to be told, in order, at most so many.

    Those of the main line (branch 0) only, unless `branches` asks for all.
    """
    return connection.execute(
        """
        SELECT id, branch FROM change
        WHERE tenant = %(tenant)s AND (branch = 0 OR %(branches)s)
          AND at >= coalesce((SELECT at FROM change WHERE id = %(change)s), '-infinity')
          AND (id <> %(change)s OR %(body)s::bigint IS NOT NULL)
        ORDER BY at LIMIT %(most)s
        """,
        {"tenant": span.tenant, "change": span.change, "body": span.body, "most": most,
         "branches": branches},
    ).fetchall()  # fmt: skip


def read_touched_in(
    connection: Connection, span: Span, changes: Sequence[int], most: int
) -> list[TouchedRow]:
    """Return which bodies some changes touched, in order of change and body, at most so many."""
    return connection.execute(
        """
        SELECT c.id, c.at, l.body, l.kind, l.is_new FROM change c CROSS JOIN LATERAL (
            SELECT l.body, k.name AS kind, b.change = c.id AS is_new
            FROM ledger_leaf l JOIN body b ON b.id = l.body JOIN kind k ON k.id = b.kind
            WHERE l.change = c.id
              AND (c.id <> %(change)s OR l.body > %(body)s)
              AND (%(kinds)s::text[] IS NULL OR k.name = ANY(%(kinds)s::text[]))
              AND (%(bodies)s::bigint[] IS NULL OR l.body = ANY(%(bodies)s::bigint[]))
            ORDER BY l.body LIMIT %(most)s
        ) l
        WHERE c.id = ANY(%(changes)s) ORDER BY c.at, l.body LIMIT %(most)s
        """,
        {
            "changes": list(changes),
            "change": span.change,
            "body": -1 if span.body is None else span.body,
            "kinds": None if span.kinds is None else list(span.kinds),
            "bodies": None if span.bodies is None else list(span.bodies),
            "most": most,
        },
    ).fetchall()


def read_stated_in(
    connection: Connection, tenant: int, changes: Sequence[int], bodies: Sequence[int]
) -> Iterable[tuple[Any, ...]]:
    """Return (change, whether opened, fact columns …) of what changes opened and closed.

    What bears labels the asker may not read is left out by row security; what comes from
    evaluation-only sources is left out here, for it never leaves.
    """
    return connection.execute(
        f"""
        SELECT f.change, true, {FACT} FROM fact f {NAMED}
        WHERE f.body = ANY(%(bodies)s) AND f.change = ANY(%(changes)s) AND f.branch = 0
          AND NOT o.evaluation_only
        UNION ALL
        SELECT c.id, false, {FACT} FROM change c
        JOIN fact f ON f.body = ANY(%(bodies)s) AND f.tenant = c.tenant AND f.known_to = c.at
          AND f.branch = 0 {NAMED}
        WHERE c.id = ANY(%(changes)s) AND c.tenant = %(tenant)s AND NOT o.evaluation_only
        """,
        {"tenant": tenant, "changes": list(changes), "bodies": list(bodies)},
    )


def read_marks_of(connection: Connection, tenants: Sequence[int]) -> dict[int, int]:
    """Return the latest change of each tenant that may be read."""
    rows = connection.execute(
        """
        SELECT t.id, c.id FROM unnest(%s::integer[]) AS t (id)
        CROSS JOIN LATERAL (
            SELECT id FROM change WHERE tenant = t.id AND branch = 0 ORDER BY at DESC LIMIT 1
        ) c
        """,
        (list(tenants),),
    )
    return dict(rows.fetchall())
