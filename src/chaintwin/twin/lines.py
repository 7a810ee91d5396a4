"""Finds the line of a branch, and tells whether it may be read or written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chaintwin.access.asker import Asker
from chaintwin.engine.database import Connection
from chaintwin.kit.problems import ConflictProblem, NotFoundProblem
from chaintwin.twin.store import lines as store
from chaintwin.twin.store.former import list_shown
from chaintwin.twin.store.lines import MAIN, BranchRow, Line

# What a branch that takes no changes is called, and the way out.
_CLOSED: Mapping[str, tuple[str, str, str, str]] = {
    "frozen": (
        "已冻结", "请先解冻,或在其上另建分支", "frozen", "Thaw it, or make a branch on it",
    ),
    "proposed": (
        "已提交审批", "请先撤回提交,或等待审批", "proposed for merging",
        "Withdraw the proposal, or await the decision",
    ),
    "merged": ("已并入", "请另建分支", "merged", "Make another branch"),
    "discarded": ("已放弃", "请选择其他分支或回到主线", "discarded", "Choose another branch"),
}  # fmt: skip


def get_branch(connection: Connection, asker: Asker, number: int) -> BranchRow:
    """Return a branch of the asker's tenant; raise NotFoundProblem when there is none."""
    row = store.get_branch(connection, asker.tenant, number)
    if row is None:
        raise NotFoundProblem(
            f"本单位没有编号为 {number} 的推演分支。请从分支列表选择,或回到主线。",
            f"Your unit has no branch number {number}. Choose one from the list of branches.",
        )
    return row


def find_line(connection: Connection, asker: Asker, number: int) -> Line:
    """Return the line of a branch that may be read; 0 is the main line.

    Raises NotFoundProblem for one that is not there, ConflictProblem for a discarded one.
    """
    if number == 0:
        return MAIN
    row = get_branch(connection, asker, number)
    if row.state == "discarded":
        raise _closed(row)
    return store.make_line(connection, row)


def require_open(connection: Connection, asker: Asker, number: int) -> None:
    """Raise ConflictProblem unless a branch takes changes; it stays so until the commit."""
    store.lock_branch(connection, number)
    row = get_branch(connection, asker, number)
    if row.state != "open":
        raise _closed(row)


def kept_lines(connection: Connection, tenant: int) -> Iterator[Line]:
    """Yield the line of every branch whose current state is kept."""
    shown = list_shown(connection)
    for row in store.list_branches(connection, tenant):
        if row.id in shown:
            yield store.make_line(connection, row)


def _closed(row: BranchRow) -> ConflictProblem:
    zh, way_zh, en, way_en = _CLOSED[row.state]
    return ConflictProblem(
        f"推演分支“{row.name}”{zh},不能修改。{way_zh}。",
        f"The branch “{row.name}” is {en} and takes no changes. {way_en}.",
        state=row.state,
    )
