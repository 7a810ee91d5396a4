"""An officer imports a firm that resembles a known one, rules on the pair, splits, and undoes."""

from __future__ import annotations

import pytest
from playwright.sync_api import ViewportSize, expect
from tests.journeys.conftest import Open, Visit

pytestmark = [pytest.mark.journey, pytest.mark.needs("chromium", "ui")]
_PHONE: ViewportSize = {"width": 390, "height": 844}
_LIST = "企业名称,区划代码\n{rows}"


def bring(officer: Visit, *rows: str) -> None:
    """Import a list of firms as an officer does."""
    text = _LIST.format(rows="".join(f"{row}\n" for row in rows))
    checked = officer.api("POST", "/imports", multipart={
        "file": {"name": "list.csv", "mimeType": "text/csv", "buffer": text.encode()},
    })  # fmt: skip
    officer.api("POST", f"/imports/{checked['id']}/confirm")


def test_an_officer_rules_on_a_pair_and_takes_it_back(visit: Open) -> None:
    officer = visit()
    bring(
        officer,
        "公主岭市宏图酒业有限公司,220184",
        "公主岭市宏徒酒业有限公司,220184",
    )
    page = officer.go("/identity")
    pair = page.get_by_test_id("identity-pair").filter(has_text="宏徒酒业")
    expect(pair).to_contain_text("名称只差一个字", timeout=30_000)
    officer.keep("identity-queue")

    pair.focus()
    page.keyboard.press("y")

    expect(pair).to_have_count(0)
    page.get_by_test_id("tab-merges").click()
    merge = page.get_by_test_id("identity-merge").filter(has_text="宏徒酒业")
    expect(merge).to_contain_text("2 条记录")
    officer.keep("identity-merges")
    merge.get_by_test_id("split").last.click()
    merge.get_by_role("textbox").fill("是另一家")
    merge.get_by_role("button", name="保存").click()
    expect(merge).to_have_count(0)

    page.get_by_test_id("tab-rulings").click()
    rulings = page.get_by_test_id("identity-rulings")
    expect(rulings).to_contain_text("拆分")
    officer.keep("identity-rulings")
    rulings.get_by_test_id("undo").first.click()
    expect(page.get_by_test_id("toast")).to_contain_text("已撤销")
    page.get_by_test_id("tab-merges").click()
    expect(merge).to_contain_text("2 条记录")


def test_a_pair_is_ruled_on_with_a_thumb(visit: Open) -> None:
    officer = visit(size=_PHONE)
    bring(
        officer,
        "公主岭市远航粮油有限公司,220184",
        "公主岭市远行粮油有限公司,220184",
    )
    page = officer.go("/identity")
    pair = page.get_by_test_id("identity-pair").filter(has_text="远行粮油")
    expect(pair).to_contain_text("名称只差一个字", timeout=30_000)
    officer.keep("identity-phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= _PHONE["width"]

    pair.get_by_test_id("rule-apart").click()

    expect(pair).to_have_count(0)
