"""Branches of the twin as snapshots: everything as of their making, with writes of their own."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from tests.ngsi.client import ERRORS, Client

from chaintwin.access.tenants import own_places
from chaintwin.boot import worker
from chaintwin.kit.clock import FixedClock
from chaintwin.twin.twin import Twin
from chaintwin.web.ngsi.instants import write_second

_numbers = count(1)


@pytest.fixture
def kind() -> str:
    return f"Hall{next(_numbers)}"


def inside(uri: str) -> dict[str, Any]:
    return {"headers": {"NGSILD-Snapshot": uri}}


def make(api: Client, uri: str | None = None, path: str = "/snapshots") -> str:
    given = {"type": "Snapshot"} | ({"id": uri} if uri else {})
    answer = api.call("POST", path, json=given)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"].rsplit("/", 1)[-1])


def put(api: Client, uri: str, kind: str, area: int, **more: Any) -> None:
    given = {"id": uri, "type": kind, "area": {"type": "Property", "value": area}}
    answer = api.call("POST", "/entities", json=given, **more)
    assert answer.status_code == 201, answer.text


def area(api: Client, uri: str, **more: Any) -> Any:
    answer = api.call("GET", f"/entities/{uri}", **more)
    return answer.json()["area"]["value"] if answer.is_success else answer.status_code


def ids(api: Client, kind: str, q: str | None = None, **more: Any) -> list[str]:
    params = {"type": kind} | ({"q": q} if q else {})
    return [one["id"] for one in api.call("GET", "/entities", params=params, **more).json()]


def test_what_is_tried_in_a_snapshot_stays_there(api: Client, kind: str) -> None:
    first, second = f"urn:x:{kind}:1", f"urn:x:{kind}:2"
    put(api, first, kind, 10)
    snapshot = inside(make(api))

    change = {"area": {"type": "Property", "value": 99}}
    patched = api.call("PATCH", f"/entities/{first}/attrs", json=change, **snapshot)
    put(api, second, kind, 50, **snapshot)
    later = {"area": {"type": "Property", "value": 11}}
    api.call("PATCH", f"/entities/{first}/attrs", json=later)

    assert patched.status_code == 204
    assert (area(api, first), area(api, first, **snapshot)) == (11, 99)
    assert (area(api, second), area(api, second, **snapshot)) == (404, 50)
    assert ids(api, kind) == [first]
    assert ids(api, kind, **snapshot) == [first, second]
    assert ids(api, kind, "area>60", **snapshot) == [first]


def test_a_snapshot_shows_what_was_there_when_it_was_made(api: Client, kind: str) -> None:
    uri = f"urn:x:{kind}:1"
    put(api, uri, kind, 10)
    snapshot = inside(make(api))

    api.call("PATCH", f"/entities/{uri}/attrs", json={"area": {"type": "Property", "value": 20}})
    put(api, f"urn:x:{kind}:later", kind, 1)

    assert area(api, uri, **snapshot) == 10
    assert ids(api, kind, **snapshot) == [uri]
    assert api.call("DELETE", f"/entities/{uri}", **snapshot).status_code == 204
    assert (area(api, uri), area(api, uri, **snapshot)) == (20, 404)


def test_an_end_moved_in_a_snapshot_moves_there_alone(
    api: Client, kind: str, clock: FixedClock, twin: Twin
) -> None:
    uri, start = f"urn:x:{kind}:1", clock.now()
    soon, late = (write_second(start + timedelta(seconds=after)) for after in (100, 300))
    given = {"id": uri, "type": kind, "area": {"type": "Property", "value": 10}, "expiresAt": soon}
    assert api.call("POST", "/entities", json=given).status_code == 201
    snapshot = inside(make(api))

    moved = api.call("PATCH", f"/entities/{uri}", json={"expiresAt": late}, **snapshot)

    assert moved.status_code == 204
    for after, there in ((200, (404, 10)), (400, (404, 404))):
        clock.move(start + timedelta(seconds=after) - clock.now())
        twin.advance(worker(own_places(twin.database)[-1].id))
        assert (area(api, uri), area(api, uri, **snapshot)) == there


def test_a_clone_begins_where_its_snapshot_stands(api: Client, kind: str) -> None:
    uri = f"urn:x:{kind}:1"
    put(api, uri, kind, 10)
    above = make(api)
    change = {"area": {"type": "Property", "value": 30}}
    api.call("PATCH", f"/entities/{uri}/attrs", json=change, **inside(above))

    clone = make(api, path=f"/snapshots/{above}/clone")

    assert area(api, uri, **inside(clone)) == 30


def test_a_snapshot_is_shown_listed_and_discarded(api: Client, kind: str) -> None:
    uri = make(api, f"urn:ngsi-ld:Snapshot:{kind}")

    shown = api.call("GET", f"/snapshots/{uri}").json()
    listed = [one["id"] for one in api.call("GET", "/snapshots").json()]
    again = api.call("POST", "/snapshots", json={"type": "Snapshot", "id": uri})
    gone = api.call("DELETE", f"/snapshots/{uri}")

    assert (shown["id"], shown["type"], shown["status"]) == (uri, "Snapshot", "ready")
    assert uri in listed
    assert (again.status_code, again.json()["type"]) == (409, ERRORS + "AlreadyExists")
    assert gone.status_code == 204
    assert api.call("GET", f"/snapshots/{uri}").status_code == 404
    assert area(api, f"urn:x:{kind}:1", **inside(uri)) == 404


@pytest.mark.parametrize(
    ("method", "path", "more", "status"),
    [
        ("POST", "/snapshots", {"json": {"type": "Entity"}}, 400),
        ("POST", "/snapshots", {"json": {"type": "Snapshot", "id": "no uri"}}, 400),
        ("POST", "/snapshots/urn:x:404/clone", {"json": {"type": "Snapshot"}}, 404),
        ("GET", "/snapshots/urn:x:404", {}, 404),
        ("GET", "/entities?type=X", inside("urn:x:404"), 404),
        ("GET", "/temporal/entities?type=X", inside("urn:x:404"), 422),
        ("GET", "/types", inside("urn:x:404"), 422),
    ],
)
def test_what_cannot_be_is_refused(
    api: Client, method: str, path: str, more: dict[str, Any], status: int
) -> None:
    assert api.call(method, path, **more).status_code == status
