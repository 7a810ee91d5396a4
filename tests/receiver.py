"""A receiver of webhooks in a process of its own, which fails in every way receivers do.

`python -m tests.receiver FOLDER PORT` answers as FOLDER/behaviour.json says and writes every
message it was given to FOLDER/got.jsonl before it answers.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

_WAIT_S = 20.0


@dataclass(slots=True)
class Receiver:
    """A receiver that can be told how to behave, ended and started again on the same port."""

    folder: Path
    port: int
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def start(self) -> None:
        """Start, anew if it runs or has died, and wait until it answers."""
        self.stop()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.receiver", str(self.folder), str(self.port)],
            cwd=Path(__file__).parent.parent, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        wait_until(lambda: _answers(self.port))

    def stop(self) -> None:
        """End at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(_WAIT_S)
            self._process = None

    def behave(self, how: str, **given: Any) -> None:
        """Answer from now on: ok, status, hang, slow, die, drip, redirect."""
        part = self.folder / "behaviour.part"
        part.write_text(json.dumps({"how": how, **given}), "utf-8")
        part.replace(self.folder / "behaviour.json")

    def got(self) -> list[dict[str, Any]]:
        """Return every message it was given: headers, body."""
        file = self.folder / "got.jsonl"
        if not file.exists():
            return []
        return [json.loads(line) for line in file.read_text("utf-8").splitlines()]

    def taken(self) -> list[dict[str, Any]]:
        """Return the events of the messages that it said it took, in order."""
        return [
            event
            for message in self.got()
            if message["taken"]
            for event in json.loads(message["body"])["events"]
        ]


@contextmanager
def lend_receiver() -> Iterator[Receiver]:
    """Lend a running receiver that takes everything."""
    with TemporaryDirectory(prefix="chaintwin-receiver-") as folder:
        receiver = Receiver(Path(folder), free_port())
        receiver.behave("ok")
        receiver.start()
        try:
            yield receiver
        finally:
            receiver.stop()


def wait_until(is_so: Any, seconds: float = _WAIT_S) -> None:
    """Wait until something holds; fail when it does not in time."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    folder: Path

    def do_POST(self) -> None:
        behaviour = json.loads((self.folder / "behaviour.json").read_text("utf-8"))
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        how = behaviour["how"]
        headers = {name.lower(): value for name, value in self.headers.items()}
        told = {"headers": headers, "body": body, "taken": how in {"ok", "slow"}}
        with (self.folder / "got.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(told) + "\n")
        getattr(self, f"_{how}")(behaviour)

    def _ok(self, _: dict[str, Any]) -> None:
        self._answer(204)

    def _status(self, behaviour: dict[str, Any]) -> None:
        self._answer(behaviour["status"], behaviour.get("headers", {}))

    def _slow(self, behaviour: dict[str, Any]) -> None:
        time.sleep(behaviour["seconds"])
        self._answer(200)

    def _hang(self, _: dict[str, Any]) -> None:
        time.sleep(600)

    def _die(self, _: dict[str, Any]) -> None:
        self.wfile.write(b"HTTP/1.1 2")
        self.wfile.flush()
        os._exit(1)

    def _drip(self, _: dict[str, Any]) -> None:
        for letter in b"HTTP/1.1 200 OK\r\n" + b"x" * 600:
            self.wfile.write(bytes([letter]))
            self.wfile.flush()
            time.sleep(0.2)

    def _answer(self, status: int, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


if __name__ == "__main__":
    _Handler.folder = Path(sys.argv[1])
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), _Handler).serve_forever()
