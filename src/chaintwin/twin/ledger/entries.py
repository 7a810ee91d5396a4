"""What stands at a position of the log.

An entry is 65 bytes: 0x01, the SHA-256 and the SM3 of `salt + content`. Nobody who lacks the salt
learns from it which body or change it is about. The content of

- a body's leaf: for every row the change opened, by id, the SHA-256 of its COPY text, then for
  every row it closed, by id, the SHA-256 of `-id` (store/ledger.py);
- a change's own leaf, which comes before them: the SHA-256 of the change's COPY text, the Merkle
  root over the SHA-256 digests of its bodies' leaves, then the SHA-256 of every line (table,
  number, name) of the names by whose numbers facts are stored, as far as the log had not committed
  to them before.
"""

from __future__ import annotations

from collections.abc import Iterable

from chaintwin.kit.digests import sha256
from chaintwin.kit.merkle import hash_leaf

VERSION = b"\x01"
SALT_BYTES = 16


def make_entry(digest: bytes, second: bytes = b"") -> bytes:
    """Return the entry over a leaf's SHA-256 and SM3 digests."""
    return VERSION + digest + second


def hash_entry(digest: bytes, second: bytes = b"") -> bytes:
    """Return the leaf hash of an entry."""
    return hash_leaf(VERSION + digest + second)


def change_content(line: str, root: bytes, names: Iterable[str]) -> bytes:
    """Return what the own leaf of a change commits to, before the salt."""
    return sha256(line.encode()) + root + b"".join(sha256(name.encode()) for name in names)


def bundle(entries: Iterable[bytes]) -> bytes:
    """Return entries as a tile holds them: each after its length in two bytes."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)
