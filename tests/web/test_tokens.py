"""Access tokens: a program asks for a person, within its scope, until it is over or revoked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient
from tests.web.conftest import PASSWORD, LogIn

from chaintwin.access.accounts import Accounts, NewAccount
from chaintwin.access.demo import DEMO_PASSWORD
from chaintwin.engine.postgres import Cluster
from chaintwin.kit.clock import FixedClock
from chaintwin.model.fact import Label, Statement, Subject, Value
from chaintwin.twin.twin import Twin

PATH = "/api/v1/session/tokens"
DOORS = ("/api/v1/firms", "/ngsi-ld/v1/entities?type=Company", "/ogc/v1/collections")

Program = Callable[..., TestClient]


@pytest.fixture
def program(app_client: TestClient) -> Program:
    """Return a client without a cookie that sends a token."""

    def start(token: str, host: str = "127.0.0.1") -> TestClient:
        headers = {"Authorization": f"Bearer {token}"}
        return TestClient(
            app_client.app, client=(host, 5000), base_url="http://localhost", headers=headers
        )

    return start


def make(client: TestClient, name: str, password: str = PASSWORD, **more: str) -> Any:
    given = {"name": name, "ends_at": "2027-02-01", "password": password} | more
    answer = client.post(PATH, json=given)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_program_reads_at_every_door_beyond_the_length_of_a_session(
    log_in: LogIn, program: Program, clock: FixedClock
) -> None:
    gis = program(make(log_in("li"), "GIS")["token"])

    clock.move(timedelta(days=2))

    assert {door: gis.get(door).status_code for door in DOORS} == dict.fromkeys(DOORS, 200)


def test_a_token_that_only_reads_writes_at_no_door(log_in: LogIn, program: Program) -> None:
    reader = program(make(log_in("li"), "reader")["token"])
    entity = {"id": "urn:x:1", "type": "Thing", "p": {"type": "Property", "value": 1}}

    refused = [
        reader.post("/api/v1/branches", json={"name": "假如"}),
        reader.post("/ngsi-ld/v1/entities", json=entity),
        reader.post("/ngsi-ld/v1/entityOperations/delete", json=["urn:x:1"]),
        reader.delete("/api/v1/session"),
    ]
    asked = reader.post("/ngsi-ld/v1/entityOperations/query", json={"type": "Query", "entities": [
        {"type": "Company"}]})  # fmt: skip

    assert {answer.status_code for answer in refused} == {403}
    assert "只能读取" in refused[0].json()["detail"]
    assert asked.status_code == 200


def test_a_token_that_may_write_writes_as_its_person_does(log_in: LogIn, program: Program) -> None:
    writer = program(make(log_in("li"), "writer", scope="write")["token"])
    entity = {"id": "urn:x:2", "type": "Thing", "p": {"type": "Property", "value": 1}}

    assert writer.post("/ngsi-ld/v1/entities", json=entity).status_code == 201
    assert writer.post("/api/v1/branches", json={"name": "令牌所建"}).status_code == 201
    assert writer.get("/api/v1/accounts").status_code == 403


def test_a_token_sees_what_its_person_sees_and_no_more(
    log_in: LogIn, program: Program, twin: Twin
) -> None:
    li = twin_asker(twin, "li")
    firm = Subject("Company", (("company_name", "令牌厂"),))
    with twin.change(li, reason="登记", source="register") as changes:
        changes.record([
            Statement(firm, "name", Value(text="令牌厂")),
            Statement(firm, "note", Value(text="拟迁"), label=Label.BUSINESS),
        ])  # fmt: skip

    def notes(login: str) -> list[str]:
        client = program(make(log_in(login), "same eyes")["token"])
        found = client.get("/api/v1/firms", params={"text": "令牌厂"}).json()["items"]
        bodies = [client.get(f"/api/v1/bodies/{one['code']}").text for one in found]
        return ["拟迁" if "拟迁" in body else "" for body in bodies]

    assert (notes("li"), notes("kan"), notes("wang")) == (["拟迁"], [""], [])


def twin_asker(twin: Twin, login: str) -> Any:
    accounts = Accounts(twin.database, twin.clock)
    return accounts.log_in(login, PASSWORD, address=None, is_local=True)[1]


def test_the_token_is_shown_once_and_kept_as_a_digest_only(
    log_in: LogIn, database: Cluster
) -> None:
    made = make(log_in("li"), "once")

    listed = log_in("li").get(PATH)

    assert made["token"].startswith(made["beginning"])
    assert made["token"] not in listed.text
    assert database.super_url is not None
    with psycopg.connect(database.super_url) as connection:
        rows = connection.execute("SELECT t::text FROM access_token t").fetchall()
        trail = connection.execute("SELECT a::text FROM audit a").fetchall()
    assert rows
    assert not [row for row in rows + trail if made["token"][16:] in row[0]]


def test_the_list_tells_when_each_was_used_last(
    log_in: LogIn, program: Program, clock: FixedClock
) -> None:
    made = make(log_in("li"), "used")
    clock.move(timedelta(hours=1))

    program(made["token"]).get("/api/v1/kinds")

    client = log_in("li")
    found = next(one for one in client.get(PATH).json()["items"] if one["id"] == made["id"])
    assert (made["used_at"], found["used_at"][:19]) == (None, f"{clock.now():%Y-%m-%dT%H:%M:%S}")


def test_a_revoked_token_is_out_at_once_and_says_so(log_in: LogIn, program: Program) -> None:
    made = make(log_in("li"), "lost")
    finder = program(made["token"])
    assert finder.get("/api/v1/firms").status_code == 200

    log_in("li").delete(f"{PATH}/{made['id']}")

    answers = [finder.get(door) for door in DOORS]
    assert [answer.status_code for answer in answers] == [401] * 3
    assert "已被撤销" in answers[0].json()["detail"]
    assert log_in("li").delete(f"{PATH}/{made['id']}").status_code == 404


def test_nobody_revokes_the_token_of_another(log_in: LogIn, program: Program) -> None:
    made = make(log_in("li"), "mine")

    for other in ("kan", "guan", "wang"):
        assert log_in(other).delete(f"{PATH}/{made['id']}").status_code == 404
        assert made["beginning"] not in log_in(other).get(PATH).text
    assert program(made["token"]).get("/api/v1/firms").status_code == 200


def test_a_token_ends_on_its_day(log_in: LogIn, program: Program, clock: FixedClock) -> None:
    day = f"{clock.now() + timedelta(days=3):%Y-%m-%d}"
    made = make(log_in("li"), "three days", ends_at=day)

    clock.move(timedelta(days=4))

    answer = program(made["token"]).get("/api/v1/firms")
    states = {one["name"]: one["state"] for one in log_in("li").get(PATH).json()["items"]}
    assert (answer.status_code, "已过期" in answer.json()["detail"]) == (401, True)
    assert states["three days"] == "expired"


def test_a_disabled_account_takes_its_tokens_with_it_for_good(
    log_in: LogIn, program: Program, twin: Twin
) -> None:
    place = twin_asker(twin, "li").tenant
    new = NewAccount(place, "lin", "lin", PASSWORD, frozenset({"officer"}))
    number = Accounts(twin.database, twin.clock).make(new)
    script = program(make(log_in("lin"), "script")["token"])
    assert script.get("/api/v1/firms").status_code == 200

    for disabled in (True, False):
        log_in("guan").patch(f"/api/v1/accounts/{number}", json={"disabled": disabled})
        assert script.get("/api/v1/firms").status_code == 401


def test_a_change_of_password_takes_the_tokens_with_it(
    log_in: LogIn, program: Program, twin: Twin
) -> None:
    place = twin_asker(twin, "li").tenant
    new = NewAccount(place, "qian", "qian", PASSWORD, frozenset({"officer"}))
    Accounts(twin.database, twin.clock).make(new)
    client, other = log_in("qian"), log_in("li")
    thief = program(make(client, "somebody else's")["token"])
    mine = program(make(other, "of another")["token"])
    assert thief.get("/api/v1/firms").status_code == 200

    change = {"old": PASSWORD, "new": "another password 5"}
    assert client.post("/api/v1/session/password", json=change).status_code == 204

    assert {door: thief.get(door).status_code for door in DOORS} == dict.fromkeys(DOORS, 401)
    assert mine.get("/api/v1/firms").status_code == 200
    acts = log_in("shen").get("/api/v1/audit").json()["items"]
    told = next(act for act in acts if act["action"] == "password_changed")
    assert told["detail"] == {"tokens_revoked": ["somebody else's"]}


def test_a_token_waits_until_a_password_that_must_change_is_changed(
    log_in: LogIn, program: Program, twin: Twin, database: Cluster
) -> None:
    place = twin_asker(twin, "li").tenant
    new = NewAccount(place, "sun", "sun", PASSWORD, frozenset({"officer"}))
    number = Accounts(twin.database, twin.clock).make(new)
    script = program(make(log_in("sun"), "script")["token"])

    with psycopg.connect(str(database.super_url)) as connection:
        connection.execute("UPDATE account SET must_change = true WHERE id = %s", (number,))

    assert {door: script.get(door).status_code for door in DOORS} == dict.fromkeys(DOORS, 403)


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"ends_at": "2029-01-01"}, 422),
        ({"ends_at": "2026-10-01"}, 422),
        ({"name": "  "}, 422),
        ({"name": "taken"}, 409),
        ({"scope": "everything"}, 422),
    ],
    ids=["beyond a year", "past", "unnamed", "twice", "unknown scope"],
)
def test_a_token_that_cannot_be_is_refused(
    log_in: LogIn, given: dict[str, str], status: int
) -> None:
    client = log_in("li")
    if given.get("name") == "taken":
        make(client, "taken")

    answer = client.post(
        PATH, json={"name": "x", "ends_at": "2027-01-01", "password": PASSWORD} | given
    )

    assert answer.status_code == status, answer.text


def test_a_token_makes_no_token_and_no_password(log_in: LogIn, program: Program) -> None:
    robot = program(make(log_in("li"), "robot", scope="write")["token"])

    given = {"name": "more", "ends_at": "2027-01-01", "password": PASSWORD}
    assert robot.post(PATH, json=given).status_code == 403
    change = {"old": PASSWORD, "new": "another password 5"}
    assert robot.post("/api/v1/session/password", json=change).status_code == 401
    assert log_in("li").get("/api/v1/session").status_code == 200


def test_guessing_the_password_here_locks_the_account_as_at_log_in(
    app_client: TestClient, log_in: LogIn, clock: FixedClock
) -> None:
    stolen = log_in("wang")
    given = {"name": "theft", "ends_at": "2027-01-01"}

    guesses = [stolen.post(PATH, json=given | {"password": f"guess {n}"}) for n in range(5)]
    right = stolen.post(PATH, json=given | {"password": PASSWORD})
    locked = app_client.post("/api/v1/session", json={"login": "wang", "password": PASSWORD})
    clock.move(timedelta(minutes=16))

    assert {answer.status_code for answer in [*guesses, right]} == {422}
    assert locked.status_code == 401
    assert "theft" not in log_in("wang").get(PATH).text


def test_tokens_of_demo_accounts_work_on_this_machine_only(log_in: LogIn, program: Program) -> None:
    token = make(log_in("officer", DEMO_PASSWORD), "try", DEMO_PASSWORD)["token"]

    here, afar = program(token), program(token, "10.0.0.7")

    assert [here.get(door).status_code for door in DOORS] == [200] * 3
    assert [afar.get(door).status_code for door in DOORS] == [403] * 3


def test_the_trail_tells_of_tokens_and_of_what_was_done_with_them(
    log_in: LogIn, program: Program
) -> None:
    client = log_in("li")
    made = make(client, "traced", scope="write")
    program(made["token"]).post("/api/v1/branches", json={"name": "留痕"})
    client.delete(f"{PATH}/{made['id']}")

    acts = log_in("shen").get("/api/v1/audit").json()["items"]

    told = {act["action"]: act["detail"] for act in acts if "traced" in str(act["detail"])}
    assert told.keys() == {"token_made", "branch.make", "token_revoked"}
    assert told["branch.make"] == {"name": "留痕", "token": "traced"}
