"""Branches: making, reading with what they change, closing, and merging by approval."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from chaintwin.kit.problems import ConflictProblem
from chaintwin.twin import branches, merging
from chaintwin.twin.asked import Limit, Offset
from chaintwin.twin.branches import Room
from chaintwin.twin.comparing import find_conflicts
from chaintwin.twin.door import Door, TheDoor, set_etag
from chaintwin.twin.lines import get_branch
from chaintwin.twin.store.borrowing import Size, Value, read_sizes
from chaintwin.twin.store.lines import BranchRow, list_branches
from chaintwin.web.branch_answers import (
    APPROVE,
    BranchGiven,
    BranchList,
    BranchOut,
    DecisionGiven,
    DifferenceList,
    MergedOut,
    MergeGiven,
    ReasonGiven,
    ShownBranches,
)

router = APIRouter(prefix="/api/v1", tags=["branches"])

_READ, _WRITE = "firm:read", "branch:write"
BranchNumber = Annotated[
    int, Path(ge=1, le=2**31 - 1, description="推演分支编号 number of a branch")
]


@router.get("/branches", operation_id="list_branches")
def list_all(request: Request, response: Response, door: TheDoor) -> BranchList:
    """List every branch of one's own office with its state and size."""
    door.asker.require(_READ)
    sizes = read_sizes(door.connection, door.asker.tenant)
    rows = list_branches(door.connection, door.asker.tenant)
    set_etag(request, response, door.view, _mark(door, sizes.values()))
    shown = ShownBranches(door, sizes)
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
    shown = ShownBranches(door, sizes)
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
    door.asker.require(APPROVE)
    decisions = _decisions(door, given.decisions)
    done = merging.approve(_room(door), number, given.reason, decisions)
    branch = _done(door, done.row, "branch.approve", reason=given.reason, change=done.change)
    return MergedOut(branch=branch, change=done.change, opened=done.opened, closed=done.closed)


@router.post("/branches/{number}/refuse", operation_id="refuse_merge")
def refuse(door: TheDoor, number: BranchNumber, given: ReasonGiven) -> BranchOut:
    """Refuse a proposal of somebody else with a reason; the branch is open again."""
    door.asker.require(APPROVE)
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
    return ShownBranches(door, read_sizes(door.connection, door.asker.tenant)).branch(row)


def _mark(door: Door, sizes: Iterable[Size]) -> str:
    return f".{max((size.change for size in sizes), default=0)}.{door.asker.account}"


def _decisions(door: Door, given: Iterable[DecisionGiven]) -> dict[Value, str]:
    found = [(one, door.twin.names.find("attribute", one.attribute)) for one in given]
    return {
        (door.view.number(one.body), attribute, one.key): one.take
        for one, attribute in found
        if attribute is not None
    }
