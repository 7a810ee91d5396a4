"""Reads bodies whose names hold the characters of a text, wherever they stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from chaintwin.engine.database import Connection
from chaintwin.twin.store.terms import quote_term, reading_by

# Very common characters stand together in very many names: no more of them are compared.
_MOST_COMPARED = 5_000

_ALIKE: LiteralString = """
WITH held AS MATERIALIZED (
    SELECT s.body, s.search_text, s.attributes ? 'stock' AS listed FROM {table} s
    WHERE s.kind = %(kind)s AND s.branch = ANY(%(branches)s::integer[]) AND s.name IS NOT NULL
    LIMIT %(compared)s
)
SELECT body FROM (
    SELECT h.body, max(p.pairs) AS pairs, bool_or(h.listed) AS listed,
           min(length(h.search_text)) AS length
    FROM held h CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE strpos(h.search_text, pair) > 0) AS pairs
        FROM unnest(%(pairs)s::text[]) AS pair
    ) p
    GROUP BY h.body
) ranked
ORDER BY pairs DESC, listed DESC, length, body LIMIT %(most)s
"""


def read_alike(
    connection: Connection,
    kind: int,
    branches: Sequence[int],
    wanted: Sequence[frozenset[str]],
    pairs: Sequence[str],
    most: int,
) -> list[int]:
    """Return bodies whose names hold all characters of one of some sets.

    Those that hold most of the pairs come first, listed firms and short names before others.
    """
    terms = " | ".join(f"({' & '.join(map(quote_term, sorted(one)))})" for one in wanted if one)
    if not terms:
        return []
    with reading_by(connection, terms) as table:
        rows = connection.execute(
            _ALIKE.format(table=table),
            {
                "kind": kind,
                "branches": list(branches),
                "compared": _MOST_COMPARED,
                "pairs": list(pairs),
                "most": most,
            },
        ).fetchall()
    return [row[0] for row in rows]
