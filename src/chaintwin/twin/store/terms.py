"""The terms by which bodies are found: parts of names, beginnings of region and industry codes.

PostgreSQL uses no text index beneath row security unless the security itself asks for it:
`state_rows`, the one partition of the current state, shows only rows that hold the terms of the
setting `chaintwin.terms`, as does `former_rows` of former states.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import LiteralString

from chaintwin.engine.database import Connection
from chaintwin.kit.chinese import query_terms, search_key, search_terms, sort_key
from chaintwin.twin.store.lines import ON_MAIN, Shown

# Terms of names hold one or two characters; those of codes begin with a mark and are longer.
_REGION, _INDUSTRY = "@r", "@i"
# Two digits of a region code name a province, one letter of an industry code a section.
_SHORTEST_REGION = 2


def name_columns(
    name: str | None, words: str | None, region: str | None, industries: Iterable[str]
) -> tuple[str | None, str | None, str | None]:
    """Return sort name, search text and search terms of a body."""
    terms = search_terms(words) if words is not None else set()
    terms |= _code_terms(_REGION, region or "", _SHORTEST_REGION)
    for industry in industries:
        terms |= _code_terms(_INDUSTRY, industry, 1)
    named = (sort_key(name or words), search_key(words)) if words is not None else (None, None)
    return *named, _write(terms)


def asked_terms(text: str | None, region: str | None, industry: str | None) -> str | None:
    """Return the tsquery that every body asked for fits; None where no term can tell."""
    terms = _covering(query_terms(text)) if text and search_key(text) else []
    if region and len(region) >= _SHORTEST_REGION:
        terms.append(_REGION + region)
    if industry:
        terms.append(_INDUSTRY + industry)
    return " & ".join(map(quote_term, terms)) or None


@contextmanager
def reading_by(
    connection: Connection, terms: str | None, shown: Shown = ON_MAIN
) -> Iterator[LiteralString]:
    """Yield from where to read the rows that a line shows: by the index over terms, if any.

    Only rows that hold the terms (a tsquery) are there to be read.
    """
    if terms is None:
        yield shown.table
        return
    connection.execute(_BY_TERMS, (terms, "off", "off"))
    yield shown.by_terms
    connection.execute(_BY_TERMS, ("", "on", "on"))


_BY_TERMS: LiteralString = """
SELECT set_config('chaintwin.terms', %s, true), set_config('enable_seqscan', %s, true),
       set_config('enable_indexscan', %s, true)
"""


def _covering(pairs: list[str]) -> list[str]:
    """Return enough pairs of neighbours to hold every character: long lists cost time to join."""
    return [*pairs[:-1:2], pairs[-1]]


def _code_terms(mark: str, code: str, shortest: int) -> set[str]:
    return {mark + code[:end] for end in range(shortest, len(code) + 1)}


def _write(terms: set[str]) -> str | None:
    plain = "' '".join(terms)
    if "\\" in plain or plain.count("'") > 2 * len(terms) - 2:
        return " ".join(map(quote_term, terms)) or None
    return f"'{plain}'"


def quote_term(term: str) -> str:
    """Return a term as it is written in a tsvector or tsquery."""
    return "'" + term.replace("\\", "\\\\").replace("'", "''") + "'"
