"""Short names asked of the search box over a register: in its hits or among what may be meant."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import psycopg
import pytest
from tests.bench.identity import Pair, Sets, read_register, read_short
from tests.bench.measuring import Times
from tests.bench.report import Report

from chaintwin import boot
from chaintwin.access.asker import platform_asker
from chaintwin.engine.postgres import running
from chaintwin.kit.places import Places
from chaintwin.model.sheet import Column, Sheet
from chaintwin.twin.door import Door
from chaintwin.twin.perhaps import find_perhaps
from chaintwin.twin.twin import Twin

pytestmark = [pytest.mark.bench, pytest.mark.needs("shared"), pytest.mark.timeout(1800)]

_ASKED, _ROWS, _SHOWN = 400, 20_000, 8


@pytest.fixture
def empty() -> Iterator[Places]:
    folder = Path(tempfile.mkdtemp(prefix="chaintwin-bench-"))
    folder.chmod(0o711)
    yield Places(folder).make()
    shutil.rmtree(folder)


def test_short_names_in_the_search_box(shared: Path, empty: Places, report: Report) -> None:
    sets = Sets.at(shared)
    names, pairs = read_register(sets), read_short(sets.pairs)
    Random(4).shuffle(pairs)
    parts = {
        "any": pairs[:_ASKED],
        "no substring": [pair for pair in pairs if pair[0] not in pair[1]][:_ASKED],
    }
    with boot.open_twin(empty) as twin:
        for _ in twin.load(platform_asker(), _sheets(names), reason="登记", source="bench"):
            pass
        with running(empty) as cluster:
            assert cluster.super_url is not None
            with psycopg.connect(cluster.super_url, autocommit=True) as connection:
                connection.execute("VACUUM ANALYZE")
        for name, some in parts.items():
            _measure(twin, some, f"short names in the search box, {name}", report)


def _sheets(names: Sequence[str]) -> Iterator[Sheet]:
    for start in range(0, len(names), _ROWS):
        part = names[start : start + _ROWS]
        keys = {"company_name": [f"{start + at}:{name}" for at, name in enumerate(part)]}
        yield Sheet("Company", keys, [Column("name", part)])


def _measure(twin: Twin, pairs: Sequence[Pair], section: str, report: Report) -> None:
    finding, guessing, told, first = Times(), Times(), 0, 0
    asker = platform_asker()
    for short, full in pairs:
        with twin.database.transaction(asker.settings()) as connection:
            view = twin.view_in(connection, asker)
            started = time.perf_counter()
            page = view.find("Company", text=short, limit=_SHOWN)
            found = time.perf_counter()
            door = Door(twin, connection, asker, view)
            more = find_perhaps(door, short, {state.body for state in page.states})
            finding.seconds.append(found - started)
            guessing.seconds.append(time.perf_counter() - found)
        shown = [state.name for state in page.states] + [one.state.name for one in more]
        told += full in shown
        first += shown[:1] == [full]
    report.add(section, "asked", len(pairs))
    report.add(section, "first of all shown", round(first / len(pairs), 4))
    report.add(section, f"among {_SHOWN} hits and 5 perhaps", round(told / len(pairs), 4))
    for name, times in (("hits", finding), ("perhaps", guessing)):
        report.add(section, f"time of {name}, p50", times.p50_ms, "ms")
        report.add(section, f"time of {name}, p95", times.p95_ms, "ms")
