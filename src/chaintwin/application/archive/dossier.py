"""The dossier as of any moment, what changed between two, and the bytes of an item."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from fastapi.responses import StreamingResponse

from chaintwin.application.archive.desk import Desk
from chaintwin.application.archive.filing import disposition, find_item
from chaintwin.application.archive.models import (
    DifferenceShown,
    DossierShown,
    FieldDifference,
    GroupShown,
    ItemShown,
)
from chaintwin.application.archive.schedule import load_schedule
from chaintwin.application.archive.showing import original_of, show_items
from chaintwin.application.projects.fields import audit_labels, show_fields
from chaintwin.application.projects.finding import find_items, find_project
from chaintwin.application.projects.models import FieldShown, FieldValue
from chaintwin.application.projects.standing import show_row
from chaintwin.application.shown import Bilingual
from chaintwin.kit.problems import InputProblem, NotFoundProblem
from chaintwin.model.fact import Label
from chaintwin.twin.door import Door, read_moment
from chaintwin.twin.state import BodyState
from chaintwin.twin.view import TwinView

Clock = Literal["known", "valid"]


def read_dossier(door: Door, code: str, group: str | None = None) -> DossierShown:
    """Return a dossier to a reader; reading labelled items is entered into the audit trail."""
    shown = show_dossier(door, code, group)
    labels = (item.fact.label for item in shown.items)
    audit_labels(door, shown.project.code, shown.fields, *labels)
    return shown


def show_dossier(door: Door, code: str, group: str | None = None) -> DossierShown:
    """Return what was filed and how the project stood at the view's moments."""
    view, schedule = door.view, load_schedule()
    project = find_project(view, code)
    items = show_items(view, schedule, find_items(view, project.body))
    counts = [
        GroupShown(
            code=name,
            title=Bilingual(**title),
            count=sum(item.group == name for item in items),
        )
        for name, title in schedule.groups.items()
    ]
    shown = [item for item in items if group is None or item.group == group]
    return DossierShown(
        project=show_row(door, project),
        valid_at=view.valid_at,
        known_at=view.known_at,
        fields=show_fields(door, view, project),
        items=shown,
        groups=counts,
        total=len(items),
        withdrawn=sum(item.withdrawn is not None for item in items),
        bytes=sum(item.original.size for item in items),
    )


def download_original(desk: Desk, code: str, item: str) -> StreamingResponse:
    """Return an original as a stream, read and compared as a whole before its first byte leaves."""
    project = find_project(desk.door.view, code)
    state = find_item(desk, project, item)
    original = original_of(state)
    name = f"{state.one('file_number')} {state.name}"
    reader = desk.originals.open(desk.door.connection, original["original"], name)
    reader.verify()
    held = state.held("original")
    if held is not None and held.label is not Label.PUBLIC:
        desk.door.audit("read_original", state.code, {"label": int(held.label), "item": name})
    digest = bytes.fromhex(reader.stored.sha256)
    headers = {
        "Content-Disposition": disposition(str(original["file_name"])),
        "Content-Length": str(reader.stored.size),
        "Repr-Digest": f"sha-256=:{b64encode(digest).decode()}:",
        "X-Original-SHA256": reader.stored.sha256,
        "X-Original-SM3": reader.stored.sm3,
        "ETag": f'"{reader.stored.sha256}"',
    }
    return StreamingResponse(
        reader.chunks(), media_type=str(original["media_type"]), headers=headers
    )


def compare_dossier(door: Door, code: str, begin: str, end: str, clock: Clock) -> DifferenceShown:
    """Return what differs between two moments, each given as a day (its end) or an instant."""
    first, second = read_moment("from", begin), read_moment("to", end)
    if first >= second:
        raise InputProblem(
            f"起 {begin} 应早于止 {end}。请对调或改选日期。",
            f"The beginning {begin} must lie before the end {end}.",
        )
    before, after = (_view_at(door, at, clock) for at in (first, second))
    code = find_project(door.view, code).code
    old, new = _state(before, code), _state(after, code)
    if new is None:
        raise NotFoundProblem(
            f"截至 {end} 该项目尚无记录。请选更晚的日期。",
            f"Nothing was on record of this project by {end}. Choose a later day.",
        )
    items = {view: _items(view, new.body) for view in (before, after)}
    shown = DifferenceShown(
        begin=first,
        end=second,
        clock=clock,
        fields=_differences(
            [] if old is None else show_fields(door, before, old), show_fields(door, after, new)
        ),
        added=[item for number, item in items[after].items() if number not in items[before]],
        withdrawn=[
            item
            for number, item in items[after].items()
            if item.withdrawn is not None
            and (number not in items[before] or items[before][number].withdrawn is None)
        ],
    )
    labels = (item.fact.label for item in (*shown.added, *shown.withdrawn))
    audit_labels(door, code, show_fields(door, after, new), *labels)
    return shown


def _view_at(door: Door, at: datetime, clock: Clock) -> TwinView:
    known_at = at if clock == "known" else door.view.known_at
    return door.twin.view_in(
        door.connection, door.asker, valid_at=at, known_at=known_at, line=door.view.line
    )


def _state(view: TwinView, code: str) -> BodyState | None:
    states = view.states([view.number(code)])
    return states[0] if states else None


def _items(view: TwinView, project: int) -> dict[str, ItemShown]:
    shown = show_items(view, load_schedule(), find_items(view, project))
    return {item.file_number: item for item in shown}


def _differences(
    before: Sequence[FieldShown], after: Sequence[FieldShown]
) -> list[FieldDifference]:
    titles = {field.attribute: field.title for field in (*before, *after)}
    old, new = _values(before), _values(after)
    return [
        FieldDifference(
            attribute=place[0], title=titles[place[0]], key=place[1], before=old.get(place),
            after=new.get(place),
        )
        for place in dict.fromkeys((*new, *old))
        if _plain(old.get(place)) != _plain(new.get(place))
    ]  # fmt: skip


def _values(fields: Sequence[FieldShown]) -> dict[tuple[str, str], FieldValue]:
    return {(field.attribute, value.key): value for field in fields for value in field.values}


def _plain(value: FieldValue | None) -> object:
    return None if value is None else (value.value, value.ref)
