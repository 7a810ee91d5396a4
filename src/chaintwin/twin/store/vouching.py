"""Rows of those who vouch for checkpoints: witnesses, co-signatures, time-stamps, past checks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chaintwin.engine.database import Connection


@dataclass(frozen=True, slots=True)
class WitnessRow:
    """A key of another bureau that co-signs a log."""

    name: str
    key: str
    at: datetime
    actor: str


@dataclass(frozen=True, slots=True)
class CosignatureRow:
    """A witness's signature line under the checkpoint of a size."""

    size: int
    witness: str
    at: datetime
    line: str


@dataclass(frozen=True, slots=True)
class StampRow:
    """An authority's answer (DER) over the checkpoint of a size."""

    size: int
    authority: str
    at: datetime
    answer: bytes


@dataclass(frozen=True, slots=True)
class CheckRow:
    """What a verification of one tenant found."""

    at: datetime
    size: int
    differences: list[dict[str, Any]]


def add_witness(connection: Connection, tenant: int, row: WitnessRow) -> bool:
    """Enter a witness; False when one of that name is there."""
    done = connection.execute(
        "INSERT INTO ledger_witness (tenant, name, key, at, actor) VALUES (%s, %s, %s, %s, %s) "
        "ON CONFLICT DO NOTHING",
        (tenant, row.name, row.key, row.at, row.actor),
    )
    return done.rowcount == 1


def list_witnesses(connection: Connection, tenant: int) -> list[WitnessRow]:
    """Return the witnesses of a log by name."""
    rows = connection.execute(
        "SELECT name, key, at, actor FROM ledger_witness WHERE tenant = %s ORDER BY name", (tenant,)
    )
    return [WitnessRow(*row) for row in rows]


def put_cosignature(connection: Connection, tenant: int, row: CosignatureRow) -> None:
    """Keep a co-signature; the first one of a witness and size stays."""
    connection.execute(
        "INSERT INTO ledger_cosignature (tenant, size, witness, at, line) "
        "VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (tenant, row.size, row.witness, row.at, row.line),
    )


def list_cosignatures(
    connection: Connection, tenant: int, size: int | None = None
) -> list[CosignatureRow]:
    """Return the co-signatures of a log, or of one of its sizes, the largest size first."""
    rows = connection.execute(
        "SELECT size, witness, at, line FROM ledger_cosignature WHERE tenant = %(tenant)s "
        "AND (%(size)s::bigint IS NULL OR size = %(size)s::bigint) ORDER BY size DESC, witness",
        {"tenant": tenant, "size": size},
    )
    return [CosignatureRow(*row) for row in rows]


def put_stamp(connection: Connection, tenant: int, row: StampRow) -> None:
    """Keep a time-stamp."""
    connection.execute(
        "INSERT INTO ledger_stamp (tenant, size, authority, at, answer) "
        "VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (tenant, row.size, row.authority, row.at, row.answer),
    )


def list_stamps(
    connection: Connection, tenant: int, size: int | None = None, limit: int | None = None
) -> list[StampRow]:
    """Return the time-stamps of a log, or of one of its sizes, the largest size first."""
    rows = connection.execute(
        "SELECT size, authority, at, answer FROM ledger_stamp WHERE tenant = %(tenant)s "
        "AND (%(size)s::bigint IS NULL OR size = %(size)s::bigint) "
        "ORDER BY size DESC LIMIT %(most)s",
        {"tenant": tenant, "size": size, "most": limit},
    )
    return [StampRow(row[0], row[1], row[2], bytes(row[3])) for row in rows]


def put_check(connection: Connection, tenant: int, row: CheckRow) -> None:
    """Keep what a verification found."""
    connection.execute(
        "INSERT INTO ledger_check (tenant, at, size, differences) VALUES (%s, %s, %s, %s) "
        "ON CONFLICT DO NOTHING",
        (tenant, row.at, row.size, json.dumps(row.differences, ensure_ascii=False)),
    )


def last_check(connection: Connection, tenant: int) -> CheckRow | None:
    """Return what the latest verification found."""
    row = connection.execute(
        "SELECT at, size, differences FROM ledger_check WHERE tenant = %s ORDER BY at DESC LIMIT 1",
        (tenant,),
    ).fetchone()
    return None if row is None else CheckRow(*row)


def first_cosigned(connection: Connection, tenant: int, number: int) -> int | None:
    """Return the smallest co-signed size that holds a position."""
    row = connection.execute(
        "SELECT min(size) FROM ledger_cosignature WHERE tenant = %s AND size > %s", (tenant, number)
    ).fetchone()
    return None if row is None else row[0]


def first_stamped(connection: Connection, tenant: int, number: int) -> int | None:
    """Return the smallest stamped size that holds a position."""
    row = connection.execute(
        "SELECT min(size) FROM ledger_stamp WHERE tenant = %s AND size > %s", (tenant, number)
    ).fetchone()
    return None if row is None else row[0]
