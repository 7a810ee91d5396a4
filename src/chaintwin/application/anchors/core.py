"""Where an anchor firm buys, and what share of it here. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Side = Literal["local", "elsewhere", "unknown"]
SideOfItem = Literal["local", "elsewhere", "unknown", "mixed"]
SIDES: tuple[Side, ...] = ("local", "elsewhere", "unknown")


@dataclass(frozen=True, slots=True)
class Bought:
    """One line of a purchase list: which side it falls on, and its yearly amount in 万元."""

    side: Side
    amount: float | None


@dataclass(frozen=True, slots=True)
class Sum:
    """What is bought on one side: lines, of these without amount, and the sum of the others."""

    lines: int
    without: int
    known: float | None

    @property
    def value(self) -> float | None:
        """Return the sum; None while an amount of it is not known."""
        return None if self.without else self.known or 0.0


def add_up(lines: Iterable[Bought], side: Side | None = None) -> Sum:
    """Add up one side, or all of them."""
    chosen = [one for one in lines if side in (None, one.side)]
    amounts = [one.amount for one in chosen if one.amount is not None]
    known = sum(amounts) if amounts else None
    return Sum(len(chosen), len(chosen) - len(amounts), known)


@dataclass(frozen=True, slots=True)
class LocalShare:
    """The share bought here by amount; `value` None: not to be told; bounds None: nor these."""

    value: float | None
    low: float | None = None
    high: float | None = None


def share_here(lines: Sequence[Bought]) -> LocalShare:
    """Return local ÷ all amounts; suppliers whose place is unknown leave an interval.

    A missing amount could be of any size, so with one missing nothing is told at all.
    """
    whole = add_up(lines)
    if whole.without or not whole.known:
        return LocalShare(None)
    local = add_up(lines, "local").known or 0.0
    open_ = add_up(lines, "unknown").known or 0.0
    low, high = local / whole.known, (local + open_) / whole.known
    return LocalShare(low if not open_ else None, low, high)


def side_of_item(sides: Iterable[Side]) -> SideOfItem:
    """Return where an item is bought that has several lines."""
    found = set(sides)
    return found.pop() if len(found) == 1 else "mixed"
