"""Finds bodies by a part of their name and by region among states of a past moment. Pure.

The store does the same for the present with its own terms (see the current state).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chaintwin.kit.chinese import search_key, sort_key
from chaintwin.twin.state import BodyState

_WORDS = (
    "name", "short_name", "former_name", "brand", "english_name", "code", "stock", "credit_code",
    "file_number",
)  # fmt: skip
SEARCHED = (*_WORDS, "region", "province", "industry")


@dataclass(frozen=True, slots=True)
class Hit:
    """A body that fits, what it is sorted by, and whether its name begins with the text."""

    body: int
    sort_name: str
    begins: bool

    def order(self) -> tuple[bool, bool, str, int]:
        """Return what sorts hits: those that begin so, dictionary order, nameless ones last."""
        return not self.sort_name, not self.begins, self.sort_name, self.body


def choose(
    states: Iterable[BodyState], text: str | None, region: str | None, industry: str | None = None
) -> list[Hit]:
    """Return the bodies that fit: names that begin with the text first, then dictionary order."""
    part = search_key(text or "")
    first = sort_key(text or "") if part else ""
    fitting = [
        (sort_key(str(state.one("name") or words)), state.body)
        for state, words in ((state, _words(state)) for state in states)
        if part in search_key(words)
        and _region(state).startswith(region or "")
        and _has_industry(state, industry)
    ]
    hits = [Hit(body, name, name.startswith(first)) for name, body in fitting]
    return sorted(hits, key=Hit.order)


def _has_industry(state: BodyState, industry: str | None) -> bool:
    return not industry or any(
        str(held.value).startswith(industry) for held in state.all("industry")
    )


def _words(state: BodyState) -> str:
    return " ".join(
        str(held.value) for name in _WORDS for held in state.all(name) if held.value is not None
    )


def _region(state: BodyState) -> str:
    return str(state.one("region") or state.one("province") or "")
