"""Which scored pairs are merged, which go to a person: no chain may join what is apart. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Literal

from chaintwin.twin.identity.record import Record

Pair = tuple[int, int, float]  # left, right, match weight in bits
Why = Literal["between", "codes", "chain"]
Against = Literal["codes", "chain", "ruled"]

_CHECKED = 400


@dataclass(slots=True)
class Outcome:
    """Pairs to merge, and pairs for a person with the cause."""

    merges: list[Pair] = field(default_factory=list)
    doubts: list[tuple[Pair, Why]] = field(default_factory=list)


@dataclass(slots=True)
class Grouping:
    """Joins records pair by pair, the strongest first, unless something stands against it.

    `apart` holds pairs (smaller, larger) that a person ruled to be two; `score` weighs two records.
    """

    records: Mapping[int, Record]
    score: Callable[[int, int], float]
    upper: float
    lower: float
    apart: frozenset[tuple[int, int]] = frozenset()
    members: dict[int, list[int]] = field(default_factory=dict)
    _group: dict[int, int] = field(default_factory=dict)

    def keep(self, groups: Iterable[Iterable[int]]) -> None:
        """Take over groups that were judged before."""
        for group in groups:
            members = list(group)
            for other in members[1:]:
                self._join(self._of(members[0]), self._of(other))

    def settle(self, pairs: Iterable[Pair]) -> Outcome:
        """Return what is to be done with each pair; pairs below the lower threshold are left."""
        outcome = Outcome()
        for pair in sorted(pairs, key=lambda one: (-one[2], one[0], one[1])):
            left, right, weight = pair
            if weight < self.lower:
                break
            mine, other = self._of(left), self._of(right)
            if mine == other:
                continue
            why = self._against(mine, other) or ("between" if weight < self.upper else None)
            if why == "ruled" or (why == "codes" and weight < self.upper):
                continue  # settled: by a person, or by two codes and no strong likeness
            if why is None:
                self._join(mine, other)
                outcome.merges.append(pair)
            else:
                outcome.doubts.append((pair, why))
        return outcome

    def _of(self, record: int) -> int:
        return self._group.get(record, record)

    def _in(self, group: int) -> list[int]:
        return self.members.get(group, [group])

    def _join(self, mine: int, other: int) -> None:
        if mine == other:
            return
        joined = self._in(mine) + self._in(other)
        self.members.pop(other, None)
        self.members[mine] = joined
        for record in joined:
            self._group[record] = mine

    def _against(self, mine: int, other: int) -> Against | None:
        ones, others = self._in(mine), self._in(other)
        if self._codes(ones, others):
            return "codes"
        pairs = list(product(ones, others))
        if any((min(pair), max(pair)) in self.apart for pair in pairs):
            return "ruled"
        if len(pairs) > 1 and (
            len(pairs) > _CHECKED or any(self.score(*pair) < self.lower for pair in pairs)
        ):
            return "chain"
        return None

    def _codes(self, ones: Iterable[int], others: Iterable[int]) -> bool:
        """Tell whether two groups bear different valid credit codes."""
        held = {self.records[one].code for one in ones} - {None}
        more = {self.records[one].code for one in others} - {None}
        return bool(held and more and held != more)
