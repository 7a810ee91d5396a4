"""The rows that a leaf commits to, as text, for whoever is told its salt."""

from __future__ import annotations

from psycopg import sql

from chaintwin.engine.database import Connection
from chaintwin.twin.store.facts import closing_line
from chaintwin.twin.store.keys import read_key_lines
from chaintwin.twin.store.rows import COLUMNS


def read_lines(connection: Connection, change: int, body: int) -> list[str]:
    """Return the committed lines of what a change did to a body, as far as they may be read."""
    query = sql.SQL(
        "COPY (SELECT {} FROM fact WHERE change = {} AND body = {} ORDER BY id) TO STDOUT"
    ).format(
        sql.SQL(", ").join(sql.Identifier(column) for column in COLUMNS),
        sql.Literal(change),
        sql.Literal(body),
    )
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        opened = b"".join(bytes(block) for block in copy).decode().split("\n")[:-1]
    closed = connection.execute(
        "SELECT f.id FROM fact f JOIN change c ON c.id = %s AND c.tenant = f.tenant "
        "AND c.at = f.known_to WHERE f.body = %s ORDER BY f.id",
        (change, body),
    )
    keys = sorted(line for _, _, line in read_key_lines(connection, change - 1, change, body))
    return [*opened, *(closing_line(row[0]) for row in closed), *keys]


def read_changes_of(connection: Connection, body: int, tenant: int) -> list[int]:
    """Return the changes of a tenant that touched a body, in order."""
    rows = connection.execute(
        "SELECT change FROM ledger_leaf WHERE body = %s AND tenant = %s ORDER BY change",
        (body, tenant),
    )
    return [row[0] for row in rows]


def read_root(connection: Connection, change: int) -> bytes | None:
    """Return the root over the leaves of a change's bodies."""
    row = connection.execute("SELECT root FROM ledger WHERE change = %s", (change,)).fetchone()
    return None if row is None else bytes(row[0])
