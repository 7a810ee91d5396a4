"""Cascades to rest: whoever lost most that others do not know of yet tells it, in whatever order.

Losses only grow, so the order does not matter for where they come to rest; small losses stay
untold, and `bounds` says how much that can matter.
"""

from __future__ import annotations

from chaintwin.application.simulation.cascade.bounds import Bounds
from chaintwin.application.simulation.cascade.lanes import (
    Lanes,
    lanes_free,
    load_lane,
    rest_in_lanes,
)
from chaintwin.application.simulation.cascade.production import Demand, Firms, Inputs, Sales, Supply
from chaintwin.application.simulation.cascade.rounds import (
    MANY,
    bought_less,
    measure,
    start_cascade,
    weight_in_market,
)
from chaintwin.application.simulation.cascade.work import Down, Up, Work, add, clean
from chaintwin.application.simulation.compiling import compiled
from chaintwin.application.simulation.network import Floats, Indices, Ints

# Growth below this share of a loss is rounding, which circles of sole suppliers would hand round.
_GRAIN = 1e-14
_ROUNDING = 1e-13
# What rounding may come to where losses were told to the last digit.
_TOLD_ALL = 1e-9
# So many times all links are followed at most, small networks more often; then the bound says
# that nothing is known.
_PATIENCE = 100
_SMALL = 1_000_000


@compiled
def _is_due(firms: Firms, down: Down, firm: int, least: float, substitution: bool) -> bool:
    loss = down.loss[firm]
    if substitution:
        loss *= weight_in_market(firms, down.left, firm, False)
    return not down.fresh.has[firm] and loss - down.told[firm] > max(least, _GRAIN * loss)


@compiled
def press_down(
    firms: Firms,
    supply: Supply,
    down: Down,
    sizes: tuple[int, int],
    least: float,
    substitution: bool,
    patience: int,
) -> tuple[int, int, bool]:
    """Tell customers until no untold loss exceeds `least`; say how many lose and are reached.

    The last value tells whether that came to an end within `patience` links.
    """
    hit, reached = sizes
    queue, size = down.fresh.firms, len(down.fresh.firms)
    while patience >= 0:
        first = waiting = 0
        for place in range(hit):
            # What is left of its market changes what a loss counts, so all are looked at again.
            firm = down.hit.firms[place]
            if _is_due(firms, down, firm, least, substitution):
                down.fresh.has[firm] = True
                queue[waiting] = firm
                waiting += 1
        if waiting == 0:
            break
        while waiting > 0:
            firm = queue[first]
            first = (first + 1) % size
            waiting -= 1
            down.fresh.has[firm] = False
            if patience < 0:
                continue
            loss = down.loss[firm]
            if substitution:
                loss *= weight_in_market(firms, down.left, firm, False)
            more = loss - down.told[firm]
            down.told[firm] = loss
            patience -= 1 + supply.start[firm + 1] - supply.start[firm]
            for link in range(supply.start[firm], supply.start[firm + 1]):
                customer = supply.customer[link]
                reached = add(down.reached, reached, customer)
                group = supply.group[link]
                if group < 0:
                    down.linear[customer] += more * supply.part[link]
                    lost = down.linear[customer]
                else:
                    down.short[group] += more * supply.part[link]
                    lost = down.short[group]
                lost = min(lost, 1.0)
                if lost <= down.loss[customer]:
                    continue
                down.left[firms.sector[customer]] -= firms.output[customer] * (
                    lost - down.loss[customer]
                )
                down.loss[customer] = lost
                hit = add(down.hit, hit, customer)
                if _is_due(firms, down, customer, least, substitution):
                    down.fresh.has[customer] = True
                    queue[(first + waiting) % size] = customer
                    waiting += 1
    return hit, reached, patience >= 0


@compiled
def least_left(firms: Firms, down: Down, hit: int) -> float:
    """Return the smallest share of its market that any sector still makes."""
    least = 1.0
    for place in range(hit):
        sector = firms.sector[down.hit.firms[place]]
        least = min(least, down.left[sector] / firms.market[sector])
    return least


@compiled
def rest_down(
    firms: Firms,
    supply: Supply,
    down: Down,
    bounds: Bounds,
    hit: int,
    allowed: float,
    substitution: bool,
    patience: int,
) -> tuple[int, int, float]:
    """Let losses downstream come to rest within `allowed`; return the sizes and the bound.

    Where no bound holds, losses are told until double precision knows no more; where patience
    ends before that, the bound is 1.
    """
    reached = 0
    is_done = True
    for level in range(len(bounds.floors)):
        if is_done and bounds.spreads[level] < allowed * 1e12:
            least = allowed / bounds.spreads[level]
            hit, reached, is_done = press_down(
                firms, supply, down, (hit, reached), least, substitution, patience
            )
            if is_done and least_left(firms, down, hit) >= bounds.floors[level]:
                return hit, reached, allowed
    if is_done:
        hit, reached, is_done = press_down(
            firms, supply, down, (hit, reached), 0.0, substitution, patience
        )
    return hit, reached, _TOLD_ALL if is_done else 1.0


@compiled
def press_up(demand: Demand, up: Up, hit: int, least: float) -> int:
    """Tell suppliers until no untold loss exceeds `least`; return how many firms lose."""
    queue, size = up.fresh.firms, len(up.fresh.firms)
    first = waiting = 0
    for place in range(hit):
        firm = up.hit.firms[place]
        if up.loss[firm] - up.told[firm] > least:
            up.fresh.has[firm] = True
            queue[waiting] = firm
            waiting += 1
    while waiting > 0:
        firm = queue[first]
        first = (first + 1) % size
        waiting -= 1
        up.fresh.has[firm] = False
        more = up.loss[firm] - up.told[firm]
        up.told[firm] = up.loss[firm]
        for link in range(demand.start[firm], demand.start[firm + 1]):
            supplier = demand.supplier[link]
            up.missing[supplier] += demand.part[link] * more
            lost = min(up.missing[supplier], 1.0)
            hit = add(up.hit, hit, supplier)
            if lost <= up.loss[supplier]:
                continue
            up.loss[supplier] = lost
            if not up.fresh.has[supplier] and lost - up.told[supplier] > least:
                up.fresh.has[supplier] = True
                queue[(first + waiting) % size] = supplier
                waiting += 1
    return hit


@compiled
def measure_alone(
    firms: Firms,
    sales: Sales,
    work: Work,
    bounds: Bounds,
    sizes: tuple[int, int],
    alone: int,
    least: float,
) -> tuple[float, float, float, float]:
    """Measure the failure of one whole firm; the last value bounds what is too much.

    All its upstream losses are its multiplier, less what comes back to the firm itself.
    """
    down, up = work.down, work.up
    hit, up_hit = sizes
    back = bought_less(sales, up.loss, alone)
    upstream = bounds.multiplier[alone] * (1.0 - back)
    both, downstream, slack = upstream, 0.0, 0.0
    for place in range(hit):
        firm = down.hit.firms[place]
        downstream += firms.share[firm] * down.loss[firm]
        more = down.loss[firm] - up.loss[firm]
        if more > 0.0:
            both += firms.share[firm] * more
            slack += firms.share[firm] * min(more, least * (bounds.length[firm] - 1.0))
    not_yet = upstream
    for place in range(up_hit):
        firm = up.hit.firms[place]
        not_yet -= firms.share[firm] * up.loss[firm]
    slack = min(slack, max(not_yet, 0.0))
    slack += bounds.multiplier[alone] * least * (bounds.length[alone] - 1.0)
    return both, downstream, upstream, slack


@compiled
def rest_alone(
    firms: Firms,
    demand: Demand,
    sales: Sales,
    work: Work,
    bounds: Bounds,
    sizes: tuple[int, int],
    alone: int,
    eps: float,
    most_hit: int,
) -> tuple[tuple[float, float, float, float], int]:
    """Tell ever smaller losses upstream until the bound is within eps of the score.

    It ends early once more than `most_hit` firms lose.
    """
    hit, up_hit = sizes
    least = eps
    while True:
        up_hit = press_up(demand, work.up, up_hit, least)
        figures = measure_alone(firms, sales, work, bounds, (hit, up_hit), alone, least)
        if figures[3] <= eps * figures[0] or least < _ROUNDING or up_hit > most_hit:
            return figures, up_hit
        least /= 8.0


@compiled
def run_to_rest(
    firms: Firms,
    supply: Supply,
    demand: Demand,
    sales: Sales,
    inputs: Inputs,
    work: Work,
    lanes: Lanes,
    bounds: Bounds,
    scenarios: tuple[Ints, Indices, Floats],
    eps: float,
    substitution: bool,
    found: Floats,
) -> None:
    """Reckon scenario after scenario into `found` (scenarios, 4): both, down, up, bound."""
    begin, shocked, losses = scenarios
    firm_count, link_count = len(firms.share), len(sales.part)
    figures = 0.0, 0.0, 0.0, 0.0
    for number in range(len(begin) - 1):
        these = shocked[begin[number] : begin[number + 1]]
        lost = losses[begin[number] : begin[number + 1]]
        hit = up_hit = start_cascade(firms, work, these, lost)
        is_alone = len(these) == 1 and lost[0] == 1.0
        may_change = is_alone and link_count > MANY
        patience = _PATIENCE * (link_count + firm_count) + _SMALL
        most_hit = firm_count
        if may_change:
            patience, most_hit = link_count // 200, firm_count // 20
        score = 0.0
        for place in range(len(these)):
            score += firms.share[these[place]] * lost[place]
        if is_alone:
            up_hit = press_up(demand, work.up, up_hit, eps / 2)
            sizes = (0, up_hit)
            figures = measure_alone(firms, sales, work, bounds, sizes, these[0], eps / 2)
            score = max(score, figures[2] - figures[3])
        # The score is no less than this; half of what may be wrong is left to each way.
        allowed = score * eps / 2
        hit, reached, slack = rest_down(
            firms, supply, work.down, bounds, hit, allowed, substitution, patience
        )
        if is_alone and slack < 1.0:
            sizes = (hit, up_hit)
            figures, up_hit = rest_alone(
                firms, demand, sales, work, bounds, sizes, these[0], eps / 2, most_hit
            )
        elif not is_alone:
            least = allowed / max(bounds.reach, 1.0)
            up_hit = press_up(demand, work.up, up_hit, least)
            both, downstream, upstream = measure(firms, work, hit, up_hit)
            figures = both, downstream, upstream, least * bounds.reach
        slack += figures[3] + _ROUNDING
        if may_change and slack > 1.01 * eps * figures[0] + _TOLD_ALL:
            load_lane(lanes, work, (hit, up_hit), (number, 0, these[0]))
        else:
            found[number, 0], found[number, 1], found[number, 2] = figures[:3]
            found[number, 3] = min(slack, max(figures[0], 1.0 - figures[0]))
        clean(firms, supply, work, hit, reached, up_hit)
        for firm in these:
            work.shock[firm] = 0.0
        is_end = number == len(begin) - 2
        if is_end or lanes_free(lanes) == 0:
            rest_in_lanes(firms, inputs, sales, lanes, bounds, eps, substitution, is_end, found)
