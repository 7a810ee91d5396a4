"""Bodies judged to be one are shown as one, everywhere and as of any moment; nothing is copied."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from tests.twin.identity.judged_firms import Judge, a_firm
from tests.twin.test_facts import an_officer

from chaintwin.access.asker import platform_asker
from chaintwin.engine.postgres import Cluster
from chaintwin.kit.clock import FixedClock
from chaintwin.kit.problems import ConflictProblem, ForbiddenProblem, InputProblem
from chaintwin.model.fact import Statement, Subject, Value
from chaintwin.twin.branches import Room, fork
from chaintwin.twin.twin import Twin
from chaintwin.twin.verify import verify


@pytest.fixture
def judge(twin: Twin) -> Judge:
    return Judge(twin)


def test_two_records_of_one_firm_become_one(twin: Twin, judge: Judge) -> None:
    first = a_firm(twin, judge.asker, "合一宏图有限公司", region="220184", phone="1")
    second = a_firm(twin, judge.asker, "合一鸿图有限公司", "news", website="www.example.cn")

    judge.merge(first, second)

    with twin.view(judge.asker) as view:
        one = view.get(second)
        assert (one.body, one.code) == (first, view.code(first))
        assert (one.one("phone"), one.one("website")) == ("1", "www.example.cn")
        assert one.one("name") == "合一宏图有限公司", "the order of authority decides"
        assert [state.body for state in view.states([second, first])] == [first]
        assert view.number(view.code(second)) == first
        assert view.member(view.code(second)) == second
        assert view.find_key("company_name", "news:合一鸿图有限公司") == first
        assert "same_as" not in one.attributes


def test_lists_and_counts_have_a_merged_firm_once_under_any_of_its_names(
    twin: Twin, judge: Judge
) -> None:
    first = a_firm(twin, judge.asker, "列一甲公司", region="220184")
    second = a_firm(twin, judge.asker, "列一乙公司", "news", region="220184")
    other = a_firm(twin, judge.asker, "列一丙公司", region="220184")

    judge.merge(second, first)

    with twin.view(judge.asker) as view:
        by_any = [view.find("Company", text=text) for text in ("列一", "列一甲", "列一乙")]
        assert [page.total for page in by_any] == [2, 1, 1]
        assert [state.body for state in by_any[0].states] == [other, first]
        assert [state.body for state in by_any[2].states] == [first]
        pages = [view.find("Company", text="列一", limit=1, offset=at) for at in range(3)]
        assert [[state.body for state in page.states] for page in pages] == [[other], [first], []]
        assert [page.total for page in pages] == [2, 2, 2]
        bodies = [state.body for state in view.slices("Company", ("name",))]
        assert second not in bodies
        assert bodies == sorted(set(bodies))
        own = view.own_bodies("Company")
        assert first in own
        assert second not in own
        assert second not in {state.body for state in view.all("Company")}
        assert view.keys("company_name")[first] == "register:列一甲公司"


def test_history_conflicts_and_changes_are_those_of_every_member(twin: Twin, judge: Judge) -> None:
    first = a_firm(twin, judge.asker, "史一甲公司", status="存续")
    second = a_firm(twin, judge.asker, "史一乙公司", "news", status="注销")

    judge.merge(first, second)

    with twin.view(judge.asker) as view:
        said = {fact.text: fact for fact in view.history(first, "status")}
        assert set(said) == {"存续", "注销"}
        assert {fact.body for fact in said.values()} == {first}
        assert said["注销"].address == (second, said["注销"].id)
        assert view.fact(first, said["注销"].id).text == "注销"
        claims = [fact.text for fact, _ in view.claims(second) if fact.attribute == "status"]
        assert claims == ["存续", "注销"]
        assert {fact.text for fact in view.stated("Company", "status", [second])} == {
            "存续",
            "注销",
        }
        assert view.changes([first])[1] == 3
        assert set(view.facts_by_number({said["注销"].id: first})) == {said["注销"].id}


def test_who_names_a_member_names_the_firm_once(twin: Twin, judge: Judge) -> None:
    first = a_firm(twin, judge.asker, "指一甲公司")
    second = a_firm(twin, judge.asker, "指一乙公司", "news")
    naming = a_firm(twin, judge.asker, "指一丙公司", relation=first)
    with twin.change(judge.asker, reason="又说", source="news") as changes:
        changes.say(naming, "relation", Value(ref=second))

    judge.merge(first, second)

    with twin.view(judge.asker) as view:
        assert [held.ref for held in view.get(naming).all("relation")] == [first]
        for body in (first, second):
            found = view.referring(body, "relation")
            assert [(one.body, one.held.ref) for one in found] == [(naming, first)]


def test_what_a_member_named_is_named_by_the_firm(twin: Twin, judge: Judge) -> None:
    target = a_firm(twin, judge.asker, "被指公司")
    first = a_firm(twin, judge.asker, "名一甲公司", relation=target)
    second = a_firm(twin, judge.asker, "名一乙公司", "news", relation=target)

    judge.merge(first, second)

    with twin.view(judge.asker) as view:
        assert [one.body for one in view.referring(target, "relation")] == [first]


def test_before_the_judgement_they_were_two(twin: Twin, judge: Judge, clock: FixedClock) -> None:
    first = a_firm(twin, judge.asker, "时一甲公司")
    second = a_firm(twin, judge.asker, "时一乙公司", "news")
    before = clock.now() + timedelta(hours=1)
    clock.move(timedelta(days=1))
    change = judge.merge(first, second)
    between = clock.now() + timedelta(hours=1)
    clock.move(timedelta(days=1))
    judge.take_back(change)
    clock.move(timedelta(days=1))

    shown = {}
    for name, known_at in (("before", before), ("between", between), ("now", None)):
        with twin.view(judge.asker, known_at=known_at) as view:
            found = view.find("Company", text="时一")
            shown[name] = sorted(state.body for state in found.states)
            assert found.total == len(shown[name])

    assert shown == {"before": [first, second], "between": [first], "now": [first, second]}


def test_a_ruling_of_two_sticks_against_the_model(twin: Twin, judge: Judge) -> None:
    one, other, third = (a_firm(twin, judge.asker, f"坚一{n}公司", "news") for n in "甲乙丙")
    judge.part(one, other)

    judge.model_says(one, other, 40.0)
    judge.model_says(one, third, 30.0)
    judge.model_says(other, third, 20.0)

    assert [one, third] in judge.groups()
    assert not any(other in group for group in judge.groups())


def test_taking_the_ruling_back_lets_the_model_decide_again(twin: Twin, judge: Judge) -> None:
    one, other = (a_firm(twin, judge.asker, f"回一{n}公司") for n in "甲乙")
    judge.model_says(one, other, 40.0)
    change = judge.split(other)
    assert not any(one in group for group in judge.groups())

    judge.take_back(change)

    assert [one, other] in judge.groups()


def test_splitting_off_the_bridge_leaves_the_others_together(twin: Twin, judge: Judge) -> None:
    one, bridge, other = (a_firm(twin, judge.asker, f"桥一{n}公司") for n in "甲乙丙")
    judge.merge(one, bridge)
    judge.merge(bridge, other)

    judge.split(bridge)

    assert [one, other] in judge.groups()
    assert not any(bridge in group for group in judge.groups())


def test_what_cannot_be_ruled_says_why(twin: Twin, judge: Judge) -> None:
    one, other, third = (a_firm(twin, judge.asker, f"拒一{n}公司") for n in "甲乙丙")
    judge.merge(one, other)
    ruled = judge.part(other, third)

    with pytest.raises(ConflictProblem, match="已经是同一家"):
        judge.merge(other, one)
    with pytest.raises(ConflictProblem, match="先撤销"):
        judge.merge(one, third)
    with pytest.raises(ConflictProblem, match="拆分"):
        judge.part(one, other)
    with pytest.raises(ConflictProblem, match="无须拆分"):
        judge.split(third)
    with pytest.raises(InputProblem, match="同一个孪生体"):
        judge.merge(one, one)
    judge.merge(other, third)
    with pytest.raises(ConflictProblem, match="后来又作过裁决"):
        judge.take_back(ruled)
    with pytest.raises(ForbiddenProblem):
        judge.take_back(1)


def test_one_office_s_judgement_is_not_another_s(twin: Twin, judge: Judge) -> None:
    one, other = (a_firm(twin, platform_asker(), f"公一{n}公司") for n in "甲乙")
    abroad = an_officer(twin, "370102")

    judge.merge(one, other)

    with twin.view(judge.asker) as mine, twin.view(abroad) as theirs:
        assert mine.find("Company", text="公一").total == 1
        assert theirs.find("Company", text="公一").total == 2


def test_a_public_judgement_is_everybody_s_and_an_own_one_stands_before_it(
    twin: Twin, judge: Judge
) -> None:
    one, other = (a_firm(twin, platform_asker(), f"众一{n}公司") for n in "甲乙")
    Judge(twin, platform_asker()).merge(one, other)
    with twin.view(judge.asker) as view:
        assert view.find("Company", text="众一").total == 1

    judge.split(other)

    with twin.view(judge.asker) as mine, twin.view(an_officer(twin, "370102")) as theirs:
        assert mine.find("Company", text="众一").total == 2
        assert theirs.find("Company", text="众一").total == 1


def test_a_branch_shows_what_was_one_when_it_was_made(
    twin: Twin, judge: Judge, clock: FixedClock
) -> None:
    one, other = (a_firm(twin, judge.asker, f"支一{n}公司") for n in "甲乙")
    with twin.database.transaction(judge.asker.settings()) as connection:
        row = fork(Room(twin, connection, judge.asker), "同一性分支")
    clock.move(timedelta(days=1))
    judge.merge(one, other)

    with twin.view(judge.asker) as main, twin.view(judge.asker, branch=row.id) as branch:
        assert main.find("Company", text="支一").total == 1
        assert branch.find("Company", text="支一").total == 2
    with (
        pytest.raises(ConflictProblem, match="主线"),
        twin.change(judge.asker, reason="试", source="identity.ruling", branch=row.id) as changes,
    ):
        changes.say(one, "same_as", Value(ref=other, text="same"))


def test_new_facts_of_any_member_reach_the_firm(twin: Twin, judge: Judge) -> None:
    first = a_firm(twin, judge.asker, "续一甲公司")
    second = a_firm(twin, judge.asker, "续一乙公司", "news")
    judge.merge(first, second)

    subject = Subject("Company", (("company_name", "news:续一乙公司"),))
    with twin.change(judge.asker, reason="再登记", source="news") as changes:
        changes.record([Statement(subject, "phone", Value(text="110"))])

    with twin.view(judge.asker) as view:
        assert view.get(first).one("phone") == "110"


def test_verify_recomputes_what_is_kept_beside_the_facts(
    twin: Twin, judge: Judge, database: Cluster
) -> None:
    one, other = (a_firm(twin, judge.asker, f"验一{n}公司") for n in "甲乙")
    judge.merge(one, other)
    assert [found.what for found in verify(twin)] == []

    assert database.super_url is not None
    with psycopg.connect(database.super_url) as connection:
        connection.execute("UPDATE judgement SET verdict = 'apart' WHERE body = %s", (one,))
    found = [(one.what, one.body) for one in verify(twin)]

    assert found == [("judgement", one)]
    with psycopg.connect(database.super_url) as connection:
        connection.execute("UPDATE judgement SET verdict = 'same' WHERE body = %s", (one,))
