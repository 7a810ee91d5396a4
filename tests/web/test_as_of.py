"""A page asked as of a past moment shows nothing that was not known then, and counts follow."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests.web.conftest import NOW, LogIn

from chaintwin.access.asker import Asker, platform_asker
from chaintwin.access.tenants import all_tenants
from chaintwin.kit.clock import FixedClock
from chaintwin.model.fact import Label, Moment, Statement, Subject, Value
from chaintwin.twin.twin import Twin

EARLY = NOW + timedelta(days=30)
LATE = EARLY + timedelta(days=30)
BETWEEN = (EARLY + timedelta(days=1)).isoformat()


def firm(name: str) -> Subject:
    return Subject("Company", (("company_name", name),))


def load(twin: Twin, *facts: Statement) -> int:
    with twin.change(platform_asker(), reason="登记", source="register") as changes:
        changes.record(facts)
        about = facts[0].about
        assert isinstance(about, Subject)
        return changes.body(about.kind, *about.keys)


def named(name: str, said: str | None = None) -> Statement:
    return Statement(firm(name), "name", Value(text=said or name))


@pytest.fixture(scope="module")
def codes(twin: Twin, clock: FixedClock) -> dict[str, str]:
    """Two firms known early; a third, a relation and a new name known late."""
    clock.move(EARLY - clock.now())
    old = load(twin, named("甲时点厂"))
    other = load(twin, named("乙时点厂"))
    clock.move(LATE - clock.now())
    load(twin, named("甲时点厂", "甲改名厂"))
    late = load(
        twin,
        named("丙时点厂"),
        Statement(firm("丙时点厂"), "relation", Value(ref=firm("甲时点厂"))),
    )
    with twin.view(platform_asker()) as view:
        return {"old": view.code(old), "other": view.code(other), "late": view.code(late)}


def test_a_list_of_firms_counts_those_known_then(log_in: LogIn, codes: dict[str, str]) -> None:
    li = log_in("li")
    asked = {"text": "时点厂", "known_at": BETWEEN}

    then = li.get("/api/v1/firms", params=asked).json()
    second = li.get("/api/v1/firms", params=asked | {"limit": 1, "offset": 1}).json()
    now = li.get("/api/v1/firms", params={"text": "时点厂"}).json()

    assert {item["code"] for item in then["items"]} == {codes["old"], codes["other"]}
    assert then["total"] == 2
    assert (second["total"], second["items"]) == (2, then["items"][1:])
    assert {item["code"] for item in now["items"]} == {codes["other"], codes["late"]}


def test_nobody_points_to_a_firm_before_it_was_known(log_in: LogIn, codes: dict[str, str]) -> None:
    li = log_in("li")
    path = f"/api/v1/firms/{codes['old']}/relations"

    then = li.get(path, params={"known_at": BETWEEN}).json()
    now = li.get(path).json()

    assert (then["total"], then["edges"]) == (0, [])
    (edge,) = now["edges"]
    assert (edge["from_code"], edge["source"]) == (codes["late"], "register")
    opened = li.get(f"/api/v1/facts/{codes['late']}/{edge['fact']}")
    assert opened.json()["ref"]["code"] == codes["old"]


def test_a_relation_that_ended_is_no_longer_drawn(twin: Twin, log_in: LogIn) -> None:
    begun, ended = Moment.parse("2020"), Moment.parse("2022")
    body = load(
        twin,
        named("丁联系厂"),
        named("戊联系厂"),
        Statement(
            firm("戊联系厂"), "relation", Value(ref=firm("丁联系厂")), valid=begun, valid_to=ended
        ),
    )
    with twin.view(platform_asker()) as view:
        path = f"/api/v1/firms/{view.code(body)}/relations"
    li = log_in("li")

    totals = [li.get(path, params={"valid_at": day}).json()["total"] for day in ("2021-07-01", "")]

    assert totals == [1, 0]


def test_a_history_does_not_tell_what_was_withdrawn_later(
    log_in: LogIn, codes: dict[str, str]
) -> None:
    li = log_in("li")
    path = f"/api/v1/bodies/{codes['old']}/history"

    then = li.get(path, params={"attribute": "name", "known_at": BETWEEN}).json()["items"]
    now = li.get(path, params={"attribute": "name"}).json()["items"]

    assert [(fact["value"], fact["known_to"]) for fact in then] == [("甲时点厂", None)]
    ends = [datetime.fromisoformat(fact["known_to"]) for fact in now if fact["known_to"]]
    assert ends == [LATE]


def test_changes_are_those_made_by_then(log_in: LogIn, codes: dict[str, str]) -> None:
    li = log_in("li")

    counted = [
        li.get("/api/v1/changes", params={"code": codes["old"], **moment}).json()["total"]
        for moment in ({"known_at": BETWEEN}, {})
    ]

    assert counted == [1, 2]


@pytest.mark.parametrize(
    "moment",
    ["0001-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "0001-W01-1"],
)
def test_a_moment_at_the_edge_of_the_calendar_is_answered(log_in: LogIn, moment: str) -> None:
    li = log_in("li")

    answers = [li.get("/api/v1/firms", params={name: moment}) for name in ("valid_at", "known_at")]

    assert {answer.status_code for answer in answers} <= {200, 422}


@pytest.fixture
def secret(twin: Twin) -> str:
    """A firm of which one's own office says something that not all of it may read."""
    here = next(tenant.id for tenant in all_tenants(twin.database) if tenant.region == "220184")
    asker = Asker(here, "李", labels=frozenset(Label))
    about = firm("未公开投资方")
    with twin.change(asker, reason="收购未公开投资方", source="register") as changes:
        changes.record([Statement(about, "name", Value(text="未公开投资方"), label=Label.BUSINESS)])
        body = changes.body(about.kind, *about.keys)
    with twin.view(asker) as view:
        return view.code(body)


def test_why_something_secret_was_changed_is_for_those_who_may_read_it(
    secret: str, log_in: LogIn
) -> None:
    li, kan = log_in("li"), log_in("kan")

    told, hidden = (one.get("/api/v1/changes", params={"code": secret}).json() for one in (li, kan))

    assert [change["reason"] for change in told["items"]] == ["收购未公开投资方"]
    assert (hidden["total"], hidden["items"]) == (0, [])
    assert "未公开投资方" not in kan.get("/api/v1/changes").text


def test_of_a_change_that_is_partly_secret_the_reason_is_withheld(
    twin: Twin, secret: str, log_in: LogIn
) -> None:
    here = next(tenant.id for tenant in all_tenants(twin.database) if tenant.region == "220184")
    with twin.change(
        Asker(here, "李", labels=frozenset(Label)), reason="底价三亿", source="register"
    ) as changes:
        about = firm("半公开厂")
        changes.record([
            Statement(about, "name", Value(text="半公开厂")),
            Statement(about, "phone", Value(text="13800000000"), label=Label.PERSONAL),
        ])  # fmt: skip
    li, kan = log_in("li"), log_in("kan")

    assert li.get("/api/v1/changes").json()["items"][0]["reason"] == "底价三亿"
    assert "withheld" in kan.get("/api/v1/changes").json()["items"][0]["reason"]


def test_reading_a_secret_history_is_in_the_trail(secret: str, log_in: LogIn) -> None:
    log_in("li").get(f"/api/v1/bodies/{secret}/history")

    acts = log_in("shen").get("/api/v1/audit").json()["items"]
    read = next(act for act in acts if act["action"] == "read_labelled")
    assert (read["about"], read["login"]) == (secret, "li")
