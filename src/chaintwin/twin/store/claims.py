"""Reads what every source states of a body, in the order in which the first is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from chaintwin.engine.database import Connection
from chaintwin.twin.store.lines import AsOf
from chaintwin.twin.store.reading import FACT, NAMED
from chaintwin.twin.store.resolve import resolved


def read_claims(connection: Connection, bodies: Sequence[int], as_of: AsOf) -> Iterable[Any]:
    """Return the fact in force of every series of bodies and its rank, best of each value first."""
    query = resolved(as_of.line, "f.body = ANY(%(bodies)s)", apart=", s.tenant, s.source") + (
        f"SELECT {FACT}, f.rank FROM resolved f {NAMED} "
        "ORDER BY t.name, f.value_key, (f.basis = 'j') DESC, f.rank, (f.tenant <> 1) DESC, "
        "f.confidence DESC, f.valid_from DESC, f.source"
    )
    return connection.execute(query, {"bodies": list(bodies), **as_of.given()})


def has_others(connection: Connection, bodies: Sequence[int], shown: Sequence[int]) -> bool:
    """Tell whether any value is believed of bodies on the main line beside some facts."""
    row = connection.execute(
        "SELECT FROM fact WHERE body = ANY(%s) AND branch = 0 AND known_to = 'infinity' "
        "AND NOT ended AND id <> ALL(%s) LIMIT 1",
        (list(bodies), list(shown)),
    ).fetchone()
    return row is not None
