"""Imports that were checked or loaded, and look-ups of many keys at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chaintwin.engine.database import Connection

_COLUMNS = "id, at, account, source, file_name, file_sha256, report, change"


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """One import as it is kept; `report` holds errors and differences."""

    id: int
    at: datetime
    account: int | None
    source: str
    file_name: str
    sha256: bytes
    report: Mapping[str, Any]
    change: int | None


def add_import(connection: Connection, tenant: int, record: ImportRecord) -> int:
    """Enter an import; return its number."""
    row = connection.execute(
        """
        INSERT INTO rejected_import (tenant, at, account, source, file_name, file_sha256, report)
        VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING id
        """,
        (
            tenant, record.at, record.account, record.source, record.file_name, record.sha256,
            json.dumps(record.report, ensure_ascii=False),
        ),
    ).fetchone()  # fmt: skip
    assert row is not None
    return int(row[0])


def settle_import(
    connection: Connection, number: int, report: Mapping[str, Any], change: int
) -> bool:
    """Note that an import was loaded; False when it had been loaded before."""
    done = connection.execute(
        "UPDATE rejected_import SET report = %s, change = %s WHERE id = %s AND change IS NULL",
        (json.dumps(report, ensure_ascii=False), change, number),
    )
    return done.rowcount == 1


def get_import(connection: Connection, number: int) -> ImportRecord | None:
    """Return one import of one's own tenant."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM rejected_import WHERE id = %s", (number,)
    ).fetchone()
    return None if row is None else ImportRecord(*row)


def list_imports(
    connection: Connection, source: str, limit: int, offset: int
) -> tuple[list[ImportRecord], int]:
    """Return imports of one's own tenant, latest first, without their errors and differences."""
    rows = connection.execute(
        """
        SELECT id, at, account, source, file_name, file_sha256,
               (report::jsonb - 'errors' - 'differences')::json, change
        FROM rejected_import WHERE source = %s ORDER BY id DESC LIMIT %s OFFSET %s
        """,
        (source, limit, offset),
    )
    found = [ImportRecord(*row) for row in rows]
    total = connection.execute(
        "SELECT count(*) FROM rejected_import WHERE source = %s", (source,)
    ).fetchone()
    return found, total[0] if total else 0


def find_keys(
    connection: Connection, tenant: int, scheme: str, values: Iterable[str]
) -> dict[str, int]:
    """Return the bodies that keys of one scheme name, one's own tenant before public."""
    rows = connection.execute(
        """
        SELECT value, body FROM body_key
        WHERE scheme = %s AND value = ANY(%s::text[]) ORDER BY (tenant = %s)
        """,
        (scheme, list(set(values)), tenant),
    )
    return dict(rows.fetchall())


def list_keys(connection: Connection, scheme: str) -> dict[str, int]:
    """Return every key of a scheme that may be read."""
    rows = connection.execute("SELECT value, body FROM body_key WHERE scheme = %s", (scheme,))
    return dict(rows.fetchall())
