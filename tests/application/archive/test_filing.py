"""Items get their numbers in a row, once, and keep them."""

from __future__ import annotations

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from chaintwin.access.tenants import make_place
from chaintwin.application.archive.catalogue import make_catalogue
from chaintwin.application.archive.checking import (
    check_dossier,
)
from chaintwin.application.archive.demo import file_demo
from chaintwin.application.archive.dossier import show_dossier
from chaintwin.application.archive.filing import file_papers, withdraw_item
from chaintwin.application.archive.schedule import load_schedule
from chaintwin.application.archive.settings import set_settings
from chaintwin.kit.problems import ConflictProblem, ForbiddenProblem, Problem
from chaintwin.model.fact import Value
from chaintwin.twin.originals import Originals

from ..office import Office
from .looking import dossier, edit, read


def test_every_change_and_every_paper_is_an_item_with_number_hash_and_retention(
    office: Office,
) -> None:
    lead = office.lead()
    office.wait(hours=1)
    edit(office, lead.code, jobs=12)
    office.wait(hours=1)
    office.file(lead.code, "contract", title="投资协议", formed_on="2026-12-30")

    items = dossier(office, lead.code).items

    assert [item.type for item in items] == ["lead-record", "field-change", "contract"]
    rule = load_schedule().rule
    assert all(re.fullmatch(rule.pattern, item.file_number) for item in items)
    assert [item.retention for item in items] == ["D10", "D10", "Y"]
    assert items[2].file_number.startswith("Z001-WS·2026·Y·招商处-")
    assert items[2].label == "商业秘密"
    assert [item.change is None for item in items] == [False, False, True]
    for item in items:
        content = read(office, lead.code, item.code)
        assert item.original.sha256 == hashlib.sha256(content).hexdigest()
        assert item.original.size == len(content)


def test_file_numbers_run_on_without_gap_though_an_upload_failed_between(office: Office) -> None:
    lead = office.lead()
    first = office.file(lead.code, "contract", b"%PDF-1.7 one", formed_on="2026-02-01")
    with office.desk() as desk:
        received = office.received(
            {"good.pdf": b"%PDF-1.7 two", "empty.pdf": b""}, type="contract", formed_on="2026-02-01"
        )
        with pytest.raises(Problem, match=r"empty\.pdf"):
            file_papers(desk, lead.code, received)
        received.discard()

    second = office.file(lead.code, "contract", b"%PDF-1.7 three", formed_on="2026-02-01")

    assert second.sequence == first.sequence + 1
    assert len(dossier(office, lead.code).items) == 3


def test_papers_filed_at_once_get_numbers_in_a_row(office: Office) -> None:
    leads = [office.lead().code for _ in range(3)]

    def file(number: int) -> int:
        content = f"%PDF-1.7 {number}".encode()
        return office.file(leads[number % 3], "contract", content, formed_on="2025-05-05").sequence

    with ThreadPoolExecutor(6) as threads:
        numbers = sorted(threads.map(file, range(18)))

    assert numbers == list(range(numbers[0], numbers[0] + 18))


def test_a_withdrawn_item_stays_with_its_number_and_the_withdrawal_is_filed(
    office: Office,
) -> None:
    lead = office.lead()
    item = office.file(lead.code, "contract")
    office.wait(days=1)
    before = office.clock.at
    office.wait(days=1)

    with office.desk(office.asker("archivist")) as desk:
        withdrawn = withdraw_item(desk, lead.code, item.file_number, "误归他项目")

    shown = dossier(office, lead.code)
    assert withdrawn.withdrawn == "误归他项目"
    assert [one.file_number for one in shown.items if one.withdrawn] == [item.file_number]
    assert shown.items[-1].title == f"撤件记录:{item.file_number}"
    assert dossier(office, lead.code, before).withdrawn == 0
    assert read(office, lead.code, item.code).startswith(b"%PDF")


def test_an_officer_may_not_withdraw(office: Office) -> None:
    lead = office.lead()
    item = office.file(lead.code, "contract")

    with office.desk() as desk, pytest.raises(ForbiddenProblem):
        withdraw_item(desk, lead.code, item.code, "不要了")


def test_an_office_without_settings_files_nothing_until_the_archivist_sets_them(
    office: Office,
) -> None:
    real = make_place(office.twin.database, [("220183", "德惠市")])
    officer = office.asker(tenant=real)

    with pytest.raises(ConflictProblem, match="全宗号"):
        office.lead(officer)
    with office.desk(office.asker("archivist", tenant=real)) as desk:
        set_settings(desk.door, "Z109", "投促局")
    lead = office.lead(officer)

    with office.desk(officer) as desk:
        (item,) = show_dossier(desk.door, lead.code).items
    year = office.clock.at.year
    assert item.file_number == f"Z109-WS·{year}·D10·投促局-0001"
    assert lead.number == f"XM220183-{year}-0001"


def test_a_malformed_fonds_number_is_refused_with_an_example(office: Office) -> None:
    with (
        office.desk(office.asker("archivist")) as desk,
        pytest.raises(Problem, match="Z109"),
    ):
        set_settings(desk.door, "109", "投促局")


def test_the_catalogue_lists_every_item_and_runs_no_formula(office: Office) -> None:
    lead = office.lead()
    office.file(lead.code, "contract", title="=HYPERLINK(1)\x0b")

    with office.desk() as desk:
        name, data = make_catalogue(desk.door, lead.code)

    rows = list(load_workbook(BytesIO(data)).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert name == f"归档目录-{lead.number}-{office.clock.at.date()}.xlsx"
    assert rows[1][:3] == ("序号", "档号", "题名")
    assert [row[2] for row in rows[2:]] == ["线索登记表:测试电池有限公司", "'=HYPERLINK(1)"]


def test_the_demo_papers_are_filed_once_with_every_change_before_them(
    office: Office, tmp_path: Path
) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "纪要.txt").write_text("示例纪要", encoding="utf-8")
    (tmp_path / "files.yml").write_text(
        "- {path: 纪要.txt, project: demo-x1, item: talk-minutes, title: 示例·纪要, "
        'formed_on: "2026-02-03", label: 商业秘密}\n',
        encoding="utf-8",
    )
    clerk = office.asker()
    with office.twin.change(clerk, reason="装载示例", source="demo") as changes:
        project = changes.body("Project", ("project_code", "demo-x1"))
        changes.say(project, "code", Value(text="demo-x1"))
        changes.say(project, "name", Value(text="示例·项目"))
        changes.say(project, "demo", Value(text="true"))
    office.wait(hours=1)

    first = file_demo(office.twin, clerk, office.originals, tmp_path)
    second = file_demo(office.twin, clerk, Originals(office.places), tmp_path)

    shown = dossier(office, "demo-x1")
    assert (first.papers, first.changes) == (1, 1)
    assert (second.papers, second.changes) == (0, 0)
    assert [item.demo for item in shown.items] == [True, True]
    assert shown.items[1].formed_on == "2026-02-03"
    with office.desk() as desk:
        assert check_dossier(desk, "demo-x1").replays is True
