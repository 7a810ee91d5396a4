"""Routes of leads, projects, parcels and parks."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from chaintwin.application.archive.desk import TheDesk
from chaintwin.application.projects import editing, land, leads, moving, promises, reading
from chaintwin.application.projects.models import (
    FieldsGiven,
    LeadGiven,
    ParcelPage,
    ParkPage,
    ProcessShown,
    ProjectPage,
    ProjectShown,
    PromiseGiven,
    ReasonOnly,
    RemarkGiven,
    StageGiven,
)
from chaintwin.twin.asked import Limit, Offset, ProjectCode, PromiseKey
from chaintwin.twin.door import TheDoor, set_etag

router = APIRouter(prefix="/api/v1", tags=["projects"])

Region = Annotated[
    str | None, Query(pattern=r"^\d{2,6}$", description="区划代码或其前缀 division code or prefix")
]


@router.get("/processes/project", operation_id="read_process")
def read_process(request: Request, response: Response, door: TheDoor) -> ProcessShown:
    """Return the life cycle of a project: stages in order, gates, limits and fields."""
    door.asker.require("project:read")
    set_etag(request, response, door.view)
    return reading.show_process(door)


@router.post("/leads", operation_id="open_lead", status_code=201)
def open_lead(desk: TheDesk, given: LeadGiven) -> ProjectShown:
    """Open a lead on a firm or a named investor; it gets a project number and a dossier."""
    return leads.open_lead(desk, given)


@router.get("/projects", operation_id="list_projects")
def list_projects(
    request: Request,
    response: Response,
    door: TheDoor,
    stage: Annotated[str | None, Query(description="阶段编码 stage code")] = None,
    region: Region = None,
    overdue: Annotated[bool | None, Query(description="是否超期 overdue only, or not")] = None,
    text: Annotated[str | None, Query(max_length=100, description="名称、编号含 text")] = None,
    firm: Annotated[str | None, Query(description="企业编码 firm code")] = None,
    deleted: Annotated[bool, Query(description="只看已删除 the deleted ones")] = False,
    sort: Annotated[
        Literal["changed", "number", "name", "stage", "days", "investment"],
        Query(description="排序:最近变动、编号、名称、阶段、停留天数、投资额 order"),
    ] = "changed",
    limit: Limit = 50,
    offset: Offset = 0,
) -> ProjectPage:
    """List projects, leads included, with filters; the counts per stage ignore the stage filter."""
    door.asker.require("project:read")
    set_etag(request, response, door.view)
    wanted = reading.Wanted(stage, region, overdue, text, firm, deleted, sort, limit, offset)
    return reading.list_projects(door, wanted)


@router.get("/projects/{code}", operation_id="read_project")
def read_project(
    request: Request, response: Response, door: TheDoor, code: ProjectCode
) -> ProjectShown:
    """Return one project by body code or project number, as of the asked moments."""
    door.asker.require("project:read")
    set_etag(request, response, door.view)
    return reading.read_project(door, code)


@router.post("/projects/{code}/stage", operation_id="move_project")
def move_project(desk: TheDesk, code: ProjectCode, given: StageGiven) -> ProjectShown:
    """Move a project to the next stage if its gate is open, or back with a reason."""
    return moving.move_project(desk, code, given)


@router.patch("/projects/{code}/fields", operation_id="edit_project")
def edit_project(desk: TheDesk, code: ProjectCode, given: FieldsGiven) -> ProjectShown:
    """Set fields of a project; every value is checked against its declared type first."""
    return editing.edit_fields(desk, code, given)


@router.post("/projects/{code}/promises", operation_id="add_promise", status_code=201)
def add_promise(desk: TheDesk, code: ProjectCode, given: PromiseGiven) -> ProjectShown:
    """Enter a promise of one side."""
    return promises.add_promise(desk, code, given)


@router.put("/projects/{code}/promises/{key}", operation_id="change_promise")
def change_promise(
    desk: TheDesk, code: ProjectCode, key: PromiseKey, given: PromiseGiven
) -> ProjectShown:
    """Replace a promise, for example when it was kept."""
    return promises.change_promise(desk, code, key, given)


@router.post("/projects/{code}/promises/{key}/end", operation_id="end_promise")
def end_promise(
    desk: TheDesk, code: ProjectCode, key: PromiseKey, given: ReasonOnly
) -> ProjectShown:
    """End a promise that no longer stands; the past keeps it."""
    return promises.end_promise(desk, code, key, given.reason)


@router.post("/projects/{code}/remarks", operation_id="add_remark", status_code=201)
def add_remark(desk: TheDesk, code: ProjectCode, given: RemarkGiven) -> ProjectShown:
    """Add a remark."""
    return editing.add_remark(desk, code, given.text)


@router.post("/projects/{code}/delete", operation_id="delete_project")
def delete_project(desk: TheDesk, code: ProjectCode, given: ReasonOnly) -> ProjectShown:
    """Take a project out of the lists; its dossier stays and it can be restored."""
    return editing.delete_project(desk, code, given.reason)


@router.post("/projects/{code}/restore", operation_id="restore_project")
def restore_project(desk: TheDesk, code: ProjectCode, given: ReasonOnly) -> ProjectShown:
    """Bring a deleted project back."""
    return editing.restore_project(desk, code, given.reason)


@router.get("/parcels", operation_id="list_parcels")
def list_parcels(
    request: Request,
    response: Response,
    door: TheDoor,
    region: Region = None,
    park: Annotated[str | None, Query(description="园区编码 park code")] = None,
    status: Annotated[str | None, Query(max_length=40, description="状态,如 可供 status")] = None,
    limit: Limit = 100,
    offset: Offset = 0,
) -> ParcelPage:
    """List parcels of land."""
    door.asker.require("project:read")
    set_etag(request, response, door.view)
    return land.list_parcels(door, land.Wanted(region, park, status, limit, offset))


@router.get("/parks", operation_id="list_parks")
def list_parks(
    request: Request,
    response: Response,
    door: TheDoor,
    region: Region = None,
    limit: Limit = 100,
    offset: Offset = 0,
) -> ParkPage:
    """List parks with how many parcels are on record."""
    door.asker.require("chain:read")
    set_etag(request, response, door.view)
    return land.list_parks(door, land.Wanted(region, None, None, limit, offset))
