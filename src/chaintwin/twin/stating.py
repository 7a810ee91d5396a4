"""What a person states by hand: values and new bodies, on the main line or in a branch."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from chaintwin.kit.chinese import name_key
from chaintwin.kit.problems import ConflictProblem, ForbiddenProblem, InputProblem, NotFoundProblem
from chaintwin.model.fact import UNKNOWN, Label, Moment, Statement, Value
from chaintwin.model.kinds import Attribute, Kind
from chaintwin.model.units import convert
from chaintwin.twin.balances import find_excesses, refuse_more
from chaintwin.twin.changes import Changes
from chaintwin.twin.door import STAFF, Door
from chaintwin.twin.rulings import Claims, Ruling, read_claims, rule

# What is written elsewhere, with the items or the judgements that belong to it.
_FILED = frozenset({"Project", "Document", "Fonds"})
_OF_THE_SYSTEM = frozenset({"Kind", "Branch", "Source", "Authority"})
# Longer numbers are typing errors.
_MOST_DIGITS = 30
_ELSEWHERE = frozenset({"same_as", "demo", "activity"})


@dataclass(frozen=True, slots=True)
class Typed:
    """A value as a person types it: a text, a number, a date, a body's code, JSON."""

    attribute: str
    text: str
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """Since when it holds, where it is from, why it is written, and how secret it is."""

    reason: str
    origin: str | None = None
    valid: Moment = UNKNOWN
    label: Label = Label.PUBLIC


@dataclass(frozen=True, slots=True)
class Outcome:
    """The value key that was written and whether the value is the one shown now."""

    key: str
    is_shown: bool
    is_later: bool


def state_value(
    door: Door, body: int, typed: Typed, ground: Ground, *, is_preferred: bool
) -> Outcome:
    """State one value of a body as the staff's; a preferred one is ruled to stand before others.

    Raises InputProblem for what does not fit the attribute, ConflictProblem when the staff state
    the same already, ForbiddenProblem when the asker may not write here.
    """
    _require(door)
    kind = _writable(door.view.kinds.get(_kind_of(door, body)))
    declared = _declared(door, kind, typed)
    changes = door.change(f"填写{declared.title['zh']}:{ground.reason}")
    said = _statement(door, body, declared, typed, ground)
    before = find_excesses(door.view, kind.name, body)
    tally = changes.record([said])
    if not (tally.opened or tally.closed):
        raise ConflictProblem(
            f"“{declared.title['zh']}”已有同样的人工填写值,没有改动。",
            f"The staff state this value of “{declared.name}” already; nothing was changed.",
        )
    door.settle()
    outcome = _settle(door, body, said, ground, is_preferred=is_preferred)
    refuse_more(door.view, kind.name, body, before)
    return outcome


def make_body(door: Door, kind_name: str, values: Sequence[Typed], ground: Ground) -> int:
    """Make a body of any kind with its first values; return it.

    Raises ConflictProblem, naming it, when one of its keys names a body that is there already.
    """
    _require(door)
    kind = _writable(door.view.kinds.get(kind_name))
    typed = [(one, _declared(door, kind, one)) for one in values]
    if "name" in kind.attributes and not any(one.attribute == "name" for one in values):
        raise InputProblem(
            f"请填写{kind.title['zh']}的“{kind.attributes['name'].title['zh']}”。",
            f"Enter the name of the {kind.title.get('en', kind.name)}.",
        )
    changes = door.change(f"新建{kind.title['zh']}:{ground.reason}")
    keys = _keys(kind, values)
    for scheme, value in keys:
        _refuse_double(door, changes, kind, scheme, value)
    body = changes.body(kind.name, *keys)
    changes.record([_statement(door, body, declared, one, ground) for one, declared in typed])
    door.settle()
    refuse_more(door.view, kind.name, body, {})
    return body


def _require(door: Door) -> None:
    door.asker.require("import:write" if door.view.line.is_main else "branch:write")


def _kind_of(door: Door, body: int) -> str:
    kind = door.view.kind_of(body)
    if kind is None:
        code = door.view.code(body)
        raise NotFoundProblem(
            f"没有找到 {code}。请核对编码。", f"There is no {code}. Check the code."
        )
    return kind


def _writable(kind: Kind) -> Kind:
    if kind.name in _FILED:
        raise ConflictProblem(
            "项目及其档案只能在项目页上更改,每次更改同时归档。",
            "Projects and their dossiers are changed on the project page, where each change is "
            "filed.",
        )
    if kind.name in _OF_THE_SYSTEM:
        raise ConflictProblem(
            f"{kind.title['zh']}由系统自己记录,不能手工填写。请到相应页面办理。",
            f"The system itself records each {kind.name}. Use the page that belongs to it.",
        )
    return kind


def _declared(door: Door, kind: Kind, typed: Typed) -> Attribute:
    declared = door.view.kinds.attribute(kind.name, typed.attribute)
    if declared.name in _ELSEWHERE or (kind.name == "Company" and declared.name == "link"):
        raise ConflictProblem(
            f"“{declared.title['zh']}”由裁决或推算得出,不能直接填写。"
            "环节在产业链页裁定,同一性在“同一性裁决”页裁定。",
            f"“{declared.name}” is judged or derived and not entered directly. Rule on links on "
            "the chain page, and on identity under Identity.",
        )
    return declared


def _statement(
    door: Door, body: int, declared: Attribute, typed: Typed, ground: Ground
) -> Statement:
    if ground.label not in door.asker.labels:
        raise ForbiddenProblem(
            "不能写入您自己不可阅的密级。请改选密级。",
            "You cannot write at a label that you may not read. Choose another label.",
        )
    return Statement(
        body,
        declared.name,
        _read(door, declared, typed),
        valid=ground.valid,
        label=ground.label,
        source_record=ground.origin,
    )


def _read(door: Door, declared: Attribute, typed: Typed) -> Value:
    text = typed.text.strip()
    if not text:
        raise InputProblem(
            f"请填写“{declared.title['zh']}”的值。", f"Enter a value of “{declared.name}”."
        )
    if declared.type == "number":
        return _read_number(declared, text, typed.unit)
    if declared.type == "ref":
        return Value(ref=_read_ref(door, text))
    if declared.type in ("data", "geometry"):
        return Value(data=_read_json(declared, text))
    return Value(text=text, unit=typed.unit or None)


def _read_number(declared: Attribute, text: str, unit: str | None) -> Value:
    name = declared.title["zh"]
    try:
        number = Decimal(text.replace(",", ""))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number.adjusted()) > _MOST_DIGITS:
        raise InputProblem(
            f"“{name}”要填数字,收到“{text[:60]}”。没有数据时请不要填,不要填 0。",
            f"“{declared.name}” takes a number, not “{text[:60]}”. Leave out what is not known.",
        )
    if unit is None or declared.unit is None:
        return Value(number=number, unit=declared.unit or unit)
    converted = convert(number, unit, declared.unit, name)
    original = None if unit == declared.unit else f"{text} {unit}"
    return Value(number=converted, unit=declared.unit, original=original)


def _read_ref(door: Door, code: str) -> int:
    body = door.view.number(code)
    _kind_of(door, body)
    return body


def _read_json(declared: Attribute, text: str) -> dict[str, object] | list[object]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, (dict, list)):
        example = '{"type": "Point", "coordinates": [125.3, 43.9]}'
        raise InputProblem(
            f"“{declared.title['zh']}”要填 JSON,例如 {example}。",
            f"“{declared.name}” takes JSON, such as {example}.",
        )
    return data


def _keys(kind: Kind, values: Sequence[Typed]) -> list[tuple[str, str]]:
    """Return the keys by which sources will know the body again, from what was typed.

    A scheme is called after its attribute (credit_code), or after `name` or `code` with the kind
    before it (park_name, parcel_code).
    """
    given = {one.attribute: one.text.strip() for one in values}
    found = []
    for scheme in kind.keys:
        ending = scheme.rsplit("_", 1)[-1]
        attribute = scheme if scheme in kind.attributes else ending
        value = given.get(attribute)
        if value and attribute in (scheme, "name", "code"):
            found.append((scheme, name_key(value) if attribute == "name" else value))
    return found


def _refuse_double(door: Door, changes: Changes, kind: Kind, scheme: str, value: str) -> None:
    there = changes.find(scheme, [value]).get(value)
    states = [] if there is None else door.view.named([there])
    if states:
        state = states[0]
        raise ConflictProblem(
            f"已有{kind.title['zh']}“{state.name}”({state.code}),{scheme} 为“{value}”。"
            "请在它的页面上填写。",
            f"There is “{state.name}” ({state.code}) with the {scheme} “{value}” already. Enter "
            "the values on its page.",
            code=state.code,
        )


def _settle(
    door: Door, body: int, said: Statement, ground: Ground, *, is_preferred: bool
) -> Outcome:
    """Tell whether what was stated is shown; make it so where that is wished and another is."""
    own, about = _find_own(door, body, said)
    if own is None or about is None:
        return Outcome("", is_shown=False, is_later=True)
    is_shown = about.claims[0].fact.id == own
    if not is_shown and is_preferred:
        door.asker.require("fact:rule")
        rule(door, body, Ruling(about.attribute, about.key, ground.reason, fact=own))
        is_shown = True
    return Outcome(about.key, is_shown=is_shown, is_later=False)


def _find_own(door: Door, body: int, said: Statement) -> tuple[int | None, Claims | None]:
    """Return the fact that was just stated among all claims; none while it is not true yet."""
    value = said.value
    for about in read_claims(door, body):
        if about.attribute != said.attribute:
            continue
        for claim in about.claims:
            fact = claim.fact
            if fact.source == STAFF and fact.tenant == door.asker.tenant and value is not None:
                same = (fact.text, fact.number, fact.data) == (value.text, value.number, value.data)
                if same and (value.ref is None or fact.ref == value.ref):
                    return fact.id, about
    return None, None
