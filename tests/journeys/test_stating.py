"""Entering values and bodies by hand, finding firms by other names, and tokens for programs."""

from __future__ import annotations

import re
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import Page, ViewportSize, expect
from tests.journeys.conftest import Open
from tests.journeys.test_every_page import serious_findings, sideways

from chaintwin.access.demo import DEMO_PASSWORD

pytestmark = [pytest.mark.journey, pytest.mark.needs("chromium", "ui")]

PHONE: ViewportSize = {"width": 390, "height": 844}


def choose(page: Page, label: str, text: str) -> None:
    """Choose from a list by the keyboard alone."""
    page.get_by_role("combobox", name=label, exact=True).focus()
    page.keyboard.type(text)
    expect(page.locator(".ant-select-item-option-active")).to_contain_text(text)
    page.keyboard.press("Enter")


def test_on_a_phone_a_new_body_and_a_changed_value_show_in_what_a_branch_changes(
    visit: Open,
) -> None:
    officer = visit(size=PHONE)
    number = officer.api("POST", "/branches", data={"name": "若落地"})["number"]
    page = officer.go(f"/branches/{number}")
    page.get_by_test_id("branch-write").get_by_role("link").nth(1).click()
    expect(page.get_by_test_id("frame")).to_have_attribute("data-branch", str(number))

    page.get_by_test_id("new-body").click()
    form = page.get_by_test_id("new-body-form")
    expect(form).to_be_visible()
    officer.settle()
    assert (sideways(page), serious_findings(page)) == ([], [])
    form.get_by_label("名称 *").fill("十号地块")
    form.get_by_label("地块编号").fill("QK-10")
    choose(page, "再加一个属性…", "面积")
    form.get_by_label("面积").fill("一百")
    form.get_by_label("理由（留档）").fill("拟收储")
    page.keyboard.press("Enter")
    expect(form.get_by_role("alert")).to_contain_text("要填数字")
    form.get_by_label("面积").fill("100")
    officer.keep("new-body")
    form.get_by_label("面积").press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("十号地块")
    page.get_by_test_id("state-value").click()
    expect(page.get_by_test_id("state-form")).to_be_visible()
    officer.settle()
    assert (sideways(page), serious_findings(page)) == ([], [])
    choose(page, "属性", "状态")
    value = page.get_by_test_id("state-form")
    value.get_by_label("新的值").fill("可供")
    value.get_by_label("理由（留档）").fill("已收储")
    officer.keep("state-value")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("toast")).to_contain_text("已填写")
    expect(page.get_by_test_id("body")).to_contain_text("可供")
    changed = officer.go(f"/branches/{number}").get_by_test_id("differences")
    for said in ("十号地块", "100 亩", "可供"):
        expect(changed).to_contain_text(said)
    items = officer.api("GET", "/kinds/Parcel/bodies?text=十号地块")["items"]
    assert items == []


def test_the_search_box_tells_what_may_be_meant_and_why(visit: Open) -> None:
    officer = visit()
    page = officer.go("/")

    page.get_by_role("combobox", name=re.compile("查找企业")).fill("深圳比亚迪")

    guess = page.locator(".ant-select-item-option", has_text="比亚迪股份有限公司")
    expect(guess).to_contain_text("名称依次含有“比亚迪”,不含“深圳”")
    officer.keep("perhaps")
    guess.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("比亚迪股份有限公司")


def test_a_person_makes_a_token_for_a_program_and_takes_it_back(visit: Open) -> None:
    officer = visit(language="en")
    page = officer.go("/")
    page.get_by_test_id("person").click()
    page.get_by_test_id("account-link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My account")

    page.get_by_test_id("make-token").click()
    page.get_by_label("Name", exact=True).fill("QGIS")
    page.get_by_label("Your password").fill(DEMO_PASSWORD)
    page.keyboard.press("Enter")
    token = page.get_by_test_id("token").inner_text()
    asked = urllib.request.Request(
        f"{officer.base}/ogc/v1/collections", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(asked) as answer:
        assert answer.status == 200
    assert serious_findings(page) == []
    officer.keep("account")

    page.get_by_role("button", name="Revoke QGIS").click()
    page.locator(".ant-popconfirm").get_by_role("button", name="Revoke").click()

    expect(page.get_by_test_id("tokens")).to_contain_text("revoked")
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(asked)
