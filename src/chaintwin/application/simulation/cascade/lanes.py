"""Eight cascades side by side over every link: for those that have reached most of a network.

Telling only what changed pays while little has changed. Beyond that it is cheaper to follow every
link in order, and to let eight scenarios share the reading of it: their losses fill a cache line.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from chaintwin.application.simulation.cascade.bounds import Bounds
from chaintwin.application.simulation.cascade.production import Firms, Inputs, Production, Sales
from chaintwin.application.simulation.cascade.work import Work
from chaintwin.application.simulation.compiling import compiled
from chaintwin.application.simulation.network import Floats, Ints

WIDTH = 8
FREE = -1
# While more scenarios wait, the lanes that have come so far go on with new ones beside them.
_ALMOST_ALL = 6
# A scenario goes on here once it has followed this share of all links one by one.
SHARE = 0.04
_EMPTY = 1e-10
_REST = 1e-14
_MOST_ROUNDS = 400
_GRAIN = 1e-14
_TOLD_ALL = 1e-9

Cells = NDArray[np.float64]


class Lanes(NamedTuple):
    """Losses of eight scenarios, (firms, 8): now and in the round before; what customers are told.

    `shock` is what is lost from the start, `left` (sectors, 8) what the market still makes.
    `scenario` and `rounds` (8,) tell which scenario a lane reckons (FREE: none) and how many rounds
    it has had, `alone` (8,) which firm fails where it is one.
    """

    down: Cells
    up: Cells
    last_down: Cells
    last_up: Cells
    told: Cells
    shock: Cells
    left: Cells
    scenario: Ints
    rounds: Ints
    alone: Ints


def make_lanes(production: Production) -> Lanes:
    """Return empty lanes for a network."""
    firms, sectors = len(production.firms.output), len(production.firms.market)
    down, up, last_down, last_up, told, shock = (np.zeros((firms, WIDTH)) for _ in range(6))
    scenario, rounds, alone = (np.full(WIDTH, FREE, np.int64) for _ in range(3))
    left = np.zeros((sectors, WIDTH))
    return Lanes(down, up, last_down, last_up, told, shock, left, scenario, rounds, alone)


@compiled
def load_lane(lanes: Lanes, work: Work, sizes: tuple[int, int], who: tuple[int, int, int]) -> None:
    """Hand a scenario over to a free lane; `who`: scenario, rounds so far, the firm that fails."""
    hit, up_hit = sizes
    lane = 0
    while lanes.scenario[lane] != FREE:
        lane += 1
    for place in range(hit):
        firm = work.down.hit.firms[place]
        lanes.down[firm, lane] = work.down.loss[firm]
        lanes.shock[firm, lane] = work.shock[firm]
    for place in range(up_hit):
        firm = work.up.hit.firms[place]
        lanes.up[firm, lane] = work.up.loss[firm]
    lanes.scenario[lane], lanes.rounds[lane], lanes.alone[lane] = who


@compiled
def free_lane(lanes: Lanes, lane: int) -> None:
    """Make a lane empty again."""
    for firm in range(len(lanes.up)):
        lanes.down[firm, lane] = 0.0
        lanes.up[firm, lane] = 0.0
        lanes.shock[firm, lane] = 0.0
    lanes.scenario[lane] = FREE


@compiled
def lanes_free(lanes: Lanes) -> int:
    """Count the lanes that reckon nothing."""
    free = 0
    for lane in range(WIDTH):
        if lanes.scenario[lane] == FREE:
            free += 1
    return free


@compiled
def tell_in_lanes(firms: Firms, lanes: Lanes, substitution: bool, is_parity: bool) -> None:
    """Reckon what customers are told of each loss, after what the market makes good."""
    lanes.left[:] = 0.0
    for firm in range(len(firms.output)):
        sector = firms.sector[firm]
        for lane in range(WIDTH):
            lanes.left[sector, lane] += firms.output[firm] * (1.0 - lanes.down[firm, lane])
    for sector in range(len(firms.market)):
        for lane in range(WIDTH):
            if lanes.left[sector, lane] < _REST * firms.market[sector]:
                lanes.left[sector, lane] = 0.0
            if is_parity and lanes.left[sector, lane] <= _EMPTY:
                lanes.left[sector, lane] = 1.0
    for firm in range(len(firms.output)):
        sector, output = firms.sector[firm], firms.output[firm]
        for lane in range(WIDTH):
            loss, left = lanes.down[firm, lane], lanes.left[sector, lane]
            is_part = substitution and output < left
            lanes.told[firm, lane] = loss * output / left if is_part else loss


@compiled
def pull_down(firms: Firms, inputs: Inputs, lanes: Lanes) -> None:
    """Let every firm produce what its suppliers' losses leave it."""
    lanes.last_down[:] = lanes.down
    sum_ = np.zeros(WIDTH)
    most = np.zeros(WIDTH)
    for firm in range(len(firms.output)):
        most[:] = 0.0
        for link in range(inputs.free_start[firm], inputs.free_start[firm + 1]):
            supplier, part = inputs.free_supplier[link], inputs.free_part[link]
            for lane in range(WIDTH):
                most[lane] += part * lanes.told[supplier, lane]
        for group in range(inputs.group_start[firm], inputs.group_start[firm + 1]):
            sum_[:] = 0.0
            for link in range(inputs.member_start[group], inputs.member_start[group + 1]):
                supplier, part = inputs.member_supplier[link], inputs.member_part[link]
                for lane in range(WIDTH):
                    sum_[lane] += part * lanes.told[supplier, lane]
            for lane in range(WIDTH):
                most[lane] = max(most[lane], sum_[lane])
        for lane in range(WIDTH):
            lanes.down[firm, lane] = min(max(most[lane], lanes.shock[firm, lane]), 1.0)


@compiled
def pull_up(sales: Sales, lanes: Lanes) -> None:
    """Let every firm produce what its customers' losses leave it to sell."""
    lanes.last_up[:] = lanes.up
    sum_ = np.zeros(WIDTH)
    for firm in range(len(sales.start) - 1):
        sum_[:] = 0.0
        for link in range(sales.start[firm], sales.start[firm + 1]):
            customer, part = sales.customer[link], sales.part[link]
            for lane in range(WIDTH):
                sum_[lane] += part * lanes.last_up[customer, lane]
        for lane in range(WIDTH):
            lanes.up[firm, lane] = min(max(sum_[lane], lanes.shock[firm, lane]), 1.0)


@compiled
def most_changed(now: Cells, last: Cells) -> Floats:
    """Return by how much any firm's loss changed in each lane."""
    most = np.zeros(WIDTH)
    for firm in range(len(now)):
        for lane in range(WIDTH):
            most[lane] = max(most[lane], abs(now[firm, lane] - last[firm, lane]))
    return most


@compiled
def measure_lane(firms: Firms, lanes: Lanes, lane: int) -> tuple[float, float, float]:
    """Return the share of all output lost: the worse of both ways, downstream, upstream."""
    both = downstream = upstream = 0.0
    for firm in range(len(firms.share)):
        share, down, up = firms.share[firm], lanes.down[firm, lane], lanes.up[firm, lane]
        downstream += share * down
        upstream += share * up
        both += share * max(down, up)
    return both, downstream, upstream


@compiled
def run_lanes(
    firms: Firms,
    inputs: Inputs,
    sales: Sales,
    lanes: Lanes,
    eps: float,
    substitution: bool,
    is_end: bool,
    found: Floats,
) -> None:
    """Go on with the rounds until most lanes had their last one; all of them at the end."""
    enough = WIDTH if is_end else _ALMOST_ALL
    while lanes_free(lanes) < enough:
        tell_in_lanes(firms, lanes, substitution, True)
        pull_down(firms, inputs, lanes)
        pull_up(sales, lanes)
        down, up = most_changed(lanes.down, lanes.last_down), most_changed(lanes.up, lanes.last_up)
        for lane in range(WIDTH):
            lanes.rounds[lane] += 1
            row = lanes.scenario[lane]
            if row != FREE and max(down[lane], up[lane]) <= eps:
                found[row, 0], found[row, 1], found[row, 2] = measure_lane(firms, lanes, lane)
                found[row, 3] = lanes.rounds[lane]
                free_lane(lanes, lane)


@compiled
def least_left_in_lane(firms: Firms, lanes: Lanes, lane: int) -> float:
    """Return the smallest share of its market that any sector still makes."""
    least = 1.0
    for sector in range(len(firms.market)):
        if firms.market[sector] > 0.0:
            least = min(least, lanes.left[sector, lane] / firms.market[sector])
    return least


@compiled
def bought_less_in_lane(sales: Sales, lanes: Lanes, lane: int) -> float:
    """Return the share of its output that the failing firm would no longer sell anyway."""
    total = 0.0
    firm = lanes.alone[lane]
    for link in range(sales.start[firm], sales.start[firm + 1]):
        total += sales.part[link] * lanes.up[sales.customer[link], lane]
    return total


@compiled
def add_missing(firms: Firms, sales: Sales, lanes: Lanes, bounds: Bounds) -> None:
    """Spread what the known total of losses upstream still lacks over all firms.

    Far from the failing firm losses resemble `length`, so this leaves little to be found out.
    """
    lacks = np.zeros(WIDTH)
    for lane in range(WIDTH):
        back = bought_less_in_lane(sales, lanes, lane)
        if lanes.scenario[lane] != FREE:
            lacks[lane] = bounds.multiplier[lanes.alone[lane]] * (1.0 - back)
    for firm in range(len(firms.share)):
        for lane in range(WIDTH):
            lacks[lane] -= firms.share[firm] * lanes.up[firm, lane]
    for firm in range(len(firms.share)):
        alike = (bounds.length[firm] - 1.0) / bounds.reach
        for lane in range(WIDTH):
            more = lanes.up[firm, lane] + lacks[lane] * alike
            lanes.up[firm, lane] = min(max(more, lanes.shock[firm, lane]), 1.0)


@compiled
def measure_at_rest(
    firms: Firms,
    sales: Sales,
    lanes: Lanes,
    bounds: Bounds,
    lane: int,
    down_changed: float,
    up_changed: float,
) -> tuple[float, float, float, float]:
    """Measure the failure of one whole firm, and within what bound; see `pushing.measure_alone`.

    Losses upstream may be too large here as well as too small.
    """
    alone = lanes.alone[lane]
    upstream = bounds.multiplier[alone] * (1.0 - bought_less_in_lane(sales, lanes, lane))
    both, downstream, slack, in_all = upstream, 0.0, 0.0, 0.0
    for firm in range(len(firms.share)):
        share, down, up = firms.share[firm], lanes.down[firm, lane], lanes.up[firm, lane]
        in_all += abs(up - lanes.last_up[firm, lane]) * (bounds.multiplier[firm] - share)
        downstream += share * down
        both += share * max(down - up, 0.0)
        doubt = up_changed * (bounds.length[firm] - 1.0)
        if firm != alone and doubt > up - down:
            slack += share * min(doubt, down)
    # What changed last, told on for ever, adds up to no more than `in_all`.
    slack = min(slack, in_all)
    slack += bounds.multiplier[alone] * up_changed * (bounds.length[alone] - 1.0)
    left, spread = least_left_in_lane(firms, lanes, lane), np.inf
    for level in range(len(bounds.floors)):
        if left >= bounds.floors[level]:
            spread = min(spread, bounds.spreads[level])
    if down_changed <= _GRAIN:
        slack += _TOLD_ALL if spread == np.inf else down_changed * spread
    else:
        slack += down_changed * spread
    return both, downstream, upstream, slack


@compiled
def rest_in_lanes(
    firms: Firms,
    inputs: Inputs,
    sales: Sales,
    lanes: Lanes,
    bounds: Bounds,
    eps: float,
    substitution: bool,
    is_end: bool,
    found: Floats,
) -> None:
    """Let most lanes, each the failure of one whole firm, come to rest within eps of the score.

    At the end all of them.
    """
    enough = WIDTH if is_end else _ALMOST_ALL
    while lanes_free(lanes) < enough:
        add_missing(firms, sales, lanes, bounds)
        tell_in_lanes(firms, lanes, substitution, False)
        pull_down(firms, inputs, lanes)
        pull_up(sales, lanes)
        down, up = most_changed(lanes.down, lanes.last_down), most_changed(lanes.up, lanes.last_up)
        for lane in range(WIDTH):
            lanes.rounds[lane] += 1
            row = lanes.scenario[lane]
            if row == FREE:
                continue
            figures = measure_at_rest(firms, sales, lanes, bounds, lane, down[lane], up[lane])
            if figures[3] <= eps * figures[0] or lanes.rounds[lane] > _MOST_ROUNDS:
                found[row, 0], found[row, 1], found[row, 2] = figures[0], figures[1], figures[2]
                found[row, 3] = min(figures[3], max(figures[0], 1.0 - figures[0]))
                free_lane(lanes, lane)
