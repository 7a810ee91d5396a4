"""An officer imports a list of firms: checked, confirmed once, the rest sent back to correct."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from tests.physical.conftest import sample
from tests.physical.firm_lists import (
    CODE,
    CSV_ONLY,
    HEADS,
    PLANTS,
    credit_code,
    planted_list,
    write_csv,
    write_xlsx,
)
from tests.physical.importing import confirm, held, one, send

from chaintwin.access.asker import Asker, platform_asker
from chaintwin.access.tenants import make_place
from chaintwin.physical.loading import load_source, remove_source
from chaintwin.twin.twin import Twin


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


def test_a_coverage_of_an_industry_that_does_not_exist_is_refused(client: TestClient) -> None:
    stated = [{"region": "220184", "industry": "D36", "share": 0.8, "population": "x"}]

    refused = send(
        client, write_csv([one(企业名称="甲乙有限公司")]), status=422, coverage=json.dumps(stated)
    )

    assert "D36" in refused["detail"]


def test_a_code_typed_in_full_width_finds_the_firm_it_names(client: TestClient) -> None:
    code = credit_code(9_100_001)
    row = one(企业名称="样例全角有限公司", 统一社会信用代码=code)
    confirm(client, send(client, write_csv([row]))["id"])
    wide = "".join(chr(ord(char) + 0xFEE0) for char in code)

    checked = send(
        client, write_csv([one(企业名称="样例\u200b更名有限公司", 统一社会信用代码=f" {wide} ")])
    )

    firm = checked["differences"]["firms"][0]
    assert firm["outcome"] == "changed"
    assert [field["outcome"] for field in firm["fields"]] == ["same", "changed"]


def _day(year: int, month: int) -> datetime:
    return datetime(year, month, 15, tzinfo=UTC)
