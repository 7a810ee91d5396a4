"""How soon many open streams hear of a change, and what they cost the server."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.bench.measuring import nearest_rank
from tests.bench.report import Report
from tests.conftest import REPOSITORY
from tests.serving import Server, lend_server

from chaintwin import boot
from chaintwin.access.asker import platform_asker
from chaintwin.model.fact import Subject, Value
from chaintwin.twin.twin import Twin

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]

_READERS, _SECONDS = 500, 60
_SECTION = f"{_READERS} streams of facts, one change a second, readers in another process"


@dataclass(slots=True)
class Listened:
    """Delays in milliseconds, from the beginning of each change and from its commit."""

    from_begin_ms: list[float]
    from_commit_ms: list[float]
    processor_s: float


def test_many_streams_hear_of_one_change_a_second(report: Report) -> None:
    with lend_server() as server:
        server.start()
        found = _listen(server)
        after = _open_sockets(server.pid)
    told = len(found.from_commit_ms)
    report.add(_SECTION, "events heard by all readers together", told)
    for name, delays in (
        ("from commit", found.from_commit_ms),
        ("from the beginning of the change", found.from_begin_ms),
    ):
        report.add(_SECTION, f"{name}: p50", round(statistics.median(delays), 1), "ms")
        report.add(_SECTION, f"{name}: p99", round(nearest_rank(delays, 0.99), 1), "ms")
        report.add(_SECTION, f"{name}: longest", round(max(delays), 1), "ms")
    note = f"in {_SECONDS} s"
    report.add(_SECTION, "processor time of the server", round(found.processor_s, 1), "s", note)
    report.add(_SECTION, "sockets of the server after all left", after)
    assert told == _READERS * _SECONDS


def _listen(server: Server) -> Listened:
    command = [sys.executable, "-m", "tests.bench.listeners", str(server.port), server.log_in(),
               str(_READERS), str(_SECONDS + 5)]  # fmt: skip
    with (
        subprocess.Popen(
            command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True, env=dict(os.environ)
        ) as readers,
        boot.open_twin(server.places) as twin,
    ):
        assert readers.stdout is not None
        assert readers.stdout.readline() == "open\n"
        before = _processor_s(server.pid)
        moments = _write(twin)
        processor_s = _processor_s(server.pid) - before
        told = json.loads(readers.stdout.readline())
    assert told["opened"] == _READERS
    heard = [(at, *moments[change]) for change, at in told["heard"]]
    return Listened(
        [(at - began) * 1000 for at, began, _ in heard],
        [(at - committed) * 1000 for at, _, committed in heard],
        processor_s,
    )


def _write(twin: Twin) -> dict[int, tuple[float, float]]:
    """Change one body a second; return when each change began and when it was committed."""
    parcel = Subject("Parcel", (("parcel_code", "计时"),))
    moments = {}
    for number in range(_SECONDS):
        began = time.time()
        with twin.change(platform_asker(), reason="计时", source="staff") as changes:
            changes.say(parcel, "name", Value(text=f"计时 {number}"))
        moments[changes.number] = (began, time.time())
        time.sleep(max(0.0, 1 - (time.time() - began)))
    return moments


def _processor_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _open_sockets(pid: int) -> int:
    time.sleep(1)
    names = (os.readlink(path) for path in Path(f"/proc/{pid}/fd").iterdir())
    return sum(name.startswith("socket:") for name in names)
