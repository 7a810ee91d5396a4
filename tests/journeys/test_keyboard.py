"""Without a mouse: from the chain to a firm."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from tests.journeys.conftest import Open

pytestmark = [pytest.mark.journey, pytest.mark.needs("chromium", "ui")]

_FOCUS = "document.activeElement"


def tab_to(page: Page, condition: str, most: int = 250) -> None:
    """Press Tab until the element in focus (as `at`) meets a condition in JavaScript."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(f"(() => {{ const at = {_FOCUS}; return Boolean({condition}) }})()"):
            return
    raise AssertionError(f"Tab never reaches: {condition}")


def outline(page: Page) -> str:
    style: str = page.evaluate(
        f"(() => {{ const s = getComputedStyle({_FOCUS});"
        " return s.outlineStyle + ' ' + s.outlineWidth + ' ' + s.boxShadow })()"
    )
    return style


def test_one_gets_from_the_chain_to_a_firm_by_keys_alone(visit: Open) -> None:
    officer = visit()
    page = officer.go("/chains?chain=nev&region=220100")

    tab_to(page, "at.dataset.testid?.startsWith('link-') && at.className.includes('card-')")
    assert outline(page) != "none 0px none"
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("link-view")).to_be_visible()
    officer.settle()
    tab_to(page, "at.closest('[data-testid=link-firms]') && at.href?.includes('/firms/')")
    officer.keep("journey-keyboard")
    page.keyboard.press("Enter")

    expect(page.get_by_test_id("firm")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_escape_closes_the_link_and_gives_the_focus_back(visit: Open) -> None:
    officer = visit()
    page = officer.go("/chains?chain=nev&region=220100")
    tab_to(page, "at.dataset.testid?.startsWith('link-') && at.className.includes('card-')")
    card = page.evaluate(f"{_FOCUS}.dataset.testid")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("link-view")).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.get_by_test_id("link-view")).to_be_hidden()
    expect(page.get_by_test_id(card)).to_be_focused()


def test_the_first_tab_offers_to_skip_to_the_content(visit: Open) -> None:
    officer = visit()
    page = officer.go("/")

    page.keyboard.press("Tab")

    assert page.evaluate(f"{_FOCUS}.getAttribute('href')") == "#content"
