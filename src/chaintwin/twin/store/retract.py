"""Finds the facts that a source no longer stands for."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from chaintwin.engine.database import Connection
from chaintwin.twin.store.timelines import Closing


def facts_to_retract(
    connection: Connection,
    tenant: int,
    source: int,
    bodies: list[int] | None,
    attribute: int | None,
) -> list[Closing]:
    """List (body, fact) of what a source is still believed to say."""
    return connection.execute(
        """
        SELECT body, id FROM fact
        WHERE tenant = %(tenant)s AND branch = 0 AND source = %(source)s AND known_to = 'infinity'
          AND (%(bodies)s::bigint[] IS NULL OR body = ANY(%(bodies)s::bigint[]))
          AND (%(attribute)s::integer IS NULL OR attribute = %(attribute)s::integer)
        """,
        {"tenant": tenant, "source": source, "bodies": bodies, "attribute": attribute},
    ).fetchall()


def facts_unstated(
    connection: Connection,
    tenant: int,
    source: int,
    stated: AbstractSet[tuple[int, int, str]],
) -> list[Closing]:
    """List (body, fact) of a source's believed series (body, attribute, value key) not stated."""
    rows = connection.execute(
        """
        SELECT body, id, attribute, value_key FROM fact
        WHERE tenant = %s AND branch = 0 AND source = %s AND known_to = 'infinity'
        """,
        (tenant, source),
    )
    return [(row[0], row[1]) for row in rows if (row[0], row[2], row[3]) not in stated]
