"""Routes of time series: read those of a body, send points, keep the intake of devices."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response

from chaintwin.access.tenants import all_tenants
from chaintwin.kit.problems import ForbiddenProblem, InputProblem
from chaintwin.model.fact import Label
from chaintwin.physical.imports.models import Bilingual
from chaintwin.physical.imports.receiving import FORM, receive_upload
from chaintwin.physical.imports.service import Upload
from chaintwin.physical.sensors import files, service, showing
from chaintwin.physical.sensors.core import read_at
from chaintwin.physical.sensors.keeping import IntakeKeeper
from chaintwin.physical.sensors.models import (
    AsidePage,
    AssignIn,
    AssignOut,
    BucketList,
    DeviceLists,
    IntakeIn,
    IntakeOut,
    ObservedOut,
    PointPage,
    PointsIn,
    SeriesList,
)
from chaintwin.physical.sensors.sending import send_batch
from chaintwin.physical.sensors.settings import IntakeSettings, is_set_outside
from chaintwin.twin.asked import BodyCode, Limit, Offset
from chaintwin.twin.door import Door, TheDoor, read_moment, set_etag
from chaintwin.twin.observed import Period
from chaintwin.twin.store import aside as store

router = APIRouter(prefix="/api/v1", tags=["series"])

_LARGEST = 2**63 - 1
_BINARY = {"schema": {"type": "string", "format": "binary"}}
_CSV: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": _BINARY}}}
_FILE_FORM: Mapping[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object", "required": ["file"],
                "properties": {"file": FORM["content"]["multipart/form-data"]["schema"]
                               ["properties"]["file"]},
            }
        }
    },
}  # fmt: skip

SeriesNumber = Annotated[int, Path(ge=0, le=_LARGEST, description="序列编号 number of a series")]
AsideNumber = Annotated[int, Path(ge=0, le=_LARGEST, description="报文编号 number of a message")]
DeviceId = Annotated[str, Path(max_length=200, description="设备编号 device id")]
From = Annotated[
    str | None, Query(alias="from", max_length=40, description="起，含 from this day or moment on")
]
To = Annotated[
    str | None, Query(max_length=40, description="止；日期含当日 up to; a day counts whole")
]


@router.get("/bodies/{code}/series", operation_id="list_series")
def list_series(request: Request, response: Response, door: TheDoor, code: BodyCode) -> SeriesList:
    """List the time series of a body with measure, unit, source, label and span."""
    body = _open(request, response, door, code)
    items = showing.show_series(door, door.view.observed.series([body]))
    return SeriesList(items=items, total=len(items))


@router.get("/bodies/{code}/series/{series}/points", operation_id="list_points")
def list_points(
    request: Request, response: Response, door: TheDoor, code: BodyCode, series: SeriesNumber,
    start: From = None, to: To = None, limit: Limit = 500, offset: Offset = 0,
) -> PointPage:  # fmt: skip
    """List points of a series in order of time, as known at `known_at`."""
    body = _open(request, response, door, code)
    observed = door.view.observed
    one = observed.one(body, series)
    span = _span(start, to)
    points = observed.points(one, *span, limit=limit, offset=offset)
    return PointPage(
        items=[showing.show_point(point) for point in points],
        total=observed.count(one, *span), limit=limit, offset=offset,
    )  # fmt: skip


@router.get("/bodies/{code}/series/{series}/periods", operation_id="list_periods")
def list_periods(
    request: Request, response: Response, door: TheDoor, code: BodyCode, series: SeriesNumber,
    by: Annotated[Period, Query(description="时段 period")] = "day",
    start: From = None, to: To = None,
) -> BucketList:  # fmt: skip
    """Aggregate a series by hour, day, month or year of China; a period without a point is null."""
    body = _open(request, response, door, code)
    observed = door.view.observed
    one = observed.one(body, series)
    return showing.show_buckets(observed.buckets(one, by, *_span(start, to)), by)


@router.post("/observations", operation_id="send_points", status_code=201)
def send_points(
    door: TheDoor, sent: PointsIn,
    idempotency_key: Annotated[
        str | None,
        Header(max_length=200, description="同名请求只做一次 a request of one name is done once"),
    ] = None,
) -> ObservedOut:  # fmt: skip
    """Store a batch of points, whole or not at all; points that are held already add nothing."""
    door.asker.require(service.WRITE)
    content = sent.model_dump_json().encode()

    def act() -> dict[str, Any]:
        return service.answer_of(send_batch(door, sent))

    return ObservedOut(**service.answer_once(door, idempotency_key, content, act))


@router.post(
    "/observations/file", operation_id="send_points_file", status_code=201,
    openapi_extra={"requestBody": _FILE_FORM},
)  # fmt: skip
def send_points_file(
    door: TheDoor, upload: Annotated[Upload, Depends(receive_upload)]
) -> ObservedOut:
    """Store the points of a CSV or XLSX file; with one wrong row nothing is written."""
    door.asker.require(service.WRITE)
    points = files.read_points(
        upload.data, lambda text: service.find_body(door.view, text),
        door.observe(), Label.INTERNAL,
    )  # fmt: skip
    told = service.record(door, points, reason=f"导入时间序列 {upload.name[:100]}")
    return ObservedOut(**service.answer_of(told))


@router.get("/observations/template.csv", operation_id="read_points_template", responses=_CSV)
def read_points_template(door: TheDoor) -> Response:
    """Return an empty list for points as CSV in UTF-8."""
    door.asker.require(service.WRITE)
    return _file("points.csv", files.make_template())


@router.get("/intake", operation_id="read_intake")
def read_intake(request: Request, door: TheDoor) -> IntakeOut:
    """Tell how the intake of devices is, and what waits for a person."""
    _require_intake(door)
    health = _keeper(request).health
    waiting = store.count_aside(door.connection, door.asker.tenant)
    bad, unknown = waiting.get("bad", (0, 0)), waiting.get("unknown_device", (0, 0))
    place = {tenant.id: tenant.code for tenant in all_tenants(door.twin.database)}
    error = None
    if health.error_zh is not None and health.error_en is not None:
        error = Bilingual(zh=health.error_zh, en=health.error_en)
    return IntakeOut(
        state=health.state, since=health.since, broker=health.broker, topic=health.topic,
        client=health.client, is_set_outside=is_set_outside(), place=place[door.asker.tenant],
        last_message_at=health.last_message_at, messages=health.taken.messages,
        points=health.taken.points, new_points=health.taken.new_points, bad=health.taken.bad,
        unknown=health.taken.unknown, error=error, waiting_bad=bad[0],
        waiting_unknown=unknown[0], unknown_devices=unknown[1],
    )  # fmt: skip


@router.put("/intake/settings", operation_id="set_intake")
def set_intake(request: Request, door: TheDoor, settings: IntakeIn) -> IntakeOut:
    """Name the broker and the topics, and connect anew."""
    door.asker.require("system:write")
    if len([one for one in all_tenants(door.twin.database) if one.parent is None]) > 2:
        raise ForbiddenProblem(
            "本系统有多个独立单位,消息服务器只能由服务器管理员在环境变量中指定。",
            "Several offices share this system; only its operator names the broker, by the "
            "environment.",
        )
    _keeper(request).renew(IntakeSettings(settings.url, settings.topic, settings.client))
    door.audit("set_intake", detail={"topic": settings.topic, "on": bool(settings.url)})
    return read_intake(request, door)


@router.get("/intake/devices", operation_id="list_devices")
def list_devices(door: TheDoor) -> DeviceLists:
    """List the devices of this office, and those that send and are not assigned."""
    _require_intake(door)
    return showing.show_devices(door)


@router.put("/intake/devices/{device}", operation_id="assign_device")
def assign_device(door: TheDoor, device: DeviceId, given: AssignIn) -> AssignOut:
    """Say what a device watches since when; readings that waited for it are stored."""
    door.asker.require(service.WRITE)
    body = service.find_body(door.view, given.body)
    if body is None:
        raise InputProblem(
            f"没有找到“{given.body[:60]}”。请填企业全称、统一社会信用代码或编码。",
            f"“{given.body[:60]}” is not known. Give the full name, credit code or body code.",
        )
    since = None if given.since is None else read_at(given.since)
    told = service.assign(door, device, body, since, Label(given.label))
    return AssignOut(taken=told.taken, opened=told.opened, still_waiting=told.still_waiting)


@router.get("/intake/aside", operation_id="list_aside")
def list_aside(
    door: TheDoor,
    reason: Annotated[
        str | None, Query(pattern="^(bad|unknown_device)$", description="原因 why it waits")
    ] = None,
    limit: Limit = 50, offset: Offset = 0,
) -> AsidePage:  # fmt: skip
    """List messages that could not be stored and wait for a person, the latest first."""
    _require_intake(door)
    tenant = door.asker.tenant
    rows = store.list_aside(door.connection, tenant, reason, limit, offset)
    counts = store.count_aside(door.connection, tenant)
    total = sum(count for name, (count, _) in counts.items() if reason in {None, name})
    return AsidePage(
        items=[showing.show_aside(row) for row in rows], total=total, limit=limit, offset=offset
    )


@router.get("/intake/aside.csv", operation_id="read_aside_file", responses=_CSV)
def read_aside_file(door: TheDoor) -> Response:
    """Return every message that waits, with the reason, as CSV."""
    _require_intake(door)
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(["时间", "次数", "原因", "说明", "设备", "主题", "报文"])
    for row in store.list_aside(door.connection, door.asker.tenant, None, None):
        shown = showing.show_aside(row)
        cells = (shown.device or "", shown.topic, shown.payload)
        writer.writerow([row.last_at.isoformat(), row.times, row.reason, row.why["zh"],
                         *(_harmless(cell) for cell in cells)])  # fmt: skip
    return _file("set-aside.csv", stream.getvalue().encode("utf-8-sig"))


@router.post("/intake/aside/{number}/settle", operation_id="settle_aside", status_code=204)
def settle_aside(door: TheDoor, number: AsideNumber) -> None:
    """Put a message away that nobody needs; it stays in the store."""
    service.settle(door, number)


def _open(request: Request, response: Response, door: Door, code: str) -> int:
    """Return a body that may be read; set the ETag, which new points change too."""
    door.asker.require("firm:read")
    body = door.view.get(door.view.number(code)).body
    set_etag(request, response, door.view)
    tag = response.headers["ETag"].removesuffix('"')
    response.headers["ETag"] = f'{tag}.{door.view.observed.stamp()}"'
    return body


def _span(start: str | None, to: str | None) -> tuple[datetime | None, datetime | None]:
    """Return the cut of a range; a bare day is its first moment as `from`, its last as `to`."""
    return (
        None if start is None else read_at(start),
        None if to is None else read_moment("to", to),
    )


def _require_intake(door: Door) -> None:
    if not door.asker.may("system:write"):
        door.asker.require(service.WRITE)


def _keeper(request: Request) -> IntakeKeeper:
    keeper: IntakeKeeper = request.app.state.intake
    return keeper


def _harmless(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def _file(name: str, data: bytes) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
    }
    return Response(data, media_type="text/csv; charset=utf-8", headers=headers)
