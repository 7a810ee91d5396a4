"""Attributes of one entity: append, update, replace, delete."""

from __future__ import annotations

from typing import Any

import pytest
from tests.ngsi.client import Client, error, prop, rel

OTHER = "urn:ngsi-ld:Dataset:2"
DEFAULT = "https://uri.etsi.org/ngsi-ld/default-context/"


def test_attributes_are_added_and_replaced(api: Client) -> None:
    uri = api.entity(p=prop(1))

    answer = api.post(f"/entities/{uri}/attrs", {"p": prop(2), "q": rel("urn:a:1")})

    assert (answer.status_code, answer.content) == (204, b"")
    assert api.read(uri) == {"id": uri, "type": "Vehicle", "p": prop(2), "q": rel("urn:a:1")}


def test_attributes_there_already_are_left_when_not_to_be_overwritten(api: Client) -> None:
    uri = api.entity(p=prop(1))

    answer = api.post(f"/entities/{uri}/attrs", {"p": prop(2), "q": prop(3)}, options="noOverwrite")

    assert answer.status_code == 207
    assert answer.json()["updated"] == ["https://uri.etsi.org/ngsi-ld/q"]
    assert [one["attributeName"] for one in answer.json()["notUpdated"]] == [DEFAULT + "p"]
    assert api.read(uri)["p"] == prop(1)


def test_an_instance_of_another_dataset_is_added_beside(api: Client) -> None:
    uri = api.entity(p=prop(1))

    api.post(f"/entities/{uri}/attrs", {"p": prop(2, datasetId=OTHER)})

    assert api.read(uri)["p"] == [prop(1), prop(2, datasetId=OTHER)]


def test_only_attributes_that_are_there_are_updated(api: Client) -> None:
    uri = api.entity(p=prop(1))

    answer = api.patch(f"/entities/{uri}/attrs", {"p": prop(2), "q": prop(3)})

    assert answer.status_code == 207
    assert answer.json()["updated"] == [DEFAULT + "p"]
    assert answer.json()["notUpdated"][0]["attributeName"] == "https://uri.etsi.org/ngsi-ld/q"
    assert set(api.read(uri)) == {"id", "type", "p"}


@pytest.mark.parametrize(
    ("held", "part", "left"),
    [
        (prop(1, unitCode="KMH"), {"value": 2}, prop(2, unitCode="KMH")),
        (prop(1), {"type": "Property", "value": 2}, prop(2)),
        (prop(1), {"unitCode": "CEL"}, prop(1, unitCode="CEL")),
        (prop(1, acc=prop(2)), {"acc": prop(3)}, prop(1, acc=prop(3))),
        (prop(1), {"observedAt": "2020-01-01T00:00:00Z"},
         prop(1, observedAt="2020-01-01T00:00:00Z")),
        (rel("urn:a:1"), {"object": "urn:a:2"}, rel("urn:a:2")),
        (prop({"a": 1, "b": 2}), {"value": {"a": 3}}, prop({"a": 3})),
        ([prop(1), prop(2, datasetId=OTHER)], {"value": 9, "datasetId": OTHER},
         [prop(1), prop(9, datasetId=OTHER)]),
    ],
)  # fmt: skip
def test_members_of_one_attribute_are_updated(api: Client, held: Any, part: Any, left: Any) -> None:
    uri = api.entity(p=held)

    answer = api.patch(f"/entities/{uri}/attrs/p", part)

    assert answer.status_code == 204, answer.text
    assert api.read(uri)["p"] == left


@pytest.mark.parametrize(
    "part",
    [
        rel("urn:a:1"),
        {"type": "Property", "value": None},
        {"observedAt": "soon"},
        [],
        "text",
        {"a b": 1},
    ],
)
def test_a_part_that_breaks_a_rule_is_refused(api: Client, part: Any) -> None:
    uri = api.entity(p=prop(1))

    assert api.patch(f"/entities/{uri}/attrs/p", part).status_code == 400
    assert api.read(uri)["p"] == prop(1)


def test_an_attribute_is_replaced_as_a_whole(api: Client) -> None:
    uri = api.entity(p=prop(1, unitCode="KMH", acc=prop(2)))

    assert api.put(f"/entities/{uri}/attrs/p", rel("urn:a:1")).status_code == 204
    assert api.read(uri)["p"] == rel("urn:a:1")


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ({}, prop(2, datasetId=OTHER)),
        ({"datasetId": OTHER}, prop(1)),
        ({"deleteAll": "true"}, None),
    ],
)
def test_instances_are_deleted(api: Client, query: dict[str, str], left: Any) -> None:
    uri = api.entity(p=[prop(1), prop(2, datasetId=OTHER)], q=prop("stays"))

    assert api.delete(f"/entities/{uri}/attrs/p", **query).status_code == 204
    assert api.read(uri).get("p") == left
    assert api.read(uri)["q"] == prop("stays")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/entities/urn:a:none/attrs", {"p": prop(1)}),
        ("PATCH", "/entities/urn:a:none/attrs", {"p": prop(1)}),
        ("PATCH", "/entities/urn:a:none/attrs/p", {"value": 1}),
        ("PUT", "/entities/urn:a:none/attrs/p", prop(1)),
        ("DELETE", "/entities/urn:a:none/attrs/p", None),
        ("PATCH", "/entities/{uri}/attrs/none", {"value": 1}),
        ("PUT", "/entities/{uri}/attrs/none", prop(1)),
        ("DELETE", "/entities/{uri}/attrs/none", None),
        ("DELETE", "/entities/{uri}/attrs/p?datasetId=urn:d:none", None),
        ("PATCH", "/entities/{uri}/attrs/p", {"value": 1, "datasetId": "urn:d:none"}),
    ],
)
def test_what_is_not_there_is_not_found(api: Client, method: str, path: str, body: Any) -> None:
    path = path.format(uri=api.entity(p=prop(1)))
    answer = api.call(method, path) if body is None else api.send(method, path, body)

    assert error(answer) == (404, "ResourceNotFound")


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize("path", ["/entities/no-uri/attrs", "/entities/no uri/attrs"])
def test_an_id_that_is_no_uri_is_refused(api: Client, method: str, path: str) -> None:
    assert error(api.send(method, path, {"p": prop(1)})) == (400, "BadRequestData")


@pytest.mark.parametrize(
    ("held", "options", "left"),
    [("/a", {}, "/b"), ("/a", {"options": "noOverwrite"}, ["/a", "/b"]), (None, {}, "/b")],
)
def test_scopes_are_appended(api: Client, held: Any, options: dict[str, str], left: Any) -> None:
    uri = api.entity(**({"scope": held} if held else {}))

    api.post(f"/entities/{uri}/attrs", {"scope": "/b"}, **options)

    assert api.read(uri)["scope"] == left


@pytest.mark.parametrize(("held", "left"), [("/a", "/b"), (None, None)])
def test_only_scopes_that_are_there_are_updated(api: Client, held: Any, left: Any) -> None:
    uri = api.entity(p=prop(1), **({"scope": held} if held else {}))

    api.patch(f"/entities/{uri}/attrs", {"scope": "/b", "p": prop(2)})

    assert api.read(uri).get("scope") == left


def test_scopes_are_deleted_like_an_attribute_but_not_updated_as_one(api: Client) -> None:
    uri = api.entity(scope="/a")

    assert error(api.patch(f"/entities/{uri}/attrs/scope", prop("/b"))) == (400, "BadRequestData")
    assert api.delete(f"/entities/{uri}/attrs/scope").status_code == 204
    assert "scope" not in api.read(uri)
    assert error(api.delete(f"/entities/{uri}/attrs/scope")) == (404, "ResourceNotFound")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "", None),
        ("PATCH", "", {"p": prop(2)}),
        ("PUT", "", {"type": "Vehicle", "p": prop(2)}),
        ("POST", "/attrs", {"q": prop(2)}),
        ("PATCH", "/attrs", {"p": prop(2)}),
        ("PATCH", "/attrs/p", prop(2)),
        ("PUT", "/attrs/p", prop(2)),
        ("DELETE", "/attrs/p", None),
        ("DELETE", "", None),
    ],
)
def test_an_entity_of_another_type_than_asked_for_is_not_found(
    api: Client, method: str, path: str, body: Any
) -> None:
    uri = api.entity(p=prop(1))
    headers = {} if body is None else {"Content-Type": "application/json"}

    def send(types: str) -> Any:
        more = {} if body is None else {"json": body}
        return api.call(method, f"/entities/{uri}{path}?type={types}", headers=headers, **more)

    assert error(send("Boat;Vehicle")) == (404, "ResourceNotFound")
    assert send("Boat,Vehicle").is_success


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/attrs"), ("PATCH", "/attrs"), ("PATCH", "/attrs/p")]
)
def test_null_inside_a_value_is_for_merging_alone(api: Client, method: str, path: str) -> None:
    uri = api.entity(p=prop({"a": 1}))
    part: Any = prop({"a": "urn:ngsi-ld:null"})
    body = part if path.endswith("/p") else {"p": part}

    assert error(api.send(method, f"/entities/{uri}{path}", body)) == (400, "BadRequestData")


def test_a_language_map_is_deleted_by_null_in_no_language(api: Client) -> None:
    text = {"type": "LanguageProperty", "languageMap": {"en": "car"}}
    gone = {"type": "LanguageProperty", "languageMap": {"@none": "urn:ngsi-ld:null"}}
    uri = api.entity(label=text)

    assert error(api.post(f"/entities/{uri}/attrs", {"label": gone})) == (400, "BadRequestData")
    assert api.patch(f"/entities/{uri}", {"label": gone}).status_code == 204
    assert "label" not in api.read(uri)
