"""Which of several languages a reader is given (clause 4.15; RFC 9110, section 12.5.4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from chaintwin.web.ngsi.errors import bad

_RANGE = re.compile(
    r"\s*(\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?"
)


def check_ranges(wanted: str) -> str:
    """Return a list of language ranges; raise BadRequest where it is none."""
    if not all(_RANGE.fullmatch(part) for part in wanted.split(",")):
        raise bad(
            f"lang is a list of languages such as zh,en;q=0.8, not “{wanted}”.",
            f"lang 应为语言列表，例如 zh,en;q=0.8，而不是“{wanted}”。",
        )
    return wanted


def choose_language(texts: Mapping[str, Any], wanted: str) -> tuple[str, Any]:
    """Return language and text of the best fit: an exact tag, its main language, @none, any."""
    by_lower = {tag.lower(): tag for tag in texts}
    for asked in _in_order(wanted):
        found = _match(asked.lower(), by_lower)
        if found is not None:
            return found, texts[found]
    chosen = "@none" if "@none" in texts else next(iter(texts), "@none")
    return chosen, texts.get(chosen)


def _in_order(wanted: str) -> list[str]:
    ranked = []
    for part in wanted.split(","):
        found = _RANGE.fullmatch(part)
        if found is not None:
            ranked.append((-float(found[2] or 1), found[1]))
    return [tag for weight, tag in sorted(ranked, key=lambda one: one[0]) if weight < 0]


def _match(asked: str, by_lower: Mapping[str, str]) -> str | None:
    if asked in by_lower:
        return by_lower[asked]
    if asked == "*":
        return None
    for lower, tag in by_lower.items():
        if lower.startswith(f"{asked}-"):
            return tag
    main = asked.split("-", maxsplit=1)[0]
    return by_lower.get(main)
