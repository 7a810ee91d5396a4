"""The sequencer: gives committed changes their positions in the log and signs what it then holds.

It works after the commit, so that writers never wait for one another here. Positions, tiles and
checkpoint of one round are one transaction: a kill at any moment leaves all of it or nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator

from chaintwin.engine.database import Connection
from chaintwin.kit.merkle import Growing, ReadHash, hash_range
from chaintwin.kit.notes import Checkpoint, Note
from chaintwin.kit.problems import ConflictProblem, Problem
from chaintwin.twin.ledger.book import Ledger, Log, keeper, open_tree
from chaintwin.twin.ledger.entries import SALT_BYTES, change_content, hash_entry
from chaintwin.twin.store import tlog
from chaintwin.twin.store.ledger import leaf_digests
from chaintwin.twin.store.tlog import CheckpointRow, Position
from chaintwin.twin.twin import Twin


class BrokenLedger(ConflictProblem):
    """What is stored is not what was signed; nothing more is signed until that is explained."""


def sequence(ledger: Ledger) -> None:
    """Bring every log up to the changes committed so far.

    What is in the way of a log is kept in `ledger.trouble`. Raises it, BrokenLedger when the log is
    not what was signed, after all logs had their turn.
    """
    for log in ledger.logs():
        try:
            sequence_log(ledger, log)
            ledger.trouble.pop(log.tenant, None)
        except Problem as problem:
            ledger.trouble[log.tenant] = problem
    for broken in ledger.trouble.values():
        raise broken


def sequence_log(ledger: Ledger, log: Log) -> CheckpointRow | None:
    """Give positions to what waits, sign, and return the new checkpoint; None if nothing waited.

    Raises BrokenLedger when the stored log is not a continuation of what was signed.
    """
    with ledger.twin.database.transaction(keeper(log).settings()) as connection:
        if tlog.count_waiting(connection, log.tenant) == 0:
            return None
        tlog.lock_log(connection, log.tenant)
        last = tlog.last_position(connection, log.tenant)
        waiting = tlog.changes_after(connection, log.tenant, last.change if last else 0)
        if not waiting:
            return None
        size = last.end if last else 0
        _refuse_fork(ledger, connection, log, size)
        tree = Growing.resume(
            size, lambda level, number: tlog.read_tile(connection, log.tenant, level, number)
        )
        row = _extend(ledger, connection, log, tree, waiting)
    # After the commit: what is remembered as signed must never be ahead of what is stored.
    ledger.anchors.keep(log.code, Note.parse(row.note))
    return row


def _extend(
    ledger: Ledger,
    connection: Connection,
    log: Log,
    tree: Growing,
    waiting: Iterable[tuple[int, int, bytes]],
) -> CheckpointRow:
    names = tuple(find_new_names(ledger.twin, connection, log.tenant))
    positions = []
    for change, leaves, root in waiting:
        positions.append(_place(connection, tree, (change, leaves, root), names))
        tlog.put_tiles(connection, log.tenant, tree.take_full())
        names = ()
    tlog.put_tiles(connection, log.tenant, tree.take_tiles())
    tlog.add_positions(connection, log.tenant, positions)
    return sign(ledger, connection, log, tree.size, tree.root())


def find_new_names(twin: Twin, connection: Connection, tenant: int) -> Iterator[str]:
    """Yield the lines to which the log of a tenant does not commit yet.

    Another title or rank of a source that was committed to before is taken only from what this
    program was told to declare: whoever writes one into the database is found by verifying.
    """
    latest = tlog.latest_names(connection, tenant)
    declared = tlog.read_titled(connection, twin.declared)
    for line in tlog.read_names(connection, tenant):
        before = latest.get(tlog.thing_named(line))
        is_free = before is None or not line.startswith(tlog.TITLED) or line in declared
        if before != line and is_free:
            yield line
    if tlog.EARLY_KEYS not in latest:
        yield tlog.read_early_keys(connection, tenant)


def sign(ledger: Ledger, connection: Connection, log: Log, size: int, root: bytes) -> CheckpointRow:
    """Sign and keep a checkpoint."""
    signer = ledger.signer(log)
    text = Checkpoint(log.origin, size, root).text
    row = CheckpointRow(size, ledger.twin.clock.now(), str(Note(text, (signer.sign(text),))))
    tlog.put_checkpoint(connection, log.tenant, row)
    return row


def _place(
    connection: Connection,
    tree: Growing,
    ledger_row: tuple[int, int, bytes],
    names: tuple[str, ...],
) -> Position:
    change, leaves, root = ledger_row
    line = tlog.read_change_line(connection, change)
    if line is None:
        raise _broken(f"账本中的变更 {change} 已不存在", f"the ledger's change {change} is gone")
    salt = secrets.token_bytes(SALT_BYTES)
    first, second = leaf_digests(salt, change_content(line, root, names))
    start = tree.size
    tree.add(hash_entry(first, second))
    for _, digests in tlog.read_leaves(connection, change):
        tree.add(hash_entry(digests))
    if tree.size != start + 1 + leaves:
        raise _broken(
            f"变更 {change} 的叶子数与账本不符", f"change {change} has not as many leaves as it had"
        )
    return Position(start, change, leaves, names, salt, first, second)


def _refuse_fork(ledger: Ledger, connection: Connection, log: Log, size: int) -> None:
    """Raise BrokenLedger unless the stored tree continues what was signed last."""
    read = open_tree(connection, log)
    kept = tlog.last_checkpoint(connection, log.tenant)
    notes = [Note.parse(kept.note)] if kept else []
    anchored = ledger.anchors.last(log.code)
    for note in [*notes, *([anchored] if anchored else [])]:
        signed = ledger.read_signed(str(note))
        if signed is None:
            raise _broken("检查点的签名不符", "a checkpoint is not signed by this ledger's key")
        if signed.origin != log.origin:
            continue
        if signed.size > size or root_at(read, signed.size) != signed.root:
            raise _broken(
                f"账本与已签名的检查点(大小 {signed.size})不符",
                f"the ledger is not what was signed at size {signed.size}",
            )


def root_at(read: ReadHash, size: int) -> bytes | None:
    """Return the root over the first leaves as the tiles tell; None where they do not reach."""
    try:
        return hash_range(read, 0, size)
    except IndexError:
        return None


def _broken(zh: str, en: str) -> BrokenLedger:
    return BrokenLedger(
        f"{zh},已停止签名。请运行 chaintwin verify 查明何处被改动。",
        f"Signing has stopped: {en}. Run chaintwin verify to see where it was altered.",
    )
