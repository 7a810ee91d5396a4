"""A place's own orders of authority, kept beside the facts that state them: every state needs them.

An order names sources of one attribute, the most trusted first; those it does not name come after,
as shipped. It holds for its own tenant alone, in every kind, at every valid time, and from when it
was stated until it was withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from chaintwin.engine.database import Connection
from chaintwin.twin.store.resolve import UNNAMED, entry_name
from chaintwin.twin.store.verifying import Difference


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order: the sources of an attribute by name, and the fact that states it."""

    attribute: str
    sources: tuple[str, ...]
    body: int
    fact: int
    change: int
    known_from: datetime


_COLUMNS: LiteralString = """
    f.tenant, t.id, ARRAY(
        SELECT o.id FROM json_array_elements_text(f.data) WITH ORDINALITY AS e (name, place)
        JOIN source o ON o.name = e.name ORDER BY e.place),
    f.body, f.id, f.change, f.known_from, f.known_to
"""
_STATED: LiteralString = (
    f"SELECT {_COLUMNS} FROM fact f JOIN attribute t ON t.name = f.value_key "
    "JOIN attribute s ON s.id = f.attribute AND s.name = 'sources' "
    "WHERE NOT f.ended AND f.branch = 0"
)


@contextmanager
def every_label(connection: Connection) -> Iterator[None]:
    """Let the program itself see every label of a tenant's rows: nothing of them may be told.

    States are derived and values in use are counted whoever asks for it.
    """
    before = connection.execute("SELECT current_setting('chaintwin.labels', true)").fetchone()
    connection.execute("SELECT set_config('chaintwin.labels', '{0,1,2,3,4}', true)")
    yield
    connection.execute("SELECT set_config('chaintwin.labels', %s, true)", before)


def find_orders(connection: Connection, kind: int, tenant: int) -> set[int]:
    """Return the bodies by which a tenant states orders; `kind` is the number of Authority."""
    rows = connection.execute("SELECT id FROM body WHERE kind = %s AND tenant = %s", (kind, tenant))
    return {row[0] for row in rows}


def keep_authority(connection: Connection, change: int, bodies: Iterable[int]) -> list[str]:
    """Take over the orders that a change states or withdraws; return the attributes they are of."""
    given = {"change": change, "bodies": list(bodies)}
    connection.execute(
        """
        UPDATE own_authority a SET known_to = f.known_to FROM fact f
        WHERE a.body = ANY(%(bodies)s) AND a.known_to = 'infinity'
          AND f.body = a.body AND f.id = a.fact AND f.known_to <> 'infinity'
        """,
        given,
    )
    connection.execute(
        "INSERT INTO own_authority (tenant, attribute, sources, body, fact, change, known_from, "
        f"known_to) {_STATED} AND f.change = %(change)s AND f.body = ANY(%(bodies)s)",
        given,
    )
    rows = connection.execute(
        "SELECT DISTINCT t.name FROM own_authority a JOIN attribute t ON t.id = a.attribute "
        "WHERE a.body = ANY(%(bodies)s)",
        given,
    )
    return [row[0] for row in rows]


def read_authority(connection: Connection, tenant: int, known_at: datetime) -> list[OrderRow]:
    """Return the orders of a tenant as known at a moment, by attribute."""
    rows = connection.execute(
        """
        SELECT t.name, ARRAY(
            SELECT o.name FROM unnest(a.sources) WITH ORDINALITY AS e (id, place)
            JOIN source o ON o.id = e.id ORDER BY e.place),
            a.body, a.fact, a.change, a.known_from
        FROM own_authority a JOIN attribute t ON t.id = a.attribute
        WHERE a.tenant = %s AND a.known_from <= %s AND a.known_to > %s ORDER BY t.name
        """,
        (tenant, known_at, known_at),
    )
    return [OrderRow(row[0], tuple(row[1]), *row[2:]) for row in rows]


def read_own_ranks(connection: Connection, tenant: int, source: int, rank: int) -> dict[int, int]:
    """Return, by attribute that a tenant orders, how a source of this rank stands there."""
    rows = connection.execute(
        f"""
        SELECT w.attribute,
               coalesce(array_position(w.sources, %(source)s) - 1,
                        {UNNAMED} + coalesce(a.rank, %(rank)s))
        FROM own_authority w
        LEFT JOIN authority a ON a.attribute = w.attribute AND a.source = %(source)s
        WHERE w.tenant = %(tenant)s AND w.known_to = 'infinity'
        """,
        {"tenant": tenant, "source": source, "rank": rank},
    )
    return dict(rows.fetchall())


def find_holding(
    connection: Connection,
    tenant: int,
    branch: int,
    kinds: Sequence[int],
    attributes: Sequence[str] | None = None,
) -> list[int]:
    """Return the bodies of some kinds whose state of a branch holds any of some attributes.

    Attributes None: any at all.
    """
    rows = connection.execute(
        """
        SELECT DISTINCT c.body FROM current_state c
        WHERE c.tenant = %(tenant)s AND c.branch = %(branch)s AND c.kind = ANY(%(kinds)s)
          AND EXISTS (SELECT FROM jsonb_object_keys(c.attributes) AS k (name)
                      WHERE %(names)s::text[] IS NULL
                         OR split_part(k.name, '/', 1) = ANY(%(names)s::text[]))
        ORDER BY c.body
        """,
        {
            "tenant": tenant,
            "branch": branch,
            "kinds": list(kinds),
            "names": None if attributes is None else list(map(entry_name, attributes)),
        },
    )
    return [row[0] for row in rows]


def check_authority(connection: Connection) -> Iterator[Difference]:
    """Yield every kept order that is not what facts state."""
    rows = connection.execute(
        f"""
        WITH said AS (
            {_STATED} AND f.body IN (
                SELECT b.id FROM body b JOIN kind k ON k.id = b.kind AND k.name = 'Authority')
        ), kept AS (
            SELECT tenant, attribute, sources, body, fact, change, known_from, known_to
            FROM own_authority
        )
        SELECT DISTINCT tenant, body FROM (
            (SELECT * FROM said EXCEPT SELECT * FROM kept)
            UNION ALL (SELECT * FROM kept EXCEPT SELECT * FROM said)
        ) AS differing (tenant, attribute, sources, body, fact, change, known_from, known_to)
        """
    )
    for tenant, body in rows:
        zh = "本单位权威次序的投影与事实不一致"
        en = "the kept order of authority is not what facts state"
        yield Difference("authority", None, body, zh, en, tenant)
