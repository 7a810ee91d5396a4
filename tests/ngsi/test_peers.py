"""Clients not ours, unchanged and each in its own environment, drive a server as users do."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import REPOSITORY
from tests.receiver import free_port, wait_until

from chaintwin.kit.places import Places

_START_S = 180


@pytest.fixture
def port(places: Places) -> Iterator[int]:
    """The port of a server whose NGSI-LD door is open to this machine."""
    free, log = free_port(), places.root / "server.txt"
    environ = os.environ | {"CHAINTWIN_DATA": str(places.root), "CHAINTWIN_NGSI_OPEN": "1"}
    place = "880000:示例省,880100:示例市"
    with log.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "chaintwin", "serve", "--port", str(free), "--place", place],
            env=environ, stdout=said, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            wait_until(lambda: f":{free}" in log.read_text("utf-8"), _START_S)
            yield free
        finally:
            process.terminate()
            process.wait(60)


@pytest.mark.parametrize(
    "peer",
    [
        pytest.param(name, marks=pytest.mark.needs(name), id=name)
        for name in ("ngsildclient", "filip")
    ],
)
def test_a_client_creates_reads_finds_subscribes_and_deletes(port: int, peer: str) -> None:
    python = REPOSITORY / ".tools" / peer / "bin" / "python"
    script = Path(REPOSITORY) / "tests" / "peers" / f"drive_{peer}.py"

    driven = subprocess.run(
        [str(python), str(script), str(port)], capture_output=True, text=True, check=False,
        timeout=300, env={"PATH": os.environ["PATH"], "HOME": str(REPOSITORY / ".tools")},
    )  # fmt: skip

    assert driven.stdout.splitlines()[-1:] == ["driven"], driven.stdout + driven.stderr
