"""Which attributes the bodies of each kind have, for the open API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chaintwin.engine.database import Connection
from chaintwin.twin.store.resolve import entry_name

# kind, types told (None: the kind alone), attribute (None: a body with nothing else), what an entry
# of it looks like, in how many bodies
Used = tuple[int, list[str] | None, str | None, dict[str, Any], int]


def list_used(connection: Connection, kinds: Sequence[int]) -> list[Used]:
    """Return each attribute in use by kind and types, once for every type of attribute."""
    return connection.execute(
        """
        WITH told AS (
            SELECT body, kind, attributes,
                   attributes -> 'ngsi:type/' -> 'd' -> 'types' AS types
            FROM current_state WHERE branch = 0 AND kind = ANY(%s)
        )
        SELECT t.kind, t.types, replace(split_part(a.key, '/', 1), '|', '/') AS name,
               jsonb_build_object(
                   't', a.value -> 'd' -> 'ngsi' ->> 't', 'r', a.value -> 'r' <> 'null',
                   'v', a.value -> 'v' <> 'null', 'g', a.value -> 'd' ? 'coordinates') AS sample,
               count(DISTINCT t.body)
        FROM told t CROSS JOIN LATERAL jsonb_each(t.attributes) a
        GROUP BY 1, 2, 3, 4
        """,
        (list(kinds),),
    ).fetchall()


def count_types(connection: Connection, kinds: Sequence[int], kind: str) -> int:
    """Return how many bodies are of a type, by their kind or by the types they were given."""
    row = connection.execute(
        """
        SELECT count(DISTINCT body) FROM current_state
        WHERE branch = 0 AND CASE WHEN attributes ? 'ngsi:type/'
            THEN (attributes -> 'ngsi:type/' -> 'd' -> 'types') ? %s ELSE kind = ANY(%s) END
        """,
        (kind, list(kinds)),
    ).fetchone()
    assert row is not None
    return int(row[0])


def count_attributes(connection: Connection, kinds: Sequence[int], attribute: str) -> int:
    """Return how many bodies of some kinds have an attribute."""
    row = connection.execute(
        """
        SELECT count(DISTINCT s.body)
        FROM current_state s CROSS JOIN LATERAL jsonb_object_keys(s.attributes) AS k (name)
        WHERE s.branch = 0 AND s.kind = ANY(%s) AND split_part(k.name, '/', 1) = %s
        """,
        (list(kinds), entry_name(attribute)),
    ).fetchone()
    assert row is not None
    return int(row[0])
