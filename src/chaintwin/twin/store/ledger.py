"""What each change did, committed to in the transaction that did it.

A leaf commits to what one change did to one body: a salt, then the SHA-256 of every opened row's
COPY text (columns of `rows.COLUMNS`, by id) and of every closing (`-id`, by id). The ledger row of
a change holds the Merkle root over its leaves in order of body. The points of a change are
committed to by one leaf, of body 0.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial

from chaintwin.engine.database import Connection
from chaintwin.kit.batches import in_batches
from chaintwin.kit.digests import merkle_root, sha256, sm3
from chaintwin.twin.store.behind import Behind
from chaintwin.twin.store.staging import insert_text

_BATCH = 20_000
_COLUMNS = ("change", "body", "tenant", "salt", "sha256", "sm3")

# The leaf of a change that holds its points belongs to no single body.
NO_BODY = 0


@dataclass(slots=True)
class Leaves:
    """Gathers the lines of one change by body."""

    opened: dict[int, bytearray] = field(default_factory=lambda: defaultdict(bytearray))
    closed: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add_opened(self, lines: Iterable[tuple[int, str]]) -> None:
        """Add opened rows; within a body they must come by id."""
        for body, line in lines:
            self.opened[body] += sha256(line.encode())

    def add_closed(self, lines: Iterable[tuple[int, str]]) -> None:
        """Add closings in any order."""
        for body, line in lines:
            self.closed[body].append(line)

    def add_observed(self, digests: bytes) -> None:
        """Add the digests of a change's points (`points.committed_points`)."""
        self.opened[NO_BODY] += digests

    def bodies(self) -> list[int]:
        """List every body touched, by number."""
        return sorted(self.opened.keys() | self.closed.keys())

    def content(self, body: int) -> bytes:
        """Return what the leaf of a body commits to, before the salt."""
        closings = sorted(self.closed.get(body, ()), key=lambda line: int(line[1:]))
        return bytes(self.opened.get(body, b"")) + b"".join(
            sha256(line.encode()) for line in closings
        )


def leaf_digests(salt: bytes, content: bytes) -> tuple[bytes, bytes]:
    """Return the SHA-256 and SM3 digests of a leaf."""
    return sha256(salt + content), sm3(salt + content)


def write_leaves(connection: Connection, change: int, tenant: int, leaves: Leaves) -> None:
    """Store the leaves of a change and their root."""
    digests: list[bytes] = []
    touched = leaves.bodies()
    behind = Behind()
    with behind if len(touched) > _BATCH else nullcontext():
        for bodies in in_batches(touched, _BATCH):
            lines = [_leaf_line(change, body, tenant, leaves, digests) for body in bodies]
            text = "".join(lines)
            behind.do(partial(insert_text, connection, "ledger_leaf", _COLUMNS, text))
        root = merkle_root(digests)
    connection.execute(
        "INSERT INTO ledger (change, tenant, leaves, root) VALUES (%s, %s, %s, %s)",
        (change, tenant, len(digests), root),
    )


def _leaf_line(change: int, body: int, tenant: int, leaves: Leaves, digests: list[bytes]) -> str:
    salt = secrets.token_bytes(16)
    first, second = leaf_digests(salt, leaves.content(body))
    digests.append(first)
    return (
        f"{change}\t{body}\t{tenant}\t\\\\x{salt.hex()}\t\\\\x{first.hex()}\t\\\\x{second.hex()}\n"
    )
