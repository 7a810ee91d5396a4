"""Finds the registered names that a short name, abbreviation or brand may stand for. Pure."""

from __future__ import annotations

import heapq
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from chaintwin.twin.identity.names import FirmName, fold, take_apart
from chaintwin.twin.identity.words import NameWords

# What it costs to leave a character of the full name out of its short form, by the part it is in,
# and to break off and begin anew. Set on a development half of short names (docs/decisions).
_LEFT_OUT = {"place": 0.15, "core": 1.6, "trade": 0.5, "form": 0.08, "office": 1.0}
_BREAK = 0.6
_FOREIGN = 2.5
_LOOKED_AT = 60
_COMMON = 1_000


@dataclass(frozen=True, slots=True)
class Full:
    """A registered name cut into characters, each with the cost of leaving it out."""

    number: int
    text: str
    costs: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A registered name and how far the short name is from it: 0 is the name itself."""

    number: int
    distance: float


class NameRegister:
    """An index over registered names in memory: about 0.6 KB a name."""

    def __init__(self, names: Iterable[tuple[int, str]], words: NameWords) -> None:
        self._words = words
        self._full: list[Full] = []
        self._holders: dict[str, array[int]] = defaultdict(lambda: array("I"))
        for number, name in names:
            full = spell(number, name, words)
            position = len(self._full)
            self._full.append(full)
            for term in _terms(full.text):
                self._holders[term].append(position)

    def __len__(self) -> int:
        return len(self._full)

    def find(self, short: str, most: int = 5) -> list[Found]:
        """Return the likeliest names, the nearest first, at most so many."""
        text = self._words.same.sub(lambda hit: self._words.same_as[hit[0]], fold(short))
        ranked = rank(text, (self._full[at] for at in self._candidates(text)))
        return ranked[:most]

    def _candidates(self, text: str) -> list[int]:
        """Return the names that share most pairs of characters, rare pairs counting more."""
        votes: dict[int, float] = defaultdict(float)
        for holders in sorted((self._holders.get(one, _NONE) for one in _terms(text)), key=len):
            # Pairs such as 科技 tell nothing once rarer ones have named enough candidates.
            if len(votes) >= _LOOKED_AT and len(holders) > _COMMON:
                break
            weight = 1.0 / (1 + len(holders)) ** 0.25
            for position in holders:
                votes[position] += weight
        full = self._full
        ranked = ((vote, -len(full[at].text), -at) for at, vote in votes.items())
        return [-at for _, _, at in heapq.nlargest(_LOOKED_AT, ranked)]


_NONE: array[int] = array("I")


def spell(number: int, name: str, words: NameWords) -> Full:
    """Return a name as one text whose characters know what leaving them out costs."""
    parts = take_apart(name, words)
    costs = _costs(parts)
    return Full(number, parts.whole, costs)


def rank(short: str, names: Iterable[Full]) -> list[Found]:
    """Order names by the cost of getting from them to the short one; ties: the shorter name."""
    found = [(distance(short, full), len(full.text), full.number) for full in names]
    return [Found(number, cost) for cost, _, number in sorted(found)]


def distance(short: str, full: Full) -> float:
    """Return the least cost of leaving characters out of the full name to get the short one."""
    before = [0.0]
    for cost in full.costs:
        before.append(before[-1] + cost)
    text, inf = full.text, float("inf")
    # matched[j]: cheapest way in which the last short character stands at full position j.
    matched: list[float] = []
    # Cheapest way with the characters so far, standing anywhere before position j.
    cheapest = before[:]
    foreign = 0.0
    for first, character in enumerate(short):
        now = [inf] * len(text)
        for at, held in enumerate(text):
            if held == character:
                fresh = cheapest[at] + (_BREAK if first else 0.0)
                now[at] = min(fresh, matched[at - 1]) if matched and at else fresh
        if min(now, default=inf) == inf:
            foreign += _FOREIGN
            continue
        matched = now
        cheapest = _running(now, full.costs)
    return cheapest[-1] + foreign if short else inf


def _running(now: Sequence[float], costs: Sequence[float]) -> list[float]:
    """Return for each end the cheapest cost with what follows the last match left out."""
    inf = float("inf")
    best, found = inf, [inf]
    for at, cost in enumerate(now):
        best = min(best + costs[at], cost)
        found.append(best)
    return found


def _costs(parts: FirmName) -> tuple[float, ...]:
    """Return the cost of each character of the whole name by the part that it belongs to."""
    whole = parts.whole
    costs = [_LEFT_OUT["form"]] * len(whole)
    for text, part in (
        *((place, "place") for place in parts.places),
        (parts.trade, "trade"),
        (parts.core, "core"),
        (parts.office, "office"),
    ):
        start = whole.rfind(text) if part == "office" else whole.find(text)
        if text and start >= 0:
            costs[start : start + len(text)] = [_LEFT_OUT[part]] * len(text)
    return tuple(costs)


def _terms(text: str) -> set[str]:
    return {first + second for first, second in pairwise(text)} or {text}
