"""Firms of the twin as records to be compared, each body by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chaintwin.kit.chinese import search_terms
from chaintwin.twin.identity.record import Given, Record, prepare
from chaintwin.twin.identity.words import NameWords
from chaintwin.twin.state import BodyState
from chaintwin.twin.view import TwinView

KIND = "Company"
COMPARED = (
    "name", "short_name", "former_name", "credit_code", "registration_number", "lei", "country",
    "registered_address", "office_address", "founded_on", "registered_capital",
)  # fmt: skip
_LOOKED_AT = 6
_LEAST = 3


def read_firms(
    view: TwinView, words: NameWords, bodies: Sequence[int] | None = None
) -> dict[int, Record]:
    """Return what is held of firms, for a view of bodies as recorded; nameless ones left out."""
    states = view.slices(KIND, COMPARED, bodies)
    return {
        state.body: prepare(_given(state), words)
        for state in states
        if state.one("name") or state.one("short_name")
    }


def search_ways(record: Record) -> list[list[list[str]]]:
    """Return by which terms like firms are searched, each way by itself.

    By credit code, by the brand core, and by brand and trade with any one character wrong.
    """
    text = record.stem[:_LOOKED_AT]
    one_off = [[*_terms(text[:at]), *_terms(text[at + 1 :])] for at in range(len(text))]
    ways = [[_terms(record.core)], one_off if len(text) > _LEAST else [_terms(record.whole)]]
    return [*ways, [_terms(record.code)]] if record.code else ways


def _terms(text: str) -> list[str]:
    """Return the pairs of a text, or the one character it has."""
    return sorted(term for term in search_terms(text) if len(term) == min(2, len(text)))


def _given(state: BodyState) -> Given:
    """Return what is held of a firm; without a Chinese code the LEI or country and number count."""
    number = _text(state, "lei") or _text(state, "registration_number")
    country = _text(state, "country") or ""
    capital = state.one("registered_capital")
    return Given(
        name=str(state.one("name") or state.one("short_name")),
        code=_text(state, "credit_code"),
        number=number and f"{country}{number}",
        address=_text(state, "registered_address") or _text(state, "office_address"),
        founded=_text(state, "founded_on"),
        capital=None if capital is None else f"{capital}万元",
        former_names=tuple(str(held.value) for held in state.all("former_name")),
    )


def _text(state: BodyState, attribute: str) -> str | None:
    value: Any = state.one(attribute)
    return None if value is None else str(value)
