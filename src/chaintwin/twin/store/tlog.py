"""Rows of the Merkle log: positions of changes, leaves in order, tiles and checkpoints."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from chaintwin.engine.database import Connection
from chaintwin.twin.store.keys import digest_early_keys
from chaintwin.twin.store.sources import SourceRecord, list_sources

# The columns of a change to which its own leaf commits, in COPY text form.
CHANGE_COLUMNS = (
    "id", "tenant", "branch", "at", "account", "actor", "reason", "source", "opened", "closed",
    "bodies",
)  # fmt: skip
_DIGESTS: LiteralString = "sha256, sm3"
# One line per name by whose number facts are stored, what is told of each source, and the tenant
# whose log it is; COPY text form.
_NAMES: LiteralString = """
    SELECT 'attribute' || E'\\t' || id || E'\\t' || name FROM attribute
    UNION ALL SELECT 'kind' || E'\\t' || id || E'\\t' || name FROM kind
    UNION ALL SELECT 'source' || E'\\t' || id || E'\\t' || name FROM source
    UNION ALL SELECT concat_ws(E'\\t', 'titled', id, title::jsonb, licence, evaluation_only, rank)
        FROM source
    UNION ALL SELECT concat_ws(E'\\t', 'tenant', id, coalesce(parent, 0), code, name, kind,
                               coalesce(region, '-')) FROM tenant WHERE id = %s
"""
# What a source is called and how it ranks may change with what ships; the other names may not.
TITLED = "titled"
EARLY_KEYS = "keys\t0"


@dataclass(frozen=True, slots=True)
class Position:
    """Where a change stands in the log, and what its own leaf is made of."""

    start: int
    change: int
    leaves: int
    names: tuple[str, ...]
    salt: bytes
    sha256: bytes
    sm3: bytes

    @property
    def end(self) -> int:
        """Return the position after the last leaf of the change."""
        return self.start + 1 + self.leaves


@dataclass(frozen=True, slots=True)
class CheckpointRow:
    """A signed checkpoint as it is kept."""

    size: int
    at: datetime
    note: str


def lock_log(connection: Connection, tenant: int) -> None:
    """Let one process at a time extend the log of a tenant, to the end of the transaction."""
    connection.execute("SELECT pg_advisory_xact_lock(7302, %s)", (tenant,))


def last_position(connection: Connection, tenant: int) -> Position | None:
    """Return where the latest change of the log stands; None while the log is empty."""
    rows = _positions(connection, "tenant = %s ORDER BY start DESC LIMIT 1", (tenant,))
    return next(iter(rows), None)


def position_of(connection: Connection, change: int) -> Position | None:
    """Return where a change stands; None while it has no position yet."""
    return next(iter(_positions(connection, "change = %s", (change,))), None)


def position_at(connection: Connection, tenant: int, number: int) -> Position | None:
    """Return the change that holds a position of the log."""
    where: LiteralString = "tenant = %s AND start <= %s ORDER BY start DESC LIMIT 1"
    found = next(iter(_positions(connection, where, (tenant, number))), None)
    return found if found is not None and number < found.end else None


def list_positions(connection: Connection, tenant: int) -> list[Position]:
    """Return every change of the log in order."""
    return list(_positions(connection, "tenant = %s ORDER BY start", (tenant,)))


def _positions(
    connection: Connection, where: LiteralString, given: tuple[int, ...]
) -> Iterator[Position]:
    rows = connection.execute(
        f"SELECT start, change, leaves, names, salt, {_DIGESTS} FROM ledger_position WHERE {where}",
        given,
    )
    for start, change, leaves, names, *digests in rows:
        yield Position(start, change, leaves, tuple(names), *map(bytes, digests))


def add_positions(connection: Connection, tenant: int, positions: Iterable[Position]) -> None:
    """Enter changes at the end of the log."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO ledger_position (tenant, start, change, leaves, names, salt, sha256, sm3) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (tenant, one.start, one.change, one.leaves, list(one.names), one.salt, one.sha256,
                 one.sm3)
                for one in positions
            ],
        )  # fmt: skip


def changes_after(connection: Connection, tenant: int, change: int) -> list[tuple[int, int, bytes]]:
    """List (change, leaves, root) of changes that have no position yet, in order."""
    rows = connection.execute(
        "SELECT change, leaves, root FROM ledger WHERE tenant = %s AND change > %s ORDER BY change",
        (tenant, change),
    )
    return [(row[0], row[1], bytes(row[2])) for row in rows]


def list_ledger(connection: Connection, tenant: int) -> dict[int, tuple[int, bytes]]:
    """Return (leaves, root) of every change of a tenant that has a ledger row, in order."""
    return {change: (leaves, root) for change, leaves, root in changes_after(connection, tenant, 0)}


def count_waiting(connection: Connection, tenant: int) -> int:
    """Return how many changes have no position yet."""
    row = connection.execute(
        "SELECT count(*) FROM ledger WHERE tenant = %(tenant)s AND change > coalesce("
        "(SELECT max(change) FROM ledger_position WHERE tenant = %(tenant)s), 0)",
        {"tenant": tenant},
    ).fetchone()
    assert row is not None
    return int(row[0])


def read_change_line(connection: Connection, change: int) -> str | None:
    """Return a change's row as COPY text; None when there is no such row."""
    columns = ", ".join(CHANGE_COLUMNS)
    query = f"COPY (SELECT {columns} FROM change WHERE id = {int(change)}) TO STDOUT"
    with connection.cursor() as cursor, cursor.copy(query.encode()) as copy:
        text = b"".join(bytes(block) for block in copy).decode()
    return text.removesuffix("\n") or None


def read_leaves(connection: Connection, change: int) -> Iterator[tuple[int, bytes]]:
    """Yield (body, both digests one after the other) of a change's leaves by body."""
    cursor = connection.cursor(name="leaves", binary=True)
    cursor.itersize = 20_000
    with closing(cursor):
        cursor.execute(
            "SELECT body, sha256 || sm3 FROM ledger_leaf WHERE change = %s ORDER BY body", (change,)
        )
        for body, digests in cursor:
            yield body, bytes(digests)


def read_leaf(connection: Connection, change: int, body: int) -> tuple[bytes, bytes, bytes] | None:
    """Return salt, SHA-256 and SM3 of a leaf."""
    row = connection.execute(
        f"SELECT salt, {_DIGESTS} FROM ledger_leaf WHERE change = %s AND body = %s", (change, body)
    ).fetchone()
    return None if row is None else (bytes(row[0]), bytes(row[1]), bytes(row[2]))


def rank_in_change(connection: Connection, change: int, body: int) -> int:
    """Return how many bodies of a change come before one."""
    row = connection.execute(
        "SELECT count(*) FROM ledger_leaf WHERE change = %s AND body < %s", (change, body)
    ).fetchone()
    assert row is not None
    return int(row[0])


def leaves_from(
    connection: Connection, change: int, skipped: int, most: int
) -> list[tuple[int, bytes]]:
    """Return (body, both digests) of some leaves of a change, after so many by body."""
    rows = connection.execute(
        "SELECT body, sha256 || sm3 FROM ledger_leaf WHERE change = %s "
        "ORDER BY body OFFSET %s LIMIT %s",
        (change, skipped, most),
    )
    return [(row[0], bytes(row[1])) for row in rows]


def put_tiles(connection: Connection, tenant: int, tiles: Iterable[tuple[int, int, bytes]]) -> None:
    """Keep (level, number, hashes) of tiles that are new or have grown."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO ledger_tile (tenant, level, number, hashes) VALUES (%s, %s, %s, %s) "
            "ON CONFLICT (tenant, level, number) DO UPDATE SET hashes = excluded.hashes",
            [(tenant, *tile) for tile in tiles],
        )


def read_tile(connection: Connection, tenant: int, level: int, number: int) -> bytes:
    """Return the hashes of a tile; empty when there is none."""
    row = connection.execute(
        "SELECT hashes FROM ledger_tile WHERE tenant = %s AND level = %s AND number = %s",
        (tenant, level, number),
    ).fetchone()
    return b"" if row is None else bytes(row[0])


def list_stored_tiles(connection: Connection, tenant: int) -> Iterator[tuple[int, int, bytes]]:
    """Yield (level, number, hashes) of every stored tile."""
    cursor = connection.cursor(name="tiles", binary=True)
    with closing(cursor):
        cursor.execute("SELECT level, number, hashes FROM ledger_tile WHERE tenant = %s", (tenant,))
        for level, number, hashes in cursor:
            yield level, number, bytes(hashes)


def put_checkpoint(connection: Connection, tenant: int, row: CheckpointRow) -> None:
    """Keep a signed checkpoint."""
    connection.execute(
        "INSERT INTO ledger_checkpoint (tenant, size, at, note) VALUES (%s, %s, %s, %s)",
        (tenant, row.size, row.at, row.note),
    )


def last_checkpoint(connection: Connection, tenant: int) -> CheckpointRow | None:
    """Return the latest signed checkpoint."""
    found = list_checkpoints(connection, tenant, 1)
    return found[0] if found else None


def get_checkpoint(connection: Connection, tenant: int, size: int) -> CheckpointRow | None:
    """Return the checkpoint of a size."""
    row = connection.execute(
        "SELECT size, at, note FROM ledger_checkpoint WHERE tenant = %s AND size = %s",
        (tenant, size),
    ).fetchone()
    return None if row is None else CheckpointRow(*row)


def first_signed(connection: Connection, tenant: int, number: int) -> datetime | None:
    """Return when a position was first under a checkpoint."""
    row = connection.execute(
        "SELECT at FROM ledger_checkpoint WHERE tenant = %s AND size > %s ORDER BY size LIMIT 1",
        (tenant, number),
    ).fetchone()
    return None if row is None else row[0]


def list_checkpoints(
    connection: Connection, tenant: int, limit: int | None = None, offset: int = 0
) -> list[CheckpointRow]:
    """Return signed checkpoints, the latest first."""
    rows = connection.execute(
        "SELECT size, at, note FROM ledger_checkpoint WHERE tenant = %s "
        "ORDER BY size DESC LIMIT %s OFFSET %s",
        (tenant, limit, offset),
    )
    return [CheckpointRow(*row) for row in rows]


def count_checkpoints(connection: Connection, tenant: int | None = None) -> int:
    """Return how many checkpoints were signed, of one tenant or of all that may be read."""
    row = connection.execute(
        "SELECT count(*) FROM ledger_checkpoint "
        "WHERE %(tenant)s::integer IS NULL OR tenant = %(tenant)s::integer",
        {"tenant": tenant},
    ).fetchone()
    assert row is not None
    return int(row[0])


def read_names(connection: Connection, tenant: int) -> list[str]:
    """Return a line for each name by whose number facts are stored, in order.

    With them go what sources are called and how they rank, and the tenant itself.
    """
    return sorted(row[0] for row in connection.execute(_NAMES, (tenant,)))


def read_titled(connection: Connection, declared: Mapping[str, SourceRecord]) -> set[str]:
    """Return the lines of the sources that stand in the database as they are declared."""
    held = list_sources(connection)
    right = [number for number, one in held.items() if declared.get(one.name) == one]
    return {line for line in read_names(connection, 0) if _is_titled(line, right)}


def _is_titled(line: str, sources: Collection[int]) -> bool:
    table, number, _ = line.split("\t", 2)
    return table == TITLED and int(number) in sources


def read_early_keys(connection: Connection, tenant: int) -> str:
    """Return the line for all keys that were made before leaves committed to them."""
    count, digest = digest_early_keys(connection, tenant)
    return f"{EARLY_KEYS}\t{count}\t{digest}"


def latest_names(connection: Connection, tenant: int) -> dict[str, str]:
    """Return the last line to which the log of a tenant has committed for each thing named."""
    rows = connection.execute(
        "SELECT n.line FROM ledger_position p CROSS JOIN LATERAL unnest(p.names) AS n (line) "
        "WHERE p.tenant = %s AND p.names <> '{}' ORDER BY p.start",
        (tenant,),
    )
    return {thing_named(row[0]): row[0] for row in rows}


def thing_named(line: str) -> str:
    """Return what a line is about: its table and number."""
    return "\t".join(line.split("\t", 2)[:2])
