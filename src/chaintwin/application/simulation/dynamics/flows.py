"""The daily flows of a network, its stocks by link, and which stocks bind output."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from chaintwin.application.simulation.criticality import ESSENTIAL, Criticality
from chaintwin.application.simulation.network import Floats, Indices, Ints, Network, starts, sum_by
from chaintwin.kit.problems import InputProblem

_DAYS_A_YEAR = 365.0


class Flows(NamedTuple):
    """Daily flows before the shock, in the currency unit of the network.

    Links lie by customer, then supplying sector, then supplier: `use[k]` a day of link k. Firm j's
    links are `start[j]` to `start[j + 1]`, its groups (inputs of one sector) `group_start[j]` on,
    a group's links `link_start[g]` on; `binds[g]` tells whether output needs that group. Firm i
    sells on the links `sold[sold_start[i]]` on, and `final[i]` to final demand; `output` is all.
    """

    output: Floats
    final: Floats
    use: Floats
    start: Ints
    group_start: Ints
    link_start: Ints
    binds: Indices
    sold_start: Ints
    sold: Indices


def derive_flows(network: Network, criticality: Criticality | None = None) -> Flows:
    """Derive daily flows of a network of yearly ones.

    Without a criticality matrix every input binds (Inoue & Todo); with one, only essential inputs.
    Raises InputProblem where final demand is unknown or nobody has any.
    """
    demand = network.final_demand
    if demand is None or not demand.sum() > 0:
        raise InputProblem(
            "逐日推演需要营业收入或最终需求。请补充。",
            "Day by day simulation needs revenue or final demand of firms. Give one of them.",
        )
    sector = network.sector[network.supplier].astype(np.int64)
    order = np.lexsort((network.supplier, sector, network.customer))
    customer, supplier = network.customer[order], network.supplier[order]
    group = customer * np.int64(network.sectors) + sector[order]
    first = np.flatnonzero(np.concatenate([[True], group[1:] != group[:-1]]))
    owner = customer[first]
    binds = np.ones(len(first), np.int32)
    if criticality is not None:
        kind = criticality.matrix[sector[order][first], network.sector[owner]]
        binds = (kind == ESSENTIAL).astype(np.int32)
    use = network.volume[order] / _DAYS_A_YEAR
    final = demand / _DAYS_A_YEAR
    return Flows(
        final + sum_by(supplier, use, network.firms),
        final,
        use,
        starts(customer, network.firms),
        starts(owner, network.firms),
        np.append(first, len(group)).astype(np.int64),
        binds,
        starts(supplier, network.firms),
        np.argsort(supplier, kind="stable").astype(np.int32),
    )
