"""One command sets up and runs everything, and says plainly what it lacks."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

REPOSITORY = Path(__file__).parent.parent.parent


@pytest.fixture
def pages() -> ModuleType:
    spec = importlib.util.spec_from_file_location("pages", REPOSITORY / "tools" / "pages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(REPOSITORY / "run"), *arguments],
        env=os.environ | environ,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("task", ["help", "setup", "run", "test", "check", "bench"])
def test_help_explains_every_task_and_make_knows_it_too(task: str) -> None:
    shown = run("help")

    assert shown.returncode == 0
    assert f"make {task} " in shown.stdout
    assert f" {task} " in (REPOSITORY / "Makefile").read_text().replace(":", " ").replace("\n", " ")


def test_an_unknown_task_is_refused_and_the_known_ones_are_listed() -> None:
    tried = run("fly")

    assert tried.returncode == 2
    assert "没有任务 fly" in tried.stdout
    assert "make setup" in tried.stdout


def test_without_a_new_enough_python_the_way_out_is_named(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    (tmp_path / "dirname").symlink_to("/usr/bin/dirname")
    (tmp_path / "pwd").symlink_to("/bin/pwd")

    tried = subprocess.run(
        ["/bin/sh", str(REPOSITORY / "run")],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert tried.returncode == 1
    assert "Python 3.11" in tried.stderr
    assert "python3-venv" in tried.stderr


def a_checkout(folder: Path, build: str = "") -> Path:
    """Pages without packages, whose build notes each of its runs."""
    ui = folder / "ui"
    ui.mkdir()
    package = {"name": "pages", "version": "1.0.0", "scripts": {"build": "node build.mjs"}}
    (ui / "package.json").write_text(json.dumps(package))
    (ui / "package-lock.json").write_text('{"lockfileVersion": 3, "packages": {}}')
    (ui / "build.mjs").write_text(
        "import fs from 'node:fs'\n"
        f"{build}\n"
        "fs.mkdirSync('../src/chaintwin/web/static', { recursive: true })\n"
        "fs.writeFileSync('../src/chaintwin/web/static/index.html', 'page')\n"
        "fs.appendFileSync('../runs', 'built ')\n"
    )
    return folder


def test_pages_are_built_once_and_again_only_when_a_source_changed(
    pages: ModuleType, tmp_path: Path
) -> None:
    root = a_checkout(tmp_path)

    pages.build_pages(root)
    pages.build_pages(root)
    once = (root / "runs").read_text().split()
    (root / "ui" / "index.html").write_text("new")
    pages.build_pages(root)

    assert once == ["built"]
    assert (root / "runs").read_text().split() == ["built", "built"]


def test_installing_leaves_the_lock_file_as_it_was(pages: ModuleType, tmp_path: Path) -> None:
    root = a_checkout(tmp_path)
    before = (root / "ui" / "package-lock.json").read_bytes()

    pages.build_pages(root)

    assert (root / "ui" / "package-lock.json").read_bytes() == before


def test_a_build_that_fails_says_so_and_is_tried_again_next_time(
    pages: ModuleType, tmp_path: Path
) -> None:
    root = a_checkout(tmp_path, build="if (fs.existsSync('broken')) process.exit(1)")
    (root / "ui" / "broken").touch()

    with pytest.raises(pages.BuildError, match="make setup"):
        pages.build_pages(root)
    (root / "ui" / "broken").unlink()

    assert "网页已构建" in pages.build_pages(root)


def test_a_checkout_without_pages_says_so_and_goes_on(pages: ModuleType, tmp_path: Path) -> None:
    assert "跳过网页构建" in pages.build_pages(tmp_path)
