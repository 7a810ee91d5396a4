"""A branch over a million-body twin: how long making one takes, and what its reads cost."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from random import Random

import psycopg
import pytest
from tests.bench.firms import Firm, in_sheets, make_firms
from tests.bench.measuring import Times
from tests.bench.report import Report

from chaintwin.access.asker import PUBLIC_TENANT, Asker, platform_asker
from chaintwin.access.tenants import make_place
from chaintwin.engine.database import Database
from chaintwin.engine.postgres import Cluster
from chaintwin.kit.clock import SystemClock
from chaintwin.model.fact import Value
from chaintwin.model.kinds import load_kinds
from chaintwin.model.sheet import Column, Sheet
from chaintwin.twin.branches import Room, fork
from chaintwin.twin.store.sources import SourceRecord
from chaintwin.twin.twin import Twin
from chaintwin.twin.view import TwinView

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]

_FIRMS = int(os.environ.get("BENCH_BRANCH_FIRMS", "1000000"))
_PER_SHEET, _SHEETS_PER_CHANGE = 25_000, 4
_FORKS, _READS, _LISTS = 20, 200, 15
_CHANGED, _CHANGED_ON_MAIN = 1_000, 200
_SECTION = f"a branch over {_FIRMS:,} firms of 5 facts"

Read = Callable[[TwinView, int], object]
READS: Sequence[tuple[str, Read, int]] = (
    ("body with all facts", lambda view, body: view.states([body]), _READS),
    ("history of a body", lambda view, body: view.history(body), _READS),
    ("list by region, page of 50",
     lambda view, _: view.find("Company", region="2201", limit=50), _LISTS),
    ("list by a part of a name",
     lambda view, _: view.find("Company", text="鑫源", limit=50), _LISTS),
    ("names of 500 bodies",
     lambda view, body: view.named(range(body, body + 500)), _LISTS),
    ("two attributes of 5,000 bodies",
     lambda view, body: view.slices("Company", ("name", "region"), range(body, body + 5000)),
     _LISTS),
)  # fmt: skip


def a_sheet(firms: Sequence[Firm]) -> Sheet:
    names = [firm.name for firm in firms]
    keys = {"credit_code": [firm.credit_code for firm in firms]}
    cells = {
        "name": names, "region": [firm.region for firm in firms],
        "industry": [firm.industry for firm in firms], "status": [firm.status for firm in firms],
        "founded_on": [firm.founded_on for firm in firms],
    }  # fmt: skip
    return Sheet("Company", keys, [Column(name, column) for name, column in cells.items()])


def load(twin: Twin) -> list[int]:
    bodies: list[int] = []
    sheets = in_sheets(make_firms(_FIRMS), _PER_SHEET)
    while wanted := [sheet for _, sheet in zip(range(_SHEETS_PER_CHANGE), sheets, strict=False)]:
        with (
            twin.change(platform_asker(), reason="登记", source="register") as changes,
            changes.overlapping(),
        ):
            for sheet in wanted:
                bodies += changes.record_sheet(a_sheet(sheet))
    return bodies


def make(twin: Twin, asker: Asker, name: str) -> tuple[int, float]:
    started = time.perf_counter()
    with twin.database.transaction(asker.settings()) as connection:
        number = fork(Room(twin, connection, asker), name).id
    return number, time.perf_counter() - started


def read(twin: Twin, asker: Asker, work: Read, bodies: Sequence[int], branch: int) -> Times:
    times = Times()
    with twin.view(asker, branch=branch) as view:
        work(view, bodies[0])
        for body in bodies:
            started = time.perf_counter()
            work(view, body)
            times.seconds.append(time.perf_counter() - started)
    return times


def test_a_branch_over_a_million_bodies(fresh_database: Cluster, report: Report) -> None:
    pool = Database(fresh_database.app_url)
    twin = Twin(pool, load_kinds(), SystemClock())
    twin.declare(
        SourceRecord("register", {"zh": "登记"}, rank=10), SourceRecord("staff", {"zh": "录"})
    )
    here = make_place(pool, [("220184", "公主岭市")])
    li = Asker(here, "李", roles=frozenset({"officer"}), readable=frozenset({PUBLIC_TENANT, here}))
    bodies = load(twin)
    with psycopg.connect(str(fresh_database.super_url), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")

    made = [make(twin, li, f"假如{number}") for number in range(_FORKS)]
    branch = made[-1][0]
    chosen = Random(7).sample(bodies[:-5_000], _CHANGED + _CHANGED_ON_MAIN)
    with twin.change(li, reason="推演", source="staff", branch=branch) as changes:
        for body in chosen[:_CHANGED]:
            changes.say(body, "status", Value(text="迁出"))
    with twin.change(platform_asker(), reason="续报", source="register") as changes:
        for body in chosen[_CHANGED:]:
            changes.say(body, "status", Value(text="注销"))
    with psycopg.connect(str(fresh_database.super_url)) as connection:
        row = connection.execute("SELECT count(*) FROM fact WHERE branch <> 0").fetchone()

    forks = Times([seconds for _, seconds in made])
    report.add(_SECTION, "making a branch, p50", forks.p50_ms, "ms", f"{_FORKS} times")
    report.add(_SECTION, "making a branch, p95", forks.p95_ms, "ms")
    report.add(_SECTION, "rows it holds after 1,000 changed values", row[0] if row else None)
    for name, work, times in READS:
        some = Random(11).sample(bodies[:-5_000], times)
        main, forked = (read(twin, li, work, some, number) for number in (0, branch))
        report.add(_SECTION, f"{name}, main line p50", main.p50_ms, "ms", f"p95 {main.p95_ms} ms")
        report.add(_SECTION, f"{name}, branch p50", forked.p50_ms, "ms", f"p95 {forked.p95_ms} ms")
        ratio = round(sum(forked.seconds) / sum(main.seconds), 2)
        report.add(_SECTION, f"{name}, branch / main line", ratio, "times")
    pool.close()

    assert row == (_CHANGED,)
