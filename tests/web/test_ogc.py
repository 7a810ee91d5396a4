"""GIS clients that are not ours read the features: OWSLib and GDAL, over a real server."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
import shapely
import uvicorn
from fastapi.testclient import TestClient
from owslib.ogcapi.features import Features
from tests.web.conftest import PASSWORD, LogIn

from chaintwin.access.accounts import Accounts
from chaintwin.access.asker import platform_asker
from chaintwin.kit.clock import FixedClock
from chaintwin.kit.shapes import Shape
from chaintwin.model.fact import Moment, Statement, Subject, Value
from chaintwin.twin.twin import Twin

COUNT = 25
OGC = "/ogc/v1"


def parcel(number: int) -> Subject:
    return Subject("Parcel", (("parcel_code", f"G{number}"),))


def shape_of(number: int) -> Shape:
    east, north = 124 + number * 0.02, 43.5
    return shapely.box(east, north, east + 0.01, north + 0.01)


def as_data(shape: Shape) -> Value:
    return Value(data=json.loads(shapely.to_geojson(shape)))


@pytest.fixture(scope="module")
def laid(twin: Twin, clock: FixedClock) -> Twin:
    park = Subject("Park", (("park_name", "示范园"),))
    with twin.change(platform_asker(), reason="登记", source="register") as changes:
        changes.record([Statement(park, "name", Value(text="示范园"))])
        for number in range(COUNT):
            changes.record(
                [
                    Statement(parcel(number), "name", Value(text=f"地块{number}")),
                    Statement(parcel(number), "park", Value(ref=park)),
                    Statement(parcel(number), "area_mu", Value(number=Decimal(number + 1))),
                    Statement(parcel(number), "geometry", as_data(shape_of(number)),
                              valid=Moment.parse("2026-01-01")),
                ]
            )  # fmt: skip
        firm = Subject("Company", (("company_name", "示范厂"),))
        changes.record(
            [
                Statement(firm, "name", Value(text="示范厂")),
                Statement(firm, "geometry", as_data(shapely.Point(124.5, 43.6))),
            ]
        )
    return twin


@pytest.fixture
def client(laid: Twin, log_in: LogIn) -> TestClient:
    return log_in("li")


@pytest.fixture(scope="module")
def server(laid: Twin, app_client: TestClient) -> Iterator[str]:
    """The same application on a real port."""
    config = uvicorn.Config(app_client.app, port=0, log_level="warning", lifespan="off")
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.05)
    yield f"http://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}{OGC}"
    running.should_exit = True
    thread.join(timeout=10)


@pytest.fixture(scope="module")
def token(laid: Twin) -> str:
    accounts = Accounts(laid.database, laid.clock)
    return accounts.log_in("li", PASSWORD, address=None, is_local=True)[0]


def test_a_stranger_is_asked_to_log_in(app_client: TestClient) -> None:
    visitor = TestClient(app_client.app, base_url="http://localhost")

    for path in ("", "/collections", "/collections/Parcel/items"):
        assert visitor.get(OGC + path).status_code == 401


def test_the_landing_page_leads_to_all_of_it(client: TestClient) -> None:
    links = {link["rel"]: link for link in client.get(OGC).json()["links"]}

    assert {"self", "service-desc", "conformance", "data"} <= links.keys()
    for rel in ("service-desc", "conformance", "data"):
        assert client.get(links[rel]["href"]).status_code == 200
    assert any("conf/core" in one for one in client.get(OGC + "/conformance").json()["conformsTo"])
    described = client.get(links["service-desc"]["href"]).json()["paths"]
    assert f"{OGC}/collections/{{name}}/items" in described


def test_collections_are_the_kinds_with_places(client: TestClient) -> None:
    found = {one["id"]: one for one in client.get(OGC + "/collections").json()["collections"]}

    assert {"Company", "Park", "Parcel", "Building", "Pipeline"} <= found.keys()
    assert "Policy" not in found
    box = found["Parcel"]["extent"]["spatial"]["bbox"][0]
    assert box == pytest.approx([124.0, 43.5, 124.49, 43.51])
    assert found["Building"]["extent"] == {}


def test_pages_follow_one_another_without_gap(client: TestClient) -> None:
    url, seen = f"{OGC}/collections/Parcel/items?limit=10", []
    while url:
        page = client.get(url)
        assert page.headers["content-type"].startswith("application/geo+json")
        body = page.json()
        seen += [one["properties"]["name"] for one in body["features"]]
        assert body["numberReturned"] == len(body["features"])
        url = next((one["href"] for one in body["links"] if one["rel"] == "next"), "")

    assert seen == [f"地块{number}" for number in range(COUNT)]


def test_a_box_is_met_and_references_are_named(client: TestClient) -> None:
    box = (124.1, 43.0, 124.3, 44.0)

    found = client.get(f"{OGC}/collections/Parcel/items", params={"bbox": ",".join(map(str, box))})

    right = [n for n in range(COUNT) if shape_of(n).intersects(shapely.box(*box))]
    features = found.json()["features"]
    assert [one["properties"]["name"] for one in features] == [f"地块{n}" for n in right]
    assert features[0]["properties"]["park"] == "示范园"
    assert features[0]["properties"]["area_mu"] == right[0] + 1


def test_a_moment_shows_features_as_they_stood(
    client: TestClient, laid: Twin, clock: FixedClock
) -> None:
    items = f"{OGC}/collections/Parcel/items"
    before = clock.now()
    clock.move(timedelta(hours=1))
    with laid.change(platform_asker(), reason="更正", source="register") as changes:
        changes.record([Statement(parcel(0), "name", Value(text="改名地块"))])

    def names(**asked: str) -> list[str]:
        found = client.get(items, params={"limit": "1", **asked}).json()["features"]
        return [one["properties"]["name"] for one in found]

    assert names() == ["改名地块"]
    assert names(known_at=before.isoformat()) == ["地块0"]
    assert names(datetime="2025-06-01T00:00:00Z") == []
    assert names(datetime="2025-06-01/2026-06-01") == names(datetime="2026-06-01/..")
    with laid.change(platform_asker(), reason="更正", source="register") as changes:
        changes.record([Statement(parcel(0), "name", Value(text="地块0"))])


def test_one_feature_is_read_by_its_code(client: TestClient) -> None:
    first = client.get(f"{OGC}/collections/Parcel/items?limit=1").json()["features"][0]

    one = client.get(f"{OGC}/collections/Parcel/items/{first['id']}")

    assert one.json()["geometry"] == first["geometry"]
    assert {link["rel"] for link in one.json()["links"]} == {"self", "collection"}
    assert client.get(f"{OGC}/collections/Company/items/{first['id']}").status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/collections/Parcel/items?bbox=1,2,3", 400),
        ("/collections/Parcel/items?bbox=1,50,2,40", 400),
        ("/collections/Parcel/items?bbox=a,b,c,d", 400),
        ("/collections/Parcel/items?bbox=nan,0,1,1", 400),
        ("/collections/Parcel/items?limit=0", 400),
        ("/collections/Parcel/items?limit=many", 400),
        ("/collections/Parcel/items?datetime=soon", 400),
        ("/collections/Parcel/items?datetime=2026-01-02/2026-01-01", 400),
        ("/collections/Parcel/items?colour=red", 400),
        ("/collections/Parcel/items?f=xml", 400),
        ("/collections/Policy/items", 404),
        ("/collections/Parcel/items/urn:chaintwin:x", 404),
        ("/nowhere", 404),
        ("/collections/Parcel/items?limit=100000", 200),
    ],
)
def test_what_is_asked_wrongly_is_told(client: TestClient, path: str, status: int) -> None:
    answer = client.get(OGC + path)

    assert answer.status_code == status, answer.text
    if status != 200:
        assert answer.json()["detail_zh"]


def test_owslib_reads_parcels(server: str, token: str) -> None:
    api = Features(server, headers={"Authorization": f"Bearer {token}"})

    found = api.collection_items("Parcel", bbox=[124.1, 43.0, 124.3, 44.0], limit=100)

    assert "Parcel" in api.feature_collections()
    assert len(found["features"]) == 11
    assert api.collection_item("Parcel", found["features"][0]["id"])["type"] == "Feature"


@pytest.mark.needs("gdal")
@pytest.mark.parametrize(("layer", "count"), [("Parcel", COUNT), ("Company", 1)])
def test_gdal_reads_every_feature_over_pages(
    server: str, token: str, layer: str, count: int
) -> None:
    done = subprocess.run(
        ["ogrinfo", "-ro", "-al", "-oo", "PAGE_SIZE=7", f"OAPIF:{server}", layer],
        env={
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "GDAL_HTTP_HEADERS": f"Authorization: Bearer {token}",
        },
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("OGRFeature(") == count
    assert "ERROR" not in done.stderr
    assert ("POLYGON ((124.01 43.5," in done.stdout) == (layer == "Parcel")
