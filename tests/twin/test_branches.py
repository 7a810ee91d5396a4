"""What an officer may rely on in a branch: all reads work there, and nothing leaks either way."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from tests.twin.forks import Make, Say, a_firm, room
from tests.twin.test_facts import an_officer

from chaintwin.access.asker import Asker
from chaintwin.engine.postgres import Cluster
from chaintwin.kit.clock import FixedClock
from chaintwin.kit.problems import ConflictProblem, InputProblem, NotFoundProblem
from chaintwin.model.fact import Label, Moment, Value
from chaintwin.twin.branches import fork, move
from chaintwin.twin.twin import Twin
from chaintwin.twin.verify import verify
from chaintwin.twin.view import TwinView


def seen(view: TwinView, body: int, attribute: str) -> list[object]:
    """Return a value through every way in which a view reads it."""
    kind = view.kind_of(body) or ""
    through_list = {state.body: state for state in view.find(kind).states}
    claims = [fact.value for fact, _ in view.claims(body) if fact.attribute == attribute]
    cut = [view.slices(kind, (attribute,), some) for some in ([body], None)]
    sliced = [{state.body: state.one(attribute) for state in states}.get(body) for states in cut]
    return [
        view.get(body).one(attribute),
        through_list[body].one(attribute),
        *sliced,
        claims[0] if claims else None,
        next((f.value for f in view.stated(kind, attribute, [body])), None),
        next((f.value for f in view.history(body, attribute) if f.known_to is None), None),
    ]


def test_a_branch_reads_as_the_main_line_did_at_the_fork(
    twin: Twin, li: Asker, say: Say, make: Make
) -> None:
    changed, kept = say(a_firm(), "name", "甲"), say(a_firm(), "name", "乙")
    branch = make()
    say(changed, "name", "甲改名")
    later = say(a_firm(), "name", "丙")

    with twin.view(li, branch=branch.id) as view:
        assert seen(view, changed, "name") == ["甲"] * 7
        assert seen(view, kept, "name") == ["乙"] * 7
        assert view.states([later]) == []
        assert later not in [state.body for state in view.find("Company").states]
    with twin.view(li) as view:
        assert seen(view, changed, "name") == ["甲改名"] * 7


def test_what_is_said_in_a_branch_stays_there(twin: Twin, li: Asker, say: Say, make: Make) -> None:
    body = say(a_firm(), "name", "甲")
    branch = make()
    with twin.view(li) as view:
        before, marks = seen(view, body, "name"), view.marks()

    say(body, "name", "假名", branch=branch.id)
    new = say(a_firm(), "name", "假公司", branch=branch.id)

    with twin.view(li, branch=branch.id) as view:
        assert seen(view, body, "name") == ["假名"] * 7
        assert seen(view, new, "name") == ["假公司"] * 7
        assert view.find("Company", text="假公司").total == 1
    with twin.view(li) as view:
        assert (seen(view, body, "name"), view.marks()) == (before, marks)
        assert view.states([new]) == []
        assert view.find("Company", text="假").total == 0
        assert "假公司" not in {state.name for state in view.all("Company")}
        assert [record.reason for record in view.changes([new])[0]] == []
    assert list(verify(twin)) == []


def test_lists_of_a_branch_are_in_order_with_what_main_changed_since(
    twin: Twin, li: Asker, say: Say, make: Make
) -> None:
    names = ["安达厂", "博世厂", "成飞厂", "大众厂", "恩德厂"]
    bodies = [say(a_firm(), "name", f"序{name}") for name in names]
    branch = make()
    say(bodies[1], "name", "序争先厂")
    say(bodies[3], "region", "220184")
    say(bodies[2], "name", "序阿成厂", branch=branch.id)

    with twin.view(li, branch=branch.id) as view:
        whole = view.find("Company", text="序")
        pages = [view.find("Company", text="序", limit=2, offset=at) for at in (0, 2, 4, 6)]
    expected = ["序阿成厂", "序安达厂", "序博世厂", "序大众厂", "序恩德厂"]
    assert [state.name for state in whole.states] == expected
    assert [state.name for page in pages for state in page.states] == expected
    assert {page.total for page in pages} == {5}


def test_a_value_withdrawn_in_a_branch_is_unknown_there_only(
    twin: Twin, li: Asker, say: Say, make: Make
) -> None:
    body = say(a_firm(), "name", "甲")
    say(body, "status", "在业", source="news")
    branch = make()

    with twin.change(li, reason="撤", source="news", branch=branch.id) as changes:
        changes.retract([body], "status")

    with twin.view(li, branch=branch.id) as view:
        assert seen(view, body, "status") == [None] * 7
    with twin.view(li) as view:
        assert view.get(body).one("status") == "在业"


def test_a_body_all_of_which_is_withdrawn_is_gone_in_the_branch(
    twin: Twin, li: Asker, say: Say, make: Make
) -> None:
    body = say(a_firm(), "name", "将去")
    branch = make()

    with twin.change(li, reason="撤", source="register", branch=branch.id) as changes:
        changes.retract([body])

    with twin.view(li, branch=branch.id) as view:
        assert view.states([body]) == []
        assert view.find("Company", text="将去").total == 0
    with twin.view(li) as view:
        assert view.get(body).name == "将去"


def test_who_points_where_is_read_within_the_branch(
    twin: Twin, li: Asker, say: Say, make: Make
) -> None:
    target, other = say(a_firm(), "name", "被指"), say(a_firm(), "name", "指者")
    branch = make()

    with twin.change(li, reason="述", source="register", branch=branch.id) as changes:
        changes.say(other, "relation", Value(ref=target))

    with twin.view(li, branch=branch.id) as view:
        assert [one.body for one in view.referring(target)] == [other]
    with twin.view(li) as view:
        assert view.referring(target) == []


def test_a_history_in_a_branch_tells_originals_not_copies(
    twin: Twin, li: Asker, say: Say, make: Make, clock: FixedClock
) -> None:
    body = say(a_firm(), "name", "甲")
    say(body, "status", "筹建", valid=Moment.parse("2020"))
    said = clock.now()
    branch = make()
    say(body, "status", "在业", valid=Moment.parse("2022"), branch=branch.id)
    first = clock.now()
    say(body, "status", "扩建", valid=Moment.parse("2020"), branch=branch.id)

    with twin.view(li, branch=branch.id) as view:
        told = [(f.value, f.known_from, f.known_to) for f in view.history(body, "status")]
        shown = view.get(body).held("status")
        assert shown is not None
        assert view.fact(body, shown.fact).value == "在业"
    assert told == [("扩建", clock.now(), None), ("在业", first, None), ("筹建", said, clock.now())]


def test_what_becomes_true_later_shows_in_a_branch_once_time_has_come(
    twin: Twin, li: Asker, say: Say, make: Make, clock: FixedClock
) -> None:
    body = say(a_firm(), "name", "甲")
    branch = make()
    then = Moment.instant(clock.now() + timedelta(days=30))
    say(body, "status", "投产", valid=then, branch=branch.id)
    clock.move(timedelta(days=60))

    twin.advance(li)

    with twin.view(li, branch=branch.id) as view:
        assert view.get(body).one("status") == "投产"
    assert list(verify(twin)) == []


def test_a_hidden_value_stays_hidden_in_a_branch(twin: Twin, say: Say, make: Make) -> None:
    cleared, plain = an_officer(twin, "220184", Label.BUSINESS), an_officer(twin)
    body = say(a_firm(), "name", "甲")
    branch = make()

    with twin.change(cleared, reason="述", source="staff", branch=branch.id) as changes:
        changes.say(body, "note", Value(text="底价"), label=Label.BUSINESS)

    with twin.view(cleared, branch=branch.id) as view:
        assert view.get(body).one("note") == "底价"
    with twin.view(plain, branch=branch.id) as view:
        assert view.get(body).one("note") is None
        assert view.history(body, "note") == []


def test_a_branch_of_another_office_is_not_there(twin: Twin, make: Make) -> None:
    branch = make()

    with pytest.raises(NotFoundProblem), twin.view(an_officer(twin, "370102"), branch=branch.id):
        pass


def test_a_frozen_branch_is_read_and_not_written_until_it_is_thawed(
    twin: Twin, li: Asker, say: Say, make: Make
) -> None:
    body = say(a_firm(), "name", "甲")
    branch = make()
    with room(twin, li) as here:
        move(here, branch.id, "freeze", "定稿")

    with pytest.raises(ConflictProblem, match="已冻结"):
        say(body, "name", "乙", branch=branch.id)
    with twin.view(li, branch=branch.id) as view:
        assert view.get(body).name == "甲"
    with room(twin, li) as here:
        move(here, branch.id, "thaw", "再改")
    say(body, "name", "乙", branch=branch.id)


def test_a_discarded_branch_is_closed_and_what_befell_it_is_on_record(
    twin: Twin, li: Asker, say: Say, make: Make
) -> None:
    body = say(a_firm(), "name", "甲")
    branch = make()
    say(body, "name", "乙", branch=branch.id)

    with room(twin, li) as here:
        move(here, branch.id, "discard", "不可行")

    with pytest.raises(ConflictProblem, match="已放弃"), twin.view(li, branch=branch.id):
        pass
    with twin.view(li) as view:
        facts = view.history(branch.body, "state")
        assert [fact.value for fact in facts if fact.known_to is None] == ["discarded", "open"]
        assert view.get(branch.body).one("state_reason") == "不可行"
    assert list(verify(twin)) == []


def test_a_branch_that_others_stand_on_is_not_discarded(twin: Twin, li: Asker, make: Make) -> None:
    branch = make()
    make(branch.id)

    with room(twin, li) as here, pytest.raises(ConflictProblem, match="建立在"):
        move(here, branch.id, "discard", "不可行")


def test_a_branch_has_a_name_of_its_own(twin: Twin, li: Asker, make: Make) -> None:
    branch = make()

    with room(twin, li) as here, pytest.raises(ConflictProblem, match="已有一个"):
        fork(here, branch.name)
    with room(twin, li) as here, pytest.raises(InputProblem):
        fork(here, "   ")


def test_a_branch_costs_no_row_of_what_it_shares(
    twin: Twin, li: Asker, say: Say, make: Make, database: Cluster
) -> None:
    body = say(a_firm(), "name", "甲")
    say(body, "region", "220184")
    branch = make()
    say(body, "name", "乙", branch=branch.id)

    with psycopg.connect(str(database.super_url)) as connection:
        rows = connection.execute(
            "SELECT count(*) FROM fact WHERE branch = %s", (branch.id,)
        ).fetchone()
    assert rows == (1,)
