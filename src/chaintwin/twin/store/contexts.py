"""JSON-LD contexts that the open API keeps, by tenant."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chaintwin.engine.database import Connection

_COLUMNS = "id, address, kind, body, made_at"


@dataclass(frozen=True, slots=True)
class KeptContext:
    """One context; `body` is the whole document with its @context."""

    id: str
    address: str
    kind: str
    body: Any
    made_at: datetime


def find_context(connection: Connection, name: str) -> KeptContext | None:
    """Return a context by its local name or its address."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM ngsi_context WHERE id = %s OR address = %s", (name, name)
    ).fetchone()
    return None if row is None else KeptContext(*row)


def list_contexts(connection: Connection) -> list[KeptContext]:
    """Return every context of the tenant, the oldest first."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM ngsi_context ORDER BY made_at, id")
    return [KeptContext(*row) for row in rows]


def keep_context(connection: Connection, tenant: int, context: KeptContext) -> None:
    """Enter a context, or renew the one of the same address."""
    connection.execute(
        "INSERT INTO ngsi_context (tenant, id, address, kind, body, made_at) "
        "VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (tenant, address) "
        "DO UPDATE SET body = excluded.body, made_at = excluded.made_at",
        (
            tenant, context.id, context.address, context.kind, json.dumps(context.body),
            context.made_at,
        ),
    )  # fmt: skip


def drop_context(connection: Connection, name: str) -> None:
    """Remove a context."""
    connection.execute("DELETE FROM ngsi_context WHERE id = %s", (name,))
