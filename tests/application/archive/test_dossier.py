"""The dossier: the past as it was, what changed, and who may see it."""

from __future__ import annotations

import pytest

from chaintwin.application.archive.dossier import compare_dossier, show_dossier
from chaintwin.application.projects.editing import (
    add_remark,
    delete_project,
    restore_project,
)
from chaintwin.application.projects.models import PromiseGiven
from chaintwin.application.projects.promises import add_promise, end_promise
from chaintwin.application.projects.reading import Wanted, list_projects, show_project
from chaintwin.kit.problems import ConflictProblem, ForbiddenProblem, NotFoundProblem, Problem
from chaintwin.model.fact import Label

from ..office import Office
from .looking import as_of, compare, edit


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
