"""Kills the server, its database or a program at work, again and again, and looks what is left."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

import httpx2
import psycopg
from tests.conftest import REPOSITORY
from tests.faults.worker import SIZES, find_asker
from tests.receiver import Receiver, lend_receiver, wait_until
from tests.serving import Server, lend_server

from chaintwin import boot
from chaintwin.access.store.accounts import find_account
from chaintwin.engine.postgres import ensure
from chaintwin.twin.ledger.book import Ledger
from chaintwin.twin.ledger.verifying import verify_ledger
from chaintwin.twin.store import subscriptions as store
from chaintwin.twin.subscriptions import service
from chaintwin.twin.subscriptions.feed import start_of
from chaintwin.twin.subscriptions.model import Secrets
from chaintwin.twin.subscriptions.sealing import Seal
from chaintwin.twin.subscriptions.service import Draft
from chaintwin.twin.verify import verify

VICTIMS = ("server", "database", "both", "worker")
_SETTLE_S = 90.0
# What one piece of work left: believed main-line and branch facts and points that carry its tag.
_COUNT = """
    SELECT text, count(*) FROM fact
    WHERE text = ANY(%(tags)s) AND known_to = 'infinity' AND NOT ended
      AND attribute IN (SELECT id FROM attribute WHERE name IN ('note', 'remark'))
    GROUP BY text
    UNION ALL
    SELECT f.evidence ->> 'reason', count(*) FROM fact f JOIN judgement j ON j.fact = f.id
    WHERE f.evidence ->> 'reason' = ANY(%(tags)s) AND j.known_to = 'infinity'
    GROUP BY f.evidence ->> 'reason'
    UNION ALL
    SELECT s.value_key, count(*) FROM point p JOIN series s ON s.id = p.series
    WHERE s.value_key = ANY(%(tags)s) AND p.known_to = 'infinity' GROUP BY s.value_key
"""
# Every event that the subscription has to be told: main line, readable, with something to tell.
_TOLD = """
    SELECT c.tenant || '-' || c.id || '-' || l.body
    FROM change c JOIN ledger_leaf l ON l.change = c.id
    WHERE c.branch = 0 AND c.tenant = ANY(%(tenants)s) AND c.id > %(after)s
      AND EXISTS (SELECT 1 FROM fact f JOIN source o ON o.id = f.source
                  WHERE f.body = l.body AND f.tenant = c.tenant AND f.branch = 0 AND f.label = 0
                    AND (f.change = c.id OR f.known_to = c.at) AND NOT o.evaluation_only)
"""


@dataclass(slots=True)
class Tally:
    """What all rounds came to."""

    kills: Counter[str] = field(default_factory=Counter)
    acknowledged: Counter[str] = field(default_factory=Counter)
    unsure_kept: int = 0  # killed between commit and acknowledgement
    unsure_undone: int = 0
    events: int = 0
    repeats: int = 0
    back_s: list[float] = field(default_factory=list)
    verified: int = 0


@dataclass(slots=True)
class Bench:
    """A served twin with a subscriber, and everything that was tried on it so far."""

    server: Server
    receiver: Receiver
    folder: Path
    random: Random
    tally: Tally = field(default_factory=Tally)
    project: str = ""
    after: int = 0
    tenants: list[int] = field(default_factory=list)
    logs: list[Path] = field(default_factory=list)
    workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    settled: set[str] = field(default_factory=set)
    first: dict[str, None] = field(default_factory=dict)  # events as they first came
    read: int = 0

    def prepare(self) -> None:
        """Start for the first time and subscribe to everything."""
        self.server.start()
        headers = {"Authorization": f"Bearer {self.server.log_in()}"}
        answer = httpx2.get(f"{self.server.address}/api/v1/projects", headers=headers, timeout=60)
        self.project = answer.json()["items"][0]["code"]
        with boot.open_twin(self.server.places) as twin:
            asker = find_asker(twin)
            self.tenants = sorted(asker.readable)
            with twin.database.transaction({"login": "officer"}) as connection:
                account = find_account(connection, "officer")
            assert account is not None
            seal, now = Seal(self.server.places), twin.clock.now()
            with twin.database.transaction(asker.settings()) as connection:
                store.set_networks(connection, asker.tenant, None, now, ["127.0.0.0/8"])
                owner = boot.loader_asker(asker.tenant)
                draft = Draft("全部", "webhook", self.receiver.url,
                              secrets=Secrets(key=service.new_key()))  # fmt: skip
                service.make(connection, seal, replace(owner, account=account.id), now, draft)
                self.after = max(at.change for at in start_of(connection, self.tenants).values())

    def run_round(self, number: int) -> None:
        """Kill somebody at a moment of chance while programs work, bring all back, and check."""
        self._keep_working(number)
        victim = self.random.choice(VICTIMS)
        time.sleep(self.random.uniform(0.1, 2.0))
        began = time.monotonic()
        self._kill(victim)
        if victim in {"server", "both"}:
            self.server.start()
        self.server.wait_until_well()
        self.tally.kills[victim] += 1
        self.tally.back_s.append(time.monotonic() - began)
        self.check()

    def finish(self) -> None:
        """Let the programs end and check everything once more."""
        for worker in self.workers.values():
            worker.kill()
            worker.wait(30)
        self.workers.clear()
        self.settled.clear()
        self.check()
        self.verify()

    def check(self) -> None:
        """Fail if anything acknowledged is lost, anything is doubled or torn, or was not told."""
        tried, done = self._noted()
        cluster = ensure(self.server.places, environ={})
        assert cluster.super_url is not None
        with psycopg.connect(cluster.super_url) as connection:
            asked = {"tags": sorted(tried.keys() - self.settled)}
            found = dict(connection.execute(_COUNT, asked).fetchall())
        for tag in asked["tags"]:
            kind = tried[tag]
            whole, held = SIZES[kind], found.get(tag, 0)
            assert held in {0, whole}, f"{kind} {tag}: {held} of {whole}"
            assert held == whole or tag not in done, f"{kind} {tag} was acknowledged and is lost"
        self.tally.acknowledged = Counter(tried[tag] for tag in done)
        unsure = tried.keys() - done
        self.tally.unsure_kept = sum(found.get(tag, 0) > 0 for tag in unsure)
        self.tally.unsure_undone = len(unsure) - self.tally.unsure_kept
        self.settled |= done
        self._check_told(cluster.super_url)

    def verify(self) -> None:
        """Fail if facts, ledger, signed checkpoints and current state do not agree."""
        with boot.open_twin(self.server.places) as twin:
            ledger = Ledger(twin, self.server.places)
            found = [*verify(twin), *verify_ledger(ledger)]
        assert not found, "\n".join(str(one) for one in found[:10])
        self.tally.verified += 1

    def _check_told(self, url: str) -> None:
        with psycopg.connect(url) as connection:
            given = {"tenants": self.tenants, "after": self.after}
            owed = {row[0] for row in connection.execute(_TOLD, given)}
        deadline = time.monotonic() + _SETTLE_S
        while missing := owed - self._told():
            assert time.monotonic() < deadline, f"{len(missing)} never told: {sorted(missing)[:5]}"
            time.sleep(0.2)
        by_body: dict[str, int] = {}
        for one in self.first:
            tenant, change, body = one.split("-")
            assert by_body.get(f"{tenant}-{body}", 0) < int(change), f"{one} came out of order"
            by_body[f"{tenant}-{body}"] = int(change)
        self.tally.events = len(self.first)

    def _told(self) -> set[str]:
        """Read on in what the receiver was given; remember what came for the first time."""
        with (self.receiver.folder / "got.jsonl").open(encoding="utf-8") as file:
            file.seek(self.read)
            while (line := file.readline()).endswith("\n"):
                self.read = file.tell()
                for event in json.loads(json.loads(line)["body"])["events"]:
                    self.tally.repeats += event["id"] in self.first
                    self.first.setdefault(event["id"])
        return set(self.first)

    def _kill(self, victim: str) -> None:
        if victim == "worker":
            name = self.random.choice(sorted(self.workers))
            self.workers[name].kill()
            self.workers.pop(name).wait(30)
        if victim in {"server", "both"}:
            self.server.kill()
        if victim in {"database", "both"}:
            self.server.kill_database()

    def _keep_working(self, number: int) -> None:
        """Have three programs at work: two on the database, one through the server."""
        for name in ("one", "two", "web"):
            running = self.workers.get(name)
            if running is None or running.poll() is not None:
                web = (self.server.address, self.project) if name == "web" else ()
                self.workers[name] = self._work(f"{number}{name}", *web)

    def _work(self, seed: str, *web: str) -> subprocess.Popen[bytes]:
        log = self.folder / f"{seed}.log"
        self.logs.append(log)
        command = [sys.executable, "-m", "tests.faults.worker", str(self.server.places.root), seed,
                   str(log), *web]  # fmt: skip
        with log.with_suffix(".said").open("wb") as said:
            made = subprocess.Popen(command, cwd=REPOSITORY, stdout=said, stderr=said)
        wait_until(log.exists, _SETTLE_S)
        return made

    def _noted(self) -> tuple[dict[str, str], set[str]]:
        tried: dict[str, str] = {}
        done: set[str] = set()
        for log in self.logs:
            lines = log.read_text("utf-8").splitlines() if log.exists() else []
            for line in lines:
                what, kind, tag = line.split()
                if what == "try":
                    tried[tag] = kind
                else:
                    done.add(tag)
        return tried, done


@contextmanager
def lend_bench(folder: Path, seed: int) -> Iterator[Bench]:
    """Lend a served twin with a subscriber, ready for rounds."""
    with lend_server() as server, lend_receiver() as receiver:
        bench = Bench(server, receiver, folder, Random(seed))
        bench.prepare()
        try:
            yield bench
        finally:
            for worker in bench.workers.values():
                worker.kill()
                worker.wait(30)


def write_tally(tally: Tally) -> str:
    """Return what the rounds came to, as one line of JSON."""
    told: dict[str, Any] = {
        "kills": dict(tally.kills), "acknowledged": dict(tally.acknowledged),
        "unsure": {"kept whole": tally.unsure_kept, "undone": tally.unsure_undone},
        "events": tally.events, "repeats": tally.repeats, "verified": tally.verified,
        "longest until back": round(max(tally.back_s, default=0), 1),
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False)
