"""Small numbers that stand for source, attribute and kind names in the big tables."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from time import monotonic
from typing import Literal

from psycopg import sql

from chaintwin.engine.database import Database

Table = Literal["attribute", "kind", "source"]
# How long it is believed that a name never occurred, where it is asked for often.
_BELIEVED_S = 3.0


class Names:
    """Name ↔ number for one database; rows are only ever added, so a hit never goes stale.

    New names are committed in a transaction of their own: a rolled-back change leaves a spare
    name behind, never a cached number that stands for nothing.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._numbers: dict[tuple[Table, str], int] = {}
        self._names: dict[tuple[Table, int], str] = {}
        self._missing: dict[tuple[Table, str], float] = {}
        self._lock = Lock()

    def number(self, table: Table, name: str) -> int:
        """Return the number of a name, giving it one if it is new."""
        known = self.find(table, name)
        if known is not None:
            return known
        given = "(name, title) VALUES (%s, '{{}}')" if table == "source" else "(name) VALUES (%s)"
        query = sql.SQL("INSERT INTO {} " + given + " ON CONFLICT (name) DO NOTHING")
        with self._database.side_transaction() as connection:
            connection.execute(query.format(sql.Identifier(table)), (name,))
        self._refresh(table)
        return self._numbers[table, name]

    def find(self, table: Table, name: str) -> int | None:
        """Return the number of a name, or None if it never occurred."""
        if (table, name) not in self._numbers:
            self._refresh(table)
        return self._numbers.get((table, name))

    def find_often(self, table: Table, name: str) -> int | None:
        """Return the same; that a name never occurred is believed for a few seconds."""
        asked = monotonic()
        known = self._numbers.get((table, name))
        if known is None and asked > self._missing.get((table, name), 0.0):
            known = self.find(table, name)
            self._missing[table, name] = asked + _BELIEVED_S
        return known

    def name(self, table: Table, number: int) -> str:
        """Return the name behind a number."""
        if (table, number) not in self._names:
            self._refresh(table)
        return self._names[table, number]

    def all(self, table: Table) -> Mapping[int, str]:
        """Return every name of one table by its number."""
        self._refresh(table)
        return {number: name for (kind, number), name in self._names.items() if kind == table}

    def _refresh(self, table: Table) -> None:
        query = sql.SQL("SELECT id, name FROM {}").format(sql.Identifier(table))
        with self._database.side_transaction() as connection:
            rows = connection.execute(query).fetchall()
        with self._lock:
            for number, name in rows:
                self._numbers[table, name] = number
                self._names[table, number] = name
