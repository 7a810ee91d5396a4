"""Reads bodies, facts and changes as of two moments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, LiteralString

from chaintwin.engine.database import Connection
from chaintwin.twin.store.lines import MAIN, ON_MAIN, AsOf, Line, Shown
from chaintwin.twin.store.resolve import ENTRY, ENTRY_KEY, entry_name, resolved

# The attributes that BodyState.name and BodyState.is_demo rest on.
NAMING = ("name", "short_name", "demo")
# number, kind, last change, entries by "attribute/value key"
StateRow = tuple[int, int, int, dict[str, dict[str, Any]]]

# The columns of a fact in the order of model.fact.Fact, and the tables that name their numbers.
FACT: LiteralString = """
    f.id, f.body, f.tenant, t.name, f.value_key, f.text, f.number, f.ref, f.data, f.unit,
    f.original, o.name, f.source_record, f.evidence, f.basis, f.confidence, f.label,
    nullif(f.valid_from, '-infinity'), f.precision, f.known_from,
    nullif(f.known_to, 'infinity'), f.change, f.ended
"""
# Facts of the public tenant have no label, and its loads are large: nothing is counted there.
_CHANGE: LiteralString = """
    c.id, c.at, c.actor, c.account, c.reason, o.name, c.opened, c.closed, c.bodies,
    CASE WHEN c.tenant = 1 THEN c.opened
         ELSE (SELECT count(*) FROM fact f WHERE f.change = c.id) END
"""
NAMED: LiteralString = "JOIN attribute t ON t.id = f.attribute JOIN source o ON o.id = f.source"


# The rows of a state, out of what `resolved` finds.
STATE_OF_RESOLVED: LiteralString = (
    "SELECT r.body, b.kind, max(r.change), jsonb_object_agg("
    + ENTRY_KEY
    + ", "
    + ENTRY
    + ") FROM resolved r JOIN body b ON b.id = r.body JOIN attribute t ON t.id = r.attribute "
    "GROUP BY r.body, b.kind"
)


def read_installation(connection: Connection) -> str:
    """Return the code of this installation, part of every body code."""
    row = connection.execute("SELECT code FROM installation").fetchone()
    assert row is not None
    return str(row[0])


def read_states(
    connection: Connection, bodies: Sequence[int], shown: Shown = ON_MAIN
) -> list[StateRow]:
    """Return the current state rows of some bodies; one body may have several (tenant, label)."""
    return connection.execute(
        f"SELECT s.body, s.kind, s.change, s.attributes FROM {shown.of(len(bodies))}",
        {"bodies": list(bodies), **shown.given()},
    ).fetchall()


def read_parts(
    connection: Connection, bodies: Sequence[int], names: Sequence[str], shown: Shown = ON_MAIN
) -> list[StateRow]:
    """Return the same rows cut to some attributes."""
    return connection.execute(
        f"""
        SELECT s.body, s.kind, s.change, e.kept
        FROM {shown.table} s CROSS JOIN LATERAL (
            SELECT jsonb_object_agg(a.key, a.value) AS kept FROM jsonb_each(s.attributes) a
            WHERE split_part(a.key, '/', 1) = ANY(%(names)s)
        ) e
        WHERE s.body = ANY(%(bodies)s) AND {shown.rows} AND e.kept IS NOT NULL
        """,
        {"names": list(map(entry_name, names)), "bodies": list(bodies), **shown.given()},
    ).fetchall()


def read_names(
    connection: Connection, bodies: Sequence[int], shown: Shown = ON_MAIN
) -> list[StateRow]:
    """Return the same rows cut to what names them: a whole state may hold hundreds of values."""
    return connection.execute(
        f"""
        SELECT s.body, s.kind, s.change,
               (SELECT coalesce(jsonb_object_agg(key, s.attributes -> key), '{{}}')
                FROM unnest(%(naming)s::text[]) AS u (key) WHERE s.attributes ? key)
        FROM {shown.of(len(bodies))}
        """,
        {
            "naming": [f"{name}/" for name in NAMING],
            "bodies": list(bodies),
            **shown.given(),
        },
    ).fetchall()


def read_states_as_of(
    connection: Connection,
    bodies: Sequence[int],
    as_of: AsOf,
    attributes: Sequence[int] | None = None,
) -> list[StateRow]:
    """Return the state of some bodies at two moments, derived from facts; perhaps only a part."""
    some: LiteralString = "f.body = ANY(%(bodies)s)"
    if attributes is not None:
        some += " AND f.attribute = ANY(%(attributes)s)"
    query = resolved(as_of.line, some) + STATE_OF_RESOLVED
    given = {"bodies": list(bodies), "attributes": attributes, **as_of.given()}
    return connection.execute(query, given).fetchall()


def all_bodies(connection: Connection, kind: int) -> list[int]:
    """Return every body of a kind, in order of number."""
    rows = connection.execute("SELECT id FROM body WHERE kind = %s ORDER BY id", (kind,))
    return [row[0] for row in rows]


def read_facts(
    connection: Connection, body: int, attribute: int | None, as_of: AsOf
) -> Iterable[Any]:
    """Return every fact ever held of a body, the latest known first.

    What a parent ended only after it was left is still held in a branch.
    """
    columns, line = FACT, _HELD_EVER
    if as_of.line.is_main:
        line = ""
    else:
        columns = FACT.replace(
            "f.known_to", "CASE WHEN f.known_to > n.at THEN 'infinity' ELSE f.known_to END"
        )
    return connection.execute(
        f"""
        SELECT {columns}, f.branch FROM fact f {line} {NAMED}
        WHERE f.body = %(body)s AND f.branch = ANY(%(line)s)
          AND (%(attribute)s::integer IS NULL OR f.attribute = %(attribute)s::integer)
        ORDER BY t.name, f.value_key, f.known_from DESC, f.id DESC
        """,
        {"body": body, "attribute": attribute, **as_of.given()},
    )


_HELD_EVER: LiteralString = (
    "JOIN unnest(%(line)s::integer[], %(seen)s::timestamptz[]) AS n (branch, at) "
    "ON n.branch = f.branch AND f.known_from <= n.at"
)


def read_referrers(
    connection: Connection, bodies: Sequence[int], attribute: int | None, line: Line = MAIN
) -> list[tuple[int, int, str]]:
    """Return (body, attribute number and name) of every fact that ever named some bodies."""
    return connection.execute(
        """
        SELECT DISTINCT f.body, t.id, t.name FROM fact f JOIN attribute t ON t.id = f.attribute
        WHERE f.ref = ANY(%(bodies)s) AND f.branch = ANY(%(line)s)
          AND (%(attribute)s::integer IS NULL OR f.attribute = %(attribute)s::integer)
        ORDER BY t.name, f.body
        """,
        {"bodies": list(bodies), "attribute": attribute, "line": list(line.branches)},
    ).fetchall()


def find_key(connection: Connection, tenant: int, scheme: str, value: str) -> int | None:
    """Return the body of a key, one's own tenant before public."""
    row = connection.execute(
        "SELECT body FROM body_key WHERE scheme = %s AND value = %s ORDER BY (tenant = %s) DESC",
        (scheme, value, tenant),
    ).fetchone()
    return None if row is None else int(row[0])


def body_kind(connection: Connection, body: int) -> int | None:
    """Return the kind number of a body that may be read."""
    row = connection.execute("SELECT kind FROM body WHERE id = %s", (body,)).fetchone()
    return None if row is None else int(row[0])


@dataclass(frozen=True, slots=True)
class Recorded:
    """Which changes a list asks for: of some bodies or of a tenant, recorded up to a moment."""

    bodies: Sequence[int] | None
    tenant: int | None
    as_of: AsOf
    limit: int
    offset: int


def read_changes(connection: Connection, wanted: Recorded) -> tuple[list[Any], int]:
    """Return changes, the latest first, with how many of their facts may be read.

    A change all of whose facts bear labels that may not be read is neither shown nor counted.
    """
    given = {
        "bodies": None if wanted.bodies is None else list(wanted.bodies),
        "tenant": wanted.tenant,
        "limit": wanted.limit,
        "offset": wanted.offset,
        **wanted.as_of.given(),
    }
    rows = connection.execute(
        f"""
        WITH hits AS (
            SELECT c.* FROM change c
            JOIN unnest(%(line)s::integer[], %(seen)s::timestamptz[]) AS n (branch, at)
              ON n.branch = c.branch AND c.at <= n.at
            WHERE (%(tenant)s::integer IS NULL OR c.tenant = %(tenant)s::integer)
              AND c.observed = 0
              AND (%(bodies)s::bigint[] IS NULL
                   OR c.id IN (SELECT change FROM ledger_leaf
                               WHERE body = ANY(%(bodies)s::bigint[])))
              AND (c.tenant = 1 OR c.opened = 0
                   OR EXISTS (SELECT 1 FROM fact f WHERE f.change = c.id))
        )
        SELECT {_CHANGE}, (SELECT count(*) FROM hits)
        FROM hits c JOIN source o ON o.id = c.source
        ORDER BY c.at DESC, c.id DESC LIMIT %(limit)s OFFSET %(offset)s
        """,
        given,
    ).fetchall()
    if not rows and wanted.offset:  # beyond the last page no row carries the count
        return [], read_changes(connection, replace(wanted, limit=1, offset=0))[1]
    return [row[:-1] for row in rows], rows[0][-1] if rows else 0


def read_change_rows(connection: Connection, numbers: Sequence[int]) -> list[Any]:
    """Return some changes by their numbers, with how many of their facts may be read."""
    return connection.execute(
        f"SELECT {_CHANGE} FROM change c JOIN source o ON o.id = c.source WHERE c.id = ANY(%s)",
        (list(numbers),),
    ).fetchall()
