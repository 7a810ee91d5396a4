"""The real server in a process of its own over its own PostgreSQL, to be stopped or killed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
from tests.receiver import free_port

from chaintwin.access.demo import DEMO_PASSWORD
from chaintwin.kit.places import Places

_START_S = 300.0


@dataclass(slots=True)
class Server:
    """`chaintwin serve` on a data folder; after `kill` its database may run on without it."""

    places: Places
    port: int
    environment: dict[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.places.root / "said.txt"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> float:
        """Start, wait until it answers, and return how many seconds that took."""
        started = time.monotonic()
        with self.log.open("ab") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "chaintwin", "serve", "--port", str(self.port)],
                env=self._environ(), stdout=said, stderr=subprocess.STDOUT,
            )  # fmt: skip
        while not self._answers():
            assert self._process.poll() is None, self.log.read_text("utf-8")[-3000:]
            assert time.monotonic() - started < _START_S, self.log.read_text("utf-8")[-3000:]
            time.sleep(0.05)
        return time.monotonic() - started

    def stop(self) -> None:
        """End in good order, the database too."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """End the server at once; it tidies up nothing."""
        self._end(signal.SIGKILL)

    def kill_database(self) -> None:
        """End every process of its PostgreSQL at once."""
        (file,) = self.places.pg.glob("*/postmaster.pid")
        os.kill(int(file.read_text("utf-8").split()[0]), signal.SIGKILL)

    def wait_until_well(self) -> None:
        """Wait until the server and its database answer again."""
        deadline = time.monotonic() + _START_S
        while not self._answers():
            assert time.monotonic() < deadline, self.log.read_text("utf-8")[-3000:]
            time.sleep(0.1)

    def log_in(self, login: str = "officer", password: str = DEMO_PASSWORD) -> str:
        """Open a session and return its token."""
        given = {"login": login, "password": password}
        answer = httpx2.post(f"{self.address}/api/v1/session", json=given, timeout=30)
        assert answer.is_success, answer.text
        token = answer.cookies["chaintwin_session"]
        assert token
        return str(token)

    def _answers(self) -> bool:
        try:
            return httpx2.get(f"{self.address}/api/v1/health", timeout=5).is_success
        except httpx2.TransportError:
            return False

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(timeout=120)
            self._process = None

    def _environ(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("CHAINTWIN_") or name == "CHAINTWIN_CONTENT"
        }
        return kept | {"CHAINTWIN_DATA": str(self.places.root)} | self.environment


@contextmanager
def lend_server() -> Iterator[Server]:
    """Lend a server that is not started yet; its folder is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="chaintwin-served-"))
    folder.chmod(0o711)
    server = Server(Places(folder), free_port())
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
