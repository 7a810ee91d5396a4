"""How far from rest a cascade can be once only small losses are left untold.

Let L be the losses reckoned, F the network's answer to losses, and every untold loss at most t.
If v ≥ 1 + M v, where M bounds how much more F answers when losses grow, then L + t v ≥ F(L + t v):
losses never rise above L + t v (F is monotone: Knaster–Tarski). So t Σ share v bounds the error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from chaintwin.application.simulation.cascade.production import NO_GROUP, Production
from chaintwin.application.simulation.network import Floats, Network, sum_by
from chaintwin.kit.problems import InputProblem

# As long as every sector keeps this share of its market, the bound beside it holds.
FLOORS = (0.9, 0.5)
_SPARE = 0.01
_MOST = 1e6
_PATIENCE = 200
_UP_PATIENCE = 20_000


class Bounds(NamedTuple):
    """`floors` and `spreads` (levels,): Σ share v downstream, inf where none is known.

    Upstream: `length` (firms,) is v, `reach` is Σ share (v - 1), `multiplier` (firms,) is the share
    of all output lost upstream, all told, for each unit of loss of a firm.
    """

    floors: Floats
    spreads: Floats
    length: Floats
    reach: float
    multiplier: Floats


def derive_bounds(network: Network, production: Production, substitution: bool) -> Bounds:
    """Derive the bounds of a network; raise InputProblem where losses upstream come to no rest."""
    _refuse_closed_circles(network)
    sales, share = production.sales, production.firms.share
    supplier, customer, part = network.supplier, network.customer, sales.part

    def lengthen(length: Floats) -> Floats:
        return 1.0 + sum_by(supplier, part * length[customer], network.firms)

    def multiply(multiplier: Floats) -> Floats:
        return share + sum_by(customer, part * multiplier[supplier], network.firms)

    # A millionth more than the limit makes sure of v ≥ 1 + D v whatever rounding did.
    length = _limit(lengthen, np.ones(network.firms)) * (1 + 1e-6)
    spreads = [_spread(network, production, floor) if substitution else np.inf for floor in FLOORS]
    return Bounds(
        np.array(FLOORS) + _SPARE,
        np.array(spreads),
        length,
        float(share @ (length - 1)),
        _limit(multiply, share),
    )


def _refuse_closed_circles(network: Network) -> None:
    demand = network.final_demand
    reaches = np.zeros(network.firms, bool) if demand is None else demand > 0
    while True:
        more = network.supplier[reaches[network.customer] & ~reaches[network.supplier]]
        if not len(more):
            break
        reaches[more] = True
    closed = np.flatnonzero(~reaches)
    if len(closed):
        raise InputProblem(
            f"{len(closed)} 家企业（如 #{closed[0]}）只在彼此之间买卖，没有任何最终需求："
            "其上游损失会无止境地累积。请补充它们的营业收入。",
            f"{len(closed)} firms (such as #{closed[0]}) trade among themselves alone and nothing "
            "reaches final demand: losses upstream would grow without end. Give their revenue.",
        )


def _limit(step: Callable[[Floats], Floats], values: Floats) -> Floats:
    for _ in range(_UP_PATIENCE):
        following = step(values)
        if np.abs(following - values).max() <= 1e-13 * following.max():
            return following
        values = following
    raise InputProblem(
        "最终需求在收入中占比过小，上游损失几乎不会停止累积。请核对营业收入。",
        "Final demand is so small a part of revenue that losses upstream hardly come to rest. "
        "Check the revenue of firms.",
    )


def _spread(network: Network, production: Production, floor: float) -> float:
    """Return Σ share v for downstream losses while every market keeps `floor`; inf: none found.

    A firm's loss l counts l · min(x / a, 1), x its market share and a what is left of the market.
    When losses grow by d, that grows by at most min(1, x / floor) d of its own, and, since l x is
    at most 1 - a, by min(x, 1 - floor) / floor² times the market's mean d.
    """
    firms, supply = production.firms, production.supply
    weight = firms.output / firms.market[firms.sector]
    own = np.minimum(1.0, weight / floor)
    others = np.where(weight >= 1, 0.0, np.minimum(weight, 1 - floor) / floor**2)
    supplier = np.repeat(np.arange(network.firms), np.diff(supply.start))
    bound, free = supply.group != NO_GROUP, supply.group == NO_GROUP
    holders = np.flatnonzero(np.diff(supply.group_start))

    def answer(values: Floats) -> Floats:
        market = sum_by(firms.sector, weight * values, len(firms.market))
        told = supply.part * (own * values + others * market[firms.sector])[supplier]
        worst = sum_by(supply.customer[free], told[free], network.firms)
        groups = sum_by(supply.group[bound], told[bound], supply.group_start[-1])
        if len(holders):
            most = np.maximum.reduceat(groups, supply.group_start[holders])
            worst[holders] = np.maximum(worst[holders], most)
        worst += 1.0
        return worst.clip(max=_MOST)

    values = np.full(network.firms, _MOST)
    for _ in range(_PATIENCE):
        following = answer(values)
        if (values - following).max() <= 1e-3:
            break
        values = following
    return np.inf if following.max() >= _MOST else float(firms.share @ following)
