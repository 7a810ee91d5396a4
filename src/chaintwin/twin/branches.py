"""Branches: named what-ifs over a fork time. Making one, closing it, opening it again.

What befalls a branch is told by facts about its body on the main line, through the one write door;
the row of the store beside them says where to read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from chaintwin.access.asker import PUBLIC_TENANT, Asker
from chaintwin.engine.database import Connection, acting
from chaintwin.kit.problems import ConflictProblem, InputProblem
from chaintwin.model.fact import Label, Moment, Statement, Subject, Value
from chaintwin.twin.changes import Changes
from chaintwin.twin.lines import find_line, get_branch
from chaintwin.twin.store import lines as store
from chaintwin.twin.store.changes import lock_changes
from chaintwin.twin.store.former import add_forks, drop_forks, drop_unneeded, lock_forks
from chaintwin.twin.store.lines import BranchRow
from chaintwin.twin.store.state import drop_states
from chaintwin.twin.twin import Twin

KIND, SOURCE, SCHEME = "Branch", "staff", "branch_number"
_LONGEST = 100
# From which states each act leads where.
_MOVES: Mapping[str, tuple[frozenset[str], str]] = {
    "freeze": (frozenset({"open"}), "frozen"),
    "thaw": (frozenset({"frozen"}), "open"),
    "discard": (frozenset({"open", "frozen"}), "discarded"),
}
_ACT_ZH = {"freeze": "冻结", "thaw": "解冻", "discard": "放弃"}


@dataclass(frozen=True, slots=True)
class Room:
    """Where an act on branches happens: the twin, one transaction, and who acts."""

    twin: Twin
    connection: Connection
    asker: Asker


def fork(room: Room, name: str, purpose: str = "", parent: int = 0) -> BranchRow:
    """Make a branch of the main line or of another branch as it stands now; nothing is copied.

    Raises InputProblem without a name, ConflictProblem for a name in use.
    """
    name = name.strip()
    if not name or len(name) > _LONGEST:
        raise InputProblem(
            f"请给推演分支起一个名称,最多 {_LONGEST} 个字。",
            f"Give the branch a name of at most {_LONGEST} characters.",
        )
    line = find_line(room.connection, room.asker, parent)
    if len(line.branches) >= store.DEEPEST:
        raise ConflictProblem(
            f"分支最多叠 {store.DEEPEST - 1} 层。请从较浅的分支或主线分出。",
            f"Branches stand at most {store.DEEPEST - 1} deep. Fork from a shallower one.",
        )
    number = store.next_branch(room.connection)
    lock_changes(room.connection, room.asker.tenant)
    lock_forks(room.connection)
    latest = store.latest_moment(room.connection)
    changes = room.twin.change_in(
        room.connection, room.asker, reason=f"建立推演分支“{name}”", source=SOURCE, after=latest
    )
    _refuse_same_name(room, name)
    row = BranchRow(number, room.asker.tenant, parent, name, changes.at, "open", 0, changes.number)
    now, stands_on = _begun(room, changes), _body_of(room, parent)
    row = replace(row, body=_tell_made(changes, row, now, purpose, stands_on))
    store.add_branch(room.connection, row)
    add_forks(room.connection, row.tenant, store.make_line(room.connection, row))
    changes.finish()
    return row


def move(room: Room, number: int, act: str, reason: str) -> BranchRow:
    """Freeze, thaw or discard a branch.

    Raises ConflictProblem where its state does not allow that, or branches stand on it.
    """
    before, after = _MOVES[act]
    row = lock(room, number, before, _ACT_ZH[act], act)
    if act == "discard":
        _refuse_with_children(room, row)
    return set_state(room, row, after, f"{_ACT_ZH[act]}推演分支“{row.name}”:{reason}", reason)


def lock(room: Room, number: int, states: frozenset[str], act_zh: str, act_en: str) -> BranchRow:
    """Return a branch that nobody else can change now; raise ConflictProblem in other states."""
    store.lock_branch(room.connection, number)
    row = get_branch(room.connection, room.asker, number)
    if row.state not in states:
        raise ConflictProblem(
            f"推演分支“{row.name}”的状态是“{STATES[row.state][0]}”,不能{act_zh}。请刷新页面。",
            f"The branch “{row.name}” is {STATES[row.state][1]}; it cannot be changed so "
            f"({act_en}). Reload the page.",
            state=row.state,
        )
    return row


STATES: Mapping[str, tuple[str, str]] = {
    "open": ("推演中", "open"),
    "frozen": ("已冻结", "frozen"),
    "proposed": ("待审批", "awaiting approval"),
    "merged": ("已并入", "merged"),
    "discarded": ("已放弃", "discarded"),
}


def set_state(
    room: Room, row: BranchRow, state: str, title: str, reason: str, **more: Value | None
) -> BranchRow:
    """Set the state of a branch, telling why; `more` are further attributes of its body."""
    changes = room.twin.change_in(room.connection, room.asker, reason=title, source=SOURCE)
    said = {"state": Value(text=state), "state_reason": Value(text=reason or "—"), **more}
    since = Moment.instant(_begun(room, changes))
    changes.record(Statement(row.body, name, value, valid=since) for name, value in said.items())
    changes.finish()
    store.set_branch_state(room.connection, row.id, state)
    if state == "discarded":
        _give_back(room, row)
    return get_branch(room.connection, room.asker, row.id)


def _give_back(room: Room, row: BranchRow) -> None:
    """Drop what was kept for a branch alone, whoever wrote it."""
    drop_forks(room.connection, row.id)
    for tenant in {row.tenant, PUBLIC_TENANT}:
        keeper = Asker(tenant, "chaintwin", readable=frozenset({tenant}), labels=frozenset(Label))
        with acting(room.connection, keeper.settings()):
            drop_states(room.connection, row.id)
            drop_unneeded(room.connection, tenant)


def _begun(room: Room, changes: Changes) -> datetime:
    """Return when a change begins to be true: no later than it is known, nor than the clock says.

    A change may be bumped past the clock; what it says must hold at once all the same.
    """
    return min(changes.at, room.twin.clock.now())


def _tell_made(
    changes: Changes, row: BranchRow, now: datetime, purpose: str, parent: int | None
) -> int:
    about = Subject(KIND, ((SCHEME, str(row.id)),))
    said = [
        Statement(about, "name", Value(text=row.name)),
        Statement(about, "forked_at", Value(text=row.forked_at.isoformat())),
        Statement(about, "state", Value(text="open"), valid=Moment.instant(now)),
    ]
    if purpose.strip():
        said.append(Statement(about, "purpose", Value(text=purpose.strip())))
    if parent is not None:
        said.append(Statement(about, "parent", Value(ref=parent)))
    changes.record(said)
    return changes.body(KIND, *about.keys)


def _body_of(room: Room, number: int) -> int | None:
    return get_branch(room.connection, room.asker, number).body if number else None


def _refuse_same_name(room: Room, name: str) -> None:
    for row in store.list_branches(room.connection, room.asker.tenant):
        if row.name == name and row.state not in ("merged", "discarded"):
            raise ConflictProblem(
                f"已有一个叫“{name}”的推演分支。请换一个名称。",
                f"There is a branch “{name}” already. Choose another name.",
            )


def _refuse_with_children(room: Room, row: BranchRow) -> None:
    for child in store.list_branches(room.connection, room.asker.tenant):
        if child.parent == row.id and child.state not in ("merged", "discarded"):
            raise ConflictProblem(
                f"分支“{child.name}”建立在“{row.name}”上。请先处理它。",
                f"The branch “{child.name}” stands on “{row.name}”. Settle that one first.",
            )
