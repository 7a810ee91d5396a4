"""Two hundred times the server, its database or a program at work is killed."""

from __future__ import annotations

import os
from pathlib import Path
from statistics import median

import pytest
from tests.bench.measuring import nearest_rank
from tests.bench.report import Report
from tests.faults.rounds import lend_bench, write_tally

pytestmark = [pytest.mark.bench, pytest.mark.timeout(4 * 3600)]

_ROUNDS = int(os.environ.get("CHAINTWIN_BENCH_ROUNDS", "200"))
_SEED = int(os.environ.get("CHAINTWIN_BENCH_SEED", "20261124"))
_VERIFY_EVERY = 20
_SECTION = "killed at random moments while programs load, write, observe, branch and are told"


def test_many_rounds_of_killing_lose_and_double_nothing(report: Report, tmp_path: Path) -> None:
    with lend_bench(tmp_path, _SEED) as bench:
        for number in range(_ROUNDS):
            bench.run_round(number)
            if number % _VERIFY_EVERY == _VERIFY_EVERY - 1:
                bench.verify()
                print(number + 1, write_tally(bench.tally), flush=True)
        bench.finish()
    tally = bench.tally
    report.add(_SECTION, "rounds", sum(tally.kills.values()), "", f"seed {_SEED}")
    for victim, times in sorted(tally.kills.items()):
        report.add(_SECTION, f"killed: {victim}", times)
    for kind, times in sorted(tally.acknowledged.items()):
        report.add(_SECTION, f"acknowledged: {kind}", times, "", "each there, whole and once")
    report.add(_SECTION, "not acknowledged, yet whole", tally.unsure_kept)
    report.add(_SECTION, "not acknowledged, undone", tally.unsure_undone)
    report.add(_SECTION, "events told", tally.events, "", "each at least once, in order per body")
    report.add(_SECTION, "events told again", tally.repeats)
    report.add(_SECTION, "whole verifications without a difference", tally.verified)
    report.add(_SECTION, "until back: p50", round(median(tally.back_s), 1), "s")
    report.add(_SECTION, "until back: p99", round(nearest_rank(tally.back_s, 0.99), 1), "s")
