"""From a direction to the firms that could come, and back to the facts, by keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.journeys.conftest import Open
from tests.journeys.test_keyboard import tab_to

pytestmark = [pytest.mark.journey, pytest.mark.needs("chromium", "ui")]


def test_a_direction_opens_to_its_facts_and_leads_to_targets_in_two_steps(visit: Open) -> None:
    officer = visit()
    page = officer.go("/directions?chain=nev&region=220100")
    expect(page.get_by_test_id("sentence")).to_contain_text("候选环节")
    expect(page.get_by_test_id("ground")).to_contain_text("上市公司")

    tab_to(page, "at.dataset.testid === 'segment-row' && at.getAttribute('aria-current') === null")
    page.keyboard.press("Enter")
    officer.settle()
    tab_to(page, "at.dataset.testid === 'figure' && at.closest('[data-testid=segment-detail]')")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("evidence")).to_contain_text("ω")
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("evidence")).to_be_hidden()

    page.get_by_test_id("to-targets").press("Enter")

    expect(page.get_by_test_id("targets")).to_be_visible()
    officer.settle()
    assert "chain=nev" in page.url
    assert "link=" in page.url


def test_thresholds_are_tried_published_and_taken_back(visit: Open) -> None:
    officer = visit()
    page = officer.go("/chains?chain=nev&region=220100&view=thresholds")

    page.get_by_test_id("threshold-needed_firms").fill("9")
    page.keyboard.press("Tab")
    expect(page.get_by_test_id("verdict-changes")).to_contain_text("弱链")
    page.get_by_test_id("publish-thresholds").click()
    page.get_by_label("发布这组阈值的理由").fill("试一试九家")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_test_id("thresholds")).to_contain_text("现用 2026.2+1")
    expect(page.get_by_test_id("thresholds")).to_contain_text("试一试九家")

    page.get_by_role("button", name="恢复随系统版").click()
    page.get_by_label("恢复随系统版的理由").fill("试完了")
    page.get_by_role("button", name="保存").click()

    expect(page.get_by_test_id("thresholds")).to_contain_text("2026.2+2")
    expect(page.get_by_test_id("thresholds")).to_contain_text("恢复为随系统的值")
