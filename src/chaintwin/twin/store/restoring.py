"""Finds what must close and what must open for a body to read as it did at a known moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chaintwin.engine.database import Connection
from chaintwin.model.fact import Basis
from chaintwin.twin.store.facts import STORED, stored_row
from chaintwin.twin.store.rows import Row
from chaintwin.twin.store.timelines import Closing


@dataclass(frozen=True, slots=True)
class Earlier:
    """The way back: facts believed since then, and rows no longer believed, by source."""

    wrong: list[Closing]
    missing: Mapping[int, Sequence[Row]]


def read_earlier(connection: Connection, tenant: int, body: int, known_at: datetime) -> Earlier:
    """Compare what a tenant believes of a body with what it believed at a moment."""
    rows = connection.execute(
        f"""
        SELECT {STORED}, source, known_to = 'infinity',
               known_from <= %(at)s AND known_to > %(at)s
        FROM fact
        WHERE body = %(body)s AND tenant = %(tenant)s AND branch = 0 AND basis <> %(derived)s
          AND (known_to = 'infinity' OR (known_from <= %(at)s AND known_to > %(at)s))
        ORDER BY id
        """,
        {"body": body, "tenant": tenant, "at": known_at, "derived": Basis.DERIVED.value},
    )
    wrong: dict[Any, Closing] = {}
    missing: dict[Any, tuple[int, Row]] = {}
    for *stored, source, is_believed, was_believed in rows:
        row = stored_row(stored)
        said = (source, row.series, row.valid_from, row.said)
        if is_believed and not was_believed:
            wrong[said] = (body, stored[0])
        elif was_believed and not is_believed:
            missing[said] = (source, row)
    return _without_same(wrong, missing)


def _without_same(wrong: Mapping[Any, Closing], missing: Mapping[Any, tuple[int, Row]]) -> Earlier:
    """Leave alone what was withdrawn and stated again in the same words."""
    by_source: dict[int, list[Row]] = defaultdict(list)
    for said, (source, row) in missing.items():
        if said not in wrong:
            by_source[source].append(row)
    return Earlier([held for said, held in wrong.items() if said not in missing], by_source)
