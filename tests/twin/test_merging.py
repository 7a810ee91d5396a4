"""A branch becomes true only by approval of another person, and no conflict passes undecided."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests.twin.forks import Make, Say, a_firm, room

from chaintwin.access.asker import Asker
from chaintwin.kit.clock import FixedClock
from chaintwin.kit.problems import ConflictProblem, ForbiddenProblem, NotFoundProblem
from chaintwin.model.fact import Moment, Value
from chaintwin.model.kinds import load_kinds
from chaintwin.twin.branches import fork
from chaintwin.twin.lines import get_branch
from chaintwin.twin.merging import (
    Decisions,
    Merged,
    approve,
    find_differences,
    propose,
    refuse,
    withdraw,
)
from chaintwin.twin.twin import Twin
from chaintwin.twin.verify import verify


@pytest.fixture
def leader(li: Asker) -> Asker:
    return replace(li, name="王", account=77)


def put_forward(twin: Twin, asker: Asker, number: int, decided: Decisions | None = None) -> None:
    with room(twin, asker) as here:
        propose(here, number, "可行", decided or {})


def decide(twin: Twin, asker: Asker, number: int, decided: Decisions | None = None) -> Merged:
    with room(twin, asker) as here:
        return approve(here, number, "同意", decided or {})


def test_what_a_branch_says_becomes_true_with_its_periods_and_sources(
    twin: Twin, li: Asker, leader: Asker, say: Say, make: Make, clock: FixedClock
) -> None:
    body = say(a_firm(), "name", "甲")
    say(body, "status", "在业", source="news")
    branch = make()
    say(body, "status", "扩建", valid=Moment.parse("2027"), branch=branch.id, source="news")
    say(body, "region", "220184", branch=branch.id)
    say(body, "note", "主线另记")
    put_forward(twin, li, branch.id)
    before = clock.now()
    clock.move(timedelta(days=1))

    merged = decide(twin, leader, branch.id)

    with twin.view(li) as view:
        told = [
            (f.value, f.source, f.change) for f in view.history(body) if f.change == merged.change
        ]
        assert told == [("220184", "register", merged.change), ("扩建", "news", merged.change)]
        assert view.get(body).one("note") == "主线另记"
        change = view.change_records([merged.change])[merged.change]
        assert (change.actor, "可行" in change.reason, "同意" in change.reason) == (
            "王", True, True,
        )  # fmt: skip
    with twin.view(li, valid_at=clock.now() + timedelta(days=3650)) as view:
        assert view.get(body).one("status") == "扩建"
    with twin.view(li, known_at=before) as view:
        assert view.get(body).one("region") is None
    assert list(verify(twin)) == []


def test_a_firm_invented_in_a_branch_is_there_after_the_merge(
    twin: Twin, li: Asker, leader: Asker, say: Say, make: Make
) -> None:
    branch = make()
    new = say(a_firm(), "name", "新来的厂", branch=branch.id)
    put_forward(twin, li, branch.id)

    decide(twin, leader, branch.id)

    with twin.view(li) as view:
        assert [state.body for state in view.find("Company", text="新来的厂").states] == [new]


def test_a_value_withdrawn_in_a_branch_is_withdrawn_by_the_merge(
    twin: Twin, li: Asker, leader: Asker, say: Say, make: Make
) -> None:
    body = say(a_firm(), "name", "甲")
    say(body, "status", "在业")
    branch = make()
    with twin.change(li, reason="撤", source="register", branch=branch.id) as changes:
        changes.retract([body], "status")
    put_forward(twin, li, branch.id)

    decide(twin, leader, branch.id)

    with twin.view(li) as view:
        assert view.get(body).one("status") is None


@pytest.mark.parametrize(("take", "expected"), [("branch", "乙"), ("parent", "丙")])
def test_what_both_changed_must_be_decided(
    twin: Twin, li: Asker, leader: Asker, say: Say, make: Make, take: str, expected: str
) -> None:
    body = say(a_firm(), "name", "甲")
    branch = make()
    say(body, "name", "乙", branch=branch.id)
    say(body, "region", "220184", branch=branch.id)
    say(body, "name", "丙")
    put_forward(twin, li, branch.id)
    with room(twin, leader) as here:
        (conflict,) = [
            one for one in find_differences(here, get_branch(here.connection, leader, branch.id))
            if one.is_conflict
        ]  # fmt: skip

    with pytest.raises(ConflictProblem, match="1 处"):
        decide(twin, leader, branch.id)
    with twin.view(li) as view:
        assert (view.get(body).name, view.get(body).one("region")) == ("丙", None)
    decide(twin, leader, branch.id, {conflict.value: take})

    with twin.view(li) as view:
        assert (view.get(body).name, view.get(body).one("region")) == (expected, "220184")


def test_what_another_source_learned_of_the_same_value_is_a_conflict_too(
    twin: Twin, li: Asker, leader: Asker, say: Say, make: Make
) -> None:
    body = say(a_firm(), "name", "甲")
    branch = make()
    say(body, "status", "扩建", branch=branch.id, source="news")
    say(body, "status", "停产", source="register")
    put_forward(twin, li, branch.id)

    with pytest.raises(ConflictProblem, match="1 处"):
        decide(twin, leader, branch.id)


def test_what_both_came_to_alike_is_no_conflict(
    twin: Twin, li: Asker, leader: Asker, say: Say, make: Make
) -> None:
    body = say(a_firm(), "name", "甲")
    branch = make()
    say(body, "name", "乙", branch=branch.id)
    say(body, "name", "乙")
    put_forward(twin, li, branch.id)

    merged = decide(twin, leader, branch.id)

    assert (merged.opened, merged.closed) == (0, 0)


def test_who_proposed_does_not_approve(
    twin: Twin, li: Asker, leader: Asker, say: Say, make: Make
) -> None:
    branch = make()
    say(a_firm(), "name", "甲", branch=branch.id)
    put_forward(twin, li, branch.id)

    with room(twin, li) as here, pytest.raises(ForbiddenProblem):
        approve(here, branch.id, "自批", {})
    with room(twin, li) as here, pytest.raises(ForbiddenProblem):
        refuse(here, branch.id, "自拒")


def test_a_proposed_branch_stands_still_and_a_refused_one_is_open_again(
    twin: Twin, li: Asker, leader: Asker, say: Say, make: Make
) -> None:
    branch = make()
    body = say(a_firm(), "name", "甲", branch=branch.id)
    put_forward(twin, li, branch.id)
    with pytest.raises(ConflictProblem, match="已提交审批"):
        say(body, "name", "乙", branch=branch.id)

    with room(twin, leader) as here:
        refuse(here, branch.id, "再想想")

    say(body, "name", "乙", branch=branch.id)
    put_forward(twin, li, branch.id)
    with room(twin, li) as here:
        assert withdraw(here, branch.id, "等一等").state == "open"
    with twin.view(li) as view:
        decision = view.get(branch.body).one("decision")
        assert (decision["name"], decision["approved"]) == ("王", False)


def test_a_branch_that_changes_nothing_is_not_proposed(twin: Twin, li: Asker, make: Make) -> None:
    branch = make()

    with room(twin, li) as here, pytest.raises(ConflictProblem, match="没有改动"):
        propose(here, branch.id, "空", {})


def test_a_branch_is_merged_once_and_stays_to_be_read(
    twin: Twin, li: Asker, leader: Asker, say: Say, make: Make
) -> None:
    body = say(a_firm(), "name", "甲")
    branch = make()
    say(body, "name", "乙", branch=branch.id)
    put_forward(twin, li, branch.id)
    decide(twin, leader, branch.id)
    say(body, "name", "后来")

    with twin.view(li, branch=branch.id) as view:
        assert view.get(body).name == "乙"
    with room(twin, leader) as here, pytest.raises(ConflictProblem):
        approve(here, branch.id, "再来", {})


def test_a_branch_on_a_branch_is_merged_into_that_one(
    twin: Twin, li: Asker, leader: Asker, say: Say, make: Make
) -> None:
    body = say(a_firm(), "name", "甲")
    lower = make()
    say(body, "region", "220184", branch=lower.id)
    upper = make(lower.id)
    say(body, "name", "乙", branch=upper.id)
    put_forward(twin, li, upper.id)

    decide(twin, leader, upper.id)

    with twin.view(li, branch=lower.id) as view:
        assert (view.get(body).name, view.get(body).one("region")) == ("乙", "220184")
    with twin.view(li) as view:
        assert (view.get(body).name, view.get(body).one("region")) == ("甲", None)
    twin.advance(li)
    assert list(verify(twin)) == []


def test_a_difference_tells_from_when_to_when(twin: Twin, li: Asker, say: Say, make: Make) -> None:
    body = say(a_firm(), "name", "甲")
    say(body, "status", "筹建", valid=Moment.parse("2020"))
    branch = make()
    with twin.change(li, reason="述", source="register", branch=branch.id) as changes:
        changes.say(body, "status", Value(text="停工"), valid=Moment.parse("2022"),
                    valid_to=Moment.parse("2023"))  # fmt: skip

    with room(twin, li) as here:
        (found,) = find_differences(here, get_branch(here.connection, li, branch.id))

    (step,) = found.steps
    assert step.before is not None
    assert step.after is not None
    assert (step.before.content[1], step.after.content[1]) == ("筹建", "停工")
    assert (step.valid_from, step.valid_to) == (Moment.parse("2022").at, Moment.parse("2023").at)


def test_making_a_branch_of_nothing_is_refused(twin: Twin, li: Asker) -> None:
    with room(twin, li) as here, pytest.raises(NotFoundProblem, match="没有编号为 999999"):
        fork(here, "无根", parent=999_999)


class TickingClock(FixedClock):
    """A clock that goes on with every look at it, as real ones do."""

    def now(self) -> datetime:
        self.move(timedelta(microseconds=7))
        return self.at


def test_what_befell_a_branch_is_shown_at_once_by_a_clock_that_goes_on(
    twin: Twin, li: Asker, leader: Asker, clock: FixedClock, say: Say, make: Make
) -> None:
    branch = make()
    say(a_firm(), "name", "甲", branch=branch.id)
    ticking = Twin(twin.database, load_kinds(), TickingClock(clock.now()))

    with room(ticking, li) as here:
        propose(here, branch.id, "可行", {})

    with ticking.view(li) as view:
        told = view.get(branch.body)
        assert (told.one("state"), told.one("proposal")["name"]) == ("proposed", "李")
    with room(ticking, li) as here, pytest.raises(ForbiddenProblem):
        approve(here, branch.id, "自批", {})
    with room(ticking, leader) as here:
        assert approve(here, branch.id, "同意", {}).row.state == "merged"
    with ticking.view(li) as view:
        assert view.get(branch.body).one("state") == "merged"


def test_without_a_proposal_on_record_nothing_is_approved(
    twin: Twin, li: Asker, leader: Asker, say: Say, make: Make
) -> None:
    branch = make()
    say(a_firm(), "name", "甲", branch=branch.id)
    put_forward(twin, li, branch.id)
    with twin.change(li, reason="抹去", source="staff") as changes:
        changes.retract([branch.body], "proposal")

    with room(twin, leader) as here, pytest.raises(ConflictProblem):
        approve(here, branch.id, "同意", {})
