"""The cascade once more, written straight from the paper over dense matrices: slow and plain."""

from __future__ import annotations

import numpy as np

from chaintwin.application.simulation.criticality import Criticality
from chaintwin.application.simulation.network import Floats, Network, build_network

ROUNDS = 200_000


def loss_at_rest(
    network: Network, criticality: Criticality, shock: dict[int, float], substitution: bool
) -> tuple[float, float, float]:
    """Return what is lost of all output once nothing changes: both ways, downstream, upstream."""
    size = network.firms
    flow = np.zeros((size, size))
    flow[network.supplier, network.customer] = network.volume
    assert network.final_demand is not None
    output = flow.sum(axis=1) + network.final_demand
    first = np.zeros(size)
    for firm, loss in shock.items():
        first[firm] = loss
    kind = criticality.matrix[np.ix_(network.sector, network.sector)]
    down = _rest(first, lambda loss: _missing(loss, network, flow, kind, output, substitution))
    up = _rest(first, lambda loss: flow @ loss / output)
    share = output / output.sum()
    return float(share @ np.maximum(down, up)), float(share @ down), float(share @ up)


def _rest(first: Floats, answer) -> Floats:  # type: ignore[no-untyped-def]
    loss = first
    for _ in range(ROUNDS):
        following = np.minimum(np.maximum(answer(loss), first), 1.0)
        if np.abs(following - loss).max() < 1e-15:
            return following
        loss = following
    raise AssertionError("no rest")


def _missing(
    loss: Floats, network: Network, flow: Floats, kind: Floats, output: Floats, substitution: bool
) -> Floats:
    told = loss.copy()
    if substitution:
        left = np.bincount(network.sector, output * (1 - loss), network.sectors)[network.sector]
        told *= np.minimum(output / np.maximum(left, 1e-300), 1)
    bought = flow.sum(axis=0)
    noticed = np.where(kind == 1, flow, 0).T @ told / np.maximum(bought, 1e-300)
    worst = noticed
    for sector in range(network.sectors):
        inputs = np.where((kind == 2) & (network.sector == sector)[:, None], flow, 0)
        whole = inputs.sum(axis=0)
        worst = np.maximum(worst, inputs.T @ told / np.where(whole > 0, whole, 1))
    return worst


def draw_network(seed: int, firms: int, sectors: int) -> tuple[Network, Criticality]:
    """Draw a network in which every firm sells something to final demand."""
    rng = np.random.default_rng(seed)
    pairs = rng.integers(0, firms, (3 * firms, 2))
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    network = build_network(
        rng.integers(0, sectors, firms),
        (pairs[:, 0], pairs[:, 1], rng.lognormal(0, 1.5, len(pairs))),
        sectors=sectors,
        final_demand=rng.lognormal(0, 1, firms) + 0.05,
    )
    matrix = rng.choice([0, 1, 2], (sectors, sectors), p=[0.4, 0.3, 0.3]).astype(np.int8)
    return network, Criticality(tuple(str(number) for number in range(sectors)), matrix)


def published_rounds(
    network: Network, criticality: Criticality, firm: int, eps: float
) -> tuple[float, float, float, int]:
    """Return what the published program's rounds come to: both ways, down, up, rounds."""
    size, supplier, customer = network.firms, network.supplier, network.customer
    sales, bought = network.sales, network.purchases
    kind = criticality.matrix[network.sector[supplier], network.sector[customer]]
    names, group = np.unique(
        customer.astype(int) * network.sectors + network.sector[supplier], return_inverse=True
    )
    essential = np.where(kind == 2, network.volume, 0)
    whole = np.bincount(group, essential, len(names))
    part = np.where(kind == 2, essential / np.where(whole > 0, whole, 1)[group], 0)
    noticed = np.where(kind == 1, network.volume / bought[customer], 0)
    sold = network.volume / sales[supplier]
    down, rounds = np.zeros(size), 0
    down[firm] = 1
    up = down
    while True:
        left = np.bincount(network.sector, sales * (1 - down), network.sectors)
        left = np.where(left <= 1e-10, 1, left)[network.sector]
        told = (down * np.minimum(sales / left, 1))[supplier]
        worst = np.bincount(customer, noticed * told, size)
        np.maximum.at(worst, names // network.sectors, np.bincount(group, part * told, len(names)))
        less = np.bincount(supplier, sold * up[customer], size)
        worst[firm] = less[firm] = 1
        change = max(np.abs(worst - down).max(), np.abs(less - up).max())
        down, up, rounds = worst, less, rounds + 1
        if change <= eps:
            share = sales / sales.sum()
            both = share @ np.maximum(down, up)
            return float(both), float(share @ down), float(share @ up), rounds
