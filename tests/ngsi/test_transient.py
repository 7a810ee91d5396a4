"""Entities and attributes that are kept up to a moment only (clause 4.22), or made again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.ngsi.client import Client, error, prop

from chaintwin.access.tenants import own_places
from chaintwin.boot import worker
from chaintwin.kit.clock import FixedClock
from chaintwin.twin.twin import Twin
from chaintwin.web.ngsi.instants import write_second


def later(clock: FixedClock, seconds: int) -> str:
    return write_second(clock.now() + timedelta(seconds=seconds))


def test_a_transient_entity_is_gone_in_time(api: Client, clock: FixedClock, twin: Twin) -> None:
    end = later(clock, 100)
    uri = api.entity("Alert", level=prop(3), expiresAt=end)
    api.post(f"/entities/{uri}/attrs", {"note": prop("x")})

    assert "expiresAt" not in api.read(uri)
    assert api.read(uri, options="sysAttrs")["expiresAt"] == end
    clock.move(timedelta(seconds=100))
    assert error(api.get(f"/entities/{uri}")) == (404, "ResourceNotFound")
    assert api.get("/entities", type="Alert").json() == []

    twin.advance(worker(own_places(twin.database)[-1].id))

    query = {"type": "Alert", "limit": "0", "count": "true"}
    assert api.get("/entities", **query).headers["ngsild-results-count"] == "0"
    assert api.get(f"/entities/{uri}", validAt=later(clock, -60)).json()["level"] == prop(3)
    told = api.get(f"/temporal/entities/{uri}", options="sysAttrs").json()
    assert told["deletedAt"].removesuffix("Z") == end.removesuffix("Z")


@pytest.mark.parametrize("swept", [True, False])
def test_an_expired_entity_may_be_created_again(
    api: Client, clock: FixedClock, twin: Twin, swept: bool
) -> None:
    uri = api.entity("Alert", level=prop(3), note=prop("old"), expiresAt=later(clock, 10))
    clock.move(timedelta(seconds=20))
    if swept:
        twin.advance(worker(own_places(twin.database)[-1].id))

    assert api.post("/entities", {"id": uri, "type": "Alert", "level": prop(1)}).status_code == 201

    clock.move(timedelta(days=1))
    assert api.read(uri) == {"id": uri, "type": "Alert", "level": prop(1)}


@pytest.mark.parametrize(
    ("seconds", "is_there"), [(50, {40: True, 70: False}), (300, {200: True, 400: False})]
)
def test_the_end_may_be_moved(
    api: Client, clock: FixedClock, twin: Twin, seconds: int, is_there: dict[int, bool]
) -> None:
    uri = api.entity("Alert", level=prop(3), expiresAt=later(clock, 100))
    start = clock.now()

    api.patch(f"/entities/{uri}", {"expiresAt": later(clock, seconds)})

    for after, there in is_there.items():
        clock.move(start + timedelta(seconds=after) - clock.now())
        twin.advance(worker(own_places(twin.database)[-1].id))
        assert (api.get(f"/entities/{uri}").status_code == 200) == there


def test_the_end_may_be_taken_away(api: Client, clock: FixedClock, twin: Twin) -> None:
    uri = api.entity("Alert", level=prop(3), scope="/a", expiresAt=later(clock, 100))

    api.patch(f"/entities/{uri}", {"expiresAt": "urn:ngsi-ld:null"})

    clock.move(timedelta(days=1))
    twin.advance(worker(own_places(twin.database)[-1].id))
    assert api.read(uri, options="sysAttrs")["level"]["value"] == 3
    assert api.read(uri) == {"id": uri, "type": "Alert", "scope": "/a", "level": prop(3)}


@pytest.mark.parametrize("seconds", [30, 300, None])
def test_a_value_ends_when_it_says_wherever_the_end_of_its_entity_moves(
    api: Client, clock: FixedClock, twin: Twin, seconds: int | None
) -> None:
    until = prop(later(clock, 60))
    uri = api.entity("Room", heat=prop(1, validTo=until), dry=prop(2), expiresAt=later(clock, 100))
    start = clock.now()

    api.patch(f"/entities/{uri}", {"expiresAt": later(clock, 30)})
    moved = "urn:ngsi-ld:null" if seconds is None else later(clock, seconds)
    api.patch(f"/entities/{uri}", {"expiresAt": moved})

    for after, held in ((20, {"heat", "dry"}), (70, {"dry"} if seconds != 30 else set())):
        clock.move(start + timedelta(seconds=after) - clock.now())
        twin.advance(worker(own_places(twin.database)[-1].id))
        assert api.get(f"/entities/{uri}").json().keys() & {"heat", "dry"} == held


def test_a_value_replaced_with_the_end_of_its_entity_has_an_end_of_its_own(
    api: Client, clock: FixedClock, twin: Twin
) -> None:
    heat = prop(1, validTo=prop(later(clock, 60)))
    uri = api.entity("Room", heat=heat, expiresAt=later(clock, 100))

    api.post(f"/entities/{uri}/attrs", {"heat": prop(2), "expiresAt": later(clock, 300)})

    clock.move(timedelta(seconds=200))
    twin.advance(worker(own_places(twin.database)[-1].id))
    assert api.read(uri) == {"id": uri, "type": "Room", "heat": prop(2)}


def test_a_transient_attribute_is_gone_in_time(api: Client, clock: FixedClock, twin: Twin) -> None:
    end = later(clock, 30)
    uri = api.entity("Room", heat=prop(1, expiresAt=end), wet=prop(2, expiresAt=end), dry=prop(3))
    api.patch(f"/entities/{uri}/attrs", {"wet": prop(4)})

    assert api.read(uri, options="sysAttrs")["heat"]["expiresAt"] == end
    clock.move(timedelta(seconds=40))
    assert api.read(uri) == {"id": uri, "type": "Room", "wet": prop(4), "dry": prop(3)}
    twin.advance(worker(own_places(twin.database)[-1].id))
    assert api.read(uri) == {"id": uri, "type": "Room", "wet": prop(4), "dry": prop(3)}


@pytest.mark.parametrize("expires", ["soon", 3, "2020-01-01T00:00:00Z"])
def test_an_end_that_is_none_is_refused(api: Client, expires: Any) -> None:
    body = {"id": "urn:alert:bad", "type": "Alert", "expiresAt": expires}

    assert error(api.post("/entities", body)) == (400, "BadRequestData")
    assert api.get("/entities/urn:alert:bad").status_code == 404


def test_an_entity_created_again_as_another_type_is_a_body_of_that_kind(
    api: Client, twin: Twin
) -> None:
    uri = api.entity(speed=prop(1))
    asker = worker(own_places(twin.database)[-1].id)
    with twin.view(asker) as view:
        before = view.find_key("uri", uri)
    api.delete(f"/entities/{uri}")

    api.post("/entities", {"id": uri, "type": "Boat", "draught": prop(2)})

    assert api.read(uri) == {"id": uri, "type": "Boat", "draught": prop(2)}
    assert [one["id"] for one in api.get("/entities", type="Boat").json()].count(uri) == 1
    with twin.view(asker) as view:
        body = view.find_key("uri", uri)
        assert before is not None
        assert body is not None
        assert view.kind_of(body).endswith("/Boat")
        assert view.kind_of(before).endswith("/Vehicle")
        assert view.history(before)
