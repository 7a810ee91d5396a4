"""A ledger over a fresh database, some changes in it, and hands with full database rights."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import psycopg

from chaintwin.access.asker import platform_asker
from chaintwin.engine.database import Database
from chaintwin.engine.postgres import Cluster
from chaintwin.kit.clock import FixedClock
from chaintwin.kit.places import Places
from chaintwin.model.fact import Statement, Subject, Value
from chaintwin.model.kinds import load_kinds
from chaintwin.twin.ledger.book import Ledger, keeper
from chaintwin.twin.ledger.sequencing import sequence
from chaintwin.twin.ledger.verifying import verify_ledger
from chaintwin.twin.store import tlog
from chaintwin.twin.store.sources import SourceRecord
from chaintwin.twin.store.verifying import Difference
from chaintwin.twin.twin import Twin
from chaintwin.twin.verify import verify


@dataclass(slots=True)
class Kept:
    """A ledger with everything one needs to write to it, and to tamper with it."""

    database: Cluster
    pool: Database
    twin: Twin
    ledger: Ledger
    clock: FixedClock

    def write(self, *firms: str, reason: str = "登记", park: str | None = None, **said: str) -> int:
        """State a name, and what else is given, of some firms in one change; return its number.

        Of the park nothing is stated but that they lie in it.
        """
        more = {"region": "220184", **said}
        with self.twin.change(platform_asker(), reason=reason, source="register") as changes:
            changes.record(
                Statement(firm(name), attribute, Value(text=text))
                for name in firms
                for attribute, text in {"name": name, **more}.items()
            )
            if park is not None:
                there = Value(ref=Subject("Park", (("park_name", park),)))
                changes.record(Statement(firm(name), "park", there) for name in firms)
            return changes.number

    def body(self, name: str) -> int:
        """Return the body of a firm."""
        with self.twin.view(platform_asker()) as view:
            found = view.find_key("company_name", name)
        assert found is not None
        return found

    def sequence(self) -> str:
        """Sequence, and return the latest checkpoint of the public log."""
        sequence(self.ledger)
        log = self.ledger.log("public")
        with self.pool.transaction(keeper(log).settings()) as connection:
            row = tlog.last_checkpoint(connection, log.tenant)
        assert row is not None
        return row.note

    def verify(self, *others: str) -> list[Difference]:
        """Verify everything but originals."""
        return [*verify(self.twin), *verify_ledger(self.ledger, others)]

    def tamper(self, statements: Iterable[str]) -> None:
        """Do what only a superuser may, with triggers off."""
        assert self.database.super_url is not None
        with psycopg.connect(self.database.super_url) as connection:
            connection.execute("SET session_replication_role = replica")
            for statement in statements:
                connection.execute(statement.encode())


def firm(name: str) -> Subject:
    return Subject("Company", (("company_name", name),))


def open_ledger(database: Cluster, places: Places, clock: FixedClock) -> Kept:
    """Return a ledger over a database; close its pool afterwards."""
    pool = Database(database.app_url)
    twin = Twin(pool, load_kinds(), clock)
    twin.declare(SourceRecord("register", {"zh": "登记"}, rank=10))
    return Kept(database, pool, twin, Ledger(twin, places.make()), clock)
