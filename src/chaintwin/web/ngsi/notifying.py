"""Notifications of NGSI-LD subscriptions (clause 5.8.6), told from changes of the twin."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from chaintwin.twin.subscriptions.model import Message, Subscription, Touched
from chaintwin.twin.subscriptions.sealing import Seal
from chaintwin.twin.twin import Twin
from chaintwin.twin.view import TwinView
from chaintwin.web.ngsi.asked import GEO_JSON, LD_JSON, context_link, shown_context
from chaintwin.web.ngsi.call import link_address
from chaintwin.web.ngsi.contexts import Contexts
from chaintwin.web.ngsi.desk import Desk
from chaintwin.web.ngsi.incoming import VALUE_MEMBERS, Entity, Instance
from chaintwin.web.ngsi.instants import write_instant
from chaintwin.web.ngsi.outgoing import Style, write_entity, write_feature
from chaintwin.web.ngsi.searching import search
from chaintwin.web.ngsi.subscribing import Shape, Subscribed, read_subscription
from chaintwin.web.ngsi.terms import NULL, Terms

NAME = "ngsi-ld"
_MOST = 1_000
_TICK = timedelta(microseconds=1)
_TIMES = frozenset({"createdAt", "modifiedAt", "instanceId", "stored"})


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to an entity, or to one instance of an attribute of it."""

    trigger: str
    iri: str | None = None
    dataset: str | None = None
    before: Instance | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """One entity to be told of: as it is now (None: deleted), as it was, and what happened."""

    after: Entity | None
    before: Entity | None
    events: Sequence[Event]
    at: datetime


class NotificationRenderer:
    """Renders notifications; stands beside the twin's own format."""

    name = NAME

    def __init__(self, twin: Twin, contexts: Contexts, seal: Seal) -> None:
        self._twin = twin
        self._contexts = contexts
        self._seal = seal

    def render(
        self, subscription: Subscription, view: TwinView, batch: Sequence[Touched]
    ) -> Sequence[Message]:
        """Return a notification for each change, or one for all where pace is throttled."""
        terms, subscribed = self._understood(subscription, view)
        messages: list[Message] = []
        through = 0
        for together in _together(batch, is_one=bool(subscription.pace.throttling_s)):
            through += len(together)
            told = [one for one in self._tell(view, together) if _is_wanted(subscribed, one)]
            if told:
                data = self._write_all(view, told, subscribed, terms)
                mark = f"{subscription.id}/{together[-1].position}"
                content = self._notify(subscription, subscribed, terms, data, mark)
                messages.append(replace(content, through=through))
        return [*messages[:-1], replace(messages[-1], through=len(batch))] if messages else []

    def render_interval(self, subscription: Subscription, view: TwinView) -> Sequence[Message]:
        """Return a notification of all entities that fit, because time has passed."""
        terms, subscribed = self._understood(subscription, view)
        desk = Desk(self._twin, view.connection, view.asker, view)
        found = search(desk, subscribed.selection, _MOST, 0, counts=False).entities
        if not found:
            return []
        told = [Told(entity, None, (), view.now) for entity in found]
        data = self._write_all(view, told, subscribed, terms)
        mark = f"{subscription.id}/{view.now.isoformat()}"
        return [self._notify(subscription, subscribed, terms, data, mark)]

    def _understood(self, subscription: Subscription, view: TwinView) -> tuple[Terms, Subscribed]:
        definition = subscription.definition or {}
        document = definition["document"]
        given = document.get("jsonldContext") or definition["context"]
        terms = self._contexts.terms(
            given,
            subscription.tenant,
            view.now,
            lambda: self._twin.database.transaction(view.asker.settings()),
        )
        return terms, read_subscription(document, terms, None)

    def _tell(self, view: TwinView, together: Sequence[Touched]) -> Iterator[Told]:
        """Yield what happened to each entity between just before these changes and after them."""
        bodies = list(dict.fromkeys(one.body for one in together))
        first, last = together[0].at, together[-1].at
        before = self._load(view, bodies, first - _TICK)
        after = self._load(view, bodies, last)
        for body in bodies:
            was, now = before.get(body), after.get(body)
            if was is not None or now is not None:
                yield Told(now, was, list(_events(was, now)), last)

    def _write_all(
        self, view: TwinView, told: Sequence[Told], subscribed: Subscribed, terms: Terms
    ) -> list[Any]:
        """Return entities as a notification holds them, with what they are linked to."""
        shape = subscribed.shape
        style = Style(
            terms, shape.form, shape.has_system, shape.language, picked=shape.projection.members()
        )
        beside: list[tuple[Entity, Style]] = []
        if shape.join.depth:
            then = self._twin.view_in(view.connection, view.asker, known_at=told[-1].at)
            desk = Desk(self._twin, view.connection, view.asker, then)
            cut = [shape.projection.cut(one.after) for one in told if one.after is not None]
            style, beside = shape.join.prepare(desk, cut, style, shape.projection)
        data = [_write(one, subscribed, style) for one in told]
        is_geo = subscribed.endpoint.media == GEO_JSON
        write = write_feature if is_geo else write_entity
        return [*data, *(write(one, below) for one, below in beside)]

    def _load(self, view: TwinView, bodies: Sequence[int], at: datetime) -> dict[int, Entity]:
        then = self._twin.view_in(view.connection, view.asker, known_at=at)
        desk = Desk(self._twin, view.connection, view.asker, then)
        return {one.body: one for one in desk.load(bodies) if one.body is not None}

    def _notify(
        self,
        subscription: Subscription,
        subscribed: Subscribed,
        terms: Terms,
        data: Sequence[Any],
        mark: str,
    ) -> Message:
        definition = subscription.definition or {}
        media = subscribed.endpoint.media
        told: dict[str, Any] = {
            "id": f"urn:ngsi-ld:Notification:{uuid5(NAMESPACE_URL, mark)}",
            "type": "Notification",
            "subscriptionId": definition["document"]["id"],
            "notifiedAt": write_instant(self._twin.clock.now()),
            "data": {"type": "FeatureCollection", "features": data}
            if media == GEO_JSON
            else list(data),
        }
        headers = {"NGSILD-Tenant": definition["tenant"]} if definition.get("tenant") else {}
        if media == LD_JSON:
            told["@context"] = shown_context(terms)
        else:
            headers["Link"] = context_link(link_address(terms))
        if subscription.channel == "mqtt":
            own = self._seal.open(subscription.tenant, subscription.sealed).headers
            metadata = {"Content-Type": media, **own, **headers}
            return Message(_json({"metadata": metadata, "body": told}), 0, len(data))
        return Message(_json(told), 0, len(data), media, headers)


def _together(batch: Sequence[Touched], *, is_one: bool) -> Iterator[list[Touched]]:
    if is_one:
        yield list(batch)
        return
    for _, same in groupby(batch, key=lambda one: (one.tenant, one.change)):
        yield list(same)


def _events(was: Entity | None, now: Entity | None) -> Iterator[Event]:
    if was is None:
        yield Event("entityCreated")
    if now is None:
        yield Event("entityDeleted")
    before, after = _instances(was), _instances(now)
    for key, instance in after.items():
        held = before.get(key)
        if held is None:
            yield Event("attributeCreated", *key)
        elif _plain(held) != _plain(instance):
            yield Event("attributeUpdated", *key, held)
    for key in before.keys() - after.keys():
        yield Event("attributeDeleted", *key, before[key])


def _instances(entity: Entity | None) -> dict[tuple[str, str | None], Instance]:
    if entity is None:
        return {}
    return {
        (iri, instance.get("datasetId")): instance
        for iri, instances in entity.attributes.items()
        for instance in instances
    }


def _plain(instance: Instance) -> dict[str, Any]:
    return {name: value for name, value in instance.items() if name not in _TIMES}


def _is_wanted(subscribed: Subscribed, told: Told) -> bool:
    fired = any(
        event.trigger in subscribed.triggers
        and (
            event.iri is None
            or (
                (subscribed.watched is None or event.iri in subscribed.watched)
                and (subscribed.datasets is None or event.dataset in subscribed.datasets)
            )
        )
        for event in told.events
    )
    subject = told.after or told.before
    return fired and subject is not None and subscribed.selection.fits(subject)


def _write(told: Told, subscribed: Subscribed, style: Style) -> dict[str, Any]:
    shape, terms = subscribed.shape, style.terms
    if told.after is None:
        assert told.before is not None
        return _write_deleted(told.before, told.at, style)
    entity = shape.projection.cut(_chosen(told.after, subscribed))
    if subscribed.endpoint.media == GEO_JSON:
        return write_feature(entity, style)
    written = write_entity(entity, style)
    kept = shape.projection.cut(told.before) if told.before is not None else None
    for event in told.events:
        if event.trigger == "attributeDeleted" and event.trigger in subscribed.triggers:
            if kept is not None and event.iri in kept.attributes:
                _add_deleted(written, event, shape, told.at, terms)
        elif event.trigger == "attributeUpdated" and shape.shows_changes:
            _add_previous(written, event, terms)
    return written


def _chosen(entity: Entity, subscribed: Subscribed) -> Entity:
    if subscribed.datasets is None:
        return entity
    kept = {
        iri: [one for one in found if one.get("datasetId") in subscribed.datasets]
        for iri, found in entity.attributes.items()
    }
    return replace(entity, attributes={iri: found for iri, found in kept.items() if found})


def _write_deleted(entity: Entity, at: datetime, style: Style) -> dict[str, Any]:
    names = [style.terms.compact(iri) for iri in entity.types]
    types: Any = names[0] if len(names) == 1 else names
    told = {"id": entity.id, "type": types, "deletedAt": write_instant(at)}
    if style.has_system:
        told |= {"createdAt": entity.created, "modifiedAt": entity.modified}
    return told


def _add_deleted(
    written: dict[str, Any], event: Event, shape: Shape, at: datetime, terms: Terms
) -> None:
    """Add an attribute that is gone: Null alone, unless more has to be told (clause 5.8.6)."""
    assert event.iri is not None
    assert event.before is not None
    kind = event.before["type"]
    member = VALUE_MEMBERS[kind]
    more: dict[str, Any] = {}
    if event.dataset is not None:
        more["datasetId"] = event.dataset
    if shape.has_system:
        more["deletedAt"] = write_instant(at)
    if shape.shows_changes:
        more[_previous(member)] = event.before.get(member)
    null = {"@none": NULL} if kind == "LanguageProperty" else NULL
    gone = {"type": kind, member: null, **more} if more else NULL
    _join(written, terms.compact(event.iri), gone)


def _previous(member: str) -> str:
    return f"previous{member[0].upper()}{member[1:]}"


def _join(written: dict[str, Any], name: str, more: Any) -> None:
    held = written.get(name)
    if held is None:
        written[name] = more
    else:
        written[name] = [*held, more] if isinstance(held, list) else [held, more]


def _add_previous(written: dict[str, Any], event: Event, terms: Terms) -> None:
    assert event.iri is not None
    assert event.before is not None
    name = terms.compact(event.iri)
    member = VALUE_MEMBERS[event.before["type"]]
    previous = {_previous(member): event.before.get(member)}
    held = written.get(name)
    if isinstance(held, list):
        written[name] = [
            one | previous if isinstance(one, dict) and one.get("datasetId") == event.dataset
            else one
            for one in held
        ]  # fmt: skip
    elif held is not None:
        full = held if isinstance(held, dict) and member in held else {member: held}
        written[name] = full | previous


def _json(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
