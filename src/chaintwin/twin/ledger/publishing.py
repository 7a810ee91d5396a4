"""Writes a log as a static tree of files (C2SP tlog-tiles) that anybody checks without us."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from chaintwin.access.audit import record_act
from chaintwin.engine.database import Connection
from chaintwin.kit.batches import in_batches
from chaintwin.kit.merkle import HASH, WIDTH, entries_path, list_tiles, tile_path
from chaintwin.kit.notes import Checkpoint, Note, parse_signature
from chaintwin.twin.ledger.book import Ledger, Log, keeper
from chaintwin.twin.ledger.entries import bundle, make_entry
from chaintwin.twin.ledger.proofs import Disclosure, disclose, disclose_change, latest_checkpoint
from chaintwin.twin.store import disclosing, tlog, vouching
from chaintwin.twin.store.tlog import CheckpointRow

Write = Callable[[str, bytes], None]

_README = """链孪存证账本 / ledger of {title}
origin: {origin}
checkpoint       签名检查点 signed checkpoint (C2SP signed-note, tlog-checkpoint)
key              账本公钥 the log's public key (name+id+base64)
witnesses        联署人公钥 public keys of witnesses (cosignature/v1)
tile/            Merkle 瓦片与条目 tiles and entries (C2SP tlog-tiles, SHA-256, RFC 6962)
checkpoints/     联署或加盖时间戳的检查点 checkpoints that were co-signed or stamped
stamps/          RFC 3161 时间戳应答 answers of time-stamping authorities; N.note 为被盖戳内容
disclosed.jsonl  被披露的叶子:盐与原文行 salts and lines of disclosed leaves
条目 entry = 0x01 ‖ SHA-256(盐 salt ‖ 内容 content) ‖ SM3(盐 salt ‖ 内容 content)
叶子内容 content of a leaf = SHA-256(行 line) 依次相接 one after another
变更叶子 a change's own leaf (body null) = SHA-256(首行 first) ‖ root ‖ SHA-256(其余行 others)
"""


@dataclass(frozen=True, slots=True)
class Wish:
    """What an export holds beside the log: leaves of some bodies, and who changed them and why."""

    bodies: Sequence[int] = ()
    with_changes: bool = False


def publish(
    ledger: Ledger, connection: Connection, log: Log, wish: Wish, write: Write
) -> CheckpointRow:
    """Write the tree of a log as of its latest checkpoint; paths are relative, with slashes."""
    row = latest_checkpoint(connection, log)
    checkpoint = Checkpoint.parse(Note.parse(row.note).text)
    key = str(ledger.checker_of(checkpoint))
    write("README.txt", _README.format(title=log.title, origin=checkpoint.origin).encode())
    write("key", f"{key}\n".encode())
    write("checkpoint", show_checkpoint(connection, log, row).encode())
    _write_tiles(connection, log, row.size, write)
    _write_entries(connection, log, row.size, write)
    _write_vouched(connection, log, write)
    lines = [show_disclosure(one) for one in _disclosures(connection, log, wish, row.size)]
    if lines:
        write("disclosed.jsonl", "".join(f"{line}\n" for line in lines).encode())
    return row


def show_checkpoint(connection: Connection, log: Log, row: CheckpointRow) -> str:
    """Return a checkpoint with the co-signatures it got."""
    cosigned = vouching.list_cosignatures(connection, log.tenant, row.size)
    return str(Note.parse(row.note).signed(*(parse_signature(one.line) for one in cosigned)))


def show_disclosure(found: Disclosure) -> str:
    """Return a disclosed leaf as one line of JSON."""
    told = {
        "position": found.number,
        "change": found.change,
        "body": found.body,
        "salt": base64.b64encode(found.salt).decode(),
        "lines": found.lines,
        "entry": base64.b64encode(found.entry).decode(),
    }
    if found.root is not None:
        told["root"] = base64.b64encode(found.root).decode()
    return json.dumps(told, ensure_ascii=False)


def _write_tiles(connection: Connection, log: Log, size: int, write: Write) -> None:
    for level, number, width in list_tiles(size):
        hashes = tlog.read_tile(connection, log.tenant, level, number)[: width * HASH]
        write(tile_path(level, number, width), hashes)


def _write_entries(connection: Connection, log: Log, size: int, write: Write) -> None:
    for number, entries in enumerate(in_batches(_all_entries(connection, log, size), WIDTH)):
        write(entries_path(number, len(entries)), bundle(entries))


def _all_entries(connection: Connection, log: Log, size: int) -> Iterator[bytes]:
    for position in tlog.list_positions(connection, log.tenant):
        if position.start >= size:
            return
        yield make_entry(position.sha256, position.sm3)
        for _, digests in tlog.read_leaves(connection, position.change):
            yield make_entry(digests)


def _write_vouched(connection: Connection, log: Log, write: Write) -> None:
    witnesses = vouching.list_witnesses(connection, log.tenant)
    if witnesses:
        write("witnesses", "".join(f"{row.key}\n" for row in witnesses).encode())
    sizes = {row.size for row in vouching.list_cosignatures(connection, log.tenant)}
    for stamp in vouching.list_stamps(connection, log.tenant):
        sizes.add(stamp.size)
        kept = tlog.get_checkpoint(connection, log.tenant, stamp.size)
        if kept is not None:
            write(f"stamps/{stamp.size}.note", kept.note.encode())
            write(f"stamps/{stamp.size}.tsr", stamp.answer)
    for size in sorted(sizes):
        kept = tlog.get_checkpoint(connection, log.tenant, size)
        if kept is not None:
            write(f"checkpoints/{size}", show_checkpoint(connection, log, kept).encode())


def _disclosures(connection: Connection, log: Log, wish: Wish, size: int) -> Iterator[Disclosure]:
    told: set[int] = set()
    for body in wish.bodies:
        for change in disclosing.read_changes_of(connection, body, log.tenant):
            position = tlog.position_of(connection, change)
            if position is None or position.start >= size:
                continue
            own = disclose_change(connection, change) if wish.with_changes else None
            if own is not None and change not in told:
                yield own
            told.add(change)
            yield disclose(connection, change, body)


def export_log(ledger: Ledger, log: Log, wish: Wish, write: Write, name: str) -> CheckpointRow:
    """Write the tree of a log; the act is audited."""
    asker = keeper(log)
    with ledger.twin.database.transaction(asker.settings()) as connection:
        row = publish(ledger, connection, log, wish, write)
        detail = {"size": row.size, "disclosed": list(wish.bodies)}
        record_act(connection, asker, ledger.twin.clock.now(), "ledger_export", name, detail)
    return row
