"""`chaintwin load`, run as a person runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.physical.conftest import sample

from chaintwin.engine.postgres import Cluster
from chaintwin.kit.places import Places


@pytest.fixture
def environ(database: Cluster, places: Places) -> dict[str, str]:
    return os.environ | {
        "CHAINTWIN_DATA": str(places.root),
        "CHAINTWIN_DATABASE_URL": database.app_url,
        "CHAINTWIN_DATABASE_OWNER_URL": database.owner_url,
        "CHAINTWIN_LANG": "zh",
    }


def load(environ: dict[str, str], *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "chaintwin", "load", *arguments],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )


def test_shipped_content_loads_once_and_can_be_taken_out_and_back(
    environ: dict[str, str],
) -> None:
    first = load(environ, "shipped")
    again = load(environ, "shipped")
    removed = load(environ, "shipped_parks", "--remove")
    back = load(environ, "shipped_parks")

    assert first.returncode == 0, first.stderr
    assert "条事实" in first.stdout
    assert again.stdout.count("未增加任何事实") == 4
    assert "条事实不再采信" in removed.stdout
    assert "未增加任何事实" not in back.stdout


def test_the_list_of_sources_tells_each_licence(environ: dict[str, str]) -> None:
    told = load(environ, "list")

    assert "ickg25" in told.stdout
    assert "none stated" in told.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing"], "没有名为“nothing”的来源"),
        (["demo"], "不能写入公共数据"),
        (["a_share_basic_2026", "--folder", "/nowhere"], "/nowhere"),
        (["a_share_basic_2026", "--folder", str(sample("a_share_basic_2026"))], "5000–7000"),
    ],
)
def test_what_cannot_be_loaded_is_refused_with_the_way_out_and_no_trace(
    environ: dict[str, str], arguments: list[str], said: str
) -> None:
    tried = load(environ, *arguments)

    assert tried.returncode == 1
    assert said in tried.stderr
    assert "Traceback" not in tried.stderr
