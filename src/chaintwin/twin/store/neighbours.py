"""Reads which bodies name which: the relations of many bodies at once, so many of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import LiteralString

from chaintwin.engine.database import Connection
from chaintwin.twin.store.lines import AsOf
from chaintwin.twin.store.resolve import LINE


@dataclass(frozen=True, slots=True)
class Relation:
    """A fact by which one body names another; `note`: what the source calls the relation."""

    fact: int
    body: int
    ref: int
    attribute: str
    source: str
    note: str | None


# {side} is the end at which the bodies asked for stand, {order} that of the index by which they
# are read: where there are more, the same ones are left out whatever the plan. Of a series the
# latest start counts.
_RELATIONS: LiteralString = """
SELECT b.body, f.id, f.body, f.ref, t.name, o.name, f.note
FROM unnest(%(bodies)s::bigint[]) AS b (body) CROSS JOIN LATERAL (
    SELECT f.*, f.data ->> 'relation' AS note
    FROM fact f {line}
    WHERE f.{side} = b.body AND f.ref IS NOT NULL AND f.ref <> f.body AND NOT f.ended
      AND (%(attributes)s::int[] IS NULL OR f.attribute = ANY(%(attributes)s::int[]))
      AND f.valid_from <= %(valid_at)s AND NOT EXISTS (
        SELECT 1 FROM fact g
        WHERE g.body = f.body AND g.tenant = f.tenant AND g.branch = f.branch
          AND g.attribute = f.attribute AND g.value_key = f.value_key AND g.source = f.source
          AND g.valid_from > f.valid_from AND g.valid_from <= %(valid_at)s
          AND g.known_from <= n.at AND g.known_to > n.at) {nearer}
    ORDER BY {order} LIMIT %(most)s
) f JOIN attribute t ON t.id = f.attribute JOIN source o ON o.id = f.source
ORDER BY b.body, {order}
"""

# A series that was touched in a branch is answered by the rows of that branch alone.
_NEARER: LiteralString = """AND NOT EXISTS (
        SELECT FROM fact h
        JOIN unnest(%(line)s::integer[], %(seen)s::timestamptz[])
            WITH ORDINALITY AS m (branch, at, depth)
          ON m.branch = h.branch AND m.depth < n.depth
         AND h.known_from <= m.at AND h.known_to > m.at
        WHERE h.body = f.body AND h.tenant = f.tenant AND h.branch <> 0
          AND h.attribute = f.attribute AND h.value_key = f.value_key AND h.source = f.source)"""


def read_relations(
    connection: Connection,
    bodies: Sequence[int],
    as_of: AsOf,
    most: int,
    attributes: Sequence[int] | None = None,
) -> list[tuple[int, Relation]]:
    """Return (body asked for, relation) of what some bodies name and of what names them.

    `attributes` None: by whatever attribute.
    """
    chosen = None if attributes is None else list(attributes)
    given = {"bodies": list(bodies), "most": most, "attributes": chosen, **as_of.given()}
    found: list[tuple[int, Relation]] = []
    nearer: LiteralString = "" if as_of.line.is_main else _NEARER
    for side, order in _SIDES:
        query = _RELATIONS.format(side=side, order=order, line=LINE, nearer=nearer)
        rows = connection.execute(query, given)
        found += [(row[0], Relation(*row[1:])) for row in rows]
    return found


_SIDES: tuple[tuple[LiteralString, LiteralString], ...] = (
    (
        "body",
        "f.tenant, f.branch, f.attribute, f.value_key, f.source, f.valid_from, f.known_to",
    ),
    ("ref", "f.attribute, f.body, f.id"),
)
