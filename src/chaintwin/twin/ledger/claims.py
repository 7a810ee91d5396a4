"""What was ever signed about a log, by us, by witnesses and by time-stamping authorities."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chaintwin.engine.database import Connection
from chaintwin.kit.notes import Checker, Checkpoint, Note, parse_signature
from chaintwin.kit.problems import Problem
from chaintwin.twin.ledger.book import Ledger, Log
from chaintwin.twin.store import tlog, vouching
from chaintwin.twin.store.tlog import CheckpointRow
from chaintwin.twin.store.verifying import Difference


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Signed notes outside the database: our own anchors (None: unreadable), and others."""

    anchored: Sequence[str] | None
    others: Sequence[str] = ()


def read_anchors(ledger: Ledger, log: Log) -> list[str] | None:
    """Return the notes remembered of a log; None when they cannot be read."""
    try:
        return [str(note) for note in ledger.anchors.all(log.code)]
    except Problem:
        return None


def collect_claims(
    ledger: Ledger, connection: Connection, log: Log, elsewhere: Elsewhere
) -> tuple[list[Checkpoint], list[Difference]]:
    """Return the well signed checkpoints of a log, and what only pretends to be one."""
    rows = {row.size: row for row in tlog.list_checkpoints(connection, log.tenant)}
    claims: list[Checkpoint] = []
    wrong: list[Difference] = []
    for row in rows.values():
        signed = _read(ledger, log, row.note)
        if signed is None or signed.size != row.size:
            zh = f"检查点(大小 {row.size})的内容或签名被改动"
            en = f"the checkpoint of size {row.size} or its signature was altered"
            wrong.append(Difference("checkpoint", None, None, zh, en, log.tenant))
        else:
            claims.append(signed)
    anchored, others = elsewhere.anchored or (), elsewhere.others
    if elsewhere.anchored is None:
        wrong.append(_altered(ledger, log))
    wrong += [_altered(ledger, log) for text in anchored if _read(ledger, log, text) is None]
    for text in [*anchored, *others]:
        signed = _read(ledger, log, text)
        # What was remembered before a backup was restored may lead elsewhere, and rightly so.
        if signed is None or (signed.origin != log.origin and text not in others):
            continue
        claims.append(signed)
        if signed.size not in rows:
            zh = f"曾签名的检查点(大小 {signed.size})已从数据库消失"
            en = f"the checkpoint of size {signed.size}, once signed, is gone from the database"
            wrong.append(Difference("checkpoint", None, None, zh, en, log.tenant))
    wrong += _check_cosignatures(connection, log, rows)
    return claims, wrong


def _altered(ledger: Ledger, log: Log) -> Difference:
    path = ledger.anchors.path(log.code)
    zh = f"已签名检查点的留存文件 {path.name} 被改动或损坏"
    en = f"the record of signed checkpoints, {path.name}, was altered or damaged"
    return Difference("anchor", None, None, zh, en, log.tenant, f"ledger/{path.name}")


def _read(ledger: Ledger, log: Log, text: str) -> Checkpoint | None:
    try:
        signed = ledger.read_signed(text)
    except Problem:
        return None
    return signed if signed and signed.origin.split("/")[2] == log.code else None


def _check_cosignatures(
    connection: Connection, log: Log, rows: dict[int, CheckpointRow]
) -> Iterator[Difference]:
    keys = {row.name: row.key for row in vouching.list_witnesses(connection, log.tenant)}
    for row in vouching.list_cosignatures(connection, log.tenant):
        checkpoint = rows.get(row.size)
        if checkpoint is None or not is_cosigned(
            checkpoint.note, row.line, keys.get(row.witness, "")
        ):
            zh = f"{row.witness} 对检查点(大小 {row.size})的联署与内容不符"
            en = f"the co-signature of {row.witness} does not fit the checkpoint of {row.size}"
            yield Difference("cosignature", None, None, zh, en, log.tenant)


def is_cosigned(note: str, line: str, key: str) -> bool:
    """Tell whether a signature line is a witness's good co-signature of a checkpoint."""
    try:
        signature = parse_signature(line)
        return Checker.parse(key).check(Note(Note.parse(note).text, (signature,))) is not None
    except Problem:
        return False
