"""Bulk insertion under row security.

PostgreSQL refuses COPY into a table whose row security applies to the writer, so rows are copied
into a temporary table of the same shape first and inserted, and checked, from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from psycopg import sql

from chaintwin.engine.database import Connection

# Above so many rows emptying a table by a new file is quicker than row by row.
_MANY = 1_000


def insert_rows(
    connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert many rows; values are adapted one by one."""
    with connection.cursor() as cursor, cursor.copy(_stage(connection, table, columns)) as copy:
        for row in rows:
            copy.write_row(row)
    _insert(connection, table, columns)


def insert_text(connection: Connection, table: str, columns: Sequence[str], text: str) -> None:
    """Insert rows that are already in the text form of COPY."""
    with connection.cursor() as cursor, cursor.copy(_stage(connection, table, columns)) as copy:
        copy.write(text)
    _insert(connection, table, columns)


def _stage(connection: Connection, table: str, columns: Sequence[str]) -> sql.Composed:
    staged = sql.Identifier(f"staged_{table}")
    # Made once per connection: a table made per batch would hold a lock each until the commit.
    create = sql.SQL(
        "CREATE TEMP TABLE IF NOT EXISTS {} (LIKE {} INCLUDING DEFAULTS) ON COMMIT DELETE ROWS"
    )
    connection.execute(create.format(staged, sql.Identifier(table)))
    return sql.SQL("COPY {} ({}) FROM STDIN").format(staged, _list(columns))


def _insert(connection: Connection, table: str, columns: Sequence[str]) -> None:
    names = {
        "table": sql.Identifier(table),
        "staged": sql.Identifier(f"staged_{table}"),
        "columns": _list(columns),
    }
    moved = connection.execute(
        sql.SQL("INSERT INTO {table} ({columns}) SELECT {columns} FROM {staged}").format(**names)
    )
    empty = "TRUNCATE {staged}" if moved.rowcount > _MANY else "DELETE FROM {staged}"
    connection.execute(sql.SQL(empty).format(**names))


def _list(columns: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(column) for column in columns)
