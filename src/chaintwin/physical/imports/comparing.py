"""Compares accepted rows with what the twin shows now, field by field. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from chaintwin.kit.chinese import name_key
from chaintwin.physical.imports.columns import BY_ATTRIBUTE, COLUMNS
from chaintwin.physical.imports.core import Firm
from chaintwin.physical.imports.models import (
    Bilingual,
    FieldChange,
    FieldCount,
    FieldOutcome,
    FirmChange,
    FirmOutcome,
)
from chaintwin.physical.imports.statements import MANY
from chaintwin.twin.state import BodyState, Held

_MOST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Present:
    """What is shown now: the firms' states, names of products and parks by body."""

    states: Mapping[int, BodyState]
    names: Mapping[int, str]
    source: str
    tenant: int


def compare_firm(firm: Firm, state: BodyState | None, present: Present) -> FirmChange:
    """Return what one row would do to one firm; `state` None: a new firm."""
    fields = [
        _compare_many(attribute, firm, state, present)
        if attribute in MANY
        else _compare_one(attribute, firm, state, present)
        for attribute in firm.values
    ]
    outcome: FirmOutcome = "new" if state is None else "same"
    if state is not None and any(field.outcome != "same" for field in fields):
        outcome = "changed"
    code = None if state is None else state.code
    return FirmChange(
        row=firm.row, name=firm.text("name") or "", code=code, outcome=outcome, fields=fields
    )


def gone_values(firm: Firm, state: BodyState | None, present: Present) -> list[tuple[str, str]]:
    """List what earlier lists said of a firm and this row, where it speaks, no longer names."""
    if state is None:
        return []
    return [
        (attribute, held.key)
        for attribute in MANY
        if attribute in firm.values
        for held in _own(attribute, state, present)
        if _plain(attribute, held, present) not in _wanted(attribute, firm)
    ]


def count_fields(changes: Iterable[FirmChange]) -> list[FieldCount]:
    """Count outcomes per field, in the order of the template."""
    counts: dict[str, dict[str, int]] = {}
    for change in changes:
        for field in change.fields:
            counted = counts.setdefault(field.attribute, {})
            counted[field.outcome] = counted.get(field.outcome, 0) + 1
    return [
        FieldCount(
            attribute=column.attribute,
            title=_title(column.attribute),
            **{name: counts[column.attribute].get(name, 0) for name in _OUTCOMES},
        )
        for column in COLUMNS
        if column.attribute in counts
    ]


_OUTCOMES = ("added", "changed", "same", "ended")


def _compare_one(
    attribute: str, firm: Firm, state: BodyState | None, present: Present
) -> FieldChange:
    held = None if state is None else state.held(attribute)
    value = firm.values[attribute]
    before = None if held is None else _shown(held, present)
    after = _written(value)
    same = before is not None and _equal(attribute, before, after)
    outcome: FieldOutcome = "added" if before is None else "same" if same else "changed"
    return _field(attribute, before, after, outcome, held)


def _compare_many(
    attribute: str, firm: Firm, state: BodyState | None, present: Present
) -> FieldChange:
    shown = () if state is None else state.all(attribute)
    there = {_plain(attribute, held, present): _shown(held, present) for held in shown}
    wanted = _wanted(attribute, firm)
    new = [name for plain, name in wanted.items() if plain not in there]
    gone = gone_values(firm, state, present) if state is not None else []
    is_gone = any(given == attribute for given, _ in gone)
    outcome: FieldOutcome = "same"
    if new or is_gone:
        outcome = "changed" if there else "added"
    before = _joined(there.values()) if there else None
    return _field(attribute, before, _joined(wanted.values()), outcome, shown[0] if shown else None)


def _field(
    attribute: str,
    before: str | None,
    after: str,
    outcome: FieldOutcome,
    held: Held | None,
) -> FieldChange:
    is_personal = BY_ATTRIBUTE[attribute].is_personal
    hidden = "（个人信息）"
    return FieldChange(
        attribute=attribute,
        title=_title(attribute),
        before=hidden if is_personal and before is not None else before,
        after=hidden if is_personal else after,
        outcome=outcome,
        source=None if held is None else held.source,
    )


def _own(attribute: str, state: BodyState, present: Present) -> list[Held]:
    return [
        held
        for held in state.all(attribute)
        if held.source == present.source and held.tenant == present.tenant
    ]


def _wanted(attribute: str, firm: Firm) -> dict[str, str]:
    value = firm.values[attribute]
    names = value if isinstance(value, tuple) else ()
    return {name_key(name) if attribute == "product" else name: name for name in names}


def _plain(attribute: str, held: Held, present: Present) -> str:
    shown = _shown(held, present)
    return name_key(shown) if attribute == "product" else shown


def _shown(held: Held, present: Present) -> str:
    if held.ref is not None:
        return present.names.get(held.ref, "")
    return _written(held.value)


def _equal(attribute: str, before: str, after: str) -> bool:
    if attribute in ("name", "short_name", "park"):
        return name_key(before) == name_key(after)
    return before == after


def _written(value: Any) -> str:
    if isinstance(value, (Decimal, int, float)):
        number = Decimal(str(value)).normalize()
        return format(number, "f")
    return str(value)


def _joined(names: Iterable[str]) -> str:
    listed = sorted(names)
    more = f"等{len(listed)}项" if len(listed) > _MOST_SHOWN else ""
    return "、".join(listed[:_MOST_SHOWN]) + more


def _title(attribute: str) -> Bilingual:
    column = BY_ATTRIBUTE[attribute]
    return Bilingual(zh=column.head, en=column.english)
