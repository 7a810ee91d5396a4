"""Finds ways from local firms to a target over known relations: the shortest, then the surest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from math import exp, log

# Two firms between at most: beyond that an introduction is none.
LONGEST = 3.0


@dataclass(frozen=True, slots=True)
class Hop:
    """A relation one may go along: part of a step, with the confidence of its fact (0–1)."""

    at: int
    other: int
    length: float
    confidence: float
    fact: int


@dataclass(frozen=True, slots=True)
class Way:
    """The best way to a body: steps, product of the confidences, the hops from the target on."""

    length: float
    confidence: float
    hops: Sequence[Hop]


def find_ways(
    target: int, hops: Mapping[int, Sequence[Hop]], ends: frozenset[int], longest: float = LONGEST
) -> dict[int, Way]:
    """Return the best way to each end; a way never leads on through another end.

    Shorter goes before surer; of ways equal in both the one by lower numbers is taken.
    """
    found: dict[int, Way] = {}
    done: set[int] = set()
    queue: list[tuple[float, float, tuple[int, ...], int, tuple[Hop, ...]]] = [
        (0.0, 0.0, (), target, ())
    ]
    while queue:
        length, doubt, trail, body, way = heappop(queue)
        if body in done:
            continue
        done.add(body)
        if body in ends and body != target:
            found[body] = Way(length, exp(-doubt), way)
            continue
        for hop in hops.get(body, ()):
            further = length + hop.length
            if hop.other not in done and further <= longest:
                more = doubt - log(max(hop.confidence, 1e-6))
                entry = (further, more, (*trail, hop.fact), hop.other, (*way, hop))
                heappush(queue, entry)
    return found
