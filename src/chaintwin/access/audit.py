"""The audit trail: who did what, from where. Rows are only ever added."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chaintwin.access.asker import Asker
from chaintwin.access.store.audit import AuditRow, add_audit, list_audit
from chaintwin.engine.database import Connection


def record_act(
    connection: Connection,
    asker: Asker,
    at: datetime,
    action: str,
    about: str | None = None,
    detail: Mapping[str, Any] | None = None,
    *,
    address: str | None = None,
) -> None:
    """Enter an act of the asker inside the running transaction; a token that was used is named."""
    if asker.token is not None:
        detail = {**(detail or {}), "token": asker.token}
    add_audit(
        connection, asker.tenant, at, (asker.account, asker.login), (action, about, detail), address
    )


def read_acts(
    connection: Connection, asker: Asker, limit: int, offset: int
) -> tuple[list[AuditRow], int]:
    """Return the trail of one's own tenant, latest first; needs the right audit:read."""
    asker.require("audit:read")
    return list_audit(connection, limit, offset)
