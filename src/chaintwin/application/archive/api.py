"""Routes of dossiers, their items and the filing schedule."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from chaintwin.application.archive import catalogue, checking, dossier, filing, settings
from chaintwin.application.archive.desk import TheDesk
from chaintwin.application.archive.models import (
    DifferenceShown,
    DossierCheck,
    DossierShown,
    ItemPage,
    ItemShown,
    ScheduleShown,
    SettingsGiven,
    SettingsShown,
    WithdrawGiven,
)
from chaintwin.application.archive.receiving import FORM, Received, receive_files
from chaintwin.twin.asked import ItemCode, ProjectCode
from chaintwin.twin.door import TheDoor, set_etag

router = APIRouter(prefix="/api/v1", tags=["archive"])

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BYTES = {
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
}
_SHEET = {"content": {_XLSX: {"schema": {"type": "string", "format": "binary"}}}}


@router.get("/archive/schedule", operation_id="read_schedule")
def read_schedule(request: Request, response: Response, door: TheDoor) -> ScheduleShown:
    """Return 归档范围与保管期限表: the types of papers and how each is filed."""
    door.asker.require("project:read")
    set_etag(request, response, door.view)
    return settings.show_schedule()


@router.get("/archive/settings", operation_id="read_archive_settings")
def read_archive_settings(request: Request, response: Response, door: TheDoor) -> SettingsShown:
    """Return 全宗号 and department by which files are numbered; null while not set."""
    door.asker.require("project:read")
    set_etag(request, response, door.view)
    return settings.show_settings(door)


@router.put("/archive/settings", operation_id="set_archive_settings")
def set_archive_settings(door: TheDoor, given: SettingsGiven) -> SettingsShown:
    """Set 全宗号 and department; numbers already given stay."""
    return settings.set_settings(door, given.fonds, given.department)


@router.get("/projects/{code}/dossier", operation_id="read_dossier")
def read_dossier(
    request: Request,
    response: Response,
    door: TheDoor,
    code: ProjectCode,
    group: Annotated[str | None, Query(description="分组编码 band")] = None,
) -> DossierShown:
    """Return the dossier as of the asked moments: items filed by then, project as it stood."""
    door.asker.require("project:read")
    set_etag(request, response, door.view)
    return dossier.read_dossier(door, code, group)


@router.get(
    "/projects/{code}/dossier/catalogue.xlsx",
    operation_id="download_catalogue",
    response_class=Response,
    responses={200: _SHEET},
)
def download_catalogue(door: TheDoor, code: ProjectCode) -> Response:
    """Return 归档目录 as a workbook, as of the asked moments."""
    door.asker.require("export")
    name, data = catalogue.make_catalogue(door, code)
    headers = {"Content-Disposition": filing.disposition(name)}
    return Response(data, media_type=_XLSX, headers=headers)


@router.get("/projects/{code}/dossier/check", operation_id="check_dossier")
def check_dossier(desk: TheDesk, code: ProjectCode) -> DossierCheck:
    """Read every stored original, compare its hashes, and replay the change records."""
    desk.door.asker.require("project:read")
    return checking.check_dossier(desk, code)


@router.post(
    "/projects/{code}/files",
    operation_id="file_papers",
    status_code=201,
    openapi_extra={"requestBody": FORM},
)
def file_papers(
    received: Annotated[Received, Depends(receive_files)], desk: TheDesk, code: ProjectCode
) -> ItemPage:
    """File one or several papers; each becomes an item with a number and a hash, or none does."""
    return filing.file_papers(desk, code, received)


@router.get(
    "/projects/{code}/files/{item}",
    operation_id="download_original",
    response_class=StreamingResponse,
    responses={200: _BYTES},
)
def download_original(desk: TheDesk, code: ProjectCode, item: ItemCode) -> StreamingResponse:
    """Return the original, byte for byte, after its hashes were compared."""
    desk.door.asker.require("project:read")
    return dossier.download_original(desk, code, item)


@router.post("/projects/{code}/files/{item}/withdraw", operation_id="withdraw_item")
def withdraw_item(
    desk: TheDesk, code: ProjectCode, item: ItemCode, given: WithdrawGiven
) -> ItemShown:
    """Withdraw an item with a reason; it keeps its number and its original."""
    return filing.withdraw_item(desk, code, item, given.reason)


@router.get("/projects/{code}/diff", operation_id="compare_dossier")
def compare_dossier(
    request: Request,
    response: Response,
    door: TheDoor,
    code: ProjectCode,
    begin: Annotated[str, Query(alias="from", description="起 2026-11-01 or an ISO instant")],
    end: Annotated[str, Query(alias="to", description="止 2026-11-22 or an ISO instant")],
    clock: Annotated[
        Literal["known", "valid"],
        Query(description="known 当时所知的档案(默认);valid 按现在所知的当时事实"),
    ] = "known",
) -> DifferenceShown:
    """Compare the dossier at two moments: fields before and after, items added and withdrawn."""
    door.asker.require("project:read")
    set_etag(request, response, door.view)
    return dossier.compare_dossier(door, code, begin, end, clock)
