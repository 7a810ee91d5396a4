"""An officer tries something out, a leader approves it, and the main line hears of it only then."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.web.conftest import PASSWORD, LogIn

from chaintwin.access.accounts import Accounts, NewAccount
from chaintwin.access.asker import platform_asker
from chaintwin.access.tenants import all_tenants
from chaintwin.kit.clock import FixedClock
from chaintwin.model.fact import Label, Moment, Statement, Subject, Value
from chaintwin.twin.twin import Twin

FIRM = Subject("Company", (("company_name", "推演试验厂"),))


@pytest.fixture(scope="module")
def firm(twin: Twin, clock: FixedClock) -> str:
    with twin.change(platform_asker(), reason="登记", source="register") as changes:
        changes.record(
            [
                Statement(FIRM, "name", Value(text="推演试验厂")),
                Statement(FIRM, "status", Value(text="筹建"), valid=Moment.parse("2020")),
                Statement(FIRM, "status", Value(text="在业"), valid=Moment.parse("2023")),
                Statement(FIRM, "region", Value(text="220100"), valid=Moment.parse("2019")),
                Statement(FIRM, "region", Value(text="220184"), valid=Moment.parse("2022")),
            ]
        )
        body = changes.body(FIRM.kind, *FIRM.keys)
    here = next(tenant.id for tenant in all_tenants(twin.database) if tenant.region == "220184")
    labels = frozenset(Label)
    made = NewAccount(here, "zhang", "张", PASSWORD, frozenset({"leader"}), labels)
    Accounts(twin.database, clock).make(made)
    with twin.view(platform_asker()) as view:
        return view.code(body)


@pytest.fixture(autouse=True)
def an_hour_passes(clock: FixedClock) -> None:
    clock.move(timedelta(hours=1))


def make(client: TestClient, name: str) -> int:
    answer = client.post("/api/v1/branches", json={"name": name, "purpose": "试"})
    assert answer.status_code == 201, answer.text
    number: int = answer.json()["number"]
    return number


def rule(client: TestClient, firm: str, value: str, branch: int = 0) -> Any:
    given = {"attribute": "status", "value": value, "reason": "推演需要"}
    path = f"/api/v1/bodies/{firm}/rulings"
    return client.post(path, json=given, params={"branch": branch} if branch else {})


def status(client: TestClient, firm: str, **query: object) -> Any:
    body = client.get(f"/api/v1/firms/{firm}", params=query).json()
    return next(a["values"][0]["value"] for a in body["attributes"] if a["name"] == "status")


def test_from_trying_out_to_approval(log_in: LogIn, firm: str) -> None:
    li, zhang = log_in("li"), log_in("zhang")
    number = make(li, "停产会怎样")

    assert rule(li, firm, "停产", number).is_success
    assert (status(li, firm), status(li, firm, branch=number)) == ("在业", "停产")
    seen = li.get(f"/api/v1/branches/{number}").json()
    (item,) = seen["items"]
    assert (item["body"]["name"], item["attribute"], seen["conflicts"]) == (
        "推演试验厂",
        "status",
        0,
    )
    assert item["steps"][0]["after"]["value"] == "停产"
    assert li.post(f"/api/v1/branches/{number}/propose", json={"reason": "已核"}).is_success
    listed = {one["number"]: one for one in zhang.get("/api/v1/branches").json()["items"]}
    assert (listed[number]["state"], listed[number]["can_decide"]) == ("proposed", True)

    done = zhang.post(f"/api/v1/branches/{number}/approve", json={"reason": "同意"})

    assert done.is_success, done.text
    assert status(li, firm) == "停产"
    acts = [act["action"] for act in log_in("shen").get("/api/v1/audit").json()["items"]]
    assert {"branch.make", "branch.propose", "branch.approve"} <= set(acts)


def test_an_officer_does_not_approve_and_a_leader_does_not_make(log_in: LogIn, firm: str) -> None:
    li, zhang = log_in("li"), log_in("zhang")
    number = make(li, "越权")

    answers = [
        li.post(f"/api/v1/branches/{number}/approve", json={"reason": "自批"}),
        zhang.post("/api/v1/branches", json={"name": "领导的分支"}),
        log_in("kan").post(f"/api/v1/branches/{number}/discard", json={"reason": "看不惯"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]


def test_a_conflict_is_told_and_decided(log_in: LogIn, firm: str) -> None:
    li, zhang = log_in("li"), log_in("zhang")
    number = make(li, "两边都改")
    rule(li, firm, "迁出", number)
    rule(li, firm, "扩建")
    li.post(f"/api/v1/branches/{number}/propose", json={"reason": "已核"})

    seen = zhang.get(f"/api/v1/branches/{number}").json()
    undecided = zhang.post(f"/api/v1/branches/{number}/approve", json={"reason": "同意"})
    decision = {"body": firm, "attribute": "status", "key": "", "take": "parent"}
    decided = zhang.post(
        f"/api/v1/branches/{number}/approve", json={"reason": "同意", "decisions": [decision]}
    )

    (item,) = [one for one in seen["items"] if one["conflict"]]
    assert (item["shown_before"]["value"], item["shown_now"]["value"]) == ("停产", "扩建")
    assert (undecided.status_code, undecided.json()["undecided"]) == (409, 1)
    assert decided.is_success
    assert status(li, firm) == "扩建"


def test_a_tag_of_a_branch_changes_with_the_branch_alone(log_in: LogIn, firm: str) -> None:
    li = log_in("li")
    number = make(li, "标签")
    path = f"/api/v1/firms/{firm}"

    def tags() -> list[str]:
        return [li.get(path, params=q).headers["etag"] for q in ({}, {"branch": number})]

    first = tags()
    rule(li, firm, "停建", number)
    second = tags()
    rule(li, firm, "改制")
    third = tags()

    assert [first[0] == second[0], first[1] == second[1]] == [True, False]
    assert [second[0] == third[0], second[1] == third[1]] == [False, True]


def test_what_records_what_happened_is_not_written_in_a_branch(log_in: LogIn, firm: str) -> None:
    li = log_in("li")
    number = make(li, "不入档")

    given = {"file": ("list.csv", "企业名称\n某公司\n".encode())}
    refused = li.post("/api/v1/imports", files=given, params={"branch": number})

    assert refused.status_code == 403
    assert "回到主线" in refused.json()["detail"]


def test_nothing_is_written_in_a_discarded_branch_nor_read(log_in: LogIn, firm: str) -> None:
    li = log_in("li")
    number = make(li, "弃")
    assert li.post(f"/api/v1/branches/{number}/discard", json={"reason": "不可行"}).is_success

    answers = [rule(li, firm, "停产", number), li.get("/api/v1/firms", params={"branch": number})]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert li.get(f"/api/v1/branches/{number}").json()["branch"]["state"] == "discarded"


def test_another_office_sees_no_branch(log_in: LogIn, firm: str) -> None:
    number = make(log_in("li"), "本地的")
    wang = log_in("wang")

    assert number not in [one["number"] for one in wang.get("/api/v1/branches").json()["items"]]
    assert wang.get(f"/api/v1/branches/{number}").status_code == 404
    assert wang.get("/api/v1/firms", params={"branch": number}).status_code == 404


def test_facts_are_found_by_the_period_in_which_they_held(log_in: LogIn, firm: str) -> None:
    li = log_in("li")
    path = f"/api/v1/bodies/{firm}/facts"

    def held(**period: str) -> list[tuple[str, Any]]:
        items = li.get(path, params={"attribute": "status", **period}).json()["items"]
        return [
            (one["fact"]["value"], one["valid_to"] and one["valid_to"][:4])
            for one in items
            if one["fact"]["source"] == "register"
        ]

    assert held(valid_start="2020-06-01", valid_end="2021-01-01") == [("筹建", "2022")]
    assert held(valid_start="2024-01-01") == [("在业", None)]
    assert sorted(held()) == [("在业", None), ("筹建", "2022")]
    assert held(known_end="2020-01-01") == []
    wrong = li.get(path, params={"valid_start": "2024-01-01", "valid_end": "2023-01-01"})
    assert wrong.status_code == 422


def test_two_moments_differ_by_what_was_true_or_known(log_in: LogIn, firm: str) -> None:
    li = log_in("li")

    days = {"from_valid_at": "2021-01-01", "valid_at": "2024-01-01"}
    one = li.get(f"/api/v1/bodies/{firm}/diff", params=days).json()
    many = li.get("/api/v1/diff", params={"kind": "Company", "from_known_at": "2026-10-01"}).json()

    (turn,) = one["turns"]
    sides = [turn[side]["value"] for side in ("before", "after")]
    assert (turn["attribute"], sides) == ("region", ["220100", "220184"])
    assert firm in [item["body"]["code"] for item in many["items"]]
    (new,) = [item for item in many["items"] if item["body"]["code"] == firm]
    assert {turn["attribute"] for turn in new["turns"]} >= {"name", "status"}
    assert all(turn["before"] is None for turn in new["turns"])
