"""Reading and writing fact rows in bulk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString

from chaintwin.engine.database import Connection
from chaintwin.twin.store.numbers import reserve
from chaintwin.twin.store.rows import COLUMNS, Row, escape, write_moment
from chaintwin.twin.store.staging import insert_text
from chaintwin.twin.store.timelines import Closing, OpenRow, Timeline

STORED: LiteralString = """
    id, body, attribute, value_key, valid_from::text, precision, ended,
    ref::text, text, number::text, data::text, unit, original, language,
    confidence, label, basis, source_record, evidence::text, code_list
"""


def stored_row(row: Sequence[Any]) -> Row:
    """Return the row that the columns STORED hold."""
    body, attribute, key, start, precision, ended = row[1:7]
    confidence, label, basis, record, evidence, codes = row[14:20]
    return Row(
        body, attribute, key, start, precision, ended, tuple(row[7:14]),
        confidence, label, basis, record, evidence, codes,
    )  # fmt: skip


def read_timelines(
    connection: Connection,
    tenant: int,
    branch: int,
    source: int,
    bodies: Sequence[int],
    change: int,
) -> dict[tuple[int, int, str], Timeline]:
    """Return what one source is believed to have said of some bodies."""
    rows = connection.execute(
        f"""
        SELECT {STORED}, change FROM fact
        WHERE body = ANY(%s) AND tenant = %s AND branch = %s AND source = %s
          AND known_to = 'infinity'
        ORDER BY body, attribute, value_key, valid_from
        """,
        (list(bodies), tenant, branch, source),
    )
    found: dict[tuple[int, int, str], Timeline] = {}
    for row in rows:
        held = stored_row(row)
        line = found.setdefault(held.series, Timeline())
        line.rows[held.valid_from] = OpenRow(row[0], held, fresh=row[20] == change)
        line.starts.append(held.valid_from)
    return found


class FactWriter:
    """Writes rows of one change and returns the text lines that its ledger leaves commit to."""

    def __init__(
        self,
        connection: Connection,
        change: int,
        at: datetime,
        tenant: int,
        branch: int,
        source: int,
    ) -> None:
        self._connection = connection
        self._at = at
        self._known_from = write_moment(at)
        self._middle = (str(change), str(tenant), str(branch))
        self._source = str(source)

    def open(self, rows: Sequence[Row]) -> list[tuple[int, str]]:
        """Store rows; return (body, committed line) for each."""
        if not rows:
            return []
        numbers = reserve(self._connection, "fact_id", len(rows))
        lines = [
            (row.body, self._line(number, row)) for number, row in zip(numbers, rows, strict=True)
        ]
        text = "\n".join(line for _, line in lines) + "\n"
        insert_text(self._connection, "fact", COLUMNS, text)
        return lines

    def close(self, closings: Sequence[Closing]) -> list[tuple[int, str]]:
        """End the known time of rows; return (body, committed line) for each."""
        if not closings:
            return []
        rows = self._connection.execute(
            """
            UPDATE fact f SET known_to = %s
            FROM unnest(%s::bigint[], %s::bigint[]) AS u (body, id)
            WHERE f.body = u.body AND f.id = u.id AND f.known_to = 'infinity'
            RETURNING f.body, f.id
            """,
            (self._at, [body for body, _ in closings], [number for _, number in closings]),
        )
        return [(body, closing_line(number)) for body, number in rows]

    def _line(self, number: int, row: Row) -> str:
        ref, text, amount, data, unit, original, language = row.content
        return "\t".join(
            (
                str(number), str(row.body), ref or "\\N", row.valid_from, self._known_from,
                *self._middle, str(row.attribute), self._source, str(row.confidence),
                str(row.label), row.precision, row.basis, "t" if row.ended else "f",
                escape(row.value_key), escape(text), amount or "\\N", escape(data),
                escape(unit), escape(original), escape(language), escape(row.code_list),
                escape(row.source_record), escape(row.evidence),
            )
        )  # fmt: skip


def closing_line(number: int) -> str:
    """Return the line by which a leaf commits to the end of a fact's known time."""
    return f"-{number}"
