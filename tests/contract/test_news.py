"""The stream of changes, over a real connection: each office hears of its own and no other."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from tests.contract.asking import log_in
from tests.contract.offices import PASSWORD, Offices, make_offices, plant_secrets

from chaintwin import boot
from chaintwin.access.asker import PUBLIC_TENANT, Asker
from chaintwin.model.fact import Label, Value
from chaintwin.twin.twin import Twin

_WAIT_S = 10.0


@pytest.fixture(scope="module")
def offices(app: FastAPI, started: tuple[Twin, boot.Start]) -> Offices:
    made = make_offices(app, started[0], started[1].tenant)
    plant_secrets(made)
    return made


@pytest.fixture(scope="module")
def address(app: FastAPI) -> Iterator[str]:
    """The application on a port of its own; its listener runs already."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(
            uvicorn.Config(app, lifespan="off", log_level="error", timeout_graceful_shutdown=1)
        )
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=10)


class Listening:
    """An open stream and what came over it; it ends with the server, or when it is left."""

    def __init__(
        self, address: str, token: str, path: str = "/events", last: str | None = None
    ) -> None:
        self.heard: list[int] = []
        self.events: list[dict[str, Any]] = []
        self.ids: list[str] = []
        self.is_over = threading.Event()
        self._is_leaving = False
        self._is_ready = threading.Event()
        headers = {"Authorization": f"Bearer {token}"} | ({"Last-Event-ID": last} if last else {})
        self._given = f"{address}/api/v1{path}", headers
        threading.Thread(target=self._follow, daemon=True).start()
        assert self._is_ready.wait(_WAIT_S)

    def leave(self) -> None:
        """Go away at the next event."""
        self._is_leaving = True

    def _follow(self) -> None:
        url, headers = self._given
        try:
            with httpx2.stream("GET", url, headers=headers, timeout=None) as stream:
                stream.raise_for_status()
                self._read(stream.iter_lines())
        except httpx2.HTTPError:
            return  # the server is gone
        self.is_over.set()

    def _read(self, lines: Iterator[str]) -> None:
        event = ""
        for line in lines:
            if line.startswith("id: "):
                self.ids.append(line.removeprefix("id: "))
            if line.startswith("event: "):
                event = line.removeprefix("event: ")
                if event == "ready":
                    self._is_ready.set()
            elif line.startswith("data: ") and event != "ready":
                told = json.loads(line.removeprefix("data: "))
                self.events.append(told)
                self.heard.append(told["change"])
                if self._is_leaving:
                    return


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _WAIT_S
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert is_so()


def test_a_change_is_heard_in_its_own_office_only(offices: Offices, address: str) -> None:
    own, other = (
        Listening(address, person.cookies["chaintwin_session"])
        for person in (offices.owner, offices.stranger)
    )

    remark = {"text": "已回访"}
    offices.owner.post(f"/api/v1/projects/{offices.project}/remarks", json=remark)
    wait_until(lambda: bool(own.heard))
    # Notices go out in order: once the other office hears its own, it would have heard this one.
    settings = {"fonds": "Z201", "department": "长滩处"}
    assert offices.stranger.put("/api/v1/archive/settings", json=settings).is_success
    wait_until(lambda: bool(other.heard))

    assert not set(own.heard) & set(other.heard)


def test_the_first_change_after_a_start_is_read_once_for_all(
    offices: Offices, app: FastAPI, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = offices.owner.cookies["chaintwin_session"]
    streams = [Listening(address, token) for _ in range(3)]
    wait_until(lambda: not any(reader.is_behind for reader in app.state.events._readers))
    app.state.events._marks.clear()  # as after a start: nothing was heard yet
    reads: list[object] = []
    read = app.state.events.news.read
    monkeypatch.setattr(
        app.state.events.news, "read", lambda *given: reads.append(given) or read(*given)
    )

    remark(offices, "开张第一条")
    wait_until(lambda: all(stream.heard for stream in streams))

    assert len(reads) == 1


def test_who_has_logged_out_hears_no_more(offices: Offices, app: FastAPI, address: str) -> None:
    leaving = log_in(app, "jia", PASSWORD)
    heard = Listening(address, leaving.cookies["chaintwin_session"])

    leaving.delete("/api/v1/session")
    remark = {"text": "离席之后"}
    offices.owner.post(f"/api/v1/projects/{offices.project}/remarks", json=remark)

    assert heard.is_over.wait(_WAIT_S)
    assert heard.heard == []


def remark(offices: Offices, text: str) -> None:
    """Let the first office do something."""
    answer = offices.owner.post(f"/api/v1/projects/{offices.project}/remarks", json={"text": text})
    assert answer.is_success, answer.text


def token_of(person: TestClient) -> str:
    return person.cookies["chaintwin_session"]


def test_who_comes_back_is_told_what_happened_meanwhile(offices: Offices, address: str) -> None:
    token = token_of(offices.owner)
    first = Listening(address, token)
    first.leave()
    remark(offices, "在场")
    wait_until(first.is_over.is_set)

    for text in ("离开一", "离开二", "离开三"):
        remark(offices, text)
    back = Listening(address, token, last=first.ids[-1])

    wait_until(lambda: len(back.heard) >= 3)
    remark(offices, "又在场")
    wait_until(lambda: len(back.heard) >= 4)
    assert back.heard == sorted(set(back.heard))
    assert min(back.heard) > max(first.heard)


def test_a_filtered_stream_tells_what_was_stated_and_of_nothing_else(
    offices: Offices, address: str
) -> None:
    path = f"/events?kind=Project&body={offices.project}&attribute=remark"
    heard = Listening(address, token_of(offices.owner), path)

    settings = {"fonds": "Z109", "department": "无关"}
    assert offices.owner.put("/api/v1/archive/settings", json=settings).is_success
    remark(offices, "只看这一句")

    wait_until(lambda: bool(heard.events))
    (event,) = heard.events
    assert (event["kind"], event["body"]) == ("Project", offices.project)
    assert [fact["value"] for fact in event["stated"]] == ["只看这一句"]


def test_a_stream_of_facts_tells_nobody_what_he_may_not_read(
    offices: Offices, address: str
) -> None:
    new = {"login": "gongkai", "name": "只看公开", "password": "a long password 1",
           "roles": ["officer"], "labels": [0]}  # fmt: skip
    assert offices.owner.post("/api/v1/accounts", json=new).is_success
    reading = first_log_in(offices, "gongkai")
    labelled, public, foreign = (
        Listening(address, token_of(person), "/events?kind=Company")
        for person in (offices.owner, reading, offices.stranger)
    )

    for label, value in ((Label.BUSINESS, "sekretplan"), (Label.PUBLIC, "公开的话")):
        with offices.twin.change(officer_of(offices), reason="走访", source="staff") as changes:
            firm = changes.body("Company", ("company_name", "sekretfirm有限公司"))
            changes.say(firm, "note", Value(text=value), label=label, value_key=value)

    wait_until(lambda: bool(public.events) and len(labelled.events) == 2)
    assert [fact["value"] for one in public.events for fact in one["stated"]] == ["公开的话"]
    assert foreign.events == []


def officer_of(offices: Offices) -> Asker:
    readable = frozenset({PUBLIC_TENANT, offices.tenant})
    roles = frozenset({"officer"})
    return Asker(offices.tenant, "jia", roles=roles, readable=readable, labels=frozenset(Label))


def first_log_in(offices: Offices, login: str) -> TestClient:
    """Log in for the first time and change the password."""
    person = log_in(offices.app, login, "a long password 1")
    given = {"old": "a long password 1", "new": "another password 2"}
    assert person.post("/api/v1/session/password", json=given).is_success
    return person


def test_a_stream_subscription_goes_on_where_it_was_confirmed(
    offices: Offices, address: str
) -> None:
    given = {"name": "项目变更", "channel": "stream", "kinds": ["Project"]}
    number = offices.owner.post("/api/v1/subscriptions", json=given).json()["id"]
    path, token = f"/subscriptions/{number}/events", token_of(offices.owner)
    remark(offices, "在连接之前")

    first = Listening(address, token, path)
    wait_until(lambda: len(first.events) == 1)
    again = Listening(address, token, path)
    wait_until(lambda: len(again.events) == 1)
    confirmed = Listening(address, token, path, last=again.ids[-1])
    remark(offices, "确认之后")
    wait_until(lambda: len(confirmed.events) == 1)

    texts = [
        [fact["value"] for one in heard.events[:1] for fact in one["stated"]]
        for heard in (first, again, confirmed)
    ]
    assert texts == [["在连接之前"], ["在连接之前"], ["确认之后"]]


def test_a_stranger_cannot_open_the_stream_of_an_offices_subscription(offices: Offices) -> None:
    number = offices.codes["subscription"][0]

    answer = offices.stranger.get(f"/api/v1/subscriptions/{number}/events")

    assert answer.status_code == 404


@pytest.mark.parametrize("last", ["x", "1", "1.2.3.4", "-", "1.99999999999999999999", "长"])
def test_an_id_that_is_none_is_refused(last: str, offices: Offices) -> None:
    answer = offices.owner.get("/api/v1/events", params={"after": last})

    assert answer.status_code == 422
    assert "无法识别" in answer.json()["detail_zh"]


def test_who_leaves_leaves_nothing_behind(offices: Offices, app: FastAPI, address: str) -> None:
    before = app.state.events.readers
    token = token_of(offices.owner)
    many = [Listening(address, token) for _ in range(20)]
    assert app.state.events.readers == before + 20
    for one in many:
        one.leave()

    remark(offices, "都走了")

    wait_until(lambda: app.state.events.readers == before)


def test_nobody_listens_without_logging_in(address: str) -> None:
    assert httpx2.get(f"{address}/api/v1/events", timeout=5).status_code == 401
