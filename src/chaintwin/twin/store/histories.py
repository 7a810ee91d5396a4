"""The rows of some bodies over valid time, for the temporal side of the open API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from chaintwin.engine.database import Connection


@dataclass(frozen=True, slots=True)
class Span:
    """Which rows are wanted: as known at a moment (None: now), that begin within some bounds.

    Rows that begin the moment they were recorded are given whatever `since` says: their time may
    lie ahead. `most` is how many rows of a series are enough: its latest, or its earliest; endings
    are not among them then. The attributes in `whole` are given whole in any case.
    """

    known_at: datetime | None = None
    since: datetime | None = None
    until: datetime | None = None
    attributes: Sequence[int] | None = None
    most: int | None = None
    is_latest: bool = False
    whole: Sequence[int] = ()


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
    table: LiteralString = "fact f"
    where = where_of(span)
    if span.most is not None:
        order: LiteralString = "DESC" if span.is_latest else "ASC"
        table = (
            "(SELECT f.*, row_number() OVER (PARTITION BY f.body, f.attribute, f.value_key "
            f"ORDER BY f.valid_from {order}) AS place FROM fact f WHERE {where}) f"
        )
        where = "f.place <= %(most)s OR f.attribute = ANY(%(whole)s)"
    rows = connection.execute(
        f"SELECT {_ROW} FROM {table} JOIN body b ON b.id = f.body WHERE {where} "
        "ORDER BY f.body, f.attribute, f.value_key, f.valid_from, f.id",
        given_of(bodies, span),
    )
    return [_history_row(row) for row in rows]


def where_of(span: Span) -> LiteralString:
    """Return the conditions on rows f of a span."""
    conditions: list[LiteralString] = ["f.body = ANY(%(bodies)s)", "f.branch = 0"]
    conditions.append(
        "f.known_to = 'infinity'"
        if span.known_at is None
        else "f.known_from <= %(known_at)s AND f.known_to > %(known_at)s"
    )
    bounds: list[LiteralString] = []
    if span.since is not None:
        bounds.append("(f.valid_from >= %(since)s OR f.valid_from = f.known_from)")
    if span.until is not None:
        bounds.append("f.valid_from < %(until)s")
    if bounds:
        conditions.append(f"({' AND '.join(bounds)} OR f.attribute = ANY(%(whole)s))")
    if span.attributes is not None:
        conditions.append("f.attribute = ANY(%(attributes)s)")
    if span.most is not None:
        conditions.append("(NOT f.ended OR f.attribute = ANY(%(whole)s))")
    return " AND ".join(conditions)


def given_of(bodies: Sequence[int], span: Span) -> dict[str, Any]:
    """Return the parameters of a query for the rows of some bodies."""
    return {
        "bodies": list(bodies),
        "known_at": span.known_at,
        "since": span.since,
        "until": span.until,
        "attributes": None if span.attributes is None else list(span.attributes),
        "most": span.most,
        "whole": list(span.whole),
    }


def _history_row(row: Sequence[Any]) -> HistoryRow:
    body, kind, attribute, key, ended, fact, value, ref, source, tenant, start = row[:11]
    precision, known, unit, data = row[11:]
    entry = {
        "i": fact, "v": value, "r": ref, "s": source, "n": tenant, "f": start, "p": precision,
        "k": known, "u": unit, "d": data,
    }  # fmt: skip
    return HistoryRow(body, kind, attribute, key, ended, entry)
