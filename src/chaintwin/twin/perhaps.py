"""Firms that a text may mean though no name of theirs holds it: 上汽 for 上海汽车集团.

Candidates hold the same characters; they are ranked by what it costs to get from the full name to
the text, as in `identity.lookup`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from chaintwin.kit.chinese import search_key
from chaintwin.twin.door import Door
from chaintwin.twin.identity.lookup import rank, spell
from chaintwin.twin.identity.names import fold, take_apart
from chaintwin.twin.identity.words import NameWords, load_words
from chaintwin.twin.state import BodyState
from chaintwin.twin.store.alike import read_alike

_SHORTEST, _LONGEST = 2, 40
_LOOKED_AT = 60
# How much of the text a name has to hold, in order, to be worth showing.
_LEAST_HELD = 0.5
_KIND = "Company"
# By which other words than its name a firm is found, as its reader knows them.
_OTHER_NAMES = ("short_name", "former_name", "brand", "english_name", "stock", "credit_code")


@dataclass(frozen=True, slots=True)
class Perhaps:
    """A firm that may be meant: the pieces of the text its name holds in order, and what not."""

    state: BodyState
    held: Sequence[str]
    missing: Sequence[str]

    @property
    def zh(self) -> str:
        """Return the reason in Chinese."""
        said = f"名称依次含有{_quoted(self.held, '“', '”')}"
        return said + (f",不含{_quoted(self.missing, '“', '”')}" if self.missing else "")

    @property
    def en(self) -> str:
        """Return the reason in English."""
        said = f"The name holds {_quoted(self.held, ' “', '”').strip()} in this order"
        return said + (f", not {_quoted(self.missing, ' “', '”').strip()}" if self.missing else "")


def find_perhaps(
    door: Door, text: str, but: Collection[int], region: str | None = None, most: int = 5
) -> list[Perhaps]:
    """Return firms that a text may mean, the likeliest first; `but` are those that it finds.

    Where it finds any, only names that hold all of it in order are worth telling.
    """
    asked = fold(text)
    number = door.twin.names.find("kind", _KIND)
    if number is None or not _SHORTEST <= len(asked) <= _LONGEST:
        return []
    view, words = door.view, load_words()
    pairs = [one + other for one, other in pairwise(asked)]
    ways = list(_ways(asked, words))
    for wanted in ways[:1] if but else ways:
        bodies = read_alike(
            door.connection, number, view.line.branches, wanted, pairs, _LOOKED_AT + len(but)
        )
        shown = dict.fromkeys(view.groups.canonical(body) for body in bodies)
        states = view.named([body for body in shown if body not in but])
        found = _likeliest(asked, states, words)
        told = [one for one in found if not (but and one.missing)]
        if told:
            return _complete(door, told, text, region)[:most]
    return []


def found_by(state: BodyState, text: str) -> tuple[str, str] | None:
    """Return the attribute and value by which a text finds a body; None: its shown name."""
    part = search_key(text)
    if not part or part in search_key(state.name):
        return None
    for attribute in _OTHER_NAMES:
        for held in state.all(attribute):
            if part in search_key(str(held.value)):
                return attribute, str(held.value)
    return None


def _ways(asked: str, words: NameWords) -> Iterator[list[frozenset[str]]]:
    """Yield the characters to look for: all, then those of the brand core, then all but one."""
    every = frozenset(asked)
    yield [every]
    core = frozenset(take_apart(asked, words).core)
    if len(core) >= _SHORTEST and core < every:
        yield [core]
    if len(every) > _SHORTEST:
        yield [every - {one} for one in sorted(every)]


def _likeliest(asked: str, states: Sequence[BodyState], words: NameWords) -> list[Perhaps]:
    by_body = {state.body: state for state in states if state.kind == _KIND}
    same = words.same.sub(lambda hit: words.same_as[hit[0]], asked)
    ranked = rank(same, (spell(body, state.name, words) for body, state in by_body.items()))
    told = (_compare(asked, by_body[one.number]) for one in ranked)
    return [one for one in told if sum(map(len, one.held)) >= _LEAST_HELD * len(asked)]


def _compare(asked: str, state: BodyState) -> Perhaps:
    matcher = SequenceMatcher(None, fold(state.name), asked, autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    held = [asked[block.b : block.b + block.size] for block in blocks]
    edges = [0, *(edge for block in blocks for edge in (block.b, block.b + block.size)), len(asked)]
    gaps = zip(edges[::2], edges[1::2], strict=True)
    return Perhaps(state, held, [asked[start:end] for start, end in gaps if end > start])


def _complete(door: Door, found: list[Perhaps], text: str, region: str | None) -> list[Perhaps]:
    """Return those of a region with all that is held of them; what the text finds is left out."""
    states = door.view.states([one.state.body for one in found])
    whole = {
        state.body: state
        for state in states
        if _lies_in(state, region)
        and search_key(text) not in search_key(state.name)
        and found_by(state, text) is None
    }
    return [
        Perhaps(whole[one.state.body], one.held, one.missing)
        for one in found
        if one.state.body in whole
    ]


def _lies_in(state: BodyState, region: str | None) -> bool:
    return str(state.one("region") or state.one("province") or "").startswith(region or "")


def _quoted(texts: Sequence[str], start: str, end: str) -> str:
    return "".join(f"{start}{text}{end}" for text in texts)
