"""Which types and attributes there are."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import psycopg
import pytest
from tests.ngsi.client import Client, error, geo, point, prop, rel

from chaintwin.engine.postgres import Cluster
from chaintwin.twin.rebuilding import rebuild_states
from chaintwin.twin.twin import Twin
from chaintwin.twin.verify import verify
from chaintwin.web.ngsi import discovery

DEFAULT = "https://uri.etsi.org/ngsi-ld/default-context/"


@pytest.fixture(scope="module")
def known(http: Any, clock: Any) -> Client:
    """Two cars, one of which is a home too, and a boat."""
    api = Client(http, clock)
    api.entity("Car", speed=prop(1), owner=rel("urn:a:1"))
    api.post("/entities", {"id": "urn:car:home", "type": ["Car", "Home"], "speed": prop(2),
                           "rooms": prop(1)})  # fmt: skip
    api.entity("Boat", speed=rel("urn:a:1"), location=geo(point(1, 2)))
    return api


def test_types_are_listed(known: Client) -> None:
    told = known.get("/types").json()

    assert told["type"] == "EntityTypeList"
    assert told["typeList"] == ["Boat", "Car", "Home"]
    assert told["id"].startswith("urn:ngsi-ld:EntityTypeList:")


def test_types_are_listed_with_their_attributes(known: Client) -> None:
    told = {one["id"]: one for one in known.get("/types", details="true").json()}

    assert told[DEFAULT + "Car"] == {
        "id": DEFAULT + "Car", "type": "EntityType", "typeName": "Car",
        "attributeNames": ["owner", "rooms", "speed"],
    }  # fmt: skip
    assert told[DEFAULT + "Home"]["attributeNames"] == ["rooms", "speed"]


def test_a_type_is_told_with_count_and_kinds_of_attributes(known: Client) -> None:
    told = known.get("/types/Car").json()

    assert (told["type"], told["typeName"], told["entityCount"]) == ("EntityTypeInfo", "Car", 2)
    assert {one["attributeName"]: one["attributeTypes"] for one in told["attributeDetails"]} == {
        "owner": ["Relationship"], "rooms": ["Property"], "speed": ["Property"],
    }  # fmt: skip


def test_a_type_may_be_named_by_its_iri(known: Client) -> None:
    path = "/types/" + (DEFAULT + "Boat").replace("/", "%2F")

    assert known.get(path).json()["entityCount"] == 1


def test_attributes_are_listed(known: Client) -> None:
    told = known.get("/attributes").json()

    assert told["type"] == "AttributeList"
    assert told["attributeList"] == ["location", "owner", "rooms", "speed"]


def test_attributes_are_listed_with_the_types_that_have_them(known: Client) -> None:
    told = {one["attributeName"]: one for one in known.get("/attributes", details="true").json()}

    assert told["speed"]["typeNames"] == ["Boat", "Car", "Home"]
    assert told["location"]["id"] == "https://uri.etsi.org/ngsi-ld/location"


def test_an_attribute_is_told_with_its_use(known: Client) -> None:
    told = known.get("/attributes/speed").json()

    assert told["attributeTypes"] == ["Property", "Relationship"]
    assert told["typeNames"] == ["Boat", "Car", "Home"]
    assert told["attributeCount"] == 3


@pytest.mark.parametrize("path", ["/types/Plane", "/attributes/wings"])
def test_what_no_entity_has_is_not_found(known: Client, path: str) -> None:
    assert error(known.get(path)) == (404, "ResourceNotFound")


@pytest.mark.parametrize("path", ["/types", "/attributes"])
def test_details_are_true_or_false(known: Client, path: str) -> None:
    assert error(known.get(path, details="perhaps")) == (400, "BadRequestData")


@pytest.mark.parametrize("most", [20_000, 0])
def test_counts_follow_what_is_written(
    api: Client, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(discovery, "_COUNTED", most)
    kind, name = f"Plane{most}", f"wings{most}"
    uris = [api.entity(kind, **{name: prop(n)}) for n in range(3)]
    api.delete(f"/entities/{uris[0]}")
    api.patch(f"/entities/{uris[1]}", {"type": "Toy", name: rel("urn:a:1")})
    api.patch(f"/entities/{uris[2]}/attrs/{name}", prop(7))

    told = api.get(f"/types/{kind}").json()
    used = api.get(f"/attributes/{name}").json()

    assert told["entityCount"] == used["attributeCount"] == 2
    assert told["attributeDetails"][0]["attributeTypes"] == ["Property", "Relationship"]
    assert api.get("/types/Toy").json()["attributeDetails"][0]["attributeName"] == name
    api.delete(f"/entities/{uris[1]}")
    assert "Toy" not in api.get("/types").json()["typeList"]
    assert api.get(f"/attributes/{name}").json()["attributeTypes"] == ["Property"]


def test_counts_verify_are_counted_anew_and_tampering_is_found(
    api: Client, twin: Twin, database: Cluster
) -> None:
    api.entity("Glider", span=prop(1))
    rebuild_states(twin)
    assert list(verify(twin)) == []
    assert database.super_url is not None

    with psycopg.connect(database.super_url) as connection:
        connection.execute("UPDATE state_use SET bodies = bodies + 1 WHERE attribute LIKE '%span'")

    assert [one.what for one in verify(twin)] == ["use"]
    rebuild_states(twin)
    assert list(verify(twin)) == []


@pytest.mark.parametrize(("count", "length"), [(60, 10), (48, 64)])
def test_more_types_than_can_be_counted_are_refused(api: Client, count: int, length: int) -> None:
    names = [f"T{sha256(str(n).encode()).hexdigest()}{n}"[:length] for n in range(count)]
    uri = api.entity()

    created = api.post("/entities", {"id": "urn:types:many", "type": names})
    added = api.patch(f"/entities/{uri}", {"type": names})
    (part,) = api.post("/entityOperations/update", [{"id": uri, "type": names}]).json()["errors"]

    assert error(created) == (400, "BadRequestData")
    assert error(added) == (400, "BadRequestData")
    assert part["error"]["status"] == 400
    assert api.read(uri)["type"] == "Vehicle"
