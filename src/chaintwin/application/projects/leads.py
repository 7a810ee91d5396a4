"""Opens a lead: the first stage of a project, with what it was recommended on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chaintwin.access.store.tenants import list_tenants
from chaintwin.application.archive.desk import Desk
from chaintwin.application.projects import core
from chaintwin.application.projects.finding import KIND, find_body, is_deleted
from chaintwin.application.projects.models import LeadGiven, ProjectShown, RecommendationGiven
from chaintwin.application.projects.process import Process, load_process
from chaintwin.application.projects.writing import Act, Said, begin, record
from chaintwin.kit.clock import calendar_day
from chaintwin.kit.problems import ConflictProblem, InputProblem, NotFoundProblem
from chaintwin.model.fact import Value
from chaintwin.twin.state import BodyState
from chaintwin.twin.store.numbering import next_number
from chaintwin.twin.view import TwinView

SCHEME = "project_code"
_LEAD_RECORD = "lead-record"


def open_lead(desk: Desk, given: LeadGiven) -> ProjectShown:
    """Open a lead; it gets the next project number of its tenant and year, and a dossier."""
    desk.door.asker.require("project:write")
    view, process = desk.door.view, load_process()
    firm = None if given.firm is None else _find_firm(view, given.firm)
    link = None if given.link is None else find_link(view, given.link)
    investor = given.company_name or (None if firm is None else firm.name)
    if not investor:
        raise InputProblem(
            "请指定企业(firm)或填写投资方名称(company_name)。",
            "Name the firm (firm) or the investor (company_name).",
        )
    act = begin(desk, f"登记线索:{investor}")
    if not given.again:
        _refuse_double(view, given, firm, link)
    number = take_project_number(act, process)
    body = act.changes.body(KIND, (SCHEME, number))
    said = [
        Said("code", Value(text=number)),
        Said("name", Value(text=given.name or _default_name(investor, firm, link))),
        Said("company_name", Value(text=investor)),
        *_stated(desk, given, firm, link),
        Said("stage", Value(text=process.stages[0].code)),
        Said("stage_reason", Value(text="登记线索")),
    ]
    return record(act, body, said, _LEAD_RECORD, f"线索登记表:{investor}")


def take_project_number(act: Act, process: Process) -> str:
    """Return the next project number; numbers of a tenant and year have neither gap nor double."""
    door = act.desk.door
    office = next(one for one in list_tenants(door.connection) if one.id == door.asker.tenant)
    year = calendar_day(act.changes.at).year
    prefix = f"{process.number_prefix}{office.code}-{year}-"
    number = next_number(door.connection, door.asker.tenant, SCHEME, prefix)
    return f"{prefix}{number:0{process.number_width}d}"


def find_link(view: TwinView, code: str) -> BodyState:
    """Return a chain link by body code or key (nev/battery-pack)."""
    state = find_body(view, code, "link_code", ("环节", "link"))
    if state.kind != "ChainLink":
        raise NotFoundProblem(f"“{code}”不是产业链环节。", f"“{code}” is no chain link.")
    return state


def _find_firm(view: TwinView, code: str) -> BodyState:
    state = find_body(view, code, "credit_code", ("企业", "firm"))
    if state.kind != "Company":
        raise NotFoundProblem(f"“{code}”不是企业。", f"“{code}” is no firm.")
    return state


def _refuse_double(
    view: TwinView, given: LeadGiven, firm: BodyState | None, link: BodyState | None
) -> None:
    """Refuse a second lead on the same firm, link and region, such as a double click makes."""
    if firm is None:
        return
    projects = view.states([one.body for one in view.referring(firm.body, "company")])
    for state in projects:
        links = {held.ref for held in state.all("link")}
        same_link = link.body in links if link is not None else not links
        if same_link and state.one("region") == given.region and not is_deleted(state):
            raise ConflictProblem(
                f"“{firm.name}”在该环节和区域已有项目 {state.one('code')}“{state.name}”。"
                "请打开该项目;确需另立时勾选“另立项目”(again)。",
                f"“{firm.name}” has the project {state.one('code')} “{state.name}” on this link "
                "and region already. Open it, or say “again” to make another.",
                project=state.code,
            )


def _default_name(investor: str, firm: BodyState | None, link: BodyState | None) -> str:
    short = investor if firm is None else str(firm.one("short_name") or investor)
    return f"{short}{'' if link is None else link.name}项目"


def _stated(
    desk: Desk, given: LeadGiven, firm: BodyState | None, link: BodyState | None
) -> Iterator[Said]:
    kind = desk.door.twin.kinds.get(KIND)
    today = calendar_day(desk.door.view.now)
    yield Said("region", Value(text=given.region))
    yield Said("owner", Value(text=given.owner or desk.door.asker.name))
    if firm is not None:
        yield Said("company", Value(ref=firm.body))
    if link is not None:
        yield Said("link", Value(ref=link.body))
    if given.investment_wan is not None:
        wanted = core.FieldInput(kind.attributes["investment_wan"], given.investment_wan, today)
        yield Said("investment_wan", core.parse_value(wanted))
    if given.remark:
        yield Said("remark", Value(text=given.remark), key="1")
    if given.recommendation is not None:
        snapshot, sources = _snapshot(desk.door.view, given.recommendation)
        # What rests on sources for evaluation only must stay out of exports, by this evidence.
        yield Said("recommendation", Value(data=snapshot), evidence={"sources": sources})


def _snapshot(view: TwinView, given: RecommendationGiven) -> tuple[dict[str, Any], list[str]]:
    """Return the recommendation as it was, and the sources of every fact that it rests on."""
    wanted = {
        fact.fact: fact.body
        for reason in (*given.reasons, *given.counter_reasons)
        for fact in reason.facts
    }
    numbers = {fact: view.number(body) for fact, body in wanted.items()}
    found = view.facts_by_number(numbers)
    missing = sorted(wanted.keys() - found.keys())
    if missing:
        raise InputProblem(
            f"推荐快照引用的事实 {missing} 不存在或不可读。请刷新目标企业列表后重新立线索。",
            f"The facts {missing} of the recommendation do not exist or may not be read. "
            "Refresh the target list and try again.",
        )
    snapshot: dict[str, Any] = given.model_dump(mode="json", exclude_none=True)
    sources = sorted({fact.source for fact in found.values()})
    return {"at": view.now.isoformat()} | snapshot, sources
