"""How a project stands: its row in a list, its stays in stages, its gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import partial

from chaintwin.application.archive.schedule import load_schedule
from chaintwin.application.projects import core
from chaintwin.application.projects.finding import (
    KIND,
    find_items,
    is_deleted,
    is_withdrawn,
    name_refs,
)
from chaintwin.application.projects.models import (
    BodyName,
    GateShown,
    NeedShown,
    ProjectRow,
    StageShown,
    StageVisit,
)
from chaintwin.application.projects.process import Process, Stage, load_process
from chaintwin.application.shown import Bilingual, Cited, Citer
from chaintwin.kit.clock import calendar_day
from chaintwin.model.fact import Fact, Label
from chaintwin.model.kinds import Kind
from chaintwin.twin.door import Door
from chaintwin.twin.state import BodyState, Held
from chaintwin.twin.view import TwinView

Titles = tuple[Mapping[str, Mapping[str, str]], Mapping[str, Mapping[str, str]]]


def show_row(door: Door, state: BodyState) -> ProjectRow:
    """Return a project as it stands in a list."""
    return show_rows(door, load_process(), [state])[0]


def show_rows(door: Door, process: Process, states: Sequence[BodyState]) -> list[ProjectRow]:
    """Return projects as they stand in a list, names of all looked up at once."""
    named = name_refs(door.view, states)
    return [_row(door.view, process, state, named) for state in states]


def _row(
    view: TwinView, process: Process, state: BodyState, named: Mapping[int, BodyName]
) -> ProjectRow:
    stage, entered, days, overdue = find_time(view, process, state)
    refs = {
        name: [named[held.ref] for held in state.all(name) if held.ref is not None]
        for name in ("company", "link", "park")
    }
    investment = state.one("investment_wan")
    return ProjectRow(
        code=state.code,
        number=state.one("code"),
        name=state.name,
        stage=None if stage is None else show_stage(stage),
        entered_on=entered,
        days_in_stage=days,
        max_days=None if stage is None else stage.limit.days,
        overdue=overdue,
        region=state.one("region"),
        company=refs["company"][0] if refs["company"] else None,
        company_name=state.one("company_name"),
        links=refs["link"],
        park=refs["park"][0] if refs["park"] else None,
        investment_wan=None if investment is None else float(investment),
        owner=state.one("owner"),
        demo=state.is_demo,
        deleted=is_deleted(state),
        changed_at=max(
            (held.known_from for values in state.attributes.values() for held in values),
            default=None,
        ),
    )


def find_time(
    view: TwinView, process: Process, state: BodyState
) -> tuple[Stage | None, date | None, int | None, bool | None]:
    """Return stage, day of entry, days there, and whether that is too long."""
    held = state.held("stage")
    if held is None:
        return None, None, None, None
    stage = next((one for one in process.stages if one.code == held.value), None)
    days = core.count_days(held.valid_from, view.valid_at)
    day = None if held.valid_from is None else calendar_day(held.valid_from)
    limit = stage.limit.days if stage else None
    return stage, day, days, core.is_overdue(days, limit)


def read_gate(door: Door, process: Process, state: BodyState) -> core.Gate | None:
    """Judge the gate of the present stage by the fields and the papers that may be read."""
    stage = state.one("stage")
    if stage is None:
        return None
    filed = {
        str(item.one("type"))
        for item in find_items(door.view, state.body)
        if not is_withdrawn(item)
    }
    present = {name for name in state.attributes if state.held(name) is not None}
    return core.judge_gate(process, stage, (present, filed), gate_titles(door.twin.kinds.get(KIND)))


def show_gate(door: Door, gate: core.Gate) -> GateShown:
    """Return a gate as shown, and what limits the judgement."""
    blind = set(Label) - door.asker.labels
    note = (
        "您的账号不能阅读全部密级,缺件只按您可见的材料判断。 Papers under labels that you may not "
        "read do not count here."
        if blind and gate.missing_documents
        else None
    )
    return GateShown(
        stage=show_stage(gate.stage),
        next=show_stage(gate.next),
        fields=[_need(need) for need in gate.fields],
        documents=[_need(need) for need in gate.documents],
        is_open=gate.is_open,
        note=note,
    )


def gate_titles(kind: Kind) -> Titles:
    """Return the titles of fields and of papers by code."""
    fields = {name: one.title for name, one in kind.attributes.items()}
    return fields, {code: one.title for code, one in load_schedule().types.items()}


def show_stage(stage: Stage) -> StageShown:
    """Return a stage as shown."""
    return StageShown(code=stage.code, title=Bilingual(**stage.title))


def show_stays(citer: Citer, process: Process, state: BodyState) -> list[StageVisit]:
    """Return the stays of a project in its stages, oldest first, each with its fact."""
    view = citer.view
    ranks = {name: source.rank for name, source in view.sources().items()}
    facts = [
        core.StageFact(fact.id, fact.text or "", fact.valid_from, fact.source, ranks[fact.source])
        for fact in view.history(state.body, "stage")
        if not fact.ended
        and _is_believed(view, fact.known_to)
        and _has_begun(view, fact.valid_from)
    ]
    reasons = {
        (fact.source, fact.valid_from): fact.text
        for fact in view.history(state.body, "stage_reason")
        if _is_believed(view, fact.known_to)
    }
    show = partial(_stay, citer, process, state, reasons)
    return [show(stay) for stay in core.find_stays(facts, process)]


def _stay(
    citer: Citer,
    process: Process,
    state: BodyState,
    reasons: Mapping[tuple[str, datetime | None], str | None],
    stay: core.Stay,
) -> StageVisit:
    entered, view = stay.entered, citer.view
    stage = next((one for one in process.stages if one.code == entered.stage), None)
    until = stay.left or view.valid_at
    title = stage.title if stage else {"zh": entered.stage, "en": entered.stage}
    fact = view.fact(state.body, entered.fact)
    return StageVisit(
        stage=StageShown(code=entered.stage, title=Bilingual(**title)),
        entered_on=None if entered.since is None else calendar_day(entered.since),
        left_on=None if stay.left is None else calendar_day(stay.left),
        days=core.count_days(entered.since, until),
        rollback=stay.is_back,
        reason=reasons.get((entered.source, entered.since)),
        fact=citer.ref(Cited(state.body, "stage", _held(fact), f"进入{title['zh']}")),
    )


def _need(need: core.Need) -> NeedShown:
    return NeedShown(code=need.code, title=Bilingual(**need.title), present=need.is_present)


def _is_believed(view: TwinView, known_to: datetime | None) -> bool:
    return known_to is None or (not view.is_now and known_to > view.known_at)


def _has_begun(view: TwinView, valid_from: datetime | None) -> bool:
    return view.is_now or valid_from is None or valid_from <= view.valid_at


def _held(fact: Fact) -> Held:
    return Held(
        fact.id, fact.value_key, fact.value, fact.ref, fact.source, fact.tenant, fact.basis,
        fact.confidence, fact.valid_from, fact.precision.value, fact.known_from, fact.label,
        fact.unit, fact.data,
    )  # fmt: skip
