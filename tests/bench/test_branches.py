"""A branch over a million-body twin: how long making one takes, and what its reads cost."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from random import Random

import psycopg
import pytest
from tests.bench.measuring import Times
from tests.bench.register import SOURCE, load_register
from tests.bench.report import Report

from chaintwin.access.asker import PUBLIC_TENANT, Asker, platform_asker
from chaintwin.access.tenants import make_place
from chaintwin.engine.database import Database
from chaintwin.engine.postgres import Cluster
from chaintwin.kit.clock import SystemClock
from chaintwin.model.fact import Statement, Value
from chaintwin.model.kinds import load_kinds
from chaintwin.twin.branches import Room, fork
from chaintwin.twin.store.sources import SourceRecord
from chaintwin.twin.twin import Twin
from chaintwin.twin.view import TwinView

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]

_FIRMS = int(os.environ.get("BENCH_BRANCH_FIRMS", "1000000"))
_MOVED = int(os.environ.get("BENCH_BRANCH_MOVED", "2000"))
_FORKS, _READS, _LISTS, _CHANGED = 20, 200, 30, 1_000
_SECTION = f"a branch over {_FIRMS:,} firms of 12 facts"

Read = Callable[[TwinView, int], object]


def _in_a_place(view: TwinView, number: int) -> object:
    region, industry = _PLACES[number % len(_PLACES)]
    return view.find("Company", region=region, industry=industry, limit=50)


def _by_name(view: TwinView, number: int) -> object:
    return view.find("Company", text=_TEXTS[number % len(_TEXTS)], limit=50)


_PLACES = (("2201", "C1"), ("11", "C13"), ("3201", "C2"), ("4403", "C15"), ("22", None))
_TEXTS = ("科技", "宏泰", "杭州", "新能源", "鑫源")
READS: Sequence[tuple[str, Read, int]] = (
    ("body with all facts", lambda view, body: view.states([body]), _READS),
    ("list by region and industry", _in_a_place, _LISTS),
    ("list by a part of a name", _by_name, _LISTS),
    ("list without condition", lambda view, _: view.find("Company", limit=50), _LISTS),
    ("neighbourhood, two hops", lambda view, body: view.neighbourhood(body), _LISTS),
    ("history of a body", lambda view, body: view.history(body), _READS),
    ("names of 500 bodies", lambda view, body: view.named(range(body, body + 500)), _LISTS),
    ("two attributes of 5,000 bodies",
     lambda view, body: view.slices("Company", ("name", "region"), range(body, body + 5000)),
     _LISTS // 2),
    ("firms counted by region", lambda view, _: view.count_regions("Company"), 5),
)  # fmt: skip


def make(twin: Twin, asker: Asker, name: str) -> tuple[int, float]:
    started = time.perf_counter()
    with twin.database.transaction(asker.settings()) as connection:
        number = fork(Room(twin, connection, asker), name).id
    return number, time.perf_counter() - started


def change(twin: Twin, asker: Asker, source: str, bodies: Sequence[int], branch: int = 0) -> float:
    """Return how long it takes to say something new of each body in one change, in seconds."""
    started = time.perf_counter()
    with twin.change(asker, reason="续报", source=source, branch=branch) as changes:
        new = Value(text=f"变{started}")
        changes.record([Statement(body, "status", new) for body in bodies])
    return time.perf_counter() - started


def compare(
    report: Report, twin: Twin, asker: Asker, branch: int, bodies: Sequence[int], when: str
) -> None:
    """Read in turn on the main line and in the branch, so that a busy machine slows both."""
    with twin.view(asker) as main, twin.view(asker, branch=branch) as forked:
        for name, work, times in READS:
            main_times, forked_times = Times(), Times()
            for body in [*bodies[:5], *bodies[:times]]:
                for view, kept in ((main, main_times), (forked, forked_times)):
                    started = time.perf_counter()
                    work(view, body)
                    kept.seconds.append(time.perf_counter() - started)
            for kept in (main_times, forked_times):
                del kept.seconds[:5]
            ratio = round(forked_times.p50_ms / main_times.p50_ms, 2)
            told = f"{main_times.p50_ms} → {forked_times.p50_ms} ms, p95 {forked_times.p95_ms} ms"
            report.add(_SECTION, f"{name}, {when}: branch / main line", ratio, "times", told)


def test_a_branch_over_a_million_bodies(fresh_database: Cluster, report: Report) -> None:
    pool = Database(fresh_database.app_url)
    twin = Twin(pool, load_kinds(), SystemClock())
    twin.declare(SourceRecord("staff", {"zh": "录"}))
    here = make_place(pool, [("220184", "公主岭市")])
    li = Asker(here, "李", roles=frozenset({"officer"}), readable=frozenset({PUBLIC_TENANT, here}))
    load_register(twin, _FIRMS)
    with psycopg.connect(str(fresh_database.super_url), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        rows = connection.execute(
            "SELECT b.id FROM body b JOIN kind k ON k.id = b.kind "
            "WHERE k.name = 'Company' ORDER BY b.id"
        ).fetchall()
    bodies = [row[0] for row in rows][:-5_000]
    chosen = Random(7).sample(bodies, _CHANGED + 3 * _MOVED)
    parts = [chosen[at : at + _MOVED] for at in range(_CHANGED, len(chosen), _MOVED)]

    change(twin, platform_asker(), SOURCE, chosen[:_CHANGED])
    before = change(twin, platform_asker(), SOURCE, parts[0])
    made = [make(twin, li, f"假如{number}") for number in range(_FORKS)]
    branch = made[-1][0]
    change(twin, li, "staff", chosen[:_CHANGED], branch)
    some = Random(11).sample(bodies, _READS)
    compare(report, twin, li, branch, some, "main line unmoved")
    after = change(twin, platform_asker(), SOURCE, parts[1])
    again = change(twin, platform_asker(), SOURCE, parts[1])
    compare(report, twin, li, branch, some, f"{_MOVED:,} bodies changed since")
    with psycopg.connect(str(fresh_database.super_url)) as connection:
        held = connection.execute("SELECT count(*) FROM fact WHERE branch <> 0").fetchone()
        former = connection.execute("SELECT count(*) FROM former_state").fetchone()

    forks = Times([seconds for _, seconds in made])
    report.add(_SECTION, "making a branch, p50", forks.p50_ms, "ms", f"{_FORKS} times")
    report.add(_SECTION, "making a branch, p95", forks.p95_ms, "ms")
    report.add(_SECTION, "facts it holds after 1,000 changed values", held[0] if held else None)
    report.add(_SECTION, "former states kept for all branches", former[0] if former else None)
    for name, seconds in (
        ("no branch", before), (f"{_FORKS} branches", after), ("the same again", again)
    ):  # fmt: skip
        report.add(_SECTION, f"change of {_MOVED:,} bodies, {name}", round(seconds, 2), "s")
    pool.close()

    assert held == (_CHANGED,)
    assert former is not None
    assert former[0] == _MOVED
