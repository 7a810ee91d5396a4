"""Querying entities: selecting, paging, counting; purging."""

from __future__ import annotations

from typing import Any

import pytest
from tests.ngsi.client import Client, error, geo, point, prop, rel

SQUARE = [[[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]]]


@pytest.fixture(scope="module")
def fleet(http: Any, clock: Any) -> Client:
    """Five vehicles and a depot."""
    api = Client(http, clock)
    for n in range(1, 6):
        api.post(
            "/entities",
            {
                "id": f"urn:fleet:{n}",
                "type": ["Truck", "Vehicle"] if n > 3 else "Vehicle",
                "scope": ["/fleet/north"] if n < 3 else ["/fleet/south", "/rented"],
                "speed": prop(n * 10),
                "brand": prop("Jiefang" if n % 2 else "Hongqi"),
                "location": geo(point(n, n)),
                "owner": rel(f"urn:owner:{n % 2}"),
                **({"load": prop(n)} if n > 3 else {}),
            },
        )
    api.post("/entities", {"id": "urn:fleet:depot", "type": "Depot",
                           "area": geo({"type": "Polygon", "coordinates": SQUARE})})  # fmt: skip
    return api


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [one["id"].removeprefix("urn:fleet:") for one in answer.json()]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"type": "Vehicle"}, "1 2 3 4 5"),
        ({"type": "Truck"}, "4 5"),
        ({"type": "Truck;Vehicle"}, "4 5"),
        ({"type": "Truck,Depot"}, "4 5 depot"),
        ({"type": "Truck|Depot"}, "4 5 depot"),
        ({"type": "(Truck;Vehicle),Depot"}, "4 5 depot"),
        ({"type": "Boat"}, ""),
        ({"type": "Vehicle", "id": "urn:fleet:1,urn:fleet:3,urn:fleet:depot"}, "1 3"),
        ({"type": "Vehicle", "idPattern": "urn:fleet:[12]"}, "1 2"),
        ({"idPattern": "urn:fleet:.*"}, "1 2 3 4 5 depot"),
        ({"attrs": "load"}, "4 5"),
        ({"attrs": "load,area"}, "4 5 depot"),
        ({"pick": "id,load"}, "4 5"),
        ({"q": "speed>30"}, "4 5"),
        ({"type": "Vehicle", "q": "speed>30|speed==10"}, "1 4 5"),
        ({"type": "Vehicle", "q": 'brand=="Hongqi";speed<30'}, "2"),
        ({"type": "Vehicle", "q": "owner==urn:owner:0"}, "2 4"),
        ({"type": "Vehicle", "q": "load"}, "4 5"),
        ({"type": "Vehicle", "scopeQ": "/fleet/north"}, "1 2"),
        ({"type": "Vehicle", "scopeQ": "/fleet/#;/rented"}, "3 4 5"),
        ({"type": "Vehicle", "georel": "within", "geometry": "Polygon",
          "coordinates": "[[[0,0],[3.5,0],[3.5,3.5],[0,3.5],[0,0]]]"}, "1 2 3"),
        ({"type": "Vehicle", "georel": "near;maxDistance==200000", "geometry": "Point",
          "coordinates": "[1,1]"}, "1 2"),
        ({"type": "Vehicle", "georel": "near;minDistance==200000", "geometry": "Point",
          "coordinates": "[1,1]"}, "3 4 5"),
        ({"type": "Vehicle", "georel": "equals", "geometry": "Point", "coordinates": "[2,2]"}, "2"),
        ({"type": "Vehicle", "georel": "disjoint", "geometry": "Point", "coordinates": "[2,2]"},
         "1 3 4 5"),
        ({"type": "Depot", "georel": "contains", "geometry": "Point", "coordinates": "[2,2]",
          "geoproperty": "area"}, "depot"),
        ({"type": "Depot", "georel": "intersects", "geometry": "LineString",
          "coordinates": "[[-5,5],[5,5]]", "geoproperty": "area"}, "depot"),
        ({"type": "Depot", "georel": "overlaps", "geometry": "Polygon", "geoproperty": "area",
          "coordinates": "[[[5,5],[15,5],[15,15],[5,15],[5,5]]]"}, "depot"),
        ({"type": "Depot", "georel": "overlaps", "geometry": "Polygon", "geoproperty": "area",
          "coordinates": "[[[1,1],[2,1],[2,2],[1,2],[1,1]]]"}, ""),
        ({"local": "true", "id": "urn:fleet:2"}, "2"),
    ],
)  # fmt: skip
def test_entities_are_found(fleet: Client, query: dict[str, str], found: str) -> None:
    assert ids(fleet.get("/entities", **query)) == found.split()


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"id": "urn:fleet:1"},
        {"type": ""},
        {"type": "Vehicle", "id": "no uri"},
        {"type": "Vehicle", "idPattern": "("},
        {"type": "Vehicle", "q": "speed>"},
        {"type": "Vehicle", "scopeQ": "fleet"},
        {"type": "Vehicle;"},
        {"type": "Vehicle", "attrs": ""},
        {"type": "Vehicle", "pick": "a{b"},
        {"type": "Vehicle", "limit": "-1"},
        {"type": "Vehicle", "limit": "0"},
        {"type": "Vehicle", "limit": "many"},
        {"type": "Vehicle", "limit": "1001"},
        {"type": "Vehicle", "offset": "-1"},
        {"type": "Vehicle", "count": "perhaps"},
        {"type": "Vehicle", "lang": "a b"},
        {"type": "Vehicle", "format": "poem"},
        {"type": "Vehicle", "options": "keyValues,concise"},
        {"type": "Vehicle", "georel": "within"},
        {"type": "Vehicle", "geometry": "Point", "coordinates": "[1,1]"},
        {"type": "Vehicle", "georel": "near", "geometry": "Point", "coordinates": "[1,1]"},
        {"type": "Vehicle", "georel": "near;maxDistance==x", "geometry": "Point",
         "coordinates": "[1,1]"},
        {"type": "Vehicle", "georel": "within", "geometry": "Blob", "coordinates": "[1,1]"},
        {"type": "Vehicle", "georel": "within", "geometry": "Point", "coordinates": "[1,"},
        {"type": "Vehicle", "georel": "within", "geometry": "Point", "coordinates": "[181,1]"},
        {"type": "Vehicle", "geoproperty": "area"},
        {"type": "Vehicle", "join": "sideways"},
        {"type": "Vehicle", "joinLevel": "2"},
        {"type": "Vehicle", "geometryProperty": "location"},
    ],
)  # fmt: skip
def test_a_query_that_breaks_a_rule_is_refused(fleet: Client, query: dict[str, str]) -> None:
    assert error(fleet.get("/entities", **query)) == (400, "BadRequestData")


def test_pages_link_to_one_another(fleet: Client) -> None:
    first = fleet.get("/entities", type="Vehicle", limit=2, count="true")
    second = fleet.get("/entities", type="Vehicle", limit=2, offset=2, count="true")
    third = fleet.get("/entities", type="Vehicle", limit=2, offset=4)

    assert [ids(page) for page in (first, second, third)] == [["1", "2"], ["3", "4"], ["5"]]
    assert first.headers["ngsild-results-count"] == second.headers["ngsild-results-count"] == "5"
    assert "ngsild-results-count" not in third.headers
    links = [page.headers["link"] for page in (first, second, third)]
    assert ['rel="next"' in link for link in links] == [True, True, False]
    assert ['rel="prev"' in link for link in links] == [False, True, True]
    assert "offset=2" in links[0]


@pytest.mark.parametrize("query", [{"type": "Vehicle"}, {"type": "Vehicle", "q": "speed>10"}])
def test_a_count_alone_is_told(fleet: Client, query: dict[str, str]) -> None:
    answer = fleet.get("/entities", limit=0, count="true", **query)

    assert answer.json() == []
    assert answer.headers["ngsild-results-count"] == ("4" if "q" in query else "5")


def test_what_clients_send_to_find_a_broker_works(fleet: Client) -> None:
    headers = {"Content-Type": "application/json"}

    probe = fleet.get("/entities", type="None", limit=0, count="true")
    every = fleet.get("/entities", headers=headers, idPattern=".*", limit=1000)

    assert (probe.status_code, probe.headers["ngsild-results-count"]) == (200, "0")
    assert len(every.json()) == 6


def test_a_collection_of_features_is_told(fleet: Client) -> None:
    headers = {"Accept": "application/geo+json"}

    found = fleet.get("/entities", headers=headers, type="Vehicle", options="keyValues").json()

    assert found["type"] == "FeatureCollection"
    assert [one["geometry"]["coordinates"] for one in found["features"]] == [
        [n, n] for n in range(1, 6)
    ]


@pytest.mark.parametrize(
    ("document", "found"),
    [
        ({"entities": [{"type": "Truck"}]}, "4 5"),
        ({"entities": [{"type": "Truck"}, {"type": "Depot"}]}, "4 5 depot"),
        ({"entities": [{"type": "Vehicle", "id": "urn:fleet:2"}]}, "2"),
        ({"entities": [{"type": "Vehicle", "id": ["urn:fleet:2", "urn:fleet:3"]}]}, "2 3"),
        ({"entities": [{"type": "Vehicle", "idPattern": "urn:fleet:[45]"}]}, "4 5"),
        ({"attrs": ["load"]}, "4 5"),
        ({"q": "speed<20"}, "1"),
        ({"entities": [{"type": "Vehicle"}], "scopeQ": "/rented"}, "3 4 5"),
        ({"entities": [{"type": "Vehicle"}],
          "geoQ": {"georel": "equals", "geometry": "Point", "coordinates": [2, 2]}}, "2"),
    ],
)  # fmt: skip
def test_entities_are_found_by_a_document(fleet: Client, document: Any, found: str) -> None:
    answer = fleet.post("/entityOperations/query", {"type": "Query", **document})

    assert ids(answer) == found.split()


@pytest.mark.parametrize(
    "document",
    [{}, [], {"type": "Query"}, {"type": "Question", "q": "a"}, {"type": "Query", "entities": 3},
     {"type": "Query", "q": 3}, {"type": "Query", "entities": [{"type": 3}]},
     {"type": "Query", "attrs": "a b"}, {"type": "Query", "q": "a", "geoQ": {"georel": "near"}}],
)  # fmt: skip
def test_a_document_that_breaks_a_rule_is_refused(fleet: Client, document: Any) -> None:
    assert error(fleet.post("/entityOperations/query", document)) == (400, "BadRequestData")


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ({"type": "Purged"}, {}),
        ({"type": "Purged", "q": "n>1"}, {1: {"n", "m"}}),
        ({"type": "Purged", "drop": "m"}, {1: {"n"}, 2: {"n"}}),
        ({"type": "Purged", "keep": "m"}, {1: {"m"}, 2: {"m"}}),
        ({"type": "Purged", "id": "urn:purge:1"}, {2: {"n", "m"}}),
    ],
)
def test_entities_are_purged(api: Client, query: dict[str, str], left: Any) -> None:
    api.post("/entityOperations/upsert", [
        {"id": f"urn:purge:{n}", "type": "Purged", "n": prop(n), "m": prop(n)} for n in (1, 2)
    ])  # fmt: skip

    assert api.delete("/entities", **query).status_code == 204

    found = api.get("/entities", type="Purged").json()
    assert {int(one["id"][-1]): set(one) - {"id", "type"} for one in found} == left


@pytest.mark.parametrize(
    "query", [{}, {"type": "Purged", "drop": "a", "keep": "b"}, {"id": "urn:purge:1"}]
)
def test_a_purge_without_a_condition_is_refused(api: Client, query: dict[str, str]) -> None:
    assert error(api.delete("/entities", **query)) == (400, "BadRequestData")
