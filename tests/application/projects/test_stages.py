"""Leads become projects, projects move through gates, and each step leaves its trace."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from chaintwin.application.projects.core import GateProblem
from chaintwin.application.projects.editing import edit_fields
from chaintwin.application.projects.models import (
    FieldsGiven,
    PlainValue,
    ProjectShown,
    StageGiven,
)
from chaintwin.application.projects.moving import move_project
from chaintwin.application.projects.reading import Wanted, list_projects, show_project
from chaintwin.kit.problems import ConflictProblem, InputProblem, Problem

from ..office import Office

LEAD_PAPERS = ("lead-assessment",)


def move(
    office: Office, code: str, to: str, reason: str = "", on: date | None = None
) -> ProjectShown:
    with office.desk() as desk:
        return move_project(desk, code, StageGiven(to=to, reason=reason, on=on))


def edit(office: Office, code: str, values: Mapping[str, PlainValue | list[str]]) -> ProjectShown:
    with office.desk() as desk:
        return edit_fields(desk, code, FieldsGiven(values=dict(values), reason="补充资料"))


def ready_lead(office: Office) -> ProjectShown:
    lead = office.lead(link="test/pack")
    office.file(lead.code, "lead-assessment")
    return lead


def test_a_lead_keeps_the_firm_the_link_and_what_it_was_recommended_on(office: Office) -> None:
    with office.twin.view(office.asker()) as view:
        firm = view.find_key("company_name", "测试电池有限公司")
        assert firm is not None
        held = view.get(firm).held("name")
        assert held is not None
        code = view.code(firm)
    recommendation = {
        "score": 81.5,
        "scorecard": "targets",
        "scorecard_version": "2026-11-01",
        "reasons": [{"text": "产品对口", "facts": [{"body": code, "fact": held.fact}]}],
    }

    lead = office.lead(
        firm=code, company_name=None, link="test/pack", recommendation=recommendation
    )

    assert lead.stage is not None
    assert lead.stage.code == "lead"
    assert lead.name == "测试电池电池包项目"
    assert lead.company is not None
    assert lead.company.code == code
    assert [link.key for link in lead.links] == ["test/pack"]
    assert lead.recommendation is not None
    assert lead.recommendation["reasons"][0]["facts"] == [{"body": code, "fact": held.fact}]
    with office.twin.view(office.asker()) as view:
        kept = view.history(view.number(lead.code), "recommendation")[0]
    assert kept.evidence == {"sources": ["register"]}  # exports look for evaluation-only ones here


def test_a_double_click_opens_one_lead_and_a_second_project_must_be_asked_for(
    office: Office,
) -> None:
    with office.twin.view(office.asker()) as view:
        firm = view.find_key("company_name", "测试电池有限公司")
        assert firm is not None
        code = view.code(firm)
    first = office.lead(firm=code, region="220183")

    with pytest.raises(ConflictProblem) as refused:
        office.lead(firm=code, region="220183")
    again = office.lead(firm=code, region="220183", again=True)

    assert refused.value.where["project"] == first.code
    assert str(first.number) in refused.value.zh
    assert again.code != first.code


def test_a_lead_on_facts_that_do_not_exist_is_refused_and_takes_no_number(office: Office) -> None:
    first = office.lead()
    with office.twin.view(office.asker()) as view:
        firm = view.find_key("company_name", "测试电池有限公司")
        assert firm is not None
        facts = [{"body": view.code(firm), "fact": 10**12}]

    with pytest.raises(InputProblem, match=str(10**12)):
        office.lead(recommendation={"reasons": [{"text": "假", "facts": facts}]})

    assert first.number is not None
    assert office.lead().number == f"{first.number[:-4]}{int(first.number[-4:]) + 1:04d}"


def test_twenty_leads_at_once_get_twenty_numbers_without_gap_or_double(office: Office) -> None:
    with ThreadPoolExecutor(8) as threads:
        numbers = list(threads.map(lambda _: str(office.lead().number), range(20)))

    found = sorted(int(number.rsplit("-", 1)[1]) for number in numbers)
    assert found == list(range(found[0], found[0] + 20))
    assert {number.rsplit("-", 1)[0] for number in numbers} == {f"XM220184-{office.clock.at.year}"}


def test_a_closed_gate_names_every_field_and_paper_that_is_missing(office: Office) -> None:
    lead = office.lead()

    with pytest.raises(GateProblem) as refused:
        move(office, lead.code, "talks")

    assert refused.value.where["missing_fields"] == ["link"]
    assert refused.value.where["missing_documents"] == ["lead-assessment"]
    assert "补链环节" in refused.value.zh
    assert "线索研判意见" in refused.value.zh


def test_a_project_with_all_papers_moves_on_and_the_day_counts_from_there(office: Office) -> None:
    lead = ready_lead(office)
    office.wait(days=3)

    moved = move(office, lead.code, "talks")
    office.wait(days=12)

    with office.desk() as desk:
        shown = show_project(desk.door, lead.code)
    assert moved.stage is not None
    assert moved.stage.code == "talks"
    assert [(stay.stage.code, stay.days) for stay in shown.stages] == [("lead", 3), ("talks", 12)]
    assert shown.days_in_stage == 12


def test_no_stage_is_skipped(office: Office) -> None:
    lead = ready_lead(office)

    with pytest.raises(ConflictProblem, match="逐级"):
        move(office, lead.code, "signing")


def test_going_back_needs_a_reason_and_is_marked(office: Office) -> None:
    lead = ready_lead(office)
    office.wait(hours=1)
    move(office, lead.code, "talks")
    office.wait(days=1)

    with pytest.raises(InputProblem, match="至少 10 个字"):
        move(office, lead.code, "lead", "不行")
    back = move(office, lead.code, "lead", "投资方更换了技术路线，需要重新研判")

    assert [stay.stage.code for stay in back.stages] == ["lead", "talks", "lead"]
    assert [stay.rollback for stay in back.stages] == [False, False, True]
    assert back.stages[-1].reason == "投资方更换了技术路线，需要重新研判"


def test_a_withdrawn_paper_closes_the_gate_again(office: Office) -> None:
    from chaintwin.application.archive.filing import withdraw_item

    lead = office.lead(link="test/pack")
    item = office.file(lead.code, "lead-assessment")
    with office.desk(office.asker("archivist")) as desk:
        withdraw_item(desk, lead.code, item.code, "误传")

    with pytest.raises(GateProblem, match="线索研判意见"):
        move(office, lead.code, "talks")


def test_a_day_of_entry_lies_neither_ahead_nor_before_the_present_stage(office: Office) -> None:
    lead = ready_lead(office)
    today = office.clock.at.date()

    for day in (date(today.year + 1, 1, 1), date(2020, 1, 1)):
        with pytest.raises(InputProblem, match="进入日期"):
            move(office, lead.code, "talks", on=day)


def test_a_lead_is_overdue_after_its_seven_days_and_the_list_finds_it(office: Office) -> None:
    lead = office.lead()
    office.wait(days=7)
    with office.desk() as desk:
        on_time = show_project(desk.door, lead.code)
    office.wait(days=1)

    with office.desk() as desk:
        late = show_project(desk.door, lead.code)
        listed = list_projects(desk.door, Wanted(overdue=True, limit=500))

    assert (on_time.overdue, late.overdue, late.max_days) == (False, True, 7)
    assert lead.code in {row.code for row in listed.items}


def test_a_stage_without_a_limit_is_never_said_to_be_on_time(office: Office) -> None:
    lead = ready_lead(office)

    moved = move(office, lead.code, "talks")

    assert moved.max_days is None
    assert moved.overdue is None


def test_of_two_moves_at_once_one_wins_and_the_other_is_told(office: Office) -> None:
    lead = ready_lead(office)

    def attempt(_: int) -> str:
        try:
            move(office, lead.code, "talks")
        except Problem as problem:
            return type(problem).__name__
        return "moved"

    with ThreadPoolExecutor(2) as threads:
        outcomes = sorted(threads.map(attempt, range(2)))

    assert outcomes == ["ConflictProblem", "moved"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"investment_wan": "很多"}, "数字"),
        ({"investment_wan": -1}, "不小于 0"),
        ({"investment_wan": True}, "数字"),
        ({"signed_on": "去年"}, "日期"),
        ({"signed_on": "2999-01-01"}, "晚于今天"),
        ({"region": "公主岭"}, "区划代码"),
        ({"credit_code": "123"}, "信用代码"),
        ({"link": "nowhere/none"}, "没有找到"),
        ({"link": "urn:chaintwin:ABCDEF-0000000"}, "无效"),
        ({"stage": "operation"}, "不是可修改的字段"),
        ({"owner": ["甲", "乙"]}, "只能有一个值"),
        ({"unheard_of": "x"}, "不是可修改的字段"),
        ({"name": ""}, "文字"),
        ({"name": "甲\x0b乙"}, "控制字符"),
        ({"owner": "新人", "jobs": "abc"}, "数字"),
    ],
)
def test_a_wrong_value_is_refused_with_its_field_and_nothing_is_stored(
    office: Office, values: dict[str, PlainValue | list[str]], said: str
) -> None:
    lead = office.lead()

    with pytest.raises(Problem, match=said):
        edit(office, lead.code, values)

    with office.desk() as desk:
        after = show_project(desk.door, lead.code)
    assert after.model_dump(exclude={"valid_at", "known_at"}) == lead.model_dump(
        exclude={"valid_at", "known_at"}
    )


def test_fields_are_stored_in_their_types_with_the_fact_behind_each(office: Office) -> None:
    lead = office.lead()
    office.wait(hours=1)
    day = office.clock.at.date().isoformat()

    shown = edit(
        office,
        lead.code,
        {"investment_wan": "56,000", "contacted_on": day, "parcel": ["test-g1"], "jobs": 5.0},
    )

    values = {field.attribute: field.values for field in shown.fields}
    assert shown.investment_wan == 56000
    assert values["contacted_on"][0].value == day
    assert values["parcel"][0].value == "一号地块"
    assert values["jobs"][0].value == 5
    assert values["jobs"][0].fact.source == "staff"


def test_saying_the_same_again_is_told_and_files_nothing(office: Office) -> None:
    lead = office.lead()
    office.wait(hours=1)
    edit(office, lead.code, {"jobs": 120})

    with pytest.raises(InputProblem, match="没有变更"):
        edit(office, lead.code, {"jobs": 120.0})


def test_the_past_shows_the_project_as_it_stood(office: Office) -> None:
    lead = office.lead(investment_wan=100)
    before = office.clock.at
    office.wait(days=5)
    edit(office, lead.code, {"investment_wan": 300})

    with office.twin.database.transaction(office.asker().settings()) as connection:
        from chaintwin.twin.door import Door

        view = office.twin.view_in(connection, office.asker(), valid_at=before, known_at=before)
        then = show_project(Door(office.twin, connection, office.asker(), view), lead.code)

    assert then.investment_wan == 100
    assert then.days_in_stage == 0
