"""What holds for every request: media types, contexts by header or body, methods, errors."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.ngsi.client import Client, error, prop

CORE = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"
REL = 'rel="http://www.w3.org/ns/json-ld#context"'
OWN = {"Car": "http://example.org/Car", "speed": "http://example.org/speed"}


def hosted(api: Client, context: Any) -> str:
    """Host a context and return its address."""
    answer = api.post("/jsonldContexts", {"@context": context})
    return "http://localhost" + str(answer.headers["location"])


def linked(address: str) -> dict[str, str]:
    return {"Link": f'<{address}>; {REL}; type="application/ld+json"'}


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("application/json", "application/json"),
        ("application/ld+json", "application/ld+json"),
        ("application/geo+json", "application/geo+json"),
        ("text/html, application/ld+json;q=0.5", "application/ld+json"),
        ("application/json;q=0.2, application/ld+json;q=0.8", "application/ld+json"),
    ],
)
def test_the_media_type_is_agreed(api: Client, accept: str | None, media: str) -> None:
    uri = api.entity()
    headers = {} if accept is None else {"Accept": accept}

    answer = api.get(f"/entities/{uri}", headers=headers)

    assert answer.headers["content-type"] == media
    if media == "application/json":
        assert f"<{CORE}>; {REL}" in answer.headers["link"]
        assert "@context" not in answer.json()
    else:
        assert answer.json()["@context"] == CORE


@pytest.mark.parametrize(
    "path",
    [
        "/entities/urn:a:1",
        "/entities?type=T",
        "/types",
        "/attributes",
        "/temporal/entities/urn:a:1",
    ],
)
def test_what_cannot_be_given_is_not_acceptable(api: Client, path: str) -> None:
    answer = api.get(path, headers={"Accept": "text/html"})

    assert answer.status_code == 406


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/entities"),
        ("PATCH", "/entities/urn:a:1"),
        ("PUT", "/entities/urn:a:1"),
        ("POST", "/entities/urn:a:1/attrs"),
        ("PATCH", "/entities/urn:a:1/attrs/p"),
        ("POST", "/entityOperations/create"),
        ("POST", "/entityOperations/query"),
        ("POST", "/temporal/entities"),
        ("POST", "/jsonldContexts"),
    ],
)
@pytest.mark.parametrize("media", ["text/plain", "application/xml", ""])
def test_a_body_in_another_media_type_is_refused(
    api: Client, method: str, path: str, media: str
) -> None:
    answer = api.call(method, path, content=b"{}", headers={"Content-Type": media})

    assert answer.status_code == 415


def test_json_with_a_context_inside_is_refused(api: Client) -> None:
    body = {"id": "urn:a:1", "type": "T", "@context": CORE}

    answer = api.post("/entities", body, headers={"Content-Type": "application/json"})

    assert error(answer) == (400, "BadRequestData")


def test_ld_json_without_a_context_is_refused(api: Client) -> None:
    body = {"id": "urn:a:1", "type": "T"}

    answer = api.post("/entities", body, headers={"Content-Type": "application/ld+json"})

    assert error(answer) == (400, "BadRequestData")


def test_ld_json_with_a_link_as_well_is_refused(api: Client) -> None:
    body = {"id": "urn:a:1", "type": "T", "@context": CORE}

    assert error(api.post("/entities", body, headers=linked(CORE))) == (400, "BadRequestData")


def test_two_links_to_contexts_are_refused(api: Client) -> None:
    link = linked(CORE)["Link"]

    answer = api.get("/entities?type=T", headers={"Link": f"{link}, {link}"})

    assert error(answer) == (400, "BadRequestData")


def test_a_context_that_cannot_be_had_is_told(api: Client) -> None:
    nowhere = "http://127.0.0.1:9/context.jsonld"

    by_link = api.get("/entities?type=T", headers=linked(nowhere))
    in_body = api.post("/entities", {"id": "urn:a:1", "type": "T", "@context": nowhere})

    assert error(by_link) == error(in_body) == (503, "LdContextNotAvailable")


def test_names_are_those_of_the_callers_context(api: Client) -> None:
    address = hosted(api, OWN)
    body = {"id": "urn:car:1", "type": "Car", "speed": prop(1), "other": prop(2)}
    assert api.post("/entities", body, headers=linked(address)).status_code == 201

    bare = api.get("/entities/urn:car:1").json()
    named = api.get("/entities/urn:car:1", headers=linked(address))
    whole = api.get(
        "/entities/urn:car:1", headers=linked(address) | {"Accept": "application/ld+json"}
    )

    assert bare == {"id": "urn:car:1", "type": "http://example.org/Car",
                    "http://example.org/speed": prop(1), "other": prop(2)}  # fmt: skip
    assert named.json() == body
    assert f"<{address}>" in named.headers["link"]
    assert whole.json() == body | {"@context": [address, CORE]}
    assert "link" not in whole.headers
    found = api.get("/entities", headers=linked(address), type="Car", q="speed==1").json()
    assert [one["id"] for one in found] == ["urn:car:1"]
    assert api.get("/entities", type="Car").json() == []


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/entities", {"GET", "POST", "DELETE"}),
        ("POST", "/entities/urn:a:1", {"GET", "PATCH", "PUT", "DELETE"}),
        ("GET", "/entities/urn:a:1/attrs", {"POST", "PATCH"}),
        ("POST", "/types", {"GET"}),
        ("GET", "/entityOperations/create", {"POST"}),
        ("PATCH", "/jsonldContexts", {"GET", "POST"}),
    ],
)
def test_a_method_that_an_address_does_not_know_is_told(
    api: Client, method: str, path: str, allowed: set[str]
) -> None:
    answer = api.call(method, path)

    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == allowed


def test_options_tell_what_an_address_knows(api: Client) -> None:
    answer = api.call("OPTIONS", "/entities")

    assert answer.status_code == 204
    assert {"GET", "POST"} <= set(answer.headers["allow"].split(", "))


def test_head_answers_like_get_without_a_body(api: Client) -> None:
    uri = api.entity(p=prop(1))

    head, get = api.call("HEAD", f"/entities/{uri}"), api.get(f"/entities/{uri}")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]
    assert api.call("HEAD", "/entities/urn:a:none").status_code == 404


@pytest.mark.parametrize("path", ["/nothing", "/entities/urn:a:1/what", "/", "", "/temporal"])
def test_an_address_that_there_is_not_is_not_found(api: Client, path: str) -> None:
    assert error(api.get(path)) == (404, "ResourceNotFound")


@pytest.mark.parametrize("path", ["/csourceRegistrations", "/csourceSubscriptions"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_not_offered_says_so(api: Client, method: str, path: str) -> None:
    assert error(api.call(method, path)) == (422, "OperationNotSupported")


@pytest.mark.parametrize("identity", ["a", "%00", "%ff", "urn:a:%22", "é", "urn:a b"])
def test_an_id_that_is_no_uri_is_refused(api: Client, identity: str) -> None:
    assert error(api.get(f"/entities/{identity}")) == (400, "BadRequestData")


def test_an_error_tells_what_where_and_the_way_out(api: Client) -> None:
    told = api.get("/entities/urn:a:none").json()

    assert told["status"] == 404
    assert told["type"].endswith("/ResourceNotFound")
    assert "urn:a:none" in told["detail"]
    assert told["title"]


def test_pages_of_other_sites_may_not_write(http: TestClient) -> None:
    answer = http.post(
        "/ngsi-ld/v1/entities",
        json={"id": "urn:a:1", "type": "T"},
        headers={"Origin": "http://elsewhere.org"},
    )

    assert answer.status_code == 403


def test_open_mode_answers_this_machine_alone(http: TestClient) -> None:
    answer = http.get("/ngsi-ld/v1/types", headers={"Host": "evil.example.org"})

    assert answer.status_code == 403
