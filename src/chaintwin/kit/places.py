"""Where chaintwin keeps what it must not lose: one data folder per user, or one per machine."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from chaintwin.kit.problems import Problem

DATA_VARIABLE = "CHAINTWIN_DATA"
MACHINE_FOLDER = Path("/var/lib/chaintwin")

_SECRET = 0o700
# The database runs as another user when the program runs as root: it passes through, sees nothing.
_PASSABLE = 0o711


@dataclass(frozen=True, slots=True)
class Places:
    """The data folder and its parts."""

    root: Path

    @property
    def pg(self) -> Path:
        """Hold the embedded database: its data, programs, state and passwords."""
        return self.root / "pg"

    @property
    def originals(self) -> Path:
        """Hold uploaded files, encrypted."""
        return self.root / "originals"

    @property
    def keys(self) -> Path:
        """Hold the keys that open originals and sign the ledger."""
        return self.root / "keys"

    @property
    def ledger(self) -> Path:
        """Hold every signed checkpoint of the ledger, apart from the database; not in backups."""
        return self.root / "ledger"

    @property
    def rejected(self) -> Path:
        """Hold rows that an import refused, to be downloaded and mended."""
        return self.root / "rejected"

    @property
    def logs(self) -> Path:
        """Hold the logs of the server and the database."""
        return self.root / "logs"

    @property
    def backups(self) -> Path:
        """Hold backups that were given no other place."""
        return self.root / "backups"

    def content_mark(self, name: str) -> Path:
        """Return the file that says which shipped content the database holds already."""
        return self.root / f"content-{name}.sha256"

    def forget_content_marks(self) -> None:
        """Forget what the database holds, as after a restore: content is then loaded anew."""
        for mark in self.root.glob("content-*.sha256"):
            mark.unlink()

    def forget_ledger_origin(self) -> None:
        """Begin a new origin of the ledger, as after a restore; what was signed stays on disk."""
        (self.ledger / "epoch").unlink(missing_ok=True)

    def make(self) -> Places:
        """Create what is absent, closed to other users; folders that exist keep their rights."""
        passable = _PASSABLE if is_root() else _SECRET
        for folder in (self.root, self.pg, self.logs):
            make_folder(folder, passable)
        for folder in (self.originals, self.keys, self.rejected, self.backups):
            make_folder(folder, _SECRET)
        return self


def find_places(environ: Mapping[str, str] = os.environ) -> Places:
    """Return the data folder: CHAINTWIN_DATA, else the machine's for root, else the user's own."""
    named = environ.get(DATA_VARIABLE, "").strip()
    if named:
        return Places(Path(named).expanduser().absolute())
    if is_root():
        return Places(MACHINE_FOLDER)
    return Places(platformdirs.user_data_path("chaintwin", appauthor=False))


def is_root() -> bool:
    """Tell whether the program runs as the superuser of a Unix machine."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def make_folder(folder: Path, mode: int) -> None:
    """Create a folder with exactly these rights, its parents with the usual ones."""
    if folder.is_dir():
        return
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=mode, exist_ok=True)
        folder.chmod(mode)
    except OSError as error:
        raise Problem(
            f"无法建立数据文件夹 {folder}：{error.strerror}。"
            f"请换一个可写的位置，例如设置环境变量 {DATA_VARIABLE}=/可写/的/路径。",
            f"Cannot create the data folder {folder}: {error.strerror}. "
            f"Choose a writable place, for example set {DATA_VARIABLE}=/a/writable/path.",
            status=500,
        ) from error
