"""The rows of some bodies over valid time, for the temporal side of the open API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from chaintwin.engine.database import Connection


@dataclass(frozen=True, slots=True)
class Span:
    """Which rows are wanted: as known at a moment (None: now), that begin within some bounds."""

    known_at: datetime | None = None
    since: datetime | None = None
    until: datetime | None = None
    attributes: Sequence[int] | None = None


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One row of a series; `entry` is what a current state would hold of it."""

    body: int
    kind: int
    attribute: int
    key: str
    ended: bool
    entry: dict[str, Any]


# Texts as JSON writes instants, so that rows look like entries of a current state.
_ROW: LiteralString = """
    f.body, b.kind, f.attribute, f.value_key, f.ended, f.id,
    CASE WHEN f.number IS NOT NULL THEN to_jsonb(f.number) ELSE to_jsonb(f.text) END,
    f.ref, f.source, f.tenant,
    CASE WHEN f.valid_from = '-infinity' THEN NULL ELSE to_json(f.valid_from) #>> '{}' END,
    f.precision, to_json(f.known_from) #>> '{}', f.unit, f.data
"""


def read_history(connection: Connection, bodies: Sequence[int], span: Span) -> list[HistoryRow]:
    """Return rows by body, attribute and value key, the earliest first; endings are among them."""
    conditions: list[LiteralString] = ["f.body = ANY(%(bodies)s)", "f.branch = 0"]
    conditions.append(
        "f.known_to = 'infinity'"
        if span.known_at is None
        else "f.known_from <= %(known_at)s AND f.known_to > %(known_at)s"
    )
    if span.since is not None:
        conditions.append("f.valid_from >= %(since)s")
    if span.until is not None:
        conditions.append("f.valid_from <= %(until)s")
    if span.attributes is not None:
        conditions.append("f.attribute = ANY(%(attributes)s)")
    rows = connection.execute(
        f"SELECT {_ROW} FROM fact f JOIN body b ON b.id = f.body WHERE {' AND '.join(conditions)} "
        "ORDER BY f.body, f.attribute, f.value_key, f.valid_from, f.id",
        {
            "bodies": list(bodies),
            "known_at": span.known_at,
            "since": span.since,
            "until": span.until,
            "attributes": None if span.attributes is None else list(span.attributes),
        },
    )
    return [_history_row(row) for row in rows]


def _history_row(row: Sequence[Any]) -> HistoryRow:
    body, kind, attribute, key, ended, fact, value, ref, source, tenant, start = row[:11]
    precision, known, unit, data = row[11:]
    entry = {
        "i": fact, "v": value, "r": ref, "s": source, "n": tenant, "f": start, "p": precision,
        "k": known, "u": unit, "d": data,
    }  # fmt: skip
    return HistoryRow(body, kind, attribute, key, ended, entry)
