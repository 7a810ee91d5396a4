"""A firm's purchase list comes in: checked, confirmed once, kept as the firm's secret."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from tests.physical.firm_lists import write_csv, write_xlsx
from tests.physical.importing import confirm, held, log_in, one, send

from chaintwin.access.asker import Asker
from chaintwin.model.fact import Label
from chaintwin.physical.divisions import Divisions
from chaintwin.physical.imports.core import Known
from chaintwin.physical.imports.reading import Cell, Line
from chaintwin.physical.purchases.core import check_lines
from chaintwin.physical.purchases.service import SOURCE
from chaintwin.twin.originals import Originals
from chaintwin.twin.twin import Twin

HEADS = (
    "采购品类*",
    "规格型号",
    "年采购额(万元)",
    "现供应商",
    "供应商信用代码",
    "供应商所在地",
    "备注",
)
BUYER, SUPPLIER = "样例整车有限公司", "样例铝压铸有限公司"


@pytest.fixture
def buyer(client: TestClient, twin: Twin, officer: Asker) -> str:
    twin.declare(SOURCE)
    rows = [one(企业名称=name, 区划代码="220184") for name in (BUYER, SUPPLIER)]
    number = send(client, write_csv(rows))["id"]
    confirm(client, number)
    code: str = held(twin, officer, BUYER).code
    return code


def upload(client: TestClient, buyer: str, data: bytes, status: int = 201, **form: str) -> Any:
    files = {"file": ("采购.xlsx", data)}
    answer = client.post("/api/v1/purchases", files=files, data={"buyer": buyer, **form})
    assert answer.status_code == status, answer.text
    return answer.json()


def write(client: TestClient, buyer: str, rows: list[list[str]], **form: str) -> Any:
    checked = upload(client, buyer, write_xlsx(rows, HEADS), **form)
    answer = client.post(f"/api/v1/purchases/{checked['id']}/confirm")
    assert answer.status_code == 200, answer.text
    return answer.json()


def lines_of(twin: Twin, asker: Asker) -> dict[str, Any]:
    with twin.view(asker) as view:
        body = view.find_key("company_name", BUYER)
        assert body is not None
        found = view.states([one.body for one in view.referring(body, "buyer")])
    return {state.name: state for state in found}


def test_good_rows_are_kept_as_facts_with_source_and_label_and_bad_ones_come_back(
    client: TestClient, twin: Twin, officer: Asker, buyer: str
) -> None:
    rows = [
        ["电池铝壳", "3003", "1200.5", SUPPLIER, "", "吉林省长春市", ""],
        ["线束", "", "", "", "", "", "急"],
        ["芯片", "", "800", "远方电子公司", "", "境外", ""],
        ["", "", "5", "", "", "", ""],
        ["座椅", "", "不详", "", "", "没有的市", ""],
        ["线束", "", "9", "", "", "", ""],
    ]

    checked = upload(client, buyer, write_xlsx(rows, HEADS))

    found = {(error["row"], error["kind"]) for error in checked["errors"]}
    assert found == {
        (5, "missing_item"),
        (6, "bad_number"),
        (6, "unknown_place"),
        (7, "repeated"),
    }
    assert (checked["accepted"], checked["differences"]["new_lines"]) == (3, 3)
    assert checked["differences"]["known_suppliers"] == 1
    assert lines_of(twin, officer) == {}

    loaded = client.post(f"/api/v1/purchases/{checked['id']}/confirm").json()

    assert loaded["differences"]["facts_added"] == checked["differences"]["facts_added"]
    lines = lines_of(twin, officer)
    assert set(lines) == {"电池铝壳", "线束", "芯片"}
    shell = lines["电池铝壳"]
    assert float(shell.one("amount")) == 1200.5
    assert shell.one("supplier_region") == "220100"
    assert shell.held("supplier").ref == held(twin, officer, SUPPLIER).body
    assert lines["线束"].one("amount") is None
    assert lines["芯片"].held("supplier") is None
    every = [one for line in lines.values() for held in line.attributes.values() for one in held]
    assert {(one.source, one.label) for one in every} == {("purchase_import", Label.BUSINESS)}
    back = client.get(f"/api/v1/purchases/{checked['id']}/rejected.xlsx").content
    sheet = load_workbook(io.BytesIO(back)).active
    assert sheet is not None
    assert [row[1] for row in sheet.iter_rows(min_row=2, values_only=True)] == [
        None, "座椅", "线束",
    ]  # fmt: skip


def test_a_part_adds_and_a_whole_list_ends_what_it_leaves_out(
    client: TestClient, twin: Twin, officer: Asker, buyer: str
) -> None:
    write(client, buyer, [["甲件", "", "10", "", "", "", ""], ["乙件", "", "20", "", "", "", ""]])
    again = [["甲件", "", "15", "", "", "", ""]]

    part = write(client, buyer, again)["differences"]

    assert (part["new_lines"], part["changed_lines"], part["ended_lines"]) == (0, 1, 0)
    assert {"甲件", "乙件"} <= set(lines_of(twin, officer))
    whole = upload(client, buyer, write_xlsx(again, HEADS), whole="true")
    assert whole["differences"]["same_lines"] == 1
    ended = client.post(f"/api/v1/purchases/{whole['id']}/confirm").json()["differences"]
    assert ended["ended_lines"] >= 1
    assert set(lines_of(twin, officer)) == {"甲件"}
    spoilt = upload(client, buyer, write_xlsx([*again, ["", *[""] * 5, "x"]], HEADS), whole="true")
    assert spoilt["can_confirm"] is False
    assert client.post(f"/api/v1/purchases/{spoilt['id']}/confirm").status_code == 409


def test_who_may_not_read_business_secrets_sees_neither_list_nor_items(
    client: TestClient, twin: Twin, officer: Asker, originals: Originals, buyer: str
) -> None:
    number = write(client, buyer, [["密件", "", "10", "", "", "", ""]])["id"]
    other = log_in(twin, officer.tenant, originals, labels=frozenset({Label.PUBLIC}))
    reader = Asker(
        officer.tenant, "乙", roles=officer.roles, readable=officer.readable,
        labels=frozenset({Label.PUBLIC, Label.INTERNAL, Label.WORK}),
    )  # fmt: skip

    assert other.get(f"/api/v1/purchases/{number}").status_code == 403
    assert lines_of(twin, reader) == {}


def test_a_list_of_no_firm_or_in_the_past_is_refused(client: TestClient, buyer: str) -> None:
    data = write_xlsx([["甲件", *[""] * 6]], HEADS)

    assert "buyer" in str(upload(client, "", data, status=422)["detail"])
    upload(client, "Company-nothing", data, status=404)
    upload(client, buyer, data, status=422, whole="maybe")
    upload(client, buyer, data, status=422, as_of="2190-01-01")


def test_a_name_that_several_places_bear_is_asked_for_in_full() -> None:
    places = {"朝阳区": "", "长春市朝阳区": "220104"}
    divisions = Divisions(frozenset(), frozenset(), {})
    known = Known(date(2026, 11, 22), divisions, {}, {}, {}, {}, {}, {}, places)
    lines = [
        Line(number, {"item": Cell("座椅"), "region": Cell(place), "supplier": Cell(place)})
        for number, place in enumerate(places, 2)
    ]

    outcome = check_lines(lines, known)

    assert [(error.row, error.kind) for error in outcome.errors] == [(2, "ambiguous_place")]
    assert [one.text("region") for one in outcome.purchases] == ["220104"]
