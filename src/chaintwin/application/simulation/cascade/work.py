"""The arrays in which one thread reckons cascades, clean again after each."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from chaintwin.application.simulation.cascade.production import Firms, Production, Supply
from chaintwin.application.simulation.compiling import compiled
from chaintwin.application.simulation.network import Floats, Indices

Flags = NDArray[np.bool_]


class Marked(NamedTuple):
    """A set of firms: which, and whether a firm is one of them."""

    firms: Indices
    has: Flags


class Down(NamedTuple):
    """What is lost downstream.

    `loss` (firms,) is the share of output lost, `told` the part of it that customers know of, after
    substitution; `short` (groups,) what is missing of an essential group, `worst` (firms,) the most
    of these, `linear` (firms,) what is missing of noticed inputs; `left` (sectors,) what the market
    still makes. `hit` lists firms with a loss, `reached` those told of one, `fresh` those told now.
    """

    loss: Floats
    told: Floats
    short: Floats
    worst: Floats
    linear: Floats
    left: Floats
    hit: Marked
    reached: Marked
    fresh: Marked


class Up(NamedTuple):
    """What is lost upstream: `loss` (firms,), demand `missing`, what suppliers were `told`.

    `hit` lists firms with a loss, `fresh` those whose demand fell now, `turn` those next to tell
    their suppliers, `step` (firms,) by how much each lost more; `spare` (firms,) is kept zero.
    """

    loss: Floats
    missing: Floats
    told: Floats
    step: Floats
    spare: Floats
    hit: Marked
    fresh: Marked
    turn: Indices


class Work(NamedTuple):
    """All arrays of one thread; `shock` (firms,) is what firms lose from the start."""

    shock: Floats
    down: Down
    up: Up


def make_work(production: Production) -> Work:
    """Return arrays for a network without any loss."""
    firms = len(production.firms.output)
    groups = int(production.supply.group_start[-1])
    down = Down(
        np.zeros(firms),
        np.zeros(firms),
        np.zeros(groups),
        np.zeros(firms),
        np.zeros(firms),
        production.firms.market.copy(),
        _marked(firms),
        _marked(firms),
        _marked(firms),
    )
    up = Up(
        np.zeros(firms),
        np.zeros(firms),
        np.zeros(firms),
        np.zeros(firms),
        np.zeros(firms),
        _marked(firms),
        _marked(firms),
        np.zeros(firms, np.int32),
    )
    return Work(np.zeros(firms), down, up)


def _marked(firms: int) -> Marked:
    return Marked(np.zeros(firms, np.int32), np.zeros(firms, np.bool_))


@compiled
def add(marked: Marked, count: int, firm: int) -> int:
    """Add a firm to a set of `count` firms unless it is there; return the new count."""
    if marked.has[firm]:
        return count
    marked.has[firm] = True
    marked.firms[count] = firm
    return count + 1


@compiled
def clean(firms: Firms, supply: Supply, work: Work, hit: int, reached: int, up_hit: int) -> None:
    """Make the arrays clean again after a cascade with so many firms in its sets."""
    down, up = work.down, work.up
    for place in range(hit):
        firm = down.hit.firms[place]
        down.hit.has[firm] = False
        down.loss[firm] = 0.0
        down.told[firm] = 0.0
        down.left[firms.sector[firm]] = firms.market[firms.sector[firm]]
    for place in range(reached):
        firm = down.reached.firms[place]
        down.reached.has[firm] = False
        down.worst[firm] = 0.0
        down.linear[firm] = 0.0
        down.short[supply.group_start[firm] : supply.group_start[firm + 1]] = 0.0
    for place in range(up_hit):
        firm = up.hit.firms[place]
        up.hit.has[firm] = False
        up.loss[firm] = 0.0
        up.missing[firm] = 0.0
        up.told[firm] = 0.0
