"""How fast cascades and days are reckoned on networks of 100,000 firms."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

import numpy as np
import pytest
from tests.bench.report import Report
from tests.bench.supply_networks import drawn_criticality, heavy_tailed, truncated

from chaintwin.application.simulation.cascade.core import Engine, make_engine
from chaintwin.application.simulation.cascade.rules import Rules
from chaintwin.application.simulation.dynamics.days import pass_day, start_state
from chaintwin.application.simulation.dynamics.flows import derive_flows
from chaintwin.application.simulation.network import Network

pytestmark = pytest.mark.bench
_SECTION = "cascades, 100,000 firms"
_SEED = 20261124


def add_speed(report: Report, name: str, network: Network, engine: Engine, firms: int) -> None:
    """Score that many firms drawn at random; processor time of all threads."""
    engine.score_firms([0, 1], threads=1)
    chosen = np.random.default_rng(_SEED).choice(engine.firms, firms, replace=False)
    began, clock = time.process_time(), time.monotonic()
    scores = engine.score_firms(chosen)
    spent, seconds = time.process_time() - began, time.monotonic() - clock
    rate = firms / spent
    report.add(_SECTION, f"{name}: firms a CPU-s", round(rate), "", f"{network.links:,} links")
    report.add(_SECTION, f"{name}: all firms", round(engine.firms / rate, 1), "CPU-s")
    report.add(_SECTION, f"{name}: clock", round(seconds, 1), "s", f"{firms:,} firms, all cores")
    report.add(_SECTION, f"{name}: mean score", round(float(scores.score.mean()), 8))
    if scores.bound is not None:
        most = float((scores.bound / scores.score).max())
        report.add(_SECTION, f"{name}: widest bound", f"{most:.1e}", "", "of the score")


@pytest.mark.parametrize(
    ("name", "draw", "rules", "firms"),
    [
        ("truncated, diem2022", lambda: truncated(_SEED), Rules("diem2022"), 5_000),
        ("heavy-tailed, diem2022", lambda: heavy_tailed(_SEED), Rules("diem2022"), 512),
        (
            "heavy-tailed, 40 % final demand, fixed point 1e-3",
            lambda: heavy_tailed(_SEED, world=0.4),
            Rules(),
            1_024,
        ),
    ],
)
def test_every_firm_fails_once(
    report: Report, name: str, draw: Callable[[], Network], rules: Rules, firms: int
) -> None:
    network = draw()
    began = time.process_time()
    engine = make_engine(network, drawn_criticality(_SEED), rules)
    report.add(_SECTION, f"{name}: made ready", round(time.process_time() - began, 1), "CPU-s")

    add_speed(report, name, network, engine, firms)


def test_days_pass(report: Report) -> None:
    network = heavy_tailed(_SEED, world=0.4)
    flows = derive_flows(network, drawn_criticality(_SEED))
    state = start_state(flows, np.full(network.firms, 10.0))
    state.damage[:1000] = 0.5
    ways = (6.0, 0.0, 1.25, 365.0)
    pass_day(flows, state, ways)

    began, days = time.process_time(), 30
    for _ in range(days):
        pass_day(flows, state, ways)

    spent = (time.process_time() - began) / days
    report.add(_SECTION, "a day of stocks by link", round(spent * 1000), "ms", "goal 200 ms")
    assert state.produced.sum() < flows.output.sum()


def test_memory(report: Report) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    report.add(_SECTION, "peak memory of this process", round(peak / 1e6), "MB", "goal 1,500 MB")
