"""The boxes around the geometries of the current state, kept in step with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from chaintwin.engine.database import Connection
from chaintwin.kit.shapes import Box, bounds, geometry_in
from chaintwin.model.fact import FOREVER
from chaintwin.twin.store.lines import MAIN, Line
from chaintwin.twin.store.resolve import split_entry
from chaintwin.twin.store.staging import insert_rows

_COLUMNS = (
    "body", "tenant", "branch", "label", "kind", "attribute", "value_key",
    "west", "south", "east", "north",
)  # fmt: skip
_EVERYWHERE: Box = (-180.0, -90.0, 180.0, 90.0)

# Values that are a GeoJSON geometry, or hold one as the value (v) of an attribute.
_GEOMETRIES: LiteralString = """
SELECT n.body, n.label, n.kind, e.key, e.value -> 'd'
FROM new_state n CROSS JOIN LATERAL jsonb_each(n.attributes) e
WHERE n.attributes @? '$.*.d.coordinates' OR n.attributes @? '$.*.d.v.coordinates'
   OR n.attributes @? '$.*.d.geometries' OR n.attributes @? '$.*.d.v.geometries'
ORDER BY n.body
"""

ShapeRow = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Boxed:
    """Which boxes are asked for: of a kind, meeting one of some (none: all), beyond a body."""

    kind: int
    boxes: Sequence[Box] | None
    attribute: str | None = None
    after: int = 0
    limit: int | None = None
    line: Line = MAIN

    def given(self) -> dict[str, Any]:
        """Return the parameters of a query."""
        boxes = list(self.boxes) if self.boxes is not None else [_EVERYWHERE]
        west, south, east, north = (list(side) for side in zip(*boxes, strict=True))
        return {
            "kind": self.kind, "attribute": self.attribute, "after": self.after,
            "limit": self.limit, "line": list(self.line.branches),
            "seen": self.line.seen(FOREVER),
            "west": west, "south": south, "east": east, "north": north,
        }  # fmt: skip


def refresh_shapes(connection: Connection, tenant: int, bodies: list[int], branch: int) -> None:
    """Store the boxes of what the table new_state holds, in place of those of these bodies."""
    connection.execute(
        "DELETE FROM body_shape WHERE body = ANY(%s) AND tenant = %s AND branch = %s",
        (bodies, tenant, branch),
    )
    rows = _collected(connection, tenant, branch)
    if rows:
        insert_rows(connection, "body_shape", _COLUMNS, rows)


def read_bounds(connection: Connection, tenant: int, branch: int) -> dict[tuple[int, int], Box]:
    """Return the box around all geometries of each row (body, label) of the table new_state."""
    found: dict[tuple[int, int], Box] = {}
    for row in _collected(connection, tenant, branch):
        west, south, east, north = row[-4:]
        held = found.get((row[0], row[3]), row[-4:])
        found[row[0], row[3]] = (
            min(held[0], west), min(held[1], south), max(held[2], east), max(held[3], north),
        )  # fmt: skip
    return found


def drop_shapes(connection: Connection, branch: int) -> None:
    """Give back the room that the boxes of a branch took."""
    connection.execute("DELETE FROM body_shape WHERE branch = %s AND branch <> 0", (branch,))


def differing_shapes(
    connection: Connection, tenant: int, bodies: list[int], branch: int
) -> set[int]:
    """Return the bodies whose stored boxes are not those of the table new_state."""
    stored = connection.execute(
        "SELECT body, tenant, branch, label, kind, attribute, value_key, west, south, east, north "
        "FROM body_shape WHERE body = ANY(%s) AND tenant = %s AND branch = %s",
        (bodies, tenant, branch),
    )
    return {row[0] for row in set(_collected(connection, tenant, branch)) ^ set(stored)}


def find_boxed(connection: Connection, wanted: Boxed) -> list[int]:
    """Return the bodies with such a box, in order of number."""
    rows = connection.execute(
        f"""
        SELECT DISTINCT s.body FROM {_BOXES}
        JOIN body_shape s ON s.kind = %(kind)s AND s.west <= b.east AND s.east >= b.west
                         AND s.south <= b.north AND s.north >= b.south
        WHERE s.branch = ANY(%(line)s::integer[]) AND s.body > %(after)s
          AND (%(attribute)s::text IS NULL OR s.attribute = %(attribute)s::text)
        ORDER BY s.body LIMIT %(limit)s
        """,
        wanted.given(),
    )
    return [row[0] for row in rows]


def find_boxed_before(connection: Connection, wanted: Boxed) -> list[int]:
    """Return the bodies that had such a box, of any attribute, when a line left its parents."""
    rows = connection.execute(
        f"""
        SELECT DISTINCT s.body FROM {_BOXES}
        JOIN former_state s ON s.kind = %(kind)s AND s.west <= b.east AND s.east >= b.west
                           AND s.south <= b.north AND s.north >= b.south
        JOIN unnest(%(line)s::integer[], %(seen)s::timestamptz[]) AS n (branch, at)
          ON n.branch = s.branch AND s.known_from <= n.at AND s.known_to > n.at
        WHERE s.body > %(after)s ORDER BY s.body LIMIT %(limit)s
        """,
        wanted.given(),
    )
    return [row[0] for row in rows]


_BOXES: LiteralString = """
    unnest(%(west)s::float8[], %(south)s::float8[], %(east)s::float8[], %(north)s::float8[])
        AS b (west, south, east, north)"""


def read_extent(connection: Connection, kind: int) -> Box | None:
    """Return the box around all geometries of a kind; None where there is none."""
    row = connection.execute(
        "SELECT min(west), min(south), max(east), max(north) FROM body_shape "
        "WHERE kind = %s AND branch = 0",
        (kind,),
    ).fetchone()
    return None if row is None or row[0] is None else (row[0], row[1], row[2], row[3])


def _collected(connection: Connection, tenant: int, branch: int) -> list[ShapeRow]:
    return [
        (body, tenant, branch, label, kind, attribute, value_key, *box)
        for body, label, kind, key, data in connection.execute(_GEOMETRIES)
        for attribute, value_key, box in _boxes(key, data)
    ]


def _boxes(key: str, data: Any) -> Iterable[tuple[str, str, Box]]:
    geometry = geometry_in(data)
    box = bounds(geometry) if geometry is not None else None
    if box is not None:
        attribute, value_key, _ = split_entry((key, None))
        yield attribute, value_key, box
