"""Supply networks of 100,000 firms, drawn with a seed: one of even size, one with giants."""

from __future__ import annotations

import numpy as np

from chaintwin.application.simulation.criticality import Criticality
from chaintwin.application.simulation.network import Network, build_network

SECTORS = 616


def truncated(seed: int, firms: int = 100_000) -> Network:
    """Sales links by a truncated power law, 8 a firm; customers even; volumes even."""
    rng = np.random.default_rng(seed)
    weight = np.minimum(rng.pareto(2.5, firms) + 1, 1000)
    return _drawn(rng, (weight, np.ones(firms)), 8, rng.random)


def heavy_tailed(seed: int, firms: int = 100_000, *, world: float = 0.0) -> Network:
    """Sales and purchases by a power law without end, 12 a firm; lognormal volumes.

    `world`: the share of each firm's revenue that comes from final demand; firms that sell nothing
    inside have little.
    """
    rng = np.random.default_rng(seed)
    sells = rng.pareto(1.3, firms) + 1
    buys = sells**0.7 * rng.lognormal(0, 0.3, firms)
    found = _drawn(rng, (sells, buys), 12.3, lambda links: rng.lognormal(0.7, 1.56, links))
    if world == 0:
        return found
    sales = found.sales
    demand = np.maximum(sales, sales.mean() / 100) * world / (1 - world)
    ends = (found.supplier, found.customer, found.volume)
    return build_network(found.sector, ends, sectors=SECTORS, final_demand=demand)


def _drawn(rng, weights, degree: float, volumes) -> Network:  # type: ignore[no-untyped-def]
    firms = len(weights[0])
    ends = [
        rng.choice(firms, round(degree * firms * 1.02), p=weight / weight.sum())
        for weight in weights
    ]
    pairs = np.unique(ends[0].astype(np.int64) * firms + ends[1])
    supplier, customer = pairs // firms, pairs % firms
    kept = supplier != customer
    supplier, customer = supplier[kept], customer[kept]
    linked, place = np.unique(np.concatenate([supplier, customer]), return_inverse=True)
    return build_network(
        rng.integers(0, SECTORS, len(linked)),
        (place[: len(supplier)], place[len(supplier) :], volumes(len(supplier))),
        sectors=SECTORS,
    )


def drawn_criticality(seed: int) -> Criticality:
    """Inputs as often essential, noticed and negligible as in the analysts' survey (616²)."""
    rng = np.random.default_rng(seed)
    matrix = rng.choice([2, 1, 0], (SECTORS, SECTORS), p=[0.172, 0.119, 0.709]).astype(np.int8)
    return Criticality(tuple(map(str, range(SECTORS))), matrix)
