"""Conditions on a body: what its attributes have to be for anybody to be told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from chaintwin.twin.state import BodyState, Held
from chaintwin.twin.subscriptions.model import Condition

Code = Callable[[int], str]

OPERATORS: Mapping[str, Mapping[str, str]] = {
    "=": {"zh": "等于", "en": "equals"},
    "!=": {"zh": "不等于", "en": "differs from"},
    ">": {"zh": "大于", "en": "is above"},
    ">=": {"zh": "不小于", "en": "is at least"},
    "<": {"zh": "小于", "en": "is below"},
    "<=": {"zh": "不大于", "en": "is at most"},
    "starts": {"zh": "开头是", "en": "starts with"},
    "contains": {"zh": "包含", "en": "contains"},
    "exists": {"zh": "有值", "en": "has a value"},
    "absent": {"zh": "未知", "en": "is unknown"},
}
_ORDERED: Mapping[str, Callable[[Any, Any], bool]] = {
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
}


def holds(conditions: Iterable[Condition], state: BodyState | None, code: Code) -> bool:
    """Tell whether every condition holds; of an attribute with many values one has to meet it.

    A body of which nothing is held any more meets no condition but `absent`.
    """
    return all(_meets(condition, () if state is None else state.all(condition.attribute), code)
               for condition in conditions)  # fmt: skip


def _meets(condition: Condition, values: Sequence[Held], code: Code) -> bool:
    if condition.op in {"exists", "absent"}:
        return bool(values) == (condition.op == "exists")
    if condition.op == "!=":
        return bool(values) and not any(_is(held, condition.value, code) for held in values)
    return any(_passes(condition, held, code) for held in values)


def _passes(condition: Condition, held: Held, code: Code) -> bool:
    if condition.op == "=":
        return _is(held, condition.value, code)
    if condition.op in _ORDERED:
        pair = _numbers(held.value, condition.value) or (_text(held, code), str(condition.value))
        return _ORDERED[condition.op](*pair)
    text, part = _text(held, code), str(condition.value)
    return text.startswith(part) if condition.op == "starts" else part in text


def _is(held: Held, value: Any, code: Code) -> bool:
    pair = _numbers(held.value, value)
    return pair[0] == pair[1] if pair else _text(held, code) == str(value)


def _numbers(one: Any, other: Any) -> tuple[Decimal, Decimal] | None:
    """Return both as numbers; None unless what is held is one."""
    if isinstance(one, bool) or not isinstance(one, int | float | Decimal):
        return None
    try:
        return Decimal(str(one)), Decimal(str(other))
    except InvalidOperation:
        return None


def _text(held: Held, code: Code) -> str:
    return code(held.ref) if held.ref is not None else str(held.value)
