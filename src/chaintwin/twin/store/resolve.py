"""The one definition of which value is shown, for views, the current state and its rebuilding.

A series is what one source says of one attribute and value key. Of each series the latest start
that is true and known at the asked moments counts, unless it says that the value ended. Among
series the order of authority decides, then one's own tenant, then confidence, then recency. An
order of the reader's own (store.authority) stands before the shipped one: whoever asks reads every
fact by it; in the current state each tenant's facts stand as that tenant orders them.

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
    SELECT DISTINCT ON (s.body, s.attribute, s.value_key{apart}) s.*, {rank} AS rank
    FROM series s
    JOIN source o ON o.id = s.source
    LEFT JOIN authority a ON a.attribute = s.attribute AND a.source = s.source
    LEFT JOIN own_authority w ON w.tenant = {reader} AND w.attribute = s.attribute
         AND w.known_from <= %(known_at)s AND w.known_to > %(known_at)s
    WHERE NOT s.ended
    ORDER BY s.body, s.attribute, s.value_key{apart},
             (s.basis = 'j') DESC, rank, (s.tenant <> 1) DESC,
             s.confidence DESC, s.valid_from DESC, s.source
)
"""
# Sources that an order of one's own does not name come after all those it names.
UNNAMED: LiteralString = "1000"
_RANK: LiteralString = (
    "CASE WHEN w.sources IS NULL THEN coalesce(a.rank, o.rank) "
    "ELSE coalesce(array_position(w.sources, s.source) - 1, "
    + UNNAMED
    + " + coalesce(a.rank, o.rank)) END"
)
_ASKER: LiteralString = "(SELECT asking_tenant())"

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
    return _resolve(line, bodies, apart, _ASKER)


def resolved_apart(
    line: Line, bodies: LiteralString, apart: LiteralString, *, is_present: bool = True
) -> LiteralString:
    """Return the query that resolves what is believed now, each tenant's facts as it orders them.

    `known_at` among the parameters must be FOREVER; where it is not the present that is asked for,
    `seen` says as of when each branch of the line is read.
    """
    return _resolve(line, bodies, apart, "s.tenant", is_joined=not is_present)


def _resolve(
    line: Line,
    bodies: LiteralString,
    apart: LiteralString,
    reader: LiteralString,
    *,
    is_joined: bool = False,
) -> LiteralString:
    is_joined = is_joined or not line.is_main
    known: LiteralString = KNOWN_NOW if reader != _ASKER else KNOWN_AT
    return RESOLVED.format(
        bodies=bodies,
        valid=_VALID,
        known="true" if is_joined else known,
        apart=apart,
        reader=reader,
        rank=_RANK,
        line=LINE if is_joined else "",
        nearest=NEAREST if is_joined else "",
    )
