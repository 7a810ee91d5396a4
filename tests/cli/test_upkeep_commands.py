"""The upkeep commands, run as a person runs them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from chaintwin.kit.places import Places


def chaintwin(
    places: Places, *arguments: str | Path, **environ: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "chaintwin", *arguments],
        env=os.environ | {"CHAINTWIN_DATA": str(places.root)} | environ,
        capture_output=True,
        text=True,
        check=False,
    )


def test_upgrade_backup_and_restore_work_one_after_the_other_and_leave_no_server_running(
    places: Places, tmp_path: Path
) -> None:
    target = tmp_path / "backup.tar"

    upgraded = chaintwin(places, "upgrade")
    backed_up = chaintwin(places, "backup", target)
    refused = chaintwin(places, "restore", target)
    restored = chaintwin(places, "restore", target, "--replace")

    assert "（最新）" in upgraded.stdout
    assert f"已备份到 {target}" in backed_up.stdout
    assert (refused.returncode, restored.returncode) == (1, 0)
    assert refused.stderr.startswith("错误：")
    assert "--replace" in refused.stderr
    assert not list(places.pg.glob("data-*/postmaster.pid"))


@pytest.mark.parametrize(("language", "said"), [("zh", "找不到备份文件"), ("en", "no backup file")])
def test_a_missing_backup_is_named_in_the_readers_language_without_a_trace(
    places: Places, language: str, said: str
) -> None:
    tried = chaintwin(places, "restore", "/nowhere/b.tar", CHAINTWIN_LANG=language)

    assert tried.returncode == 1
    assert said in tried.stderr
    assert "/nowhere/b.tar" in tried.stderr
    assert "Traceback" not in tried.stderr


def test_an_empty_passphrase_file_is_refused_before_anything_is_written(
    places: Places, tmp_path: Path
) -> None:
    (tmp_path / "empty").write_text("\n")
    target = tmp_path / "backup.tar"

    tried = chaintwin(places, "backup", target, "--passphrase-file", tmp_path / "empty")

    assert tried.returncode != 0
    assert not target.exists()


def test_doctor_speaks_to_people_and_to_programs(places: Places) -> None:
    people = chaintwin(places, "doctor", CHAINTWIN_LANG="en")
    programs = json.loads(chaintwin(places, "doctor", "--json").stdout)

    parts = {found["part"]: found["outcome"] for found in programs}
    assert "PostgreSQL 18" in people.stdout
    assert parts["postgres"] == "ok"
    assert parts["database"] == "warn"
    assert people.returncode == int("missing" in parts.values())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_service_that_is_told_to_stop_stops_its_database_too(
    places: Places, number: signal.Signals
) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "chaintwin", "serve", "--port", "8321"],
        env=os.environ | {"CHAINTWIN_DATA": str(places.root)},
        stdout=subprocess.PIPE,
        text=True,
    ) as service:
        assert service.stdout is not None
        said = next(line for line in service.stdout if "http://127.0.0.1:" in line)
        running = list(places.pg.glob("data-*/postmaster.pid"))
        service.send_signal(number)

    assert "链孪已就绪" in said
    assert len(running) == 1
    assert not list(places.pg.glob("data-*/postmaster.pid"))
