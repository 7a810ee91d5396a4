"""An officer looks at a project's readings, and brings a firm's figures in by a spreadsheet."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.journeys.conftest import Open

pytestmark = [pytest.mark.journey, pytest.mark.needs("chromium", "ui")]


def test_a_suspected_stop_shows_its_figures_and_the_readings_behind(visit: Open) -> None:
    officer = visit()

    page = officer.go("/projects/demo-p07?tab=series")

    expect(page.get_by_text("疑似停产（推算，待核查）")).to_be_visible()
    expect(page.get_by_text("日均降到此前的 20%")).to_be_visible()
    expect(page.locator(".series-canvas canvas").first).to_be_visible()
    page.get_by_text("以表格查看").click()
    expect(page.get_by_role("table", name="用电量").get_by_role("row").nth(1)).to_be_visible()


def test_figures_come_in_by_a_spreadsheet_and_gaps_stay_unknown(
    visit: Open, tmp_path: Path
) -> None:
    officer = visit()
    rows = ["企业或项目,测量项,时间,数值,单位", *(
        f"demo-p02,在招岗位,2026-{month:02},{month},个" for month in (5, 6, 9)
    )]  # fmt: skip
    file = tmp_path / "points.csv"
    file.write_text("\n".join(rows), "utf-8")

    page = officer.go("/intake?tab=file")
    page.get_by_test_id("points-file").set_input_files(file)
    page.get_by_role("button", name="上传并写入").click()
    expect(page.get_by_text("共 3 个观测点：新增 3")).to_be_visible()

    page = officer.go("/projects/demo-p02?tab=series")
    page.get_by_text("以表格查看").click()
    table = page.get_by_role("table", name="在招岗位")
    expect(table.get_by_role("row")).to_have_count(6)
    expect(table.get_by_role("row", name="2026-07")).to_contain_text("未知")
