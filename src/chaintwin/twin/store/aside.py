"""Messages of devices that could not be stored, kept until somebody settles them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chaintwin.engine.database import Connection

_COLUMNS = "id, reason, device, topic, payload, why, first_at, last_at, times, settled_at"


@dataclass(frozen=True, slots=True)
class AsideRow:
    """One message set aside; `times` counts deliveries of the same bytes on the same topic."""

    number: int
    reason: str
    device: str | None
    topic: str
    payload: bytes
    why: dict[str, str]
    first_at: datetime
    last_at: datetime
    times: int
    settled_at: datetime | None


def put_aside(
    connection: Connection, tenant: int, at: datetime, rows: Sequence[tuple[Any, ...]]
) -> None:
    """Keep messages (reason, device, topic, payload, zh, en); the same one is only counted."""
    with connection.cursor() as cursor:
        cursor.executemany(
            """
            INSERT INTO set_aside
                (tenant, digest, reason, device, topic, payload, why, first_at, last_at)
            VALUES (%(tenant)s,
                    sha256(convert_to(%(topic)s, 'UTF8') || '\\x00'::bytea || %(payload)s),
                    %(reason)s, %(device)s, %(topic)s, %(payload)s, %(why)s, %(at)s, %(at)s)
            ON CONFLICT (tenant, digest) DO UPDATE
                SET last_at = excluded.last_at, times = set_aside.times + 1
            """,
            [
                {
                    "tenant": tenant, "reason": reason, "device": device, "topic": topic,
                    "payload": payload, "at": at,
                    "why": json.dumps({"zh": zh, "en": en}, ensure_ascii=False),
                }
                for reason, device, topic, payload, zh, en in rows
            ],
        )  # fmt: skip


def list_aside(
    connection: Connection, tenant: int, reason: str | None, limit: int | None, offset: int = 0
) -> list[AsideRow]:
    """Return what is not settled, the latest first; limit None: all."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM set_aside WHERE tenant = %s AND settled_at IS NULL "
        "AND (%s::text IS NULL OR reason = %s) ORDER BY last_at DESC, id DESC LIMIT %s OFFSET %s",
        (tenant, reason, reason, limit, offset),
    )
    return [AsideRow(*row) for row in rows]


def count_aside(connection: Connection, tenant: int) -> dict[str, tuple[int, int]]:
    """Return, per reason, how many messages and how many devices wait."""
    rows = connection.execute(
        "SELECT reason, count(*), count(DISTINCT device) FROM set_aside "
        "WHERE tenant = %s AND settled_at IS NULL GROUP BY reason",
        (tenant,),
    )
    return {reason: (messages, devices) for reason, messages, devices in rows}


def list_unknown_devices(connection: Connection, tenant: int, limit: int) -> list[Any]:
    """Return (device, messages, first and last moment, one payload) of devices nobody assigned."""
    return connection.execute(
        "SELECT device, count(*), min(first_at), max(last_at), "
        "(array_agg(payload ORDER BY last_at DESC))[1] FROM set_aside "
        "WHERE tenant = %s AND settled_at IS NULL AND reason = 'unknown_device' "
        "GROUP BY device ORDER BY max(last_at) DESC, device LIMIT %s",
        (tenant, limit),
    ).fetchall()


def waiting_of(connection: Connection, tenant: int, device: str, limit: int) -> list[AsideRow]:
    """Return messages of a device that wait for it to be assigned, the earliest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM set_aside WHERE tenant = %s AND device = %s "
        "AND settled_at IS NULL AND reason = 'unknown_device' ORDER BY id LIMIT %s",
        (tenant, device, limit),
    )
    return [AsideRow(*row) for row in rows]


def settle_aside(connection: Connection, tenant: int, numbers: Sequence[int], at: datetime) -> int:
    """Mark messages as settled; return how many were not before."""
    return connection.execute(
        "UPDATE set_aside SET settled_at = %s WHERE tenant = %s AND id = ANY(%s) "
        "AND settled_at IS NULL",
        (at, tenant, list(numbers)),
    ).rowcount
