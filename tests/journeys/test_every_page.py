"""Every page: no serious finding of axe in either language, no sideways scrolling on a phone."""

from __future__ import annotations

import json
import os
from functools import cache

import pytest
from playwright.sync_api import Page, ViewportSize, expect
from tests.conftest import REPOSITORY
from tests.journeys.conftest import Open

pytestmark = [pytest.mark.journey, pytest.mark.needs("chromium", "ui")]

DESK: ViewportSize = {"width": 1920, "height": 1080}
PHONE: ViewportSize = {"width": 390, "height": 844}
_FIRM = "{firm}"
# Name → (address, who looks).
PAGES = {
    "login": ("/login", None),
    "cockpit": ("/", "officer"),
    "chains": ("/chains?chain=nev", "officer"),
    "chains-table": ("/chains?chain=nev&view=table", "officer"),
    "thresholds": ("/chains?chain=nev&view=thresholds", "officer"),
    "link": ("/chains?chain=nev&link=battery-pack", "officer"),
    "directions": ("/directions?chain=nev", "officer"),
    "anchors": ("/anchors", "officer"),
    "targets": ("/targets?chain=nev&link=battery-cell", "officer"),
    "firms": ("/firms", "officer"),
    "firm": (_FIRM, "officer"),
    "bodies": ("/bodies?kind=Parcel", "officer"),
    "kinds": ("/bodies?tab=kinds&of=Parcel", "officer"),
    "projects": ("/projects", "officer"),
    "project": ("/projects/demo-p01", "officer"),
    "project-fields": ("/projects/demo-p01?tab=fields", "officer"),
    "project-promises": ("/projects/demo-p01?tab=promises", "officer"),
    "project-diff": ("/projects/demo-p01?tab=diff", "officer"),
    "project-series": ("/projects/demo-p01?tab=series", "officer"),
    "intake": ("/intake", "officer"),
    "intake-aside": ("/intake?tab=aside", "officer"),
    "intake-file": ("/intake?tab=file", "officer"),
    "imports": ("/imports", "officer"),
    "sources": ("/sources", "officer"),
    "branches": ("/branches", "officer"),
    "identity": ("/identity", "officer"),
    "identity-merges": ("/identity?tab=merges", "officer"),
    "ledger": ("/ledger", "officer"),
    "account": ("/account", "officer"),
    "system-audit": ("/system", "auditor"),
    "system-archive": ("/system", "archivist"),
    "no-such-page": ("/nowhere", "officer"),
    "past": ("/?valid_at=2026-06-01&known_at=2026-06-01", "officer"),
}


@cache
def axe() -> str:
    path = REPOSITORY / "ui" / "node_modules" / "axe-core" / "axe.min.js"
    if not path.is_file():
        absent = pytest.fail if os.environ.get("CHAINTWIN_CI") == "1" else pytest.skip
        absent("axe-core is not installed: make setup")
    return path.read_text("utf-8")


def serious_findings(page: Page) -> list[str]:
    """Return what axe finds serious or critical: rule, place, why."""
    page.evaluate(axe())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['impact']} {one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]


def sideways(page: Page) -> list[str]:
    """Return the elements that stick out to the right where the document scrolls sideways."""
    found: list[str] = page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] :
        [document.documentElement.scrollWidth + ' px', ...[...document.querySelectorAll('body *')]
          .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
          .slice(0, 8).map((e) => e.tagName + '.' + e.className)]"""
    )
    return found


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_reads_well_for_everybody(name: str, language: str, visit: Open) -> None:
    path, login = PAGES[name]
    reader = visit(login, DESK, language)
    if path == _FIRM:
        path = "/firms/" + reader.api("GET", "/firms?text=富奥")["items"][0]["code"].split(":")[-1]
    page = reader.go(path)

    if language == "zh":
        reader.keep(f"{name}-1920")
    assert sideways(page) == []
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN" if language == "zh" else "en")
    findings = serious_findings(page)
    page.set_viewport_size(PHONE)
    page.wait_for_timeout(600)
    if language == "zh":
        reader.keep(f"{name}-390")

    assert findings == [], json.dumps(findings, ensure_ascii=False, indent=1)
    assert sideways(page) == []
