"""Runs every task of recommending on the public sets: `python -m tests.bench.recommending`.

BENCH_SEEDS="0 1 2 3 4" runs more seeds than the first.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from tests.bench.recommending import GOALS, Given, measure, tell

pytestmark = [pytest.mark.bench, pytest.mark.needs("shared"), pytest.mark.timeout(7200)]


@pytest.mark.parametrize("task", GOALS)
def test_the_learned_ranker_stands_beside_every_known_way(
    task: str, shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    started = time.monotonic()
    seeds = [int(seed) for seed in os.environ.get("BENCH_SEEDS", "0").split()]

    runs = [measure(task, shared / "data", Given(seed)) for seed in seeds]

    with capsys.disabled():
        print("\n" + tell(task, runs, time.monotonic() - started))
    for run in runs:
        assert run["LEARNED"][0] > run["density"][0] if "density" in run else run["LEARNED"][0] > 0
