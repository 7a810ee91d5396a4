"""Moves a project between stages."""

from __future__ import annotations

from chaintwin.application.archive.desk import Desk
from chaintwin.application.projects import core
from chaintwin.application.projects.finding import find_living_project
from chaintwin.application.projects.models import ProjectShown, StageGiven
from chaintwin.application.projects.process import load_process
from chaintwin.application.projects.standing import read_gate
from chaintwin.application.projects.writing import Act, Said, begin, record
from chaintwin.kit.clock import calendar_day
from chaintwin.kit.problems import ConflictProblem, InputProblem
from chaintwin.model.fact import Moment, Value
from chaintwin.twin.state import Held


def move_project(desk: Desk, code: str, given: StageGiven) -> ProjectShown:
    """Move a project one stage on through its gate, or back with a reason."""
    process = load_process()
    there = process.stage(given.to)
    act = begin(desk, f"阶段变更为{there.title['zh']}:{given.reason}".rstrip(":"))
    project = find_living_project(desk.door.view, code)
    held = project.held("stage")
    if held is None:
        raise ConflictProblem(
            f"项目“{project.name}”的当前阶段未知,不能推进。请先核对其来源数据。",
            f"The present stage of “{project.name}” is unknown, so it cannot move.",
        )
    gate = read_gate(desk.door, process, project)
    back = core.check_move(process, str(held.value), given.to, given.reason, gate)
    entered = _entered(act, given, held)
    reason = given.reason or f"关口齐备,进入{there.title['zh']}"
    said = [
        Said(
            "stage",
            Value(text=given.to),
            valid=entered,
            evidence={"rollback": True} if back else None,
        ),
        Said("stage_reason", Value(text=reason), valid=entered),
    ]
    title = f"阶段变更记录:{'退回' if back else '进入'}{there.title['zh']}"
    return record(act, project.body, said, "stage-change", title)


def _entered(act: Act, given: StageGiven, held: Held) -> Moment:
    if given.on is None:
        return act.now
    today = calendar_day(act.changes.at)
    if given.on > today:
        raise InputProblem(
            f"进入日期 {given.on} 晚于今天 {today}。请更正。",
            f"The day {given.on} lies after today {today}. Correct it.",
        )
    since = None if held.valid_from is None else calendar_day(held.valid_from)
    if since is not None and given.on < since:
        raise InputProblem(
            f"进入日期 {given.on} 早于进入当前阶段的日期 {since}。请更正。",
            f"The day {given.on} lies before {since}, when the present stage was entered.",
        )
    # On one day several moves may follow one another: the later must not replace the earlier.
    return act.now if given.on in (today, since) else Moment.day(given.on)
