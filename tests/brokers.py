"""A real Mosquitto for a test: on a free loopback port, with a memory that outlives it."""

from __future__ import annotations

import getpass
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_START_S = 20.0
_STOP_S = 20.0


@dataclass(slots=True)
class Broker:
    """One Mosquitto; sessions and queued QoS 1 messages survive `restart`.

    After `kill` they are as they were when the broker last saved: at its last orderly stop, or
    at the last call of `save`.
    """

    folder: Path
    port: int
    host: str = "127.0.0.1"
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Return the broker's address."""
        return f"mqtt://{self.host}:{self.port}"

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start and wait until a client could connect."""
        assert not self.is_running
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [_program("mosquitto"), "-c", str(self.folder / "mosquitto.conf")],
                stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        deadline = time.monotonic() + _START_S
        while not _answers(self.host, self.port):
            assert self.is_running, self.log.read_text("utf-8")
            assert time.monotonic() < deadline, self.log.read_text("utf-8")
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop in good order: everything is saved."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End at once: what was not saved is lost."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop in good order and start again with the same memory and port."""
        self.stop()
        self.start()

    def save(self) -> None:
        """Have the broker write its memory to disk now."""
        kept = self.folder / "mosquitto.db"
        before = kept.stat().st_mtime_ns if kept.exists() else 0
        assert self._process is not None
        self._process.send_signal(signal.SIGUSR1)
        deadline = time.monotonic() + _STOP_S
        while not kept.exists() or kept.stat().st_mtime_ns == before:
            assert time.monotonic() < deadline, self.log.read_text("utf-8")
            time.sleep(0.01)

    @property
    def log(self) -> Path:
        return self.folder / "mosquitto.log"

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(_STOP_S)
            self._process = None


@contextmanager
def lend_broker(more: str = "") -> Iterator[Broker]:
    """Lend a running broker, with more lines of settings; it and its memory are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="chaintwin-broker-"))
    broker = Broker(folder, _free_port())
    (folder / "mosquitto.conf").write_text(_settings(broker) + more, "utf-8")
    try:
        broker.start()
        yield broker
    finally:
        broker.kill()
        shutil.rmtree(folder)


def _settings(broker: Broker) -> str:
    lines = {
        "listener": f"{broker.port} {broker.host}",
        "allow_anonymous": "true",
        # Root would otherwise become a user who cannot enter the folder.
        "user": getpass.getuser(),
        "persistence": "true",
        "persistence_location": f"{broker.folder}/",
        "max_queued_messages": "0",
        "log_dest": "stdout",
    }
    return "".join(f"{name} {value}\n" for name, value in lines.items())


def _program(name: str) -> str:
    return shutil.which(name) or f"/usr/sbin/{name}"


def _answers(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
