"""The benchmark's own instruments tell the truth."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.bench.generated import generate
from tests.bench.measuring import MemoryWatch, Times, nearest_rank
from tests.bench.report import Report

from chaintwin.physical.declared import find_source
from chaintwin.physical.rows import csv_rows, json_rows, tab_rows
from chaintwin.physical.sources.a_share_2015_addresses.dump import table_rows
from chaintwin.physical.sources.chain_kg_sw2021.statements import product_rows

_HOG = "import time; hog = bytearray(200_000_000); time.sleep(0.8)"


@pytest.mark.parametrize(
    ("count", "expected"), [(1, 1), (10, 10), (20, 19), (100, 95), (200, 190), (201, 191)]
)
def test_the_95th_percentile_is_a_time_that_occurred(count: int, expected: int) -> None:
    assert nearest_rank(range(1, count + 1), 0.95) == expected


def test_times_are_told_in_milliseconds() -> None:
    times = Times([0.001, 0.002, 0.100])

    assert (times.p50_ms, times.p95_ms) == (2.0, 100.0)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process's peak memory")
def test_the_peak_of_a_process_is_seen_also_after_it_gave_memory_back(tmp_path: Path) -> None:
    with (
        subprocess.Popen([sys.executable, "-c", _HOG]) as process,
        MemoryWatch(process.pid, tmp_path) as watch,
    ):
        process.wait()

    assert 200_000_000 < watch.peaks.loader < 400_000_000
    assert watch.peaks.database == 0


def test_what_could_not_be_measured_is_said_never_zero(tmp_path: Path) -> None:
    report = Report(about={"cores": 2})
    report.add("loading", "time", 33.9, "s")
    report.add("loading", "peak memory", None, "MB")

    report.write(tmp_path / "new" / "bench.json")

    written = json.loads((tmp_path / "new" / "bench.json").read_text("utf-8"))
    assert [line["value"] for line in written["figures"]["loading"]] == [33.9, None]
    assert "not measured" in report.text()


def test_the_generated_sets_are_as_large_as_the_sources_declare(tmp_path: Path) -> None:
    folder = generate(tmp_path)
    inner = folder / "ickg25" / "ICKG25"
    found = {
        ("a_share_basic_2026", "stock_basic.csv"): csv_rows(
            folder / "a_share_basic_2026" / "stock_basic.csv"
        ),
        ("chain_kg_sw2021", "company.json"): json_rows(folder / "chain_kg_sw2021" / "company.json"),
        ("chain_kg_sw2021", "company_product"): product_rows(
            folder / "chain_kg_sw2021" / "data.zip"
        ),
        ("a_share_2015_addresses", "company_info"): table_rows(
            folder / "a_share_2015_addresses" / "wfp_n20151023.sql", "company_info"
        ),
        ("ickg25", "entity2id.txt"): tab_rows(inner / "entity2id.txt", ("name", "id")),
    }

    for (source, table), rows in found.items():
        least, most = find_source(source).tables[table].rows or (0, 0)
        assert least <= sum(1 for _ in rows) <= most, (source, table)


def test_generated_sets_are_the_same_every_time(tmp_path: Path) -> None:
    first, second = generate(tmp_path / "a"), generate(tmp_path / "b")

    for name in ("a_share_basic_2026/stock_basic.csv", "ickg25/ICKG25/train.txt"):
        assert (first / name).read_bytes() == (second / name).read_bytes()
