"""The administrator's first log-in, with the password that the start printed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.journeys.conftest import Open, Served
from tests.journeys.test_every_page import PHONE, serious_findings, sideways

pytestmark = [pytest.mark.journey, pytest.mark.needs("chromium", "ui")]


def test_the_printed_password_opens_once_and_must_be_changed(visit: Open, server: Served) -> None:
    administrator = visit(login=None)
    page = administrator.go("/login")
    page.locator("#login-name").fill("admin")
    page.locator("#login-password").fill(server.one_time_password)
    page.locator("#login-password").press("Enter")
    new = page.locator("input[autocomplete=new-password]")
    expect(new.first).to_be_visible()
    administrator.keep("journey-change-password")
    for field in new.all():
        field.fill("a long new password 1")
    new.last.press("Enter")

    expect(page.get_by_test_id("system")).to_be_visible()
    administrator.settle()

    expect(page.get_by_test_id("system")).to_contain_text("示例·招商专员")
    administrator.keep("system-accounts-1920")
    assert serious_findings(page) == []
    page.set_viewport_size(PHONE)
    # The table becomes cards once the page has heard of its new width.
    page.wait_for_function("document.documentElement.scrollWidth <= innerWidth", timeout=5_000)
    assert sideways(page) == []
