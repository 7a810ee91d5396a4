"""The fields and promises of a project, each with the fact that holds it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from chaintwin.application.projects.finding import KIND, name_refs
from chaintwin.application.projects.models import BodyName, FieldShown, FieldValue, PromiseShown
from chaintwin.application.shown import Bilingual, Cited, Citer
from chaintwin.kit.clock import calendar_day
from chaintwin.model.fact import Label
from chaintwin.model.kinds import Attribute
from chaintwin.twin.door import Door
from chaintwin.twin.state import BodyState, Held
from chaintwin.twin.view import TwinView

_HIDDEN = frozenset({"promise", "recommendation", "deleted"})
_SETTLED = frozenset({"已兑现", "已解除"})


def show_fields(door: Door, view: TwinView, state: BodyState) -> list[FieldShown]:
    """Return every declared field with its values and the facts that hold them."""
    citer = Citer(view)
    kind = door.twin.kinds.get(KIND)
    shown = [one for one in kind.attributes.values() if one.name not in _HIDDEN]
    named = name_refs(view, [state])
    return [
        FieldShown(
            attribute=one.name,
            title=Bilingual(**one.title),
            type=one.type,
            unit=one.unit,
            many=one.many,
            values=[_value(citer, state, held, one, named) for held in state.all(one.name)],
        )
        for one in shown
    ]


def _value(
    citer: Citer, state: BodyState, held: Held, one: Attribute, named: Mapping[int, BodyName]
) -> FieldValue:
    ref = None if held.ref is None else named.get(held.ref)
    value = ref.name if ref is not None else held.value
    return FieldValue(
        key=held.key,
        value=value,
        ref=ref,
        fact=citer.ref(Cited(state.body, one.name, held, f"{one.title['zh']}:{value}")),
    )


def show_promises(view: TwinView, state: BodyState) -> list[PromiseShown]:
    """Return the promises in order of their due days, those without a day last."""
    citer, today = Citer(view), calendar_day(view.valid_at)
    shown = [_promise(citer, state, held, today) for held in state.all("promise")]
    return sorted(shown, key=lambda one: (one.due or date.max, one.key))


def audit_labels(door: Door, about: str, fields: Iterable[FieldShown], *more: int) -> None:
    """Enter into the audit trail that labelled values of a body were read, and of which labels."""
    labels = {value.fact.label for field in fields for value in field.values} | {*more}
    if labels - {int(Label.PUBLIC)}:
        door.audit("read_labelled", about, {"labels": sorted(labels)})


def _promise(citer: Citer, state: BodyState, held: Held, today: date) -> PromiseShown:
    said: Mapping[str, Any] = held.data or {}
    due = date.fromisoformat(said["due"]) if said.get("due") else None
    kept = said.get("status") in _SETTLED
    return PromiseShown(
        key=held.key,
        by=said.get("by"),
        text=said.get("text"),
        measure=said.get("measure"),
        amount=said.get("amount"),
        unit=said.get("unit"),
        due=due,
        status=said.get("status"),
        overdue=None if due is None else due < today and not kept,
        fact=citer.ref(Cited(state.body, "promise", held, str(said.get("text")))),
    )
