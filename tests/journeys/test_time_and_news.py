"""The time bar shows the past as past; what others change appears by itself."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests.journeys.conftest import Open

pytestmark = [pytest.mark.journey, pytest.mark.needs("chromium", "ui")]


def test_a_past_day_tints_the_page_and_changes_the_figures(visit: Open) -> None:
    officer = visit()
    page = officer.go("/projects")
    projects = page.get_by_test_id("projects")
    expect(projects).to_contain_text("示例·汽车内饰件扩建项目")
    now = projects.inner_text()

    page.get_by_test_id("time-bar").get_by_role("button").first.click()
    page.get_by_test_id("valid-at").fill("2025-05-01")
    page.get_by_test_id("valid-at").press("Enter")

    frame = page.get_by_test_id("frame")
    expect(frame).to_have_attribute("data-moment", "past")
    expect(frame).to_have_class(re.compile("past"))
    officer.settle()
    expect(page).to_have_url(re.compile("valid_at=2025-05-01"))
    expect(projects).not_to_have_text(now)
    officer.keep("journey-past")
    page.get_by_test_id("back-to-now").click()
    expect(frame).to_have_attribute("data-moment", "now")


def test_what_nobody_declared_stays_unknown_and_is_never_called_missing(visit: Open) -> None:
    officer = visit()
    chain = officer.api("GET", "/chains/nev?region=220184")
    unknown = next(link for link in chain["links"] if link["verdict"]["code"] == "unknown")

    page = officer.go(f"/chains?chain=nev&region=220184&link={unknown['code']}")

    note = page.locator(".verdict-note")
    expect(note).to_contain_text("未知")
    expect(note).not_to_contain_text("缺链")


def test_a_region_without_any_statement_has_only_unknown_links(visit: Open) -> None:
    officer = visit()

    page = officer.go("/chains?chain=nev&region=510100")

    cards = page.locator("[data-testid^=link-] .card-verdict")
    expect(cards.first).to_be_visible()
    assert {text.strip()[-2:] for text in cards.all_inner_texts()} == {"未知"}


def test_a_change_by_somebody_else_appears_without_reloading(visit: Open) -> None:
    looking, working = visit(), visit()
    page = looking.go("/projects/demo-p04?tab=fields")
    remark = "示例·对方确认下周到访"
    expect(page.get_by_test_id("project")).not_to_contain_text(remark)
    page.wait_for_timeout(1_000)  # the stream has to stand before something can come over it

    working.api("POST", "/projects/demo-p04/remarks", data={"text": remark})

    expect(page.get_by_test_id("project")).to_contain_text(remark, timeout=10_000)


def test_nobody_changes_the_past(visit: Open) -> None:
    officer = visit()

    page = officer.go("/projects/demo-p04?known_at=2020-01-01&tab=fields")

    expect(page.get_by_test_id("upload")).to_have_count(0)
    expect(page.get_by_test_id("move-next")).to_have_count(0)
