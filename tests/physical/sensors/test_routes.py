"""Time series over HTTP: sent once, read back in periods, devices assigned by an officer."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openpyxl import Workbook
from tests.physical.sensors.conftest import assign, make_twin
from tests.physical.sensors.edge import PLACE, payload

from chaintwin.access.accounts import Accounts, NewAccount
from chaintwin.access.asker import Asker
from chaintwin.engine.postgres import Cluster
from chaintwin.kit.places import Places
from chaintwin.model.fact import Label
from chaintwin.physical.sensors.core import DEFAULT_TOPIC, Message, Topic
from chaintwin.physical.sensors.taking import Taker
from chaintwin.twin.twin import Twin
from chaintwin.web.app import build_app

PASSWORD = "an apple a day 7"
Desk = tuple[TestClient, Twin, Asker]


@pytest.fixture
def desk(fresh_database: Cluster, places: Places) -> Iterator[Desk]:
    """An officer at a browser, in a place with one firm."""
    twin, asker = make_twin(fresh_database.app_url)
    labels = frozenset({Label.PUBLIC, Label.INTERNAL, Label.BUSINESS})
    Accounts(twin.database, twin.clock).make(
        NewAccount(asker.tenant, "li", "李", PASSWORD, frozenset({"officer"}), labels)
    )
    with TestClient(
        build_app(twin, places.make()), base_url="http://localhost", client=("127.0.0.1", 5000)
    ) as client:
        log_in(client, "li")
        yield client, twin, asker
    twin.database.close()


def log_in(client: TestClient, login: str) -> None:
    given = {"login": login, "password": PASSWORD}
    assert client.post("/api/v1/session", json=given).status_code == 200


def post(client: TestClient, *points: dict[str, Any], key: str | None = None) -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post("/api/v1/observations", json={"points": list(points)}, headers=headers)


def point(number: float = 1, **more: Any) -> dict[str, Any]:
    return {
        "body": "meter-1的公司", "measure": "electricity", "at": "2026-10-01T08:00:00",
        "value": number,
    } | more  # fmt: skip


def only_series(client: TestClient, code: str) -> Any:
    (series,) = client.get(f"/api/v1/bodies/{code}/series").json()["items"]
    return series


@pytest.fixture
def firm(desk: Desk) -> str:
    _, twin, asker = desk
    body = assign(twin, asker)
    with twin.view(asker) as view:
        return view.code(body)


def test_points_are_sent_and_read_back_in_periods(desk: Desk, firm: str) -> None:
    client = desk[0]

    told = post(client, point(1), point(2.5, at="2026-10-01T09:00:00"), point(4, at="2026-10-03"))

    assert (told.status_code, told.json()["opened"]) == (201, 3)
    series = only_series(client, firm)
    assert (series["measure"]["unit"], series["source"], series["label"]) == ("kWh", "staff", 1)
    path = f"/api/v1/bodies/{firm}/series/{series['series']}"
    days = client.get(f"{path}/periods", params={"by": "day"}).json()["items"]
    assert [(day["points"], day["sum"]) for day in days] == [(2, 3.5), (0, None), (1, 4)]
    some = client.get(f"{path}/points", params={"from": "2026-10-01T08:30:00", "limit": 1}).json()
    assert (some["total"], [one["value"] for one in some["items"]]) == (2, [2.5])
    until = client.get(f"{path}/points", params={"to": "2026-10-01"}).json()
    assert until["total"] == 2


def test_one_wrong_point_refuses_the_batch_and_names_it(desk: Desk, firm: str) -> None:
    client = desk[0]

    answer = post(client, point(1), point(2, measure="mood"))

    assert answer.status_code == 422
    assert "第 2 个" in answer.json()["detail_zh"]
    assert client.get(f"/api/v1/bodies/{firm}/series").json()["total"] == 0


@pytest.mark.usefixtures("firm")
def test_a_request_of_one_name_is_done_once(desk: Desk) -> None:
    client = desk[0]

    first = post(client, point(1), key="batch-1")
    again = post(client, point(1), key="batch-1")
    other = post(client, point(2), key="batch-1")

    assert again.json() == first.json()
    assert again.json()["opened"] == 1
    assert other.status_code == 409


@pytest.mark.usefixtures("firm")
def test_without_a_name_a_repeated_batch_adds_nothing_either(desk: Desk) -> None:
    post(desk[0], point(1))

    again = post(desk[0], point(1)).json()

    assert (again["change"], again["same"]) == (None, 1)


def test_a_correction_shows_and_the_past_is_still_read(desk: Desk, firm: str) -> None:
    client, twin, _ = desk
    post(client, point(1))
    before = twin.clock.now().isoformat()
    tag = client.get(f"/api/v1/bodies/{firm}/series").headers["etag"]

    post(client, point(7))

    path = f"/api/v1/bodies/{firm}/series/{only_series(client, firm)['series']}/points"
    assert [one["value"] for one in client.get(path).json()["items"]] == [7]
    then = client.get(path, params={"known_at": before}).json()["items"]
    assert [(one["value"], one["known_to"]) for one in then] == [(1, None)]
    assert client.get(f"/api/v1/bodies/{firm}/series").headers["etag"] != tag


def sheet(*rows: tuple[Any, ...]) -> bytes:
    book, stream = Workbook(), io.BytesIO()
    for row in (("企业或项目", "测量项", "时间", "数值", "单位"), *rows):
        book.active.append(row)  # type: ignore[union-attr]
    book.save(stream)
    return stream.getvalue()


def upload(client: TestClient, data: bytes, name: str) -> Any:
    return client.post("/api/v1/observations/file", files={"file": (name, data)})


def test_a_spreadsheet_is_taken_with_its_hours(desk: Desk, firm: str) -> None:
    client = desk[0]
    hour = datetime(2026, 10, 1, 8, 30)  # noqa: DTZ001 - a spreadsheet knows no zone

    power = ("meter-1的公司", "用电量", hour, 1200, "度")
    tax = ("meter-1的公司", "入库税收", "2026-09", 12.5, "万元")

    told = upload(client, sheet(power, tax), "a.xlsx")

    assert told.json()["opened"] == 2, told.text
    items = client.get(f"/api/v1/bodies/{firm}/series").json()["items"]
    assert {(one["measure"]["name"], one["first"]) for one in items} == {
        ("electricity", "2026-10-01T00:30:00Z"), ("tax", "2026-08-31T16:00:00Z"),
    }  # fmt: skip


def test_a_file_with_wrong_rows_is_refused_with_all_of_them(desk: Desk, firm: str) -> None:
    client = desk[0]
    text = (
        "企业或项目,测量项,时间,数值,单位\nmeter-1的公司,用电量,2026-10-01,1,度\n"
        "没有的公司,用电量,2026-10-01,1,度\nmeter-1的公司,用电量,2026-10-01,,度\n"
    )

    answer = upload(client, text.encode(), "a.csv")

    assert answer.status_code == 422
    assert [row["row"] for row in answer.json()["rows"]] == [3, 4]
    assert client.get(f"/api/v1/bodies/{firm}/series").json()["total"] == 0


def test_the_template_is_understood(desk: Desk) -> None:
    client = desk[0]
    template = client.get("/api/v1/observations/template.csv").content

    answer = upload(client, template, "points.csv")

    assert answer.status_code == 422
    assert "示例有限公司" in answer.json()["detail_zh"]


def take(twin: Twin, device: str, *messages: bytes) -> None:
    topic = f"chaintwin/{PLACE}/{device}"
    Taker(twin, Topic(DEFAULT_TOPIC)).take([Message(topic, one) for one in messages])


def test_an_officer_assigns_an_unknown_device_and_nothing_was_lost(desk: Desk, firm: str) -> None:
    client, twin, _ = desk
    take(twin, "new-7", payload(1), payload(2), b"hello")
    waiting = client.get("/api/v1/intake").json()
    assert (waiting["waiting_unknown"], waiting["waiting_bad"]) == (2, 1)
    (unknown,) = client.get("/api/v1/intake/devices").json()["unknown"]
    assert (unknown["device"], unknown["messages"]) == ("new-7", 2)

    told = client.put("/api/v1/intake/devices/new-7", json={"body": firm, "label": 3})

    assert told.json() == {"taken": 2, "opened": 2, "still_waiting": 0}
    series = only_series(client, firm)
    assert (series["channel"], series["label"], series["source"]) == ("new-7", 3, "sensors")
    devices = client.get("/api/v1/intake/devices").json()
    assert devices["unknown"] == []
    assert {one["device"]: one["watches"] for one in devices["items"]}["new-7"] == firm


def test_bad_messages_can_be_downloaded_and_put_away(desk: Desk) -> None:
    client, twin, _ = desk
    take(twin, "odd", b"=1+1", b"hello")

    text = client.get("/api/v1/intake/aside.csv").content.decode("utf-8-sig")
    assert "hello" in text
    assert ",=1+1" not in text
    (first, second) = client.get("/api/v1/intake/aside").json()["items"]
    assert first["why"]["zh"]

    gone = client.post(f"/api/v1/intake/aside/{first['number']}/settle")

    assert gone.status_code == 204
    assert client.post(f"/api/v1/intake/aside/{first['number']}/settle").status_code == 404
    left = client.get("/api/v1/intake/aside").json()
    assert [one["number"] for one in left["items"]] == [second["number"]]


def test_a_buffer_that_is_sent_over_http_too_adds_nothing_twice(desk: Desk, firm: str) -> None:
    client, twin, _ = desk
    take(twin, "meter-1", payload(1), payload(2))
    readings = [json.loads(payload(number)) for number in (1, 2, 3)]
    points = [
        {"device": "meter-1", "measure": name, "at": one["at"], "value": value}
        for one in readings
        for name, value in one["values"].items()
    ]

    told = post(client, *points).json()

    assert (told["opened"], told["same"]) == (1, 2), told
    path = f"/api/v1/bodies/{firm}/series/{only_series(client, firm)['series']}/points"
    assert client.get(path).json()["total"] == 3


def test_only_the_administrator_names_the_broker(desk: Desk, places: Places) -> None:
    client, twin, asker = desk
    given = {"url": "mqtt://u:secret@127.0.0.1:9", "topic": "p/{place}/{device}"}
    assert client.put("/api/v1/intake/settings", json=given).status_code == 403
    Accounts(twin.database, twin.clock).make(
        NewAccount(asker.tenant, "gl", "管", PASSWORD, frozenset({"administrator"}))
    )
    log_in(client, "gl")

    told = client.put("/api/v1/intake/settings", json=given)

    assert told.status_code == 200, told.text
    assert told.json()["broker"] == "mqtt://127.0.0.1:9"
    assert "secret" not in told.text
    file = places.root / "sensors.yml"
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    assert client.put("/api/v1/intake/settings", json=given | {"url": "ftp://x"}).status_code == 422
    assert client.get("/api/v1/health").json()["intake"] == "connecting"
