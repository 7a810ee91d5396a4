"""Type selections and scope queries (clauses 4.17 and 4.19). Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chaintwin.web.ngsi.boolean import Parser, Tree, holds
from chaintwin.web.ngsi.errors import bad
from chaintwin.web.ngsi.incoming import expand_name
from chaintwin.web.ngsi.terms import Terms

_ENDS = re.compile(r"[;|,()]")
_SCOPE = re.compile(r"(?:/(?:[^\W\d_][\w\-.]*|\+|#))+")


def read_types(text: str, terms: Terms) -> Tree[str]:
    """Return a type selection with names expanded: “,” and “|” are or, “;” is and."""

    def read(whole: str, at: int) -> tuple[str, int]:
        found = _ENDS.search(whole, at)
        end = found.start() if found else len(whole)
        name = whole[at:end].strip()
        if not name:
            raise bad(f"The type selection “{whole}” has a gap.", f"类型选择“{whole}”有空缺。")
        return expand_name(name, terms), end

    return Parser(text, "type", read, ors=",|").parse()


def fits_types(tree: Tree[str], types: Sequence[str]) -> bool:
    """Tell whether an entity's types fit a selection."""
    return holds(tree, lambda wanted: wanted in types)


def read_scope_query(text: str) -> Tree[str]:
    """Return a scope query; raise BadRequest where it breaks the grammar."""

    def read(whole: str, at: int) -> tuple[str, int]:
        found = _SCOPE.match(whole, at)
        if found is None:
            raise bad(
                f"scopeQ is not understood from “{whole[at:]}” on.",
                f"scopeQ 从“{whole[at:]}”起无法识别。",
            )
        return found[0], found.end()

    return Parser(text, "scopeQ", read, ors=",|").parse()


def fits_scopes(tree: Tree[str], scopes: Sequence[str]) -> bool:
    """Tell whether any scope of an entity fits a scope query."""
    return holds(tree, lambda pattern: any(_fits_scope(pattern, scope) for scope in scopes))


def _fits_scope(pattern: str, scope: str) -> bool:
    """“+” stands for one level, “#” for any number of levels, at the end only."""
    wanted, levels = pattern.strip("/").split("/"), scope.strip("/").split("/")
    for position, part in enumerate(wanted):
        if part == "#":
            return True
        if position >= len(levels) or (part != "+" and part != levels[position]):
            return False
    return len(wanted) == len(levels)
