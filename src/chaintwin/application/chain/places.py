"""Division codes as prefixes: which place lies within which, and what an old code became."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from chaintwin.kit.problems import InputProblem
from chaintwin.model.content import content_folder, read_yaml

# 直辖市: the province and its one city are the same place (GB/T 2260).
_MUNICIPAL = {"1101": "11", "1201": "12", "3101": "31", "5001": "50"}


@dataclass(frozen=True, slots=True)
class Place:
    """A region: its six-digit code and the prefix shared by everything within it."""

    code: str
    prefix: str
    name: str

    @property
    def level(self) -> Literal["province", "city", "county"]:
        """Return the level the length of the prefix stands for."""
        levels: dict[int, Literal["province", "city", "county"]] = {2: "province", 4: "city"}
        return levels.get(len(self.prefix), "county")

    def holds(self, prefix: str) -> bool:
        """Tell whether a place known by a prefix lies within this one."""
        return bool(prefix) and prefix.startswith(self.prefix)

    def may_hold(self, prefix: str) -> bool:
        """Tell whether a place known only roughly could lie within this one."""
        return bool(prefix) and prefix != self.prefix and self.prefix.startswith(prefix)


def to_prefix(code: str) -> str:
    """Return the prefix of a division code: 220100 → 2201; an old code → what it became."""
    code = resolve(code.ljust(6, "0")) if code else ""
    while len(code) > 2 and code.endswith("00"):
        code = code[:-2]
    return _MUNICIPAL.get(code, code)


def resolve(code: str) -> str:
    """Return the present code of a place; codes that never changed stay."""
    became = _became()
    seen: set[str] = set()
    while code in became and code not in seen:
        seen.add(code)
        code = became[code]
    return code


def find_place(text: str, names: Mapping[str, str]) -> Place:
    """Return the place a reader names by code; raise InputProblem for anything but a code."""
    code = text.strip()
    if not (code.isascii() and code.isdigit() and len(code) in {2, 4, 6}) or code.startswith("0"):
        raise InputProblem(
            f"区划代码“{text}”无法识别。请填写 2 位省、4 位市或 6 位县代码，例如 220184。",
            f"The division code “{text}” is not understood. Give 2, 4 or 6 digits, e.g. 220184.",
        )
    prefix = to_prefix(code)
    full = prefix.ljust(6, "0")
    return Place(full, prefix, names.get(full, full))


def _became() -> Mapping[str, str]:
    path = content_folder() / "divisions.yml"
    return _read(path, path.stat().st_mtime_ns) if path.is_file() else {}


@lru_cache(maxsize=4)
def _read(path: Path, _written: int) -> Mapping[str, str]:
    return {str(entry["code"]): str(entry["became"]) for entry in read_yaml(path) or ()}
