"""Shortages from day to day: a small table worked by hand, and what must hold on any network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rdata
from hypothesis import given, settings
from hypothesis import strategies as st
from rdata.conversion import DEFAULT_CLASS_MAP

from chaintwin.application.simulation.dynamics.core import simulate_days
from chaintwin.application.simulation.dynamics.days import pass_day, start_state
from chaintwin.application.simulation.dynamics.flows import Flows, derive_flows
from chaintwin.application.simulation.dynamics.levers import (
    PowerLimit,
    Scenario,
    Stockpile,
    Subsidy,
    Ways,
)
from chaintwin.application.simulation.network import Network, build_network
from chaintwin.kit.problems import InputProblem

from .plain import draw_network

YEAR = 365.0
# Industry a sells 10 a day to b and 10 to households, b sells 20 to households.
TABLE = derive_flows(
    build_network([0, 1], ([0], [1], [10 * YEAR]), sectors=2, final_demand=[10 * YEAR, 20 * YEAR])
)
SLOW = Ways(stock_days=2, restock_days=5, recovery_days=1e12)


def test_a_small_table_worked_by_hand() -> None:
    # a makes 10 instead of 20 and shares it evenly. b lives on its stock of 20: it takes 10 and
    # gets 5 a day, has 15, 10, 5 left, then makes 10 a day of the 5 it gets.
    course = simulate_days(TABLE, Scenario(damage={0: 0.5}), 5, SLOW)

    assert course.output == pytest.approx([30, 30, 30, 20, 20], abs=1e-6)
    assert course.served == pytest.approx([25, 25, 25, 15, 15], abs=1e-6)
    assert course.lost == pytest.approx([50, 20], abs=1e-6)
    assert course.lowest == pytest.approx([0.5, 0.5], abs=1e-6)


def test_when_output_is_short_whoever_orders_least_is_served_first() -> None:
    # Power stops b for a day: it uses nothing and orders nothing, so households get all of a's 10.
    scenario = Scenario(damage={0: 0.5}, power_limits=(PowerLimit((1,), 0.0, 0, 0),))

    course = simulate_days(TABLE, scenario, 2, SLOW)

    # On day 0 b still orders as before and gets 5 on top of its 20; on day 1 it wants to hold 20.
    assert course.output == pytest.approx([10, 30], abs=1e-6)
    assert course.served == pytest.approx([5, 30], abs=1e-6)


def test_a_stock_that_must_not_run_low_binds_early() -> None:
    tight = Ways(stock_days=2, restock_days=5, recovery_days=1e12, tightness=1.0)

    course = simulate_days(TABLE, Scenario(damage={0: 0.5}), 2, tight)

    # After one day b holds 15 of 20 and makes three quarters of its 20.
    assert course.output[1] == pytest.approx(10 + 15)


def test_a_stockpile_carries_through() -> None:
    scenario = Scenario(damage={0: 0.5}, stockpiles=(Stockpile((1,), 3),))

    course = simulate_days(TABLE, scenario, 9, SLOW)

    # 50 in stock, 5 a day less: nine days' output of b is whole.
    assert course.output == pytest.approx([30] * 9)


def test_a_subsidy_heals_faster_until_its_cap_is_spent() -> None:
    ways = Ways(stock_days=2, restock_days=5, recovery_days=10)
    damaged = {0: 0.5}
    first = {cap: Scenario(damaged, subsidies=(Subsidy((0,), 3, 2.0, cap),)) for cap in (1, 1000)}

    without = simulate_days(TABLE, Scenario(damaged), 1, ways)
    short, ample = (simulate_days(TABLE, scenario, 1, ways) for scenario in first.values())

    # A tenth of .5 heals by itself, twice as much by the subsidy: .1 of 20 a day, at 2 each.
    assert without.state.damage[0] == pytest.approx(0.45)
    assert ample.state.damage[0] == pytest.approx(0.35)
    assert ample.spent == pytest.approx([4])
    assert short.state.damage[0] == pytest.approx(0.425)
    assert short.spent == pytest.approx([1])


def test_capacity_stretches_while_demand_is_short() -> None:
    ways = Ways(
        stock_days=2, restock_days=5, recovery_days=1e12, most_capacity=2, adaptation_days=5
    )

    course = simulate_days(TABLE, Scenario(damage={0: 0.5}), 200, ways)

    assert course.output[0] < 35
    assert course.output[-1] == pytest.approx(40, rel=1e-2)


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), tightness=st.sampled_from([0.0, 0.8]))
def test_nothing_is_made_of_nothing_and_nothing_is_lost(seed: int, tightness: float) -> None:
    network, _ = draw_network(seed, 25, 5)
    state = start_state(flows := derive_flows(network), np.full(25, 6.0))
    state.damage[seed % 25] = 0.7

    keeps_the_books(flows, state, 40, tightness)


def keeps_the_books(flows: Flows, state, days: int, tightness: float) -> None:  # type: ignore[no-untyped-def]
    buyer = np.repeat(np.arange(len(flows.output)), np.diff(flows.start))
    for _ in range(days):
        before = state.stock.sum()
        pass_day(flows, state, (6.0, tightness, 1.2, 30.0))
        used = flows.use @ (state.produced / np.maximum(flows.output, 1e-300))[buyer]
        sold = (state.produced - state.served).sum()
        assert state.stock.sum() - before == pytest.approx(sold - used, abs=1e-9 * flows.use.sum())
        assert state.stock.min() >= 0
        assert (state.produced <= state.demand * (1 + 1e-12)).all()
        assert (state.served <= flows.final * (1 + 1e-12)).all()


def test_an_undisturbed_network_stays_as_it_is_and_a_healed_one_returns() -> None:
    network, criticality = draw_network(5, 200, 8)
    flows = derive_flows(network, criticality)

    calm = simulate_days(flows, Scenario(), 30)
    healed = simulate_days(flows, Scenario({3: 1.0}), 1500, Ways(recovery_days=10))

    np.testing.assert_allclose(calm.output, flows.output.sum(), rtol=1e-12)
    assert healed.lost.sum() > 0
    assert healed.output[-1] == pytest.approx(flows.output.sum(), rel=1e-6)


@pytest.mark.needs("shared")
def test_the_world_by_industry_keeps_its_books_and_heals(shared: Path) -> None:
    network = world_by_industry(shared)
    flows = derive_flows(network)
    state = start_state(flows, np.full(network.firms, 60.0))
    state.damage[0] = 0.3

    keeps_the_books(flows, state, 5, 0.8)
    calm = simulate_days(flows, Scenario(), 5, Ways(stock_days=60, tightness=0.8))

    np.testing.assert_allclose(calm.output, flows.output.sum(), rtol=1e-9)


def world_by_industry(shared: Path) -> Network:
    """1,435 industries of 41 regions; what the rounded table has below zero is left out."""
    path = shared / "data" / "wiod2013_io" / "wiot_2011.RData"
    as_it_is = {**DEFAULT_CLASS_MAP, "iot": lambda value, _: value}
    (table,) = rdata.read_rda(path, constructor_dict=as_it_is).values()
    flow = np.maximum(np.asarray(table["inter"], float), 0)
    final = np.maximum(np.asarray(table["final"], float).sum(axis=1), 0)
    has = (flow.sum(axis=0) + flow.sum(axis=1) + final) > 0
    flow, final = flow[np.ix_(has, has)], final[has]
    supplier, customer = np.nonzero(flow)
    return build_network(
        np.flatnonzero(has) % 35,
        (supplier, customer, flow[supplier, customer]),
        sectors=35,
        final_demand=final,
        own_use=True,
    )


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: simulate_days(TABLE, Scenario({7: 0.5}), 5),
        lambda: simulate_days(TABLE, Scenario(), 0),
        lambda: Scenario({0: 1.5}),
        lambda: PowerLimit((0,), -0.1),
        lambda: Stockpile((0,), 0),
        lambda: Subsidy((0,), 1.0, 1.0, 1.0),
        lambda: Ways(restock_days=0),
        lambda: derive_flows(build_network([0, 1], ([0], [1], [1.0]), sectors=2)),
    ],
)
def test_nonsense_is_refused(wrong) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputProblem):
        wrong()
