"""The words of firm names: places, trades, legal forms, branch offices; read from content."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from chaintwin.kit.chinese import simplified
from chaintwin.model.content import content_folder, read_yaml

# What a division's name ends with; a firm's name usually leaves it out.
_LEVEL = re.compile(
    r"(?:(?:[\u4e00-\u9fff]{1,3}族|维吾尔|维吾尔族)*(?:自治区|自治州|自治县)"
    r"|特别行政区|地区|林区|新区|矿区|省|市|县|区|州|盟|旗)$"
)


@dataclass(frozen=True, slots=True)
class NameWords:
    """Words by what they mean in a firm's name; every tuple has its longest words first."""

    forms: Mapping[str, str]
    form_end: re.Pattern[str]
    inner_form: re.Pattern[str]
    qualifiers: frozenset[str]
    office_end: re.Pattern[str]
    trades: frozenset[str]
    longest_trade: int
    same: re.Pattern[str]
    same_as: Mapping[str, str]
    places: frozenset[str]
    longest_place: int


def load_words(folder: Path | None = None) -> NameWords:
    """Return the words of the content folder; raise Problem when a file cannot be read."""
    return _load(folder or content_folder())


@lru_cache(maxsize=4)
def _load(folder: Path) -> NameWords:
    raw = read_yaml(folder / "identity" / "names.yml")
    forms = {word: form for form, words in raw["forms"].items() for word in words}
    # 集团 stands inside a name as often as at its end: it marks no border of an office by itself.
    inner = [word for word, form in forms.items() if form in ("joint_stock", "limited", "company")]
    places = _places(folder) | set(raw["areas"])
    trades = frozenset(raw["trades"])
    return NameWords(
        forms=forms,
        form_end=re.compile(rf"(?:{_any(forms)})$"),
        inner_form=re.compile(_any(inner)),
        qualifiers=frozenset(raw["qualifiers"]),
        office_end=re.compile(rf"(?:{_any(raw['offices'])})$"),
        trades=trades,
        longest_trade=max(map(len, trades)),
        same=re.compile(_any(raw["same"])),
        same_as=raw["same"],
        places=frozenset(places),
        longest_place=max(map(len, places)),
    )


def _places(folder: Path) -> set[str]:
    """Return the names of all listed divisions, with and without their level."""
    found: set[str] = set()
    for name in _division_names(read_yaml(folder / "division_names.yml")):
        whole = simplified(name)
        bare = _LEVEL.sub("", whole)
        found |= {whole, bare} if len(bare) > 1 else {whole}
    return found


def _division_names(entries: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    for entry in entries:
        yield entry["name"]
        yield from _division_names(entry.get("within", ()))


def bare_place(name: str) -> str:
    """Return a division's name without its level: 深圳市 → 深圳; two characters at least stay."""
    bare = _LEVEL.sub("", name)
    return bare if len(bare) > 1 else name


def _any(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
