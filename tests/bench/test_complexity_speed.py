"""How long complexity, fitness and relatedness of a large table take, beside ecomplexity."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from tests.application.complexity.test_indices import ask_ecomplexity, random_amounts
from tests.bench.report import Report

from chaintwin.application.complexity.fitness import measure_fitness
from chaintwin.application.complexity.indices import measure_complexity
from chaintwin.application.complexity.presence import Floats, find_present
from chaintwin.application.complexity.relatedness import measure_density, measure_proximity

pytestmark = pytest.mark.bench

SECTION = "complexity"
WHOLE = (2800, 1400)
# The peer needs over a minute for the whole table; the ratio is taken at a quarter of each side.
QUARTER = (700, 350)


def timed(run: Callable[[], Any]) -> tuple[float, float, Any]:
    """Return seconds on the clock, seconds of processor, and what came of it."""
    clock, processor = time.perf_counter(), time.process_time()
    made = run()
    return time.perf_counter() - clock, time.process_time() - processor, made


def reckon(amounts: Floats) -> None:
    """Reckon what ecomplexity gives: RCA, presence, ECI, PCI, proximity and density."""
    present = find_present(amounts, rca_threshold=1.0)
    measure_complexity(present)
    measure_density(present, measure_proximity(present, "harvard"))


def test_a_table_of_2800_places_and_1400_activities(report: Report) -> None:
    amounts = random_amounts(1, *WHOLE)
    present = find_present(amounts, rca_threshold=1.0)

    clock, processor, _ = timed(lambda: reckon(amounts))
    report.add(SECTION, "RCA, ECI/PCI, proximity, density 2800×1400", round(clock, 2), "s")
    report.add(SECTION, "  of processor time", round(processor, 2), "s")
    clock, processor, fitness = timed(lambda: measure_fitness(present))
    note = f"{fitness.rounds} rounds, {'settled' if fitness.is_settled else 'not settled'}"
    report.add(SECTION, "fitness and complexity 2800×1400", round(clock, 2), "s", note)
    report.add(SECTION, "  of processor time", round(processor, 2), "s")


def test_beside_ecomplexity(report: Report) -> None:
    amounts = random_amounts(2, *QUARTER)

    _, ours, _ = timed(lambda: reckon(amounts))
    _, theirs, _ = timed(lambda: ask_ecomplexity(amounts))

    report.add(SECTION, "processor time 700×350, chaintwin", round(ours, 2), "s")
    report.add(SECTION, "processor time 700×350, ecomplexity 0.5.3", round(theirs, 2), "s")
    report.add(SECTION, "ecomplexity ÷ chaintwin", round(theirs / ours, 1), "times")
