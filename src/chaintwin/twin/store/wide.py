"""Reads many bodies at once, a few attributes of each, and what changed since a last look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

from chaintwin.engine.database import Connection
from chaintwin.twin.store.lines import ON_MAIN, AsOf, Line, Shown
from chaintwin.twin.store.reading import FACT, NAMED, STATE_OF_RESOLVED, StateRow
from chaintwin.twin.store.resolve import KNOWN_AT, LINE, NEAREST, entry_name, resolved


@dataclass(frozen=True, slots=True)
class Slice:
    """Which bodies of a kind and which of their attributes; bodies None: all."""

    kind: int
    attributes: Sequence[int]
    names: Sequence[str]
    bodies: Sequence[int] | None = None


def read_slices(connection: Connection, wanted: Slice, shown: Shown = ON_MAIN) -> list[StateRow]:
    """Return the current state rows of a kind, cut to some attributes."""
    return connection.execute(
        f"""
        SELECT s.body, s.kind, s.change, e.kept
        FROM {shown.table} s CROSS JOIN LATERAL (
            SELECT jsonb_object_agg(a.key, a.value) AS kept FROM jsonb_each(s.attributes) a
            WHERE split_part(a.key, '/', 1) = ANY(%(names)s)
        ) e
        WHERE s.kind = %(kind)s AND {shown.rows} AND e.kept IS NOT NULL {_some("s.body", wanted)}
        ORDER BY s.body
        """,
        _given(wanted) | shown.given(),
    ).fetchall()


def read_slices_as_of(connection: Connection, wanted: Slice, as_of: AsOf) -> list[StateRow]:
    """Return the same at two moments, derived from facts."""
    within: LiteralString = (
        "f.attribute = ANY(%(attributes)s) AND f.body IN (SELECT id FROM body WHERE "
        f"kind = %(kind)s {_some('id', wanted)}) {_some('f.body', wanted)}"
    )
    if wanted.bodies is not None:  # says no more, but lets the facts be read by body
        within += " AND f.body = ANY(%(bodies)s)"
    query = resolved(as_of.line, within) + STATE_OF_RESOLVED + " ORDER BY r.body"
    return connection.execute(query, _given(wanted) | as_of.given()).fetchall()


def _some(column: LiteralString, wanted: Slice) -> LiteralString:
    """Return the condition that narrows the bodies; told apart so that an index can serve it."""
    return "" if wanted.bodies is None else f"AND {column} = ANY(%(bodies)s::bigint[])"


def read_bodies_with(
    connection: Connection, kind: int, attributes: Sequence[int], line: Line
) -> list[int]:
    """Return the bodies of a kind of which any of some attributes was ever stated."""
    rows = connection.execute(
        """
        SELECT id FROM body WHERE kind = %s AND id IN (
            SELECT body FROM fact WHERE attribute = ANY(%s) AND branch = ANY(%s))
        ORDER BY id
        """,
        (kind, list(attributes), list(line.branches)),
    )
    return [row[0] for row in rows]


def count_regions(
    connection: Connection, kind: int, shown: Shown, apart: Sequence[int]
) -> dict[str, int]:
    """Return how many bodies of a kind, but for some, lie in each region stated of any."""
    rows = connection.execute(
        f"""
        SELECT s.region, count(DISTINCT s.body) FROM {shown.table} s
        WHERE s.kind = %(kind)s AND {shown.rows} AND s.region IS NOT NULL
          AND s.body <> ALL(%(apart)s::bigint[])
        GROUP BY s.region
        """,
        {"kind": kind, "apart": list(apart), **shown.given()},
    )
    return dict(rows.fetchall())


def read_keys(connection: Connection, scheme: str) -> list[tuple[int, str]]:
    """Return (body, value) of every key of a scheme."""
    return connection.execute(
        "SELECT body, value FROM body_key WHERE scheme = %s", (scheme,)
    ).fetchall()


def read_own_bodies(
    connection: Connection, kind: int, tenant: int, shown: Shown = ON_MAIN
) -> list[int]:
    """Return the bodies of a kind of which a tenant itself says something now."""
    rows = connection.execute(
        f"SELECT DISTINCT s.body FROM {shown.table} s "
        f"WHERE s.kind = %(kind)s AND s.tenant = %(tenant)s AND {shown.rows} ORDER BY s.body",
        {"kind": kind, "tenant": tenant, **shown.given()},
    )
    return [row[0] for row in rows]


def read_stated(
    connection: Connection, kind: int, attribute: int, bodies: Sequence[int] | None, as_of: AsOf
) -> Iterable[Any]:
    """Return what each source states of an attribute of a kind at two moments, conflicts too."""
    line, known, nearest = ("", KNOWN_AT, "") if as_of.line.is_main else (LINE, "true", NEAREST)
    some: LiteralString = "" if bodies is None else "AND f.body = ANY(%(bodies)s::bigint[])"
    return connection.execute(
        f"""
        SELECT {FACT} FROM (
            SELECT DISTINCT ON (f.body, f.value_key, f.tenant, f.source) f.* FROM fact f {line}
            WHERE f.attribute = %(attribute)s AND f.valid_from <= %(valid_at)s AND {known} {some}
            ORDER BY f.body, f.value_key, f.tenant, f.source, {nearest} f.valid_from DESC
        ) f {NAMED}
        JOIN body b ON b.id = f.body AND b.kind = %(kind)s
        WHERE NOT f.ended ORDER BY f.body, f.id
        """,
        {
            "kind": kind,
            "attribute": attribute,
            "bodies": None if bodies is None else list(bodies),
            **as_of.given(),
        },
    )


def read_numbered(
    connection: Connection, numbers: Sequence[int], bodies: Sequence[int]
) -> Iterable[Any]:
    """Return facts by their numbers, of the bodies that they may be about."""
    return connection.execute(
        f"SELECT {FACT} FROM fact f {NAMED} WHERE f.body = ANY(%s) AND f.id = ANY(%s)",
        (list(bodies), list(numbers)),
    )


def read_marks(connection: Connection) -> dict[int, int]:
    """Return the latest change on the main line of each tenant that may be read.

    Changes of one tenant commit in the order of their numbers; across tenants they need not.
    """
    rows = connection.execute(
        """
        SELECT t.id, c.id FROM unnest(readable_tenants()) AS t (id)
        CROSS JOIN LATERAL (
            SELECT id FROM change WHERE tenant = t.id AND branch = 0 AND observed = 0
            ORDER BY at DESC LIMIT 1
        ) c
        """
    )
    return dict(rows.fetchall())


def read_branch_marks(connection: Connection, line: Line) -> dict[int, int]:
    """Return the latest change of a branch by its tenant: all else it reads stands still."""
    rows = connection.execute(
        """
        SELECT b.tenant, greatest(b.change, (SELECT max(id) FROM change WHERE branch = b.id))
        FROM branch b WHERE b.id = %s
        """,
        (line.branch,),
    )
    return dict(rows.fetchall())


def read_touched(
    connection: Connection, marks: Mapping[int, int], most: int, branch: int = 0
) -> list[int]:
    """Return bodies touched in a branch after the marks, at most so many."""
    rows = connection.execute(
        """
        SELECT DISTINCT l.body FROM unnest(%s::integer[], %s::bigint[]) AS m (tenant, change)
        JOIN ledger_leaf l ON l.tenant = m.tenant AND l.change > m.change AND l.body > 0
        JOIN change c ON c.id = l.change AND c.branch = %s
        LIMIT %s
        """,
        (list(marks), list(marks.values()), branch, most),
    )
    return [row[0] for row in rows]


def _given(wanted: Slice) -> dict[str, Any]:
    return {
        "kind": wanted.kind,
        "attributes": list(wanted.attributes),
        "names": list(map(entry_name, wanted.names)),
        "bodies": None if wanted.bodies is None else list(wanted.bodies),
    }
