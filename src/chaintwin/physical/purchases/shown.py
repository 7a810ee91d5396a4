"""Shows kept purchase lists as the routes answer them."""

from __future__ import annotations

from typing import Any

from chaintwin.physical.imports.shown import MOST_ERRORS, show_row_of
from chaintwin.physical.purchases.models import PurchaseListRow, PurchaseListShown
from chaintwin.twin.store.imports import ImportRecord


def show(record: ImportRecord) -> PurchaseListShown:
    """Return a purchase list with its errors and differences."""
    report = record.report
    is_spoilt = report["whole"] and report["rejected"]
    return PurchaseListShown(
        **_row(record),
        size=report["size"],
        errors=report["errors"][:MOST_ERRORS],
        differences=report["differences"],
        can_confirm=record.change is None and report["accepted"] > 0 and not is_spoilt,
    )


def show_row(record: ImportRecord) -> PurchaseListRow:
    """Return a purchase list as a line of the list."""
    return PurchaseListRow(**_row(record))


def _row(record: ImportRecord) -> dict[str, Any]:
    told = ("buyer", "buyer_name", "whole")
    return {**show_row_of(record), **{name: record.report[name] for name in told}}
