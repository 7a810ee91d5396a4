"""Rows of subscriptions, of how far each was served, and of what was tried."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from psycopg.types.json import Json

from chaintwin.engine.database import Connection
from chaintwin.twin.subscriptions.model import (
    Condition,
    Cursor,
    Pace,
    Position,
    Progress,
    Said,
    Subscription,
    Wanted,
)

CHANNEL = "chaintwin_subscriptions"
# Enough to see what happened lately; the counts go on for ever.
_KEPT = 200
_COLUMNS = """
    s.id, s.tenant, s.account, s.name, s.channel, s.renderer, s.target, s.wanted, s.throttling_s,
    s.interval_s, s.timeout_s, s.cooldown_s, s.definition, s.sealed, s.expires_at, s.paused_at,
    s.made_at, s.changed_at, p.cursor, p.times_sent, p.times_failed, p.last_notification,
    p.last_success, p.last_failure, p.failures, p.last_error, p.next_at
"""
_JOINED = "subscription s JOIN subscription_progress p ON p.subscription = s.id"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to send; `error` None: the receiver took it."""

    at: datetime
    outcome: str
    events: int
    first_change: int | None
    last_change: int | None
    status: int | None
    took_ms: int
    error: Said | None


def add_subscription(connection: Connection, made: Subscription) -> int:
    """Enter a subscription and its progress; the store gives its number."""
    row = connection.execute(
        """
        INSERT INTO subscription (tenant, account, name, channel, renderer, target, wanted,
            definition, sealed, throttling_s, interval_s, timeout_s, cooldown_s, expires_at,
            paused_at, made_at, changed_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id
        """,
        (made.tenant, made.account, made.name, made.channel, made.renderer, *_settings(made),
         made.paused_at, made.made_at, made.changed_at),
    ).fetchone()  # fmt: skip
    assert row is not None
    connection.execute(
        "INSERT INTO subscription_progress (subscription, tenant, cursor) VALUES (%s, %s, %s)",
        (row[0], made.tenant, Json(_cursor_out(made.progress.cursor))),
    )
    _tell(connection, made.tenant, row[0])
    return int(row[0])


def change_subscription(connection: Connection, changed: Subscription) -> None:
    """Store every setting of a subscription anew, and let it be tried at once."""
    connection.execute(
        """
        UPDATE subscription SET name = %s, target = %s, wanted = %s, definition = %s, sealed = %s,
            throttling_s = %s, interval_s = %s, timeout_s = %s, cooldown_s = %s, expires_at = %s,
            paused_at = %s, changed_at = %s
        WHERE id = %s
        """,
        (changed.name, *_settings(changed), changed.paused_at, changed.changed_at, changed.id),
    )
    connection.execute(
        "UPDATE subscription_progress SET next_at = NULL WHERE subscription = %s", (changed.id,)
    )
    _tell(connection, changed.tenant, changed.id)


def pause_subscription(connection: Connection, number: int, at: datetime) -> None:
    """Stop telling; `change_subscription` takes it up again."""
    connection.execute("UPDATE subscription SET paused_at = %s WHERE id = %s", (at, number))


def remove_subscription(connection: Connection, tenant: int, number: int) -> None:
    """Remove a subscription with all that was kept of it."""
    connection.execute("DELETE FROM subscription WHERE id = %s", (number,))
    _tell(connection, tenant, number)


def get_subscription(connection: Connection, number: int) -> Subscription | None:
    """Return a subscription of the asking tenant; None if there is none."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM {_JOINED} WHERE s.id = %s", (number,)
    ).fetchone()
    return None if row is None else _subscription(row)


def find_by_address(connection: Connection, renderer: str, address: str) -> int | None:
    """Return the asking tenant's subscription of a format that has an address of its own."""
    row = connection.execute(
        "SELECT id FROM subscription "
        "WHERE renderer = %s AND definition -> 'document' ->> 'id' = %s",
        (renderer, address),
    ).fetchone()
    return None if row is None else int(row[0])


@dataclass(frozen=True, slots=True)
class Listed:
    """Which subscriptions of the asking tenant a list asks for; None: all."""

    account: int | None = None
    renderer: str | None = None
    limit: int | None = None
    offset: int = 0


def list_subscriptions(connection: Connection, listed: Listed) -> tuple[list[Subscription], int]:
    """Return subscriptions by number, and how many there are in all."""
    given = asdict(listed)
    condition = """
        (%(account)s::bigint IS NULL OR s.account = %(account)s::bigint)
        AND (%(renderer)s::text IS NULL OR s.renderer = %(renderer)s::text)
    """
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM {_JOINED} WHERE {condition} "
        "ORDER BY s.id LIMIT %(limit)s OFFSET %(offset)s",
        given,
    )
    found = [_subscription(row) for row in rows]
    count = connection.execute(f"SELECT count(*) FROM subscription s WHERE {condition}", given)
    total = count.fetchone()
    assert total is not None
    return found, int(total[0])


def list_served(connection: Connection) -> list[int]:
    """Return the numbers of the asking tenant's subscriptions that a deliverer serves."""
    rows = connection.execute("SELECT id FROM subscription WHERE channel <> 'stream' ORDER BY id")
    return [row[0] for row in rows]


def save_progress(connection: Connection, number: int, progress: Progress) -> bool:
    """Store how far a subscription was served; False when it was removed."""
    saved = connection.execute(
        """
        UPDATE subscription_progress SET cursor = %s, times_sent = %s, times_failed = %s,
            last_notification = %s, last_success = %s, last_failure = %s, failures = %s,
            last_error = %s, next_at = %s
        WHERE subscription = %s
        """,
        (
            Json(_cursor_out(progress.cursor)), progress.times_sent, progress.times_failed,
            progress.last_notification, progress.last_success, progress.last_failure,
            progress.failures, _json(progress.last_error), progress.next_at, number,
        ),
    )  # fmt: skip
    return saved.rowcount > 0


def add_attempt(connection: Connection, tenant: int, number: int, attempt: Attempt) -> None:
    """Enter what was tried; all but the latest attempts are removed."""
    row = connection.execute(
        """
        INSERT INTO delivery (tenant, subscription, at, outcome, events, first_change, last_change,
            status, took_ms, error)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id
        """,
        (
            tenant, number, attempt.at, attempt.outcome, attempt.events, attempt.first_change,
            attempt.last_change, attempt.status, attempt.took_ms, _json(attempt.error),
        ),
    ).fetchone()  # fmt: skip
    assert row is not None
    if row[0] % 20 == 0:
        connection.execute(
            "DELETE FROM delivery WHERE subscription = %(number)s AND id < (SELECT min(id) FROM "
            "(SELECT id FROM delivery WHERE subscription = %(number)s ORDER BY id DESC "
            "LIMIT %(kept)s) k)",
            {"number": number, "kept": _KEPT},
        )


def list_attempts(
    connection: Connection, number: int, limit: int, offset: int
) -> tuple[list[Attempt], int]:
    """Return the attempts that are kept, the latest first, and how many there are."""
    rows = connection.execute(
        "SELECT at, outcome, events, first_change, last_change, status, took_ms, error "
        "FROM delivery WHERE subscription = %s ORDER BY id DESC LIMIT %s OFFSET %s",
        (number, limit, offset),
    )
    found = [Attempt(*row) for row in rows]
    count = connection.execute("SELECT count(*) FROM delivery WHERE subscription = %s", (number,))
    total = count.fetchone()
    assert total is not None
    return found, int(total[0])


def count_failing(connection: Connection, now: datetime) -> int:
    """Count the asking tenant's subscriptions whose receiver did not take the latest message."""
    row = connection.execute(
        """
        SELECT count(*) FROM subscription s JOIN subscription_progress p ON p.subscription = s.id
        WHERE p.failures > 0 AND s.paused_at IS NULL
          AND (s.expires_at IS NULL OR s.expires_at > %s)
        """,
        (now,),
    ).fetchone()
    assert row is not None
    return int(row[0])


def list_networks(connection: Connection) -> list[str]:
    """Return the networks that the asking tenant's messages may go to besides the open ones."""
    rows = connection.execute("SELECT text(network) FROM receiver_network ORDER BY network")
    return [row[0] for row in rows]


def set_networks(
    connection: Connection, tenant: int, account: int | None, at: datetime, networks: Sequence[str]
) -> None:
    """Replace these networks."""
    connection.execute("DELETE FROM receiver_network WHERE NOT network = ANY(%s::cidr[])",
                       (list(networks),))  # fmt: skip
    for network in networks:
        connection.execute(
            "INSERT INTO receiver_network (tenant, network, account, at) VALUES (%s, %s, %s, %s) "
            "ON CONFLICT DO NOTHING",
            (tenant, network, account, at),
        )


def listen_for_subscriptions(connection: Connection) -> None:
    """Hear on this connection of subscriptions that were made, changed or removed."""
    connection.execute(f"LISTEN {CHANNEL}")


def take_the_post(connection: Connection) -> bool:
    """Become the one deliverer of this database for as long as the connection lasts."""
    row = connection.execute("SELECT pg_try_advisory_lock(7302)").fetchone()
    return row is not None and bool(row[0])


def _tell(connection: Connection, tenant: int, number: int) -> None:
    message = json.dumps({"tenant": tenant, "subscription": number})
    connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, message))


def _settings(one: Subscription) -> tuple[Any, ...]:
    wanted = {
        "kinds": one.wanted.kinds,
        "bodies": one.wanted.bodies,
        "attributes": one.wanted.attributes,
        "where": [asdict(test) for test in one.wanted.where],
    }
    pace = one.pace
    return (
        one.target, Json(wanted), _json(one.definition), one.sealed, pace.throttling_s,
        pace.interval_s, pace.timeout_s, pace.cooldown_s, one.expires_at,
    )  # fmt: skip


def _subscription(row: Sequence[Any]) -> Subscription:
    (number, tenant, account, name, channel, renderer, target, wanted, throttling, interval,
     timeout, cooldown, definition, sealed, expires, paused, made, changed, cursor,
     *progress) = row  # fmt: skip
    return Subscription(
        number, tenant, account, name, channel, renderer, target, _wanted(wanted),
        Pace(throttling, interval, timeout, cooldown), definition, sealed, expires, paused, made,
        changed, Progress(_cursor_in(cursor), *progress),
    )  # fmt: skip


def _wanted(stored: Mapping[str, Any]) -> Wanted:
    kinds, bodies, attributes = (_maybe(stored[name]) for name in ("kinds", "bodies", "attributes"))
    return Wanted(kinds, bodies, attributes, tuple(Condition(**test) for test in stored["where"]))


def _maybe(listed: Iterable[Any] | None) -> tuple[Any, ...] | None:
    return None if listed is None else tuple(listed)


def _cursor_out(cursor: Cursor) -> dict[str, list[int | None]]:
    return {str(tenant): [at.change, at.body] for tenant, at in cursor.items()}


def _cursor_in(stored: Mapping[str, Sequence[Any]]) -> Cursor:
    return {int(tenant): Position(*at) for tenant, at in stored.items()}


def _json(value: Any) -> Json | None:
    return None if value is None else Json(value)
