"""What stands around a body: whom it names, who names it, and the same once more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from chaintwin.twin.store.neighbours import Relation

# More bodies than anybody can look at; those beyond are left out, and that is said.
MOST_BODIES = 500

Read = Callable[[Sequence[int], int], Sequence[tuple[int, Relation]]]


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Bodies by their distance, the relations between them, and of whom there are more."""

    distance: dict[int, int]
    relations: list[Relation]
    cut: frozenset[int]


def explore(body: int, hops: int, most: int, read: Read) -> Neighbourhood:
    """Follow relations from a body so many hops far, at most so many each way of each body."""
    distance = {body: 0}
    relations: dict[int, Relation] = {}
    cut: set[int] = set()
    frontier = [body]
    for hop in range(1, hops + 1):
        found = read(frontier, most + 1)
        kept, full = _limit(found, most)
        cut |= full
        frontier = []
        for at, one in kept:
            other = one.ref if one.body == at else one.body
            if other not in distance:
                if len(distance) >= MOST_BODIES:
                    cut.add(at)
                    continue
                distance[other] = hop
                frontier.append(other)
            relations[one.fact] = one
        if not frontier:
            break
    return Neighbourhood(distance, list(relations.values()), frozenset(cut))


def as_shown(
    found: Sequence[tuple[int, Relation]], canonical: Callable[[int], int]
) -> list[tuple[int, Relation]]:
    """Return the relations between the bodies that the ones named are shown as."""
    shown = [
        (canonical(at), replace(one, body=canonical(one.body), ref=canonical(one.ref)))
        for at, one in found
    ]
    return [(at, one) for at, one in shown if one.body != one.ref]


def _limit(
    found: Sequence[tuple[int, Relation]], most: int
) -> tuple[list[tuple[int, Relation]], set[int]]:
    """Return so many relations each way of each body, and the bodies that have more."""
    seen: Counter[tuple[int, bool]] = Counter()
    kept: list[tuple[int, Relation]] = []
    for at, one in found:
        way = (at, one.body == at)
        seen[way] += 1
        if seen[way] <= most:
            kept.append((at, one))
    return kept, {at for (at, _), count in seen.items() if count > most}
