"""Connections to PostgreSQL; every transaction carries the settings that row security reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

Connection = psycopg.Connection[TupleRow]


class Database:
    """A pool of connections as the unprivileged role."""

    def __init__(self, url: str, *, most: int = 8) -> None:
        self.url = url
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            url,
            min_size=1,
            max_size=most,
            open=True,
            kwargs={"options": "-c timezone=UTC -c datestyle=ISO"},
            check=ConnectionPool.check_connection,
        )

    @contextmanager
    def transaction(self, settings: Mapping[str, Any]) -> Iterator[Connection]:
        """Open one transaction with `chaintwin.*` settings; commit on leaving, undo on error."""
        with self._pool.connection() as connection, connection.transaction():
            for name, value in settings.items():
                connection.execute(
                    "SELECT set_config(%s, %s, true)", (f"chaintwin.{name}", str(value))
                )
            yield connection

    def ping(self) -> None:
        """Raise when the database does not answer."""
        with self._pool.connection() as connection:
            connection.execute("SELECT 1")

    @contextmanager
    def listening(self, channel: str) -> Iterator[Connection]:
        """Open a connection of its own that listens to a channel."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(psycopg.sql.SQL("LISTEN {}").format(psycopg.sql.Identifier(channel)))
            yield connection

    def close(self) -> None:
        """Give all connections back."""
        self._pool.close()
