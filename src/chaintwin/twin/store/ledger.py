"""What each change did, committed to in the transaction that did it.

A leaf commits to what one change did to one body: a salt, then the SHA-256 of every opened row's
COPY text (columns of `rows.COLUMNS`, by id), of every closing (`-id`, by id) and of every key by
which the body is found from now on, or no more (`=` or `-=` and its COPY text, in order of text).
The ledger row of a change holds the Merkle root over its leaves in order of body. The points of a
change are committed to by one leaf, of body 0; so are keys of bodies of which it states nothing
else.
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

# The leaf of a change that holds its points, or keys alone, belongs to no single body.
NO_BODY = 0


@dataclass(slots=True)
class Leaves:
    """Gathers the lines of one change by body."""

    opened: dict[int, bytearray] = field(default_factory=lambda: defaultdict(bytearray))
    closed: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    keyed: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add_opened(self, lines: Iterable[tuple[int, str]]) -> None:
        """Add opened rows; within a body they must come by id."""
        for body, line in lines:
            self.opened[body] += sha256(line.encode())

    def add_closed(self, lines: Iterable[tuple[int, str]]) -> None:
        """Add closings in any order."""
        for body, line in lines:
            self.closed[body].append(line)

    def add_keys(self, lines: Iterable[tuple[int, str]]) -> None:
        """Add keys that were made (`=` and COPY text) or ended (`-=` and it), in any order."""
        for body, line in lines:
            self.keyed[body].append(line)

    def add_observed(self, digests: bytes) -> None:
        """Add the digests of a change's points (`points.committed_points`)."""
        self.opened[NO_BODY] += digests

    def touched(self) -> list[int]:
        """List every body of which facts were opened or closed, by number."""
        return sorted((self.opened.keys() | self.closed.keys()) - {NO_BODY})

    def bodies(self) -> list[int]:
        """List the body of every leaf, by number."""
        found = self.opened.keys() | self.closed.keys()
        return sorted(found if self.keyed.keys() <= found else found | {NO_BODY})

    def content(self, body: int) -> bytes:
        """Return what the leaf of a body commits to, before the salt."""
        closings = sorted(self.closed.get(body, ()), key=lambda line: int(line[1:]))
        lines = [*closings, *sorted(self._keys(body))]
        return bytes(self.opened.get(body, b"")) + b"".join(sha256(one.encode()) for one in lines)

    def _keys(self, body: int) -> Iterable[str]:
        if body != NO_BODY:
            return self.keyed.get(body, ())
        alone = self.keyed.keys() - self.opened.keys() - self.closed.keys()
        return [line for one in alone for line in self.keyed[one]]


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
