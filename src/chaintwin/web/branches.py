"""Branches: making, reading with what they change, closing, and merging by approval."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, Field

from chaintwin.kit.problems import ConflictProblem
from chaintwin.twin import branches, merging
from chaintwin.twin.asked import Limit, Offset
from chaintwin.twin.branches import Room
from chaintwin.twin.comparing import Difference, find_conflicts, parent_line
from chaintwin.twin.differing import Step
from chaintwin.twin.door import Door, TheDoor, set_etag
from chaintwin.twin.lines import get_branch
from chaintwin.twin.state import BodyState, Held
from chaintwin.twin.store.borrowing import Size, Value, read_sizes
from chaintwin.twin.store.lines import BranchRow, list_branches
from chaintwin.twin.store.rows import Row
from chaintwin.web.answers import Named
from chaintwin.web.shower import Shower

router = APIRouter(prefix="/api/v1", tags=["branches"])

_READ, _WRITE, _APPROVE = "firm:read", "branch:write", "branch:approve"
_Reason = Annotated[str, Field(min_length=2, max_length=500, description="理由 reason")]
BranchNumber = Annotated[
    int, Path(ge=1, le=2**31 - 1, description="推演分支编号 number of a branch")
]


_Side = dict[tuple[int, str, str], Held]  # by body, attribute and value key


class BranchGiven(BaseModel):
    """A branch to be made."""

    name: str = Field(max_length=100, description="名称 name")
    purpose: str = Field(default="", max_length=1000, description="推演什么 what it tries out")
    parent: int = Field(
        default=0, ge=0, le=2**31 - 1, description="从哪个分支分出,0 为主线 parent, 0 the main line"
    )


class ReasonGiven(BaseModel):
    """Why."""

    reason: _Reason


class DecisionGiven(BaseModel):
    """Which side of a conflict holds."""

    body: str = Field(max_length=200, description="孪生体编码 body code")
    attribute: str = Field(max_length=300, description="属性 attribute")
    key: str = Field(default="", max_length=500, description="值键 value key")
    take: Literal["branch", "parent"] = Field(
        description="取分支的值或保留主线的值 take the branch or keep the parent"
    )


class MergeGiven(BaseModel):
    """A proposal or an approval with decisions on conflicts."""

    reason: _Reason
    decisions: list[DecisionGiven] = Field(
        default_factory=list, max_length=2000, description="对冲突的取舍 decisions on conflicts"
    )


class BranchOut(BaseModel):
    """A branch and how much it holds itself."""

    number: int = Field(description="编号 number")
    code: str = Field(description="孪生体编码 code of the body that tells about it")
    name: str
    purpose: str | None
    parent: int = Field(description="从哪里分出,0 为主线 parent, 0 the main line")
    parent_name: str | None
    forked_at: datetime = Field(description="分出时间 fork")
    state: str = Field(description="open, frozen, proposed, merged, discarded")
    state_reason: str | None
    made_by: str | None
    bodies: int = Field(description="改动的孪生体数 bodies it touched")
    facts: int = Field(description="自存的事实数 facts it holds itself")
    proposed_by: str | None
    proposal: str | None = Field(description="提议的理由 why it should be merged")
    decided_by: str | None
    decision: str | None = Field(description="审批意见 what the approver said")
    can_decide: bool = Field(description="您可否审批 whether the reader may decide the proposal")


class BranchList(BaseModel):
    """Every branch of one's own office, the latest first."""

    items: list[BranchOut]


class ValueOut(BaseModel):
    """A value as a source states it; all null where it names nothing that may be read."""

    value: Any
    unit: str | None
    ref: Named | None


class StepOut(BaseModel):
    """From a start to an end one value gives way to another; null: nothing is held."""

    valid_from: datetime | None = Field(description="有效起,空为始终 null: always")
    valid_to: datetime | None = Field(description="有效止,空为至今 null: open")
    before: ValueOut | None
    after: ValueOut | None


class DifferenceOut(BaseModel):
    """A value that a branch states differently than its parent did at the fork."""

    body: Named
    attribute: str
    title: dict[str, str]
    key: str
    source: str
    source_title: dict[str, str]
    steps: list[StepOut]
    conflict: bool = Field(description="分出后主线另有记录 the parent has learned otherwise since")
    shown_before: ValueOut | None = Field(
        description="分出时显示的值,不论来源 what was shown at the fork, of any source"
    )
    shown_now: ValueOut | None = Field(
        description="主线现在显示的值,不论来源 what the parent shows now, of any source"
    )


class DifferenceList(BaseModel):
    """What a branch changes, a page at a time."""

    branch: BranchOut
    items: list[DifferenceOut]
    conflicts: int = Field(description="整个分支中须取舍的处数 conflicts in the whole branch")
    total: int = Field(description="改动的值的个数 number of values changed")
    limit: int
    offset: int


class MergedOut(BaseModel):
    """What an approval came to."""

    branch: BranchOut
    change: int = Field(description="并入的变更 the change of the parent")
    opened: int
    closed: int


@router.get("/branches", operation_id="list_branches")
def list_all(request: Request, response: Response, door: TheDoor) -> BranchList:
    """List every branch of one's own office with its state and size."""
    door.asker.require(_READ)
    sizes = read_sizes(door.connection, door.asker.tenant)
    rows = list_branches(door.connection, door.asker.tenant)
    set_etag(request, response, door.view, _mark(door, sizes.values()))
    shown = _Shown(door, sizes)
    return BranchList(items=[shown.branch(row) for row in rows])


@router.post("/branches", operation_id="make_branch", status_code=201)
def make(door: TheDoor, given: BranchGiven) -> BranchOut:
    """Make a branch of the main line or of another branch as it stands now."""
    door.asker.require(_WRITE)
    row = branches.fork(_room(door), given.name, given.purpose, given.parent)
    return _done(door, row, "branch.make")


@router.get("/branches/{number}", operation_id="read_branch")
def read(
    request: Request,
    response: Response,
    door: TheDoor,
    number: BranchNumber,
    limit: Limit = 50,
    offset: Offset = 0,
) -> DifferenceList:
    """Read a branch with what it changes against its parent, and what must be decided."""
    door.asker.require(_READ)
    row = get_branch(door.connection, door.asker, number)
    sizes = read_sizes(door.connection, door.asker.tenant)
    set_etag(request, response, door.view, _mark(door, sizes.values()))
    found = merging.find_differences(_room(door), row)
    shown = _Shown(door, sizes)
    return DifferenceList(
        branch=shown.branch(row),
        items=shown.differences(row, found[offset : offset + limit]),
        total=len(found),
        conflicts=0 if row.state == "merged" else len(find_conflicts(found)),
        limit=limit,
        offset=offset,
    )


@router.post("/branches/{number}/freeze", operation_id="freeze_branch")
def freeze(door: TheDoor, number: BranchNumber, given: ReasonGiven) -> BranchOut:
    """Freeze a branch: it is read, and written no more until it is thawed."""
    return _move(door, number, "freeze", given.reason)


@router.post("/branches/{number}/thaw", operation_id="thaw_branch")
def thaw(door: TheDoor, number: BranchNumber, given: ReasonGiven) -> BranchOut:
    """Let a frozen branch be written again."""
    return _move(door, number, "thaw", given.reason)


@router.post("/branches/{number}/discard", operation_id="discard_branch")
def discard(door: TheDoor, number: BranchNumber, given: ReasonGiven) -> BranchOut:
    """Discard a branch: nothing reads it any more; its facts stay on record."""
    return _move(door, number, "discard", given.reason)


@router.post("/branches/{number}/propose", operation_id="propose_merge")
def propose(door: TheDoor, number: BranchNumber, given: MergeGiven) -> BranchOut:
    """Propose that what a branch says becomes true of its parent."""
    door.asker.require(_WRITE)
    row = merging.propose(_room(door), number, given.reason, _decisions(door, given.decisions))
    return _done(door, row, "branch.propose", reason=given.reason)


@router.post("/branches/{number}/withdraw", operation_id="withdraw_merge")
def withdraw(door: TheDoor, number: BranchNumber, given: ReasonGiven) -> BranchOut:
    """Withdraw a proposal; the branch is open again."""
    door.asker.require(_WRITE)
    row = merging.withdraw(_room(door), number, given.reason)
    return _done(door, row, "branch.withdraw", reason=given.reason)


@router.post("/branches/{number}/approve", operation_id="approve_merge")
def approve(door: TheDoor, number: BranchNumber, given: MergeGiven) -> MergedOut:
    """Approve a proposal of somebody else; every conflict must be decided."""
    door.asker.require(_APPROVE)
    decisions = _decisions(door, given.decisions)
    done = merging.approve(_room(door), number, given.reason, decisions)
    branch = _done(door, done.row, "branch.approve", reason=given.reason, change=done.change)
    return MergedOut(branch=branch, change=done.change, opened=done.opened, closed=done.closed)


@router.post("/branches/{number}/refuse", operation_id="refuse_merge")
def refuse(door: TheDoor, number: BranchNumber, given: ReasonGiven) -> BranchOut:
    """Refuse a proposal of somebody else with a reason; the branch is open again."""
    door.asker.require(_APPROVE)
    row = merging.refuse(_room(door), number, given.reason)
    return _done(door, row, "branch.refuse", reason=given.reason)


def _move(door: Door, number: int, act: str, reason: str) -> BranchOut:
    door.asker.require(_WRITE)
    row = branches.move(_room(door), number, act, reason)
    return _done(door, row, f"branch.{act}", reason=reason)


def _room(door: Door) -> Room:
    if not door.view.is_now:
        raise ConflictProblem(
            "推演分支只能在“现在”查看和办理。请把时间条切回“现在”。",
            "Branches are read and dealt with in the present. Set the time bar to now.",
        )
    return Room(door.twin, door.connection, door.asker)


def _done(door: Door, row: BranchRow, action: str, **detail: Any) -> BranchOut:
    door.audit(action, str(row.id), {"name": row.name, **detail})
    return _Shown(door, read_sizes(door.connection, door.asker.tenant)).branch(row)


def _mark(door: Door, sizes: Iterable[Size]) -> str:
    return f".{max((size.change for size in sizes), default=0)}.{door.asker.account}"


def _decisions(door: Door, given: Iterable[DecisionGiven]) -> dict[Value, str]:
    found = [(one, door.twin.names.find("attribute", one.attribute)) for one in given]
    return {
        (door.view.number(one.body), attribute, one.key): one.take
        for one, attribute in found
        if attribute is not None
    }


class _Shown:
    """Turns branches and differences into answers within one request."""

    def __init__(self, door: Door, sizes: dict[int, Size]) -> None:
        self._door = door
        self._sizes = sizes
        self._main = door.twin.view_in(door.connection, door.asker)
        rows = list_branches(door.connection, door.asker.tenant)
        self._names = {row.id: row.name for row in rows}
        states = self._main.states([row.body for row in rows])
        self._told: dict[int, BodyState] = {state.body: state for state in states}
        self._made = self._main.change_records([row.change for row in rows])

    def branch(self, row: BranchRow) -> BranchOut:
        """Return a branch."""
        told, size = self._told.get(row.body), self._sizes.get(row.id, Size())
        proposal, decision = (_told(told, name) for name in ("proposal", "decision"))
        made = self._made.get(row.change)
        asker = self._door.asker
        return BranchOut(
            number=row.id, code=self._main.code(row.body), name=row.name,
            purpose=told.one("purpose") if told else None,
            parent=row.parent, parent_name=self._names.get(row.parent), forked_at=row.forked_at,
            state=row.state, state_reason=told.one("state_reason") if told else None,
            made_by=made.actor if made else None, bodies=size.bodies, facts=size.facts,
            proposed_by=proposal.get("name"), proposal=proposal.get("reason"),
            decided_by=decision.get("name"), decision=decision.get("reason"),
            can_decide=row.state == "proposed" and asker.may(_APPROVE)
            and (proposal.get("account"), proposal.get("name")) != (asker.account, asker.name),
        )  # fmt: skip

    def differences(self, row: BranchRow, found: list[Difference]) -> list[DifferenceOut]:
        """Return what a branch changes."""
        shower = Shower(self._door)
        rows = [row for one in found for row in _rows_of(one)]
        bodies = sorted({one.key[1] for one in found})
        sides = self._read_sides(row, bodies)
        refs = [int(row.content[0]) for row in rows if row.content[0] is not None]
        refs += [held.ref for side in sides for held in side.values() if held.ref is not None]
        named = shower.named(bodies + refs)
        return [self._difference(shower, named, sides, one) for one in found]

    def _read_sides(self, row: BranchRow, bodies: list[int]) -> tuple[_Side, _Side]:
        """Return what the parent showed at the fork, and what it shows now."""
        connection, asker = self._door.connection, self._door.asker
        line = parent_line(_room(self._door), row)
        then = self._door.twin.view_in(connection, asker, line=line, known_at=row.forked_at)
        now = self._door.twin.view_in(connection, asker, line=line)
        return _side(then.states(bodies)), _side(now.states(bodies))

    def _difference(
        self, shower: Shower, named: dict[int, Named], sides: tuple[_Side, _Side], one: Difference
    ) -> DifferenceOut:
        source, body, attribute, key = one.key
        view, names = self._door.view, self._door.twin.names
        kind, name = view.kind_of(body) or "", names.name("attribute", attribute)
        origin = names.name("source", source)
        record = view.sources().get(origin)
        code = view.code(body)
        return DifferenceOut(
            body=named.get(body) or Named(code=code, kind=kind, name=code),
            attribute=name, title=shower.title(kind, name), key=key, source=origin,
            source_title=dict(record.title) if record else {"zh": origin, "en": origin},
            steps=[_step(step, named) for step in one.steps], conflict=one.is_conflict,
            shown_before=_held(sides[0].get((body, name, key)), named),
            shown_now=_held(sides[1].get((body, name, key)), named),
        )  # fmt: skip


def _told(state: BodyState | None, name: str) -> dict[str, Any]:
    value = state.one(name) if state else None
    return value if isinstance(value, dict) else {}


def _rows_of(one: Difference) -> list[Row]:
    sides = [row for step in one.steps for row in (step.before, step.after)]
    return [row for row in sides if row is not None]


def _side(states: Iterable[BodyState]) -> _Side:
    return {
        (state.body, attribute, held.key): held
        for state in states
        for attribute, all_held in state.attributes.items()
        for held in all_held
    }


def _held(held: Held | None, named: dict[int, Named]) -> ValueOut | None:
    if held is None:
        return None
    return ValueOut(value=held.value, unit=held.unit, ref=named.get(held.ref) if held.ref else None)


def _step(step: Step, named: dict[int, Named]) -> StepOut:
    return StepOut(
        valid_from=step.valid_from, valid_to=step.valid_to,
        before=_value(step.before, named), after=_value(step.after, named),
    )  # fmt: skip


def _value(row: Row | None, named: dict[int, Named]) -> ValueOut | None:
    if row is None or row.ended:
        return None
    ref, text, number, data, unit, *_ = row.content
    plain = next((value for value in (number, text, data) if value is not None), None)
    return ValueOut(value=plain, unit=unit, ref=named.get(int(ref)) if ref else None)
