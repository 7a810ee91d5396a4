"""Logging in, out, and what each person may do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from tests.web.conftest import PASSWORD, LogIn

from chaintwin.access.demo import DEMO_PASSWORD
from chaintwin.kit.clock import FixedClock


def test_nothing_is_read_without_logging_in(app_client: TestClient) -> None:
    answer = app_client.get("/api/v1/firms")

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "请先登录。"


def test_problems_speak_the_readers_language(app_client: TestClient) -> None:
    answer = app_client.get("/api/v1/firms", headers={"Accept-Language": "en-GB"})

    assert answer.json()["detail"] == "Log in first."


def test_one_sees_who_one_is_and_where(log_in: LogIn) -> None:
    me = log_in("li").get("/api/v1/session").json()

    assert (me["login"], me["place"]["name"], me["roles"]) == ("li", "公主岭市", ["officer"])


def test_a_wrong_password_and_an_unknown_name_sound_the_same(app_client: TestClient) -> None:
    answers = [
        app_client.post("/api/v1/session", json={"login": login, "password": "wrong"})
        for login in ("li", "nobody")
    ]

    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json()["detail"] == answers[1].json()["detail"]


def test_five_wrong_passwords_lock_the_account_for_a_while(
    app_client: TestClient, log_in: LogIn, clock: FixedClock
) -> None:
    for _ in range(5):
        app_client.post("/api/v1/session", json={"login": "wang", "password": "wrong"})

    locked = app_client.post("/api/v1/session", json={"login": "wang", "password": PASSWORD})
    unknown = app_client.post("/api/v1/session", json={"login": "nobody", "password": PASSWORD})
    clock.move(timedelta(minutes=16))

    assert (locked.status_code, locked.json()["detail"]) == (401, unknown.json()["detail"])
    assert log_in("wang").get("/api/v1/session").status_code == 200


def test_logging_out_ends_the_session(log_in: LogIn) -> None:
    client = log_in("li")
    token = client.cookies["chaintwin_session"]

    client.delete("/api/v1/session")

    answer = client.get("/api/v1/session", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


def test_a_session_ends_after_twelve_hours(log_in: LogIn, clock: FixedClock) -> None:
    client = log_in("li")

    clock.move(timedelta(hours=13))

    assert client.get("/api/v1/session").status_code == 401


def test_demo_accounts_work_on_this_machine_only(app_client: TestClient) -> None:
    afar = TestClient(app_client.app, client=("10.0.0.7", 5000), base_url="http://localhost")
    given = {"login": "officer", "password": DEMO_PASSWORD}

    refused = afar.post("/api/v1/session", json=given)
    here = app_client.post("/api/v1/session", json=given)

    assert (refused.status_code, here.status_code) == (403, 200)
    assert afar.get("/api/v1/session/door").json()["demo_accounts"] == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "rebound.example:8000"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Real-IP": "10.0.0.7"},
        {"Forwarded": "for=10.0.0.7"},
        {"Via": "1.1 proxy"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_demo_accounts_are_shut_to_what_only_seems_to_come_from_here(
    app_client: TestClient, headers: dict[str, str]
) -> None:
    given = {"login": "officer", "password": DEMO_PASSWORD}

    assert app_client.post("/api/v1/session", json=given, headers=headers).status_code == 403
    assert app_client.get("/api/v1/session/door", headers=headers).json()["demo_accounts"] == []


def test_a_new_account_must_change_its_password_before_anything_else(log_in: LogIn) -> None:
    first = "first password 1"
    made = log_in("guan").post(
        "/api/v1/accounts",
        json={"login": "xin", "name": "新人", "password": first, "roles": ["viewer"]},
    )
    assert made.status_code == 201
    client = log_in("xin", first)

    before = client.get("/api/v1/firms")
    client.post("/api/v1/session/password", json={"old": first, "new": "second password 2"})

    assert before.status_code == 403
    assert before.json()["must_change"] is True
    assert client.get("/api/v1/firms").status_code == 200


def test_nobody_administers_and_audits_at_once(log_in: LogIn) -> None:
    answer = log_in("guan").post(
        "/api/v1/accounts",
        json={"login": "quan", "name": "全能", "password": "a long password",
              "roles": ["granter", "auditor"]},
    )  # fmt: skip

    assert answer.status_code == 422
    assert "三员分立" in answer.json()["detail"]


def test_a_disabled_account_is_out_at_once(log_in: LogIn) -> None:
    client = log_in("kan")
    number = next(
        account["id"]
        for account in log_in("guan").get("/api/v1/accounts").json()["items"]
        if account["login"] == "kan"
    )

    log_in("guan").patch(f"/api/v1/accounts/{number}", json={"disabled": True})

    assert client.get("/api/v1/firms").status_code == 401
    log_in("guan").patch(f"/api/v1/accounts/{number}", json={"disabled": False})
    assert log_in("kan").get("/api/v1/firms").status_code == 200


def test_logins_are_in_the_trail_that_only_the_auditor_reads(log_in: LogIn) -> None:
    log_in("li")

    trail = log_in("shen").get("/api/v1/audit").json()

    assert {"login", "login_refused"} <= {act["action"] for act in trail["items"]}
    assert log_in("li").get("/api/v1/audit").status_code == 403


def test_a_write_from_another_site_is_refused(log_in: LogIn) -> None:
    answer = log_in("li").delete("/api/v1/session", headers={"Origin": "http://evil.example"})

    assert answer.status_code == 403


def test_the_api_explains_itself_without_another_machine(log_in: LogIn) -> None:
    client = log_in("li")

    page = client.get("/api/docs").text
    document = client.get("/api/v1/openapi.json").json()

    assert "//cdn" not in page
    assert client.get("/api/docs/files/swagger-ui-bundle.js").status_code == 200
    assert "/api/v1/targets" in document["paths"]


def test_long_answers_travel_compressed(log_in: LogIn) -> None:
    answer = log_in("li").get("/api/v1/openapi.json", headers={"Accept-Encoding": "gzip"})

    assert answer.headers["content-encoding"] == "gzip"


def test_a_new_officer_may_read_what_the_work_needs_but_no_personal_data(log_in: LogIn) -> None:
    given = {"login": "xinren", "name": "新人", "password": "a first password"}

    made = log_in("guan").post("/api/v1/accounts", json={**given, "roles": ["officer"]})

    assert made.json()["labels"] == [0, 1, 2, 3]
