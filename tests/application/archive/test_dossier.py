"""The dossier: every change and every paper an item, the past as it was, nothing lost."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from chaintwin.access.asker import Asker
from chaintwin.access.tenants import make_place
from chaintwin.application.archive.catalogue import make_catalogue
from chaintwin.application.archive.checking import (
    check_dossier,
    find_differences,
    ranks,
    read_records,
    shown_of,
)
from chaintwin.application.archive.demo import file_demo
from chaintwin.application.archive.desk import Desk
from chaintwin.application.archive.dossier import Clock, compare_dossier, show_dossier
from chaintwin.application.archive.filing import file_papers, withdraw_item
from chaintwin.application.archive.models import DifferenceShown, DossierShown
from chaintwin.application.archive.record import replay
from chaintwin.application.archive.schedule import load_schedule
from chaintwin.application.archive.settings import set_settings
from chaintwin.application.projects.editing import (
    add_remark,
    delete_project,
    edit_fields,
    restore_project,
)
from chaintwin.application.projects.finding import find_items, find_project
from chaintwin.application.projects.models import FieldsGiven, PromiseGiven, StageGiven
from chaintwin.application.projects.moving import move_project
from chaintwin.application.projects.promises import add_promise, change_promise, end_promise
from chaintwin.application.projects.reading import Wanted, list_projects, show_project
from chaintwin.kit.problems import ConflictProblem, ForbiddenProblem, NotFoundProblem, Problem
from chaintwin.model.fact import Label, Value
from chaintwin.twin.door import Door
from chaintwin.twin.originals import Originals

from ..office import Office


@contextmanager
def as_of(office: Office, at: datetime, asker: Asker | None = None) -> Iterator[Desk]:
    """A desk that looks at what was true and known at a moment."""
    asker = asker or office.asker()
    with office.twin.database.transaction(asker.settings()) as connection:
        view = office.twin.view_in(connection, asker, valid_at=at, known_at=at)
        yield Desk(Door(office.twin, connection, asker, view), office.originals)


def dossier(office: Office, code: str, at: datetime | None = None) -> DossierShown:
    if at is None:
        with office.desk() as desk:
            return show_dossier(desk.door, code)
    with as_of(office, at) as desk:
        return show_dossier(desk.door, code)


def edit(office: Office, code: str, **values: float | str | list[str] | None) -> None:
    with office.desk() as desk:
        edit_fields(desk, code, FieldsGiven(values=dict(values), reason="补充资料"))


def read(office: Office, code: str, item: str) -> bytes:
    with office.desk() as desk:
        state = next(
            one for one in find_items(desk.door.view, desk.door.view.number(code))
            if one.code == item
        )  # fmt: skip
        held = state.held("original")
        assert held is not None
        return desk.originals.open(desk.door.connection, held.data["original"], state.name).read()


def sealed_file(office: Office, sha256: str) -> Path:
    (path,) = office.places.originals.rglob(sha256)
    return path


def compare(
    office: Office, code: str, begin: datetime, end: datetime, clock: Clock = "known"
) -> DifferenceShown:
    with office.desk() as desk:
        return compare_dossier(desk.door, code, begin.isoformat(), end.isoformat(), clock)


def a_busy_project(office: Office) -> tuple[str, list[datetime]]:
    """A project that lives through everything, and the moment after each event."""
    moments: list[datetime] = []

    def tick() -> None:
        moments.append(office.clock.at)
        office.wait(days=3)

    code = office.lead(link="test/pack", investment_wan=100).code
    tick()
    office.file(code, "lead-assessment")
    tick()
    edit(office, code, investment_wan=300, jobs=20)
    tick()
    with office.desk() as desk:
        move_project(desk, code, StageGiven(to="talks"))
    tick()
    with office.desk() as desk:
        add_promise(desk, code, PromiseGiven(by="investor", text="投资不低于1亿元"))
    tick()
    edit(office, code, link=["test/pack"], parcel=["test-g1"], jobs=None)
    tick()
    with office.desk() as desk:
        change_promise(
            desk, code, "1", PromiseGiven(by="investor", text="投资不低于2亿元", reason="协商一致")
        )
    tick()
    with office.desk() as desk:
        move_project(desk, code, StageGiven(to="lead", reason="投资方更换技术路线需要重来"))
    tick()
    with office.desk() as desk:
        add_remark(desk, code, "等待新方案")
    tick()
    with office.desk() as desk:
        delete_project(desk, code, "重复登记")
    tick()
    with office.desk() as desk:
        restore_project(desk, code, "并非重复")
    tick()
    return code, moments


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


def test_the_dossier_as_of_any_moment_is_the_change_log_replayed(office: Office) -> None:
    code, moments = a_busy_project(office)
    with office.desk() as desk:
        number = find_project(desk.door.view, code).body
        records = read_records(desk, find_items(desk.door.view, number))
        order = ranks(desk)

    for at in moments:
        with as_of(office, at) as desk:
            state = desk.door.view.get(number)
            replayed = replay(records, code, at, at, order)
            assert find_differences(replayed, shown_of(state)) == []
            filed = [item.known_from for one in find_items(desk.door.view, number)
                     for item in one.all("original")]  # fmt: skip
            assert len(filed) == moments.index(at) + 1
            assert all(moment <= at for moment in filed)


def test_a_replay_without_one_record_no_longer_agrees(office: Office) -> None:
    code, moments = a_busy_project(office)
    with office.desk() as desk:
        project = find_project(desk.door.view, code)
        records = read_records(desk, find_items(desk.door.view, project.body))
        del records[1]

        replayed = replay(records, code, moments[-1], moments[-1], ranks(desk))

        assert find_differences(replayed, shown_of(project))


def test_the_check_reads_all_and_replays(office: Office) -> None:
    code, _ = a_busy_project(office)

    with office.desk() as desk:
        checked = check_dossier(desk, code)

    assert (checked.unsound, checked.replays, checked.differences) == (0, True, [])
    assert checked.total == 11


def test_one_flipped_byte_is_named_by_the_check_and_the_paper_is_not_handed_out(
    office: Office,
) -> None:
    lead = office.lead()
    item = office.file(lead.code, "contract", b"%PDF-1.7 contract" * 100)
    path = sealed_file(office, item.original.sha256)
    data = bytearray(path.read_bytes())
    data[200] ^= 1
    path.write_bytes(data)

    with office.desk() as desk:
        checked = check_dossier(desk, lead.code)

    assert [one.file_number for one in checked.items if not one.sound] == [item.file_number]
    assert checked.replays is None
    client = office.client()
    answer = client.get(f"/api/v1/projects/{lead.code}/files/{item.code}")
    assert answer.status_code == 500
    assert item.file_number in answer.json()["detail"]


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


def test_two_dates_show_fields_before_and_after_and_items_added(office: Office) -> None:
    lead = office.lead(investment_wan=100)
    office.file(lead.code, "contract")
    office.wait(hours=1)
    begin = office.clock.at
    office.wait(days=2)
    edit(office, lead.code, investment_wan=300, parcel=["test-g1"])
    paper = office.file(lead.code, "legal-review")
    office.wait(days=2)

    found = compare(office, lead.code, begin, office.clock.at)

    changed = {one.attribute: one for one in found.fields}
    assert changed.keys() == {"investment_wan", "parcel"}
    before, after = changed["investment_wan"].before, changed["investment_wan"].after
    assert before is not None
    assert after is not None
    assert (before.value, after.value) == (100, 300)
    assert before.fact.fact != after.fact.fact
    assert changed["parcel"].before is None
    assert [item.type for item in found.added] == ["field-change", "legal-review"]
    assert paper.file_number in {item.file_number for item in found.added}


def test_nothing_differs_where_nothing_happened(office: Office) -> None:
    lead = office.lead()
    office.wait(days=1)
    begin = office.clock.at
    office.wait(days=1)

    found = compare(office, lead.code, begin, office.clock.at)

    assert (found.fields, found.added, found.withdrawn) == ([], [], [])


def test_dates_the_wrong_way_round_are_refused(office: Office) -> None:
    lead = office.lead()

    with office.desk() as desk, pytest.raises(Problem, match="早于"):
        compare_dossier(desk.door, lead.code, "2027-02-01", "2027-01-01", "known")


def test_another_office_sees_no_project_no_dossier_and_no_paper(office: Office) -> None:
    lead = office.lead()
    item = office.file(lead.code, "contract")
    stranger = office.asker(tenant=office.other)

    for code in (lead.code, str(lead.number)):
        with office.desk(stranger) as desk, pytest.raises(NotFoundProblem):
            show_project(desk.door, code)
        with office.desk(stranger) as desk, pytest.raises(NotFoundProblem):
            show_dossier(desk.door, code)
    with office.desk(stranger) as desk:
        assert list_projects(desk.door, Wanted(text="测试电池", limit=500)).total == 0
        assert desk.door.view.find_key("file_number", item.file_number) is None


def test_a_reader_without_the_label_sees_neither_paper_nor_count(office: Office) -> None:
    lead = office.lead()
    office.file(lead.code, "contract", title="投资协议")
    junior = office.asker(labels=frozenset({Label.PUBLIC, Label.INTERNAL}))

    with office.desk(junior) as desk:
        shown = show_dossier(desk.door, lead.code)

    assert [item.type for item in shown.items] == ["lead-record"]
    assert shown.total == 1


def test_an_officer_without_the_internal_label_is_told_and_nothing_is_opened(
    office: Office,
) -> None:
    newcomer = office.asker(labels=frozenset({Label.PUBLIC}))

    with pytest.raises(ForbiddenProblem, match="内部"):
        office.lead(newcomer, company_name="新人公司")

    with office.desk() as desk:
        assert list_projects(desk.door, Wanted(text="新人公司")).total == 0


def test_a_deleted_project_is_out_of_the_list_keeps_its_dossier_and_comes_back(
    office: Office,
) -> None:
    lead = office.lead(company_name="来去公司")
    with office.desk() as desk:
        delete_project(desk, lead.code, "重复登记")

    with office.desk() as desk:
        listed = list_projects(desk.door, Wanted(text="来去公司"))
        deleted = list_projects(desk.door, Wanted(text="来去公司", deleted=True))
        assert (listed.total, deleted.total) == (0, 1)
        assert len(show_dossier(desk.door, lead.code).items) == 2
        with pytest.raises(ConflictProblem, match="先恢复"):
            add_remark(desk, lead.code, "x")
    office.wait(hours=1)
    with office.desk() as desk:
        restored = restore_project(desk, lead.code, "并非重复")

    assert not restored.deleted
    assert restored.number == lead.number


def test_an_ended_promise_stays_on_view_and_its_past_too(office: Office) -> None:
    lead = office.lead()
    with office.desk() as desk:
        add_promise(desk, lead.code, PromiseGiven(by="government", text="供电", due="2026-01-01"))
    office.wait(days=1)
    before = office.clock.at
    office.wait(days=1)

    with office.desk() as desk:
        shown = end_promise(desk, lead.code, "1", "双方同意解除")

    with as_of(office, before) as desk:
        then = show_project(desk.door, lead.code)
    assert [(one.status, one.overdue) for one in shown.promises] == [("已解除", False)]
    assert [(one.status, one.overdue) for one in then.promises] == [("未到期", True)]


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
