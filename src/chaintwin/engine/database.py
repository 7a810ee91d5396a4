"""Connections to PostgreSQL; every transaction carries the settings that row security reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

Connection = psycopg.Connection[TupleRow]
# What was given cannot be stored: a NUL in a text, a number beyond its type.
UnstorableError = psycopg.DataError
_TRUSTED_S = 0.25


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
        self._rested: WeakKeyDictionary[Connection, float] = WeakKeyDictionary()
        self._pool = _make_pool(url, 1, most, self._check)
        self._side_pool = _make_pool(url, 0, 1, ConnectionPool.check_connection)

    def transaction(self, settings: Mapping[str, Any]) -> AbstractContextManager[Connection]:
        """Open one transaction with `chaintwin.*` settings; commit on leaving, undo on error."""
        return self._begin("BEGIN", settings)

    def snapshot(self, settings: Mapping[str, Any]) -> AbstractContextManager[Connection]:
        """Open a transaction in which every statement sees what the first one saw."""
        return self._begin("BEGIN ISOLATION LEVEL REPEATABLE READ", settings)

    @contextmanager
    def _begin(self, begin: str, settings: Mapping[str, Any]) -> Iterator[Connection]:
        told = tuple((name, str(value)) for name, value in settings.items())
        # Both in one message: each costs the time of a way there and back.
        with self._begun(_write_begin(begin, told)) as connection:
            yield connection
            connection.commit()
            self._rested[connection] = monotonic()

    @contextmanager
    def _begun(self, message: sql.SQL) -> Iterator[Connection]:
        with ExitStack() as lent:
            connection = lent.enter_context(self._pool.connection())
            try:
                connection.execute(message, prepare=False)
            except psycopg.OperationalError:
                if not connection.closed:
                    raise
                # Nothing was done yet. None is trusted any more: the next one is asked first.
                self._rested.clear()
                lent.close()
                connection = lent.enter_context(self._pool.connection())
                connection.execute(message, prepare=False)
            yield connection

    def _check(self, connection: Connection) -> None:
        """Raise when a connection is dead; one that was at work a moment ago is trusted."""
        if monotonic() - self._rested.get(connection, 0.0) > _TRUSTED_S:
            ConnectionPool.check_connection(connection)

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
            connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
            yield connection

    def close(self) -> None:
        """Give all connections back."""
        self._pool.close()
        self._side_pool.close()


@lru_cache(maxsize=1_000)
def _write_begin(begin: str, settings: tuple[tuple[str, str], ...]) -> sql.SQL:
    """Write what opens a transaction; raise UnstorableError for a text that no setting can hold."""
    if any("\x00" in value for _, value in settings):
        raise UnstorableError("a setting holds a NUL")
    told = [
        f"set_config({sql.quote(f'chaintwin.{name}')}, {sql.quote(value)}, true)"
        for name, value in settings
    ]
    return sql.SQL(f"{begin}; SELECT {', '.join(told)}" if told else begin)


@contextmanager
def acting(connection: Connection, settings: Mapping[str, Any]) -> Iterator[None]:
    """Do a part of a transaction with other settings; those before hold again afterwards."""
    names = [f"chaintwin.{name}" for name in settings]
    rows = connection.execute(
        "SELECT current_setting(n, true) FROM unnest(%s::text[]) AS s (n)", (names,)
    ).fetchall()
    _set(connection, names, [str(value) for value in settings.values()])
    yield
    _set(connection, names, [row[0] or "" for row in rows])


def _set(connection: Connection, names: list[str], values: list[str]) -> None:
    connection.execute(
        "SELECT set_config(n, v, true) FROM unnest(%s::text[], %s::text[]) AS s (n, v)",
        (names, values),
    )


def _make_pool(
    url: str, least: int, most: int, check: Callable[[Connection], None]
) -> ConnectionPool[Connection]:
    return ConnectionPool(
        url,
        min_size=least,
        max_size=most,
        open=True,
        # Transactions are begun by word, together with their settings.
        kwargs={"options": "-c timezone=UTC -c datestyle=ISO", "autocommit": True},
        check=check,
    )
