"""Rows of the audit trail; they are added and read, never changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chaintwin.engine.database import Connection


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One thing that somebody did."""

    id: int
    at: datetime
    account: int | None
    login: str | None
    action: str
    about: str | None
    detail: Any
    address: str | None


def add_audit(
    connection: Connection,
    tenant: int,
    at: datetime,
    who: tuple[int | None, str | None],
    what: tuple[str, str | None, Mapping[str, Any] | None],
    address: str | None,
) -> None:
    """Enter what somebody (account, login) did (action, about, detail), from which address."""
    action, about, detail = what
    text = None if detail is None else json.dumps(detail, ensure_ascii=False, default=str)
    connection.execute(
        "INSERT INTO audit (tenant, at, account, login, action, about, detail, address) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        (tenant, at, *who, action, about, text, address),
    )


def list_audit(connection: Connection, limit: int, offset: int) -> tuple[list[AuditRow], int]:
    """Return the audit trail of the asking tenant, latest first, and its length."""
    rows = connection.execute(
        "SELECT id, at, account, login, action, about, detail, address FROM audit "
        "ORDER BY at DESC, id DESC LIMIT %s OFFSET %s",
        (limit, offset),
    ).fetchall()
    total = connection.execute("SELECT count(*) FROM audit").fetchone()
    assert total is not None
    return [AuditRow(*row) for row in rows], int(total[0])
