"""Envelope encryption: each item has its own key, wrapped by its tenant's, derived from a master.

A sealed file is a mark, then chunks of 1 MiB of plain bytes under AES-256-GCM. The nonce counts
the chunks and marks the last one, so that chunks can be neither reordered nor cut off.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chaintwin.kit.keyfiles import load_key
from chaintwin.kit.problems import Problem

CHUNK = 1_048_576
MARK = b"chaintwin-original-1\n"
_TAG = 16
_NONCE = 12
_KEY = 32


class BrokenSeal(Exception):  # noqa: N818 - caught in one place, never shown
    """What is stored is not what was sealed."""


class Sealer:
    """Encrypts chunks in order under a key that is used for one file only."""

    def __init__(self, key: bytes, file: IO[bytes]) -> None:
        self._cipher = AESGCM(key)
        self._file = file
        self._count = 0
        file.write(MARK)

    def seal(self, chunk: bytes, *, last: bool) -> None:
        """Write one chunk; exactly the last one is marked so."""
        self._file.write(self._cipher.encrypt(_nonce(self._count, last), chunk, MARK))
        self._count += 1


def unseal(key: bytes, file: IO[bytes]) -> Iterator[bytes]:
    """Yield the plain chunks of a sealed file; raise BrokenSeal where it was changed or cut."""
    cipher = AESGCM(key)
    if file.read(len(MARK)) != MARK:
        raise BrokenSeal
    block = file.read(CHUNK + _TAG)
    count = 0
    while True:
        following = file.read(CHUNK + _TAG)
        try:
            yield cipher.decrypt(_nonce(count, not following), block, MARK)
        except (InvalidTag, ValueError) as error:
            raise BrokenSeal from error
        if not following:
            return
        block = following
        count += 1


def _nonce(count: int, last: bool) -> bytes:
    return count.to_bytes(_NONCE - 1, "big") + bytes([last])


def tenant_key(master: bytes, tenant: int) -> bytes:
    """Derive the key of one tenant (HKDF, RFC 5869)."""
    info = f"chaintwin originals tenant {tenant}".encode()
    return HKDF(SHA256(), _KEY, None, info).derive(master)


def wrap(outer: bytes, key: bytes, bound_to: bytes) -> bytes:
    """Encrypt a data key; it opens only together with what it is bound to."""
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(outer).encrypt(nonce, key, bound_to)


def unwrap(outer: bytes, wrapped: bytes, bound_to: bytes) -> bytes:
    """Return a data key; raise BrokenSeal for another outer key or another binding."""
    try:
        return AESGCM(outer).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], bound_to)
    except InvalidTag as error:
        raise BrokenSeal from error


def new_key() -> bytes:
    """Return a fresh data key."""
    return secrets.token_bytes(_KEY)


def load_master(path: Path, *, make: bool) -> bytes:
    """Read the master key; where it may, make one that only its owner can read.

    Raises Problem when the key is lost, damaged or readable by others.
    """
    lost = Problem(
        f"缺少主密钥文件 {path.name}，已保存的原件无法读取。请从备份恢复 keys 文件夹。",
        f"The master key {path.name} is missing: stored originals cannot be read. "
        "Restore the keys folder from a backup.",
        status=500,
    )
    return load_key(path, lost=None if make else lost)
