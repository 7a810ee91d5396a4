"""From a gap of the local chain to a project with a living dossier, by hand."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.conftest import Open, Visit

pytestmark = [pytest.mark.journey, pytest.mark.needs("chromium", "ui")]


def today() -> str:
    return datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai")).date().isoformat()


def upload(page: Page, paper: Path, kind: str) -> None:
    page.get_by_test_id("file-input").set_input_files(paper)
    page.get_by_test_id("paper-type").click()
    page.get_by_test_id("paper-type").locator("input").fill(kind)
    page.locator(".ant-select-item-option", has_text=kind).first.click()
    page.get_by_test_id("file-it").click()
    expect(page.get_by_test_id("filing-list").get_by_role("link", name=paper.stem)).to_be_visible()


def open_lead_by_hand(officer: Visit) -> None:
    page = officer.page
    page.get_by_test_id("gaps").get_by_role("link").filter(has_text=re.compile(r"\d")).first.click()
    expect(page.get_by_test_id("targets")).to_be_visible()
    page.get_by_test_id("target-row").first.click()
    expect(page.get_by_test_id("target-detail")).to_be_visible()
    officer.settle()
    officer.keep("journey-targets")
    page.get_by_test_id("open-lead").click()
    page.get_by_role("dialog").get_by_role("button").last.click()
    expect(page.get_by_test_id("stage-line")).to_be_visible()
    officer.settle()


def test_from_the_cockpit_to_a_dossier_of_yesterday_and_today(visit: Open, tmp_path: Path) -> None:
    officer = visit(login=None)
    page = officer.go("/login")
    page.get_by_test_id("demo-officer").click()
    expect(page.get_by_test_id("cockpit")).to_be_visible()
    officer.settle()
    officer.keep("journey-cockpit")
    open_lead_by_hand(officer)

    gate = page.get_by_test_id("gate")
    expect(gate).to_contain_text("还缺")
    expect(gate).to_contain_text("线索研判意见")
    expect(page.get_by_test_id("move-next")).to_be_disabled()
    officer.keep("journey-gate-closed")

    paper = tmp_path / "线索研判意见-示例.txt"
    paper.write_text("线索研判意见,示例。", "utf-8")
    upload(page, paper, "线索研判意见")
    expect(gate).to_contain_text("材料齐全")
    page.get_by_test_id("move-next").click()
    page.get_by_role("dialog").get_by_role("button", name="确定").or_(
        page.get_by_role("dialog").get_by_role("button", name="确 定")
    ).click()

    expect(page.locator("[aria-current=step]")).to_contain_text("洽谈")
    officer.settle()
    officer.keep("journey-dossier-today")
    expect(page.get_by_test_id("filing-list")).to_contain_text("线索研判意见-示例")
    see_both_days(officer)


def see_both_days(officer: Visit) -> None:
    page = officer.page
    page.get_by_test_id("dossier-yesterday").click()
    officer.settle()
    expect(page.get_by_test_id("frame")).to_have_attribute("data-moment", "past")
    expect(page.get_by_test_id("project")).not_to_contain_text("线索研判意见-示例")
    officer.keep("journey-dossier-yesterday")
    page.get_by_test_id("dossier-now").click()
    expect(page.get_by_test_id("filing-list")).to_contain_text("线索研判意见-示例")

    page.get_by_role("tab", name="变化").click()
    difference = page.get_by_test_id("difference")
    expect(difference).to_contain_text("新归档")
    expect(difference).to_contain_text("线索研判意见-示例")
    expect(difference.get_by_test_id("figure").filter(has_text="洽谈").first).to_be_visible()
    expect(page.get_by_test_id("diff-to")).to_have_value(today())
    officer.keep("journey-difference")


def test_a_gap_opens_its_link_in_the_chain(visit: Open) -> None:
    officer = visit()
    page = officer.go("/")
    first = page.get_by_test_id("gaps").locator("tbody tr").first.get_by_role("link").first
    name = first.inner_text()

    first.click()

    expect(page.get_by_test_id("link-view").get_by_role("heading", name=name)).to_be_visible()
    expect(page.get_by_test_id("link-firms")).to_be_visible()


def test_every_figure_of_the_cockpit_opens_to_its_source(visit: Open) -> None:
    officer = visit()
    page = officer.go("/")

    page.get_by_test_id("cockpit").get_by_test_id("figure").first.click()

    expect(page.get_by_test_id("evidence")).to_be_visible()
    expect(page.get_by_test_id("evidence")).to_contain_text(re.compile("来源|公式"))


def test_a_dossier_of_an_earlier_day_shows_the_stage_of_that_day(visit: Open) -> None:
    officer = visit()
    page = officer.go("/projects/demo-p01")
    expect(page.locator("[aria-current=step]")).to_contain_text("建设")

    officer.go("/projects/demo-p01?valid_at=2025-05-01")

    expect(page.locator("[aria-current=step]")).to_contain_text("洽谈")
    officer.keep("journey-earlier-stage")
