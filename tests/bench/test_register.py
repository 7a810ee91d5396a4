"""`make bench`: a million firms × 12 facts loaded and read over HTTP. Never fails on time.

CHAINTWIN_BENCH_FIRMS sets another size.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx2 as httpx
import psycopg
import pytest
from tests.bench.conftest import environ_of, serving
from tests.bench.firms import SEED
from tests.bench.measuring import MemoryWatch, Peaks, Times
from tests.bench.report import Report

from chaintwin.access.demo import DEMO_PASSWORD
from chaintwin.engine.postgres import running
from chaintwin.engine.postgres.instance import find_free_port
from chaintwin.kit.clock import SystemClock, calendar_day
from chaintwin.kit.places import Places

pytestmark = [pytest.mark.bench, pytest.mark.timeout(7200)]

FIRMS = int(os.environ.get("CHAINTWIN_BENCH_FIRMS", "1000000"))
# The ledger's cost is told from two smaller loads, each into an empty place.
_COMPARED = min(FIRMS, 100_000)
_COPIED = 3_000_000
_WARM_UPS, _REQUESTS = 10, 200
_MOST_SECONDS_A_READ = 60.0
_TEXTS = ("科技", "新能源", "宏泰", "杭州", "机械制造", "京", "乌鲁木齐", "生物医药有限")
_REGIONS = ("11", "1101", "110101", "22", "2201", "220104", "44", "65")
_INDUSTRIES = ("C", "C13", "C1399", "C20", "C36", "C4005")


@dataclass(frozen=True, slots=True)
class Loaded:
    """How one run of the loader went."""

    firms: int
    facts: int
    seconds: float
    processor_s: float
    positions_s: float
    peaks: Peaks

    @property
    def rate(self) -> float:
        """Facts a second."""
        return self.facts / self.seconds


@pytest.fixture(scope="module")
def register_place() -> Iterator[Places]:
    """An empty data folder for the register."""
    with _empty_place() as place:
        yield place


@pytest.fixture(scope="module")
def loaded(register_place: Places) -> Loaded:
    """The register, loaded."""
    return _load(register_place, FIRMS)


@contextmanager
def _empty_place() -> Iterator[Places]:
    folder = Path(tempfile.mkdtemp(prefix="chaintwin-bench-"))
    folder.chmod(0o711)
    yield Places(folder)
    shutil.rmtree(folder)


def _load(place: Places, firms: int, *more: str) -> Loaded:
    command = [sys.executable, "-m", "tests.bench.register", str(firms), *more]
    with (
        subprocess.Popen(
            command, env=environ_of(place), stdout=subprocess.PIPE, text=True
        ) as process,
        MemoryWatch(process.pid, place.root) as watch,
    ):
        output, _ = process.communicate()
    assert process.returncode == 0, output
    return Loaded(firms=firms, peaks=watch.peaks, **json.loads(output.splitlines()[-1]))


def test_loading_a_register(loaded: Loaded, report: Report) -> None:
    section = f"register of {FIRMS:,} firms, empty embedded database"
    report.add(section, "facts", loaded.facts)
    report.add(
        section, "time", round(loaded.seconds, 1), "s", "one write door, current state, ledger"
    )
    report.add(section, "facts loaded per second", round(loaded.rate), "facts/s")
    report.add(section, "processor time of the loader", round(loaded.processor_s, 1), "s")
    report.add(section, "processor time of PostgreSQL", round(loaded.peaks.database_s, 1), "s",
               "with its start, checkpoints and vacuum")  # fmt: skip
    report.add(
        section, "positions in the signed log", round(loaded.positions_s, 1), "s", "afterwards"
    )
    report.add(section, "peak memory of the loader", _mega(loaded.peaks.loader), "MB", "RSS")
    report.add(section, "peak memory of PostgreSQL", _mega(loaded.peaks.database), "MB")

    assert loaded.facts > 11 * FIRMS


def test_a_register_against_a_plain_copy_of_its_rows(
    loaded: Loaded, register_place: Places, report: Report
) -> None:
    with running(register_place, environ={}) as cluster:
        rows, seconds = _copy_bare(str(cluster.super_url))

    section = f"register of {FIRMS:,} firms, empty embedded database"
    note = f"{rows:,} of its rows, one table without index"
    report.add(section, "plain COPY of the same rows", round(rows / seconds), "rows/s", note)
    report.add(section, "plain COPY is faster by", round(rows / seconds / loaded.rate, 1), "times")
    assert rows


def test_what_the_ledger_costs_a_load(report: Report) -> None:
    runs = []
    for more in ((), ("--without-ledger",)):
        with _empty_place() as place:
            runs.append(_load(place, _COMPARED, *more))
    whole, bare = runs

    section = f"cost of the ledger, {_COMPARED:,} firms"
    report.add(section, "load with the ledger", round(whole.seconds, 1), "s")
    report.add(section, "load without", round(bare.seconds, 1), "s")
    report.add(section, "of load time", round(100 * (1 - bare.seconds / whole.seconds), 1), "%")
    report.add(section, "of the loader's processor time",
               round(100 * (1 - bare.processor_s / whole.processor_s), 1), "%")  # fmt: skip


def test_reading_a_register_over_http(
    loaded: Loaded, register_place: Places, report: Report
) -> None:
    del loaded
    port = find_free_port()
    section = f"reads of {FIRMS:,} firms over HTTP, one process, n={_REQUESTS}"
    with serving(register_place, port) as started:
        pid = _process_on(port)
        with (
            httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=600) as client,
            MemoryWatch(pid, register_place.root) as watch,
        ):
            given = {"login": "officer", "password": DEMO_PASSWORD}
            client.post("/api/v1/session", json=given).raise_for_status()
            report.add(
                section, "first start", round(started, 1), "s", "content loaded, firms placed"
            )
            for name, paths in _reads(client).items():
                times = _time(client, paths)
                report.add(section, name, times.p50_ms, "ms p50", f"p95 {times.p95_ms:,} ms")
            time.sleep(1)
    report.add(section, "peak memory of the server", _mega(watch.peaks.loader), "MB", "RSS")


def _reads(client: httpx.Client) -> dict[str, list[str]]:
    random = Random(SEED)
    codes = [row["code"] for region in _REGIONS for row in _rows(client, f"region={region}")]
    past = calendar_day(SystemClock().now()) + timedelta(days=1)
    as_of = f"valid_at={past}&known_at={past}"
    cockpit = "/api/v1/regions/220184/cockpit"
    random.shuffle(codes)
    lists = [(region, industry) for region in _REGIONS for industry in _INDUSTRIES]
    return {
        "body with all facts": [f"/api/v1/bodies/{code}" for code in codes],
        "body as of a moment": [f"/api/v1/bodies/{code}?{as_of}" for code in codes],
        "firms by region and industry, a page of 50": [
            f"/api/v1/firms?region={region}&industry={industry}&offset={offset}"
            for region, industry in lists for offset in (0, 100)
        ],
        "firms by a part of the name": [f"/api/v1/firms?text={text}" for text in _TEXTS],
        "firms, no condition": ["/api/v1/firms"],
        "neighbourhood, two hops": [f"/api/v1/bodies/{code}/neighbourhood" for code in codes],
        "cockpit": [cockpit],
    }  # fmt: skip


def _rows(client: httpx.Client, query: str) -> list[dict[str, Any]]:
    answer = client.get(f"/api/v1/firms?{query}&limit=100")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def _time(client: httpx.Client, paths: Sequence[str]) -> Times:
    """Ask for the paths in turn, no longer than a minute; warm-ups do not count."""
    times, began = Times(), time.monotonic()
    for number in range(_WARM_UPS + _REQUESTS):
        started = time.perf_counter()
        answer = client.get(paths[number % len(paths)])
        took = time.perf_counter() - started
        assert answer.status_code == 200, (paths[number % len(paths)], answer.text)
        if number >= _WARM_UPS or time.monotonic() - began > _MOST_SECONDS_A_READ:
            times.seconds.append(took)
        if time.monotonic() - began > _MOST_SECONDS_A_READ:
            break
    return times


def _copy_bare(url: str) -> tuple[int, float]:
    """Return rows and seconds of COPY into a table without index or constraint, from a file."""
    with psycopg.connect(url, autocommit=True) as connection:
        # Beside its data the server may write, whoever it runs as.
        folder = connection.execute("SHOW data_directory").fetchone()
        path = Path(folder[0] if folder else "") / "bare.copy"
        connection.execute(f"COPY (SELECT * FROM fact LIMIT {_COPIED}) TO '{path}'")
        connection.execute("CREATE TABLE bare AS SELECT * FROM fact LIMIT 0")
        started = time.perf_counter()
        rows = connection.execute(f"COPY bare FROM '{path}'").rowcount
        seconds = time.perf_counter() - started
        connection.execute("DROP TABLE bare")
    path.unlink()
    return rows, seconds


def _process_on(port: int) -> int:
    """Return the process of the server that listens on a port; 0 where none can be told."""
    wanted = f"--port\x00{port}\x00".encode()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if path.read_bytes().endswith(wanted):
                return int(path.parent.name)
        except OSError:
            continue
    return 0


def _mega(size: int) -> float | None:
    return round(size / 1e6) if size else None
