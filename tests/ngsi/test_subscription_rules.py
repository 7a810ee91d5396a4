"""What a subscription may say, and what it may not (clause 5.2.12 ff.)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from chaintwin.web.ngsi.errors import BadRequest
from chaintwin.web.ngsi.subscribing import (
    keep_document,
    merge_document,
    read_subscription,
    show_document,
)
from chaintwin.web.ngsi.terms import core_terms

NOW = datetime(2026, 11, 2, tzinfo=UTC)
DEFAULT = "https://uri.etsi.org/ngsi-ld/default-context/"
GOOD: dict[str, Any] = {
    "type": "Subscription",
    "entities": [{"type": "Building"}],
    "notification": {"endpoint": {"uri": "http://127.0.0.1:9/notify"}},
}


def endpoint(**more: Any) -> dict[str, Any]:
    return {"notification": {"endpoint": {"uri": "http://127.0.0.1:9/notify", **more}}}


def notification(**more: Any) -> dict[str, Any]:
    return {"notification": {"endpoint": {"uri": "http://127.0.0.1:9/notify"}, **more}}


@pytest.mark.parametrize(
    "change",
    [
        {"type": "Building"},
        {"type": None},
        {"id": "no uri"},
        {"entities": []},
        {"entities": {}},
        {"entities": [{"id": "urn:x:1"}]},
        {"entities": [{"type": "Building", "id": "no uri"}]},
        {"entities": [{"type": "Building", "idPattern": "["}]},
        {"entities": None},
        {"watchedAttributes": []},
        {"watchedAttributes": "speed"},
        {"watchedAttributes": [7]},
        {"notificationTrigger": ["somethingElse"]},
        {"notificationTrigger": []},
        {"timeInterval": 0},
        {"timeInterval": "5"},
        {"timeInterval": 5, "watchedAttributes": ["speed"]},
        {"timeInterval": 5, "throttling": 5},
        {"throttling": -1},
        {"throttling": True},
        {"q": "speed>"},
        {"q": 7},
        {"q": "sensor{humidity}==40"},
        notification(join="sideways"),
        notification(join="flat", joinLevel=0),
        notification(pick=["sensor{humidity}"]),
        {"geoQ": {"georel": "within"}},
        {"geoQ": {}},
        {"geoQ": []},
        {"scopeQ": "//"},
        {"isActive": "yes"},
        {"expiresAt": "2020-01-01T00:00:00Z"},
        {"expiresAt": "tomorrow"},
        {"lang": "!!"},
        {"notification": None},
        {"notification": {}},
        {"notification": {"endpoint": {}}},
        {"notification": {"endpoint": {"uri": "no address"}}},
        {"notification": {"endpoint": {"uri": "ftp://x.example/"}}},
        endpoint(accept="text/html"),
        endpoint(timeout=-1),
        endpoint(receiverInfo=[{"key": "a"}]),
        endpoint(receiverInfo=[{"key": "a", "value": "b\r\nX: y"}]),
        endpoint(receiverInfo={}),
        notification(attributes=[]),
        notification(attributes="speed"),
        notification(format="html"),
        notification(showChanges=True, format="keyValues"),
        notification(sysAttrs="x"),
    ],
    ids=str,
)
def test_what_breaks_a_rule_is_refused(change: dict[str, Any]) -> None:
    given = {name: value for name, value in {**GOOD, **change}.items() if value is not None}

    with pytest.raises(BadRequest):
        read_subscription(given, core_terms(), NOW)


@pytest.mark.parametrize("given", [None, [], "x", 7])
def test_what_is_no_object_is_refused(given: Any) -> None:
    with pytest.raises(BadRequest):
        read_subscription(given, core_terms(), NOW)


def test_watched_attributes_alone_suffice_and_names_are_expanded() -> None:
    given = {name: value for name, value in GOOD.items() if name != "entities"}

    found = read_subscription({**given, "watchedAttributes": ["speed"]}, core_terms(), NOW)

    assert found.watched == {DEFAULT + "speed"}
    assert found.triggers == {"attributeCreated", "attributeUpdated"}


def test_an_entity_updated_is_any_change_of_its_attributes() -> None:
    found = read_subscription({**GOOD, "notificationTrigger": ["entityUpdated"]}, core_terms(), NOW)

    assert {"attributeCreated", "attributeUpdated", "attributeDeleted"} < found.triggers


def test_times_of_an_endpoint_are_milliseconds() -> None:
    found = read_subscription({**GOOD, **endpoint(timeout=1500, cooldown=250)}, core_terms(), NOW)

    assert (found.endpoint.timeout_s, found.endpoint.cooldown_s) == (1.5, 0.25)


def test_what_is_kept_holds_no_secret_and_shows_with_the_readers_names() -> None:
    given = {
        **GOOD,
        "id": "urn:x:s1",
        "watchedAttributes": ["speed"],
        "status": "active",
        "notification": {
            "attributes": ["speed"],
            "timesSent": 9,
            "endpoint": {
                "uri": "mqtt://me:secret@127.0.0.1:1883/topic",
                "receiverInfo": [{"key": "Authorization", "value": "Bearer 7"}],
            },
        },
    }
    terms = core_terms()
    found = read_subscription(given, terms, NOW)

    kept = keep_document(given, terms)

    assert "secret" not in str(kept)
    assert "Bearer" not in str(kept)
    assert (found.endpoint.user, found.endpoint.password) == ("me", "secret")
    assert kept["entities"] == [{"type": DEFAULT + "Building"}]
    shown = show_document(kept, found.endpoint.headers, terms)
    assert shown == {
        **GOOD,
        "id": "urn:x:s1",
        "watchedAttributes": ["speed"],
        "notification": {
            "attributes": ["speed"],
            "endpoint": {
                "uri": "mqtt://127.0.0.1:1883/topic",
                "receiverInfo": [{"key": "Authorization", "value": "Bearer 7"}],
            },
        },
    }


def test_a_fragment_replaces_members_and_null_takes_them_away() -> None:
    kept = {**GOOD, "id": "urn:x:s1", "q": "speed>5", "throttling": 5}

    merged = merge_document(kept, {"q": "speed>9", "throttling": None, "lang": "urn:ngsi-ld:null"})

    assert merged == {**GOOD, "id": "urn:x:s1", "q": "speed>9"}


@pytest.mark.parametrize("fragment", [{}, [], {"id": "urn:x:other"}, None])
def test_a_fragment_that_says_nothing_or_renames_is_refused(fragment: Any) -> None:
    with pytest.raises(BadRequest):
        merge_document({**GOOD, "id": "urn:x:s1"}, fragment)


def test_a_subscription_to_what_is_kept_here_needs_no_entities() -> None:
    given = {name: value for name, value in GOOD.items() if name != "entities"}

    assert read_subscription({**given, "localOnly": True}, core_terms(), NOW).watched is None
    with pytest.raises(BadRequest):
        read_subscription(given, core_terms(), NOW)
