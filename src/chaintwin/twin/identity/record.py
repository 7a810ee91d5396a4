"""What is compared of one record: its values in the form in which two spellings are equal. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from chaintwin.kit.chinese import simplified
from chaintwin.kit.codes import is_credit_code
from chaintwin.twin.identity.names import fold, take_apart
from chaintwin.twin.identity.words import NameWords

_CAPITAL = re.compile(r"([\d.,]+)\s*(亿|万)?")
_DAY = re.compile(r"(\d{4})\D{0,2}(\d{1,2})?(?:\D{0,2}(\d{1,2}))?")
_NUMERALS = str.maketrans("零〇一二三四五六七八九", "00123456789")
_DIGITS = re.compile(r"\d+")
_PREFIX = re.compile(
    r"^(?:[\u4e00-\u9fff]{2,3}省|[\u4e00-\u9fff]{2,5}自治区)?"
    r"(?:[\u4e00-\u9fff]{2,7}?(?:自治州|地区|[市州盟]))?"
)
_PLACE_TEN = 10_000


@dataclass(frozen=True, slots=True)
class Given:
    """What a source says of a firm, as it says it; None: not said."""

    name: str
    code: str | None = None
    number: str | None = None
    address: str | None = None
    founded: str | None = None
    capital: str | None = None
    former_names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """A record ready for comparison; None and () stand for not known.

    `near` lists hold a text and what it is with any one character left out: of two texts one edit
    apart they share one. `marks` are pairs of neighbouring characters; capital is in 万元;
    `month` is YYYY-MM; `day` counts days from 0001-01-01.
    """

    whole: str
    stem: str
    core: str
    near_title: tuple[str, ...]
    near_core: tuple[str, ...]
    name_marks: tuple[str, ...]
    name_letters: tuple[str, ...]
    wholes: tuple[str, ...]
    place: str | None
    office: str
    code: str | None = None
    number: str | None = None
    address: str | None = None
    address_marks: tuple[str, ...] = ()
    address_numbers: str | None = None
    day: int | None = None
    month: str | None = None
    capital: float | None = None


def prepare(given: Given, words: NameWords) -> Record:
    """Return a record in comparable form; a credit code that fails its check is left out."""
    name = take_apart(given.name, words)
    former = (take_apart(one, words).whole for one in given.former_names)
    address = _address(given.address or "")
    day, month = _founded(given.founded or "")
    return Record(
        whole=name.whole,
        stem=name.stem,
        core=name.core,
        near_title=_near("".join(sorted(name.places)) + name.stem + name.office, 6),
        near_core=_near(name.core, 3),
        name_marks=_marks(name.stem + name.office),
        name_letters=tuple(sorted(set(name.stem + name.office))),
        wholes=tuple(dict.fromkeys([name.whole, *former])),
        place=name.places[0] if name.places else None,
        office=name.office,
        code=_code(given.code or ""),
        number=fold(given.number or "") or None,
        address=address or None,
        address_marks=_marks(_DIGITS.sub("", address)),
        address_numbers="-".join(_DIGITS.findall(address)) or None,
        day=day,
        month=month,
        capital=_capital(given.capital or ""),
    )


def blocking_keys(record: Record) -> list[str]:
    """Return the keys of which two records share one if they are to be compared at all.

    The brand core with any one character left out meets a core that lost, gained, swapped or
    mistook one character.
    """
    keys = {f"n:{record.whole}", f"s:{record.stem}"}
    keys |= {f"w:{whole}" for whole in record.wholes}
    keys |= {f"c:{record.code}"} if record.code else set()
    keys |= {f"r:{record.number}"} if record.number else set()
    keys |= {f"d:{short}" for short in _near(record.stem[:6], 4) or (record.stem,)}
    keys |= {f"t:{short}" for short in record.near_title}
    if record.address:
        keys.add(f"a:{record.address_numbers}:{record.stem[:1]}")
        keys.add(f"b:{record.address[-8:]}:{record.month}")
    if record.day is not None:
        keys |= {f"f:{record.day}:{one}{other}" for one, other in pairwise(record.core[:5])}
    return sorted(keys)


def _near(text: str, at_least: int) -> tuple[str, ...]:
    """Return a text and its forms with one character left out; none for shorter texts."""
    if len(text) < at_least:
        return ()
    return tuple(sorted({text} | {text[:at] + text[at + 1 :] for at in range(len(text))}))


def _marks(text: str) -> tuple[str, ...]:
    return tuple(sorted({first + second for first, second in pairwise(text)}))


def _code(text: str) -> str | None:
    code = unicodedata.normalize("NFKC", text).strip().upper()
    return code if is_credit_code(code) else None


def _address(text: str) -> str:
    """Return an address without its province and city, numerals as digits, 栋 座 # as 幢."""
    plain = simplified(unicodedata.normalize("NFKC", text)).casefold()
    plain = re.sub(r"[(\[{【].*?[)\]}】]", "", plain)
    rest = _PREFIX.sub("", fold(plain), count=1)
    return re.sub("[栋座]", "幢", rest.translate(_NUMERALS))


def _founded(text: str) -> tuple[int | None, str | None]:
    found = _DAY.search(unicodedata.normalize("NFKC", text))
    if found is None or not found[2]:
        return None, None
    year, month = int(found[1]), int(found[2])
    try:
        day = date(year, month, int(found[3] or 1)).toordinal()
    except ValueError:
        return None, None
    return day if found[3] else None, f"{year:04}-{month:02}"


def _capital(text: str) -> float | None:
    """Return an amount in 万元; what bears no unit is 元 from ten thousand on, else 万元."""
    found = _CAPITAL.search(unicodedata.normalize("NFKC", text))
    if found is None or not any(one.isdigit() for one in found[1]):
        return None
    try:
        amount = float(found[1].replace(",", ""))
    except ValueError:
        return None
    if found[2] == "亿":
        return amount * _PLACE_TEN
    if found[2] == "万" or (amount < _PLACE_TEN and "元" not in text):
        return amount
    return amount / _PLACE_TEN


def share(left: Iterable[str], right: Iterable[str]) -> float:
    """Return how much of the longer of two lists of distinct texts is in both (0–1)."""
    one, other = set(left), set(right)
    longest = max(len(one), len(other))
    return len(one & other) / longest if longest else 0.0
