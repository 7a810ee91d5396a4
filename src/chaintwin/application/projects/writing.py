"""The one way a project changes: facts with a reason, filed in its dossier in the same change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from chaintwin.application.archive.desk import Desk
from chaintwin.application.archive.filing import ChangeToFile, file_change, head_of
from chaintwin.application.archive.showing import require_label
from chaintwin.application.projects.models import ProjectShown
from chaintwin.application.projects.reading import show_project
from chaintwin.model.fact import Label, Moment, Statement, Value
from chaintwin.twin.changes import Changes

# Who the other side's people are is personal; all else of a project is for the office.
_LABELS = {"contact": Label.PERSONAL}
_LABEL = Label.INTERNAL


@dataclass(frozen=True, slots=True)
class Said:
    """A value of an attribute of the project; None ends it."""

    attribute: str
    value: Value | None
    key: str = ""
    valid: Moment | None = None
    evidence: dict[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """One change of one project in the making: open it first, then look, then write."""

    desk: Desk
    changes: Changes
    reason: str

    @property
    def now(self) -> Moment:
        """Return the moment of the change."""
        return Moment.instant(self.changes.at)


def begin(desk: Desk, reason: str) -> Act:
    """Open a change; from here to the end of the request nobody else changes this tenant."""
    desk.door.asker.require("project:write")
    desk.door.require_main()
    require_label(desk.door.asker, _LABEL)
    return Act(desk, desk.door.change(reason), reason)


def record(act: Act, project: int, said: Iterable[Said], filed_as: str, title: str) -> ProjectShown:
    """State facts, file the change as an item, and return the project as it is now."""
    statements = [_statement(act, project, one) for one in said]
    for statement in statements:
        require_label(act.desk.door.asker, statement.label)
    act.changes.record(statements)
    head = head_of(act.desk, act.changes, act.reason)
    file_change(act.desk, act.changes, ChangeToFile(project, project, filed_as, title, head))
    act.desk.door.settle()
    return show_project(act.desk.door, act.desk.door.view.code(project))


def _statement(act: Act, project: int, said: Said) -> Statement:
    return Statement(
        project,
        said.attribute,
        said.value,
        value_key=said.key,
        valid=said.valid or act.now,
        label=_LABELS.get(said.attribute, _LABEL),
        evidence=said.evidence,
    )
