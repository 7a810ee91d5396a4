"""The promises of both sides: entered, changed, ended; the past keeps each state."""

from __future__ import annotations

from typing import Any

from chaintwin.application.archive.desk import Desk
from chaintwin.application.projects.editing import next_key
from chaintwin.application.projects.finding import find_living_project
from chaintwin.application.projects.models import ProjectShown, PromiseGiven
from chaintwin.application.projects.writing import Said, begin, record
from chaintwin.kit.problems import NotFoundProblem
from chaintwin.model.fact import Value
from chaintwin.twin.state import BodyState, Held

_RECORD = "field-change"


def add_promise(desk: Desk, code: str, given: PromiseGiven) -> ProjectShown:
    """Enter a promise under a key of its own."""
    act = begin(desk, given.reason)
    project = find_living_project(desk.door.view, code)
    key = next_key((held.key for held in project.all("promise")), act, project, "promise")
    said = [Said("promise", Value(data=_data(given)), key=key)]
    return record(act, project.body, said, _RECORD, f"登记承诺:{given.text[:60]}")


def change_promise(desk: Desk, code: str, key: str, given: PromiseGiven) -> ProjectShown:
    """Replace a promise."""
    act = begin(desk, given.reason)
    project = find_living_project(desk.door.view, code)
    _find(project, key)
    said = [Said("promise", Value(data=_data(given)), key=key)]
    return record(act, project.body, said, _RECORD, f"变更承诺:{given.text[:60]}")


def end_promise(desk: Desk, code: str, key: str, reason: str) -> ProjectShown:
    """End a promise by its status, so that it stays on view as ended."""
    act = begin(desk, f"解除承诺:{reason}")
    project = find_living_project(desk.door.view, code)
    held = _find(project, key)
    data = {**held.data, "status": "已解除", "ended_reason": reason}
    said = [Said("promise", Value(data=data), key=key)]
    return record(act, project.body, said, _RECORD, f"解除承诺:{reason[:60]}")


def _find(project: BodyState, key: str) -> Held:
    for held in project.all("promise"):
        if held.key == key:
            return held
    raise NotFoundProblem(f"没有承诺“{key}”。请刷新后重试。", f"There is no promise “{key}”.")


def _data(given: PromiseGiven) -> dict[str, Any]:
    return given.model_dump(mode="json", exclude={"reason"})
