"""Linked entities: parts of them, conditions on them, and how far a request may reach."""

from __future__ import annotations

from typing import Any

import pytest
from tests.ngsi.client import Client, error, prop, rel

STATION = "urn:linked:station"


@pytest.fixture(scope="module")
def graph(http: Any, clock: Any) -> Client:
    """A station with a sensor, made by a maker who watches the station."""
    api = Client(http, clock)
    made = [
        {"id": STATION, "type": "Station", "name": prop("north"),
         "sensor": rel("urn:linked:sensor"), "keeper": rel("urn:linked:maker")},
        {"id": "urn:linked:other", "type": "Station", "sensor": rel("urn:linked:dry")},
        {"id": "urn:linked:sensor", "type": "Device", "humidity": prop(40), "serial": prop("a"),
         "maker": rel("urn:linked:maker")},
        {"id": "urn:linked:dry", "type": "Device", "humidity": prop(5)},
        {"id": "urn:linked:maker", "type": "Firm", "name": prop("x"), "place": prop("y"),
         "watches": rel(STATION)},
    ]  # fmt: skip
    for one in made:
        assert api.post("/entities", one).status_code == 201
    return api


def test_a_part_of_what_a_relationship_leads_to_is_picked(graph: Client) -> None:
    pick = "id,sensor{id,humidity,maker{name}}"

    inside = graph.read(STATION, pick=pick, join="inline", joinLevel=2, options="keyValues")
    beside = graph.read(STATION, pick=pick, join="flat", joinLevel=2, options="keyValues")

    assert inside == {
        "id": STATION,
        "sensor": {"id": "urn:linked:sensor", "humidity": 40, "maker": {"name": "x"}},
    }
    assert beside == [
        {"id": STATION, "sensor": "urn:linked:sensor"},
        {"id": "urn:linked:sensor", "humidity": 40, "maker": "urn:linked:maker"},
        {"name": "x"},
    ]


def test_a_part_of_what_a_relationship_leads_to_is_omitted(graph: Client) -> None:
    found = graph.get("/entities", type="Station", id=STATION, join="inline", options="keyValues",
                      omit="keeper,sensor{serial|maker,type}").json()  # fmt: skip

    assert found == [
        {"id": STATION, "type": "Station", "name": "north",
         "sensor": {"id": "urn:linked:sensor", "humidity": 40}},
    ]  # fmt: skip


def test_an_entity_does_not_come_inside_itself(graph: Client) -> None:
    found = graph.read(STATION, join="inline", joinLevel=3, pick="keeper")

    assert found["keeper"]["entity"]["watches"] == rel(STATION)


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("sensor{humidity}==40", [STATION]),
        ("sensor{humidity}<40", ["urn:linked:other"]),
        ("sensor{humidity}", [STATION, "urn:linked:other"]),
        ("sensor{Device:humidity}==40", [STATION]),
        ("sensor{Firm,Device:humidity}==40", [STATION]),
        ("sensor{Firm:humidity}==40", []),
        ('sensor{maker{name}}=="x"', [STATION]),
        ('sensor{Device:maker{Firm:name}}=="x";name=="north"', [STATION]),
        ("name{humidity}==40", []),
    ],
)
def test_a_condition_may_be_on_what_a_relationship_leads_to(
    graph: Client, q: str, found: list[str]
) -> None:
    query = {"type": "Station", "q": q, "join": "flat", "joinLevel": "2", "count": "true"}

    answer = graph.get("/entities", **query)

    assert [one["id"] for one in answer.json() if one["type"] == "Station"] == found
    assert answer.headers["ngsild-results-count"] == str(len(found))


@pytest.mark.parametrize(
    "query",
    [
        {"q": "sensor{humidity}==40"},
        {"q": "sensor{maker{name}}", "join": "flat"},
        {"pick": "sensor{humidity}"},
        {"omit": "sensor{maker{name}}", "join": "inline"},
        {"q": "sensor{humidity==40", "join": "flat"},
        {"q": "sensor.maker{name}==40", "join": "flat"},
        {"q": "sensor{}==40", "join": "flat"},
    ],
)
def test_a_request_reaches_no_further_than_its_join(graph: Client, query: dict[str, str]) -> None:
    assert error(graph.get("/entities", type="Station", **query)) == (400, "BadRequestData")


@pytest.mark.parametrize(
    "call",
    [
        lambda api: api.delete("/entities", type="Station", q="sensor{humidity}==40"),
        lambda api: api.get("/temporal/entities", type="Station", timerel="before",
                            timeAt="2030-01-01T00:00:00Z", q="sensor{humidity}==40"),
        lambda api: api.get(f"/temporal/entities/{STATION}", pick="sensor{humidity}"),
        lambda api: api.post("/subscriptions", {
            "type": "Subscription", "entities": [{"type": "Station"}], "q": "sensor{humidity}==40",
            "notification": {"endpoint": {"uri": "http://127.0.0.1:9/"}}}),
    ],
)  # fmt: skip
def test_some_operations_reach_no_linked_entities(graph: Client, call: Any) -> None:
    assert error(call(graph)) == (400, "BadRequestData")
