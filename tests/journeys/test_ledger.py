"""An officer sees that a fact is in the ledger, and a page says when something was altered."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import ViewportSize, expect
from tests.journeys.conftest import Open, Served

pytestmark = [pytest.mark.journey, pytest.mark.needs("chromium", "ui")]
_PHONE: ViewportSize = {"width": 390, "height": 844}
_WALL: ViewportSize = {"width": 1920, "height": 1080}


def chaintwin(server: Served, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command beside the server, on its data."""
    return subprocess.run(
        [sys.executable, "-m", "chaintwin", *arguments],
        env=os.environ | {"CHAINTWIN_DATA": str(server.log.parent / "data")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_fact_shows_where_it_stands_in_the_ledger_within_three_clicks(visit: Open) -> None:
    officer = visit(size=_WALL)
    page = officer.go("/")
    figures = page.get_by_test_id("cockpit").get_by_test_id("figure")

    for number in range(6):  # not every figure rests on a fact
        figures.nth(number).click()
        officer.settle()
        if page.get_by_test_id("fact").count():
            break
        page.keyboard.press("Escape")
    page.get_by_test_id("fact").first.get_by_role("button").click()  # one of its facts
    told = page.get_by_test_id("proof-state").first
    expect(told).to_contain_text("已入账本，第")
    officer.settle()
    officer.keep("ledger-proof-state")
    told.get_by_role("link").click()  # the ledger itself

    expect(page.get_by_role("heading", level=1)).to_contain_text("存证账本")


def test_the_page_tells_signers_witnesses_and_what_a_verification_found(
    visit: Open, server: Served, tmp_path: Path
) -> None:
    officer = visit(size=_WALL)
    page = officer.go("/ledger")
    expect(page.get_by_test_id("ledger-standing")).to_contain_text("已签到最新变更")
    expect(page.get_by_test_id("ledger-checked")).to_contain_text("还没有核验过")

    bureau = {"CHAINTWIN_DATA": str(tmp_path / "bureau")}
    key = chaintwin(server, "ledger", "key").stdout.strip()
    made = subprocess.run(
        [sys.executable, "-m", "chaintwin", "ledger", "witness-key", "--name", "统计局"],
        env=os.environ | bureau, capture_output=True, text=True, check=True,
    )  # fmt: skip
    asked, signed = tmp_path / "asked", tmp_path / "signed"
    chaintwin(server, "ledger", "add-witness", made.stdout.strip())
    chaintwin(server, "ledger", "request", "--witness", "统计局", "--out", asked)
    subprocess.run(
        [sys.executable, "-m", "chaintwin", "ledger", "cosign", asked, "--log-key", key, "--out",
         signed],
        env=os.environ | bureau, capture_output=True, check=True,
    )  # fmt: skip
    assert chaintwin(server, "ledger", "accept", signed).returncode == 0
    good = chaintwin(server, "verify", "--checkpoint", signed)
    page = officer.go("/ledger")
    expect(page.get_by_test_id("ledger-standing")).to_contain_text("统计局")
    expect(page.get_by_test_id("ledger-checked")).to_contain_text("一致")
    officer.keep("ledger-good")

    originals = server.log.parent / "data" / "originals"
    file = next(path for path in sorted(originals.rglob("*")) if path.is_file())
    kept = file.read_bytes()
    file.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
    bad = chaintwin(server, "verify")
    file.write_bytes(kept)
    page = officer.go("/ledger")
    table = page.get_by_test_id("ledger-checked")
    expect(table).to_contain_text("发现 1 处不符")
    expect(table).to_contain_text(file.name)
    officer.keep("ledger-bad")

    assert (good.returncode, bad.returncode) == (0, 1), good.stdout + good.stderr + bad.stderr
    phone = visit(size=_PHONE, language="en")
    page = phone.go("/ledger")
    expect(page.get_by_test_id("ledger-standing")).to_contain_text("Public key")
    phone.keep("ledger-phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= _PHONE["width"]
