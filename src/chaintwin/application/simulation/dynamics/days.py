"""One day of a supply network: firms order, produce what they can, deliver, and use their stocks.

Orders, rationing and stocks follow Inoue & Todo 2019 (Nature Sustainability 2:841), capacity that
adapts and stocks that bind early follow ARIO (Hallegatte 2014, Risk Analysis 34:152).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from chaintwin.application.simulation.compiling import compiled
from chaintwin.application.simulation.dynamics.flows import Flows
from chaintwin.application.simulation.network import Floats

_ROUNDING = 1e-12


class State(NamedTuple):
    """What changes from day to day.

    `stock`, `order` (links,) of each input; `target` (firms,) in days; `produced`, `demand`,
    `served` (firms,) output, what was asked for, and what final demand got; `damage` and `stretch`
    (firms,): capacity is output before the shock × (1 - damage) × stretch × ceiling.
    """

    stock: Floats
    order: Floats
    target: Floats
    produced: Floats
    demand: Floats
    served: Floats
    damage: Floats
    stretch: Floats
    ceiling: Floats


def start_state(flows: Flows, stock_days: Floats) -> State:
    """Return the state of a network at rest that holds so many days of each input (firms,)."""
    firms = len(flows.output)
    days = np.repeat(stock_days, np.diff(flows.start))
    return State(
        flows.use * days,
        flows.use.copy(),
        stock_days.astype(np.float64),
        flows.output.copy(),
        flows.output.copy(),
        flows.final.copy(),
        np.zeros(firms),
        np.ones(firms),
        np.ones(firms),
    )


@compiled
def place_orders(flows: Flows, state: State, restock_days: float) -> None:
    """Let firms order what they used yesterday and part of what their stocks lack."""
    for firm in range(len(flows.output)):
        pace = state.produced[firm] / flows.output[firm] if flows.output[firm] > 0.0 else 0.0
        for link in range(flows.start[firm], flows.start[firm + 1]):
            lacks = flows.use[link] * state.target[firm] - state.stock[link]
            state.order[link] = max(flows.use[link] * pace + lacks / restock_days, 0.0)


@compiled
def most_by_stock(flows: Flows, state: State, firm: int, tightness: float) -> float:
    """Return the output that the stocks of inputs allow, in output before the shock (1: all)."""
    most = np.inf
    for group in range(flows.group_start[firm], flows.group_start[firm + 1]):
        if flows.binds[group] == 0:
            continue
        stock = use = 0.0
        for link in range(flows.link_start[group], flows.link_start[group + 1]):
            stock += state.stock[link]
            use += flows.use[link]
        most = min(most, stock / (use * max(tightness * state.target[firm], 1.0)))
    return most


@compiled
def produce(flows: Flows, state: State, tightness: float) -> None:
    """Let firms produce what is asked for, as far as capacity and stocks allow."""
    for firm in range(len(flows.output)):
        asked = flows.final[firm]
        for place in range(flows.sold_start[firm], flows.sold_start[firm + 1]):
            asked += state.order[flows.sold[place]]
        capacity = (1.0 - state.damage[firm]) * state.stretch[firm] * state.ceiling[firm]
        most = min(capacity, most_by_stock(flows, state, firm, tightness))
        state.demand[firm] = asked
        state.produced[firm] = min(asked, most * flows.output[firm])


@compiled
def use_stocks(flows: Flows, state: State) -> None:
    """Take out of the stocks what was produced with; suppliers of a sector stand in for another."""
    for firm in range(len(flows.output)):
        pace = state.produced[firm] / flows.output[firm] if flows.output[firm] > 0.0 else 0.0
        for group in range(flows.group_start[firm], flows.group_start[firm + 1]):
            stock = use = 0.0
            for link in range(flows.link_start[group], flows.link_start[group + 1]):
                stock += state.stock[link]
                use += flows.use[link]
            kept = max(1.0 - use * pace / stock, 0.0) if stock > 0.0 else 0.0
            for link in range(flows.link_start[group], flows.link_start[group + 1]):
                state.stock[link] *= kept


@compiled
def deliver(flows: Flows, state: State) -> None:
    """Deliver; where output is short, whoever orders least of his usual amount is served first."""
    for firm in range(len(flows.output)):
        level = serving_level(flows, state, firm)
        state.served[firm] = min(flows.final[firm], level * flows.final[firm])
        for place in range(flows.sold_start[firm], flows.sold_start[firm + 1]):
            link = flows.sold[place]
            state.stock[link] += min(state.order[link], level * flows.use[link])


@compiled
def serving_level(flows: Flows, state: State, firm: int) -> float:
    """Return the share of usual amounts up to which all are served: what they get is the output."""
    output = state.produced[firm]
    if output >= state.demand[firm] * (1.0 - _ROUNDING):
        return np.inf
    level = 0.0
    while True:
        # Those who order less than the level get it all; the others share what is left.
        left, usual = output, 0.0
        if flows.final[firm] > 0.0:
            if level > 1.0:
                left -= flows.final[firm]
            else:
                usual += flows.final[firm]
        for place in range(flows.sold_start[firm], flows.sold_start[firm + 1]):
            link = flows.sold[place]
            if state.order[link] < level * flows.use[link]:
                left -= state.order[link]
            else:
                usual += flows.use[link]
        following = left / usual if usual > 0.0 else level
        if following <= level * (1.0 + _ROUNDING):
            return level
        level = following


@compiled
def adapt(state: State, most_capacity: float, days: float) -> None:
    """Stretch the capacity of firms whose demand exceeds their output, relax that of others."""
    for firm in range(len(state.stretch)):
        is_short = state.produced[firm] < state.demand[firm] * (1.0 - _ROUNDING)
        aim = most_capacity if is_short else 1.0
        state.stretch[firm] += (aim - state.stretch[firm]) / days


@compiled
def pass_day(flows: Flows, state: State, ways: tuple[float, float, float, float]) -> None:
    """Let a day pass; `ways` is restock days, tightness, most capacity, adaptation days."""
    restock_days, tightness, most_capacity, adaptation_days = ways
    place_orders(flows, state, restock_days)
    produce(flows, state, tightness)
    use_stocks(flows, state)
    deliver(flows, state)
    adapt(state, most_capacity, adaptation_days)
