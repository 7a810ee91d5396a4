"""Keeps a subscription's secrets sealed in the database, under a key derived for its tenant."""

from __future__ import annotations

import json
from dataclasses import asdict

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from chaintwin.kit.places import Places
from chaintwin.kit.problems import Problem
from chaintwin.twin import envelopes
from chaintwin.twin.originals import KEY_FILE
from chaintwin.twin.subscriptions.model import Secrets


class Seal:
    """Seals and opens secrets; what is sealed for one tenant opens for no other."""

    def __init__(self, places: Places) -> None:
        self._master = envelopes.load_master(places.keys / KEY_FILE, make=True)

    def close(self, tenant: int, secrets: Secrets) -> bytes:
        """Return secrets as they are stored."""
        plain = json.dumps(asdict(secrets), ensure_ascii=False).encode()
        return envelopes.wrap(self._key(tenant), plain, _binding(tenant))

    def open(self, tenant: int, sealed: bytes | None) -> Secrets:
        """Return secrets from what is stored; raise Problem when they do not open."""
        if sealed is None:
            return Secrets()
        try:
            plain = envelopes.unwrap(self._key(tenant), sealed, _binding(tenant))
        except envelopes.BrokenSeal as error:
            raise Problem(
                "订阅的密钥无法解开：主密钥不是当时的那一个。"
                "请从备份恢复 keys 文件夹，或重建此订阅。",
                "The subscription's secrets do not open: the master key is another one. Restore "
                "the keys folder from a backup, or make the subscription anew.",
                status=500,
            ) from error
        return Secrets(**json.loads(plain))

    def _key(self, tenant: int) -> bytes:
        info = f"chaintwin subscriptions tenant {tenant}".encode()
        return HKDF(SHA256(), 32, None, info).derive(self._master)


def _binding(tenant: int) -> bytes:
    return f"subscription secrets of tenant {tenant}".encode()
