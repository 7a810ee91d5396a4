"""Finds the facts that a source no longer stands for."""

from __future__ import annotations

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
