"""Cascades in rounds, as the published program reckons them: every firm answers to the last round.

A round tells only what changed since the last one. Once the last round is sure to be the last, what
it would have told upstream is added up by one product with `Sales.pull` instead of link by link.
"""

from __future__ import annotations

from chaintwin.application.simulation.cascade.lanes import (
    SHARE,
    Lanes,
    lanes_free,
    load_lane,
    run_lanes,
)
from chaintwin.application.simulation.cascade.production import (
    Demand,
    Firms,
    Inputs,
    Sales,
    Supply,
)
from chaintwin.application.simulation.cascade.work import Down, Up, Work, add, clean
from chaintwin.application.simulation.compiling import compiled
from chaintwin.application.simulation.network import Floats, Indices, Ints

# A change this small moves no score by more than about 1e-12; told later, with the next change.
_WHISPER = 1e-14
# The published program counts a sector with less left than this as if it had 1 unit.
_EMPTY = 1e-10
# What rounding leaves of a market that lost everything.
_REST = 1e-14
NOBODY = -1
# Small networks are done before eight scenarios would have come together.
MANY = 20_000


@compiled
def weight_in_market(firms: Firms, left: Floats, firm: int, is_parity: bool) -> float:
    """Return what part of a firm's loss its sector cannot make good (1: all of it)."""
    sector = firms.sector[firm]
    rest = left[sector]
    if rest < _REST * firms.market[sector]:
        rest = 0.0
    if is_parity and rest <= _EMPTY:
        rest = 1.0
    return firms.output[firm] / rest if firms.output[firm] < rest else 1.0


@compiled
def tell_customers(
    firms: Firms, supply: Supply, down: Down, hit: int, reached: int, substitution: bool
) -> tuple[int, int]:
    """Tell customers what their suppliers lost since; count those told, and reached ever."""
    fresh = 0
    for place in range(hit):
        firm = down.hit.firms[place]
        loss = down.loss[firm]
        if substitution:
            loss *= weight_in_market(firms, down.left, firm, True)
        more = loss - down.told[firm]
        if abs(more) < _WHISPER:
            continue
        down.told[firm] = loss
        for link in range(supply.start[firm], supply.start[firm + 1]):
            customer = supply.customer[link]
            group = supply.group[link]
            if group < 0:
                down.linear[customer] += more * supply.part[link]
            else:
                down.short[group] += more * supply.part[link]
                if down.short[group] > down.worst[customer]:
                    down.worst[customer] = down.short[group]
                elif more < 0.0:
                    first, last = supply.group_start[customer], supply.group_start[customer + 1]
                    down.worst[customer] = down.short[first:last].max()
            fresh = add(down.fresh, fresh, customer)
            reached = add(down.reached, reached, customer)
    return fresh, reached


@compiled
def settle_customers(
    firms: Firms, shock: Floats, down: Down, fresh: int, hit: int
) -> tuple[int, float]:
    """Let those told produce what they can; count who loses, and say the most that changed."""
    largest = 0.0
    for place in range(fresh):
        firm = down.fresh.firms[place]
        down.fresh.has[firm] = False
        loss = min(max(down.worst[firm], down.linear[firm], shock[firm]), 1.0)
        more = loss - down.loss[firm]
        if more == 0.0:
            continue
        largest = max(largest, abs(more))
        down.loss[firm] = loss
        down.left[firms.sector[firm]] -= firms.output[firm] * more
        hit = add(down.hit, hit, firm)
    return hit, largest


@compiled
def tell_suppliers(demand: Demand, up: Up, turn: int) -> int:
    """Tell suppliers what is bought less; return how many are told."""
    fresh = 0
    for place in range(turn):
        firm = up.turn[place]
        more = up.step[firm]
        for link in range(demand.start[firm], demand.start[firm + 1]):
            supplier = demand.supplier[link]
            up.missing[supplier] += demand.part[link] * more
            fresh = add(up.fresh, fresh, supplier)
    return fresh


@compiled
def settle_suppliers(shock: Floats, up: Up, fresh: int, hit: int) -> tuple[int, int, float]:
    """Let those told produce less; count who tells next and who loses; say the most changed."""
    largest = 0.0
    turn = 0
    for place in range(fresh):
        firm = up.fresh.firms[place]
        up.fresh.has[firm] = False
        hit = add(up.hit, hit, firm)
        more = min(max(up.missing[firm], shock[firm]), 1.0) - up.loss[firm]
        if more == 0.0:
            continue
        largest = max(largest, more)
        up.loss[firm] += more
        up.step[firm] = more
        up.turn[turn] = firm
        turn += 1
    return turn, hit, largest


@compiled
def links_to_tell(demand: Demand, up: Up, turn: int) -> int:
    """Count the links over which suppliers would be told next."""
    links = 0
    for place in range(turn):
        firm = up.turn[place]
        links += demand.start[firm + 1] - demand.start[firm]
    return links


@compiled
def is_last(demand: Demand, up: Up, turn: int, eps: float, alone: int) -> bool:
    """Tell whether no supplier will lose more than eps when told; sure when true, not when false.

    Of nobody's output is more than 1 sold, so changes up to eps / 2 add up to eps / 2 at most; only
    what goes beyond is followed.
    """
    half = eps / 2
    fresh = 0
    for place in range(turn):
        firm = up.turn[place]
        if up.step[firm] > half:
            for link in range(demand.start[firm], demand.start[firm + 1]):
                supplier = demand.supplier[link]
                up.spare[supplier] += demand.part[link] * (up.step[firm] - half)
                fresh = add(up.fresh, fresh, supplier)
    largest = 0.0
    for place in range(fresh):
        supplier = up.fresh.firms[place]
        up.fresh.has[supplier] = False
        if supplier != alone:
            largest = max(largest, up.spare[supplier])
        up.spare[supplier] = 0.0
    return largest + half <= eps


@compiled
def start_cascade(firms: Firms, work: Work, shocked: Indices, losses: Floats) -> int:
    """Let the firms of a scenario lose what they lose from the start; return how many there are."""
    down, up = work.down, work.up
    for place in range(len(shocked)):
        firm, loss = shocked[place], losses[place]
        work.shock[firm] = loss
        add(down.hit, place, firm)
        add(up.hit, place, firm)
        down.loss[firm] = loss
        down.left[firms.sector[firm]] -= firms.output[firm] * loss
        up.loss[firm] = loss
        up.step[firm] = loss
        up.turn[place] = firm
    return len(shocked)


@compiled
def measure(firms: Firms, work: Work, hit: int, up_hit: int) -> tuple[float, float, float]:
    """Return the share of all output lost: the worse of both ways, downstream, upstream."""
    down, up = work.down, work.up
    both = downstream = upstream = 0.0
    for place in range(up_hit):
        firm = up.hit.firms[place]
        upstream += firms.share[firm] * up.loss[firm]
    both = upstream
    for place in range(hit):
        firm = down.hit.firms[place]
        downstream += firms.share[firm] * down.loss[firm]
        both += firms.share[firm] * max(down.loss[firm] - up.loss[firm], 0.0)
    return both, downstream, upstream


@compiled
def measure_ahead(
    firms: Firms, sales: Sales, work: Work, hit: int, up_hit: int, turn: int, alone: int
) -> tuple[float, float, float]:
    """Measure as if suppliers had been told once more, without telling them."""
    down, up = work.down, work.up
    both = downstream = upstream = 0.0
    for place in range(up_hit):
        firm = up.hit.firms[place]
        upstream += firms.share[firm] * up.loss[firm]
    for place in range(turn):
        firm = up.turn[place]
        up.spare[firm] = up.step[firm]
        upstream += sales.pull[firm] * up.step[firm]
    # The failed firm itself cannot lose more.
    upstream -= firms.share[alone] * bought_less(sales, up.spare, alone)
    both = upstream
    for place in range(hit):
        firm = down.hit.firms[place]
        loss = down.loss[firm]
        downstream += firms.share[firm] * loss
        if firm != alone and loss > up.loss[firm]:
            ahead = up.loss[firm] + bought_less(sales, up.spare, firm)
            both += firms.share[firm] * max(loss - ahead, 0.0)
    for place in range(turn):
        up.spare[up.turn[place]] = 0.0
    return both, downstream, upstream


@compiled
def bought_less(sales: Sales, steps: Floats, firm: int) -> float:
    """Return the share of its output that a firm no longer sells after these losses."""
    total = 0.0
    for link in range(sales.start[firm], sales.start[firm + 1]):
        total += sales.part[link] * steps[sales.customer[link]]
    return total


@compiled
def run_rounds(
    firms: Firms,
    supply: Supply,
    demand: Demand,
    sales: Sales,
    inputs: Inputs,
    work: Work,
    lanes: Lanes,
    scenarios: tuple[Ints, Indices, Floats],
    eps: float,
    substitution: bool,
    found: Floats,
) -> None:
    """Reckon scenario after scenario into `found` (scenarios, 4): both, down, up, rounds.

    `scenarios` is where each begins, the firms that fail, and what share of output each loses.
    """
    begin, shocked, losses = scenarios
    most_work = int(SHARE * len(sales.part))
    for number in range(len(begin) - 1):
        these = shocked[begin[number] : begin[number + 1]]
        lost = losses[begin[number] : begin[number + 1]]
        hit = up_hit = turn = start_cascade(firms, work, these, lost)
        figures = 0.0, 0.0, 0.0
        alone = these[0] if len(these) == 1 and lost[0] == 1.0 else NOBODY
        reached = rounds = 0
        is_ahead = is_wide = False
        while True:
            is_much = len(sales.part) > MANY and links_to_tell(demand, work.up, turn) > most_work
            if is_much and (alone == NOBODY or not is_last(demand, work.up, turn, eps, alone)):
                is_wide = True
                break
            rounds += 1
            fresh, reached = tell_customers(firms, supply, work.down, hit, reached, substitution)
            hit, most = settle_customers(firms, work.shock, work.down, fresh, hit)
            if alone != NOBODY and most <= eps and is_last(demand, work.up, turn, eps, alone):
                is_ahead = True
                break
            fresh = tell_suppliers(demand, work.up, turn)
            turn, up_hit, most_up = settle_suppliers(work.shock, work.up, fresh, up_hit)
            if max(most, most_up) <= eps:
                break
        if is_wide:
            load_lane(lanes, work, (hit, up_hit), (number, rounds, alone))
        elif is_ahead:
            figures = measure_ahead(firms, sales, work, hit, up_hit, turn, alone)
        else:
            figures = measure(firms, work, hit, up_hit)
        if not is_wide:
            found[number, 0], found[number, 1], found[number, 2] = figures
            found[number, 3] = rounds
        clean(firms, supply, work, hit, reached, up_hit)
        for firm in these:
            work.shock[firm] = 0.0
        is_end = number == len(begin) - 2
        if is_end or lanes_free(lanes) == 0:
            run_lanes(firms, inputs, sales, lanes, eps, substitution, is_end, found)
