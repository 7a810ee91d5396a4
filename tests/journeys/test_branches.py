"""A what-if from the top bar: made by keyboard, seen on every page, approved by another person."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import ViewportSize, expect
from tests.journeys.conftest import Open
from tests.journeys.test_every_page import serious_findings

pytestmark = [pytest.mark.journey, pytest.mark.needs("chromium", "ui")]

PHONE: ViewportSize = {"width": 390, "height": 844}


def test_an_officer_tries_out_and_a_leader_approves(visit: Open) -> None:
    officer, leader = visit(), visit("leader")
    firm = officer.api("GET", "/firms?region=2201&limit=1")["items"][0]
    name, short = firm["name"], firm["code"].removeprefix("urn:chaintwin:")
    page = officer.go(f"/firms/{short}")

    page.get_by_test_id("branch-chip").focus()
    page.keyboard.press("Enter")
    page.get_by_test_id("branch-name").fill("若改名")
    page.keyboard.press("Enter")
    frame = page.get_by_test_id("frame")
    expect(frame).to_have_class(re.compile("branched"))
    expect(page.get_by_test_id("branch-chip")).to_contain_text("若改名")
    number = str(frame.get_attribute("data-branch"))
    given = {"attribute": "name", "value": "推演中的名字", "reason": "推演改名"}
    officer.api("POST", f"/bodies/{firm['code']}/rulings?branch={number}", data=given)

    expect(page.get_by_role("heading", level=1)).to_have_text("推演中的名字")
    expect(leader.go(f"/firms/{short}").get_by_role("heading", level=1)).to_have_text(name)
    page.get_by_test_id("menu-firms").click()
    expect(page).to_have_url(re.compile(f"branch={number}"))
    officer.keep("branch-firms")
    page.get_by_test_id("branch-bar").get_by_test_id("branch-propose").click()
    page.get_by_test_id("branch-reason").fill("已核实")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("toast")).to_contain_text("已提交审批")

    deciding = leader.go(f"/branches/{number}")
    expect(deciding.get_by_test_id("differences")).to_contain_text("推演中的名字")
    deciding.get_by_test_id("opinion").fill("同意")
    leader.keep("branch-decide")
    assert serious_findings(deciding) == []
    deciding.keyboard.press("Enter")
    expect(deciding.get_by_test_id("branch")).to_contain_text("同意并入")
    changed = leader.go(f"/firms/{short}").get_by_role("heading", level=1)
    expect(changed).to_have_text("推演中的名字")


def test_a_discarded_branch_leads_back_to_the_main_line(visit: Open) -> None:
    officer = visit(size=PHONE)
    made = officer.api("POST", "/branches", data={"name": "若不可行"})["number"]
    page = officer.go(f"/branches/{made}?branch={made}")
    expect(page.get_by_test_id("frame")).to_have_attribute("data-branch", str(made))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    page.get_by_test_id("branch-discard").last.click()
    page.get_by_test_id("branch-reason").fill("不可行")
    page.get_by_test_id("branch-confirm").click()

    expect(page.get_by_test_id("frame")).not_to_have_attribute("data-branch", re.compile("."))
    expect(page.get_by_test_id("branch")).to_contain_text("此分支已放弃")
    page.goto(f"{officer.base}/firms?branch={made}")
    expect(page.get_by_test_id("branch-chip")).to_be_visible()
    page.get_by_test_id("branch-chip").click()
    page.get_by_test_id("branch-chooser").get_by_role("button").first.click()
    expect(page.get_by_test_id("frame")).not_to_have_attribute("data-branch", re.compile("."))
