"""Edits the fields of a project, adds remarks, deletes and restores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chaintwin.application.archive.desk import Desk
from chaintwin.application.projects import core
from chaintwin.application.projects.finding import (
    KIND,
    find_body,
    find_living_project,
    find_project,
    is_deleted,
)
from chaintwin.application.projects.models import FieldsGiven, PlainValue, ProjectShown
from chaintwin.application.projects.writing import Act, Said, begin, record
from chaintwin.kit.clock import calendar_day
from chaintwin.kit.problems import ConflictProblem, InputProblem, NotFoundProblem
from chaintwin.model.fact import Moment, Value
from chaintwin.model.kinds import Attribute
from chaintwin.twin.door import STAFF
from chaintwin.twin.state import BodyState, Held

# How a field that names a body is given: kind and the key scheme beside the body code.
_TARGETS = {
    "company": ("Company", "credit_code"),
    "link": ("ChainLink", "link_code"),
    "park": ("Park", "park_name"),
    "parcel": ("Parcel", "parcel_code"),
}
_RECORD = "field-change"


@dataclass(frozen=True, slots=True)
class _Edit:
    act: Act
    project: BodyState
    valid: Moment


def edit_fields(desk: Desk, code: str, given: FieldsGiven) -> ProjectShown:
    """Set fields; all of them are checked before any is stored, and the same again adds nothing."""
    act = begin(desk, given.reason)
    project = find_living_project(desk.door.view, code)
    today = calendar_day(act.changes.at)
    if given.valid_from is not None and given.valid_from > today:
        raise InputProblem(
            f"生效日期 {given.valid_from} 晚于今天 {today}。请更正。",
            f"The day {given.valid_from} lies after today {today}. Correct it.",
        )
    valid = act.now if given.valid_from is None else Moment.day(given.valid_from)
    edit = _Edit(act, project, valid)
    said = [one for name, value in given.values.items() for one in _say(edit, name, value)]
    titles = desk.door.twin.kinds.get(KIND).attributes
    names = "、".join(titles[name].title["zh"] for name in given.values)
    return record(act, project.body, said, _RECORD, f"项目信息变更记录:{names}")


def add_remark(desk: Desk, code: str, text: str) -> ProjectShown:
    """Add a remark beside those there are."""
    act = begin(desk, "添加备注")
    project = find_living_project(desk.door.view, code)
    key = next_key((held.key for held in project.all("remark")), act, project, "remark")
    return record(
        act, project.body, [Said("remark", Value(text=text), key=key)], _RECORD, "添加备注"
    )


def delete_project(desk: Desk, code: str, reason: str) -> ProjectShown:
    """Take a project out of the lists; nothing of it is lost."""
    act = begin(desk, f"删除项目:{reason}")
    project = find_living_project(desk.door.view, code)
    said = [Said("deleted", Value(text=reason))]
    return record(act, project.body, said, _RECORD, "项目删除记录")


def restore_project(desk: Desk, code: str, reason: str) -> ProjectShown:
    """Bring a deleted project back as it was."""
    act = begin(desk, f"恢复项目:{reason}")
    project = find_project(desk.door.view, code)
    if not is_deleted(project):
        raise ConflictProblem(
            f"项目“{project.name}”未被删除,无须恢复。", f"“{project.name}” was not deleted."
        )
    return record(act, project.body, [Said("deleted", None)], _RECORD, "项目恢复记录")


def next_key(keys: Iterator[str], act: Act, project: BodyState, attribute: str) -> str:
    """Return a value key never used before for an attribute of a project."""
    past = {fact.value_key for fact in act.desk.door.view.history(project.body, attribute)}
    used = past | set(keys)
    return next(str(number) for number in range(1, len(used) + 2) if str(number) not in used)


def _say(edit: _Edit, name: str, given: PlainValue | list[str]) -> Iterator[Said]:
    kind = edit.act.desk.door.twin.kinds.get(KIND)
    attribute = kind.attributes.get(name)
    if attribute is None or name in core.KEPT_FIELDS:
        fields = "、".join(one for one in kind.attributes if one not in core.KEPT_FIELDS)
        raise InputProblem(
            f"“{name}”不是可修改的字段。可修改:{fields}。",
            f"“{name}” is no field that can be set. These can: {fields}.",
        )
    held = edit.project.all(name)
    given_list = given if isinstance(given, list) else [] if given is None else [given]
    if len(given_list) > 1 and not attribute.many:
        raise InputProblem(
            f"“{attribute.title['zh']}”只能有一个值。", f"“{attribute.title['en']}” has one value."
        )
    values = [_read(edit, attribute, value) for value in given_list]
    new = {_key(attribute, value): value for value in values}
    for key, value in new.items():
        if not any(one.key == key and _is_same(one, value) for one in held):
            yield Said(name, value, key=key if attribute.many else "", valid=edit.valid)
    yield from _endings(edit, attribute, [one for one in held if one.key not in new])


def _endings(edit: _Edit, attribute: Attribute, held: Sequence[Held]) -> Iterator[Said]:
    for one in held:
        if one.source != STAFF:
            title = attribute.title
            raise ConflictProblem(
                f"“{title['zh']}”的值“{one.value}”来自“{one.source}”,不能在此清除,只能填写新值。",
                f"The value “{one.value}” of “{title['en']}” comes from “{one.source}”: it can be "
                "overruled by a new value, not cleared here.",
            )
        yield Said(attribute.name, None, key=one.key, valid=edit.valid)


def _read(edit: _Edit, attribute: Attribute, given: PlainValue) -> Value:
    if attribute.type != "ref":
        today = calendar_day(edit.act.changes.at)
        return core.parse_value(core.FieldInput(attribute, given, today))
    kind, scheme = _TARGETS[attribute.name]
    title = (attribute.title["zh"], attribute.title["en"])
    found = find_body(edit.act.desk.door.view, str(given), scheme, title)
    if found.kind != kind:
        raise NotFoundProblem(f"“{given}”不是{title[0]}。", f"“{given}” is no {title[1]}.")
    return Value(ref=found.body)


def _key(attribute: Attribute, value: Value) -> str:
    if not attribute.many:
        return str(value.ref) if value.ref is not None else ""
    return str(value.ref) if value.ref is not None else value.text or ""


def _is_same(held: Held, value: Value) -> bool:
    if value.ref is not None:
        return held.ref == value.ref
    if value.number is not None:
        return held.value is not None and str(held.value) == format(value.number, "f")
    return bool(held.value == value.text)
