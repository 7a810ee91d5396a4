"""Terms joined by and/or with parentheses: the frame of q, scopeQ and type selections. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from chaintwin.web.ngsi.errors import bad

Leaf = TypeVar("Leaf")
_DEEPEST = 50


@dataclass(frozen=True, slots=True)
class Term(Generic[Leaf]):
    """One condition."""

    leaf: Leaf


@dataclass(frozen=True, slots=True)
class Joined(Generic[Leaf]):
    """Conditions all of which have to hold, or any of them."""

    is_all: bool
    parts: tuple[Tree[Leaf], ...]


Tree = Term[Leaf] | Joined[Leaf]


def holds(tree: Tree[Leaf], test: Callable[[Leaf], bool]) -> bool:
    """Tell whether a tree holds when each term is tested."""
    if isinstance(tree, Term):
        return test(tree.leaf)
    parts = (holds(part, test) for part in tree.parts)
    return all(parts) if tree.is_all else any(parts)


def leaves(tree: Tree[Leaf]) -> Iterator[Leaf]:
    """Yield every term of a tree."""
    if isinstance(tree, Term):
        yield tree.leaf
    else:
        for part in tree.parts:
            yield from leaves(part)


def needed(tree: Tree[Leaf]) -> Iterator[Leaf]:
    """Yield the terms without which a tree cannot hold."""
    if isinstance(tree, Term):
        yield tree.leaf
    elif tree.is_all or len(tree.parts) == 1:
        for part in tree.parts:
            yield from needed(part)


class Parser(Generic[Leaf]):
    """Reads `a;b|(c;d)`: “;” binds more tightly than “|” (and than “,” where that means or)."""

    def __init__(
        self, text: str, what: str, read: Callable[[str, int], tuple[Leaf, int]], ors: str = "|"
    ) -> None:
        self._text = text
        self._what = what
        self._read = read
        self._ors = ors
        self._at = 0

    def parse(self) -> Tree[Leaf]:
        """Return the whole text as a tree; raise BadRequest where it breaks the grammar."""
        tree = self._any(0)
        if self._at != len(self._text):
            raise self.wrong()
        return tree

    def wrong(self) -> Exception:
        """Return the error at the present place."""
        return bad(
            f"{self._what} is not understood from “{self._text[self._at :][:40]}” on.",
            f"{self._what} 从“{self._text[self._at :][:40]}”起无法识别。",
        )

    def _any(self, depth: int) -> Tree[Leaf]:
        parts = [self._all(depth)]
        while self._at < len(self._text) and self._text[self._at] in self._ors:
            self._at += 1
            parts.append(self._all(depth))
        return parts[0] if len(parts) == 1 else Joined(is_all=False, parts=tuple(parts))

    def _all(self, depth: int) -> Tree[Leaf]:
        parts = [self._one(depth)]
        while self._at < len(self._text) and self._text[self._at] == ";":
            self._at += 1
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else Joined(is_all=True, parts=tuple(parts))

    def _one(self, depth: int) -> Tree[Leaf]:
        if depth > _DEEPEST or self._at >= len(self._text):
            raise self.wrong()
        if self._text[self._at] != "(":
            leaf, self._at = self._read(self._text, self._at)
            return Term(leaf)
        self._at += 1
        tree = self._any(depth + 1)
        if self._text[self._at : self._at + 1] != ")":
            raise self.wrong()
        self._at += 1
        return tree
