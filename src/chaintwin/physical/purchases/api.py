"""Routes of purchase lists: template, check, confirm, list, rows to correct."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from chaintwin.physical.imports import sheets
from chaintwin.physical.imports.api import CSV, SHEET, XLSX, originals_of, send_file
from chaintwin.physical.purchases import service
from chaintwin.physical.purchases.columns import LAYOUT
from chaintwin.physical.purchases.models import PurchaseListPage, PurchaseListShown
from chaintwin.physical.purchases.receiving import FORM, PurchaseUpload, receive_purchases
from chaintwin.twin.asked import ImportNumber, Limit, Offset
from chaintwin.twin.door import TheDoor, TheLanguage

router = APIRouter(prefix="/api/v1/purchases", tags=["purchases"])


@router.get("/template.xlsx", operation_id="read_purchase_template", responses=SHEET)
def read_purchase_template(door: TheDoor) -> Response:
    """Return the template as XLSX, with a sheet of notes."""
    service.require(door)
    return send_file("采购清单模板.xlsx", sheets.make_template(LAYOUT), XLSX)


@router.get("/template.csv", operation_id="read_purchase_template_csv", responses=CSV)
def read_purchase_template_csv(door: TheDoor) -> Response:
    """Return the template as CSV in UTF-8."""
    service.require(door)
    data = sheets.make_csv_template(LAYOUT)
    return send_file("采购清单模板.csv", data, "text/csv; charset=utf-8")


@router.post(
    "",
    operation_id="check_purchases",
    status_code=201,
    openapi_extra={"requestBody": FORM},
)
def check_purchases(
    request: Request,
    upload: Annotated[PurchaseUpload, Depends(receive_purchases)],
    door: TheDoor,
) -> PurchaseListShown:
    """Check a firm's purchase list and say what it would change; nothing is written."""
    return service.check_upload(door, originals_of(request), upload)


@router.get("", operation_id="list_purchase_lists")
def list_purchase_lists(door: TheDoor, limit: Limit = 50, offset: Offset = 0) -> PurchaseListPage:
    """List purchase lists, latest first."""
    return service.list_lists(door, limit, offset)


@router.get("/{number}", operation_id="read_purchase_list")
def read_purchase_list(door: TheDoor, number: ImportNumber) -> PurchaseListShown:
    """Return one purchase list with its errors and differences."""
    return service.show_list(door, number)


@router.post("/{number}/confirm", operation_id="confirm_purchases")
def confirm_purchases(request: Request, door: TheDoor, number: ImportNumber) -> PurchaseListShown:
    """Write all rows without error as one change. A second confirmation is refused."""
    return service.confirm_list(door, originals_of(request), number)


@router.get("/{number}/rejected.xlsx", operation_id="read_rejected_purchases", responses=SHEET)
def read_rejected_purchases(
    request: Request, door: TheDoor, language: TheLanguage, number: ImportNumber
) -> Response:
    """Return the rows with errors as XLSX: correct them and upload that file again."""
    name, data = service.write_rejected(door, originals_of(request), number, language)
    return send_file(name, data, XLSX)
