"""Finds bodies by a part of their name and by region among states of a past moment. Pure.

The store does the same for the present with its own terms (see the current state).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chaintwin.kit.chinese import search_key, sort_key
from chaintwin.twin.state import BodyState

_WORDS = ("name", "short_name", "code", "stock", "credit_code", "file_number")
SEARCHED = (*_WORDS, "region", "province")


@dataclass(frozen=True, slots=True)
class Hit:
    """A body that fits, and what it is sorted by; nameless ones come last."""

    body: int
    sort_name: str

    def order(self) -> tuple[bool, str, int]:
        """Return what sorts hits in dictionary order."""
        return not self.sort_name, self.sort_name, self.body


def choose(states: Iterable[BodyState], text: str | None, region: str | None) -> list[Hit]:
    """Return the bodies that fit, in dictionary order of their names."""
    part = search_key(text or "")
    fitting = [
        Hit(state.body, sort_key(str(state.one("name") or words)))
        for state, words in ((state, _words(state)) for state in states)
        if part in search_key(words) and _region(state).startswith(region or "")
    ]
    return sorted(fitting, key=Hit.order)


def _words(state: BodyState) -> str:
    return " ".join(
        str(held.value) for name in _WORDS for held in state.all(name) if held.value is not None
    )


def _region(state: BodyState) -> str:
    return str(state.one("region") or state.one("province") or "")
