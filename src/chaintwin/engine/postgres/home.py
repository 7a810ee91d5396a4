"""The folder of one embedded database: its state, its passwords, and where its data lies."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from chaintwin.engine.postgres.owner import Owner
from chaintwin.engine.postgres.server import Server
from chaintwin.kit.places import MACHINE_FOLDER, Places, make_folder
from chaintwin.kit.problems import Problem

_PASSABLE = 0o711


@dataclass(frozen=True, slots=True)
class State:
    """What the next start must know."""

    data: str
    programs: str
    version: str
    port: int
    is_on_demand: bool


@dataclass(frozen=True, slots=True)
class Passwords:
    """The passwords of the three roles; they never leave this machine."""

    superuser: str
    owner: str
    app: str


@dataclass(frozen=True, slots=True)
class Home:
    """The folder that holds an embedded database."""

    folder: Path
    logs: Path

    @property
    def lock(self) -> Path:
        """Return the one lock file."""
        return self.folder / "lock"

    @property
    def users(self) -> Path:
        """Return the file on which those who use an on-demand server hold leases."""
        return self.folder / "users"

    def data(self, major: int) -> Path:
        """Return the data folder of a major version."""
        return self.folder / f"data-{major}"

    def programs(self, state: State) -> Server:
        """Return the programs that last served the data."""
        return Server(self.folder / state.programs)

    def state(self) -> State | None:
        """Return what was kept of the last start, or None before the first."""
        kept = _read(self.folder / "state.json")
        return None if kept is None else State(**kept)

    def keep_state(
        self, data: Path, server: Server, port: int, *, is_on_demand: bool = False
    ) -> None:
        """Keep what the next start must know; an on-demand server stops with its last user."""
        programs = server.programs
        if programs.is_relative_to(self.folder):
            programs = programs.relative_to(self.folder)
        state = State(data.name, str(programs), server.version, port, is_on_demand)
        _write(self.folder / "state.json", asdict(state), 0o644)

    def passwords(self) -> Passwords:
        """Return the passwords, made at random at the first call, readable by us alone."""
        path = self.folder / "secrets.json"
        kept = _read(path)
        if kept is not None:
            return Passwords(**kept)
        if self.state() is not None:
            raise Problem(
                f"数据库密码文件 {path} 丢失。请从备份中找回它，"
                "或用 chaintwin restore 把备份恢复到新的数据文件夹。",
                f"The password file of the database, {path}, is lost. Bring it back, or "
                "restore a backup into a new data folder with chaintwin restore.",
                status=500,
            )
        made = Passwords(*(secrets.token_urlsafe(24) for _ in range(3)))
        _write(path, asdict(made), 0o600)
        return made


def find_home(places: Places, owner: Owner) -> Home:
    """Return the database's folder: in the data folder unless its own user cannot go there."""
    logs = places.logs / "postgres"
    pointer = places.pg / "elsewhere"
    if pointer.exists():
        folder = Path(pointer.read_text("utf-8").strip())
        return Home(folder, folder / "logs")
    if owner.can_enter(places.pg):
        return Home(places.pg, logs)
    digest = hashlib.sha256(str(places.root).encode()).hexdigest()[:12]
    folder = MACHINE_FOLDER / "clusters" / digest
    if not owner.can_enter(MACHINE_FOLDER):
        raise Problem(
            f"数据库的系统用户无法进入 {places.pg} 和 {MACHINE_FOLDER}。"
            "请用 CHAINTWIN_DATA 指定一个它可进入的文件夹，例如 /srv/chaintwin。",
            f"The database's system user can enter neither {places.pg} nor {MACHINE_FOLDER}. "
            "Name a folder it can enter with CHAINTWIN_DATA, for example /srv/chaintwin.",
            status=500,
        )
    for part in (MACHINE_FOLDER, folder.parent, folder):
        make_folder(part, _PASSABLE)
    pointer.write_text(f"{folder}\n", "utf-8")
    return Home(folder, folder / "logs")


def _read(path: Path) -> dict[str, Any] | None:
    try:
        kept = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise Problem(
            f"文件 {path} 已损坏：{error}。请从备份中找回它。",
            f"The file {path} is damaged: {error}. Bring it back from a backup.",
            status=500,
        ) from error
    if not isinstance(kept, dict):
        raise TypeError(path)
    return kept


def _write(path: Path, content: dict[str, object], mode: int) -> None:
    """Replace a file in one step, so that a crash leaves the old or the new one."""
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
