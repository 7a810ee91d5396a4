"""What the ledger costs: its share of a bulk load, and a million leaves sequenced and checked."""

from __future__ import annotations

import os
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg
import pytest
from tests.bench.firms import Firm, in_sheets, make_firms
from tests.bench.measuring import processor_s as processor_of
from tests.bench.report import Report
from tests.twin.ledgers import Kept, open_ledger

from chaintwin.access.asker import platform_asker
from chaintwin.engine.postgres import Cluster
from chaintwin.kit.clock import SystemClock
from chaintwin.kit.places import Places
from chaintwin.model.fact import Moment
from chaintwin.model.sheet import Column, Sheet
from chaintwin.twin import changes
from chaintwin.twin.ledger.book import keeper
from chaintwin.twin.ledger.proofs import find_number, prove_entry, prove_growth
from chaintwin.twin.ledger.publishing import Wish, publish
from chaintwin.twin.ledger.sequencing import sequence
from chaintwin.twin.ledger.verifying import verify_ledger
from chaintwin.twin.store.ledger import Leaves

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]

_LEAVES = int(os.environ.get("BENCH_LEAVES", "1000000"))
_FIRMS = int(os.environ.get("BENCH_LEDGER_FIRMS", "100000"))
_PER_CHANGE = 50_000
_FACTS = 12
_ROUNDS = 3
_LOAD = f"share of the ledger in a bulk load, {_FIRMS:,} firms of {_FACTS} facts"
_LOG = f"a log of {_LEAVES:,} leaves in changes of {_PER_CHANGE:,}"


@pytest.fixture
def kept(fresh_database: Cluster, places: Places) -> Iterator[Kept]:
    made = open_ledger(fresh_database, places, SystemClock())  # type: ignore[arg-type]
    yield made
    made.pool.close()


def timed(work: Callable[[], object]) -> float:
    started = time.monotonic()
    work()
    return time.monotonic() - started


def a_sheet(firms: list[Firm]) -> Sheet:
    """Return twelve facts of each firm."""
    day = Moment(datetime(2026, 1, 1, tzinfo=UTC), Moment.parse("2026-01-01").precision)
    texts = {
        "name": [one.name for one in firms],
        "credit_code": [one.credit_code for one in firms],
        "region": [one.region for one in firms],
        "province": [one.region[:2] + "0000" for one in firms],
        "industry": [one.industry for one in firms],
        "status": [one.status for one in firms],
        "founded_on": [one.founded_on for one in firms],
        "registered_address": [one.address for one in firms],
        "office_address": [one.address for one in firms],
        "country": ["CN" for _ in firms],
    }
    numbers = {
        "registered_capital": [one.capital for one in firms],
        "employees": [one.employees for one in firms],
    }
    columns = [Column(name, cells, day) for name, cells in (texts | numbers).items()]
    return Sheet("Company", {"credit_code": texts["credit_code"]}, columns)


def load(kept: Kept, sheets: list[Sheet]) -> float:
    """Load and return the processor time it took here and in the database, in seconds."""
    started = processor_s(kept)
    for _ in kept.twin.load(platform_asker(), sheets, reason="装载", source="register"):
        pass
    return processor_s(kept) - started


def processor_s(kept: Kept) -> float:
    """Return the processor time used so far by this program and by its connections."""
    assert kept.database.super_url is not None
    with psycopg.connect(kept.database.super_url) as connection:
        rows = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid()"
        ).fetchall()
    return time.process_time() + processor_of([row[0] for row in rows])


@contextmanager
def no_ledger(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Leave out every digest and leaf; bodies touched are still gathered."""

    def touch(self: Leaves, lines: list[tuple[int, str]]) -> None:
        for body, _ in lines:
            self.opened[body]

    with monkeypatch.context() as patch:
        patch.setattr(Leaves, "add_opened", touch)
        patch.setattr(changes, "write_leaves", lambda *_: None)
        yield


def test_the_share_of_the_ledger_in_a_bulk_load(
    kept: Kept, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    firms = in_sheets(make_firms(_FIRMS * (2 * _ROUNDS + 1)), _FIRMS)
    registers = [[a_sheet(list(part)) for part in in_sheets(iter(one), 10_000)] for one in firms]
    load(kept, registers.pop())  # names, plans and files are warm from here on
    sequence(kept.ledger)
    with_s, without_s, sequencing_s = [], [], []
    for _ in range(_ROUNDS):
        with no_ledger(monkeypatch):
            without_s.append(load(kept, registers.pop()))
        with_s.append(load(kept, registers.pop()))
        started = processor_s(kept)
        sequence(kept.ledger)
        sequencing_s.append(processor_s(kept) - started)
    # Processor time, for other programs share the machine; the mean of all rounds.
    loaded, bare, sequenced = map(statistics.mean, (with_s, without_s, sequencing_s))
    report.add(_LOAD, "processor time without any ledger", round(bare, 2), "s", _rounds(without_s))
    report.add(_LOAD, "processor time with leaves", round(loaded, 2), "s", _rounds(with_s))
    report.add(_LOAD, "sequencing and signing afterwards", round(sequenced, 2), "s")
    report.add(_LOAD, "leaves: share of the load", _share(loaded - bare, loaded), "%")
    whole = loaded + sequenced
    report.add(_LOAD, "leaves and sequencing: share", _share(whole - bare, whole), "%", "≤ 15 %")


def _rounds(seconds: list[float]) -> str:
    return "of " + ", ".join(f"{one:.2f}" for one in seconds)


def _share(part: float, whole: float) -> float:
    return round(100 * part / whole, 1)


def test_a_million_leaves_are_sequenced_proved_exported_and_checked(
    kept: Kept, report: Report
) -> None:
    fill(kept)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    took = timed(lambda: sequence(kept.ledger))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    report.add(_LOG, "sequenced and signed at once", round(took, 1), "s")
    report.add(_LOG, "leaves per second", round(_LEAVES / took))
    report.add(_LOG, "more memory at the peak", round(grown), "MB")
    kept.write("一家公司")
    report.add(_LOG, "one more change", round(1000 * timed(lambda: sequence(kept.ledger))), "ms")
    log = kept.ledger.log("public")
    with kept.pool.transaction(keeper(log).settings()) as connection:
        change = _LEAVES // _PER_CHANGE // 2
        for name, work in {
            "proof of inclusion": lambda: prove_entry(connection, log, _LEAVES // 2),
            "proof of growth": lambda: prove_growth(connection, log, _LEAVES // 3, _LEAVES),
            "position of a leaf": lambda: find_number(connection, change, change * _PER_CHANGE),
        }.items():
            report.add(_LOG, name, round(1000 * timed(work), 1), "ms")
        written: list[int] = []
        exported = timed(
            lambda: publish(
                kept.ledger, connection, log, Wish(), lambda _, data: written.append(len(data))
            )
        )
    note = f"{len(written):,} files, {sum(written) / 1e6:.0f} MB"
    report.add(_LOG, "exported", round(exported, 1), "s", note)
    checked = timed(lambda: list(verify_ledger(kept.ledger)))
    report.add(_LOG, "log recomputed by verify", round(checked, 1), "s", "without facts")


def fill(kept: Kept) -> None:
    """Put leaves of random digests into the database, as loads would leave them."""
    assert kept.database.super_url is not None
    with psycopg.connect(kept.database.super_url) as connection:
        source = connection.execute("SELECT id FROM source LIMIT 1").fetchone()
        assert source is not None
        for number in range(1, _LEAVES // _PER_CHANGE + 1):
            connection.execute(
                "INSERT INTO change (id, tenant, at, actor, reason, source) "
                "VALUES (%s, 1, '2026-01-01'::timestamptz + %s * interval '1 second', '', '', %s)",
                (number, number, source[0]),
            )
            connection.execute(
                "INSERT INTO ledger_leaf (change, body, tenant, salt, sha256, sm3) "
                "SELECT %(change)s, %(change)s * %(many)s + n, 1, decode(md5(n::text), 'hex'), "
                "sha256(n::text::bytea), sha256((n + 1)::text::bytea) "
                "FROM generate_series(0, %(many)s - 1) AS g (n)",
                {"change": number, "many": _PER_CHANGE},
            )
            connection.execute(
                "INSERT INTO ledger (change, tenant, leaves, root) VALUES (%s, 1, %s, %s)",
                (number, _PER_CHANGE, b"\0" * 32),
            )
        connection.execute("SELECT setval('change_id', %s)", (_LEAVES // _PER_CHANGE + 1,))
