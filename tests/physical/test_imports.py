"""An officer imports a list of firms: checked, confirmed once, the rest sent back to correct."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from tests.physical.conftest import sample
from tests.physical.firm_lists import (
    ADDRESS,
    CODE,
    CSV_ONLY,
    HEADS,
    NAME,
    PHONE,
    PLANTS,
    credit_code,
    planted_list,
    write_csv,
    write_xlsx,
)

from chaintwin.access.accounts import Accounts, NewAccount
from chaintwin.access.asker import PUBLIC_TENANT, Asker, platform_asker
from chaintwin.access.tenants import make_place
from chaintwin.kit.chinese import name_key
from chaintwin.kit.places import Places
from chaintwin.model.fact import Label
from chaintwin.physical.loading import load_source, remove_source
from chaintwin.twin.originals import Originals
from chaintwin.twin.twin import Twin
from chaintwin.web.app import make_app

PASSWORD = "a-long-password-1"
_logins = count(1)


def log_in(
    twin: Twin,
    tenant: int,
    originals: Originals,
    role: str = "officer",
    labels: frozenset[Label] = frozenset(Label),
) -> TestClient:
    login = f"user{next(_logins)}"
    account = NewAccount(tenant, login, "王科员", PASSWORD, frozenset({role}), labels)
    Accounts(twin.database, twin.clock).make(account)
    app = make_app(twin, state={"originals": originals})
    client = TestClient(app, raise_server_exceptions=False)
    answer = client.post("/api/v1/session", json={"login": login, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return client


@pytest.fixture
def originals(places: Places) -> Originals:
    return Originals(places)


@pytest.fixture
def client(twin: Twin, officer: Asker, originals: Originals) -> TestClient:
    for name in ("shipped_divisions", "shipped_parks"):
        load_source(twin, platform_asker(), name)
    return log_in(twin, officer.tenant, originals)


def send(
    client: TestClient, data: bytes, name: str = "名录.csv", status: int = 201, **form: str
) -> Any:
    answer = client.post("/api/v1/imports", files={"file": (name, data)}, data=form)
    assert answer.status_code == status, answer.text
    return answer.json()


def confirm(client: TestClient, number: int, status: int = 200) -> Any:
    answer = client.post(f"/api/v1/imports/{number}/confirm")
    assert answer.status_code == status, answer.text
    return answer.json()


def one(**cells: str) -> list[str]:
    """Return a row with a name of its own and some cells."""
    return [cells.get(head.rstrip("*"), "") for head in HEADS]


def held(twin: Twin, asker: Asker, name: str) -> Any:
    with twin.view(asker) as view:
        body = view.find_key("company_name", name_key(name))
        assert body is not None, name
        return view.get(body)


def check_and_confirm(client: TestClient, data: bytes, name: str, planted: dict[int, str]) -> Any:
    checked = send(client, data, name)

    assert {error["row"]: error["kind"] for error in checked["errors"]} == planted
    assert (checked["rows"], checked["accepted"], checked["rejected"]) == (2000, 1900, 100)
    assert checked["errors_total"] == 100
    loaded = confirm(client, checked["id"])
    assert loaded["state"] == "loaded"
    assert loaded["differences"]["facts_added"] == checked["differences"]["facts_added"]
    return checked["differences"]


def test_of_2000_rows_in_xlsx_exactly_the_100_planted_errors_are_reported(
    client: TestClient, twin: Twin, officer: Asker
) -> None:
    rows, planted = planted_list(2000, 100, seed=20261122, leave_out=CSV_ONLY)

    differences = check_and_confirm(client, write_xlsx(rows), "名录.xlsx", planted)

    assert len(set(planted.values())) == len(PLANTS) - 2 >= 10
    assert differences["new_firms"] == 1900
    with twin.view(officer) as view:
        assert view.find("Company", text="号制造有限公司", limit=1).total == 1900


def test_of_2000_rows_in_csv_exactly_the_100_planted_errors_are_reported(
    client: TestClient,
) -> None:
    rows, planted = planted_list(2000, 100, seed=7)

    check_and_confirm(client, write_csv(rows, "gb18030"), "名录.csv", planted)

    assert set(planted.values()) == set(PLANTS)


def test_a_check_writes_nothing(client: TestClient, twin: Twin, officer: Asker) -> None:
    code = credit_code(8_000_001)

    checked = send(client, write_csv([one(企业名称="样例未写有限公司", 统一社会信用代码=code)]))

    assert checked["differences"]["new_firms"] == 1
    with twin.view(officer) as view:
        assert view.find_key("credit_code", code) is None


def test_the_same_list_again_adds_nothing(client: TestClient) -> None:
    rows, _ = planted_list(60, 0, seed=1)
    confirm(client, send(client, write_csv(rows))["id"])

    again = send(client, write_csv(rows, "gb18030"))

    assert again["differences"]["same_firms"] == 60
    assert (again["differences"]["facts_added"], again["differences"]["facts_closed"]) == (0, 0)
    done = confirm(client, again["id"])
    assert (done["differences"]["facts_added"], done["differences"]["facts_closed"]) == (0, 0)


def test_rejected_rows_come_back_in_the_same_layout_and_load_once_corrected(
    client: TestClient, twin: Twin, officer: Asker
) -> None:
    rows, planted = planted_list(60, 17, seed=5)
    checked = send(client, write_csv(rows))
    confirm(client, checked["id"])

    answer = client.get(f"/api/v1/imports/{checked['id']}/rejected.xlsx")
    book = load_workbook(io.BytesIO(answer.content))
    sheet = book["企业"]
    heads = [cell.value for cell in sheet[1]]

    assert heads == ["错误", *HEADS]
    assert sheet.max_row == 1 + len(planted)
    told = {str(sheet.cell(row, 1).value).split(" · ")[0] for row in range(2, sheet.max_row + 1)}
    assert told == {str(row) for row in planted}
    assert {cell.data_type for line in sheet.iter_rows(min_row=2) for cell in line} <= {
        "s",
        "inlineStr",
        "n",
    }
    assert any(str(cell.value).startswith("=HYPERLINK") for cell in sheet["S"])
    clean, _ = planted_list(60, 0, seed=5)
    for line in range(2, sheet.max_row + 1):
        row = int(str(sheet.cell(line, 1).value).split(" · ")[0])
        for column, value in enumerate(clean[row - 2], 2):
            sheet.cell(line, column).value = value or None
    stream = io.BytesIO()
    book.save(stream)

    mended = send(client, stream.getvalue(), "退回.xlsx")

    assert (mended["accepted"], mended["rejected"]) == (len(planted), 0)
    confirm(client, mended["id"])
    with twin.view(officer) as view:
        assert view.find_key("credit_code", clean[59][CODE]) is not None


def test_a_list_joins_firms_the_public_sets_know_and_shows_what_changes(
    client: TestClient, twin: Twin, officer: Asker
) -> None:
    for name in ("a_share_basic_2026", "chain_kg_sw2021"):
        load_source(twin, platform_asker(), name, sample(name), is_sample=True)
    row = one(
        企业名称="样本玉米股份有限公司",
        区划代码="220184",
        主要产品="玉米淀粉、赖氨酸",
        从业人数="860",
    )

    checked = send(client, write_csv([row]))

    firm = checked["differences"]["firms"][0]
    assert firm["outcome"] == "changed"
    changed = {field["attribute"]: field for field in firm["fields"]}
    assert changed["region"]["outcome"] == "added"
    assert changed["product"]["before"] == "变性淀粉、玉米淀粉"
    assert changed["product"]["outcome"] == "changed"
    assert changed["name"]["outcome"] == "same"
    confirm(client, checked["id"])
    state = held(twin, officer, "样本玉米股份有限公司")
    assert state.code == firm["code"]
    assert (state.one("employees"), state.one("stock")) == (860, "600001.SH")
    assert len(state.all("product")) == 3
    # What one place knows is not shown to another.
    other = Asker(make_place(twin.database, [("370102", "历下区")]), "别处")
    assert held(twin, other, "样本玉米股份有限公司").one("employees") is None


def test_products_left_out_of_a_newer_list_end_and_keep_their_history(
    client: TestClient, twin: Twin, officer: Asker
) -> None:
    row = {"企业名称": "样例换产有限公司", "注册地址": "甲路1号"}
    confirm(
        client,
        send(client, write_csv([one(**row, 主要产品="线束、支架")]), as_of="2026-01-31")["id"],
    )

    newer = send(
        client,
        write_csv([one(企业名称="样例换产有限公司", 主要产品="支架、卡扣")]),
        as_of="2026-06-30",
    )
    confirm(client, newer["id"])

    with twin.view(officer) as view:
        body = view.find_key("company_name", "样例换产有限公司")
        assert body is not None
        now = {view.get(ref).name for value in view.get(body).all("product") if (ref := value.ref)}
        # An empty cell is silent: the address stands.
        assert view.get(body).one("registered_address") == "甲路1号"
    assert now == {"支架", "卡扣"}
    with twin.view(officer, valid_at=_day(2026, 3)) as view:
        then = {view.get(ref).name for value in view.get(body).all("product") if (ref := value.ref)}
    assert then == {"线束", "支架"}


def test_a_name_and_a_code_of_two_known_firms_are_a_conflict(client: TestClient) -> None:
    first = one(企业名称="样例甲有限公司", 统一社会信用代码=credit_code(9_000_001))
    second = one(企业名称="样例乙有限公司", 统一社会信用代码=credit_code(9_000_002))
    confirm(client, send(client, write_csv([first, second]))["id"])

    crossed = one(企业名称="样例乙有限公司", 统一社会信用代码=credit_code(9_000_001))
    other = one(企业名称="样例甲有限公司", 统一社会信用代码=credit_code(9_000_003))
    checked = send(client, write_csv([crossed, other]))

    assert [error["kind"] for error in checked["errors"]] == [
        "code_of_other_firm", "firm_has_other_code",
    ]  # fmt: skip
    assert "样例甲有限公司" in checked["errors"][0]["what"]["zh"]
    confirm(client, checked["id"], status=409)


def test_an_import_is_confirmed_only_once(client: TestClient) -> None:
    number = send(client, write_csv([one(企业名称="样例一次有限公司")]))["id"]
    confirm(client, number)

    refused = confirm(client, number, status=409)

    assert "已经确认过" in refused["detail"]


def test_declared_coverage_becomes_a_fact_that_goes_with_its_source(
    client: TestClient, twin: Twin, officer: Asker
) -> None:
    stated = [{"region": "220184", "industry": "C36", "share": 0.8, "population": "规上工业企业"}]

    checked = send(
        client, write_csv([one(企业名称="样例覆盖有限公司")]),
        coverage=json.dumps(stated), as_of="2026-10-31",
    )  # fmt: skip
    confirm(client, checked["id"])

    with twin.view(officer) as view:
        source = view.find_key("source_name", "firm_import")
        assert source is not None
        told = view.get(source).all("coverage")
    assert [value.data for value in told] == stated
    remove_source(twin, officer, "firm_import")
    with twin.view(officer) as view:
        assert view.states([source]) == []
        firm = view.find_key("company_name", "样例覆盖有限公司")
        assert firm is not None
        assert view.states([firm]) == []


@pytest.mark.parametrize(
    "coverage",
    ['{"region": "220184"}', "[",
     '[{"region": "22", "industry": "C36", "share": 0.5, "population": "x"}]',
     '[{"region": "220184", "industry": "C36", "share": 7, "population": "x"}]'],
)  # fmt: skip
def test_a_coverage_that_cannot_be_is_refused(client: TestClient, coverage: str) -> None:
    refused = send(client, write_csv([one(企业名称="甲乙")]), status=422, coverage=coverage)

    assert "覆盖率声明" in refused["detail"]


def test_contacts_are_personal_and_need_the_label(
    client: TestClient, twin: Twin, officer: Asker, originals: Originals
) -> None:
    row = one(企业名称="样例联系有限公司", 联系人="张三", 联系电话="13800000000")
    confirm(client, send(client, write_csv([row]))["id"])
    unlabelled = frozenset({Label.PUBLIC, Label.INTERNAL})
    without = log_in(twin, officer.tenant, originals, labels=unlabelled)

    refused = send(without, write_csv([row]), status=403)

    assert "个人信息" in refused["detail"]
    assert held(twin, officer, "样例联系有限公司").one("phone") == "13800000000"
    colleague = Asker(
        officer.tenant,
        "同事",
        readable=frozenset({PUBLIC_TENANT, officer.tenant}),
        labels=unlabelled,
    )
    assert held(twin, colleague, "样例联系有限公司").one("phone") is None


def test_a_bad_phone_number_is_not_repeated_in_the_report(client: TestClient) -> None:
    checked = send(client, write_csv([one(企业名称="样例电话有限公司", 联系电话="找老王")]))

    assert checked["errors"][0]["kind"] == "bad_phone"
    assert "老王" not in json.dumps(checked, ensure_ascii=False)


def test_only_officers_of_the_place_see_its_imports(
    client: TestClient, twin: Twin, officer: Asker, originals: Originals
) -> None:
    number = send(client, write_csv([one(企业名称="样例外看有限公司"), one(注册地址="无名")]))["id"]
    stranger = log_in(twin, make_place(twin.database, [("370102", "历下区")]), originals)
    viewer = log_in(twin, officer.tenant, originals, role="viewer")

    assert client.get("/api/v1/imports").json()["items"][0]["id"] == number
    assert stranger.get("/api/v1/imports").json()["total"] == 0
    for path in ("", "/rejected.xlsx"):
        assert stranger.get(f"/api/v1/imports/{number}{path}").status_code == 404
    assert stranger.post(f"/api/v1/imports/{number}/confirm").status_code == 404
    for path in ("", f"/{number}", "/template.xlsx", "/columns"):
        assert viewer.get(f"/api/v1/imports{path}").status_code == 403


def test_the_template_itself_can_be_filled_in_and_uploaded(client: TestClient) -> None:
    book = load_workbook(io.BytesIO(client.get("/api/v1/imports/template.xlsx").content))
    sheet = book["企业"]
    heads = [cell.value for cell in sheet[1]]
    sheet.cell(2, heads.index("企业名称*") + 1).value = "样例模板有限公司"
    sheet.cell(2, heads.index("区划代码") + 1).value = "220184"
    stream = io.BytesIO()
    book.save(stream)

    checked = send(client, stream.getvalue(), "模板.xlsx")

    assert tuple(heads) == HEADS
    assert len(sheet.data_validations.dataValidation) == 2
    assert "说明" in book.sheetnames
    assert (checked["accepted"], checked["rejected"]) == (1, 0)
    plain = client.get("/api/v1/imports/template.csv").content
    assert plain.decode("utf-8-sig").strip().split(",") == list(HEADS)


def test_the_other_language_gets_its_own_words(client: TestClient) -> None:
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600

    answer = client.post(
        "/api/v1/imports", files={"file": ("a.xls", old)}, headers={"Accept-Language": "en"}
    )

    assert answer.status_code == 422
    assert "Save it as .xlsx" in answer.json()["detail"]


def test_the_uploaded_file_lies_on_disk_only_encrypted(client: TestClient, places: Places) -> None:
    row = one(企业名称="样例密存有限公司", 联系电话="13911112222")
    row[ADDRESS], row[NAME] = "秘密路9号", "样例密存有限公司"

    send(client, write_csv([row]))

    assert row[PHONE] == "13911112222"
    kept = [path for path in places.originals.rglob("*") if path.is_file()]
    assert kept
    assert not any("秘密路".encode() in path.read_bytes() for path in kept)


def _day(year: int, month: int) -> datetime:
    return datetime(year, month, 15, tzinfo=UTC)
