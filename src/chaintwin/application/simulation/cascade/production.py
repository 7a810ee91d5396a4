"""The generalised Leontief production function of every firm, as arrays over links.

A firm's output is the least of: for every sector of essential inputs, the share of that sector's
volume that still arrives; and one less the share (of all inputs) of noticed inputs that is missing.
Upstream, a supplier loses the share of its output that its customers no longer buy.
Diem, Borsos, Reisch, Kertesz, Thurner 2022, Sci. Rep. 12:7719, equations 2 to 6.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from chaintwin.application.simulation.cascade.rules import Rules
from chaintwin.application.simulation.criticality import ESSENTIAL, NEGLIGIBLE, Criticality
from chaintwin.application.simulation.network import Floats, Indices, Ints, Network, starts, sum_by
from chaintwin.kit.problems import InputProblem

NO_GROUP = -1


class Firms(NamedTuple):
    """Per firm: sector, output, share of all output; per sector: output of the market."""

    sector: Indices
    output: Floats
    share: Floats
    market: Floats


class Supply(NamedTuple):
    """Links that matter downstream, by supplier.

    Link e reaches `customer[e]`; `part[e]` is its part of the essential group `group[e]` (the
    customer's inputs of one sector), or of all inputs where group is NO_GROUP. Groups lie together
    by customer: those of j are `group_start[j]` to `group_start[j + 1]`.
    """

    start: Ints
    customer: Indices
    group: Indices
    part: Floats
    group_start: Ints


class Inputs(NamedTuple):
    """The links of `Supply` by customer: noticed inputs, and the members of essential groups."""

    free_start: Ints
    free_supplier: Indices
    free_part: Floats
    group_start: Ints
    member_start: Ints
    member_supplier: Indices
    member_part: Floats


class Demand(NamedTuple):
    """Links by customer, for what is lost upstream: `part[e]` of the output of `supplier[e]`."""

    start: Ints
    supplier: Indices
    part: Floats


class Sales(NamedTuple):
    """The same links by supplier; `pull[j]` is what the loss of j costs its suppliers, by share."""

    start: Ints
    customer: Indices
    part: Floats
    pull: Floats


@dataclass(frozen=True, slots=True)
class Production:
    """All that a cascade needs to know of a network."""

    firms: Firms
    supply: Supply
    inputs: Inputs
    demand: Demand
    sales: Sales


def derive_production(network: Network, criticality: Criticality, rules: Rules) -> Production:
    """Derive every firm's production function.

    Raises InputProblem where nothing is sold at all, where the matrix has fewer sectors than the
    network, and, unless the rules repeat the published program, where final demand is unknown or a
    firm has no revenue.
    """
    output = _output(network, rules)
    if network.sectors > len(criticality.codes):
        raise InputProblem(
            f"网络有 {network.sectors} 个行业，关键度矩阵只有 {len(criticality.codes)} 个。"
            "请换用完整的矩阵。",
            f"The network has {network.sectors} sectors, the criticality matrix only "
            f"{len(criticality.codes)}. Use a complete matrix.",
        )
    firms = Firms(
        network.sector,
        output,
        output / output.sum(),
        sum_by(network.sector, output, network.sectors),
    )
    supply = _supply(network, criticality)
    demand, sales = _demand(network, output), _sales(network, firms)
    return Production(firms, supply, _inputs(supply, network.firms), demand, sales)


def _output(network: Network, rules: Rules) -> Floats:
    sales = network.sales
    if not sales.sum() > 0:
        raise InputProblem(
            "网络内没有任何销售，无从推演级联。请补充供应关系及金额。",
            "Nothing is sold inside the network: there is no cascade. Give links with volumes.",
        )
    if rules.is_parity:
        return sales
    if network.final_demand is None:
        raise InputProblem(
            "不动点模式需要每家企业的营业收入或最终需求；只有内部销售时上游损失没有有意义的不动点。"
            "请补充收入，或改用 diem2022 对照模式。",
            "Fixed-point mode needs revenue or final demand of every firm: with inside sales alone "
            "losses upstream have no meaningful fixed point. Give revenue, or use mode diem2022.",
        )
    output: Floats = sales + network.final_demand
    idle = np.flatnonzero(output <= 0)
    if len(idle):
        raise InputProblem(
            f"{len(idle)} 家企业的营业收入为 0（如 #{idle[0]}）。没有产出就谈不上产出损失，"
            "请补上收入或移出网络。",
            f"{len(idle)} firms have no revenue (such as #{idle[0]}). A firm without output has "
            "none to lose: give its revenue or take it out of the network.",
        )
    return output


def _supply(network: Network, criticality: Criticality) -> Supply:
    firms = network.firms
    kind = criticality.matrix[network.sector[network.supplier], network.sector[network.customer]]
    kept = kind != NEGLIGIBLE
    supplier, customer = network.supplier[kept], network.customer[kept]
    volume, is_essential = network.volume[kept], kind[kept] == ESSENTIAL
    of_sector = customer.astype(np.int64) * network.sectors + network.sector[supplier]
    names, place = np.unique(of_sector[is_essential], return_inverse=True)
    whole = sum_by(place, volume[is_essential], len(names))
    group = np.full(len(supplier), NO_GROUP, np.int32)
    group[is_essential] = place
    bought = network.purchases[customer]
    bought[is_essential] = whole[place]
    return Supply(
        starts(supplier, firms),
        customer,
        group,
        volume / bought,
        starts(names // network.sectors, firms),
    )


def _inputs(supply: Supply, firms: int) -> Inputs:
    supplier = np.repeat(np.arange(firms, dtype=np.int32), np.diff(supply.start))
    free = np.flatnonzero(supply.group == NO_GROUP)
    free = free[np.argsort(supply.customer[free], kind="stable")]
    bound = np.flatnonzero(supply.group != NO_GROUP)
    bound = bound[np.argsort(supply.group[bound], kind="stable")]
    return Inputs(
        starts(supply.customer[free], firms),
        supplier[free],
        supply.part[free],
        supply.group_start,
        starts(supply.group[bound], int(supply.group_start[-1])),
        supplier[bound],
        supply.part[bound],
    )


def _demand(network: Network, output: Floats) -> Demand:
    order = np.lexsort((network.supplier, network.customer))
    supplier = network.supplier[order]
    return Demand(
        starts(network.customer, network.firms),
        supplier,
        network.volume[order] / output[supplier],
    )


def _sales(network: Network, firms: Firms) -> Sales:
    part = network.volume / firms.output[network.supplier]
    pull = sum_by(network.customer, firms.share[network.supplier] * part, network.firms)
    return Sales(starts(network.supplier, network.firms), network.customer, part, pull)
