"""Our own format: one event per change and body, with values, sources and both clocks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from chaintwin.model.fact import Fact
from chaintwin.twin.state import ChangeRecord
from chaintwin.twin.subscriptions.conditions import holds
from chaintwin.twin.subscriptions.model import Message, Subscription, Touched
from chaintwin.twin.view import TwinView

# A receiver takes so many events at once; a message of them stays well below a megabyte.
_MOST_EVENTS = 100

Event = Mapping[str, Any]


class FactRenderer:
    """Tells which facts each change opened and withdrew."""

    name = "facts"

    def render(
        self, subscription: Subscription, view: TwinView, batch: Sequence[Touched]
    ) -> Sequence[Message]:
        """Return messages of at most 100 events each, in order."""
        events = list(render_events(view, batch, subscription))
        messages = []
        for start in range(0, len(events), _MOST_EVENTS):
            part = events[start : start + _MOST_EVENTS]
            is_last = start + _MOST_EVENTS >= len(events)
            through = len(batch) if is_last else part[-1][0] + 1
            content = write({"subscription": subscription.id, "events": [one for _, one in part]})
            messages.append(Message(content, through, len(part)))
        return messages

    def render_interval(self, subscription: Subscription, view: TwinView) -> Sequence[Message]:
        """Return nothing: events are told when they happen, not by the clock."""
        del subscription, view
        return ()


def render_events(
    view: TwinView, batch: Sequence[Touched], subscription: Subscription
) -> Iterable[tuple[int, Event]]:
    """Yield (place in the batch, event) for the bodies that meet the subscription's conditions."""
    states = {state.body: state for state in view.states(list({one.body for one in batch}))}
    records = view.change_records(list({one.change for one in batch}))
    kept_back = {name for name, source in view.sources().items() if source.evaluation_only}
    wanted = subscription.wanted
    for place, one in enumerate(batch):
        state, record = states.get(one.body), records.get(one.change)
        if record is None or (wanted.where and not holds(wanted.where, state, view.code)):
            continue
        name = None if state is None else state.held("name") or state.held("short_name")
        is_told = name is not None and name.source not in kept_back
        shown = str(name.value) if name is not None and is_told else None
        yield place, {**_event(view, one, record, wanted.attributes), "name": shown}


def write(content: Mapping[str, Any]) -> bytes:
    """Write JSON as it is sent: UTF-8, instants in ISO 8601, numbers exact."""
    return json.dumps(content, ensure_ascii=False, default=_plain).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"{type(value)} has no place in a message")


def _event(
    view: TwinView,
    touched: Touched,
    record: ChangeRecord,
    attributes: Sequence[str] | None,
) -> Event:
    restated = {_series(fact) for fact in touched.opened}
    withdrawn = [fact for fact in touched.closed if _series(fact) not in restated]
    return {
        "id": f"{touched.tenant}-{touched.change}-{touched.member}",
        "change": touched.change,
        "at": touched.at,
        "actor": record.actor,
        "reason": record.reason,
        "body": view.code(touched.body),
        "kind": touched.kind,
        "is_new": touched.is_new,
        "stated": [_told(view, fact) for fact in _kept(touched.opened, attributes)],
        "withdrawn": [_told(view, fact) for fact in _kept(withdrawn, attributes)],
    }


def _series(fact: Fact) -> tuple[str, str, str]:
    return fact.attribute, fact.value_key, fact.source


def _kept(facts: Iterable[Fact], attributes: Sequence[str] | None) -> list[Fact]:
    chosen = [fact for fact in facts if attributes is None or fact.attribute in attributes]
    return sorted(chosen, key=lambda fact: (fact.attribute, fact.value_key, fact.id))


def _told(view: TwinView, fact: Fact) -> Mapping[str, Any]:
    return {
        "attribute": fact.attribute,
        "key": fact.value_key,
        "value": fact.value if fact.value != fact.ref else None,
        "ref": None if fact.ref is None else view.code(fact.ref),
        "unit": fact.unit,
        "ended": fact.ended,
        "source": fact.source,
        "basis": fact.basis.name.lower(),
        "confidence": fact.confidence,
        "label": int(fact.label),
        "valid_from": fact.valid_from,
        "precision": str(fact.precision),
        "known_from": fact.known_from,
        "known_to": fact.known_to,
    }
