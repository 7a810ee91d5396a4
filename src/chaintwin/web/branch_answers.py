"""What the routes of branches take and give, and how branches and differences are shown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from chaintwin.twin.comparing import Difference
from chaintwin.twin.differing import Step
from chaintwin.twin.door import Door
from chaintwin.twin.state import BodyState, Held
from chaintwin.twin.store.borrowing import Size
from chaintwin.twin.store.lines import BranchRow, list_branches, make_line
from chaintwin.twin.store.rows import Row
from chaintwin.web.answers import Named
from chaintwin.web.shower import Shower

APPROVE = "branch:approve"
_Reason = Annotated[str, Field(min_length=2, max_length=500, description="理由 reason")]
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


class ShownBranches:
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
            can_decide=row.state == "proposed" and asker.may(APPROVE)
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
        named = self._named(row, shower, bodies + refs)
        return [self._difference(shower, named, sides, one) for one in found]

    def _named(self, row: BranchRow, shower: Shower, bodies: list[int]) -> dict[int, Named]:
        """Return the names of bodies; those that only the branch holds have theirs in it."""
        named = shower.named(bodies)
        left = [body for body in bodies if body not in named]
        if not left or row.state == "discarded":
            return named
        line = make_line(self._door.connection, row)
        inside = self._door.twin.view_in(self._door.connection, self._door.asker, line=line)
        return named | {
            state.body: Named(code=state.code, kind=state.kind, name=state.name)
            for state in inside.named(left)
        }

    def _read_sides(self, row: BranchRow, bodies: list[int]) -> tuple[_Side, _Side]:
        """Return what the parent showed at the fork, and what it shows now."""
        connection, asker = self._door.connection, self._door.asker
        line = make_line(connection, row).parent()
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
