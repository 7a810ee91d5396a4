"""A list of firms with planted errors: seen, sent back, and the rest taken in."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect
from tests.journeys.conftest import Open

pytestmark = [pytest.mark.journey, pytest.mark.needs("chromium", "ui")]

_HEADS = ("企业名称", "统一社会信用代码", "区划代码", "从业人数", "成立日期", "经营状态")
_GOOD = ("示例导入{}号有限公司", "", "220184", "12", "2016-05-20", "存续")
# Each of these rows has one thing wrong.
_BAD = (
    ("", "", "220184", "12", "2016-05-20", "存续"),
    ("示例坏码有限公司", "91220101MA0Y3B5C7X", "220184", "12", "2016-05-20", "存续"),
    ("示例坏区划有限公司", "", "999999", "12", "2016-05-20", "存续"),
    ("示例坏人数有限公司", "", "220184", "-3", "2016-05-20", "存续"),
    ("示例坏日期有限公司", "", "220184", "12", "2016-13-45", "存续"),
    ("示例坏状态有限公司", "", "220184", "12", "2016-05-20", "飞走了"),
)


def write_list(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(_HEADS)
    for number in range(1, 9):
        sheet.append([value.format(number) for value in _GOOD])
    for row in _BAD:
        sheet.append(row)
    book.save(path)
    return path


def test_a_list_with_errors_is_checked_sent_back_and_taken_in(visit: Open, tmp_path: Path) -> None:
    officer = visit()
    page = officer.go("/imports")
    page.get_by_test_id("import-file").set_input_files(write_list(tmp_path / "企业名录.xlsx"))

    page.get_by_test_id("check-import").click()

    expect(page.get_by_test_id("rows")).to_have_text(str(8 + len(_BAD)))
    expect(page.get_by_test_id("accepted")).to_have_text("8")
    expect(page.get_by_test_id("rejected")).to_have_text(str(len(_BAD)))
    expect(page.get_by_test_id("errors")).to_have_text(str(len(_BAD)))
    errors = page.get_by_test_id("import-errors")
    for value in ("999999", "-3", "2016-13-45", "飞走了"):
        expect(errors).to_contain_text(value)
    officer.settle()
    officer.keep("journey-import-errors")
    with page.expect_download() as download:
        page.get_by_test_id("rejected-xlsx").click()
    download.value.save_as(tmp_path / "退回.xlsx")
    book = openpyxl.load_workbook(tmp_path / "退回.xlsx")
    assert book.worksheets[0].max_row == 1 + len(_BAD)

    page.get_by_test_id("confirm-import").click()
    expect(page.get_by_test_id("import-report")).to_contain_text("查看企业", timeout=20_000)

    found = officer.api("GET", "/firms?text=示例导入3号")
    assert [firm["name"] for firm in found["items"]] == ["示例导入3号有限公司"]
