"""One caller at a time starts, stops or upgrades the embedded database."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from chaintwin.kit.problems import ConflictProblem

_WAIT_SECONDS = 180.0


@contextmanager
def hold(path: Path, seconds: float = _WAIT_SECONDS) -> Iterator[None]:
    """Hold a lock file for the length of a block; the system frees it if the holder dies."""
    with path.open("a+b") as file:
        _wait_for(file, path, seconds)
        try:
            yield
        finally:
            _free(file)


class Lease:
    """Says that this process uses the server; the system ends it if the process dies.

    Taken and left while the lock is held, so that nobody comes while the last one goes.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("a+b")
        _share(self._file)

    def leave(self) -> bool:
        """Give the lease back; return whether it was the last one."""
        with self._file:
            return _take(self._file)


def _wait_for(file: IO[bytes], path: Path, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not _take(file):
        if time.monotonic() > until:
            raise ConflictProblem(
                f"另一个 chaintwin 正在启动、停止或升级数据库（锁文件 {path}）。请稍后再试。",
                "Another chaintwin is starting, stopping or upgrading the database "
                f"(lock file {path}). Try again in a moment.",
            )
        time.sleep(0.05)


if sys.platform == "win32":
    import msvcrt

    def _take(file: IO[bytes]) -> bool:
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _share(file: IO[bytes]) -> None:
        """Windows knows no shared lock: there, open connections alone keep a server."""

    def _free(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _take(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _share(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_SH)

    def _free(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
