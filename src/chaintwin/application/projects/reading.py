"""Projects as they are shown: lists, one project, the process."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from chaintwin.application.projects import core
from chaintwin.application.projects.fields import audit_labels, show_fields, show_promises
from chaintwin.application.projects.finding import KIND, find_project, is_deleted
from chaintwin.application.projects.models import (
    FieldDeclared,
    LimitShown,
    ProcessShown,
    ProcessStage,
    ProjectPage,
    ProjectShown,
    StageCount,
    Titled,
)
from chaintwin.application.projects.process import Process, load_process
from chaintwin.application.projects.standing import (
    find_time,
    gate_titles,
    read_gate,
    show_gate,
    show_row,
    show_rows,
    show_stays,
)
from chaintwin.application.shown import Bilingual, Cited, Citer
from chaintwin.kit.chinese import name_key, sort_key
from chaintwin.twin.door import Door
from chaintwin.twin.state import BodyState
from chaintwin.twin.view import TwinView

Sort = Literal["changed", "number", "name", "stage", "days", "investment"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which projects a list asks for; all conditions hold together."""

    stage: str | None = None
    region: str | None = None
    overdue: bool | None = None
    text: str | None = None
    firm: str | None = None
    deleted: bool = False
    sort: Sort = "changed"
    limit: int = 50
    offset: int = 0


def show_process(door: Door) -> ProcessShown:
    """Return the life cycle as declared, with the fields of the kind Project."""
    process, kind = load_process(), door.twin.kinds.get(KIND)
    titles = gate_titles(kind)
    return ProcessShown(
        process=process.name,
        version=process.version,
        title=Bilingual(**process.title),
        min_reason_length=process.min_reason_length,
        stages=[
            ProcessStage(
                code=stage.code,
                title=Bilingual(**stage.title),
                max_days=LimitShown(
                    value=stage.limit.days, source=stage.limit.source, basis=stage.limit.basis
                ),
                fields=_needs(stage.fields, titles[0]),
                documents=_needs(stage.documents, titles[1]),
            )
            for stage in process.stages
        ],
        fields=[
            FieldDeclared(
                attribute=one.name, title=Bilingual(**one.title), type=one.type, unit=one.unit,
                many=one.many,
            )
            for one in kind.attributes.values()
            if one.name not in core.KEPT_FIELDS
        ],
    )  # fmt: skip


def list_projects(door: Door, wanted: Wanted) -> ProjectPage:
    """Return one page of projects at the view's moments."""
    view, process = door.view, load_process()
    states = [
        state
        for state in view.all(KIND)
        if is_deleted(state) == wanted.deleted and _fits(view, state, wanted)
    ]
    found = [
        state
        for state in states
        if wanted.overdue is None or bool(find_time(view, process, state)[3]) == wanted.overdue
    ]
    hits = [state for state in found if wanted.stage in (None, state.one("stage"))]
    hits = _sorted(hits, wanted.sort, view, process)
    page = hits[wanted.offset : wanted.offset + wanted.limit]
    return ProjectPage(
        items=show_rows(door, process, page),
        total=len(hits),
        limit=wanted.limit,
        offset=wanted.offset,
        stages=[
            StageCount(
                stage=stage.code,
                title=Bilingual(**stage.title),
                count=sum(state.one("stage") == stage.code for state in found),
            )
            for stage in process.stages
        ],
        overdue=sum(bool(find_time(view, process, state)[3]) for state in hits),
        valid_at=view.valid_at,
        known_at=view.known_at,
    )


def read_project(door: Door, code: str) -> ProjectShown:
    """Return one project to a reader; reading labelled values is entered into the audit trail."""
    shown = show_project(door, code)
    audit_labels(door, shown.code, shown.fields)
    return shown


def show_project(door: Door, code: str) -> ProjectShown:
    """Return one project with fields, stays, gate and promises at the view's moments."""
    view, process = door.view, load_process()
    state = find_project(view, code)
    citer = Citer(view)
    recommended = state.held("recommendation")
    gate = read_gate(door, process, state)
    return ProjectShown(
        **show_row(door, state).model_dump(),
        fields=show_fields(door, view, state),
        promises=show_promises(view, state),
        stages=show_stays(citer, process, state),
        gate=None if gate is None else show_gate(door, gate),
        recommendation=None if recommended is None else recommended.data,
        recommendation_fact=(
            None
            if recommended is None
            else citer.ref(Cited(state.body, "recommendation", recommended, "推荐依据"))
        ),
        valid_at=view.valid_at,
        known_at=view.known_at,
    )


def _fits(view: TwinView, state: BodyState, wanted: Wanted) -> bool:
    if wanted.region and not str(state.one("region") or "").startswith(wanted.region):
        return False
    if wanted.text:
        words = (state.name, state.one("code"), state.one("company_name"))
        if not any(name_key(wanted.text) in name_key(str(word or "")) for word in words):
            return False
    if wanted.firm:
        return any(held.ref == view.number(wanted.firm) for held in state.all("company"))
    return True


def _sorted(
    states: list[BodyState], sort: Sort, view: TwinView, process: Process
) -> list[BodyState]:
    order = {stage.code: place for place, stage in enumerate(process.stages)}
    keys: Mapping[str, Callable[[BodyState], Any]] = {
        "changed": lambda state: -state.change,
        "number": lambda state: str(state.one("code") or ""),
        "name": lambda state: sort_key(state.name),
        "stage": lambda state: order.get(str(state.one("stage")), -1),
        "days": lambda state: -(find_time(view, process, state)[2] or 0),
        "investment": lambda state: -float(state.one("investment_wan") or 0),
    }
    return sorted(states, key=keys[sort])


def _needs(codes: Sequence[str], titles: Mapping[str, Mapping[str, str]]) -> list[Titled]:
    return [
        Titled(code=code, title=Bilingual(**titles.get(code, {"zh": code, "en": code})))
        for code in codes
    ]
