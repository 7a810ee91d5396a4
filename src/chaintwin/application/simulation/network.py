"""A supply network as arrays: firms, their sectors, and what they sell to one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from chaintwin.application.simulation import checking

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Indices: TypeAlias = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Network:
    """Firms and the yearly flows between them, all in one currency unit.

    `sector` (firms,) numbers each firm's sector below `sectors`. Link k runs from `supplier[k]` to
    `customer[k]` and carries `volume[k]` > 0; links are sorted by supplier, then customer, and each
    pair stands once. `final_demand` (firms,) is what a firm sells outside; None: unknown.
    """

    sector: Indices
    sectors: int
    supplier: Indices
    customer: Indices
    volume: Floats
    final_demand: Floats | None = None

    @property
    def firms(self) -> int:
        """Count the firms."""
        return len(self.sector)

    @property
    def links(self) -> int:
        """Count the links."""
        return len(self.volume)

    @property
    def sales(self) -> Floats:
        """Return what each firm sells inside the network."""
        return sum_by(self.supplier, self.volume, self.firms)

    @property
    def purchases(self) -> Floats:
        """Return what each firm buys inside the network."""
        return sum_by(self.customer, self.volume, self.firms)


def build_network(
    sector: ArrayLike,
    links: tuple[ArrayLike, ArrayLike, ArrayLike],
    *,
    sectors: int,
    final_demand: ArrayLike | None = None,
    revenue: ArrayLike | None = None,
    names: Sequence[str] | None = None,
    own_use: bool = False,
) -> Network:
    """Check and sort what is known of a supply network; `links` is suppliers, customers, volumes.

    Several links of one pair add up; links of volume 0 carry nothing and are left out. `revenue`
    (firms,) may be given instead of `final_demand`: what is not sold inside is sold outside.
    `own_use`: the firms are whole industries, which also buy from themselves.
    Raises InputProblem, naming firms by `names` or number, for fewer than two firms, an unknown
    sector or firm, a firm that supplies itself, negative or non-finite amounts, a firm with neither
    links nor revenue, and revenue below a firm's sales.
    """
    label = checking.Label(names)
    kinds = checking.sector_numbers(sector, sectors, label)
    supplier, customer, volume = checking.flows(links, len(kinds), label)
    if not own_use:
        checking.no_loops(supplier, customer, label)
    network = _sorted(kinds, sectors, supplier, customer, volume)
    demand = _final_demand(network, final_demand, revenue, label)
    checking.connected(network.sales + network.purchases, demand, label)
    return Network(
        network.sector, sectors, network.supplier, network.customer, network.volume, demand
    )


def _sorted(
    sector: Indices, sectors: int, supplier: Ints, customer: Ints, volume: Floats
) -> Network:
    pairs, place = np.unique(supplier * len(sector) + customer, return_inverse=True)
    return Network(
        sector,
        sectors,
        (pairs // len(sector)).astype(np.int32),
        (pairs % len(sector)).astype(np.int32),
        sum_by(place, volume, len(pairs)),
    )


def _final_demand(
    network: Network,
    final_demand: ArrayLike | None,
    revenue: ArrayLike | None,
    label: checking.Label,
) -> Floats | None:
    if revenue is None:
        return (
            None
            if final_demand is None
            else checking.amounts(final_demand, network.firms, label, "最终需求", "final demand")
        )
    checking.only_one(final_demand)
    whole = checking.amounts(revenue, network.firms, label, "营业收入", "revenue")
    return checking.remainder(whole, network.sales, label)


def sum_by(group: NDArray[Any], weights: Floats, groups: int) -> Floats:
    """Add up weights by group number; a group without members has 0."""
    return np.bincount(group, weights, groups).astype(np.float64, copy=False)


def starts(group: NDArray[Any], groups: int) -> Ints:
    """Return where each group begins in an array sorted by group, and the end (groups + 1,)."""
    counts = np.bincount(group, minlength=groups)
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])
