"""Firms that arrive are compared with all others; bulk and arrival judge by one model."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.twin.identity.judged_firms import Judge
from tests.twin.test_facts import an_officer

from chaintwin.access.asker import Asker, platform_asker
from chaintwin.kit.clock import FixedClock
from chaintwin.model.fact import Statement, Subject, Value
from chaintwin.twin.identity.groups import Judgement
from chaintwin.twin.identity.resolving import resolve_all, resolve_arrivals
from chaintwin.twin.store.judgements import read_judgements
from chaintwin.twin.twin import Twin
from chaintwin.twin.verify import verify

CODE, OTHER_CODE = "91350100M000100Y43", "91220101244976413E"


def a_firm(
    twin: Twin, asker: Asker, key: str, name: str, source: str = "register", **said: str
) -> int:
    subject = Subject("Company", (("company_name", key),))
    given = [Statement(subject, "name", Value(text=name))]
    for attribute, value in said.items():
        number = attribute == "registered_capital"
        held = Value(number=Decimal(value)) if number else Value(text=value)
        given.append(Statement(subject, attribute, held))
    with twin.change(asker, reason="登记", source="register") as changes:
        changes.record(given)
        return changes.body("Company", *subject.keys)


def judged(twin: Twin, asker: Asker, *bodies: int) -> list[Judgement]:
    with twin.database.transaction(asker.settings()) as connection:
        return [one for one in read_judgements(connection) if set(one.pair) <= set(bodies)]


@pytest.fixture
def officer(twin: Twin) -> Asker:
    return Judge(twin).asker


def test_a_firm_imported_before_a_public_set_brings_it_becomes_one_body(
    twin: Twin, officer: Asker
) -> None:
    mine = a_firm(twin, officer, "先到", "长春市先到机电有限公司", credit_code=CODE, phone="0431-1")
    resolve_arrivals(twin, officer)
    public = a_firm(
        twin, platform_asker(), "先到机电", "長春先到機電有限責任公司", credit_code=CODE,
        founded_on="2001-05-06",
    )  # fmt: skip

    resolved = resolve_arrivals(twin, officer)

    assert resolved.merged == 1
    with twin.view(officer) as view:
        one = view.get(mine)
        assert (one.one("phone"), one.one("founded_on")) == ("0431-1", "2001-05-06")
        assert view.number(view.code(public)) == mine
        assert view.find("Company", text="先到").total == 1
    with twin.view(an_officer(twin, "370102")) as abroad:
        assert abroad.find("Company", text="先到").total == 1
        assert abroad.find("Company", text="先到").states[0].body == public


def test_an_uncertain_pair_waits_for_a_person(twin: Twin, officer: Asker) -> None:
    one = a_firm(
        twin, officer, "疑一", "四平市疑一酒业有限公司", registered_address="四平市铁东区平东路1号"
    )
    near = a_firm(twin, officer, "疑一三", "四平市疑二酒业有限公司")
    resolve_arrivals(twin, officer)
    assert [said.verdict for said in judged(twin, officer, one, near)] == ["unsure"]
    with twin.view(officer) as view:
        assert view.find("Company", text="酒业").total == 2
        [waiting] = judged(twin, officer, one, near)
        fact = view.fact(waiting.body, waiting.fact)
        assert ["name", "near"] in [part[:2] for part in fact.evidence["parts"]]
        assert fact.evidence["model"] == "2026-11-24"


def test_different_firms_are_left_alone(twin: Twin, officer: Asker) -> None:
    one = a_firm(twin, officer, "异一", "长春市异一电池有限公司", credit_code=CODE)
    other = a_firm(
        twin, officer, "异一分", "长春市异一电池有限公司公主岭分公司", credit_code=OTHER_CODE
    )

    resolve_arrivals(twin, officer)

    assert judged(twin, officer, one, other) == []


def test_a_second_look_says_nothing_new(twin: Twin, officer: Asker, clock: FixedClock) -> None:
    one = a_firm(twin, officer, "再一", "长春市再一制药有限公司", founded_on="2003-04-05")
    other = a_firm(twin, officer, "再一二", "长春再一制药有限公司", founded_on="2003-04-05")
    resolve_arrivals(twin, officer)
    [first] = judged(twin, officer, one, other)
    clock.move(timedelta(days=1))
    a_firm(twin, officer, "再一", "长春市再一制药有限公司", phone="110")

    resolve_arrivals(twin, officer)

    assert judged(twin, officer, one, other) == [first]
    assert [said.verdict for said in [first]] == ["same"]


def test_a_ruling_outlives_every_look(twin: Twin, officer: Asker) -> None:
    judge = Judge(twin, officer)
    one = a_firm(twin, officer, "定一", "长春市定一化工有限公司", founded_on="2003-04-05")
    other = a_firm(twin, officer, "定一二", "长春定一化工有限公司", founded_on="2003-04-05")
    judge.part(one, other)

    resolve_arrivals(twin, officer)

    assert [said.verdict for said in judged(twin, officer, one, other)] == ["apart"]


@pytest.mark.needs("splink")
def test_bulk_says_what_arrival_said_and_a_trial_writes_nothing(
    twin: Twin, officer: Asker, clock: FixedClock
) -> None:
    bodies = [
        a_firm(twin, officer, f"批{n}", name, founded_on=day)
        for n, (name, day) in enumerate(
            [
                ("长春市批甲光学有限公司", "2001-02-03"),
                ("長春批甲光學有限責任公司", "2001-02-03"),
                ("长春市批甲光学有限公司四平分公司", "2009-09-09"),
                ("四平市批乙光学有限公司", "2005-02-03"),
            ]
        )
    ]
    resolve_arrivals(twin, officer)
    arrived = [(one.pair, one.verdict) for one in judged(twin, officer, *bodies)]
    clock.move(timedelta(days=1))

    trial = resolve_all(twin, officer, is_trial=True)
    with twin.view(officer) as view:
        before = view.stamp()
    resolve_all(twin, officer, is_trial=False)

    assert trial.merged >= 1
    assert [(one.pair, one.verdict) for one in judged(twin, officer, *bodies)] == arrived
    assert (tuple(bodies[:2]), "same") in arrived
    with twin.view(officer) as view:
        again = view.stamp()
    resolve_all(twin, officer, is_trial=False)
    with twin.view(officer) as view:
        assert view.stamp() == again, "a second time there is nothing to say"
    assert before is not None
    assert [found.what for found in verify(twin)] == []
