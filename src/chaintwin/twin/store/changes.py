"""Change rows: opening one with a moment of its own, closing it with its counts."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from chaintwin.access.asker import Asker
from chaintwin.engine.database import Connection

CHANNEL = "chaintwin_changes"
# Points come far oftener than facts; who waits for facts is not woken by them.
POINTS_CHANNEL = "chaintwin_points"


def lock_changes(connection: Connection, tenant: int) -> None:
    """Let changes of one tenant get their moments in turn, until this transaction ends."""
    connection.execute("SELECT pg_advisory_xact_lock(7301, %s)", (tenant,))


def begin_change(
    connection: Connection,
    asker: Asker,
    now: datetime,
    reason: str,
    source: int,
    branch: int = 0,
) -> tuple[int, datetime]:
    """Enter a change; return its number and moment, later than every one before in the tenant."""
    lock_changes(connection, asker.tenant)
    row = connection.execute(
        "SELECT nextval('change_id'), (SELECT max(at) FROM change WHERE tenant = %s)",
        (asker.tenant,),
    ).fetchone()
    assert row is not None
    number, last = row
    at = now if last is None or now > last else last + timedelta(microseconds=1)
    connection.execute(
        "INSERT INTO change (id, tenant, branch, at, account, actor, reason, source) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        (number, asker.tenant, branch, at, asker.account, asker.name, reason, source),
    )
    return number, at


def finish_change(
    connection: Connection,
    change: int,
    tenant: int,
    counts: tuple[int, int, int],
    branch: int = 0,
) -> None:
    """Set the counts (opened, closed, bodies) and tell listeners on commit."""
    connection.execute(
        "UPDATE change SET opened = %s, closed = %s, bodies = %s WHERE id = %s",
        (*counts, change),
    )
    message = json.dumps({"tenant": tenant, "change": change, "branch": branch})
    connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, message))


def finish_observing(connection: Connection, change: int, tenant: int, points: int) -> None:
    """Set how many points a change opened or closed and tell listeners on commit."""
    connection.execute(
        "UPDATE change SET observed = %s, bodies = 1 WHERE id = %s", (points, change)
    )
    message = json.dumps({"tenant": tenant, "change": change})
    connection.execute("SELECT pg_notify(%s, %s)", (POINTS_CHANNEL, message))


def read_touched(connection: Connection, change: int) -> tuple[str, set[str]]:
    """Return the source of a change and the kinds of the bodies it touched."""
    row = connection.execute(
        """
        SELECT o.name, ARRAY(
            SELECT DISTINCT k.name FROM ledger_leaf l
            JOIN body b ON b.id = l.body JOIN kind k ON k.id = b.kind
            WHERE l.change = c.id)
        FROM change c JOIN source o ON o.id = c.source WHERE c.id = %s
        """,
        (change,),
    ).fetchone()
    return ("", set()) if row is None else (row[0], set(row[1]))
