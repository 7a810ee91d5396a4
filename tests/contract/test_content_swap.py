"""Everything that ships as content replaced by an invented place: the whole journey still works."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from tests.contract.asking import log_in, read
from tests.contract.generated_content import (
    CHAIN,
    FORMER_REGION,
    PLACE,
    REGION,
    Written,
    write_content,
)

from chaintwin import boot
from chaintwin.access.demo import DEMO_PASSWORD
from chaintwin.kit.clock import FixedClock
from chaintwin.kit.places import Places
from chaintwin.model.content import content_folder, read_yaml
from chaintwin.twin.twin import Twin


@pytest.fixture
def officer(app: FastAPI) -> TestClient:
    return log_in(app, "officer", DEMO_PASSWORD)


@pytest.fixture
def cockpit(officer: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = read(officer, f"/regions/{REGION}/cockpit")
    return found


def verdicts(client: TestClient, region: str = REGION) -> dict[str, str]:
    chain = read(client, f"/chains/{CHAIN}", region=region)
    return {link["code"]: link["verdict"]["code"] for link in chain["links"]}


def test_the_same_seed_writes_the_same_content(written: Written, tmp_path: Path) -> None:
    again = write_content(tmp_path / "content", written.folder)

    assert boot.digest_content(again.folder) == boot.digest_content(written.folder)
    assert written.links >= 60


def test_the_start_greets_the_generated_place(officer: TestClient) -> None:
    place = read(officer, "/session")["place"]

    assert (place["name"], place["region"], place["demo"]) == (PLACE[-1][1], REGION, True)


def test_nothing_of_the_shipped_place_and_chains_is_left(
    officer: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    chains = read(officer, "/chains")["items"]
    regions = read(officer, "/regions")["items"]
    monkeypatch.delenv("CHAINTWIN_CONTENT")
    provinces = read_yaml(content_folder() / "division_names.yml")

    assert [chain["code"] for chain in chains] == [CHAIN]
    shipped = {province["code"][:2] for province in provinces}
    assert len(shipped) == 34
    assert not {region["code"][:2] for region in regions} & shipped


def test_the_cockpit_shows_the_gaps_that_were_planted(
    cockpit: dict[str, Any], officer: TestClient, written: Written
) -> None:
    found = verdicts(officer)

    judged_empty = {link for link, verdict in found.items() if verdict in {"missing", "choke"}}
    assert cockpit["region_name"] == PLACE[-1][1]
    assert cockpit["gaps"]
    assert {gap["link"] for gap in cockpit["gaps"]} <= found.keys() - written.untold
    assert written.empty <= judged_empty
    assert len(found) == written.links


def test_a_link_whose_coverage_nobody_declared_is_unknown_and_never_missing(
    officer: TestClient, written: Written
) -> None:
    found = verdicts(officer)

    assert written.untold
    assert {found[link] for link in written.untold} == {"unknown"}


def test_a_former_code_of_the_place_still_finds_it(officer: TestClient) -> None:
    assert verdicts(officer, FORMER_REGION) == verdicts(officer, REGION)


def test_the_journey_from_a_gap_to_the_dossier_of_yesterday_and_today(
    cockpit: dict[str, Any], officer: TestClient, app: FastAPI, clock: FixedClock
) -> None:
    gap = cockpit["gaps"][0]
    wish = {"chain": CHAIN, "link": gap["link"], "region": REGION}
    target = read(officer, "/targets", **wish)["items"][0]
    project = open_lead(officer, target, gap["link"])
    clock.move(timedelta(days=1))
    officer = log_in(app, "officer", DEMO_PASSWORD)

    refused = officer.post(f"/api/v1/projects/{project}/stage", json={"to": "talks"})
    for kind in ("lead-record", "lead-assessment"):
        upload(officer, project, kind)
    moved = officer.post(f"/api/v1/projects/{project}/stage", json={"to": "talks"})

    assert len(target["reasons"]) >= 3
    assert target["counter_reasons"]
    assert refused.status_code == 409, refused.text
    assert "线索研判意见" in refused.json()["detail"]
    assert moved.status_code == 200, moved.text
    check_both_days(officer, project)


def open_lead(officer: TestClient, target: dict[str, Any], link: str) -> str:
    given = {"firm": target["firm"], "link": f"{CHAIN}/{link}", "region": REGION}
    answer = officer.post("/api/v1/leads", json=given)
    assert answer.status_code == 201, answer.text
    assert answer.json()["company"]["name"] == target["name"]
    code: str = answer.json()["code"]
    return code


def upload(officer: TestClient, project: str, kind: str) -> None:
    answer = officer.post(
        f"/api/v1/projects/{project}/files",
        data={"type": kind},
        files={"files": (f"{kind}.pdf", b"%PDF-1.7 " + kind.encode())},
    )
    assert answer.status_code == 201, answer.text


def check_both_days(officer: TestClient, project: str) -> None:
    yesterday = read(officer, f"/projects/{project}/dossier", known_at="2026-11-02")
    today = read(officer, f"/projects/{project}/dossier")
    difference = read(
        officer, f"/projects/{project}/diff", **{"from": "2026-11-02", "to": "2026-11-03"}
    )

    def kinds(dossier: dict[str, Any]) -> list[str]:
        return [item["type"] for item in dossier["items"]]

    assert yesterday["project"]["stage"]["code"] == "lead"
    assert today["project"]["stage"]["code"] == "talks"
    assert "lead-assessment" not in kinds(yesterday)
    assert {"lead-assessment", "stage-change"} <= set(kinds(today))
    assert len(difference["added"]) == len(kinds(today)) - len(kinds(yesterday))
    assert "stage" in {field["attribute"] for field in difference["fields"]}


def test_the_demo_projects_of_the_place_are_filed_and_marked(
    officer: TestClient, written: Written
) -> None:
    projects = {row["number"]: row for row in read(officer, "/projects")["items"]}
    dossier = read(officer, f"/projects/{written.projects[0]}/dossier")

    assert set(written.projects) <= projects.keys()
    assert all(projects[number]["demo"] for number in written.projects)
    assert "示例·洽谈纪要" in [item["title"] for item in dossier["items"]]


def test_an_imported_firm_fills_a_gap(
    started: tuple[Twin, boot.Start], officer: TestClient, written: Written, tmp_path: Path
) -> None:
    gap = sorted(written.empty)[0]
    link = read(officer, f"/chains/{CHAIN}/links/{gap}", region=REGION)
    rows = [(f"新来{number}号材料有限公司", REGION, link["products"][0]) for number in (1, 2)]
    sheet = write_sheet(tmp_path / "名录.xlsx", [*rows, ("", REGION, "缺名称")])

    with sheet.open("rb") as stream:
        checked = officer.post("/api/v1/imports", files={"file": ("名录.xlsx", stream)})
    assert checked.status_code == 201, checked.text
    done = officer.post(f"/api/v1/imports/{checked.json()['id']}/confirm")
    boot.settle(started[0], lambda _zh, _en: None)

    after = read(officer, f"/chains/{CHAIN}/links/{gap}", region=REGION)
    names = {firm["name"] for firm in after["firms"]}
    assert (checked.json()["accepted"], checked.json()["rejected"]) == (2, 1)
    assert done.status_code == 200, done.text
    assert {row[0] for row in rows} <= names
    assert after["link"]["firms"] == 2
    assert after["link"]["verdict"]["code"] != "missing"


def write_sheet(path: Path, rows: list[tuple[str, str, str]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [("企业名称", "区划代码", "主要产品"), *rows]:
        sheet.append(row)
    book.save(path)
    return path


def test_a_second_load_of_the_same_content_changes_nothing(
    started: tuple[Twin, boot.Start], data: Places, officer: TestClient
) -> None:
    before = read(officer, "/changes", limit=1)["total"], read(officer, "/firms")["total"]
    (data.root / f"content-{started[1].tenant}.sha256").unlink()

    boot.prepare(started[0], data, lambda _zh, _en: None)

    after = read(officer, "/changes", limit=1)["total"], read(officer, "/firms")["total"]
    assert after == before
