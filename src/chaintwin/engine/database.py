"""Connections to PostgreSQL; every transaction carries the settings that row security reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

Connection = psycopg.Connection[TupleRow]
# What was given cannot be stored: a NUL in a text, a number beyond its type.
UnstorableError = psycopg.DataError


@dataclass(slots=True)
class Provision:
    """What was done for the time being; it is undone unless it is kept."""

    is_kept: bool = False


@contextmanager
def provisional(connection: Connection) -> Iterator[Provision]:
    """Open a part of a transaction that is undone on leaving unless it was marked as kept."""
    provision = Provision()
    with connection.transaction() as part:
        yield provision
        if not provision.is_kept:
            raise psycopg.Rollback(part)


class Database:
    """A pool of connections as the unprivileged role."""

    def __init__(self, url: str, *, most: int = 8) -> None:
        self.url = url
        self._pool = _make_pool(url, 1, most)
        self._side_pool = _make_pool(url, 0, 1)

    @contextmanager
    def transaction(self, settings: Mapping[str, Any]) -> Iterator[Connection]:
        """Open one transaction with `chaintwin.*` settings; commit on leaving, undo on error."""
        with self._pool.connection() as connection, connection.transaction():
            _apply(connection, settings)
            yield connection

    @contextmanager
    def snapshot(self, settings: Mapping[str, Any]) -> Iterator[Connection]:
        """Open a transaction in which every statement sees what the first one saw."""
        with self._pool.connection() as connection, connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            _apply(connection, settings)
            yield connection

    @contextmanager
    def side_transaction(self) -> Iterator[Connection]:
        """Open a short transaction inside another one; it must open no third.

        It has a connection of its own: were it to wait for one of the pool, as many requests as
        there are connections could each hold one and wait for one more for ever.
        """
        with self._side_pool.connection() as connection, connection.transaction():
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
        self._side_pool.close()


def _apply(connection: Connection, settings: Mapping[str, Any]) -> None:
    if settings:
        names = [f"chaintwin.{name}" for name in settings]
        connection.execute(
            "SELECT set_config(n, v, true) FROM unnest(%s::text[], %s::text[]) AS s (n, v)",
            (names, [str(value) for value in settings.values()]),
        )


def _make_pool(url: str, least: int, most: int) -> ConnectionPool[Connection]:
    return ConnectionPool(
        url,
        min_size=least,
        max_size=most,
        open=True,
        kwargs={"options": "-c timezone=UTC -c datestyle=ISO"},
        check=ConnectionPool.check_connection,
    )
