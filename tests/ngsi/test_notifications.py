"""What subscribers are told of what happens, by real receivers and a real broker."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from paho.mqtt.client import Client as MqttClient
from paho.mqtt.enums import CallbackAPIVersion
from tests.brokers import Broker
from tests.ngsi.client import ROOT
from tests.ngsi.telling import (
    CORE,
    call,
    create,
    entity,
    notifications,
    settled,
    subscribe,
    update,
)
from tests.receiver import Receiver, wait_until


def test_created_and_updated_entities_are_told(
    web: TestClient, receiver: Receiver, kind: str
) -> None:
    subscription = subscribe(web, kind, receiver.url)

    uri = create(web, kind, temperature=20)
    update(web, uri, temperature=21)
    create(web, f"Other{kind}", temperature=99)

    first, second = notifications(receiver, 2)
    assert first["type"] == "Notification"
    assert first["subscriptionId"] == subscription
    assert first["id"].startswith("urn:ngsi-ld:Notification:")
    assert first["id"] != second["id"]
    at = datetime.fromisoformat(first["notifiedAt"])
    assert abs(datetime.now(UTC) - at) < timedelta(minutes=1)
    assert first["data"] == [
        {
            "id": uri,
            "type": kind,
            "temperature": {"type": "Property", "value": 20},
        }
    ]
    assert second["data"][0]["temperature"]["value"] == 21
    headers = receiver.got()[0]["headers"]
    assert headers["content-type"] == "application/json"
    assert CORE in headers["link"]
    shown = call(web, "GET", f"/subscriptions/{subscription}").json()["notification"]
    assert (shown["status"], shown["timesSent"], shown["timesFailed"]) == ("ok", 2, 0)
    assert shown["lastNotification"]
    assert shown["lastSuccess"]


def test_only_watched_attributes_and_matching_entities_are_told(
    web: TestClient, receiver: Receiver, kind: str
) -> None:
    subscribe(
        web, kind, receiver.url, watchedAttributes=["temperature", "mark"],
        q="temperature>20|mark==1", notification={"attributes": ["temperature", "mark"]},
    )  # fmt: skip
    uri = create(web, kind, temperature=15, humidity=40)

    update(web, uri, humidity=50)
    update(web, uri, temperature=25)
    update(web, uri, humidity=60)

    told = [one["data"] for one in settled(receiver, web, kind)]
    assert [data[0].get("temperature", {}).get("value") for data in told] == [25, None]
    assert "humidity" not in str(told)


def test_deletions_are_told_where_they_are_asked_for(
    web: TestClient, receiver: Receiver, kind: str
) -> None:
    subscribe(
        web, kind, receiver.url, notificationTrigger=["entityDeleted", "attributeDeleted"],
        notification={"sysAttrs": True},
    )  # fmt: skip
    uri = create(web, kind, temperature=20, humidity=40)

    call(web, "DELETE", f"/entities/{uri}/attrs/humidity")
    call(web, "DELETE", f"/entities/{uri}")

    gone, all_gone = (one["data"][0] for one in notifications(receiver, 2))
    assert gone["humidity"]["value"] == "urn:ngsi-ld:null"
    assert gone["humidity"]["deletedAt"]
    assert gone["temperature"]["value"] == 20
    assert set(all_gone) == {"id", "type", "createdAt", "modifiedAt", "deletedAt"}


@pytest.mark.parametrize("way", ["inline", "flat"])
def test_linked_entities_are_told_where_they_are_asked_for(
    web: TestClient, receiver: Receiver, kind: str, way: str
) -> None:
    owner = create(web, f"Owner{kind}", label="x", place="y")
    subscribe(web, kind, receiver.url, notification={
        "join": way, "format": "keyValues", "pick": ["id", "owner{id,label}"]})  # fmt: skip

    uri = create(web, kind, owner={"type": "Relationship", "object": owner})

    (told,) = notifications(receiver, 1)
    linked = {"id": owner, "label": "x"}
    if way == "inline":
        assert told["data"] == [{"id": uri, "owner": linked}]
    else:
        assert told["data"] == [{"id": uri, "owner": owner}, linked]


def test_a_deleted_language_map_is_null_in_no_language(
    web: TestClient, receiver: Receiver, kind: str
) -> None:
    subscribe(web, kind, receiver.url, notificationTrigger=["attributeDeleted"],
              notification={"showChanges": True})  # fmt: skip
    text = {"type": "LanguageProperty", "languageMap": {"zh": "车"}}
    uri = create(web, kind, label=text)

    call(web, "DELETE", f"/entities/{uri}/attrs/label")

    assert notifications(receiver, 1)[0]["data"][0]["label"] == {
        "type": "LanguageProperty",
        "languageMap": {"@none": "urn:ngsi-ld:null"},
        "previousLanguageMap": {"zh": "车"},
    }


def test_a_deleted_attribute_is_null_alone_unless_more_has_to_be_told(
    web: TestClient, receiver: Receiver, kind: str
) -> None:
    triggers = ["attributeDeleted"]
    subscribe(web, kind, receiver.url, notificationTrigger=triggers)
    changes = {"showChanges": True}
    subscribe(web, kind, receiver.url, notificationTrigger=triggers, notification=changes)
    uri = create(web, kind, humidity=40, temperature=20)

    call(web, "DELETE", f"/entities/{uri}/attrs/humidity")

    told = [one["data"][0]["humidity"] for one in notifications(receiver, 2)]
    shown = {"type": "Property", "value": "urn:ngsi-ld:null", "previousValue": 40}
    assert "urn:ngsi-ld:null" in told
    assert shown in told


def test_an_entity_created_again_after_its_deletion_is_created(
    web: TestClient, receiver: Receiver, kind: str
) -> None:
    subscribe(web, kind, receiver.url, notificationTrigger=["entityCreated"])
    uri = create(web, kind, temperature=20)
    update(web, uri, temperature=21)
    call(web, "DELETE", f"/entities/{uri}")

    create(web, kind, temperature=22)

    told = notifications(receiver, 2)
    assert [one["data"][0]["temperature"]["value"] for one in told] == [20, 22]


def test_what_changed_is_shown_beside_what_it_was(
    web: TestClient, receiver: Receiver, kind: str
) -> None:
    subscribe(web, kind, receiver.url, notification={"showChanges": True, "format": "concise"})
    uri = create(web, kind, temperature=20, humidity=40)

    update(web, uri, temperature=21)

    told = notifications(receiver, 2)[1]["data"][0]
    assert told["temperature"] == {"value": 21, "previousValue": 20}
    assert told["humidity"] == 40


@pytest.mark.parametrize("form", ["keyValues", "simplified"])
def test_the_simplified_form(web: TestClient, receiver: Receiver, kind: str, form: str) -> None:
    subscribe(web, kind, receiver.url, notification={"format": form})

    uri = create(web, kind, temperature=20)

    (told,) = notifications(receiver, 1)
    assert told["data"] == [{"id": uri, "type": kind, "temperature": 20}]


def test_ld_json_carries_its_context_and_geo_json_features(
    web: TestClient, receiver: Receiver, kind: str
) -> None:
    for media in ("application/ld+json", "application/geo+json"):
        subscribe(web, kind, receiver.url, endpoint={"accept": media})
    point = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [125.3, 43.9]}}

    create(web, kind, location=point)

    notifications(receiver, 2)
    by_type = {m["headers"]["content-type"]: json.loads(m["body"]) for m in receiver.got()}
    linked, placed = by_type["application/ld+json"], by_type["application/geo+json"]
    assert linked["@context"] == CORE
    assert placed["data"]["type"] == "FeatureCollection"
    assert placed["data"]["features"][0]["geometry"] == point["value"]


def test_a_batch_is_told_at_once(web: TestClient, receiver: Receiver, kind: str) -> None:
    subscribe(web, kind, receiver.url)

    many = [entity(kind, name, temperature=1) for name in "abc"]
    call(web, "POST", "/entityOperations/create", json=many)

    (told,) = notifications(receiver, 1)
    assert sorted(one["id"] for one in told["data"]) == sorted(one["id"] for one in many)


def test_headers_of_the_receiver_and_the_tenant_go_along(
    web: TestClient, receiver: Receiver, kind: str
) -> None:
    tenant = {"NGSILD-Tenant": f"tenant-{kind.lower()}"}
    given = {
        "type": "Subscription",
        "entities": [{"type": kind}],
        "notification": {
            "endpoint": {
                "uri": receiver.url,
                "receiverInfo": [{"key": "X-Token", "value": "seven"}],
            }
        },
    }
    call(web, "POST", "/subscriptions", json=given, headers=tenant)

    create(web, kind, temperature=1)
    call(web, "POST", "/entities", json=entity(kind, temperature=2), headers=tenant)

    (told,) = notifications(receiver, 1)
    assert told["data"][0]["temperature"]["value"] == 2
    headers = receiver.got()[0]["headers"]
    assert (headers["x-token"], headers["ngsild-tenant"]) == ("seven", tenant["NGSILD-Tenant"])


def test_paused_expired_and_deleted_subscriptions_are_silent(
    web: TestClient, receiver: Receiver, kind: str
) -> None:
    soon = (datetime.now(UTC) + timedelta(seconds=0.5)).isoformat().replace("+00:00", "Z")
    subscribe(web, kind, receiver.url, isActive=False)
    expiring = subscribe(web, kind, receiver.url, expiresAt=soon)
    deleted = subscribe(web, kind, receiver.url)
    last = subscribe(web, kind, receiver.url, q="mark==1")
    call(web, "DELETE", f"/subscriptions/{deleted}")
    time.sleep(0.6)

    create(web, kind, temperature=1)

    told = settled(receiver, web, kind)
    assert {one["subscriptionId"] for one in told} == {last}
    assert call(web, "GET", f"/subscriptions/{expiring}").json()["status"] == "expired"


def test_by_the_clock_all_that_fit_are_told_again_and_again(
    web: TestClient, receiver: Receiver, kind: str
) -> None:
    create(web, kind, "warm", temperature=25)
    create(web, kind, "cold", temperature=5)

    subscribe(web, kind, receiver.url, timeInterval=0.3, q="temperature>20")

    told = notifications(receiver, 2)
    assert [one["data"][0]["id"] for one in told[:2]] == [f"urn:ngsi-ld:{kind}:warm"] * 2
    assert len(told[0]["data"]) == 1


def test_a_context_of_ones_own_names_what_is_told(
    web: TestClient, receiver: Receiver, kind: str
) -> None:
    document = {"@context": {"warmth": "https://example.org/warmth", kind: f"urn:x:{kind}"}}
    hosted = call(web, "POST", "/jsonldContexts", json=document).headers["location"]
    link = {
        "Link": f'<http://localhost{hosted}>; rel="http://www.w3.org/ns/json-ld#context"; '
        'type="application/ld+json"'
    }
    given = {
        "type": "Subscription",
        "entities": [{"type": kind}],
        "watchedAttributes": ["warmth"],
        "notification": {"endpoint": {"uri": receiver.url}},
    }
    made = call(web, "POST", "/subscriptions", json=given, headers=link)

    call(web, "POST", "/entities", json=entity(kind, warmth=20), headers=link)

    (told,) = notifications(receiver, 1)
    assert told["data"][0]["warmth"]["value"] == 20
    assert hosted in receiver.got()[0]["headers"]["link"]
    plain = call(web, "GET", made.headers["location"].removeprefix(ROOT)).json()
    assert plain["watchedAttributes"] == ["https://example.org/warmth"]
    assert plain["entities"] == [{"type": f"urn:x:{kind}"}]


def test_a_receiver_that_fails_shows_and_gets_it_later(
    web: TestClient, receiver: Receiver, kind: str
) -> None:
    receiver.behave("status", status=500)
    uri = subscribe(web, kind, receiver.url)
    create(web, kind, temperature=20)
    wait_until(receiver.got)

    def served() -> dict[str, Any]:
        found: dict[str, Any] = call(web, "GET", f"/subscriptions/{uri}").json()["notification"]
        return found

    wait_until(lambda: served().get("status") == "failed")
    assert served()["lastFailure"]
    receiver.behave("ok")

    wait_until(lambda: served().get("status") == "ok")
    assert json.loads(receiver.got()[-1]["body"])["data"][0]["temperature"]["value"] == 20


@pytest.mark.needs("mosquitto")
def test_mqtt_wraps_what_http_puts_in_headers(web: TestClient, broker: Broker, kind: str) -> None:
    heard: list[Any] = []
    client = MqttClient(CallbackAPIVersion.VERSION2)
    client.on_message = lambda _client, _data, message: heard.append(json.loads(message.payload))
    client.on_connect = lambda mqtt, *_: mqtt.subscribe(f"rooms/{kind}", 1)
    ready: list[int] = []
    client.on_subscribe = lambda *_: ready.append(1)
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    try:
        wait_until(lambda: ready)
        subscribe(
            web, kind, f"mqtt://127.0.0.1:{broker.port}/rooms/{kind}",
            endpoint={"receiverInfo": [{"key": "X-Token", "value": "seven"}]},
        )  # fmt: skip

        uri = create(web, kind, temperature=20)

        wait_until(lambda: heard)
    finally:
        client.disconnect()
        client.loop_stop()
    (told,) = heard
    assert told["metadata"]["Content-Type"] == "application/json"
    assert CORE in told["metadata"]["Link"]
    assert told["metadata"]["X-Token"] == "seven"
    assert told["body"]["data"][0]["id"] == uri
