"""Merging a branch: proposed by one person, approved by another, every conflict decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chaintwin.kit.problems import ConflictProblem, ForbiddenProblem
from chaintwin.model.fact import Value as Given
from chaintwin.model.kinds import KIND
from chaintwin.twin.branches import SOURCE, Room, lock, set_state
from chaintwin.twin.comparing import Difference, compare, find_conflicts, parent_line
from chaintwin.twin.lines import require_open
from chaintwin.twin.store.borrowing import Value, read_held_bodies
from chaintwin.twin.store.keys import read_kinds
from chaintwin.twin.store.kinds import mark_kinds
from chaintwin.twin.store.lines import BranchRow

Decisions = Mapping[Value, str]
BRANCH, PARENT = "branch", "parent"


@dataclass(frozen=True, slots=True)
class Merged:
    """What an approval came to."""

    row: BranchRow
    change: int
    opened: int
    closed: int


def propose(room: Room, number: int, reason: str, decisions: Decisions) -> BranchRow:
    """Propose that a branch becomes true of its parent; nobody writes in it meanwhile.

    Raises ConflictProblem when it changes nothing.
    """
    row = lock(room, number, frozenset({"open", "frozen"}), "提交审批", "propose")
    if not find_differences(room, row):
        raise ConflictProblem(
            f"推演分支“{row.name}”没有改动,无可合并。请先在分支里修改。",
            f"The branch “{row.name}” changes nothing; there is nothing to merge.",
        )
    proposal = {**_who(room), "reason": reason, "decisions": _written(decisions)}
    title = f"提交合并推演分支“{row.name}”:{reason}"
    return set_state(room, row, "proposed", title, reason, proposal=Given(data=proposal))


def withdraw(room: Room, number: int, reason: str) -> BranchRow:
    """Withdraw a proposal; the branch is open again."""
    row = lock(room, number, frozenset({"proposed"}), "撤回提交", "withdraw")
    return set_state(room, row, "open", f"撤回合并推演分支“{row.name}”的提议:{reason}", reason)


def refuse(room: Room, number: int, reason: str) -> BranchRow:
    """Refuse a proposal with a reason; the branch is open again."""
    row = lock(room, number, frozenset({"proposed"}), "审批", "refuse")
    _require_another(room, row)
    decision = {**_who(room), "reason": reason, "approved": False}
    title = f"不同意合并推演分支“{row.name}”:{reason}"
    return set_state(room, row, "open", title, reason, decision=Given(data=decision))


def approve(room: Room, number: int, reason: str, decisions: Decisions) -> Merged:
    """Make what a branch says true of its parent, in one change of the parent.

    Decisions stand before those of the proposal. Raises ForbiddenProblem for the proposer, and
    ConflictProblem, telling how many, while conflicts are undecided.
    """
    row = lock(room, number, frozenset({"proposed"}), "审批", "approve")
    proposal = _require_another(room, row)
    line = parent_line(room, row)
    if not line.is_main:
        require_open(room.connection, room.asker, line.branch)
    changes = room.twin.change_in(
        room.connection, room.asker, reason=_title(row, proposal, reason), source=SOURCE, line=line
    )
    differences = find_differences(room, row)
    decided = {**_read(proposal.get("decisions", ())), **decisions}
    wanted = _chosen(differences, decided)
    changes.adopt({one.key: one.after for one in wanted})
    tally = changes.finish()
    _mark_kinds(room, {one.key[1] for one in wanted}, changes.number)
    decision = {
        **_who(room), "reason": reason, "approved": True, "change": changes.number,
        "decisions": _written(decided),
    }  # fmt: skip
    title = f"同意合并推演分支“{row.name}”:{reason}"
    after = set_state(room, row, "merged", title, reason, decision=Given(data=decision))
    return Merged(after, changes.number, tally.opened, tally.closed)


def find_differences(room: Room, row: BranchRow) -> list[Difference]:
    """Return all that a branch changed."""
    return compare(room, row, read_held_bodies(room.connection, row.id))


def _chosen(differences: Sequence[Difference], decided: Decisions) -> list[Difference]:
    conflicts = find_conflicts(differences)
    open_ones = [value for value in conflicts if value not in decided]
    if open_ones:
        raise ConflictProblem(
            f"分出后主线有了新的记录,{len(open_ones)} 处与分支不一致,须逐处选定取哪一个。",
            f"The parent has learned otherwise since the fork in {len(open_ones)} places. Decide "
            "each: take the branch or keep the parent.",
            undecided=len(open_ones),
        )
    return [
        one for one in differences
        if one.value not in conflicts or decided[one.value] == BRANCH
    ]  # fmt: skip


def _require_another(room: Room, row: BranchRow) -> dict[str, Any]:
    view = room.twin.view_in(room.connection, room.asker)
    proposal: dict[str, Any] = dict(view.get(row.body).one("proposal") or {})
    if "name" not in proposal:
        raise ConflictProblem(
            f"没有找到合并“{row.name}”的提议。请撤回后重新提交。",
            f"There is no proposal to merge “{row.name}” on record. Withdraw it and propose anew.",
        )
    if (proposal.get("account"), proposal.get("name")) == (room.asker.account, room.asker.name):
        raise ForbiddenProblem(
            "合并须由提出者以外的人审批。请另一位有审批权限的人处理,或撤回提交。",
            "A merge is decided by somebody other than its proposer. Ask another person, or "
            "withdraw the proposal.",
        )
    return proposal


def _mark_kinds(room: Room, bodies: set[int], change: int) -> None:
    """Let kinds declared in the branch be known from now on."""
    number = room.twin.names.find("kind", KIND)
    if number is not None and number in read_kinds(room.connection, bodies).values():
        mark_kinds(room.connection, room.asker.tenant, change)


def _title(row: BranchRow, proposal: Mapping[str, Any], reason: str) -> str:
    by = proposal.get("name", "")
    return f"合并推演分支“{row.name}”(提出:{by};{proposal.get('reason', '')}):{reason}"


def _who(room: Room) -> dict[str, Any]:
    return {"account": room.asker.account, "name": room.asker.name}


def _written(decisions: Decisions) -> list[list[Any]]:
    return [[*value, take] for value, take in sorted(decisions.items())]


def _read(written: Sequence[Sequence[Any]]) -> dict[Value, str]:
    return {(one[0], one[1], one[2]): one[3] for one in written}
