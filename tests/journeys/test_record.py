"""An officer sees what sources claim of a firm, rules, withdraws, and goes back to a version."""

from __future__ import annotations

import pytest
from playwright.sync_api import ViewportSize, expect
from tests.journeys.conftest import Open

pytestmark = [pytest.mark.journey, pytest.mark.needs("chromium", "ui")]
_PHONE: ViewportSize = {"width": 390, "height": 844}


def test_an_officer_rules_on_a_value_and_goes_back(visit: Open) -> None:
    officer = visit()
    firm = officer.api("GET", "/firms?limit=1")["items"][0]
    path = f"/firms/{firm['code'].rsplit(':', 1)[-1]}"
    page = officer.go(f"{path}?tab=claims")
    about = page.get_by_test_id("claims-name")

    about.get_by_role("button", name="另填一个值").click()
    about.get_by_role("textbox").fill("改了名的公司")
    about.get_by_role("button", name="下一步").click()
    about.get_by_role("textbox").fill("看过新执照")
    officer.keep("record-ruling")
    about.get_by_role("button", name="保存").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("改了名的公司")
    expect(about.locator(".claim.shown")).to_contain_text("人工裁定")
    officer.settle()
    officer.keep("record-claims")

    page = officer.go(f"{path}?tab=versions")
    page.get_by_test_id("compare-version").last.click()
    compared = page.get_by_test_id("version-compared")
    expect(compared).to_contain_text("改了名的公司")
    officer.keep("record-versions")
    compared.get_by_test_id("restore-version").click()
    compared.get_by_role("textbox").fill("裁定有误")
    compared.get_by_role("button", name="保存").click()

    expect(page.get_by_test_id("toast")).to_contain_text("不再采信 1 条")
    expect(page.get_by_role("heading", level=1)).to_contain_text(firm["name"])


def test_a_ruling_is_withdrawn_on_a_phone(visit: Open) -> None:
    officer = visit(size=_PHONE)
    firm = officer.api("GET", "/firms?limit=1&offset=1")["items"][0]
    given = {"attribute": "name", "value": "临时的名字", "reason": "试一试"}
    officer.api("POST", f"/bodies/{firm['code']}/rulings", data=given)
    page = officer.go(f"/firms/{firm['code'].rsplit(':', 1)[-1]}?tab=claims")
    officer.keep("record-claims-phone")
    about = page.get_by_test_id("claims-name")

    about.get_by_test_id("withdraw-ruling").click()
    about.get_by_role("textbox").fill("试完了")
    about.get_by_role("button", name="保存").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text(firm["name"])
    assert page.evaluate("document.documentElement.scrollWidth") <= _PHONE["width"]
