"""What a branch shows of before its fork is kept once, given back, and never anybody else's."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import shapely
from tests.twin.forks import Make, Say, a_firm, room
from tests.twin.test_facts import an_officer
from tests.twin.test_spatial import geometry, parcel

from chaintwin.access.asker import Asker, platform_asker
from chaintwin.engine.database import Database
from chaintwin.engine.postgres import Cluster
from chaintwin.kit.clock import FixedClock
from chaintwin.model.fact import Label, Moment, Statement, Value
from chaintwin.twin.branches import fork, move
from chaintwin.twin.merging import approve, propose
from chaintwin.twin.rebuilding import rebuild_states
from chaintwin.twin.spatial import Where, find_shaped
from chaintwin.twin.twin import Twin
from chaintwin.twin.verify import verify


@pytest.fixture
def public(twin: Twin, clock: FixedClock) -> Say:
    return Say(twin, platform_asker(), clock)


def kept(database: Cluster, body: int) -> list[Any]:
    with psycopg.connect(str(database.super_url)) as connection:
        rows = connection.execute(
            "SELECT name FROM former_state WHERE body = %s ORDER BY known_from", (body,)
        )
        return [row[0] for row in rows]


def names(twin: Twin, asker: Asker, body: int, *branches: int) -> list[str | None]:
    found = []
    for branch in branches:
        with twin.view(asker, branch=branch) as view:
            found += [state.name for state in view.states([body])] or [None]
    return found


def test_a_state_is_kept_once_for_all_branches_and_only_where_one_reads_it(
    twin: Twin, database: Cluster, li: Asker, public: Say, make: Make
) -> None:
    body, other = public(a_firm(), "name", "一"), public(a_firm(), "name", "旁")
    public(body, "name", "二")
    first, second = make(), make()
    public(body, "name", "三")
    public(body, "name", "四")
    third = make()
    public(body, "name", "五")

    assert kept(database, body) == ["二", "四"]
    assert kept(database, other) == []
    assert names(twin, li, body, first.id, second.id, third.id, 0) == ["二", "二", "四", "五"]
    assert list(verify(twin)) == []


def test_what_the_last_branch_read_is_given_back_and_what_another_office_reads_stays(
    twin: Twin, database: Cluster, li: Asker, public: Say, make: Make, clock: FixedClock
) -> None:
    there = an_officer(twin, "370102")
    body = public(a_firm(), "name", "旧")
    ours, theirs = make(), Make(twin, there, clock)()
    public(body, "name", "新")

    with room(twin, li) as here:
        move(here, ours.id, "discard", "不可行")
    assert names(twin, there, body, theirs.id) == ["旧"]
    assert kept(database, body) == ["旧"]
    with room(twin, there) as here:
        move(here, theirs.id, "discard", "不可行")

    assert kept(database, body) == []
    assert list(verify(twin)) == []


def test_a_discarded_branch_leaves_no_state_of_labels_its_discarder_may_not_read(
    twin: Twin, database: Cluster, li: Asker, make: Make, clock: FixedClock
) -> None:
    branch = make()
    clock.move(timedelta(days=1))
    trusted = replace(li, labels=frozenset(Label))
    with twin.change(trusted, reason="登记", source="staff", branch=branch.id) as changes:
        who = Value(text="甲")
        changes.record([Statement(a_firm(), "contact", who, label=Label.PERSONAL)])
    plain = replace(li, labels=frozenset({Label.PUBLIC}))

    with room(twin, plain) as here:
        move(here, branch.id, "discard", "不可行")

    with psycopg.connect(str(database.super_url)) as connection:
        left = connection.execute(
            "SELECT label FROM current_state WHERE branch = %s", (branch.id,)
        ).fetchall()
    assert left == []


def test_what_an_office_says_is_not_kept_for_branches_of_another_one(
    twin: Twin, database: Cluster, say: Say, clock: FixedClock
) -> None:
    body = say(a_firm(), "name", "旧")
    Make(twin, an_officer(twin, "370102"), clock)()

    say(body, "name", "新")

    assert kept(database, body) == []


def test_a_kept_state_hides_what_its_reader_may_not_read(
    twin: Twin, say: Say, make: Make, clock: FixedClock
) -> None:
    cleared, plain = an_officer(twin, "220184", Label.BUSINESS), an_officer(twin)
    body = say(a_firm(), "name", "甲")
    with twin.change(cleared, reason="述", source="staff") as changes:
        changes.say(body, "note", Value(text="底价"), label=Label.BUSINESS)
    branch = make()
    clock.move(timedelta(days=1))
    with twin.change(cleared, reason="述", source="staff") as changes:
        changes.say(body, "note", Value(text="新底价"), label=Label.BUSINESS)

    with twin.view(cleared, branch=branch.id) as view:
        assert view.get(body).one("note") == "底价"
    with twin.view(plain, branch=branch.id) as view:
        assert view.get(body).one("note") is None


def test_what_becomes_true_later_shows_also_where_the_main_line_went_another_way(
    twin: Twin, li: Asker, say: Say, make: Make, clock: FixedClock
) -> None:
    then = Moment.instant(clock.now() + timedelta(days=90))
    body = say(a_firm(), "status", "投产", valid=then)
    branch = make()
    say(body, "status", "停建", valid=then)
    clock.move(timedelta(days=120))

    twin.advance(li)

    for number, status in ((branch.id, "投产"), (0, "停建")):
        with twin.view(li, branch=number) as view:
            assert view.get(body).one("status") == status
    assert list(verify(twin)) == []


def test_a_geometry_is_found_in_a_branch_where_it_was_at_the_fork(
    twin: Twin, li: Asker, make: Make, clock: FixedClock
) -> None:
    def place(at: int) -> int:
        clock.move(timedelta(days=1))
        with twin.change(platform_asker(), reason="登记", source="register") as changes:
            changes.say(parcel(950), "geometry", geometry(shapely.Point(at, 20)))
            return changes.body("Parcel", *parcel(950).keys)

    body = place(60)
    branch = make()
    place(61)

    for number, there in ((branch.id, 60), (0, 61)):
        with twin.view(li, branch=number) as view:
            seen = [
                at for at in (60, 61)
                if [one.state.body for one in find_shaped(
                    view, "Parcel", Where(box=(at - 0.5, 19.5, at + 0.5, 20.5)))] == [body]
            ]  # fmt: skip
        assert seen == [there]


def test_a_merged_branch_still_shows_what_it_stood_on_after_that_was_discarded(
    twin: Twin, li: Asker, say: Say, make: Make
) -> None:
    body, other = say(a_firm(), "name", "甲"), say(a_firm(), "name", "乙")
    lower = make()
    say(body, "name", "假甲", branch=lower.id)
    upper = make(lower.id)
    say(other, "name", "假乙", branch=upper.id)
    say(body, "name", "再改", branch=lower.id)
    with room(twin, li) as here:
        propose(here, upper.id, "可行", {})
        approve(replace(here, asker=replace(li, name="王")), upper.id, "同意", {})

    with room(twin, li) as here:
        move(here, lower.id, "discard", "不可行")

    assert names(twin, li, body, upper.id, 0) == ["假甲", "甲"]
    assert list(verify(twin)) == []


def test_a_change_that_ends_while_a_branch_is_made_keeps_what_the_branch_shows(
    twin: Twin, li: Asker, public: Say
) -> None:
    body = public(a_firm(), "name", "旧")
    begun = threading.Thread(target=public, args=(body, "name", "新"))

    with room(twin, li) as here:
        branch = fork(here, "正在建立")
        begun.start()
        begun.join(0.5)
        is_waiting = begun.is_alive()
    begun.join()

    assert is_waiting
    assert names(twin, li, body, branch.id, 0) == ["旧", "新"]


class TestDamage:
    """Somebody with full database rights edits what is kept."""

    @pytest.fixture
    def pool(self, fresh_database: Cluster) -> Iterator[Database]:
        opened = Database(fresh_database.app_url)
        yield opened
        opened.close()

    @pytest.mark.parametrize(
        "statement",
        [
            "DELETE FROM former_state",
            "UPDATE former_state SET attributes = '{}'",
            "UPDATE former_state SET known_to = known_to + '1 year', name = '伪'",
            "INSERT INTO former_state (body, tenant, branch, label, kind, change, as_of, "
            "attributes, known_to) SELECT body, tenant, branch, label, kind, change, as_of, "
            "attributes, '9999-01-01' FROM current_state WHERE branch = 0",
            "UPDATE current_state SET known_from = '-infinity'",
            "UPDATE current_state SET known_from = '9999-01-01' WHERE branch = 0",
            "DELETE FROM former_state WHERE branch <> 0",
        ],
    )
    def test_it_is_found_and_derived_anew(
        self, twin: Twin, fresh_database: Cluster, li: Asker, say: Say, make: Make, statement: str
    ) -> None:
        body = say(a_firm(), "name", "甲")
        say(a_firm(), "name", "乙")
        lower = make()
        say(body, "name", "甲二")
        say(body, "region", "220184", branch=lower.id)
        upper = make(lower.id)
        say(body, "region", "220100", branch=lower.id)
        assert list(verify(twin)) == []
        with psycopg.connect(str(fresh_database.super_url)) as connection:
            connection.execute(statement.encode())
        found = {one.what for one in verify(twin)}

        rebuild_states(twin)

        assert found == {"state"}
        assert list(verify(twin)) == []
        with twin.view(li, branch=upper.id) as view:
            assert (view.get(body).name, view.get(body).one("region")) == ("甲", "220184")
            assert [one.body for one in view.find("Company", text="甲").states] == [body]
