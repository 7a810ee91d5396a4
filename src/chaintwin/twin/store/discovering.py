"""How many bodies are of a type or have an attribute, each counted once, for the open API."""

from __future__ import annotations

from collections.abc import Sequence

from chaintwin.engine.database import Connection
from chaintwin.twin.store.resolve import entry_name


def count_types(connection: Connection, kinds: Sequence[int], own: Sequence[int], kind: str) -> int:
    """Return how many bodies of some kinds are of a type.

    They are so by the types they were given, those that were given none by their `own` kind.
    """
    row = connection.execute(
        """
        SELECT count(DISTINCT body) FROM current_state
        WHERE branch = 0 AND kind = ANY(%s) AND CASE WHEN attributes ? 'ngsi:type/'
            THEN (attributes -> 'ngsi:type/' -> 'd' -> 'types') ? %s ELSE kind = ANY(%s) END
        """,
        (list(kinds), kind, list(own)),
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
