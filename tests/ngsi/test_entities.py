"""Creating, retrieving, replacing, merging and deleting one entity."""

from __future__ import annotations

from typing import Any

import pytest
from tests.ngsi.client import Client, error, geo, point, prop, rel

NULL = "urn:ngsi-ld:null"
EVERY_TYPE: dict[str, Any] = {
    "speed": prop(55, unitCode="KMH", observedAt="2020-08-01T12:00:00Z"),
    "ratio": prop(0.25),
    "isParked": prop(True),
    "brand": prop("Mercedes"),
    "tags": prop(["a", ["b"], {"c": 1}]),
    "one": prop([1]),
    "address": prop({"city": "长春", "deep": {"a": [1, [2]]}}),
    "dated": prop({"@type": "DateTime", "@value": "2020-01-01T00:00:00Z"}),
    "owner": rel("urn:ngsi-ld:Person:1", objectType="Person"),
    "crew": rel(["urn:ngsi-ld:Person:1", "urn:ngsi-ld:Person:2"]),
    "location": geo(point(125.3, 43.9)),
    "label": {"type": "LanguageProperty", "languageMap": {"en": "car", "zh": ["车", "轿车"]}},
    "raw": {"type": "JsonProperty", "json": {"id": 1, "x": [None, {"y": None}]}},
    "mode": {"type": "VocabProperty", "vocab": "electric"},
    "modes": {"type": "VocabProperty", "vocab": ["electric", "diesel"]},
    "gears": {"type": "ListProperty", "valueList": [1, 2, [3]]},
    "stops": {
        "type": "ListRelationship",
        "objectList": [{"object": "urn:ngsi-ld:Stop:1"}, {"object": "urn:ngsi-ld:Stop:2"}],
    },
    "deep": prop(1, accuracy=prop(0.9, source=rel("urn:ngsi-ld:Sensor:1"))),
    "gap": [prop(1), prop(2, datasetId="urn:ngsi-ld:Dataset:2")],
}


def test_every_type_of_attribute_comes_back_as_it_was_sent(api: Client) -> None:
    uri = api.entity(**EVERY_TYPE)

    assert api.read(uri) == {"id": uri, "type": "Vehicle", **EVERY_TYPE}


@pytest.mark.parametrize("name", sorted(EVERY_TYPE))
def test_a_merge_that_repeats_an_attribute_changes_nothing(api: Client, name: str) -> None:
    uri = api.entity(**{name: EVERY_TYPE[name]})

    assert api.patch(f"/entities/{uri}", {name: EVERY_TYPE[name]}).status_code == 204
    assert api.read(uri)[name] == EVERY_TYPE[name]


def test_creation_tells_where_the_entity_is(api: Client) -> None:
    answer = api.post("/entities", {"id": "urn:ngsi-ld:Here:1", "type": "Here"})

    assert answer.status_code == 201
    assert answer.headers["location"] == "/ngsi-ld/v1/entities/urn:ngsi-ld:Here:1"
    assert answer.content == b""


def test_an_entity_is_not_created_twice(api: Client) -> None:
    uri = api.entity()

    assert error(api.post("/entities", {"id": uri, "type": "Vehicle"})) == (409, "AlreadyExists")


def test_an_entity_that_was_deleted_may_be_created_again(api: Client) -> None:
    uri = api.entity(speed=prop(1))

    assert api.delete(f"/entities/{uri}").status_code == 204
    assert error(api.get(f"/entities/{uri}")) == (404, "ResourceNotFound")
    assert error(api.delete(f"/entities/{uri}")) == (404, "ResourceNotFound")
    assert api.post("/entities", {"id": uri, "type": "Vehicle"}).status_code == 201
    assert api.read(uri) == {"id": uri, "type": "Vehicle"}


BAD: dict[str, dict[str, Any]] = {
    "no id": {"type": "T"},
    "id no URI": {"id": "x", "type": "T"},
    "id a number": {"id": 3, "type": "T"},
    "no type": {"id": "urn:a:1"},
    "type a number": {"id": "urn:a:1", "type": 3},
    "type empty": {"id": "urn:a:1", "type": ""},
    "type list empty": {"id": "urn:a:1", "type": []},
    "null attribute": {"id": "urn:a:1", "type": "T", "p": None},
    "Null attribute": {"id": "urn:a:1", "type": "T", "p": NULL},
    "null value": {"id": "urn:a:1", "type": "T", "p": prop(None)},
    "Null value": {"id": "urn:a:1", "type": "T", "p": prop(NULL)},
    "no value": {"id": "urn:a:1", "type": "T", "p": {"type": "Property"}},
    "wrong member": {"id": "urn:a:1", "type": "T", "p": {"type": "Property", "object": "urn:b:1"}},
    "unknown type": {"id": "urn:a:1", "type": "T", "p": {"type": "Thing", "value": 1}},
    "no object": {"id": "urn:a:1", "type": "T", "p": {"type": "Relationship"}},
    "object no URI": {"id": "urn:a:1", "type": "T", "p": rel("no uri")},
    "object a number": {"id": "urn:a:1", "type": "T", "p": rel(3)},
    "no geometry": {"id": "urn:a:1", "type": "T", "p": geo("POINT (1 2)")},
    "half a point": {"id": "urn:a:1", "type": "T", "p": geo({"type": "Point", "coordinates": [1]})},
    "open ring": {
        "id": "urn:a:1",
        "type": "T",
        "p": geo({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]}),
    },
    "bad observedAt": {"id": "urn:a:1", "type": "T", "p": prop(1, observedAt="yesterday")},
    "no such day": {"id": "urn:a:1", "type": "T", "p": prop(1, observedAt="2020-13-45T00:00:00Z")},
    "datasetId no URI": {"id": "urn:a:1", "type": "T", "p": prop(1, datasetId="x")},
    "two default instances": {"id": "urn:a:1", "type": "T", "p": [prop(1), prop(2)]},
    "unitCode a number": {"id": "urn:a:1", "type": "T", "p": prop(1, unitCode=3)},
    "languageMap a text": {
        "id": "urn:a:1", "type": "T", "p": {"type": "LanguageProperty", "languageMap": "x"}
    },
    "language a number": {
        "id": "urn:a:1", "type": "T", "p": {"type": "LanguageProperty", "languageMap": {"en": 3}}
    },
    "valueList a text": {
        "id": "urn:a:1", "type": "T", "p": {"type": "ListProperty", "valueList": "x"}
    },
    "objectList of texts": {
        "id": "urn:a:1", "type": "T", "p": {"type": "ListRelationship", "objectList": ["no uri"]}
    },
    "bad name": {"id": "urn:a:1", "type": "T", "a b": prop(1)},
    "brackets in a name": {"id": "urn:a:1", "type": "T", "a(b)": prop(1)},
    "bad sub-attribute": {"id": "urn:a:1", "type": "T", "p": prop(1, q={"type": "Property"})},
    "bad scope": {"id": "urn:a:1", "type": "T", "scope": "a b"},
    "context inside": {"id": "urn:a:1", "type": "T", "p": prop(1, validTo=prop("soon"))},
}  # fmt: skip


@pytest.mark.parametrize("given", BAD.values(), ids=BAD.keys())
def test_what_breaks_a_rule_is_refused_and_leaves_nothing(api: Client, given: Any) -> None:
    assert error(api.post("/entities", given)) == (400, "BadRequestData")
    assert api.get("/entities/urn:a:1").status_code == 404


@pytest.mark.parametrize("content", [b"", b"{", b"[1", b"\xff", b"NaN", b'{"id": 1e999}'])
def test_what_is_no_json_is_an_invalid_request(api: Client, content: bytes) -> None:
    headers = {"Content-Type": "application/json"}

    answer = api.call("POST", "/entities", content=content, headers=headers)

    assert error(answer) == (400, "InvalidRequest")


def test_concise_attributes_are_understood(api: Client) -> None:
    uri = api.entity(
        speed=55,
        location=point(1, 2),
        owner={"object": "urn:ngsi-ld:Person:1"},
        label={"languageMap": {"en": "car"}},
        temperature={"value": 20, "unitCode": "CEL"},
        tags=["a", "b"],
    )

    found = api.read(uri)

    assert found["speed"] == prop(55)
    assert found["location"] == geo(point(1, 2))
    assert found["owner"] == rel("urn:ngsi-ld:Person:1")
    assert found["label"] == {"type": "LanguageProperty", "languageMap": {"en": "car"}}
    assert found["temperature"] == prop(20, unitCode="CEL")
    assert found["tags"] == prop(["a", "b"])


def test_an_entity_may_have_several_types_and_scopes(api: Client) -> None:
    body = {"id": "urn:a:multi", "type": ["Car", "Home"], "scope": ["/a/b", "c"]}
    api.post("/entities", body)

    found = api.read("urn:a:multi")

    assert (found["type"], found["scope"]) == (["Car", "Home"], ["/a/b", "/c"])


@pytest.mark.parametrize(
    ("form", "speed", "label", "owner", "gap"),
    [
        ("simplified", 55, {"languageMap": {"en": "car"}}, "urn:p:1",
         {"dataset": {"@none": 1, "urn:d:2": 2}}),
        ("keyValues", 55, {"languageMap": {"en": "car"}}, "urn:p:1",
         {"dataset": {"@none": 1, "urn:d:2": 2}}),
        ("concise", {"value": 55, "unitCode": "KMH"}, {"languageMap": {"en": "car"}},
         {"object": "urn:p:1"}, [1, {"value": 2, "datasetId": "urn:d:2"}]),
        ("normalized", prop(55, unitCode="KMH"),
         {"type": "LanguageProperty", "languageMap": {"en": "car"}}, rel("urn:p:1"),
         [prop(1), prop(2, datasetId="urn:d:2")]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("how", ["options", "format"])
def test_an_entity_is_told_in_the_form_asked_for(
    api: Client, how: str, form: str, speed: Any, label: Any, owner: Any, gap: Any
) -> None:
    uri = api.entity(
        speed=prop(55, unitCode="KMH"),
        label={"type": "LanguageProperty", "languageMap": {"en": "car"}},
        owner=rel("urn:p:1"),
        gap=[prop(1), prop(2, datasetId="urn:d:2")],
    )

    found = api.read(uri, **{how: form})

    assert [found[name] for name in ("speed", "label", "owner", "gap")] == [
        speed, label, owner, gap
    ]  # fmt: skip


def test_system_attributes_are_told_when_asked_for(api: Client) -> None:
    uri = api.entity(speed=prop(1, accuracy=prop(2)))
    api.patch(f"/entities/{uri}/attrs/speed", {"value": 3})

    found = api.read(uri, options="sysAttrs")

    assert found["createdAt"] < found["modifiedAt"]
    assert found["speed"]["createdAt"] == found["createdAt"]
    assert found["speed"]["modifiedAt"] == found["modifiedAt"]
    assert "createdAt" in found["speed"]["accuracy"]
    assert "createdAt" not in api.read(uri)


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ({"attrs": "speed"}, {"id", "type", "speed"}),
        ({"attrs": "speed,brand"}, {"id", "type", "speed", "brand"}),
        ({"pick": "id,speed"}, {"id", "speed"}),
        ({"pick": "speed"}, {"speed"}),
        ({"pick": "type,scope"}, {"type", "scope"}),
        ({"omit": "speed"}, {"id", "type", "scope", "brand"}),
        ({"omit": "id,type,speed"}, {"scope", "brand"}),
    ],
)
def test_a_part_of_an_entity_is_told(api: Client, query: dict[str, str], left: set[str]) -> None:
    uri = api.entity(speed=prop(1), brand=prop("x"), scope="/a")

    found = set(api.read(uri, **query))

    assert found - {"scope"} == left - {"scope"}
    assert "attrs" in query or found == left


def test_an_entity_without_the_attributes_asked_for_is_not_found(api: Client) -> None:
    uri = api.entity(speed=prop(1))

    assert error(api.get(f"/entities/{uri}", attrs="colour")) == (404, "ResourceNotFound")
    assert error(api.get(f"/entities/{uri}", pick="colour")) == (404, "ResourceNotFound")


def test_a_language_is_chosen(api: Client) -> None:
    uri = api.entity(label={"type": "LanguageProperty", "languageMap": {"en": "car", "zh": "车"}})

    assert api.read(uri, lang="zh")["label"] == {"type": "Property", "value": "车", "lang": "zh"}
    assert api.read(uri, lang="fr,en;q=0.5", options="keyValues")["label"] == "car"


def test_instances_are_chosen_by_dataset(api: Client) -> None:
    uri = api.entity(gap=[prop(1), prop(2, datasetId="urn:d:2")], speed=prop(1))

    found = api.read(uri, datasetId="urn:d:2")

    assert found == {"id": uri, "type": "Vehicle", "gap": prop(2, datasetId="urn:d:2")}


def test_an_entity_is_told_as_a_feature(api: Client) -> None:
    uri = api.entity(speed=prop(1), location=geo(point(1, 2)), depot=geo(point(3, 4)))
    headers = {"Accept": "application/geo+json"}

    answer = api.get(f"/entities/{uri}", headers=headers, options="keyValues")
    other = api.get(f"/entities/{uri}", headers=headers, geometryProperty="depot").json()

    assert answer.headers["content-type"].startswith("application/geo+json")
    assert answer.json()["type"] == "Feature"
    assert answer.json()["geometry"] == point(1, 2)
    assert answer.json()["properties"]["speed"] == 1
    assert other["geometry"] == point(3, 4)


def test_a_replacement_leaves_nothing_of_what_was(api: Client) -> None:
    uri = api.entity(speed=prop(1), brand=prop("x"), gap=[prop(1), prop(2, datasetId="urn:d:2")])

    answer = api.put(
        f"/entities/{uri}", {"id": uri, "type": "Vehicle", "speed": prop(2), "gap": prop(3)}
    )

    assert answer.status_code == 204
    assert api.read(uri) == {"id": uri, "type": "Vehicle", "speed": prop(2), "gap": prop(3)}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_body_about_another_entity_is_refused(api: Client, method: str) -> None:
    uri = api.entity()
    other = {"id": "urn:a:other", "type": "Vehicle"}

    assert error(api.send(method, f"/entities/{uri}", other)) == (400, "BadRequestData")


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_what_is_not_there_cannot_be_changed(api: Client, method: str) -> None:
    body = {"id": "urn:a:none", "type": "T"}

    assert error(api.send(method, "/entities/urn:a:none", body)) == (404, "ResourceNotFound")


@pytest.mark.parametrize(
    ("held", "patch", "left"),
    [
        (prop(1, unitCode="KMH"), {"value": 2}, prop(2, unitCode="KMH")),
        (prop(1), 5, prop(5)),
        (prop({"a": 1, "b": 2}), prop({"b": 3, "c": 4}), prop({"a": 1, "b": 3, "c": 4})),
        (prop({"a": 1, "b": 2}), prop({"b": NULL}), prop({"a": 1})),
        (prop(1, acc=prop(2)), {"acc": {"value": 3}}, prop(1, acc=prop(3))),
        (prop(1, acc=prop(2)), {"acc": NULL}, prop(1)),
        (prop(1, unitCode="KMH"), {"unitCode": NULL}, prop(1)),
        (prop(1), prop(2, observedAt="2020-01-01T00:00:00Z"),
         prop(2, observedAt="2020-01-01T00:00:00Z")),
        (prop(1), NULL, None),
        (prop(1), {"type": "Property", "value": NULL}, None),
        (rel("urn:a:1"), {"object": "urn:a:2"}, rel("urn:a:2")),
        (
            {"type": "LanguageProperty", "languageMap": {"en": "a", "fr": "b"}},
            {"type": "LanguageProperty", "languageMap": {"fr": "c", "de": "d"}},
            {"type": "LanguageProperty", "languageMap": {"en": "a", "fr": "c", "de": "d"}},
        ),
        ([prop(1), prop(2, datasetId="urn:d:2")], prop(9, datasetId="urn:d:2"),
         [prop(1), prop(9, datasetId="urn:d:2")]),
    ],
)  # fmt: skip
def test_a_merge_changes_member_by_member(api: Client, held: Any, patch: Any, left: Any) -> None:
    uri = api.entity(p=held, other=prop("stays"))

    answer = api.patch(f"/entities/{uri}", {"p": patch})

    assert answer.status_code == 204, answer.text
    found = api.read(uri)
    assert found.get("p") == left
    assert found["other"] == prop("stays")


def test_a_merge_adds_attributes_types_and_scopes(api: Client) -> None:
    uri = api.entity(p=prop(1))

    api.patch(f"/entities/{uri}", {"type": "Home", "scope": "/a", "q": prop(2)})

    assert api.read(uri) == {
        "id": uri, "type": ["Vehicle", "Home"], "scope": "/a", "p": prop(1), "q": prop(2),
    }  # fmt: skip


def test_a_merge_may_tell_when_it_was_observed(api: Client) -> None:
    uri = api.entity(p=prop(1, observedAt="2020-01-01T00:00:00Z"), q=prop(1))

    api.patch(f"/entities/{uri}", {"p": {"value": 2}, "q": {"value": 2}},
              observedAt="2021-01-01T00:00:00Z")  # fmt: skip

    found = api.read(uri)
    assert found["p"] == prop(2, observedAt="2021-01-01T00:00:00Z")
    assert found["q"] == prop(2)


def test_a_value_observed_before_the_one_held_still_takes_its_place(api: Client) -> None:
    uri = api.entity(p=prop(1, observedAt="2021-01-01T00:00:00Z"))

    api.patch(f"/entities/{uri}/attrs/p", prop(2, observedAt="2020-01-01T00:00:00Z"))

    assert api.read(uri)["p"] == prop(2, observedAt="2020-01-01T00:00:00Z")


def test_a_value_observed_in_the_future_shows_at_once(api: Client) -> None:
    uri = api.entity(p=prop(1, observedAt="2999-01-01T00:00:00Z"))

    assert api.read(uri)["p"] == prop(1, observedAt="2999-01-01T00:00:00Z")


def test_linked_entities_come_inside_or_beside(api: Client) -> None:
    far = api.entity("City", name=prop("长春"))
    near = api.entity("Person", lives=rel(far))
    uri = api.entity(owner=rel(near))

    inline = api.read(uri, join="inline")
    deep = api.read(uri, join="inline", joinLevel=2)
    flat = api.read(uri, join="flat", joinLevel=2)

    assert inline["owner"]["entity"]["id"] == near
    assert "entity" not in inline["owner"]["entity"]["lives"]
    assert deep["owner"]["entity"]["lives"]["entity"]["id"] == far
    assert [one["id"] for one in flat] == [uri, near, far]
    assert error(api.get(f"/entities/{uri}", join="sideways")) == (400, "BadRequestData")


def test_an_entity_is_shown_as_it_was_known(api: Client) -> None:
    uri = api.entity(p=prop(1))
    then = api.read(uri, options="sysAttrs")["p"]["modifiedAt"]
    api.patch(f"/entities/{uri}/attrs/p", {"value": 2})

    assert api.read(uri, knownAt=then)["p"] == prop(1)
    assert api.read(uri)["p"] == prop(2)
