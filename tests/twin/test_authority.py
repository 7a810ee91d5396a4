"""A place orders the sources of an attribute itself, and every way of reading follows it."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from tests.twin.forks import Make, Say, a_firm
from tests.twin.test_facts import an_officer

from chaintwin.access.asker import Asker, platform_asker
from chaintwin.engine.postgres import Cluster
from chaintwin.kit.clock import FixedClock
from chaintwin.kit.problems import ConflictProblem, InputProblem
from chaintwin.model.fact import Label, Statement, Subject, Value
from chaintwin.model.kinds import Attribute, Kind
from chaintwin.model.sheet import Column, Sheet
from chaintwin.twin.authority import order_of, order_sources, orders_at, withdraw_order
from chaintwin.twin.rebuilding import rebuild_states
from chaintwin.twin.twin import Twin
from chaintwin.twin.verify import verify

OWN = Kind(
    "Company", "organisation", {},
    attributes={"gate_colour": Attribute("gate_colour", {"zh": "大门颜色", "en": "Gate"}, "text")},
)  # fmt: skip


@pytest.fixture(autouse=True)
def own_attribute(twin: Twin, li: Asker) -> None:
    with twin.change(li, reason="加属性", source="staff") as changes:
        changes.declare(OWN)


def order(twin: Twin, asker: Asker, attribute: str, *sources: str, branch: int = 0) -> None:
    with twin.change(asker, reason="会议定", source="staff", branch=branch) as changes:
        declared = changes.kinds.attribute("Company", attribute)
        if sources:
            order_sources(changes, declared, sources)
        else:
            withdraw_order(changes, attribute)


def seen(twin: Twin, asker: Asker, body: int, attribute: str, **more: object) -> set[object]:
    """Return what every way of reading a body shows."""
    with twin.view(asker, **more) as view:  # type: ignore[arg-type]
        (sliced,) = view.slices("Company", [attribute], [body])
        bare = view.entries([body])[body].by_key[f"{attribute}/"]["v"]
        (first, *_) = (fact.text for fact, _ in view.claims(body) if fact.attribute == attribute)
        return {view.get(body).one(attribute), sliced.one(attribute), bare, first}


def test_an_order_of_ones_own_decides_from_then_on_until_it_is_withdrawn(
    twin: Twin, li: Asker, say: Say, clock: FixedClock
) -> None:
    body = say(a_firm(), "gate_colour", "红")
    say(body, "gate_colour", "蓝", source="news")
    before = clock.now()
    clock.move(timedelta(days=1))

    order(twin, li, "gate_colour", "news", "register")

    ordered = clock.now()
    assert seen(twin, li, body, "gate_colour") == {"蓝"}
    assert seen(twin, li, body, "gate_colour", known_at=before) == {"红"}
    with twin.view(li) as view:
        declared = view.kinds.attribute("Company", "gate_colour")
        told = order_of(declared, orders_at(view)["gate_colour"])
        assert (told.by, told.sources) == ("own", ("news", "register"))
    rebuild_states(twin)
    assert list(verify(twin)) == []
    clock.move(timedelta(days=1))

    order(twin, li, "gate_colour")

    assert seen(twin, li, body, "gate_colour") == {"红"}
    assert seen(twin, li, body, "gate_colour", known_at=ordered) == {"蓝"}
    assert list(verify(twin)) == []


def test_it_orders_shipped_attributes_and_public_facts_for_its_own_readers_alone(
    twin: Twin, li: Asker, clock: FixedClock
) -> None:
    about = a_firm()
    for source, place in (("register", "一号"), ("news", "二号")):
        with twin.change(platform_asker(), reason="登记", source=source) as changes:
            changes.record([Statement(about, "office_address", Value(text=place))])
            body = changes.body("Company", *about.keys)
    clock.move(timedelta(days=1))

    order(twin, li, "office_address", "news")

    elsewhere = an_officer(twin, "370102")
    assert seen(twin, li, body, "office_address") == {"二号"}
    assert seen(twin, elsewhere, body, "office_address") == {"一号"}
    with twin.view(elsewhere) as view:
        assert view.kinds.authority == {}
    assert list(verify(twin)) == []


def test_what_is_loaded_later_and_what_is_secret_follow_it_too(twin: Twin, li: Asker) -> None:
    order(twin, li, "gate_colour", "news", "register")
    name = a_firm().keys[0][1]
    keys = {"company_name": [name]}
    for source, colour in (("news", "绿"), ("register", "黄")):
        sheet = Sheet("Company", keys, [Column("gate_colour", [colour])])
        (body,) = (
            made for rows in twin.load(li, [sheet], reason="装", source=source) for made in rows
        )
    secret = Asker(li.tenant, "密", readable=li.readable, labels=frozenset(Label))
    with twin.change(secret, reason="密", source="news") as changes:
        changes.say(body, "gate_colour", Value(text="黑"), label=Label.BUSINESS, value_key="夜")
    with twin.change(secret, reason="密", source="register") as changes:
        changes.say(body, "gate_colour", Value(text="白"), label=Label.BUSINESS, value_key="夜")

    assert seen(twin, li, body, "gate_colour") == {"绿"}
    order(twin, li, "gate_colour", "register", "news")

    assert seen(twin, li, body, "gate_colour") == {"黄"}
    with twin.view(secret) as view:
        assert [held.value for held in view.get(body).all("gate_colour")] == ["黄", "白"]
    assert list(verify(twin)) == []


def test_a_branch_reads_by_the_order_of_the_moment_and_states_none(
    twin: Twin, li: Asker, say: Say, make: Make
) -> None:
    untouched, touched = say(a_firm(), "gate_colour", "红"), say(a_firm(), "gate_colour", "红")
    say(untouched, "gate_colour", "蓝", source="news")
    branch = make().id
    say(touched, "gate_colour", "蓝", source="news", branch=branch)

    with pytest.raises(ConflictProblem, match="主线"):
        order(twin, li, "gate_colour", "news", branch=branch)
    order(twin, li, "gate_colour", "news")

    for body in (untouched, touched):
        assert seen(twin, li, body, "gate_colour", branch=branch) == {"蓝"}
    assert seen(twin, li, touched, "gate_colour") == {"红"}
    assert list(verify(twin)) == []


def test_what_a_branch_shows_of_before_its_fork_follows_the_order_too(
    twin: Twin, li: Asker, say: Say, make: Make
) -> None:
    body = say(a_firm(), "gate_colour", "红")
    say(body, "gate_colour", "蓝", source="news")
    branch = make()
    say(body, "gate_colour", "灰", source="news")

    order(twin, li, "gate_colour", "news", "register")

    assert seen(twin, li, body, "gate_colour", branch=branch.id) == {"蓝"}
    assert seen(twin, li, body, "gate_colour") == {"灰"}
    assert list(verify(twin)) == []


def test_an_order_is_stated_whole_and_by_nothing_else(twin: Twin, li: Asker) -> None:
    for sources in (("register", "register"), ("nobody",)):
        with pytest.raises(InputProblem):
            order(twin, li, "gate_colour", *sources)
    with pytest.raises(ConflictProblem, match="无可撤回"):
        order(twin, li, "website")
    about = Subject("Authority", (("authority_of", "gate_colour"),))
    with (
        pytest.raises(InputProblem, match="不能直接写入"),
        twin.change(li, reason="绕", source="staff") as changes,
    ):
        changes.say(about, "sources", Value(data=["news"]), value_key="gate_colour")


def test_a_kept_order_that_facts_do_not_state_is_found(
    twin: Twin, li: Asker, database: Cluster
) -> None:
    order(twin, li, "gate_colour", "news", "register")
    assert database.super_url is not None
    with psycopg.connect(database.super_url) as connection:
        connection.execute(
            "UPDATE own_authority SET sources = '{1}' WHERE known_to = 'infinity' "
            "AND attribute = (SELECT id FROM attribute WHERE name = 'gate_colour')"
        )

    found = [one for one in verify(twin) if one.what == "authority"]

    assert [one.tenant for one in found] == [li.tenant]
