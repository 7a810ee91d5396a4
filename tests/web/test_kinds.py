"""Kinds and attributes are added by the administrator, listed by everybody, used at once."""

from __future__ import annotations

import json

import pytest
from fastapi.testclient import TestClient
from tests.web.conftest import PASSWORD, LogIn

from chaintwin.access.accounts import Accounts, NewAccount
from chaintwin.access.asker import Asker
from chaintwin.access.tenants import all_tenants
from chaintwin.kit.problems import InputProblem
from chaintwin.model.fact import Statement, Subject, Value
from chaintwin.twin.twin import Twin

CHARGER = {
    "name": "Charger", "body_class": "item", "title_zh": "充电桩", "title_en": "Charger",
    "reason": "摸底需要",
    "attributes": [
        {"name": "power_kw", "title_zh": "功率", "title_en": "Power", "type": "number",
         "unit": "kW"},
    ],
    "placed": True,
}  # fmt: skip


@pytest.fixture(scope="module")
def here(twin: Twin) -> int:
    return next(t.id for t in all_tenants(twin.database) if t.region == "220184")


@pytest.fixture(scope="module", autouse=True)
def administrator(twin: Twin, here: int) -> None:
    accounts = Accounts(twin.database, twin.clock)
    accounts.make(NewAccount(here, "guanli", "管理员", PASSWORD, frozenset({"administrator"})))


@pytest.fixture
def admin(log_in: LogIn) -> TestClient:
    return log_in("guanli")


def a_place(east: float, north: float) -> str:
    return json.dumps({"type": "Point", "coordinates": [east, north]})


def test_a_new_kind_is_listed_with_its_attributes(admin: TestClient, log_in: LogIn) -> None:
    made = admin.post("/api/v1/kinds", json=CHARGER)

    assert made.status_code == 201, made.text
    seen = log_in("li").get("/api/v1/kinds/Charger").json()
    assert (seen["body_class"], seen["own"], seen["has_geometry"]) == ("item", True, True)
    assert [one["name"] for one in seen["declared"]] == ["name", "geometry", "power_kw"]
    assert "Charger" in [one["name"] for one in log_in("li").get("/api/v1/kinds").json()["items"]]


def test_nobody_of_another_place_sees_it(log_in: LogIn) -> None:
    other = log_in("wang")

    assert other.get("/api/v1/kinds/Charger").status_code == 404
    assert "Charger" not in other.get("/api/v1/kinds").text
    assert "Charger" not in other.get("/ogc/v1/collections").text


def test_a_kind_is_not_made_twice_nor_by_an_officer(admin: TestClient, log_in: LogIn) -> None:
    again = admin.post("/api/v1/kinds", json=CHARGER)
    officer = log_in("li").post("/api/v1/kinds", json=CHARGER | {"name": "Other"})

    assert (again.status_code, officer.status_code) == (409, 403)
    assert "已有种类" in again.json()["detail_zh"]


def test_attributes_are_added_to_a_shipped_kind(admin: TestClient, log_in: LogIn) -> None:
    one = {"name": "bus_stop", "title_zh": "最近车站", "title_en": "Nearest stop"}

    made = admin.post(
        "/api/v1/kinds/Company/attributes", json={"attributes": [one], "reason": "选址需要"}
    )
    shipped = admin.post(
        "/api/v1/kinds/Company/attributes",
        json={"attributes": [one | {"name": "name"}], "reason": "试"},
    )

    assert made.status_code == 200, made.text
    assert shipped.status_code == 409
    own = [a for a in log_in("li").get("/api/v1/kinds/Company").json()["declared"] if a["own"]]
    assert [a["title"]["zh"] for a in own] == ["最近车站"]


@pytest.fixture(scope="module")
def charger(twin: Twin, here: int, administrator: None) -> str:
    asker = Asker(here, "招商专员", roles=frozenset({"officer"}))
    body = Subject("Charger", (("charger", "1"),))
    with twin.change(asker, reason="登记", source="register") as changes:
        changes.record(
            [
                Statement(body, "name", Value(text="一号充电桩")),
                Statement(body, "geometry", Value(data=json.loads(a_place(124.8, 43.5)))),
            ]
        )
        number = changes.body("Charger", *body.keys)
    with twin.view(asker) as view:
        return view.code(number)


def test_bodies_of_an_own_kind_are_listed_opened_and_placed(charger: str, log_in: LogIn) -> None:
    client = log_in("li")

    page = client.get("/api/v1/kinds/Charger/bodies", params={"text": "充电"}).json()
    body = client.get(f"/api/v1/bodies/{charger}").json()
    place = client.get(f"/api/v1/bodies/{charger}/geometry").json()

    assert [(one["code"], one["name"]) for one in page["items"]] == [(charger, "一号充电桩")]
    assert body["kind_title"] == {"zh": "充电桩", "en": "Charger"}
    assert place["geometry"]["coordinates"] == [124.8, 43.5]
    assert client.get(f"/api/v1/bodies/{charger}/relations").json()["total"] == 0


def test_bodies_are_selected_by_place(charger: str, log_in: LogIn) -> None:
    client = log_in("li")
    asked = {"kind": "Charger", "geometry": a_place(124.81, 43.5)}

    near = client.get("/api/v1/spatial/select", params=asked | {"metres": 1000}).json()
    far = client.get("/api/v1/spatial/select", params=asked | {"metres": 100}).json()
    nearest = client.get("/api/v1/spatial/nearest", params=asked).json()["items"]

    assert (near["count"], far["count"]) == (1, 0)
    power = next(one for one in near["sums"] if one["attribute"] == "power_kw")
    assert (power["known"], power["unknown"], power["total"]) == (0, 1, None)
    assert nearest[0]["code"] == charger
    assert 800 < nearest[0]["metres"] < 820


def test_a_buffer_is_measured(log_in: LogIn) -> None:
    asked = {"geometry": a_place(124.8, 43.5), "metres": 1000}

    found = log_in("li").get("/api/v1/spatial/buffer", params=asked).json()

    assert found["geometry"]["type"] == "Polygon"
    assert found["area_m2"] == pytest.approx(3.1415e6, rel=0.001)
    assert found["area_mu"] == pytest.approx(found["area_m2"] * 15 / 10_000)


@pytest.mark.parametrize("given", ["{", "[]", '{"type":"Point","coordinates":[43,125]}'])
def test_a_bad_geometry_is_told(log_in: LogIn, given: str) -> None:
    asked = {"kind": "Charger", "geometry": given}

    assert log_in("li").get("/api/v1/spatial/select", params=asked).status_code == 422


def test_codes_are_checked(log_in: LogIn) -> None:
    asked = {"code": ["91350100M000100Y43", "91350100M000100Y44", "?"]}

    found = log_in("li").get("/api/v1/codes", params=asked).json()

    assert [one["right"] for one in found["items"]] == [True, False, False]
    assert found["wrong"] == 2


def test_an_attribute_is_renamed_withdrawn_and_taken_up(
    charger: str, admin: TestClient, log_in: LogIn
) -> None:
    path, about = "/api/v1/kinds/Charger", {"attribute": "power_kw", "reason": "统一口径"}
    titles = {"title_zh": "额定功率", "title_en": "Rated power"}

    renamed = admin.post(f"{path}/rename", json=about | titles).json()
    withdrawn = admin.post(f"{path}/withdraw", json=about).json()
    refused = admin.post(f"{path}/withdraw", json={"attribute": "name", "reason": "不用了"})
    whole = admin.post(f"{path}/withdraw", json={"reason": "不用了"})
    again = admin.post(f"{path}/take-up", json=about).json()

    power = [next(o for o in k["declared"] if o["name"] == "power_kw") for k in (withdrawn, again)]
    assert [one["withdrawn"] for one in power] == [True, False]
    assert renamed["declared"][2]["title"] == {"zh": "额定功率", "en": "Rated power"}
    assert (refused.status_code, whole.status_code) == (409, 409)
    assert "1 个孪生体在用" in refused.json()["detail_zh"]
    assert log_in("li").get(f"/api/v1/bodies/{charger}").json()["name"] == "一号充电桩"


def test_what_is_withdrawn_takes_no_value_and_what_ships_stays(
    twin: Twin, here: int, admin: TestClient
) -> None:
    given = CHARGER | {"name": "OldMeter", "placed": False}
    assert admin.post("/api/v1/kinds", json=given).status_code == 201
    assert admin.post("/api/v1/kinds/OldMeter/withdraw", json={"reason": "停"}).status_code == 200
    asker = Asker(here, "招商专员", roles=frozenset({"officer"}))

    body = Subject("OldMeter", (("meter", "1"),))
    with (
        pytest.raises(InputProblem, match="已停用"),
        twin.change(asker, reason="登记", source="register") as changes,
    ):
        changes.record([Statement(body, "name", Value(text="旧表"))])

    for about in ({"attribute": "name"}, {}):
        shipped = admin.post("/api/v1/kinds/Company/withdraw", json=about | {"reason": "停"})
        assert shipped.status_code == 409
    rows = admin.get("/api/v1/kinds").json()["items"]
    assert [row["withdrawn"] for row in rows if row["name"] == "OldMeter"] == [True]


def test_the_order_of_sources_is_stated_shown_and_withdrawn(
    twin: Twin, charger: str, admin: TestClient, log_in: LogIn, here: int
) -> None:
    asker, li = Asker(here, "招商专员", roles=frozenset({"officer"})), log_in("li")
    with twin.view(asker) as view:
        body = view.number(charger)
    with twin.change(asker, reason="报道", source="news") as changes:
        changes.say(body, "name", Value(text="新闻里的桩"))
    given = {"attribute": "name", "sources": ["news", "register"], "reason": "报道更新得快"}

    def shown() -> tuple[str, str, str | None]:
        items = li.get(f"/api/v1/bodies/{charger}/claims").json()["items"]
        (about,) = [one for one in items if one["attribute"] == "name"]
        return about["claims"][0]["fact"]["value"], about["order"]["by"], about["order"]["reason"]

    before = shown()
    by_officer = li.put("/api/v1/kinds/Charger/authority", json=given)
    stated = admin.put("/api/v1/kinds/Charger/authority", json=given)
    after = shown()
    withdrawn = admin.put("/api/v1/kinds/Charger/authority", json=given | {"sources": []})

    assert (by_officer.status_code, stated.status_code) == (403, 200), stated.text
    name = next(one for one in stated.json()["declared"] if one["name"] == "name")
    assert (name["authority"], name["authority_own"]) == (["news", "register"], True)
    assert before == ("一号充电桩", "ranks", None)
    assert after == ("新闻里的桩", "own", "报道更新得快")
    assert not any(one["authority_own"] for one in withdrawn.json()["declared"])
    assert shown() == before
