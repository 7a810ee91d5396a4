"""Operations on many entities at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.ngsi.client import Client, error, prop, rel

from chaintwin.access.tenants import own_places
from chaintwin.boot import worker
from chaintwin.kit.clock import FixedClock
from chaintwin.twin.twin import Twin
from chaintwin.web.ngsi.instants import write_second


def some(*numbers: int, **more: Any) -> list[dict[str, Any]]:
    return [{"id": f"urn:batch:{n}", "type": "Batched", **more} for n in numbers]


@pytest.fixture
def clean(api: Client) -> Client:
    api.delete("/entities", type="Batched,Odd")
    return api


def test_new_entities_are_created(clean: Client) -> None:
    answer = clean.post("/entityOperations/create", some(1, 2, p=prop(1)))

    assert (answer.status_code, answer.json()) == (201, ["urn:batch:1", "urn:batch:2"])
    assert clean.read("urn:batch:2")["p"] == prop(1)


def test_what_fails_is_told_and_the_rest_is_done(clean: Client) -> None:
    clean.post("/entityOperations/create", some(1))

    answer = clean.post(
        "/entityOperations/create", [*some(1, 2), {"id": "urn:batch:3"}, {"type": "T"}, 5, *some(2)]
    )

    told = answer.json()
    assert answer.status_code == 207
    assert told["success"] == ["urn:batch:2"]
    kinds = [one["error"]["type"].rsplit("/", 1)[-1] for one in told["errors"]]
    assert sorted(kinds) == ["AlreadyExists"] * 2 + ["BadRequestData"] * 3
    assert {one.get("entityId") for one in told["errors"]} == {
        "urn:batch:1", "urn:batch:2", "urn:batch:3", None,
    }  # fmt: skip
    assert clean.get("/entities/urn:batch:3").status_code == 404


def test_an_upsert_tells_what_it_made(clean: Client) -> None:
    first = clean.post("/entityOperations/upsert", some(1, 2, p=prop(1), q=prop(1)))
    second = clean.post("/entityOperations/upsert", some(2, 3, p=prop(2)))
    third = clean.post("/entityOperations/upsert", some(2, 3, p=prop(3)))

    assert (first.status_code, first.json()) == (201, ["urn:batch:1", "urn:batch:2"])
    assert (second.status_code, second.json()) == (201, ["urn:batch:3"])
    assert (third.status_code, third.content) == (204, b"")
    assert clean.read("urn:batch:2") == some(2, p=prop(3))[0]


def test_an_upsert_may_update_instead_of_replacing(clean: Client) -> None:
    clean.post("/entityOperations/create", some(1, p=prop(1), q=prop(1)))

    answer = clean.post("/entityOperations/upsert", some(1, p=prop(2)), options="update")

    assert answer.status_code == 204
    assert clean.read("urn:batch:1") == some(1, p=prop(2), q=prop(1))[0]


@pytest.mark.parametrize(("options", "left"), [("", 2), ("noOverwrite", 1)])
def test_an_update_adds_and_overwrites(clean: Client, options: str, left: int) -> None:
    clean.post("/entityOperations/create", some(1, p=prop(1)))

    clean.post("/entityOperations/update", some(1, p=prop(2), q=prop(9)), options=options)

    assert clean.read("urn:batch:1") == some(1, p=prop(left), q=prop(9))[0]


@pytest.mark.parametrize("operation", ["update", "merge"])
def test_entities_that_are_not_there_are_reported(clean: Client, operation: str) -> None:
    clean.post("/entityOperations/create", some(1, p=prop(1)))

    answer = clean.post(f"/entityOperations/{operation}", some(1, 2, p=prop(2)))

    assert answer.status_code == 207
    assert answer.json()["success"] == ["urn:batch:1"]
    found = answer.json()["errors"][0]
    assert found["entityId"] == "urn:batch:2"
    assert found["error"]["type"].endswith("ResourceNotFound")
    assert clean.read("urn:batch:1")["p"] == prop(2)


def test_a_merge_removes_by_null(clean: Client) -> None:
    clean.post("/entityOperations/create", some(1, p=prop(1, unitCode="KMH"), q=prop(1)))

    answer = clean.post("/entityOperations/merge", some(1, p={"value": 2}, q="urn:ngsi-ld:null"))

    assert answer.status_code == 204
    assert clean.read("urn:batch:1") == some(1, p=prop(2, unitCode="KMH"))[0]


def test_entities_are_deleted_by_id(clean: Client) -> None:
    clean.post("/entityOperations/create", some(1, 2, 3))

    every = clean.post("/entityOperations/delete", ["urn:batch:1", "urn:batch:2"])
    part = clean.post("/entityOperations/delete", ["urn:batch:3", "urn:batch:9", "no uri"])

    assert every.status_code == 204
    assert part.status_code == 207
    assert part.json()["success"] == ["urn:batch:3"]
    assert [one["error"]["status"] for one in part.json()["errors"]] == [404, 400]


def test_an_entity_that_stands_twice_is_treated_twice(clean: Client) -> None:
    answer = clean.post("/entityOperations/upsert", [*some(1, p=prop(1)), *some(1, p=prop(2))])

    assert answer.status_code == 201
    assert clean.read("urn:batch:1")["p"] == prop(2)


@pytest.mark.parametrize("operation", ["create", "upsert", "update", "merge", "delete"])
@pytest.mark.parametrize("body", [[], {}, {"id": "urn:a:1"}, 3, "text"])
def test_a_batch_is_a_list(clean: Client, operation: str, body: Any) -> None:
    assert error(clean.post(f"/entityOperations/{operation}", body)) == (400, "BadRequestData")


def test_each_entity_of_a_batch_may_bring_its_own_context(clean: Client) -> None:
    contexts = [{"Odd": "http://a.org/Odd"}, {"Odd": "http://b.org/Odd"}]
    batch = [
        {"id": f"urn:batch:{n}", "type": "Odd", "@context": context}
        for n, context in enumerate(contexts)
    ]

    assert clean.post("/entityOperations/create", batch).status_code == 201
    assert clean.read("urn:batch:0")["type"] == "http://a.org/Odd"
    assert clean.read("urn:batch:1")["type"] == "http://b.org/Odd"
    assert clean.delete("/entities", type="http://a.org/Odd,http://b.org/Odd").status_code == 204


def test_a_value_of_the_wrong_type_fails_alone(clean: Client) -> None:
    firms = [
        {"id": f"urn:firm:{n}", "type": "urn:chaintwin:ns:Company",
         "urn:chaintwin:ns:employees": prop(value)}
        for n, value in ((1, 100), (2, "many"))
    ]  # fmt: skip

    answer = clean.post("/entityOperations/create", firms)

    assert answer.status_code == 207
    assert answer.json()["success"] == ["urn:firm:1"]
    assert answer.json()["errors"][0]["entityId"] == "urn:firm:2"
    assert clean.get("/entities/urn:firm:2").status_code == 404


def later(clock: FixedClock, seconds: int) -> str:
    return write_second(clock.now() + timedelta(seconds=seconds))


def test_an_entity_that_failed_keeps_its_end(clean: Client, clock: FixedClock, twin: Twin) -> None:
    clean.post("/entityOperations/create", some(1, p=prop(1), expiresAt=later(clock, 100)))

    answer = clean.post(
        "/entityOperations/update", [*some(1, expiresAt="2000-01-01T00:00:00Z"), *some(2)]
    )

    assert answer.status_code == 207
    clock.move(timedelta(seconds=200))
    twin.advance(worker(own_places(twin.database)[-1].id))
    query = {"type": "Batched", "limit": "0", "count": "true"}
    assert clean.get("/entities", **query).headers["ngsild-results-count"] == "0"
    assert "deletedAt" in clean.get("/temporal/entities/urn:batch:1", options="sysAttrs").json()


def test_an_id_whose_new_entity_failed_still_names_the_old_one(
    clean: Client, clock: FixedClock, twin: Twin
) -> None:
    uri = "urn:batch:gone"
    clean.post("/entities", {"id": uri, "type": "Batched", "p": prop(1)})
    clean.delete(f"/entities/{uri}")
    wrong = {"id": uri, "type": "Odd", "expiresAt": "2000-01-01T00:00:00Z"}
    fresh = {"id": "urn:batch:never", "type": "Odd", "expiresAt": "2000-01-01T00:00:00Z"}
    right = some(9, of=rel("urn:batch:never"))

    answer = clean.post("/entityOperations/upsert", [wrong, fresh, *right])

    assert [one["entityId"] for one in answer.json()["errors"]] == [uri, "urn:batch:never"]
    assert clean.get(f"/temporal/entities/{uri}").json()["p"][0]["value"] == 1
    with twin.view(worker(own_places(twin.database)[-1].id)) as view:
        assert view.find_key("uri", "urn:batch:never") is None
    again = clean.post("/entityOperations/upsert", [{"id": uri, "type": "Odd", "q": prop(2)}])
    assert (again.status_code, again.json()) == (201, [uri])
    assert clean.read(uri) == {"id": uri, "type": "Odd", "q": prop(2)}
