"""What differs between two step functions of one series, and between two states of a body. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chaintwin.twin.state import BodyState, Held
from chaintwin.twin.store.rows import Row
from chaintwin.twin.store.timelines import order


@dataclass(frozen=True, slots=True)
class Step:
    """From a start (None: always) to an end (None: open) one value gives way to another.

    A value of None: nothing is held.
    """

    valid_from: datetime | None
    valid_to: datetime | None
    precision: str
    before: Row | None
    after: Row | None


@dataclass(frozen=True, slots=True)
class Turn:
    """A value of a body that two moments show differently; None: not shown there."""

    attribute: str
    key: str
    before: Held | None
    after: Held | None


def compare_rows(before: Sequence[Row], after: Sequence[Row]) -> list[Step]:
    """Return the stretches of time in which one series reads differently, the earliest first."""
    starts = {row.valid_from: row.precision for row in (*before, *after)}
    turns: list[tuple[str, Row | None, Row | None]] = []
    for start in sorted(starts, key=order):
        old, new = _in_force(before, start), _in_force(after, start)
        if not turns or _said(*turns[-1][1:]) != _said(old, new):
            turns.append((start, old, new))
    ends = [*(_instant(start) for start, _, _ in turns[1:]), None]
    return [
        Step(_instant(start), end, starts[start], old, new)
        for (start, old, new), end in zip(turns, ends, strict=True)
        if _said(old) != _said(new)
    ]


def compare_states(before: BodyState | None, after: BodyState | None) -> list[Turn]:
    """Return the values that differ, by attribute and key."""
    old, new = _by_key(before), _by_key(after)
    return [
        Turn(*place, old.get(place), new.get(place))
        for place in sorted(old.keys() | new.keys())
        if _value(old.get(place)) != _value(new.get(place))
    ]


def _in_force(rows: Iterable[Row], start: str) -> Row | None:
    held = [row for row in rows if order(row.valid_from) <= order(start)]
    last = max(held, key=lambda row: order(row.valid_from), default=None)
    return None if last is None or last.ended else last


def _said(*rows: Row | None) -> Any:
    return [None if row is None else row.said for row in rows]


def _instant(start: str) -> datetime | None:
    return None if start == "-infinity" else datetime.fromisoformat(start).astimezone(UTC)


def _by_key(state: BodyState | None) -> dict[tuple[str, str], Held]:
    if state is None:
        return {}
    return {
        (attribute, held.key): held for attribute, all_held in state.attributes.items()
        for held in all_held
    }  # fmt: skip


def _value(held: Held | None) -> Any:
    return None if held is None else (held.value, held.ref, held.data, held.unit)
