"""Finds bodies by a part of their name and by region among states of a past moment. Pure.

The store does the same for the present with its own terms (see the current state).
"""

from __future__ import annotations

from collections.abc import Iterable

from chaintwin.kit.chinese import name_key, sort_key
from chaintwin.twin.state import BodyState

_WORDS = ("name", "short_name", "code", "stock", "credit_code", "file_number")
SEARCHED = (*_WORDS, "region", "province")


def choose(states: Iterable[BodyState], text: str | None, region: str | None) -> list[int]:
    """Return the bodies that fit, in dictionary order of their names."""
    part = name_key(text or "")
    fitting = [
        (sort_key(str(state.one("name") or words)), state.body)
        for state, words in ((state, _words(state)) for state in states)
        if part in name_key(words) and _region(state).startswith(region or "")
    ]
    return [body for _, body in sorted(fitting, key=lambda entry: (not entry[0], entry))]


def _words(state: BodyState) -> str:
    return " ".join(
        str(held.value) for name in _WORDS for held in state.all(name) if held.value is not None
    )


def _region(state: BodyState) -> str:
    return str(state.one("region") or state.one("province") or "")
