"""Rows of stored originals: hashes, size, media type and the wrapped key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chaintwin.engine.database import Connection

_COLUMNS = "id, tenant, label, sha256, sm3, size, media_type, wrapped_key, destroyed_at"


@dataclass(frozen=True, slots=True)
class OriginalRow:
    """One stored original; without a wrapped key it was destroyed."""

    id: int
    tenant: int
    label: int
    sha256: bytes
    sm3: bytes
    size: int
    media_type: str
    wrapped_key: bytes | None
    destroyed_at: datetime | None


def add_original(connection: Connection, row: OriginalRow, at: datetime) -> OriginalRow | None:
    """Enter an original; None when this tenant holds the same bytes under the same label."""
    added = connection.execute(
        """
        INSERT INTO original (tenant, label, sha256, sm3, size, media_type, wrapped_key, stored_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT (tenant, label, sha256) WHERE destroyed_at IS NULL DO NOTHING
        """
        f"RETURNING {_COLUMNS}",
        (
            row.tenant, row.label, row.sha256, row.sm3, row.size, row.media_type, row.wrapped_key,
            at,
        ),
    ).fetchone()  # fmt: skip
    return None if added is None else OriginalRow(*added)


def find_content(
    connection: Connection, tenant: int, label: int, sha256: bytes
) -> OriginalRow | None:
    """Return the living original of a tenant with these bytes and this label."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM original "
        "WHERE tenant = %s AND label = %s AND sha256 = %s AND destroyed_at IS NULL",
        (tenant, label, sha256),
    ).fetchone()
    return None if row is None else OriginalRow(*row)


def get_original(connection: Connection, number: int) -> OriginalRow | None:
    """Return an original that the asker may read."""
    row = connection.execute(f"SELECT {_COLUMNS} FROM original WHERE id = %s", (number,)).fetchone()
    return None if row is None else OriginalRow(*row)


def discard_key(connection: Connection, number: int, at: datetime) -> bool:
    """Drop the wrapped key of one's own original; False when there was none left to drop."""
    dropped = connection.execute(
        "UPDATE original SET wrapped_key = NULL, destroyed_at = %s "
        "WHERE id = %s AND destroyed_at IS NULL",
        (at, number),
    )
    return dropped.rowcount == 1


def replace_key(connection: Connection, number: int, wrapped_key: bytes | None) -> None:
    """Set the key of a living original whose bytes were sealed anew."""
    connection.execute(
        "UPDATE original SET wrapped_key = %s WHERE id = %s AND destroyed_at IS NULL",
        (wrapped_key, number),
    )


def list_kept(connection: Connection) -> list[tuple[int, int, bytes]]:
    """Return (number, tenant, SHA-256) of every original that was not destroyed."""
    rows = connection.execute(
        "SELECT id, tenant, sha256 FROM original WHERE wrapped_key IS NOT NULL ORDER BY id"
    )
    return [(row[0], row[1], bytes(row[2])) for row in rows]
