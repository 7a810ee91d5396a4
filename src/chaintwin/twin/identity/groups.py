"""Which bodies are one firm, as judgements have it: groups of members, each under one body. Pure.

A judgement is about a pair. Of several about one pair a person's stands before the model's, one's
own tenant's before public, the later before the earlier. Pairs judged the same are joined, rulings
first, then the strongest; a join that would put a pair ruled apart into one group is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import product
from typing import Literal

from chaintwin.model.fact import Fact

# The attribute that judgements are facts of; its value names the other body of the pair.
SAME_AS = "same_as"
Verdict = Literal["same", "apart", "unsure", "later"]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was judged of two bodies (`body` is the smaller number), by whom and how strongly."""

    tenant: int
    body: int
    other: int
    fact: int
    verdict: Verdict
    ruled: bool
    weight: float
    change: int
    known_from: datetime

    @property
    def pair(self) -> tuple[int, int]:
        """Return the two bodies, the smaller number first."""
        return self.body, self.other


@dataclass(frozen=True, slots=True)
class Groups:
    """The bodies that stand for several: each member leads to the one it is shown as.

    `is_judged` tells that anything was ever judged, if only that a pair is two.
    """

    canonical_of: Mapping[int, int] = field(default_factory=dict)
    members_of: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    is_judged: bool = False

    def __bool__(self) -> bool:
        return bool(self.canonical_of)

    def canonical(self, body: int) -> int:
        """Return the body that a body is shown as: the member of the smallest number."""
        return self.canonical_of.get(body, body)

    def members(self, body: int) -> tuple[int, ...]:
        """Return every body of the group of a body, itself alone if there is none."""
        return self.members_of.get(self.canonical(body), (body,))

    def fold(self, bodies: Iterable[int]) -> list[int]:
        """Return the bodies shown for some bodies, each once, in order."""
        if not self.canonical_of:
            return list(dict.fromkeys(bodies))
        return list(dict.fromkeys(map(self.canonical, bodies)))

    def expand(self, bodies: Iterable[int]) -> list[int]:
        """Return the members of all groups of some bodies, each once."""
        if not self.canonical_of:
            return list(bodies)
        return list(dict.fromkeys(one for body in bodies for one in self.members(body)))

    def shown(self, fact: Fact) -> Fact:
        """Return a fact as one about the body shown; `holder` keeps where it was recorded."""
        return fact.moved(self.canonical(fact.body), fact.ref and self.canonical(fact.ref))


NO_GROUPS = Groups()
# Judgements themselves are left out of what is shown.
AS_RECORDED = Groups(is_judged=True)


def effective(judgements: Iterable[Judgement], tenant: int) -> dict[tuple[int, int], Judgement]:
    """Return the judgement that counts for each pair, as a tenant sees them."""
    found: dict[tuple[int, int], Judgement] = {}
    for one in sorted(judgements, key=lambda one: _standing(one, tenant)):
        found[one.pair] = one
    return found


def make_groups(judgements: Iterable[Judgement], tenant: int) -> Groups:
    """Return the groups that judgements come to, as a tenant sees them."""
    standing = effective(judgements, tenant).values()
    apart = {one.pair for one in standing if one.verdict == "apart"}
    group: dict[int, list[int]] = {}
    same = [one for one in standing if one.verdict == "same"]
    for one in sorted(same, key=lambda one: (not one.ruled, -one.weight, one.fact)):
        mine, other = (group.get(body, [body]) for body in one.pair)
        if mine is not other and not _are_apart(mine, other, apart):
            joined = sorted(mine + other)
            group.update((body, joined) for body in joined)
    groups = {members[0]: tuple(members) for members in group.values()}
    return Groups({body: members[0] for body, members in group.items()}, groups, is_judged=True)


def _standing(one: Judgement, tenant: int) -> tuple[bool, bool, datetime, int]:
    return one.ruled, one.tenant == tenant, one.known_from, one.fact


def _are_apart(mine: Sequence[int], other: Sequence[int], apart: set[tuple[int, int]]) -> bool:
    return bool(apart) and any((min(pair), max(pair)) in apart for pair in product(mine, other))
