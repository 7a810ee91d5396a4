"""Takes a firm's name apart: place, brand core, trade, legal form, branch office. Pure."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass

from chaintwin.kit.chinese import simplified
from chaintwin.twin.identity.words import NameWords, bare_place

_BRACKETED = re.compile(r"[(\[{【〔「《<](.*?)[)\]}】〕」》>]")
_PUNCTUATION = re.compile(r"[^\w]|_")
_PLACE_LEVEL = re.compile(r"^([\u4e00-\u9fff]{2,4}?)(?:省|市|县|区|旗)(?=[\u4e00-\u9fff]{2})")
_NUMBERED = re.compile(r"第[一二三四五六七八九十百零\d]+$")
_CORE_AT_LEAST = 2


@dataclass(frozen=True, slots=True)
class FirmName:
    """A name in simplified characters without punctuation, and its parts ("" where absent).

    `stem` is brand core and trade; `office` is what a branch office is called beside its firm.
    """

    whole: str
    stem: str
    core: str
    trade: str
    form: str
    places: tuple[str, ...]
    office: str


def fold(text: str) -> str:
    """Return simplified, half-width, lower-case text without spaces and punctuation."""
    return _PUNCTUATION.sub("", _plain(text))


def take_apart(name: str, words: NameWords) -> FirmName:
    """Return the parts of a firm's name; a name of unknown words is all brand core."""
    plain = _plain(name)
    inside = [found[1] for found in _BRACKETED.finditer(plain)]
    outside = _BRACKETED.sub("", plain)
    left = _PUNCTUATION.sub("", outside) or _PUNCTUATION.sub("", plain)
    said = [part for part in map(fold, inside) if part and part not in words.qualifiers]
    places = [bare_place(part) for part in said if _is_place(part, words)]
    others = "".join(part for part in said if not _is_place(part, words))
    left, office = _cut_office(left, words)
    left, form = _cut_form(left, words)
    left, found = _cut_places(left, words)
    stem = words.same.sub(lambda hit: words.same_as[hit[0]], left + others)
    core, trade = _cut_trade(stem, words)
    return FirmName(
        whole=words.same.sub(lambda hit: words.same_as[hit[0]], _PUNCTUATION.sub("", plain)),
        stem=stem,
        core=core,
        trade=trade,
        form=form,
        places=tuple(dict.fromkeys([*found, *places])),
        office=words.same.sub(lambda hit: words.same_as[hit[0]], office),
    )


def _plain(text: str) -> str:
    if "&" in text:
        text = html.unescape(text)
    return simplified(unicodedata.normalize("NFKC", text)).casefold()


def _is_place(text: str, words: NameWords) -> bool:
    return text in words.places or bare_place(text) in words.places


def _cut_office(text: str, words: NameWords) -> tuple[str, str]:
    """Part a branch office from its firm: what follows the last inner legal form."""
    end = words.office_end.search(text)
    if end is None:
        return text, ""
    inner = [hit for hit in words.inner_form.finditer(text) if hit.end() < len(text)]
    border = max(
        (hit.end() for hit in inner if text[hit.start() - 1 : hit.start()] != "分"), default=0
    )
    if border:
        return text[:border], text[border:]
    if end[0] in ("分公司", "分店", "分厂", "办事处", "分行", "支行", "支公司"):
        return _cut_unbordered_office(text, end.start(), words)
    return text, ""


def _cut_unbordered_office(text: str, at: int, words: NameWords) -> tuple[str, str]:
    """Part a branch office off where no legal form marks the border: by place or number."""
    before = text[:at]
    numbered = _NUMBERED.search(before)
    if numbered:
        return before[: numbered.start()], text[numbered.start() :]
    for length in range(min(words.longest_place, len(before) - _CORE_AT_LEAST), 1, -1):
        if before[-length:] in words.places:
            return before[:-length], text[len(before) - length :]
    return text, ""


def _cut_form(text: str, words: NameWords) -> tuple[str, str]:
    form = ""
    while (hit := words.form_end.search(text)) and hit.start() >= _CORE_AT_LEAST:
        # 事务所 and 合作社 tell the trade too: only what says nothing but the form is cut twice.
        form = form or words.forms[hit[0]]
        text = text[: hit.start()]
    return text, form


def _cut_places(text: str, words: NameWords) -> tuple[str, list[str]]:
    """Cut divisions off the front as long as a brand core of two characters is left."""
    found: list[str] = []
    while True:
        cut = _place_in_front(text, words)
        if cut == 0 or len(text) - cut < _CORE_AT_LEAST or text[cut:] in words.trades:
            return text, found
        found.append(bare_place(text[:cut]))
        text = text[cut:]


def _place_in_front(text: str, words: NameWords) -> int:
    for length in range(min(words.longest_place, len(text)), 1, -1):
        if text[:length] in words.places:
            return length + (
                text[length : length + 1] in ("省", "市", "县") and len(text) > length + 2
            )
    levelled = _PLACE_LEVEL.match(text)
    return levelled.end() if levelled else 0


def _cut_trade(stem: str, words: NameWords) -> tuple[str, str]:
    """Cut trade words off the end, the longest first, leaving two characters of brand."""
    end = len(stem)
    while True:
        for length in range(min(words.longest_trade, end - _CORE_AT_LEAST), 0, -1):
            if stem[end - length : end] in words.trades:
                end -= length
                break
        else:
            return stem[:end], stem[end:]
