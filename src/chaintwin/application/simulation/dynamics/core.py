"""What a scenario costs day by day, and what policy changes of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chaintwin.application.simulation.dynamics.days import State, pass_day, start_state
from chaintwin.application.simulation.dynamics.flows import Flows
from chaintwin.application.simulation.dynamics.levers import Scenario, Subsidy, Ways
from chaintwin.application.simulation.network import Floats
from chaintwin.kit.problems import InputProblem

_LONGEST_DAYS = 3650


@dataclass(frozen=True, slots=True)
class Course:
    """What happened, in the network's currency unit.

    `output` and `served` (days,): all that was produced, and what final demand got, each day;
    `lost` (firms,) each firm's output below its usual one, summed over the days; `lowest` (firms,)
    the smallest share of its usual output; `spent` (subsidies,) of each subsidy's cap.
    """

    output: Floats
    served: Floats
    lost: Floats
    lowest: Floats
    spent: Floats
    state: State


def simulate_days(flows: Flows, scenario: Scenario, days: int, ways: Ways | None = None) -> Course:
    """Let a scenario run for so many days; same inputs, same course.

    Raises InputProblem for firms that are not there and for no days or more than ten years.
    """
    if not 1 <= days <= _LONGEST_DAYS:
        raise InputProblem(
            f"推演天数应在 1 与 {_LONGEST_DAYS} 之间，得到 {days}。",
            f"Simulate 1 to {_LONGEST_DAYS} days; {days} asked for.",
        )
    scenario.check(len(flows.output))
    chosen = Ways() if ways is None else ways
    state = start_state(flows, _stock_days(flows, scenario, chosen))
    for firm, share in scenario.damage.items():
        state.damage[firm] = share
    return _run(flows, scenario, days, chosen, state)


def _run(flows: Flows, scenario: Scenario, days: int, ways: Ways, state: State) -> Course:
    behaviour = (ways.restock_days, ways.tightness, ways.most_capacity, ways.adaptation_days)
    output, served = np.zeros(days), np.zeros(days)
    lost, lowest = np.zeros(len(flows.output)), np.ones(len(flows.output))
    spent = np.zeros(len(scenario.subsidies))
    usual = np.where(flows.output > 0, flows.output, 1.0)
    for day in range(days):
        _limit_power(state, scenario, day)
        pass_day(flows, state, behaviour)
        output[day], served[day] = state.produced.sum(), state.served.sum()
        lost += flows.output - state.produced
        np.minimum(lowest, np.where(flows.output > 0, state.produced / usual, 1.0), out=lowest)
        if day + 1 >= ways.recovery_wait:
            _heal(flows, state, scenario.subsidies, ways.recovery_days, spent)
    return Course(output, served, lost, lowest, spent, state)


def _stock_days(flows: Flows, scenario: Scenario, ways: Ways) -> Floats:
    days = np.full(len(flows.output), ways.stock_days)
    for stockpile in scenario.stockpiles:
        days[list(stockpile.firms)] += stockpile.more_days
    return days


def _limit_power(state: State, scenario: Scenario, day: int) -> None:
    state.ceiling[:] = 1.0
    for limit in scenario.power_limits:
        if limit.first_day <= day <= limit.last_day:
            firms = list(limit.firms)
            state.ceiling[firms] = np.minimum(state.ceiling[firms], limit.share)


def _heal(
    flows: Flows, state: State, subsidies: tuple[Subsidy, ...], days: float, spent: Floats
) -> None:
    """Heal part of the damage; a subsidy adds to that, firm after firm, until it is spent."""
    damage = state.damage.copy()
    state.damage[:] = damage * (1 - 1 / days)
    for number, subsidy in enumerate(subsidies):
        firms = np.array(subsidy.firms, np.int64)
        more = np.minimum(damage[firms] * (subsidy.faster - 1) / days, state.damage[firms])
        cost = more * flows.output[firms] * subsidy.price
        before = spent[number] + np.concatenate([[0.0], np.cumsum(cost)[:-1]])
        paid = np.clip(subsidy.cap - before, 0, cost)
        state.damage[firms] -= np.where(cost > 0, more * paid / np.where(cost > 0, cost, 1), 0)
        spent[number] += paid.sum()
