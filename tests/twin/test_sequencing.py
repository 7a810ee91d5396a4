"""Committed changes get positions in order, once, whatever happens to the sequencer."""

from __future__ import annotations

import os
import random
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pymerkle import InmemoryTree
from tests.twin.ledgers import Kept, open_ledger

from chaintwin.access.asker import Asker
from chaintwin.access.tenants import make_place
from chaintwin.engine.postgres import Cluster
from chaintwin.kit.clock import FixedClock
from chaintwin.kit.notes import Checkpoint, Note
from chaintwin.kit.places import Places
from chaintwin.kit.problems import Problem
from chaintwin.model.fact import Label, Value
from chaintwin.twin.ledger.book import Ledger, keeper
from chaintwin.twin.ledger.entries import make_entry
from chaintwin.twin.ledger.keeping import LedgerKeeper
from chaintwin.twin.store import tlog


@pytest.fixture
def kept(fresh_database: Cluster, places: Places) -> Iterator[Kept]:
    made = open_ledger(fresh_database, places, FixedClock(datetime(2026, 11, 1, tzinfo=UTC)))
    yield made
    made.pool.close()


def checkpoint(note: str) -> Checkpoint:
    return Checkpoint.parse(Note.parse(note).text)


def entries(kept: Kept, code: str = "public") -> list[bytes]:
    """Return every entry of a log in the order of its positions."""
    log = kept.ledger.log(code)
    found = []
    with kept.pool.transaction(keeper(log).settings()) as connection:
        for position in tlog.list_positions(connection, log.tenant):
            found.append(make_entry(position.sha256, position.sm3))
            found += [make_entry(leaf) for _, leaf in tlog.read_leaves(connection, position.change)]
    return found


def test_the_tree_is_the_one_that_a_library_not_ours_makes(kept: Kept) -> None:
    for size in (1, 2, 300, 5):
        kept.write(*(f"厂{size}-{number}" for number in range(size)))
        signed = checkpoint(kept.sequence())

    oracle = InmemoryTree(algorithm="sha256")
    for entry in entries(kept):
        oracle.append_entry(entry)
    assert signed.size == oracle.get_size() == 4 + 308
    assert signed.root == oracle.get_root()


def test_a_change_has_its_own_leaf_and_one_for_each_body_in_order(kept: Kept) -> None:
    kept.write("甲", "乙")
    kept.write("甲", region="220102")
    kept.sequence()

    log = kept.ledger.log("public")
    with kept.pool.transaction(keeper(log).settings()) as connection:
        placed = tlog.list_positions(connection, log.tenant)
    assert [(one.start, one.change, one.leaves) for one in placed] == [(0, 1, 2), (3, 2, 1)]


def test_each_tenant_has_a_log_of_its_own(kept: Kept) -> None:
    tenant = make_place(kept.pool, [("220184", "公主岭市")])
    asker = Asker(tenant, "李", labels=frozenset(Label))
    kept.write("甲")
    with kept.twin.change(asker, reason="记", source="register") as changes:
        changes.say(kept.body("甲"), "note", Value(text="内部"), label=Label.WORK)
    kept.sequence()

    assert (len(entries(kept)), len(entries(kept, "220184"))) == (2, 2)
    assert kept.verify() == []


def test_nothing_new_is_signed_while_nothing_happened(kept: Kept) -> None:
    kept.write("甲")
    first = kept.sequence()
    kept.clock.move(timedelta(hours=1))

    assert kept.sequence() == first


def test_two_sequencers_at_once_make_one_log(kept: Kept) -> None:
    rounds = 12
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            kept.sequence()

    kept.write("甲")
    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for number in range(rounds):
        kept.write(f"厂{number}")
    stop.set()
    for worker in workers:
        worker.join()

    assert checkpoint(kept.sequence()).size == 2 * (rounds + 1)
    assert kept.verify() == []


def test_a_change_is_signed_within_a_second_of_its_commit(kept: Kept) -> None:
    kept.write("甲")
    kept.sequence()
    keeping = LedgerKeeper(kept.ledger, pause_s=60)
    keeping.start()
    time.sleep(0.5)  # its first round is over, it listens
    log = kept.ledger.log("public")

    kept.write("乙")

    began = time.monotonic()
    size = 0
    while size < 4 and time.monotonic() < began + 10:
        with kept.pool.transaction(keeper(log).settings()) as connection:
            last = tlog.last_checkpoint(connection, log.tenant)
        size = last.size if last else 0
        time.sleep(0.01)
    took = time.monotonic() - began
    keeping.stop()
    assert size == 4
    assert took < 1


WORKER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from chaintwin.engine.database import Database
from chaintwin.kit.clock import FixedClock
from chaintwin.kit.places import Places
from chaintwin.model.kinds import load_kinds
from chaintwin.twin.ledger.book import Ledger
from chaintwin.twin.ledger.sequencing import sequence
from chaintwin.twin.twin import Twin
twin = Twin(Database(sys.argv[1]), load_kinds(), FixedClock(datetime(2026, 11, 1, tzinfo=UTC)))
ledger = Ledger(twin, Places(Path(sys.argv[2])))
print("ready", flush=True)
while True:
    sequence(ledger)
"""


def test_a_kill_at_any_moment_neither_forks_nor_loses_anything(kept: Kept, places: Places) -> None:
    chance = random.Random(7)
    command = [sys.executable, "-c", WORKER, kept.database.app_url, str(places.root)]
    for round_ in range(5):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as worker:
            assert worker.stdout is not None
            worker.stdout.readline()
            for number in range(chance.randrange(2, 6)):
                kept.write(*(f"厂{round_}-{number}-{one}" for one in range(40)))
            time.sleep(chance.random() * 0.05)
            os.kill(worker.pid, signal.SIGKILL)

    kept.sequence()

    assert kept.verify() == []
    with kept.pool.transaction(keeper(kept.ledger.log("public")).settings()) as connection:
        assert tlog.count_waiting(connection, 1) == 0


def test_a_torn_record_of_what_was_signed_is_mended_by_the_next_one(kept: Kept) -> None:
    kept.write("甲")
    kept.sequence()
    path = kept.ledger.anchors.path("public")
    with path.open("ab") as file:
        file.write(b'"chaintwin/')

    kept.write("乙")
    kept.sequence()

    assert len(path.read_text("utf-8").splitlines()) == 2
    assert kept.verify() == []


def test_the_key_is_secret_and_a_lost_one_is_not_replaced(kept: Kept, places: Places) -> None:
    kept.write("甲")
    kept.sequence()
    key = places.keys / "ledger.key"
    mode = stat.S_IMODE(key.stat().st_mode)

    key.unlink()

    assert mode == 0o600
    with pytest.raises(Problem, match=r"ledger\.key"):
        Ledger(kept.twin, places)
    assert not key.exists()


def test_a_log_goes_on_under_another_origin_after_a_restore(kept: Kept, places: Places) -> None:
    kept.write("甲")
    before = checkpoint(kept.sequence())
    places.forget_ledger_origin()
    kept.clock.move(timedelta(days=1))
    kept.ledger = Ledger(kept.twin, places)
    kept.write("乙")

    after = checkpoint(kept.sequence())

    assert before.origin != after.origin
    assert after.size == before.size + 2
    assert kept.verify() == []


def test_verifying_while_others_write_finds_nothing(kept: Kept) -> None:
    stop = threading.Event()

    def work() -> None:
        for number in range(10_000):
            if stop.is_set():
                return
            kept.write(f"厂{number}")
            kept.sequence()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        found = [kept.verify() for _ in range(15)]
    finally:
        stop.set()
        worker.join()

    assert found == [[]] * 15
