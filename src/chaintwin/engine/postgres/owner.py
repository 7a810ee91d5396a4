"""As whom the database runs: PostgreSQL refuses root, so root hands it to a lesser user."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from chaintwin.engine.postgres.server import clean_environment
from chaintwin.kit.places import is_root
from chaintwin.kit.problems import Problem

USER = "chaintwin"
LAST_RESORT = "nobody"
_LESSER = [
    "--system",
    "--user-group",
    "--no-create-home",
    "-d",
    "/nonexistent",
    "-s",
    "/usr/sbin/nologin",
]


@dataclass(frozen=True, slots=True)
class Owner:
    """The system user that owns the data and runs the programs; None means ourselves."""

    uid: int | None = None
    gid: int | None = None

    def own(self, path: Path) -> None:
        """Hand a file or folder of ours to this user."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def run(
        self, command: Sequence[str | Path], folder: Path, seconds: float
    ) -> subprocess.CompletedProcess[str]:
        """Run a program as this user in a folder it can enter; the caller judges the outcome."""
        try:
            return subprocess.run(
                [str(part) for part in command],
                cwd=folder,
                env=clean_environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
                timeout=seconds,
                user=self.uid,
                group=self.gid,
                extra_groups=None if self.uid is None else [],
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise Problem(
                f"无法运行数据库程序 {command[0]}：{error}。请以普通用户运行，"
                "或设置 CHAINTWIN_DATABASE_URL 使用已有的 PostgreSQL 18 及以上版本。",
                f"Cannot run the database program {command[0]}: {error}. Run as a plain user, "
                "or set CHAINTWIN_DATABASE_URL to use a PostgreSQL server of version 18 or newer.",
                status=500,
            ) from error

    def can_enter(self, folder: Path) -> bool:
        """Tell whether this user may pass through a folder and all above it, by their rights."""
        if self.uid is None:
            return True
        return all(self._can_pass(parent) for parent in (folder, *folder.parents))

    def _can_pass(self, folder: Path) -> bool:
        if not folder.exists():
            return True
        seen = folder.stat()
        if seen.st_uid == self.uid:
            return bool(seen.st_mode & stat.S_IXUSR)
        if seen.st_gid == self.gid:
            return bool(seen.st_mode & stat.S_IXGRP)
        return bool(seen.st_mode & stat.S_IXOTH)


def choose_owner() -> Owner:
    """Return ourselves, or for root the user `chaintwin` (created if allowed), else `nobody`."""
    if not is_root():
        return Owner()
    return _find_user(USER) or _create_user(USER) or _find_user(LAST_RESORT) or _no_user()


def owner_of(path: Path) -> Owner:
    """Return the user who owns existing data, so that it stays theirs for ever."""
    seen = path.stat()
    if is_root():
        return Owner(seen.st_uid, seen.st_gid)
    if hasattr(os, "geteuid") and seen.st_uid != os.geteuid():
        raise Problem(
            f"数据库文件夹 {path} 属于另一个系统用户（编号 {seen.st_uid}）。"
            "请以该用户运行，或用 CHAINTWIN_DATA 指定自己的数据文件夹。",
            f"The database folder {path} belongs to another system user (id {seen.st_uid}). "
            "Run as that user, or name a data folder of your own with CHAINTWIN_DATA.",
            status=500,
        )
    return Owner()


def _find_user(name: str) -> Owner | None:
    import pwd  # noqa: PLC0415 - absent on Windows, where nobody is root

    try:
        found = pwd.getpwnam(name)
    except KeyError:
        return None
    return Owner(found.pw_uid, found.pw_gid) if found.pw_uid != 0 else None


def _create_user(name: str) -> Owner | None:
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if useradd is None:
        return None
    made = subprocess.run(
        [useradd, *_LESSER, name],
        capture_output=True,
        check=False,
        timeout=60,
    )
    return _find_user(name) if made.returncode == 0 else None


def _no_user() -> Owner:
    raise Problem(
        "数据库不能以 root 运行，而本机没有可用的普通用户。请先建立用户 chaintwin，"
        "或以普通用户运行本程序。",
        "The database cannot run as root and this machine has no plain user to give it to. "
        "Create a user named chaintwin, or run this program as a plain user.",
        status=500,
    )
