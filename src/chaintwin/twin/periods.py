"""Facts within a period of either clock, and what differs between two moments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chaintwin.kit.problems import InputProblem
from chaintwin.model.fact import ALWAYS, FOREVER, Fact
from chaintwin.twin.differing import Turn, compare_states
from chaintwin.twin.store.periods import Between
from chaintwin.twin.view import TwinView


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of one clock, its end excluded; None: open on that side."""

    start: datetime | None = None
    end: datetime | None = None

    def __post_init__(self) -> None:
        if self.start is not None and self.end is not None and self.start >= self.end:
            raise InputProblem(
                f"时段的起 {self.start:%Y-%m-%d} 应早于止 {self.end:%Y-%m-%d}。请对调或改选。",
                f"The period begins at {self.start:%Y-%m-%d}, which is not before its end.",
            )

    def meets(self, start: datetime | None, end: datetime | None) -> bool:
        """Tell whether a stretch from start to end, its end excluded, lies partly within."""
        begins_in_time = self.end is None or (start or ALWAYS) < self.end
        return begins_in_time and (end is None or self.start is None or end > self.start)


@dataclass(frozen=True, slots=True)
class Span:
    """A fact and how long its value held, as it was last believed; `valid_to` None: still."""

    fact: Fact
    valid_to: datetime | None


@dataclass(frozen=True, slots=True)
class Differing:
    """A body that two views show differently."""

    body: int
    turns: Sequence[Turn]


def read_within(
    view: TwinView, body: int, valid: Period, known: Period, attribute: str | None = None
) -> list[Span]:
    """Return the facts of a body that were true within one period and believed within another.

    The order is that of the history: by attribute and key, the latest known first.
    """
    series: dict[Any, list[Fact]] = defaultdict(list)
    for fact in view.history(body, attribute):
        series[fact.tenant, fact.attribute, fact.value_key, fact.source].append(fact)
    spans = [
        Span(fact, _end(fact, same, known))
        for same in series.values()
        for fact in same
        if not fact.ended and known.meets(fact.known_from, fact.known_to)
    ]
    return [one for one in spans if valid.meets(one.fact.valid_from, one.valid_to)]


def compare_body(before: TwinView, after: TwinView, body: int) -> list[Turn]:
    """Return what two views show differently of a body, by attribute and key."""
    old, new = before.states([body]), after.states([body])
    return compare_states(old[0] if old else None, new[0] if new else None)


def compare_kind(
    before: TwinView, after: TwinView, kind: str, limit: int, offset: int
) -> tuple[list[Differing], int]:
    """Return a page of the bodies of a kind that two views of one branch show differently.

    What is counted are the bodies of which a fact began, ended or was recorded in between; a few
    of those may read the same at both moments and come with no difference.
    """
    first, last = sorted([before.as_of.known_at, after.as_of.known_at])
    early, late = sorted([before.valid_at, after.valid_at])
    wanted = Between((early, late), (first, last), after.line, limit, offset)
    bodies, total = after.moved_between(kind, wanted)
    old = {state.body: state for state in before.states(bodies)}
    new = {state.body: state for state in after.states(bodies)}
    found = [Differing(body, compare_states(old.get(body), new.get(body))) for body in bodies]
    return found, total


def _end(fact: Fact, series: Iterable[Fact], known: Period) -> datetime | None:
    """Return when the next start of the series takes over, as last believed within the period."""
    last = min(fact.known_to or FOREVER, known.end or FOREVER)
    start = fact.valid_from or ALWAYS
    later = [
        other.valid_from
        for other in series
        if other.valid_from is not None
        and other.valid_from > start
        and other.known_from < last
        and (other.known_to is None or other.known_to >= last)
    ]
    return min(later, default=None)
