"""The stream of changes, over a real connection: each office hears of its own and no other."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI
from tests.contract.asking import log_in
from tests.contract.offices import PASSWORD, Offices, make_offices, plant_secrets

from chaintwin import boot
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
    """An open stream and the changes that came over it; it ends with the server."""

    def __init__(self, address: str, token: str) -> None:
        self.heard: list[int] = []
        self.is_over = threading.Event()
        self._is_ready = threading.Event()
        self._given = f"{address}/api/v1/events", {"Authorization": f"Bearer {token}"}
        threading.Thread(target=self._follow, daemon=True).start()
        assert self._is_ready.wait(_WAIT_S)

    def _follow(self) -> None:
        url, headers = self._given
        try:
            with httpx2.stream("GET", url, headers=headers, timeout=None) as stream:
                self._read(stream.iter_lines())
        except httpx2.HTTPError:
            return  # the server is gone
        self.is_over.set()

    def _read(self, lines: Iterator[str]) -> None:
        event = ""
        for line in lines:
            if line.startswith("event: "):
                event = line.removeprefix("event: ")
                if event == "ready":
                    self._is_ready.set()
            elif line.startswith("data: ") and event == "change":
                self.heard.append(json.loads(line.removeprefix("data: "))["change"])


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


def test_who_has_logged_out_hears_no_more(offices: Offices, app: FastAPI, address: str) -> None:
    leaving = log_in(app, "jia", PASSWORD)
    heard = Listening(address, leaving.cookies["chaintwin_session"])

    leaving.delete("/api/v1/session")
    remark = {"text": "离席之后"}
    offices.owner.post(f"/api/v1/projects/{offices.project}/remarks", json=remark)

    assert heard.is_over.wait(_WAIT_S)
    assert heard.heard == []


def test_nobody_listens_without_logging_in(address: str) -> None:
    assert httpx2.get(f"{address}/api/v1/events", timeout=5).status_code == 401
