"""Closing the keys of a backup with a passphrase: scrypt (RFC 7914) and AES-256-GCM."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from chaintwin.kit.problems import InputProblem

_MARK = b"chaintwin-keys-1\n"
_SALT = 16
_NONCE = 12


def seal(content: bytes, passphrase: str) -> bytes:
    """Close bytes so that only the passphrase opens them; every call gives other bytes."""
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    return _MARK + salt + nonce + AESGCM(_derive(passphrase, salt)).encrypt(nonce, content, _MARK)


def unseal(sealed: bytes, passphrase: str) -> bytes:
    """Open sealed bytes, or say that the passphrase is wrong."""
    body = sealed.removeprefix(_MARK)
    salt, nonce, closed = body[:_SALT], body[_SALT : _SALT + _NONCE], body[_SALT + _NONCE :]
    try:
        return AESGCM(_derive(passphrase, salt)).decrypt(nonce, closed, _MARK)
    except InvalidTag as error:
        raise InputProblem(
            "口令不对，备份中的密钥打不开。请核对做备份时所用的口令。",
            "The passphrase is wrong: the keys in this backup stay closed. "
            "Check which passphrase was used for the backup.",
        ) from error


def _derive(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(passphrase.encode())
