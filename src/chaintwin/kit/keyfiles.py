"""Secret keys of 32 bytes in files of their own, readable by their owner alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from chaintwin.kit.problems import Problem

_KEY = 32
_OTHERS_MAY = 0o077


def load_key(path: Path, *, lost: Problem | None) -> bytes:
    """Read a key; make one when the file is absent, unless `lost` says what that means.

    Raises `lost`, or Problem when the file is damaged or can be read by others.
    """
    if not path.exists():
        if lost is not None:
            raise lost
        _make(path)
    if os.name == "posix" and path.stat().st_mode & _OTHERS_MAY:
        raise Problem(
            f"密钥文件 {path.name} 可被其他用户读取。请执行 chmod 600 后重试。",
            f"The key file {path.name} can be read by other users. Run chmod 600 on it.",
            status=500,
        )
    return _parse(path)


def _make(path: Path) -> None:
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(_KEY) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link never replaces: of two processes that start together, one key wins for both.
        os.link(part, path)
    except FileExistsError:
        pass
    finally:
        part.unlink()


def _parse(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii"))
    except ValueError:
        key = b""
    if len(key) != _KEY:
        raise Problem(
            f"密钥文件 {path.name} 已损坏。请从备份恢复 keys 文件夹。",
            f"The key file {path.name} is damaged. Restore the keys folder from a backup.",
            status=500,
        )
    return key
