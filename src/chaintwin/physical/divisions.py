"""Which division and industry codes exist, as far as the twin knows lists of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

# GB/T 4754-2017: the first division of each section; the 97 divisions run without a gap.
_SECTIONS = (
    ("A", 1), ("B", 6), ("C", 13), ("D", 44), ("E", 47), ("F", 51), ("G", 53), ("H", 61),
    ("I", 63), ("J", 66), ("K", 70), ("L", 71), ("M", 73), ("N", 76), ("O", 80), ("P", 83),
    ("Q", 84), ("R", 86), ("S", 91), ("T", 97),
)  # fmt: skip
_LAST_DIVISION = 97
_INDUSTRY = re.compile(r"([A-T]?)(\d{2})(\d{0,2})")
_DIVISION = re.compile(r"[1-8]\d{5}")


@dataclass(frozen=True, slots=True)
class Divisions:
    """Known divisions. A level is checked only where its list is known to be whole.

    `listed` holds codes that stand in a list of all their siblings, `became` codes that changed.
    """

    known: frozenset[str]
    listed: frozenset[str] = frozenset()
    became: Mapping[str, str] = field(default_factory=dict)

    def is_possible(self, code: str) -> bool:
        """Tell whether a code exists, or may exist where no whole list is known."""
        if not _DIVISION.fullmatch(code):
            return False
        if code in self.known:
            return True
        province, city = f"{code[:2]}0000", f"{code[:4]}00"
        if province not in self.known or code == province:
            return False
        if city not in self.known:
            cities = any(
                given.endswith("00") and given[:2] == code[:2] and given != province
                for given in self.listed
            )
            return not cities
        return not any(given[:4] == code[:4] and given != city for given in self.listed)


def section_of(division: int) -> str | None:
    """Return the section letter of a GB/T 4754-2017 division (1–97); None outside."""
    if not 1 <= division <= _LAST_DIVISION:
        return None
    return next(letter for letter, first in reversed(_SECTIONS) if first <= division)


def plain_industry(code: str) -> str | None:
    """Return the digits of an industry code; None when its division or letter cannot be."""
    found = _INDUSTRY.fullmatch(code.upper())
    if found is None:
        return None
    letter, division, rest = found.groups()
    section = section_of(int(division))
    if section is None or (letter and letter != section):
        return None
    return division + rest


def industry_division(code: str) -> str | None:
    """Return section letter and division (C36) of an industry code; None when it cannot be."""
    digits = plain_industry(code)
    return None if digits is None else f"{section_of(int(digits[:2]))}{digits[:2]}"
