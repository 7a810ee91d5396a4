"""Finds a project and what belongs to it."""

from __future__ import annotations

from collections.abc import Iterable

from chaintwin.application.projects.models import BodyName
from chaintwin.kit.problems import ConflictProblem, NotFoundProblem
from chaintwin.twin.state import BodyState
from chaintwin.twin.view import TwinView

KIND = "Project"


def find_body(view: TwinView, code: str, scheme: str, what: tuple[str, str]) -> BodyState:
    """Return a body by its code or by a key; raise NotFoundProblem with its name (zh, en)."""
    body = view.number(code) if code.startswith("urn:") else view.find_key(scheme, code)
    states = [] if body is None else view.states([body])
    if not states:
        raise NotFoundProblem(
            f"没有找到{what[0]}“{code}”,或在所选时点尚无记录。请核对编号和时间条。",
            f"There is no {what[1]} “{code}” at the chosen moment. Check the number and the time.",
        )
    return states[0]


def find_project(view: TwinView, code: str) -> BodyState:
    """Return a project by body code or project number; raise NotFoundProblem otherwise."""
    what = ("项目", "project")
    state = find_body(view, code, "project_code", what)
    if state.kind != KIND:
        raise NotFoundProblem(f"“{code}”不是项目。", f"“{code}” is no project.")
    return state


def find_living_project(view: TwinView, code: str) -> BodyState:
    """Return a project that may be changed; raise ConflictProblem when it was deleted."""
    state = find_project(view, code)
    if is_deleted(state):
        raise ConflictProblem(
            f"项目“{state.name}”已删除,不能修改。请先恢复。",
            f"The project “{state.name}” was deleted. Restore it first.",
        )
    return state


def is_deleted(state: BodyState) -> bool:
    """Tell whether a project was taken out of the lists."""
    return state.held("deleted") is not None


def find_items(view: TwinView, project: int) -> list[BodyState]:
    """Return the items of a dossier that the asker may read, in the order of filing."""
    bodies = [one.body for one in view.referring(project, "project")]
    return [state for state in view.states(sorted(bodies)) if state.kind == "Document"]


def is_withdrawn(item: BodyState) -> bool:
    """Tell whether an item was withdrawn."""
    return item.held("withdrawn") is not None


def name_bodies(view: TwinView, bodies: Iterable[int]) -> dict[int, BodyName]:
    """Return the names of bodies referred to; one that is not to be read has its code as name."""
    wanted = sorted(set(bodies))
    links = view.keys("link_code") if wanted else {}
    names = {state.body: state.name for state in view.states(wanted)}
    return {
        body: BodyName(
            code=view.code(body), name=names.get(body, view.code(body)), key=links.get(body)
        )
        for body in wanted
    }


def name_refs(view: TwinView, states: Iterable[BodyState]) -> dict[int, BodyName]:
    """Return the names of every body that some projects refer to."""
    held = (held for state in states for values in state.attributes.values() for held in values)
    return name_bodies(view, (one.ref for one in held if one.ref is not None))
