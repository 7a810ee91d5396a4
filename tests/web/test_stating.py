"""An officer enters values and makes bodies by hand, in a branch and on the main line."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.web.conftest import PASSWORD, LogIn

from chaintwin.access.accounts import Accounts, NewAccount
from chaintwin.access.asker import Asker, platform_asker
from chaintwin.access.tenants import all_tenants
from chaintwin.kit.clock import FixedClock
from chaintwin.kit.problems import InputProblem
from chaintwin.model.fact import Label, Statement, Subject, Value
from chaintwin.model.kinds import Attribute, Kind
from chaintwin.model.units import convert
from chaintwin.twin.rulings import SOURCES
from chaintwin.twin.store.sources import SourceRecord
from chaintwin.twin.twin import Twin
from chaintwin.twin.verify import verify

FIRM = Subject("Company", (("company_name", "填写试验厂"),))
GROUND = {"reason": "测算假设", "valid_from": "2026-03", "origin": "可研报告第 12 页"}


@pytest.fixture(scope="module")
def firm(twin: Twin) -> str:
    """A firm whose register states employees, and a kind of the place's own."""
    staff = SourceRecord("staff", {"zh": "本单位人员录入", "en": "Entered by staff"}, rank=20)
    twin.declare(staff, *SOURCES)
    with twin.change(platform_asker(), reason="登记", source="register") as changes:
        changes.record([
            Statement(FIRM, "name", Value(text="填写试验厂")),
            Statement(FIRM, "employees", Value(number=Decimal(80), unit="人")),
        ])  # fmt: skip
        body = changes.body(FIRM.kind, *FIRM.keys)
    here = next(one.id for one in all_tenants(twin.database) if one.region == "220184")
    asker = Asker(here, "系统", roles=frozenset({"administrator"}), labels=frozenset(Label))
    own = {
        name: Attribute(name, {"zh": zh, "en": name}, kind, unit=unit)  # type: ignore[arg-type]
        for name, zh, kind, unit in (
            ("name", "名称", "text", None),
            ("volume", "容积", "number", "立方米"),
        )
    }
    with twin.change(asker, reason="添加", source="staff") as changes:
        changes.declare(Kind("ColdStore", "construction", {"zh": "冷库", "en": "Cold store"},
                             attributes=own))  # fmt: skip
    with twin.view(platform_asker()) as view:
        return view.code(body)


@pytest.fixture(autouse=True)
def an_hour_passes(clock: FixedClock) -> None:
    clock.move(timedelta(hours=1))


def branch(client: TestClient, name: str) -> int:
    number: int = client.post("/api/v1/branches", json={"name": name}).json()["number"]
    return number


def state(client: TestClient, code: str, number: int = 0, **given: Any) -> Any:
    path = f"/api/v1/bodies/{code}/values"
    return client.post(path, json=GROUND | given, params={"branch": number})


def make(client: TestClient, kind: str, number: int = 0, **values: str) -> Any:
    typed = [{"attribute": name, "value": value} for name, value in values.items()]
    path = f"/api/v1/kinds/{kind}/bodies"
    return client.post(path, json=GROUND | {"values": typed}, params={"branch": number})


def held(client: TestClient, code: str, attribute: str, number: int = 0) -> list[Any]:
    body = client.get(f"/api/v1/bodies/{code}", params={"branch": number})
    found = body.json().get("attributes", []) if body.status_code == 200 else []
    return [value for one in found if one["name"] == attribute for value in one["values"]]


def values(client: TestClient, code: str, attribute: str, number: int = 0) -> list[Any]:
    return [float(one["value"]) for one in held(client, code, attribute, number)]


def test_a_changed_value_shows_in_the_branch_and_in_what_it_changes(
    log_in: LogIn, firm: str, twin: Twin
) -> None:
    li = log_in("li")
    number = branch(li, "扩产")

    done = state(li, firm, number, attribute="employees", value="0.03", unit="万人", preferred=True)

    assert done.status_code == 201, done.text
    assert done.json()["shown"] is True
    assert (values(li, firm, "employees"), values(li, firm, "employees", number)) == ([80], [300])
    (shown,) = held(li, firm, "employees", number)
    assert (shown["basis"], shown["valid_from"][:10], shown["precision"]) == (
        "ruled", "2026-02-28", "m",
    )  # fmt: skip
    changed = li.get(f"/api/v1/branches/{number}").json()
    said = {(one["attribute"], one["source"]): one for one in changed["items"]}
    assert said.keys() == {("employees", "staff"), ("employees", "ruling")}
    assert said["employees", "ruling"]["shown_before"]["value"] == 80
    history = li.get(f"/api/v1/bodies/{firm}/history", params={"branch": number}).json()["items"]
    own = next(one for one in history if one["source"] == "staff")
    assert (own["source_record"], own["original"]) == ("可研报告第 12 页", "0.03 万人")
    assert list(verify(twin)) == []


def test_a_value_beside_a_stronger_source_says_that_it_is_not_shown(
    log_in: LogIn, firm: str
) -> None:
    li = log_in("li")
    number = branch(li, "只记不裁")

    done = state(li, firm, number, attribute="employees", value="120")

    assert done.json()["shown"] is False
    assert values(li, firm, "employees", number) == [80]


def test_a_new_body_of_ones_own_kind_lives_in_its_branch_until_it_is_merged(
    log_in: LogIn, firm: str
) -> None:
    assert firm
    li = log_in("li")
    number = branch(li, "建冷库")

    made = make(li, "ColdStore", number, name="一号冷库", volume="5000")

    code = made.json()["code"]
    assert made.status_code == 201, made.text
    assert values(li, code, "volume", number) == [5000]
    listed = li.get("/api/v1/kinds/ColdStore/bodies", params={"branch": number}).json()["items"]
    assert [one["name"] for one in listed] == ["一号冷库"]
    assert li.get("/api/v1/kinds/ColdStore/bodies").json()["total"] == 0
    assert li.get(f"/api/v1/bodies/{code}").status_code == 404
    changed = li.get(f"/api/v1/branches/{number}").json()["items"]
    assert {one["attribute"] for one in changed} == {"name", "volume"}
    assert {one["body"]["name"] for one in changed} == {"一号冷库"}


def test_a_body_of_the_main_line_is_known_again_by_its_keys(log_in: LogIn, firm: str) -> None:
    li = log_in("li")

    made = make(li, "Parcel", code="G-2026-7", name="七号地", area_mu="35.5")
    again = make(li, "Parcel", code="G-2026-7", name="又一块")
    same_firm = make(li, "Company", name="填写試驗厂".replace("試驗", "试验"))

    assert made.status_code == 201, made.text
    assert (again.status_code, again.json()["code"]) == (409, made.json()["code"])
    assert (same_firm.status_code, same_firm.json()["code"]) == (409, firm)
    assert values(li, made.json()["code"], "area_mu") == [35.5]


def test_what_a_discarded_branch_named_is_free_to_be_made(log_in: LogIn, firm: str) -> None:
    assert firm
    li = log_in("li")
    number = branch(li, "作罢")
    tried = make(li, "Parcel", number, code="G-2026-8", name="八号地").json()["code"]
    li.post(f"/api/v1/branches/{number}/discard", json={"reason": "不做了"})

    made = make(li, "Parcel", code="G-2026-8", name="八号地")

    assert (made.status_code, made.json()["code"]) == (201, tried)


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        ({"attribute": "employees", "value": "许多"}, 422, "要填数字"),
        ({"attribute": "employees", "value": "1e999999"}, 422, "要填数字"),
        ({"attribute": "employees", "value": "3", "unit": "亩"}, 422, "可用:人、万人"),
        ({"attribute": "credit_code", "value": "91220000"}, 422, "不正确"),
        ({"attribute": "geometry", "value": "长春"}, 422, "JSON"),
        ({"attribute": "park", "value": "urn:chaintwin:wrong"}, 404, "编码"),
        ({"attribute": "founded_on", "value": "去年"}, 422, "日期"),
        ({"attribute": "colour", "value": "红"}, 422, "没有属性"),
        ({"attribute": "same_as", "value": "x"}, 409, "同一性"),
        ({"attribute": "link", "value": "x"}, 409, "产业链"),
        ({"attribute": "note", "value": "  "}, 422, "请填写"),
        ({"attribute": "note", "value": "x", "valid_from": "不久"}, 422, "日期"),
    ],
    ids=lambda given: given["attribute"] if isinstance(given, dict) else "",
)
def test_what_does_not_fit_is_refused_with_the_way_out(
    log_in: LogIn, firm: str, given: dict[str, str], status: int, said: str
) -> None:
    answer = state(log_in("li"), firm, **given)

    assert answer.status_code == status, answer.text
    assert said in answer.json()["detail"]


def test_saying_the_same_again_changes_nothing(log_in: LogIn, firm: str) -> None:
    li = log_in("li")

    first, second = (state(li, firm, attribute="note", value="常来") for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 409)


def test_who_may_write_where(log_in: LogIn, firm: str) -> None:
    number = branch(log_in("li"), "谁能写")
    given = {"attribute": "note", "value": "x"}

    assert state(log_in("kan"), firm, **given).status_code == 403
    assert state(log_in("kan"), firm, number, **given).status_code == 403
    assert make(log_in("kan"), "Parcel", number, code="N1", name="无权").status_code == 403
    secret = state(log_in("li"), firm, number, **given, label=3)
    assert secret.status_code == 201
    assert held(log_in("kan"), firm, "note", number) == []


def test_nobody_writes_what_he_could_not_read_afterwards(
    log_in: LogIn, twin: Twin, firm: str
) -> None:
    assert firm
    here = next(one.id for one in all_tenants(twin.database) if one.region == "220184")
    labels = frozenset(Label) - {Label.PERSONAL}
    Accounts(twin.database, twin.clock).make(
        NewAccount(here, "zhao", "zhao", PASSWORD, frozenset({"officer"}), labels)
    )
    zhao, li = log_in("zhao"), log_in("li")
    person = make(li, "Person", name="某人").json()["code"]
    number = branch(zhao, "无权的密级")

    refused = [
        make(zhao, "Person", name="另一人"),
        make(zhao, "Person", number, name="另一人"),
        state(zhao, person, attribute="phone", value="13800000000"),
    ]

    assert [answer.status_code for answer in refused] == [403, 403, 403]
    assert "“姓名”" in refused[0].json()["detail"]
    assert "个人信息" in refused[0].json()["detail"]
    assert state(li, person, attribute="phone", value="13800000000").json()["shown"] is True


def test_projects_and_what_the_system_records_are_not_made_by_hand(
    log_in: LogIn, firm: str
) -> None:
    assert firm
    for kind in ("Project", "Document", "Branch", "Source", "Kind"):
        assert make(log_in("li"), kind, name="x").status_code == 409


@pytest.mark.parametrize(
    ("number", "given", "wanted", "is_now"),
    [
        ("1.5", "亿元", "万元", "15000"),
        ("2", "公顷", "亩", "30"),
        ("100", "平方米", "亩", "0.15"),
        ("1", "亩", "平方米", "666.666667"),
        ("12345678901234567890", "元", "万元", "1234567890123456.789"),
    ],
)
def test_units_are_converted_exactly(number: str, given: str, wanted: str, is_now: str) -> None:
    assert str(convert(Decimal(number), given, wanted, "面积")) == is_now


def test_a_unit_of_another_kind_is_refused() -> None:
    with pytest.raises(InputProblem, match="亩"):
        convert(Decimal(1), "万元", "亩", "面积")
