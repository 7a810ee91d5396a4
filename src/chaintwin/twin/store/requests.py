"""Requests that named themselves, and what they were answered."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from chaintwin.engine.database import Connection


def find_request(
    connection: Connection, tenant: int, name: str
) -> tuple[bytes, dict[str, Any]] | None:
    """Return (digest of the content, answer) of a request of this name.

    A lock held to the end of the transaction lets two of one name come in turn.
    """
    connection.execute("SELECT pg_advisory_xact_lock(7303, hashtext(%s))", (f"{tenant}/{name}",))
    row = connection.execute(
        "SELECT digest, answer FROM observation_request WHERE tenant = %s AND name = %s",
        (tenant, name),
    ).fetchone()
    return None if row is None else (bytes(row[0]), row[1])


def keep_request(
    connection: Connection,
    tenant: int,
    name: str,
    digest: bytes,
    at: datetime,
    answer: dict[str, Any],
) -> None:
    """Keep what a request was answered."""
    connection.execute(
        "INSERT INTO observation_request (tenant, name, digest, at, answer) "
        "VALUES (%s, %s, %s, %s, %s)",
        (tenant, name, digest, at, json.dumps(answer, ensure_ascii=False, default=str)),
    )
