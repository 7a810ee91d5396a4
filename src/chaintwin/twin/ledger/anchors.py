"""What was signed, remembered outside the database, so that whoever rewrites the one is caught.

The folder `ledger` beside the database holds every signed checkpoint of every log. A restored
backup begins a new origin: its log may go on otherwise than the one that was signed before.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import IO

from chaintwin.kit.notes import Note
from chaintwin.kit.places import Places, make_folder
from chaintwin.kit.problems import Problem

_SECRET = 0o700
# No note that a log signs is longer, in bytes.
_LONGEST = 8_192


class Anchors:
    """The signed checkpoints of one data folder."""

    def __init__(self, places: Places) -> None:
        self._folder = places.ledger

    def epoch(self, now: Callable[[], datetime]) -> str:
        """Return what parts this log from one that a backup was taken of; made once."""
        path = self._folder / "epoch"
        if not path.exists():
            make_folder(self._folder, _SECRET)
            part = path.with_name(f"epoch.{os.getpid()}")
            part.write_text(f"{now():%Y%m%d%H%M%S}\n", "ascii")
            part.rename(path)
        return path.read_text("ascii").strip()

    def keep(self, log: str, note: Note) -> None:
        """Remember a signed checkpoint; it is on disk when this returns."""
        make_folder(self._folder, _SECRET)
        with self.path(log).open("a+b") as file:
            _drop_torn_line(file)
            file.write(json.dumps(str(note), ensure_ascii=False).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def last(self, log: str) -> Note | None:
        """Return the checkpoint remembered last."""
        path = self.path(log)
        if not path.exists():
            return None
        with path.open("rb") as file:
            lines = _read_end(file).split(b"\n")[:-1]
        return _read(path, lines[-1]) if lines else None

    def all(self, log: str) -> list[Note]:
        """Return every remembered checkpoint in order; raise Problem when one cannot be read."""
        path = self.path(log)
        if not path.exists():
            return []
        whole, _, _ = path.read_bytes().rpartition(b"\n")
        return [_read(path, line) for line in whole.split(b"\n") if line]

    def path(self, log: str) -> Path:
        """Return the file of a log."""
        return self._folder / f"{log.replace('/', '-')}.checkpoints"


def _read(path: Path, line: bytes) -> Note:
    try:
        return Note.parse(json.loads(line))
    except (ValueError, TypeError, Problem) as error:
        raise Problem(
            f"已签名检查点的留存文件 {path} 被改动或损坏。请从别处的副本恢复并查明原因。",
            f"The record of signed checkpoints, {path}, was altered or damaged. Bring it back from "
            "a copy and find out why.",
            status=500,
        ) from error


def _read_end(file: IO[bytes]) -> bytes:
    """Return the last lines of a file; the first of them may lack its beginning."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _LONGEST))
    return file.read()


def _drop_torn_line(file: IO[bytes]) -> None:
    """Cut off what a crash left without its end."""
    end = _read_end(file)
    torn = len(end) - (end.rfind(b"\n") + 1)
    if torn:
        file.truncate(file.tell() - torn)
