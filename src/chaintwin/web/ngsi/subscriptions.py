"""Subscriptions: make, list, retrieve, change, delete (clauses 5.8.1 to 5.8.5)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from chaintwin.access.audit import record_act
from chaintwin.engine.database import Connection
from chaintwin.physical.actions import addresses, mqtt, webhook
from chaintwin.twin.store.subscriptions import Listed, find_by_address
from chaintwin.twin.subscriptions import service
from chaintwin.twin.subscriptions.model import Pace, Secrets, Subscription, Wanted
from chaintwin.twin.subscriptions.sealing import Seal
from chaintwin.web.ngsi.asked import JSON, LD_JSON, MERGE_JSON, accepted
from chaintwin.web.ngsi.call import Answer, Call
from chaintwin.web.ngsi.desk import require
from chaintwin.web.ngsi.errors import AlreadyExists, NotFound
from chaintwin.web.ngsi.incoming import check_uri
from chaintwin.web.ngsi.instants import write_instant
from chaintwin.web.ngsi.naming import attribute_name
from chaintwin.web.ngsi.notifying import NAME
from chaintwin.web.ngsi.querying import page_links, read_paging
from chaintwin.web.ngsi.subscribing import (
    Subscribed,
    keep_document,
    merge_document,
    read_subscription,
    show_document,
)
from chaintwin.web.ngsi.terms import Terms

_SENT = frozenset({JSON, LD_JSON, MERGE_JSON})


@dataclass(frozen=True, slots=True)
class _Desk:
    """One transaction of subscriptions."""

    call: Call
    connection: Connection

    def find(self, uri: str) -> Subscription:
        """Return a subscription one may see; raise NotFound for any other."""
        number = find_by_address(self.connection, NAME, check_uri(uri, "The subscription id"))
        if number is None:
            raise NotFound(f"没有订阅“{uri}”。", f"There is no subscription “{uri}”.")
        return service.get(self.connection, self.call.asker, number)

    def audit(self, action: str, uri: str) -> None:
        """Enter an act into the audit trail."""
        record_act(self.connection, self.call.asker, self.call.twin.clock.now(), action, uri)


def create_subscription(call: Call) -> Answer:
    """Make a subscription; it tells of what happens from now on."""
    given, terms = call.body()
    subscribed = read_subscription(given, terms, call.twin.clock.now())
    call.make_terms(subscribed.language_context)
    uri = given.get("id") or f"urn:ngsi-ld:Subscription:{uuid.uuid4()}"
    document = keep_document({**given, "id": uri}, terms)
    with _open(call) as desk:
        if find_by_address(desk.connection, NAME, uri) is not None:
            raise AlreadyExists(f"订阅“{uri}”已存在。", f"The subscription “{uri}” exists.")
        draft = _draft(call, subscribed, document, terms.given)
        service.make(desk.connection, _seal(call), call.asker, call.twin.clock.now(), draft)
        desk.audit("make_subscription", uri)
    return Answer(201, headers={"Location": call.address("subscriptions", quote(uri, safe=":"))})


def list_subscriptions(call: Call) -> Answer:
    """Return one's subscriptions, a page at a time."""
    media = accepted(call.asked)
    terms = call.link_terms()
    paging = read_paging(call.asked)
    listed = Listed(renderer=NAME, limit=paging.limit, offset=paging.offset)
    with _open(call) as desk:
        found, total = service.list_own(desk.connection, call.asker, listed)
        shown = [_show(call, one, terms) for one in found]
    has_more = paging.offset + len(found) < total
    return call.show(shown, terms, media, page_links(call, paging, total, has_more=has_more))


def retrieve_subscription(call: Call) -> Answer:
    """Return one subscription with how it was served so far."""
    media = accepted(call.asked)
    terms = call.link_terms()
    with _open(call) as desk:
        shown = _show(call, desk.find(call.parts["subscription"]), terms)
    return call.show(shown, terms, media)


def update_subscription(call: Call) -> Answer:
    """Put the members of a fragment in place of those held."""
    uri = check_uri(call.parts["subscription"], "The subscription id")
    fragment, terms = call.body(_SENT)
    now = call.twin.clock.now()
    with _open(call) as desk:
        found = desk.find(uri)
        held = _definition(found)
        merged = merge_document(held["document"], fragment)
        subscribed = read_subscription(merged, terms, now if "expiresAt" in fragment else None)
        context = terms.given if terms.given is not None else held["context"]
        document = keep_document(merged, terms)
        draft = _draft(call, subscribed, document, context)
        if "notification" not in fragment:
            draft = replace(draft, secrets=service.draft_of(_seal(call), found).secrets)
        service.change(desk.connection, _seal(call), found, now, draft)
        desk.audit("change_subscription", uri)
    return Answer(204)


def delete_subscription(call: Call) -> Answer:
    """Remove a subscription with all that was kept of it."""
    uri = check_uri(call.parts["subscription"], "The subscription id")
    with _open(call) as desk:
        service.remove(desk.connection, desk.find(uri))
        desk.audit("remove_subscription", uri)
    return Answer(204)


@contextmanager
def _open(call: Call) -> Iterator[_Desk]:
    require(call.asker, service.SUBSCRIBE)
    with call.twin.database.transaction(call.asker.settings()) as connection:
        yield _Desk(call, connection)


def _draft(
    call: Call, subscribed: Subscribed, document: Mapping[str, Any], context: Any
) -> service.Draft:
    endpoint = subscribed.endpoint
    is_sent = endpoint.channel == "webhook"
    place = addresses.parse_target(endpoint.uri, webhook.SCHEMES if is_sent else mqtt.SCHEMES)
    if not is_sent:
        mqtt.topic_of(place)
    names = None
    if subscribed.watched is not None and subscribed.is_of_attributes:
        names = tuple(sorted(attribute_name(iri) for iri in subscribed.watched))
    return service.Draft(
        name=subscribed.name or str(document["id"]),
        channel="webhook" if is_sent else "mqtt",
        target=endpoint.uri,
        wanted=Wanted(attributes=names),
        pace=Pace(
            subscribed.throttling_s,
            subscribed.interval_s,
            endpoint.timeout_s,
            endpoint.cooldown_s,
        ),
        renderer=NAME,
        definition={"document": document, "context": context, "tenant": call.tenant_name},
        secrets=Secrets(None, endpoint.headers, endpoint.user, endpoint.password),
        expires_at=subscribed.expires_at,
        is_paused=subscribed.is_paused,
    )


def _seal(call: Call) -> Seal:
    assert call.seal is not None
    return call.seal


def _definition(found: Subscription) -> Mapping[str, Any]:
    assert found.definition is not None
    return found.definition


def _show(call: Call, found: Subscription, terms: Terms) -> dict[str, Any]:
    secrets = service.draft_of(_seal(call), found).secrets
    shown = show_document(_definition(found)["document"], secrets.headers, terms)
    status = found.status(call.twin.clock.now())
    if call.asked.flag("sysAttrs") or "sysAttrs" in call.asked.options:
        shown["createdAt"] = write_instant(found.made_at)
        shown["modifiedAt"] = write_instant(found.changed_at)
    shown["notification"] = {**shown["notification"], **_served(found)}
    return {**shown, "isActive": status == "active", "status": status}


def _served(found: Subscription) -> dict[str, Any]:
    progress = found.progress
    told: dict[str, Any] = {}
    if progress.times_sent:
        told["status"] = "failed" if progress.failures else "ok"
        told["timesSent"] = progress.times_sent
        told["timesFailed"] = progress.times_failed
    for name, at in (
        ("lastNotification", progress.last_notification),
        ("lastSuccess", progress.last_success),
        ("lastFailure", progress.last_failure),
    ):
        if at is not None:
            told[name] = write_instant(at)
    return told
