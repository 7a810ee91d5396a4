"""Who may import, what stays hidden, and the files that come and go."""

from __future__ import annotations

import io
import json

from fastapi.testclient import TestClient
from openpyxl import load_workbook
from tests.physical.firm_lists import (
    ADDRESS,
    HEADS,
    NAME,
    PHONE,
    write_csv,
)
from tests.physical.importing import confirm, held, log_in, one, send

from chaintwin.access.asker import PUBLIC_TENANT, Asker
from chaintwin.access.tenants import make_place
from chaintwin.engine.database import Database
from chaintwin.kit.places import Places
from chaintwin.model.fact import Label
from chaintwin.twin.originals import Originals
from chaintwin.twin.twin import Twin


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


def test_an_import_needs_no_second_connection_that_others_may_hold(
    twin: Twin, officer: Asker, originals: Originals
) -> None:
    only_one = Database(twin.database.url, most=1)
    client = log_in(Twin(only_one, twin.kinds, twin.clock), officer.tenant, originals)

    checked = send(client, write_csv([one(企业名称="样例独连有限公司")]))
    loaded = confirm(client, checked["id"])

    only_one.close()
    assert loaded["state"] == "loaded"
