"""Reads many bodies at once, a few attributes of each, and what changed since a last look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from chaintwin.engine.database import Connection
from chaintwin.twin.store.reading import FACT, NAMED, StateRow
from chaintwin.twin.store.resolve import ENTRY, ENTRY_KEY, KNOWN_AT, RESOLVED, entry_name


@dataclass(frozen=True, slots=True)
class Slice:
    """Which bodies of a kind and which of their attributes; bodies None: all."""

    kind: int
    attributes: Sequence[int]
    names: Sequence[str]
    bodies: Sequence[int] | None = None


def read_slices(connection: Connection, wanted: Slice) -> list[StateRow]:
    """Return the current state rows of a kind, cut to some attributes."""
    return connection.execute(
        """
        SELECT s.body, s.kind, s.change, e.kept
        FROM current_state s CROSS JOIN LATERAL (
            SELECT jsonb_object_agg(a.key, a.value) AS kept FROM jsonb_each(s.attributes) a
            WHERE split_part(a.key, '/', 1) = ANY(%(names)s)
        ) e
        WHERE s.kind = %(kind)s AND s.branch = 0 AND e.kept IS NOT NULL
          AND (%(bodies)s::bigint[] IS NULL OR s.body = ANY(%(bodies)s::bigint[]))
        ORDER BY s.body
        """,
        _given(wanted),
    ).fetchall()


def read_slices_as_of(
    connection: Connection, wanted: Slice, valid_at: datetime, known_at: datetime
) -> list[StateRow]:
    """Return the same at two moments, derived from facts."""
    within: LiteralString = (
        "f.attribute = ANY(%(attributes)s) AND f.body IN (SELECT id FROM body WHERE "
        "kind = %(kind)s AND (%(bodies)s::bigint[] IS NULL OR id = ANY(%(bodies)s::bigint[])))"
    )
    query = RESOLVED.format(bodies=within, valid="%(valid_at)s", known=KNOWN_AT, apart="") + (
        "SELECT r.body, b.kind, max(r.change), jsonb_object_agg("
        + ENTRY_KEY
        + ", "
        + ENTRY
        + ") FROM resolved r JOIN body b ON b.id = r.body JOIN attribute t ON t.id = r.attribute "
        "GROUP BY r.body, b.kind ORDER BY r.body"
    )
    given = _given(wanted) | {"valid_at": valid_at, "known_at": known_at}
    return connection.execute(query, given).fetchall()


def read_keys(connection: Connection, scheme: str) -> list[tuple[int, str]]:
    """Return (body, value) of every key of a scheme."""
    return connection.execute(
        "SELECT body, value FROM body_key WHERE scheme = %s", (scheme,)
    ).fetchall()


def read_own_bodies(connection: Connection, kind: int, tenant: int) -> list[int]:
    """Return the bodies of a kind of which a tenant itself says something now."""
    rows = connection.execute(
        "SELECT DISTINCT body FROM current_state WHERE kind = %s AND tenant = %s AND branch = 0 "
        "ORDER BY body",
        (kind, tenant),
    )
    return [row[0] for row in rows]


def read_stated(
    connection: Connection,
    kind: int,
    attribute: int,
    bodies: Sequence[int] | None,
    valid_at: datetime,
    known_at: datetime,
) -> Iterable[Any]:
    """Return what each source states of an attribute of a kind at two moments, conflicts too."""
    return connection.execute(
        f"""
        SELECT {FACT} FROM (
            SELECT DISTINCT ON (body, value_key, tenant, source) * FROM fact
            WHERE attribute = %(attribute)s AND branch = 0 AND valid_from <= %(valid_at)s
              AND known_from <= %(known_at)s AND known_to > %(known_at)s
              AND (%(bodies)s::bigint[] IS NULL OR body = ANY(%(bodies)s::bigint[]))
            ORDER BY body, value_key, tenant, source, valid_from DESC
        ) f {NAMED}
        JOIN body b ON b.id = f.body AND b.kind = %(kind)s
        WHERE NOT f.ended ORDER BY f.body, f.id
        """,
        {
            "kind": kind,
            "attribute": attribute,
            "bodies": None if bodies is None else list(bodies),
            "valid_at": valid_at,
            "known_at": known_at,
        },
    )


def read_numbered(connection: Connection, numbers: Mapping[int, int]) -> Iterable[Any]:
    """Return facts by number → body."""
    return connection.execute(
        f"SELECT {FACT} FROM fact f {NAMED} WHERE f.body = ANY(%s) AND f.id = ANY(%s)",
        (list(set(numbers.values())), list(numbers)),
    )


def read_marks(connection: Connection) -> dict[int, int]:
    """Return the latest change of each tenant that may be read.

    Changes of one tenant commit in the order of their numbers; across tenants they need not.
    """
    rows = connection.execute(
        """
        SELECT t.id, c.id FROM unnest(readable_tenants()) AS t (id)
        CROSS JOIN LATERAL (
            SELECT id FROM change WHERE tenant = t.id AND observed = 0 ORDER BY at DESC LIMIT 1
        ) c
        """
    )
    return dict(rows.fetchall())


def read_touched(connection: Connection, marks: Mapping[int, int], most: int) -> list[int]:
    """Return bodies touched after the marks, at most so many."""
    rows = connection.execute(
        """
        SELECT DISTINCT l.body FROM unnest(%s::integer[], %s::bigint[]) AS m (tenant, change)
        JOIN ledger_leaf l ON l.tenant = m.tenant AND l.change > m.change AND l.body > 0
        LIMIT %s
        """,
        (list(marks), list(marks.values()), most),
    )
    return [row[0] for row in rows]


def _given(wanted: Slice) -> dict[str, Any]:
    return {
        "kind": wanted.kind,
        "attributes": list(wanted.attributes),
        "names": list(map(entry_name, wanted.names)),
        "bodies": None if wanted.bodies is None else list(wanted.bodies),
    }
