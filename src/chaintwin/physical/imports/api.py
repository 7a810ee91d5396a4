"""Routes of the import of firms: template, check, confirm, list, rows to correct."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request, Response

from chaintwin.physical.imports import service, sheets, shown
from chaintwin.physical.imports.models import ColumnList, ImportPage, ImportShown
from chaintwin.physical.imports.receiving import FORM, receive_upload
from chaintwin.physical.imports.service import Upload
from chaintwin.twin.asked import ImportNumber, Limit, Offset
from chaintwin.twin.door import TheDoor, TheLanguage
from chaintwin.twin.originals import Originals

router = APIRouter(prefix="/api/v1/imports", tags=["imports"])

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BINARY = {"schema": {"type": "string", "format": "binary"}}
SHEET: dict[int | str, dict[str, Any]] = {200: {"content": {XLSX: _BINARY}}}
CSV: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": _BINARY}}}


@router.get("/columns", operation_id="list_import_columns")
def list_import_columns(door: TheDoor) -> ColumnList:
    """List the columns of the list of firms, with notes and the words offered."""
    door.asker.require("import:write")
    return shown.show_columns()


@router.get("/template.xlsx", operation_id="read_import_template", responses=SHEET)
def read_import_template(door: TheDoor) -> Response:
    """Return the template as XLSX, with drop-downs and a sheet of notes."""
    door.asker.require("import:write")
    return send_file("企业名录模板.xlsx", sheets.make_template(), XLSX)


@router.get("/template.csv", operation_id="read_import_template_csv", responses=CSV)
def read_import_template_csv(door: TheDoor) -> Response:
    """Return the template as CSV in UTF-8."""
    door.asker.require("import:write")
    return send_file("企业名录模板.csv", sheets.make_csv_template(), "text/csv; charset=utf-8")


@router.post(
    "",
    operation_id="check_import",
    status_code=201,
    openapi_extra={"requestBody": FORM},
)
def check_import(
    request: Request, upload: Annotated[Upload, Depends(receive_upload)], door: TheDoor
) -> ImportShown:
    """Check a CSV or XLSX list of firms and say what it would change; nothing is written."""
    return service.check_upload(door, originals_of(request), upload)


@router.get("", operation_id="list_imports")
def list_imports(door: TheDoor, limit: Limit = 50, offset: Offset = 0) -> ImportPage:
    """List imports, latest first."""
    return service.list_imports(door, limit, offset)


@router.get("/{number}", operation_id="read_import")
def read_import(door: TheDoor, number: ImportNumber) -> ImportShown:
    """Return one import with its errors and differences."""
    return service.show_import(door, number)


@router.post("/{number}/confirm", operation_id="confirm_import")
def confirm_import(request: Request, door: TheDoor, number: ImportNumber) -> ImportShown:
    """Write all rows without error as one change. A second confirmation is refused."""
    return service.confirm_import(door, originals_of(request), number)


@router.get("/{number}/rejected.xlsx", operation_id="read_rejected_rows", responses=SHEET)
def read_rejected_rows(
    request: Request, door: TheDoor, language: TheLanguage, number: ImportNumber
) -> Response:
    """Return the rows with errors as XLSX: correct them and upload that file again."""
    name, data = service.write_rejected(door, originals_of(request), number, language)
    return send_file(name, data, XLSX)


def originals_of(request: Request) -> Originals:
    """Return the store of original files of this server."""
    originals: Originals = request.app.state.originals
    return originals


def send_file(name: str, data: bytes, media_type: str) -> Response:
    """Return a file to be saved under its name."""
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    headers = {"Content-Disposition": disposition, "X-Content-Type-Options": "nosniff"}
    return Response(data, media_type=media_type, headers=headers)
