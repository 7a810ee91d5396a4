"""Proofs from a log: that an entry is in it, that it continues an older one, what a leaf says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chaintwin.engine.database import Connection
from chaintwin.kit.digests import sha256
from chaintwin.kit.merkle import WIDTH, prove_consistency, prove_inclusion
from chaintwin.kit.problems import ConflictProblem, ForbiddenProblem, NotFoundProblem
from chaintwin.twin.ledger.book import Log, open_tree
from chaintwin.twin.ledger.entries import change_content, make_entry
from chaintwin.twin.store import disclosing, tlog
from chaintwin.twin.store.ledger import leaf_digests
from chaintwin.twin.store.tlog import CheckpointRow, Position


@dataclass(frozen=True, slots=True)
class Inclusion:
    """A position of a log with the audit path from its entry to the root of a checkpoint."""

    number: int
    entry: bytes
    path: list[bytes]
    checkpoint: CheckpointRow


@dataclass(frozen=True, slots=True)
class Disclosure:
    """The salt and the lines that an entry commits to; `root` only for a change's own leaf."""

    change: int
    body: int | None
    number: int
    salt: bytes
    lines: list[str]
    root: bytes | None = None

    @property
    def entry(self) -> bytes:
        """Return the entry that salt and lines come to."""
        if self.root is not None:
            content = change_content(self.lines[0], self.root, self.lines[1:])
        else:
            content = b"".join(sha256(line.encode()) for line in self.lines)
        return make_entry(*leaf_digests(self.salt, content))


def latest_checkpoint(connection: Connection, log: Log) -> CheckpointRow:
    """Return the latest checkpoint; raise NotFoundProblem while nothing was signed."""
    found = tlog.last_checkpoint(connection, log.tenant)
    if found is None:
        raise NotFoundProblem(
            "账本里还没有检查点:尚无变更入账。请稍后再试。",
            "The ledger has no checkpoint yet: no change was entered. Try again later.",
        )
    return found


def find_number(connection: Connection, change: int, body: int) -> int | None:
    """Return the position of what a change did to a body; None while it has none."""
    position = tlog.position_of(connection, change)
    if position is None:
        return None
    return position.start + 1 + tlog.rank_in_change(connection, change, body)


def prove_entry(connection: Connection, log: Log, number: int) -> Inclusion:
    """Prove a position against the latest checkpoint; raise NotFoundProblem beyond its end."""
    checkpoint = latest_checkpoint(connection, log)
    if number >= checkpoint.size:
        raise NotFoundProblem(
            f"账本只有 {checkpoint.size} 个位置(从 0 起),没有 {number}。",
            f"The ledger has {checkpoint.size} positions from 0; there is no {number}.",
        )
    (entry,) = read_entries(connection, log, number, 1)
    path = prove_inclusion(open_tree(connection, log), number, checkpoint.size)
    return Inclusion(number, entry, path, checkpoint)


def prove_growth(connection: Connection, log: Log, old: int, size: int) -> list[bytes]:
    """Prove that the log of one size continues the one of another.

    Raises ConflictProblem unless old ≤ size ≤ what is signed.
    """
    signed = latest_checkpoint(connection, log).size
    if not old <= size <= signed:
        raise ConflictProblem(
            f"大小应满足 0 ≤ 起 ≤ 止 ≤ {signed},给出的是 {old} 和 {size}。",
            f"Sizes must be 0 ≤ from ≤ to ≤ {signed}; {old} and {size} were given.",
        )
    return prove_consistency(open_tree(connection, log), old, size)


def read_entries(connection: Connection, log: Log, first: int, most: int) -> list[bytes]:
    """Return entries from a position on, as many as there are up to so many."""
    found: list[bytes] = []
    while len(found) < most:
        position = tlog.position_at(connection, log.tenant, first + len(found))
        if position is None:
            break
        found += _entries_of(connection, position, first + len(found), most - len(found))
    return found


def _entries_of(
    connection: Connection, position: Position, first: int, most: int
) -> Iterator[bytes]:
    skipped = first - position.start
    if skipped == 0:
        yield make_entry(position.sha256, position.sm3)
        most -= 1
    rows = tlog.leaves_from(connection, position.change, max(skipped - 1, 0), most)
    yield from (make_entry(digests) for _, digests in rows)


def read_bundle(connection: Connection, log: Log, number: int, width: int) -> list[bytes]:
    """Return the entries of a bundle, all or none."""
    found = read_entries(connection, log, number * WIDTH, width)
    return found if len(found) == width else []


def disclose(connection: Connection, change: int, body: int) -> Disclosure:
    """Return salt and lines of a leaf.

    Raises NotFoundProblem without a leaf or position, ForbiddenProblem when not all of its lines
    may be read: with the salt told, what is hidden could be guessed.
    """
    leaf = tlog.read_leaf(connection, change, body)
    number = find_number(connection, change, body)
    if leaf is None or number is None:
        raise NotFoundProblem(
            "这次变更尚未入账,请稍后再试。",
            "This change is not in the ledger yet. Try again later.",
        )
    lines = disclosing.read_lines(connection, change, body)
    found = Disclosure(change, body, number, leaf[0], lines)
    if found.entry != make_entry(leaf[1], leaf[2]):
        raise ForbiddenProblem(
            "这片叶子含您无权阅读的内容(或已被改动),不能披露。请由有权限的人办理,"
            "或运行 chaintwin verify。",
            "This leaf holds what you may not read (or was altered) and is not disclosed. Ask "
            "somebody who may read it, or run chaintwin verify.",
        )
    return found


def disclose_change(connection: Connection, change: int) -> Disclosure | None:
    """Return salt and lines of a change's own leaf: who, when, why and the names it brought."""
    position = tlog.position_of(connection, change)
    line = tlog.read_change_line(connection, change)
    root = disclosing.read_root(connection, change)
    if position is None or line is None or root is None:
        return None
    return Disclosure(change, None, position.start, position.salt, [line, *position.names], root)
