"""Reads what every source states of a body, in the order in which the first is shown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from chaintwin.engine.database import Connection
from chaintwin.twin.store.reading import FACT, NAMED
from chaintwin.twin.store.resolve import KNOWN_AT, RESOLVED


def read_claims(
    connection: Connection, body: int, valid_at: datetime, known_at: datetime
) -> Iterable[Any]:
    """Return the fact in force of every series of a body and its rank, best of each value first."""
    query = RESOLVED.format(
        bodies="f.body = %(body)s",
        valid="%(valid_at)s",
        known=KNOWN_AT,
        apart=", s.tenant, s.source",
    ) + (
        f"SELECT {FACT}, f.rank FROM resolved f {NAMED} "
        "ORDER BY t.name, f.value_key, (f.basis = 'j') DESC, f.rank, (f.tenant <> 1) DESC, "
        "f.confidence DESC, f.valid_from DESC, f.source"
    )
    given = {"body": body, "valid_at": valid_at, "known_at": known_at}
    return connection.execute(query, given)
