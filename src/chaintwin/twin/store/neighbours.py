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


# {side} is the end at which the bodies asked for stand. Of a series the latest start counts.
_RELATIONS: LiteralString = """
SELECT b.body, f.id, f.body, f.ref, t.name, o.name, f.note
FROM unnest(%(bodies)s::bigint[]) AS b (body) CROSS JOIN LATERAL (
    SELECT f.id, f.body, f.ref, f.attribute, f.source, f.data ->> 'relation' AS note
    FROM fact f {line}
    WHERE f.{side} = b.body AND f.ref IS NOT NULL AND f.ref <> f.body AND NOT f.ended
      AND f.valid_from <= %(valid_at)s AND NOT EXISTS (
        SELECT 1 FROM fact g
        WHERE g.body = f.body AND g.tenant = f.tenant AND g.branch = f.branch
          AND g.attribute = f.attribute AND g.value_key = f.value_key AND g.source = f.source
          AND g.valid_from > f.valid_from AND g.valid_from <= %(valid_at)s
          AND g.known_from <= n.at AND g.known_to > n.at)
    LIMIT %(most)s
) f JOIN attribute t ON t.id = f.attribute JOIN source o ON o.id = f.source
ORDER BY b.body, f.id
"""


def read_relations(
    connection: Connection, bodies: Sequence[int], as_of: AsOf, most: int
) -> list[tuple[int, Relation]]:
    """Return (body asked for, relation) of what some bodies name and of what names them."""
    given = {"bodies": list(bodies), "most": most, **as_of.given()}
    found: list[tuple[int, Relation]] = []
    for side in _SIDES:
        query = _RELATIONS.format(side=side, line=LINE)
        rows = connection.execute(query, given)
        found += [(row[0], Relation(*row[1:])) for row in rows]
    return found


_SIDES: tuple[LiteralString, ...] = ("body", "ref")
