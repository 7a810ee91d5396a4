"""The one definition of which value is shown, for views, the current state and its rebuilding.

A series is what one source says of one attribute and value key. Of each series the latest start
that is true and known at the asked moments counts, unless it says that the value ended. Among
series the order of authority decides, then one's own tenant, then confidence, then recency.

In a branch a series that was touched there is answered by the rows of that branch alone; every
other one by those the branch left, as of the fork.
"""

from __future__ import annotations

from typing import Any, LiteralString

from chaintwin.twin.store.lines import Line

# {bodies} narrows the bodies; {known} and {valid} say as of when.
RESOLVED: LiteralString = """
WITH series AS (
    SELECT DISTINCT ON (f.body, f.attribute, f.value_key, f.tenant, f.source) f.*
    FROM fact f {line}
    WHERE {bodies} AND f.valid_from <= {valid} AND {known}
    ORDER BY f.body, f.attribute, f.value_key, f.tenant, f.source, {nearest} f.valid_from DESC
), resolved AS (
    SELECT DISTINCT ON (s.body, s.attribute, s.value_key{apart}) s.*,
           coalesce(a.rank, o.rank) AS rank
    FROM series s
    JOIN source o ON o.id = s.source
    LEFT JOIN authority a ON a.attribute = s.attribute AND a.source = s.source
    WHERE NOT s.ended
    ORDER BY s.body, s.attribute, s.value_key{apart},
             (s.basis = 'j') DESC, coalesce(a.rank, o.rank), (s.tenant <> 1) DESC,
             s.confidence DESC, s.valid_from DESC, s.source
)
"""

KNOWN_NOW: LiteralString = "f.branch = 0 AND f.known_to = 'infinity'"
KNOWN_AT: LiteralString = (
    "f.branch = 0 AND f.known_from <= %(known_at)s AND f.known_to > %(known_at)s"
)
_VALID: LiteralString = "%(valid_at)s"
# The branches of a line, nearest first, each read as of its own moment (see store.lines).
LINE: LiteralString = (
    "JOIN unnest(%(line)s::integer[], %(seen)s::timestamptz[]) "
    "WITH ORDINALITY AS n (branch, at, depth) "
    "ON n.branch = f.branch AND f.known_from <= n.at AND f.known_to > n.at"
)
NEAREST: LiteralString = "n.depth,"

# The name of an attribute and the value key, as an entry of the current state is called. A slash in
# a name (an IRI) is written as a bar, which no name holds.
ENTRY_KEY: LiteralString = "replace(t.name, '/', '|') || '/' || r.value_key"

# One shown value with its origin, as kept in the current state.
ENTRY: LiteralString = """jsonb_build_object(
    'i', r.id, 'v', coalesce(to_jsonb(r.number), to_jsonb(r.text)),
    'r', r.ref, 's', r.source, 'c', r.confidence, 'b', r.basis, 'n', r.tenant, 'a', r.rank,
    'f', CASE WHEN r.valid_from = '-infinity' THEN NULL ELSE r.valid_from END,
    'p', r.precision, 'k', r.known_from, 'l', r.label, 'u', r.unit, 'd', r.data)"""


def entry_name(attribute: str) -> str:
    """Return an attribute's name as entries of the current state begin with it."""
    return attribute.replace("/", "|")


def split_entry(item: tuple[str, Any]) -> tuple[str, str, Any]:
    """Return attribute, value key and entry of one item of a current state."""
    name, _, value_key = item[0].partition("/")
    return name.replace("|", "/"), value_key, item[1]


def resolved(line: Line, bodies: LiteralString, *, apart: LiteralString = "") -> LiteralString:
    """Return the query that resolves some bodies of a line as of two moments.

    `apart` keeps more than one value per attribute and value key. The parameters are those of
    `AsOf.given`.
    """
    if line.is_main:
        return RESOLVED.format(
            bodies=bodies, valid=_VALID, known=KNOWN_AT, apart=apart, line="", nearest=""
        )
    return RESOLVED.format(
        bodies=bodies, valid=_VALID, known="true", apart=apart, line=LINE, nearest=NEAREST
    )


def resolved_now(bodies: LiteralString, *, apart: LiteralString) -> LiteralString:
    """Return the query that resolves what is believed now on the main line."""
    return RESOLVED.format(
        bodies=bodies, valid=_VALID, known=KNOWN_NOW, apart=apart, line="", nearest=""
    )
