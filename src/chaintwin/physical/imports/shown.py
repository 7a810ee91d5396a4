"""Shows kept imports as the routes answer them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from chaintwin.physical.imports.columns import COLUMNS, shown_words
from chaintwin.physical.imports.models import (
    Bilingual,
    ColumnList,
    ColumnShown,
    ImportRow,
    ImportShown,
)
from chaintwin.physical.imports.sheets import head_of
from chaintwin.twin.store.imports import ImportRecord

MOST_ERRORS = 1000


def show(record: ImportRecord) -> ImportShown:
    """Return an import with its errors and differences."""
    report = record.report
    return ImportShown(
        **show_row_of(record),
        size=report["size"],
        coverage=report["coverage"],
        errors=report["errors"][:MOST_ERRORS],
        differences=report["differences"],
        can_confirm=record.change is None and report["accepted"] > 0,
    )


def show_row(record: ImportRecord) -> ImportRow:
    """Return an import as a line of the list."""
    return ImportRow(**show_row_of(record))


def show_columns() -> ColumnList:
    """Return the columns of the template."""
    return ColumnList(
        items=[
            ColumnShown(
                head=head_of(column),
                english=column.english,
                attribute=column.attribute,
                required=column.attribute == "name",
                note=Bilingual(zh=column.note, en=column.note_en),
                example=column.example,
                words=shown_words(column),
                personal=column.is_personal,
                longest=column.longest,
            )
            for column in COLUMNS
        ]
    )


def show_row_of(record: ImportRecord) -> dict[str, Any]:
    """Return what every import is listed by, whatever it holds."""
    report: Mapping[str, Any] = record.report
    loaded_at = report["loaded_at"]
    return {
        "id": record.id,
        "file_name": record.file_name,
        "state": report["state"],
        "at": record.at,
        "loaded_at": None if loaded_at is None else datetime.fromisoformat(loaded_at),
        "by": report["by"],
        "sha256": record.sha256.hex(),
        "rows": report["rows"],
        "accepted": report["accepted"],
        "rejected": len(report["rejected"]),
        "errors_total": report["errors_total"],
        "change": record.change,
        "as_of": date.fromisoformat(report["as_of"]),
    }
