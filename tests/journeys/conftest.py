"""A real server in its own process with the demo content, and a real Chromium in front of it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)
from tests.conftest import REPOSITORY, require

from chaintwin.access.demo import DEMO_PASSWORD

SCREENS = REPOSITORY / "artefacts" / "screens"
DESK: ViewportSize = {"width": 1440, "height": 900}
_START_S = 180


@dataclass
class Visit:
    """Somebody at a browser: one context with all that it asked for and complained of."""

    context: BrowserContext
    page: Page
    base: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        """Open an address and wait until nothing on it is still coming."""
        self.page.goto(self.base + path)
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until the page has a head and nothing on it is still coming."""
        expect(self.page.locator("h1").first).to_be_visible(timeout=20_000)
        expect(self.page.locator("[aria-busy=true]")).to_have_count(0, timeout=20_000)
        # What slides in has to stand still, in pictures and for the eye of axe.
        self.page.evaluate(
            "Promise.allSettled(document.getAnimations()"
            ".filter((a) => a.effect.getComputedTiming().iterations !== Infinity)"
            ".map((a) => a.finished))"
        )

    def log_in(self, login: str, password: str = DEMO_PASSWORD) -> None:
        """Open a session without the page."""
        self.api("POST", "/session", data={"login": login, "password": password})

    def api(self, method: str, path: str, **given: Any) -> Any:
        """Ask the server as this person, beside the page."""
        answer = self.context.request.fetch(
            f"{self.base}/api/v1{path}", method=method, headers={"Origin": self.base}, **given
        )
        assert answer.ok, f"{path}: {answer.status} {answer.text()[:400]}"
        return answer.json() if answer.body() else None

    def keep(self, name: str) -> None:
        """Keep a picture of the page."""
        SCREENS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENS / f"{name}.png")


Open = Callable[..., Visit]


@dataclass(frozen=True, slots=True)
class Served:
    """A running server: its address, and what it said at its first start."""

    base: str
    log: Path

    @property
    def one_time_password(self) -> str:
        """Return the password of the administrator as it was printed."""
        found = re.search(r"一次性密码[::](\S+?)[((]", self.log.read_text("utf-8"))
        assert found is not None, self.log.read_text("utf-8")
        return found[1]


@pytest.fixture(scope="session")
def server() -> Iterator[Served]:
    """The address of a running server; its data folder is thrown away afterwards."""
    require("ui")
    folder = Path(tempfile.mkdtemp(prefix="chaintwin-journey-"))
    folder.chmod(0o711)
    port = _free_port()
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("CHAINTWIN_")
    } | {"CHAINTWIN_DATA": str(folder / "data")}
    log = (folder / "server.txt").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "chaintwin", "serve", "--port", str(port)],
        env=environment, stdout=log, stderr=subprocess.STDOUT,
    )  # fmt: skip
    base = f"http://127.0.0.1:{port}"
    try:
        _wait_for(base, process, folder / "server.txt")
        yield Served(base, folder / "server.txt")
    finally:
        process.terminate()
        process.wait(timeout=60)
        log.close()
        shutil.rmtree(folder)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(base: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{base}/api/v1/health", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    pytest.fail(f"the server did not start:\n{log.read_text('utf-8')[-3000:]}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    require("chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-background-networking", "--disable-gpu"],
        )
        yield launched
        launched.close()


@pytest.fixture
def visit(browser: Browser, server: Served) -> Iterator[Open]:
    """Return a way to sit down at a fresh browser; afterwards it is checked whom it asked."""
    visits: list[Visit] = []

    def sit_down(
        login: str | None = "officer", size: ViewportSize | None = None, language: str = "zh"
    ) -> Visit:
        context = browser.new_context(
            viewport=size or DESK, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        context.set_default_timeout(15_000)
        context.add_init_script(f"localStorage.setItem('chaintwin.language', '{language}')")
        made = Visit(context, context.new_page(), server.base)
        context.on("request", lambda request: made.asked.append(request.url))
        made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
        visits.append(made)
        if login is not None:
            made.log_in(login)
        return made

    yield sit_down
    for one in visits:
        one.context.close()
        foreign = [
            url
            for url in one.asked
            if not url.startswith((server.base, "data:", "blob:", "about:"))
        ]
        assert foreign == [], "a page asked another machine"
        assert one.complaints == []
