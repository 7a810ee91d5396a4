"""Recognises links in product names and industries: one matcher for all links. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from chaintwin.kit.chinese import name_key

Way = Literal["exact", "word", "learned", "code", "shared_code", "industry_name"]

# Confidence of each way before that of the facts is applied (0–100). A code that several links of
# a chain share cannot tell which of them is meant, so its confidence is parted among them.
CONFIDENCE: Mapping[Way, float] = {
    "exact": 95,
    "word": 85,
    "learned": 70,
    "code": 55,
    "shared_code": 55,
    "industry_name": 35,
}


@dataclass(frozen=True, slots=True)
class Words:
    """How a link is recognised."""

    link: int
    chain: str
    any: Sequence[str]
    none: Sequence[str]
    products: Sequence[str]
    industries: Sequence[str]


@dataclass(frozen=True, slots=True)
class Hit:
    """A link recognised in a text, by which word and with what confidence of the way."""

    link: int
    way: Way
    word: str
    confidence: float


class Matcher:
    """Finds every link whose words a name holds; names are looked at once per distinct form."""

    def __init__(self, links: Iterable[Words]) -> None:
        self._links = {one.link: one for one in links}
        self._starts: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self._denials: dict[int, list[str]] = {}
        self._products: dict[str, list[int]] = defaultdict(list)
        self._seen: dict[str, list[Hit]] = {}
        for one in self._links.values():
            for word in dict.fromkeys(map(name_key, one.any)):
                if word:
                    self._starts[word[:2]].append((word, one.link))
            self._denials[one.link] = [word for word in map(name_key, one.none) if word]
            for product in one.products:
                self._products[name_key(product)].append(one.link)
        self._codes = self._by_code()

    def match(self, name: str) -> list[Hit]:
        """Return the links a product name belongs to, each once, by its longest word."""
        key = name_key(name)
        if key not in self._seen:
            self._seen[key] = self._match(key)
        return self._seen[key]

    def match_industry(self, code: str) -> list[Hit]:
        """Return the links of a class of GB/T 4754; a link may name the class or its group."""
        digits = code.lstrip("ABCDEFGHIJKLMNOPQRST")
        links = {
            link for length in (3, 4) for link in self._codes.get(digits[:length], ())
            if len(digits) >= length
        }  # fmt: skip
        shared: dict[str, int] = defaultdict(int)
        for link in links:
            shared[self._links[link].chain] += 1
        return [
            Hit(
                link,
                "code" if shared[self._links[link].chain] == 1 else "shared_code",
                code,
                CONFIDENCE["code"] / shared[self._links[link].chain],
            )
            for link in sorted(links)
        ]

    def match_industry_name(self, name: str) -> list[Hit]:
        """Return the links whose words an industry's name holds: a hint only."""
        return [
            Hit(hit.link, "industry_name", hit.word, CONFIDENCE["industry_name"])
            for hit in self.match(name)
        ]

    def chain_of(self, link: int) -> str:
        """Return the chain of a link."""
        return self._links[link].chain

    def _match(self, key: str) -> list[Hit]:
        found: dict[int, str] = {}
        for start in range(len(key)):
            for word, link in (
                *self._starts.get(key[start : start + 2], ()),
                *self._starts.get(key[start : start + 1], ()),
            ):
                if key.startswith(word, start) and len(word) > len(found.get(link, "")):
                    found[link] = word
        exact = set(self._products.get(key, ()))
        links = [
            link
            for link in sorted(found.keys() | exact)
            if link in exact or not any(word in key for word in self._denials[link])
        ]
        return [
            Hit(link, "exact", key, CONFIDENCE["exact"])
            if link in exact
            else Hit(link, "word", found[link], CONFIDENCE["word"])
            for link in links
        ]

    def _by_code(self) -> dict[str, list[int]]:
        codes: dict[str, list[int]] = defaultdict(list)
        for one in self._links.values():
            for code in one.industries:
                codes[code.lstrip("ABCDEFGHIJKLMNOPQRST")].append(one.link)
        return codes
