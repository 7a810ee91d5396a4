"""The resource Subscription: made, shown, listed, changed, removed."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from tests.ngsi.client import ERRORS, ROOT
from tests.ngsi.telling import CORE, call, subscribe


def test_a_subscription_shows_as_it_was_given(web: TestClient, kind: str) -> None:
    given = {
        "id": f"urn:ngsi-ld:Subscription:{kind}",
        "type": "Subscription",
        "subscriptionName": "rooms",
        "description": "all rooms",
        "entities": [{"type": kind, "idPattern": "urn:.*"}],
        "watchedAttributes": ["temperature"],
        "q": "temperature>20",
        "geoQ": {"georel": "near;maxDistance==2000", "geometry": "Point", "coordinates": [1, 2]},
        "throttling": 5,
        "expiresAt": "2099-01-01T00:00:00Z",
        "notification": {
            "attributes": ["temperature"],
            "format": "keyValues",
            "endpoint": {
                "uri": "http://127.0.0.1:9/x",
                "accept": "application/json",
                "receiverInfo": [{"key": "Authorization", "value": "Bearer 7"}],
            },
        },
    }
    made = call(web, "POST", "/subscriptions", json=given)

    shown = call(web, "GET", f"/subscriptions/{given['id']}").json()

    assert made.status_code == 201
    assert shown == {**given, "status": "active", "isActive": True}
    again = web.post(f"{ROOT}/subscriptions", json=given)
    assert (again.status_code, again.json()["type"]) == (409, ERRORS + "AlreadyExists")


def test_lists_come_in_pages_with_a_count(web: TestClient, kind: str) -> None:
    made = [subscribe(web, kind, "http://127.0.0.1:9/x") for _ in range(3)]

    page = call(web, "GET", "/subscriptions", params={"limit": 1, "count": "true"})
    every = call(web, "GET", "/subscriptions", params={"limit": 1000})
    inside = call(
        web,
        "GET",
        "/subscriptions",
        params={"limit": 1},
        headers={"Accept": "application/ld+json"},
    )

    assert len(page.json()) == 1
    assert int(page.headers["ngsild-results-count"]) == len(every.json()) >= 3
    assert 'rel="next"' in page.headers["link"]
    assert {one["id"] for one in every.json()} >= set(made)
    assert inside.json()[0]["@context"] == CORE


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_one_that_is_not_there_is_not_found(web: TestClient, method: str) -> None:
    body = {"json": {"isActive": False}} if method == "PATCH" else {}

    unknown = web.request(method, f"{ROOT}/subscriptions/urn:ngsi-ld:Subscription:404", **body)
    no_uri = web.request(method, f"{ROOT}/subscriptions/404", **body)

    assert (unknown.status_code, unknown.json()["type"]) == (404, ERRORS + "ResourceNotFound")
    assert (no_uri.status_code, no_uri.json()["type"]) == (400, ERRORS + "BadRequestData")


def test_a_fragment_changes_what_it_names_and_nothing_else(web: TestClient, kind: str) -> None:
    uri = subscribe(web, kind, "http://127.0.0.1:9/x", subscriptionName="before", q="a>1")

    answer = call(
        web, "PATCH", f"/subscriptions/{uri}", json={"subscriptionName": "after", "q": None}
    )
    paused = call(web, "PATCH", f"/subscriptions/{uri}", json={"isActive": False})
    wrong = web.patch(f"{ROOT}/subscriptions/{uri}", json={"throttling": -1})

    shown = call(web, "GET", f"/subscriptions/{uri}").json()
    assert (answer.status_code, paused.status_code, wrong.status_code) == (204, 204, 400)
    assert shown["subscriptionName"] == "after"
    assert "q" not in shown
    assert (shown["status"], shown["isActive"]) == ("paused", False)
    assert shown["notification"]["endpoint"]["uri"] == "http://127.0.0.1:9/x"


def test_a_password_in_the_address_is_kept_through_changes_and_never_shown(
    web: TestClient, kind: str
) -> None:
    uri = subscribe(web, kind, "mqtt://me:geheim@127.0.0.1:1883/topic")

    call(web, "PATCH", f"/subscriptions/{uri}", json={"subscriptionName": "x"})

    assert "geheim" not in call(web, "GET", f"/subscriptions/{uri}").text
    assert "geheim" not in call(web, "GET", "/subscriptions", params={"limit": 1000}).text


def test_who_may_not_subscribe_is_refused(web: TestClient) -> None:
    stranger = TestClient(web.app, client=("10.1.2.3", 5000), base_url="http://localhost")

    answer = stranger.get(f"{ROOT}/subscriptions")

    assert answer.status_code == 403
