"""The server, its database and programs at work are killed: nothing acknowledged is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.faults.rounds import lend_bench, write_tally


@pytest.mark.timeout(900)
def test_five_rounds_of_killing_lose_and_double_nothing(tmp_path: Path) -> None:
    with lend_bench(tmp_path, seed=11) as bench:
        for number in range(5):
            bench.run_round(number)
        bench.finish()

    print(write_tally(bench.tally))
    assert bench.tally.acknowledged["fact"] > 0
    assert bench.tally.events > 0
