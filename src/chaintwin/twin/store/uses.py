"""Which attributes the bodies of each kind have, counted with the current state of the main line.

A count is one of rows: a body of which two tenants or two labels hold something counts for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import LiteralString, NamedTuple

from chaintwin.engine.database import Connection

PROPERTY, RELATIONSHIP = "Property", "Relationship"


class Use(NamedTuple):
    """How many rows of a kind have an attribute, of a type as the open API calls it.

    `attribute` empty: how many rows there are. `types` None: the kind alone is told.
    """

    label: int
    kind: int
    attribute: str
    sort: str
    bodies: int
    types: Sequence[str] | None = None


_COUNTED: LiteralString = """
SELECT r.tenant, r.label, r.kind,
       coalesce(r.attributes -> 'ngsi:type/' -> 'd' -> 'types', 'null') AS types,
       u.attribute, u.sort, {sign} AS bodies
FROM {rows} r CROSS JOIN LATERAL (
    SELECT '' AS attribute, '' AS sort
    UNION
    SELECT replace(split_part(e.key, '/', 1), '|', '/'),
           CASE WHEN e.value -> 'd' -> 'ngsi' ->> 't' IS NOT NULL
                THEN e.value -> 'd' -> 'ngsi' ->> 't'
                WHEN e.value -> 'r' <> 'null' THEN 'Relationship'
                WHEN e.value -> 'v' <> 'null' THEN 'Property'
                WHEN e.value -> 'd' ? 'coordinates' THEN 'GeoProperty'
                ELSE 'JsonProperty' END
    FROM jsonb_each(r.attributes) AS e
    WHERE e.key NOT IN ('ngsi:type/', 'ngsi:scope/')
) AS u
WHERE {where}
"""
_OF_BODIES: LiteralString = "r.body = ANY(%(bodies)s) AND r.tenant = %(tenant)s AND r.branch = 0"
_OF_TENANT: LiteralString = "r.tenant = %(tenant)s AND r.branch = 0"
_KEY: LiteralString = "tenant, label, kind, types, attribute, sort"
_ADD: LiteralString = f"""
ON CONFLICT ({_KEY}) DO UPDATE SET bodies = u.bodies + excluded.bodies
"""
# Always in one order, so that two changes never wait for each other.
_MOVE: LiteralString = (
    f"INSERT INTO state_use AS u ({_KEY}, bodies) SELECT {_KEY}, sum(bodies) FROM ("
    + _COUNTED.format(sign="-1", rows="current_state", where=_OF_BODIES)
    + " UNION ALL "
    + _COUNTED.format(sign="1", rows="new_state", where="true")
    + f") AS c GROUP BY {_KEY} HAVING sum(bodies) <> 0 ORDER BY {_KEY}"
    + _ADD
)
_ALL: LiteralString = (
    f"SELECT {_KEY}, sum(bodies) AS bodies FROM ("
    + _COUNTED.format(sign="1", rows="current_state", where=_OF_TENANT)
    + f") AS c GROUP BY {_KEY}"
)


def move_uses(connection: Connection, tenant: int, bodies: list[int]) -> None:
    """Count what the table new_state holds instead of what the current state does of bodies."""
    connection.execute(_MOVE, {"bodies": bodies, "tenant": tenant})


def add_uses(connection: Connection, tenant: int, uses: Iterable[Use]) -> None:
    """Count what was stored of bodies that are new."""
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO state_use AS u ({_KEY}, bodies) VALUES (%s, %s, %s, 'null', %s, %s, %s)"
            + _ADD,
            [
                (tenant, use.label, use.kind, use.attribute, use.sort, use.bodies)
                for use in sorted(uses, key=lambda use: use[:4])
            ],
        )


def recount_uses(connection: Connection, tenant: int) -> None:
    """Count anew all that a tenant holds."""
    connection.execute("DELETE FROM state_use WHERE tenant = %s", (tenant,))
    connection.execute(f"INSERT INTO state_use ({_KEY}, bodies) {_ALL}", {"tenant": tenant})


def differing_uses(connection: Connection, tenant: int) -> list[str]:
    """Return the attributes of which a tenant's counts are not what its current state says."""
    rows = connection.execute(
        f"""
        WITH fresh AS ({_ALL}), kept AS (
            SELECT {_KEY}, bodies::numeric FROM state_use
            WHERE tenant = %(tenant)s AND bodies <> 0
        )
        SELECT DISTINCT attribute FROM (
            (TABLE fresh EXCEPT TABLE kept) UNION ALL (TABLE kept EXCEPT TABLE fresh)) AS d
        """,
        {"tenant": tenant},
    )
    return sorted(row[0] for row in rows)


def list_uses(connection: Connection, kinds: Sequence[int]) -> list[Use]:
    """Return each attribute in use by kind and types, once for every type of attribute."""
    rows = connection.execute(
        """
        SELECT 0, kind, attribute, sort, sum(bodies)::bigint, nullif(types, 'null') FROM state_use
        WHERE kind = ANY(%s) GROUP BY kind, types, attribute, sort HAVING sum(bodies) > 0
        """,
        (list(kinds),),
    )
    return [Use(*row) for row in rows]
