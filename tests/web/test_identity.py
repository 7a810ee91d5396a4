"""Pairs are put before a person side by side; rulings merge, part, split and can be undone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from tests.web.conftest import LogIn
from tests.web.test_records import here, state

from chaintwin.access.asker import platform_asker
from chaintwin.kit.clock import FixedClock
from chaintwin.model.fact import Statement, Subject, Value
from chaintwin.twin.identity.judging import SOURCES
from chaintwin.twin.identity.resolving import resolve_arrivals
from chaintwin.twin.twin import Twin

_places = iter(
    ("四平市", "辽源市", "通化市", "白山市", "松原市", "白城市", "吉林市", "梅河口市", "敦化市")
)


@pytest.fixture
def pair(twin: Twin, clock: FixedClock) -> list[str]:
    """A public firm and one of the office's own whose names differ by a character."""
    clock.move(timedelta(days=1))
    twin.declare(*SOURCES)
    place = next(_places)
    names = (f"{place}宏图酒业有限公司", f"{place}宏徒酒业有限公司")
    askers = (platform_asker(), here(twin))
    made = [
        state(
            twin, asker, "register",
            Statement(Subject("Company", (("company_name", name),)), "name", Value(text=name)),
        )
        for asker, name in zip(askers, names, strict=True)
    ]  # fmt: skip
    resolve_arrivals(twin, here(twin))
    clock.move(timedelta(days=1))
    return made


def ask(client: Any, path: str, **query: Any) -> Any:
    answer = client.get(f"/api/v1/identity/{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def find(client: Any, codes: list[str], **query: Any) -> Any:
    items = ask(client, "queue", limit=100, **query)["items"]
    return next(
        (one for one in items if {one["one"]["code"], one["other"]["code"]} == {*codes}), None
    )


def rule(client: Any, codes: list[str], verdict: str) -> Any:
    given = {"one": codes[0], "other": codes[1], "verdict": verdict, "reason": "看过两份执照"}
    return client.post("/api/v1/identity/rulings", json=given)


def count(client: Any, name: str) -> int:
    total: int = client.get("/api/v1/firms", params={"text": name}).json()["total"]
    return total


def test_a_doubtful_pair_stands_side_by_side_with_reasons(log_in: LogIn, pair: list[str]) -> None:
    li = log_in("li")

    waiting = find(li, pair)

    assert waiting["why"] == "between"
    assert 0 <= waiting["weight"] < ask(li, "queue")["upper"]
    assert sum(reason["bits"] for reason in waiting["reasons"]) == pytest.approx(
        waiting["weight"], abs=0.1
    )
    assert "名称只差一个字" in [reason["said"]["zh"] for reason in waiting["reasons"]]
    assert {waiting["one"]["own"], waiting["other"]["own"]} == {True, False}
    assert [value["attribute"] for value in waiting["one"]["values"]] == ["name"]


def test_one_firm_two_firms_and_undone(log_in: LogIn, pair: list[str]) -> None:
    li = log_in("li")
    name = find(li, pair)["one"]["name"][:3]
    before = count(li, name)

    merged = rule(li, pair, "same")

    assert merged.status_code == 200, merged.text
    assert count(li, name) == before - 1
    assert find(li, pair) is None
    shown = next(
        m for m in ask(li, "merges")["items"] if {*pair} == {s["code"] for s in m["members"]}
    )
    assert shown["ruled"]
    for code in pair:
        assert li.get(f"/api/v1/firms/{code}").json()["code"] == shown["code"]
    latest = ask(li, "rulings")["items"][0]
    assert (latest["change"], latest["standing"]) == (merged.json()["change"], True)

    undone = li.post(f"/api/v1/identity/rulings/{latest['change']}/undo")

    assert undone.status_code == 200, undone.text
    assert count(li, name) == before
    assert find(li, pair) is not None
    assert not ask(li, "rulings")["items"][0]["standing"]
    assert li.post(f"/api/v1/identity/rulings/{latest['change']}/undo").status_code == 409


def test_a_pair_ruled_two_is_not_asked_again(twin: Twin, log_in: LogIn, pair: list[str]) -> None:
    li = log_in("li")

    assert rule(li, pair, "apart").status_code == 200
    resolve_arrivals(twin, here(twin))

    assert find(li, pair) is None
    assert not [
        m for m in ask(li, "merges")["items"] if {*pair} <= {s["code"] for s in m["members"]}
    ]


def test_a_pair_put_off_waits_apart_from_the_others(log_in: LogIn, pair: list[str]) -> None:
    li = log_in("li")

    assert rule(li, pair, "later").status_code == 200

    assert find(li, pair) is None
    assert find(li, pair, later=True)["reasons"], "what the model found stays beside it"
    assert ask(li, "queue")["later"] >= 1
    assert rule(li, pair, "same").status_code == 200


def test_a_member_is_split_off_with_a_reason(log_in: LogIn, pair: list[str]) -> None:
    li = log_in("li")
    assert rule(li, pair, "same").status_code == 200

    given = {"member": pair[1], "reason": "是另一家"}
    split = li.post("/api/v1/identity/splits", json=given)

    assert split.status_code == 200, split.text
    assert li.get(f"/api/v1/firms/{pair[1]}").json()["code"] == pair[1]
    assert li.post("/api/v1/identity/splits", json=given).status_code == 409
    assert "是另一家" in ask(li, "rulings")["items"][0]["reason"]


def test_the_past_shows_the_queue_of_then_and_takes_no_ruling(
    log_in: LogIn, pair: list[str], clock: FixedClock
) -> None:
    li = log_in("li")
    then = clock.now().isoformat()
    clock.move(timedelta(minutes=5))
    assert rule(li, pair, "same").status_code == 200
    clock.move(timedelta(minutes=5))

    assert find(li, pair, known_at=then) is not None
    given = {"one": pair[0], "other": pair[1], "verdict": "apart", "reason": ""}
    asked = {"known_at": then}
    assert li.post("/api/v1/identity/rulings", json=given, params=asked).status_code == 403


def test_who_may_not_rule_may_look_and_strangers_see_nothing(
    log_in: LogIn, pair: list[str]
) -> None:
    kan, wang, guan = log_in("kan"), log_in("wang"), log_in("guan")

    assert find(kan, pair) is not None
    assert rule(kan, pair, "same").status_code == 403
    assert find(wang, pair) is None
    assert rule(wang, pair, "same").status_code == 404
    assert guan.get("/api/v1/identity/queue").status_code == 403


def test_every_ruling_is_in_the_audit_trail(log_in: LogIn, pair: list[str]) -> None:
    rule(log_in("li"), pair, "apart")

    found = log_in("shen").get("/api/v1/audit").json()["items"]
    acts = [act for act in found if act["action"] != "login"]

    assert acts[0]["action"] == "rule_on_identity"
    assert acts[0]["detail"]["verdict"] == "apart"
