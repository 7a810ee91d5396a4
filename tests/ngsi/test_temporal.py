"""The temporal evolution: writing, correcting, reading, aggregating."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from tests.ngsi.client import Client, error, prop, rel

_numbers = count(1)
OTHER = "urn:ngsi-ld:Dataset:2"


def at(minute: int, hour: int = 12) -> str:
    return f"2020-09-01T{hour:02d}:{minute:02d}:00Z"


def history(api: Client, kind: str = "Vehicle", **attributes: Any) -> str:
    uri = f"urn:history:{kind}:{next(_numbers)}"
    answer = api.post("/temporal/entities", {"id": uri, "type": kind, **attributes})
    assert answer.status_code == 201, answer.text
    return uri


def values(api: Client, uri: str, name: str = "speed", **query: Any) -> list[Any]:
    answer = api.get(f"/temporal/entities/{uri}", **query)
    assert answer.status_code in (200, 206), answer.text
    return [one["value"] for one in answer.json().get(name, [])]


@pytest.fixture
def car(api: Client) -> str:
    """A vehicle whose speed was 10, 20, 30, 40 at minutes 1 to 4, and its fuel 9 at minute 2."""
    speeds = [prop(n * 10, observedAt=at(n)) for n in range(1, 5)]
    return history(api, speed=speeds, fuel=[prop(9, observedAt=at(2))])


def test_a_history_is_written_and_read(api: Client, car: str) -> None:
    answer = api.get(f"/temporal/entities/{car}", attrs="speed")
    found = answer.json()

    assert (found["id"], found["type"]) == (car, "Vehicle")
    assert [(one["value"], one["observedAt"]) for one in found["speed"]] == [
        (n * 10, at(n)) for n in range(1, 5)
    ]
    assert len({one["instanceId"] for one in found["speed"]}) == 4


def test_a_history_makes_the_current_state(api: Client, car: str) -> None:
    assert api.read(car)["speed"] == prop(40, observedAt=at(4))


def test_what_is_written_twice_adds_to_the_history(api: Client, car: str) -> None:
    more = {"id": car, "type": "Vehicle", "speed": [prop(50, observedAt=at(5))]}

    assert api.post("/temporal/entities", more).status_code == 204
    assert values(api, car) == [10, 20, 30, 40, 50]


def test_updates_of_the_current_state_become_history(api: Client) -> None:
    uri = api.entity(speed=prop(1, observedAt=at(1)))
    api.patch(f"/entities/{uri}/attrs/speed", prop(2, observedAt=at(2)))
    api.put(f"/entities/{uri}", {"type": "Vehicle", "speed": prop(3, observedAt=at(3))})

    assert values(api, uri) == [1, 2, 3]


def test_an_instance_that_arrives_late_takes_its_place(api: Client, car: str) -> None:
    late = {"speed": [prop(25, observedAt="2020-09-01T12:02:30Z")]}

    assert api.post(f"/temporal/entities/{car}/attrs", late).status_code == 204
    assert values(api, car) == [10, 20, 25, 30, 40]
    assert api.read(car)["speed"]["value"] == 40


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [10, 20, 30, 40]),
        ({"timerel": "before", "timeAt": at(3)}, [10, 20]),
        ({"timerel": "after", "timeAt": at(2)}, [30, 40]),
        ({"timerel": "between", "timeAt": at(2), "endTimeAt": at(4)}, [20, 30]),
        ({"lastN": "2"}, [40, 30]),
        ({"timerel": "before", "timeAt": at(4), "lastN": "2"}, [30, 20]),
        ({"timerel": "after", "timeAt": at(9)}, []),
        ({"timerel": "after", "timeAt": at(1), "timeproperty": "createdAt"}, [10, 20, 30, 40]),
        ({"timerel": "before", "timeAt": at(9), "timeproperty": "modifiedAt"}, []),
    ],
)
def test_instances_are_chosen_by_time(
    api: Client, car: str, query: dict[str, str], found: list[int]
) -> None:
    assert values(api, car, **query) == found


@pytest.mark.parametrize(
    "query",
    [
        {"timerel": "during", "timeAt": at(1)},
        {"timerel": "before"},
        {"timeAt": at(1)},
        {"timerel": "before", "timeAt": "noon"},
        {"timerel": "between", "timeAt": at(1)},
        {"timerel": "between", "timeAt": at(3), "endTimeAt": at(1)},
        {"timerel": "before", "timeAt": at(1), "endTimeAt": at(2)},
        {"timeproperty": "bornAt"},
        {"lastN": "0"},
        {"lastN": "-1"},
        {"lastN": "some"},
        {"options": "aggregatedValues"},
        {"options": "aggregatedValues", "aggrMethods": "median"},
        {"options": "aggregatedValues", "aggrMethods": "avg", "aggrPeriodDuration": "daily"},
        {"options": "aggregatedValues,temporalValues", "aggrMethods": "avg"},
    ],
)
def test_a_temporal_query_that_breaks_a_rule_is_refused(
    api: Client, car: str, query: dict[str, str]
) -> None:
    assert error(api.get(f"/temporal/entities/{car}", **query)) == (400, "BadRequestData")


def test_values_are_told_in_short(api: Client) -> None:
    uri = history(
        api,
        speed=[prop(1, observedAt=at(1)), prop(2, observedAt=at(2))],
        owner=[rel("urn:a:1", observedAt=at(1))],
        label=[{"type": "LanguageProperty", "languageMap": {"en": "a"}, "observedAt": at(1)}],
    )

    for how in ("options", "format"):
        found = api.get(f"/temporal/entities/{uri}", **{how: "temporalValues"}).json()

        assert found["speed"] == {"type": "Property", "values": [[1, at(1)], [2, at(2)]]}
        assert found["owner"] == {"type": "Relationship", "objects": [["urn:a:1", at(1)]]}
        assert found["label"] == {
            "type": "LanguageProperty", "languageMaps": [[{"en": "a"}, at(1)]]
        }  # fmt: skip


@pytest.mark.parametrize(
    ("method", "figures"),
    [
        ("avg", [15.0, 35.0]),
        ("sum", [30, 70]),
        ("min", [10, 30]),
        ("max", [20, 40]),
        ("totalCount", [2, 2]),
        ("distinctCount", [2, 2]),
        ("stddev", [5.0, 5.0]),
        ("sumsq", [500, 2500]),
    ],
)
def test_values_are_aggregated_by_period(
    api: Client, car: str, method: str, figures: list[float]
) -> None:
    query = {"timerel": "after", "timeAt": at(0, 12), "attrs": "speed"}

    found = api.get(
        f"/temporal/entities/{car}",
        options="aggregatedValues",
        aggrMethods=method,
        aggrPeriodDuration="PT2M",
        **query | {"timeAt": "2020-09-01T12:00:59Z"},
    ).json()

    told = found["speed"][method]
    assert [one[0] for one in told] == figures
    assert [one[1:] for one in told] == [
        ["2020-09-01T12:00:59Z", "2020-09-01T12:02:59Z"],
        ["2020-09-01T12:02:59Z", "2020-09-01T12:04:59Z"],
    ]


def test_values_are_aggregated_over_the_whole_span(api: Client, car: str) -> None:
    found = api.get(f"/temporal/entities/{car}", options="aggregatedValues",
                    aggrMethods="max,totalCount", timerel="between", timeAt=at(0),
                    endTimeAt=at(30)).json()  # fmt: skip

    assert found["speed"]["max"] == [[40, "2020-09-01T12:00:00Z", "2020-09-01T12:30:00Z"]]
    assert found["speed"]["totalCount"][0][0] == 4


def test_values_of_other_types_are_counted_too(api: Client) -> None:
    uri = history(api, word=[prop(w, observedAt=at(n)) for n, w in enumerate(["b", "a", "a"])],
                  flag=[prop(n > 0, observedAt=at(n)) for n in range(4)])  # fmt: skip

    found = api.get(f"/temporal/entities/{uri}", options="aggregatedValues",
                    aggrMethods="min,max,avg,distinctCount").json()  # fmt: skip

    assert [found["word"][name][0][0] for name in ("min", "max", "distinctCount")] == ["a", "b", 2]
    assert found["word"]["avg"] == []
    assert found["flag"]["avg"][0][0] == 0.75


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"type": "Lorry"}, [1, 2, 3]),
        ({"type": "Lorry", "q": "speed>25"}, [3]),
        ({"type": "Lorry", "id": "urn:lorry:2"}, [2]),
        ({"type": "Lorry", "attrs": "fuel"}, [1]),
        ({"type": "Lorry", "limit": "2"}, [1, 2]),
        ({"type": "Lorry", "limit": "2", "offset": "2"}, [3]),
        ({"type": "Plane"}, []),
    ],
)
def test_histories_are_queried(api: Client, query: dict[str, str], found: list[int]) -> None:
    for n in range(1, 4):
        more = {"fuel": [prop(1, observedAt=at(1))]} if n == 1 else {}
        api.post("/temporal/entities", {"id": f"urn:lorry:{n}", "type": "Lorry", **more,
                                        "speed": [prop(n * 10, observedAt=at(n))]})  # fmt: skip

    answer = api.get("/temporal/entities", timerel="after", timeAt=at(0), count="true", **query)

    assert answer.status_code == 200, answer.text
    assert [one["id"] for one in answer.json()] == [f"urn:lorry:{n}" for n in found]
    if "limit" in query:
        assert answer.headers["ngsild-results-count"] == "3"


def test_a_query_for_histories_needs_a_time_and_a_condition(api: Client) -> None:
    assert error(api.get("/temporal/entities", type="Vehicle")) == (400, "BadRequestData")
    assert error(api.get("/temporal/entities", timerel="after", timeAt=at(0))) == (
        400, "BadRequestData",
    )  # fmt: skip


def test_histories_are_queried_by_a_document(api: Client, car: str) -> None:
    document = {
        "type": "Query",
        "entities": [{"type": "Vehicle", "id": car}],
        "temporalQ": {"timerel": "before", "timeAt": at(2)},
    }

    found = api.post("/temporal/entityOperations/query", document).json()

    assert [one["value"] for one in found[0]["speed"]] == [10]
    without = {name: value for name, value in document.items() if name != "temporalQ"}
    assert error(api.post("/temporal/entityOperations/query", without)) == (400, "BadRequestData")


def test_a_long_history_is_told_in_parts(api: Client) -> None:
    short = history(api, speed=[prop(n, observedAt=at(n)) for n in range(20)])
    long = history(api, speed=[prop(n, observedAt=at(n)) for n in range(40)])

    assert api.get(f"/temporal/entities/{short}").status_code == 200
    first = api.get(f"/temporal/entities/{long}")
    last = api.get(f"/temporal/entities/{long}", lastN=35)

    assert first.status_code == last.status_code == 206
    assert first.headers["content-range"] == "date-time 2020-09-01T12:00:00-2020-09-01T12:29:00/*"
    assert last.headers["content-range"] == "date-time 2020-09-01T12:39:00-2020-09-01T12:10:00/35"
    assert [one["value"] for one in first.json()["speed"]] == list(range(30))


def test_an_instance_is_corrected_and_keeps_its_id(api: Client, car: str) -> None:
    first = api.get(f"/temporal/entities/{car}").json()["speed"][0]["instanceId"]
    path = f"/temporal/entities/{car}/attrs/speed/{first}"

    assert api.patch(path, {"value": 11}).status_code == 204
    assert api.patch(path, {"speed": [{"type": "Property", "value": 12}]}).status_code == 204

    found = api.get(f"/temporal/entities/{car}", options="sysAttrs").json()["speed"][0]
    assert (found["value"], found["instanceId"]) == (12, first)
    assert found["createdAt"] < found["modifiedAt"]


def test_an_instance_is_deleted(api: Client, car: str) -> None:
    latest = api.get(f"/temporal/entities/{car}").json()["speed"][-1]["instanceId"]
    path = f"/temporal/entities/{car}/attrs/speed/{latest}"

    assert api.delete(path).status_code == 204
    assert error(api.delete(path)) == (404, "ResourceNotFound")
    assert values(api, car) == [10, 20, 30]
    assert api.read(car)["speed"]["value"] == 30


@pytest.mark.parametrize(
    ("query", "left"),
    [({}, [2]), ({"datasetId": OTHER}, [1]), ({"deleteAll": "true"}, [])],
)
def test_a_series_is_deleted(api: Client, query: dict[str, str], left: list[int]) -> None:
    uri = history(
        api, speed=[prop(1, observedAt=at(1)), prop(2, observedAt=at(1), datasetId=OTHER)]
    )

    assert api.delete(f"/temporal/entities/{uri}/attrs/speed", **query).status_code == 204
    assert values(api, uri) == left


def test_a_history_is_deleted(api: Client, car: str) -> None:
    assert api.delete(f"/temporal/entities/{car}").status_code == 204
    assert error(api.get(f"/temporal/entities/{car}")) == (404, "ResourceNotFound")
    assert error(api.get(f"/entities/{car}")) == (404, "ResourceNotFound")


def test_a_deleted_entity_keeps_its_history(api: Client, car: str) -> None:
    api.delete(f"/entities/{car}")

    assert values(api, car) == [10, 20, 30, 40]
    gone = api.get(f"/temporal/entities/{car}", timeproperty="deletedAt", timerel="after",
                   timeAt=at(0)).json()  # fmt: skip
    assert gone["speed"][0]["value"] == "urn:ngsi-ld:null"
    assert gone["speed"][0]["deletedAt"] > "2026"


def test_a_history_is_told_as_it_was_known(api: Client, car: str) -> None:
    then = api.read(car, options="sysAttrs")["speed"]["modifiedAt"]
    api.delete(f"/temporal/entities/{car}/attrs/speed")

    assert values(api, car) == []
    assert values(api, car, knownAt=then) == [10, 20, 30, 40]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/temporal/entities/urn:a:none", None),
        ("DELETE", "/temporal/entities/urn:a:none", None),
        ("POST", "/temporal/entities/urn:a:none/attrs", {"p": [prop(1)]}),
        ("DELETE", "/temporal/entities/urn:a:none/attrs/p", None),
        ("DELETE", "/temporal/entities/{car}/attrs/none", None),
        ("PATCH", "/temporal/entities/{car}/attrs/speed/urn:a:none", {"value": 1}),
        ("PATCH", "/temporal/entities/{car}/attrs/none/urn:a:none", {"value": 1}),
        ("DELETE", "/temporal/entities/urn:a:none/attrs/p/urn:a:none", None),
    ],
)
def test_what_is_not_there_is_not_found(
    api: Client, car: str, method: str, path: str, body: Any
) -> None:
    path = path.format(car=car)
    answer = api.call(method, path) if body is None else api.send(method, path, body)

    assert error(answer) == (404, "ResourceNotFound")


@pytest.mark.parametrize(
    "given",
    [
        {"type": "T", "p": [prop(1)]},
        {"id": "urn:a:t", "p": [prop(1)]},
        {"id": "urn:a:t", "type": "T", "p": []},
        {"id": "urn:a:t", "type": "T", "p": ["text"]},
        {"id": "urn:a:t", "type": "T", "p": [prop(1, observedAt="noon")]},
        {"id": "urn:a:t", "type": "T", "p": [{"type": "Property"}]},
        [],
    ],
)
def test_a_history_that_breaks_a_rule_is_refused(api: Client, given: Any) -> None:
    assert error(api.post("/temporal/entities", given)) == (400, "BadRequestData")
    assert api.get("/temporal/entities/urn:a:t").status_code == 404


@pytest.mark.parametrize("period", ["PT0S", "PT7M", "P1M", "P1DT2H"])
@pytest.mark.parametrize(
    "times",
    [
        {},
        {"timerel": "after", "timeAt": at(3)},
        {"timerel": "before", "timeAt": at(40)},
        {"timerel": "between", "timeAt": at(3), "endTimeAt": at(40)},
    ],
)
def test_the_store_computes_what_the_instances_come_to(
    api: Client, period: str, times: dict[str, str]
) -> None:
    series = [prop((n * 37) % 11, observedAt=at(n)) for n in range(0, 60, 3)]
    uri = history(api, n=series, m=[prop(n / 4, observedAt=at(n, 13)) for n in range(5)])
    query = {"options": "aggregatedValues", "aggrPeriodDuration": period, **times,
             "aggrMethods": "totalCount,distinctCount,sum,avg,min,max,stddev,sumsq"}  # fmt: skip

    quick = api.get(f"/temporal/entities/{uri}", **query).json()
    slow = api.get("/temporal/entities", id=uri, local="true",
                   **{"timerel": "after", "timeAt": "2000-01-01T00:00:00Z"} | query)  # fmt: skip

    if times:
        assert len(slow.json()) == 1
        for name in ("n", "m"):
            for method, figures in slow.json()[0].get(name, {"avg": []}).items():
                if method != "type":
                    found = quick.get(name, {}).get(method, [])
                    assert [one[1:] for one in found] == [one[1:] for one in figures]
                    assert [one[0] for one in found] == pytest.approx([one[0] for one in figures])
    assert quick["n"]["totalCount"]
