"""The routes of the boundary layer: who sees it, how it travels, who may change what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from fastapi.testclient import TestClient

from chaintwin.access.accounts import Accounts, NewAccount
from chaintwin.access.tenants import make_place
from chaintwin.engine.database import Database
from chaintwin.engine.postgres import Cluster
from chaintwin.kit.clock import FixedClock
from chaintwin.kit.places import Places
from chaintwin.model.fact import Label
from chaintwin.model.kinds import load_kinds
from chaintwin.physical.maps import layer
from chaintwin.physical.maps.completeness import MUSTS
from chaintwin.twin.twin import Twin
from chaintwin.web.app import build_app

from .drawn import NOW, install, nation, town

PASSWORD = "correct horse 9"


@pytest.fixture(scope="module")
def places_served(tmp_path_factory: pytest.TempPathFactory) -> Places:
    return Places(tmp_path_factory.mktemp("data")).make()


@pytest.fixture(scope="module")
def application(database: Cluster, places_served: Places) -> Iterator[TestClient]:
    pool = Database(database.app_url)
    clock = FixedClock(NOW)
    twin = Twin(pool, load_kinds(), clock)
    here = make_place(pool, [("990100", "甲市")])
    accounts = Accounts(pool, clock)
    for role in ("administrator", "officer", "auditor"):
        accounts.make(
            NewAccount(here, role, role, PASSWORD, frozenset({role}), frozenset({Label.PUBLIC}))
        )
    with TestClient(build_app(twin, places_served), base_url="http://localhost") as client:
        yield client
    pool.close()


@pytest.fixture
def log_in(application: TestClient, places_served: Places) -> Callable[[str], TestClient]:
    def enter(login: str) -> TestClient:
        client = TestClient(application.app, base_url="http://localhost")
        given = {"login": login, "password": PASSWORD}
        assert client.post("/api/v1/session", json=given).status_code == 200
        return client

    layer.remove_layer(places_served)
    return enter


def test_nobody_sees_boundaries_without_logging_in(application: TestClient) -> None:
    assert TestClient(application.app).get("/api/v1/map/220000.geojson").status_code == 401


def test_without_a_layer_the_way_to_one_is_told(log_in: Callable[[str], TestClient]) -> None:
    client = log_in("officer")

    absent = client.get("/api/v1/map/220000.geojson")
    english = client.get("/api/v1/map/220000.geojson", headers={"Accept-Language": "en"})

    assert absent.status_code == 404
    assert absent.headers["content-type"] == "application/problem+json"
    assert "chaintwin map --build" in absent.json()["detail"]
    assert "schematic" in english.json()["detail"]
    assert client.get("/api/v1/map").json()["present"] is False


def test_boundaries_travel_packed_and_only_when_they_changed(
    log_in: Callable[[str], TestClient], places_served: Places
) -> None:
    client = log_in("officer")
    install(places_served, nation())

    first = client.get("/api/v1/map/100000.geojson")
    again = client.get(
        "/api/v1/map/100000.geojson", headers={"If-None-Match": first.headers["etag"]}
    )
    plain = client.get("/api/v1/map/100000.geojson", headers={"Accept-Encoding": "identity"})

    assert first.headers["content-type"] == "application/geo+json"
    assert first.headers["content-encoding"] == "gzip"
    assert "max-age" in first.headers["cache-control"]
    assert (again.status_code, again.content) == (304, b"")
    assert "content-encoding" not in plain.headers
    assert plain.json() == first.json()


def test_a_region_that_is_no_code_is_refused(log_in: Callable[[str], TestClient]) -> None:
    refused = log_in("officer").get("/api/v1/map/changchun.geojson")

    assert refused.status_code == 422
    assert "changchun" in refused.json()["detail"]


def test_an_administrator_enters_the_review_number_and_everybody_sees_it(
    log_in: Callable[[str], TestClient], places_served: Places
) -> None:
    client = log_in("administrator")
    install(places_served, town())
    before = client.get("/api/v1/map/990100.geojson")

    put = client.put("/api/v1/map/review-number", json={"review_number": "GS（2099）0002号"})
    seen = client.get(
        "/api/v1/map/990100.geojson", headers={"If-None-Match": before.headers["etag"]}
    )

    assert before.json()["label"] == "示例，未送审"
    assert put.json()["label"]["zh"] == "审图号：GS(2099)0002号"
    assert seen.status_code == 200
    assert "审图号：GS(2099)0002号" in seen.json()["notice"]


def test_only_an_administrator_enters_the_review_number_and_it_is_on_record(
    log_in: Callable[[str], TestClient], places_served: Places
) -> None:
    officer, administrator, auditor = map(log_in, ("officer", "administrator", "auditor"))
    install(places_served, town())
    given = {"review_number": "GS(2099)0003号"}

    refused = officer.put("/api/v1/map/review-number", json=given)
    wrong = administrator.put("/api/v1/map/review-number", json={"review_number": "已审"})
    untouched = officer.get("/api/v1/map").json()
    administrator.put("/api/v1/map/review-number", json=given)

    assert (refused.status_code, wrong.status_code) == (403, 422)
    assert untouched["review_number"] is None
    acts = auditor.get("/api/v1/audit").json()["items"]
    assert acts[0]["action"] == "map_review_number"
    assert acts[0]["about"] == "GS(2099)0003号"


def test_the_layer_tells_whether_the_nation_was_checked_and_what_it_lacks(
    log_in: Callable[[str], TestClient], places_served: Places
) -> None:
    client = log_in("officer")
    install(places_served, town())
    unknown = client.get("/api/v1/map").json()["national"]
    install(places_served, nation())
    complete = client.get("/api/v1/map").json()["national"]
    install(places_served, nation(without=MUSTS[3]))
    lacking = client.get("/api/v1/map").json()["national"]

    assert unknown == {"present": False, "checked": False, "missing": []}
    assert complete == {"present": True, "checked": True, "missing": []}
    assert lacking["present"] is False
    assert lacking["missing"] == [{"zh": "钓鱼岛", "en": "Diaoyu Dao"}]
