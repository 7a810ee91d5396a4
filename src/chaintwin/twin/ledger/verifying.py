"""Recomputes a log up to every signed checkpoint, and says where it differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from chaintwin.engine.database import Connection
from chaintwin.kit.merkle import WIDTH, tile_path
from chaintwin.kit.notes import Checkpoint
from chaintwin.twin.ledger.book import Ledger, Log, overseer
from chaintwin.twin.ledger.claims import Elsewhere, collect_claims, read_anchors
from chaintwin.twin.ledger.stamping import Authority, check_stamps
from chaintwin.twin.ledger.walking import Walk
from chaintwin.twin.store import tlog
from chaintwin.twin.store.verifying import Difference


def verify_ledger(ledger: Ledger, others: Sequence[str] = ()) -> Iterator[Difference]:
    """Yield where a log differs from its rows or from what was signed.

    `others` are checkpoints that were kept elsewhere, as signed notes. Changes that have no
    position yet are no difference.
    """
    for log in ledger.logs():
        # Read first: it is written after the database, to which others may be writing meanwhile.
        elsewhere = Elsewhere(read_anchors(ledger, log), others)
        with ledger.twin.database.snapshot(overseer(ledger.twin).settings()) as connection:
            yield from verify_log(ledger, connection, log, elsewhere)


def verify_log(
    ledger: Ledger, connection: Connection, log: Log, elsewhere: Elsewhere
) -> Iterator[Difference]:
    """Yield every difference of one log."""
    claims, wrong = collect_claims(ledger, connection, log, elsewhere)
    declared = tlog.read_titled(connection, ledger.twin.declared)
    walk = Walk(connection, log, {claim.size for claim in claims}, declared)
    yield from wrong
    yield from walk.run()
    yield from _explain(walk, claims)
    yield from check_stamps(connection, log, Authority.configured())
    yield from _compare(walk, claims)


def _explain(walk: Walk, claims: Sequence[Checkpoint]) -> Iterator[Difference]:
    """Say of each hash that differs which side it is that is not what was signed."""
    right = [claim.size for claim in claims if walk.roots.get(claim.size) == claim.root]
    for place in walk.differing:
        path = tile_path(0, place.number // WIDTH)
        if any(size > place.number for size in right):
            zh = f"瓦片 {path} 中位置 {place.number} 的散列被改动"
            en = f"the hash of position {place.number} in the tile {path} was altered"
            found = walk.differ("tile", place.change, zh, en, path)
        else:
            zh = f"叶子与账本位置 {place.number} 不符(连同摘要被改写)"
            en = f"the leaf is not what stands at position {place.number}: it was rewritten"
            found = walk.differ("leaf", place.change, zh, en, path)
        yield replace(found, body=place.body)


def _compare(walk: Walk, claims: Sequence[Checkpoint]) -> Iterator[Difference]:
    """Name the first signed size at which the log is another one."""
    good = 0
    for claim in sorted(claims, key=lambda claim: claim.size):
        if claim.size > walk.tree.size:
            zh = f"账本只剩 {walk.tree.size} 个位置,而曾签名的有 {claim.size} 个:被截短"
            en = f"the log has {walk.tree.size} positions, but {claim.size} were signed: it was cut"
            yield walk.differ("checkpoint", None, zh, en)
            return
        if walk.roots.get(claim.size) != claim.root:
            change, last = walk.change_at(good), walk.change_at(claim.size - 1)
            zh = f"账本与签名的检查点(大小 {claim.size})不符:变更 {change}–{last} 中有内容被改写"
            en = (
                f"the log is not what was signed at size {claim.size}: "
                f"something in changes {change} to {last} was rewritten"
            )
            yield walk.differ("checkpoint", change, zh, en)
            return
        good = claim.size
