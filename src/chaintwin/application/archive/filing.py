"""Filing: papers and changes become items with a number, a hash and a place in a dossier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from urllib.parse import quote

from chaintwin.application.archive import core
from chaintwin.application.archive.desk import Desk
from chaintwin.application.archive.models import ItemPage, ItemShown
from chaintwin.application.archive.receiving import Paper, Received, read_papers
from chaintwin.application.archive.record import ChangeHead, canonical, freeze
from chaintwin.application.archive.schedule import PaperType
from chaintwin.application.archive.settings import numbering
from chaintwin.application.archive.showing import require_label, show_items
from chaintwin.application.projects.finding import find_body, find_living_project, is_withdrawn
from chaintwin.kit.clock import calendar_day
from chaintwin.kit.problems import ConflictProblem, ForbiddenProblem, InputProblem, NotFoundProblem
from chaintwin.model.fact import Basis, Fact, Label, Moment, Statement, Value
from chaintwin.twin.changes import Changes
from chaintwin.twin.originals import Stored
from chaintwin.twin.state import BodyState
from chaintwin.twin.store.numbering import next_number

SCHEME = "file_number"


@dataclass(frozen=True, slots=True)
class Entry:
    """What is entered in the register for one item."""

    project: int
    type: PaperType
    title: str
    formed: Moment | None
    label: Label
    responsible: str
    file_name: str
    stored: Stored
    change: int | None = None
    basis: Basis = Basis.REPORTED


@dataclass(frozen=True, slots=True)
class ChangeToFile:
    """A change that becomes an item: what it did to `about`, filed in the dossier of `project`."""

    project: int
    about: int
    type: str
    title: str
    head: ChangeHead
    basis: Basis = Basis.REPORTED


def file_papers(desk: Desk, code: str, received: Received) -> ItemPage:
    """File the papers of one upload: all of them, or none with the reason."""
    require_filing(desk)
    project = find_living_project(desk.door.view, code)
    papers = read_papers(received, desk.schedule, desk.door.view.now)
    bodies = enter_papers(desk, project.body, papers, f"归档文件{len(papers)}件")
    desk.door.settle()
    items = show_items(desk.door.view, desk.schedule, desk.door.view.states(bodies))
    return ItemPage(items=items, total=len(items), limit=len(items), offset=0)


def enter_papers(
    desk: Desk, project: int, papers: Sequence[Paper], reason: str, source: str = "staff"
) -> list[int]:
    """Keep the originals of papers and enter them in one change; return the items."""
    for paper in papers:
        require_label(desk.door.asker, paper.label)
    desk.door.require_main()
    changes = desk.door.change(reason, source)
    bodies = []
    for paper in papers:
        stored = desk.originals.keep(
            desk.door.connection, desk.door.asker, paper.incoming, paper.label, changes.at
        )
        entry = Entry(
            project, paper.type, paper.title, paper.formed, paper.label,
            paper.responsible or desk.door.asker.name, paper.file_name, stored, basis=paper.basis,
        )  # fmt: skip
        bodies.append(enter_item(desk, changes, entry))
    return bodies


def file_change(desk: Desk, changes: Changes, filed: ChangeToFile) -> int:
    """File a change as an item: a frozen record of the facts it opened and closed, by hash.

    Raises InputProblem when the change did nothing, so that it is undone as a whole.
    """
    facts = [
        fact
        for fact in desk.door.view.history(filed.about)
        if filed.head.change == fact.change or fact.known_to == filed.head.at
    ]
    if not facts:
        raise InputProblem(
            "所填内容与现有记录一致,没有变更,未保存。", "Nothing differs from what is on record."
        )
    kind = desk.schedule.type(filed.type)
    label = _highest(kind.label, facts)
    require_label(desk.door.asker, label)
    record = canonical(
        freeze(filed.head, desk.door.view.code(filed.about), facts, desk.door.view.code)
    )
    stored = desk.originals.keep_bytes(
        desk.door.connection, desk.door.asker, record, label, changes.at
    )
    entry = Entry(
        filed.project, kind, filed.title, Moment.instant(filed.head.at), label, filed.head.actor,
        core.clean_file_name(f"变更{filed.head.change}.json"),
        replace(stored, media_type="application/json"), filed.head.change, filed.basis,
    )  # fmt: skip
    return enter_item(desk, changes, entry)


def head_of(desk: Desk, changes: Changes, reason: str, source: str = "staff") -> ChangeHead:
    """Return the head of a change in the making."""
    return ChangeHead(changes.number, changes.at, desk.door.asker.name, reason, source)


def enter_item(desk: Desk, changes: Changes, entry: Entry) -> int:
    """Give the next file number of its counter and state the facts of the item."""
    prefix, sequence = _take_number(desk, changes, entry)
    number = desk.schedule.rule.write(prefix, sequence)
    if desk.door.view.find_key(SCHEME, number) is not None:
        raise ConflictProblem(
            f"档号“{number}”已被另一单位使用。请档案员核对全宗号。",
            f"The file number “{number}” belongs to another office. Check the fonds number.",
        )
    body = changes.body("Document", (SCHEME, number))
    valid = entry.formed or Moment.instant(changes.at)
    values = _values(entry, number, sequence, valid)
    changes.record(
        Statement(body, name, value, valid=valid, label=entry.label, basis=entry.basis)
        for name, value in values.items()
    )
    return body


def withdraw_item(desk: Desk, code: str, item: str, reason: str) -> ItemShown:
    """Withdraw an item with a reason; its number, its bytes and its past stay."""
    desk.door.asker.require("archive:write")
    desk.door.require_main()
    view = desk.door.view
    project = find_living_project(view, code)
    state = find_item(desk, project, item)
    if is_withdrawn(state):
        raise ConflictProblem(f"“{state.name}”已经撤件。", f"“{state.name}” was withdrawn before.")
    held = state.held("original")
    assert held is not None
    changes = desk.door.change(f"撤件:{reason}")
    at = Moment.instant(changes.at)
    changes.say(state.body, "withdrawn", Value(text=reason), valid=at, label=held.label)
    filed = ChangeToFile(
        project.body, state.body, "field-change", f"撤件记录:{state.one('file_number')}",
        head_of(desk, changes, reason),
    )  # fmt: skip
    file_change(desk, changes, filed)
    desk.door.settle()
    return show_items(view, desk.schedule, view.states([state.body]))[0]


def find_item(desk: Desk, project: BodyState, item: str) -> BodyState:
    """Return an item of this project by body code or file number."""
    state = find_body(desk.door.view, item, SCHEME, ("档案件", "item"))
    belongs = state.held("project")
    if state.kind != "Document" or belongs is None or belongs.ref != project.body:
        raise NotFoundProblem(
            f"项目“{project.name}”的档案中没有“{item}”。",
            f"The dossier of “{project.name}” has no item “{item}”.",
        )
    return state


def require_filing(desk: Desk) -> None:
    """Raise ForbiddenProblem unless the asker is an officer or an archivist."""
    if not (desk.door.asker.may("project:write") or desk.door.asker.may("archive:write")):
        raise ForbiddenProblem(
            "您没有归档文件的权限(project:write 或 archive:write)。请联系管理员授权。",
            "You may not file papers (project:write or archive:write). Ask your administrator.",
        )


def disposition(name: str) -> str:
    """Return the header that has a browser save a file under a Chinese name (RFC 6266)."""
    ascii_name = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_")
    return f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name, safe='')}"


def _take_number(desk: Desk, changes: Changes, entry: Entry) -> tuple[str, int]:
    fonds, department = numbering(desk.door, desk.schedule)
    formed = entry.formed.at if entry.formed else changes.at
    prefix = desk.schedule.rule.prefix(
        {
            "fonds": fonds,
            "category": entry.type.category,
            "year": str(calendar_day(formed).year),
            "retention": entry.type.retention,
            "department": department,
        }
    )
    asker = desk.door.asker
    return prefix, next_number(desk.door.connection, asker.tenant, SCHEME, prefix)


def _values(entry: Entry, number: str, sequence: int, valid: Moment) -> dict[str, Value]:
    stored = entry.stored
    values = {
        "name": Value(text=core.clean_title(entry.title)),
        "file_number": Value(text=number),
        "sequence": Value(number=Decimal(sequence)),
        "project": Value(ref=entry.project),
        "category": Value(text=entry.type.category),
        "type": Value(text=entry.type.code),
        "retention": Value(text=entry.type.retention),
        "responsible": Value(text=core.clean_title(entry.responsible)),
        "original": Value(
            data={
                "original": stored.number, "file_name": entry.file_name, "size": stored.size,
                "media_type": stored.media_type, "sha256": stored.sha256, "sm3": stored.sm3,
            }
        ),
    }  # fmt: skip
    if entry.formed is not None:
        values["formed_on"] = Value(text=core.check_formed(valid, calendar_day(valid.at)))
    if entry.change is not None:
        values["filed_change"] = Value(number=Decimal(entry.change))
    if entry.basis is Basis.DEMO:
        values["demo"] = Value(text="true")
    return values


def _highest(start: Label, facts: Sequence[Fact]) -> Label:
    return Label(max([start, *(fact.label for fact in facts)]))
