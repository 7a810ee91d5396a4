"""A tenant's own kinds as the current state holds them, and a mark of when they last changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chaintwin.engine.database import Connection


def read_kind_marks(connection: Connection, tenants: Sequence[int]) -> dict[int, int]:
    """Return, by tenant, the last change that declared or withdrew kinds."""
    rows = connection.execute(
        "SELECT tenant, change FROM kind_mark WHERE tenant = ANY(%s)", (list(tenants),)
    )
    return dict(rows.fetchall())


def mark_kinds(connection: Connection, tenant: int, change: int) -> None:
    """Note that a change declared or withdrew kinds, so that every process reads them anew."""
    connection.execute(
        "INSERT INTO kind_mark (tenant, change) VALUES (%s, %s) "
        "ON CONFLICT (tenant) DO UPDATE SET change = excluded.change",
        (tenant, change),
    )


def read_kind_states(
    connection: Connection, kind: int, tenants: Sequence[int]
) -> list[dict[str, dict[str, Any]]]:
    """Return the entries of every body of the kind Kind, in the order of the tenants."""
    rows = connection.execute(
        """
        SELECT attributes FROM current_state
        WHERE kind = %(kind)s AND branch = 0 AND tenant = ANY(%(tenants)s)
        ORDER BY array_position(%(tenants)s, tenant), body
        """,
        {"kind": kind, "tenants": list(tenants)},
    )
    return [row[0] for row in rows]
