"""Loads the public sets into an empty place once, serves it, and prints what was measured."""

from __future__ import annotations

import os
import re
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

import httpx2 as httpx
import pytest
from tests.bench.generated import generate
from tests.bench.measuring import MemoryWatch, Peaks, describe_machine
from tests.bench.report import Report
from tests.conftest import REPOSITORY, shared_folder

from chaintwin.access.demo import DEMO_PASSWORD
from chaintwin.engine.postgres.instance import find_free_port
from chaintwin.kit.places import Places

SETS = ("a_share_basic_2026", "chain_kg_sw2021", "a_share_2015_addresses", "ickg25")
_LOADED = re.compile(r"(\d+) rows: (\d+) facts and (\d+) bodies added.*\(([\d.]+) s\)")
_READY_S = 600


@dataclass(slots=True)
class Loading:
    """How one run of `chaintwin load public` went."""

    seconds: float
    facts: int
    rows: int
    per_set_s: list[float]
    peaks: Peaks
    output: str = ""


@dataclass(slots=True)
class Served:
    """A running server and how long its two starts took."""

    address: str
    first_start_s: float
    second_start_s: float
    client: httpx.Client = field(repr=False)


@pytest.fixture(scope="session")
def report(pytestconfig: pytest.Config) -> Iterator[Report]:
    """Gathers the figures; at the end they are printed and written to artefacts/bench.json."""
    gathered = Report(about=describe_machine())
    yield gathered
    path = REPOSITORY / "artefacts" / "bench.json"
    gathered.write(path)
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print(f"\n\n{gathered.text()}\n\n→ {path.relative_to(REPOSITORY)}")


@pytest.fixture(scope="session")
def data(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The four public sets: the real ones, else generated ones of the same size."""
    real = shared_folder() / "data"
    if all((real / name).is_dir() for name in SETS):
        report.about["data"] = "the four public data sets"
        return real
    report.about["data"] = "GENERATED sets of the same size (set CHAINTWIN_SHARED for the real)"
    return generate(tmp_path_factory.mktemp("generated"))


@pytest.fixture(scope="session")
def place() -> Iterator[Places]:
    """An empty data folder that the database's own user can enter, also when root runs."""
    folder = Path(tempfile.mkdtemp(prefix="chaintwin-bench-"))
    folder.chmod(0o711)
    yield Places(folder)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def loading(place: Places, data: Path) -> Loading:
    """Run the real command on the empty place."""
    command = [*_chaintwin(), "load", "public", "--folder", str(data)]
    started = time.monotonic()
    with (
        subprocess.Popen(
            command,
            env=environ_of(place),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process,
        MemoryWatch(process.pid, place.root) as watch,
    ):
        output, _ = process.communicate()
    seconds = time.monotonic() - started
    assert process.returncode == 0, output
    found = _LOADED.findall(output)
    assert len(found) == len(SETS), output
    return Loading(
        seconds,
        facts=sum(int(facts) for _, facts, _, _ in found),
        rows=sum(int(rows) for rows, _, _, _ in found),
        per_set_s=[float(took) for _, _, _, took in found],
        peaks=watch.peaks,
        output=output,
    )


@pytest.fixture(scope="session")
def served(place: Places, loading: Loading) -> Iterator[Served]:
    """Serve the loaded place in a process of its own; start twice, the second time measured too."""
    del loading
    port = find_free_port()
    with serving(place, port) as first_s:
        pass
    with serving(place, port) as second_s:
        address = f"http://127.0.0.1:{port}"
        with httpx.Client(base_url=address, timeout=300) as client:
            given = {"login": "officer", "password": DEMO_PASSWORD}
            client.post("/api/v1/session", json=given).raise_for_status()
            yield Served(address, first_s, second_s, client)


@contextmanager
def serving(place: Places, port: int) -> Iterator[float]:
    started = time.monotonic()
    process = subprocess.Popen(
        [*_chaintwin(), "serve", "--port", str(port)],
        env=environ_of(place),
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_until_ready(process, port)
        yield time.monotonic() - started
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=120)


def _wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _READY_S
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server ended before it was ready"
        try:
            if httpx.get(f"http://127.0.0.1:{port}/api/v1/health").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise TimeoutError(f"the server was not ready within {_READY_S} s")


def _chaintwin() -> list[str]:
    return [sys.executable, "-m", "chaintwin"]


def environ_of(place: Places) -> dict[str, str]:
    own = {"CHAINTWIN_DATA": str(place.root), "CHAINTWIN_LANG": "en"}
    kept = {name: value for name, value in os.environ.items() if name != "CHAINTWIN_DATABASE_URL"}
    return kept | own
