"""A program at work on the twin, to be killed: it notes what it tries and what was acknowledged.

`python -m tests.faults.worker FOLDER SEED LOG [ADDRESS PROJECT]` goes on until it is killed. Before
each piece of work it writes `try KIND TAG`, after its commit `done KIND TAG`. What fails while the
server or the database is away is let be.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from zlib import crc32

import httpx2
import psycopg
from psycopg_pool import PoolTimeout

from chaintwin import boot
from chaintwin.access.asker import Asker
from chaintwin.access.demo import DEMO_PASSWORD
from chaintwin.access.tenants import all_tenants
from chaintwin.kit.places import Places
from chaintwin.model.fact import Statement, Subject, Value
from chaintwin.twin.branches import Room, fork
from chaintwin.twin.identity.judging import PERSON, write_rulings
from chaintwin.twin.observing import Point
from chaintwin.twin.twin import Twin

# How many facts or points each piece of work is made of: all of them or none must be there.
SIZES = {"load": 40, "fact": 1, "observe": 60, "branch": 3, "merge": 1, "remark": 1}
_FIRST = datetime(2021, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Worker:
    """One program with its own chance and its own log."""

    twin: Twin
    asker: Asker
    random: Random
    seed: str
    log: Path
    web: tuple[str, str] | None
    token: str = ""
    count: int = 0

    def run(self) -> None:
        """Work until the end comes."""
        kinds: dict[str, Callable[[str], None]] = {
            "load": self.load, "fact": self.fact, "observe": self.observe, "branch": self.branch,
            "merge": self.merge,
        }  # fmt: skip
        if self.web is not None:
            kinds = {"remark": self.remark}
        while True:
            kind = self.random.choice(sorted(kinds))
            self.count += 1
            tag = f"{self.seed}-{self.count}"
            self._note(f"try {kind} {tag}")
            try:
                kinds[kind](tag)
            except (psycopg.Error, PoolTimeout, httpx2.HTTPError):
                traceback.print_exc()
                time.sleep(0.2)
                continue
            self._note(f"done {kind} {tag}")

    def load(self, tag: str) -> None:
        """Load many firms as one change."""
        firms = [
            Subject("Company", (("company_name", f"{tag}厂{n}"),)) for n in range(SIZES["load"])
        ]
        with self.twin.change(self.asker, reason="装载", source="staff") as changes:
            changes.record(Statement(firm, "note", Value(text=tag)) for firm in firms)

    def fact(self, tag: str) -> None:
        """State one more value of one of a few shared bodies."""
        firm = Subject("Company", (("company_name", f"共同{self.random.randrange(5)}"),))
        with self.twin.change(self.asker, reason="登记", source="staff") as changes:
            changes.say(firm, "note", Value(text=tag), value_key=tag)

    def observe(self, tag: str) -> None:
        """Store points whose minutes belong to this piece of work alone."""
        first = _FIRST + timedelta(hours=crc32(tag.encode()) % 40_000)
        with self.twin.change(self.asker, reason="电表", source="staff") as changes:
            meter = changes.body("Company", ("company_name", f"电表{tag}"))
        points = [
            Point(meter, "power", first + timedelta(minutes=n), Decimal(n), value_key=tag)
            for n in range(SIZES["observe"])
        ]
        with self.twin.observe(self.asker) as observations:
            observations.record(points, source="staff", reason="电表")

    def branch(self, tag: str) -> None:
        """Fork a branch and write in it."""
        with self.twin.database.transaction(self.asker.settings()) as connection:
            made = fork(Room(self.twin, connection, self.asker), tag)
        given = {"reason": "推演", "source": "staff"}
        with self.twin.change(self.asker, branch=made.id, **given) as changes:
            changes.record(_firms(tag, SIZES["branch"]))

    def merge(self, tag: str) -> None:
        """Find one firm twice and rule that it is one."""
        with self.twin.change(self.asker, reason="登记", source="staff") as changes:
            pair = (
                changes.body("Company", ("company_name", f"{tag}甲")),
                changes.body("Company", ("company_name", f"{tag}乙")),
            )
        with self.twin.change(self.asker, reason="裁决", source=PERSON.name) as changes:
            write_rulings(changes, {pair: "same"}, {}, tag)

    def remark(self, tag: str) -> None:
        """Write through the server, as a page does."""
        assert self.web is not None
        address, project = self.web
        if not self.token:
            given = {"login": "officer", "password": DEMO_PASSWORD}
            answer = httpx2.post(f"{address}/api/v1/session", json=given, timeout=60)
            self.token = answer.raise_for_status().cookies["chaintwin_session"] or ""
        answer = httpx2.post(
            f"{address}/api/v1/projects/{project}/remarks",
            json={"text": tag}, headers={"Authorization": f"Bearer {self.token}"}, timeout=60,
        )  # fmt: skip
        answer.raise_for_status()

    def _note(self, line: str) -> None:
        with self.log.open("a", encoding="utf-8") as file:
            file.write(line + "\n")


def _firms(tag: str, count: int) -> Iterator[Statement]:
    for number in range(count):
        firm = Subject("Company", (("company_name", f"{tag}厂{number}"),))
        yield Statement(firm, "note", Value(text=tag))


def find_asker(twin: Twin) -> Asker:
    """Return the program at work for the demo place."""
    tenant = max(tenant.id for tenant in all_tenants(twin.database) if tenant.demo)
    return boot.loader_asker(tenant)


def main(folder: str, seed: str, log: str, *web: str) -> None:
    """Open the twin of a data folder and work."""
    with boot.open_twin(Places(Path(folder))) as twin:
        given = (web[0], web[1]) if web else None
        Worker(twin, find_asker(twin), Random(seed), seed, Path(log), given).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
