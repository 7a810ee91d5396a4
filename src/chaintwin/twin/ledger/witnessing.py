"""Co-signing by another bureau (C2SP cosignature/v1): asking for it, and taking it back in.

A request is the body of an add-checkpoint call (C2SP tlog-witness): the size that the witness
signed last, a consistency proof from there, an empty line, the checkpoint.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime

from chaintwin.access.audit import record_act
from chaintwin.engine.database import Connection
from chaintwin.kit.notes import WITNESS, Checker, Note
from chaintwin.kit.problems import ConflictProblem, InputProblem, NotFoundProblem
from chaintwin.twin.ledger.book import Ledger, Log, keeper
from chaintwin.twin.ledger.proofs import latest_checkpoint, prove_growth
from chaintwin.twin.store import tlog, vouching
from chaintwin.twin.store.vouching import CosignatureRow, WitnessRow


def add_witness(ledger: Ledger, log: Log, key: str) -> Checker:
    """Enter the key of a witness of a log.

    Raises InputProblem when it is no witness's key, ConflictProblem when its name is taken.
    """
    checker = Checker.parse(key)
    if checker.kind != WITNESS:
        raise InputProblem(
            "这是账本自己的公钥,不是联署公钥。请让对方运行 chaintwin ledger witness-key,"
            "并把输出发来。",
            "This is a log's own key, not a witness's. Let the other side run "
            "chaintwin ledger witness-key and send you what it prints.",
        )
    now = ledger.twin.clock.now()
    with ledger.twin.database.transaction(keeper(log).settings()) as connection:
        row = WitnessRow(checker.name, str(checker), now, keeper(log).name)
        if not vouching.add_witness(connection, log.tenant, row):
            raise ConflictProblem(
                f"已有名为“{checker.name}”的联署人。",
                f"There is a witness named “{checker.name}” already.",
            )
        record_act(connection, keeper(log), now, "ledger_witness", checker.name, {"key": key})
    return checker


def make_request(ledger: Ledger, log: Log, witness: str, since: int | None = None) -> str:
    """Return what a witness is asked to sign; `since` when it signed another size last.

    Raises NotFoundProblem for an unknown witness or while nothing was signed.
    """
    with ledger.twin.database.transaction(keeper(log).settings()) as connection:
        _find(connection, log, witness)
        row = latest_checkpoint(connection, log)
        if since is None:
            since = _signed_last(connection, log, witness)
        proof = prove_growth(connection, log, since, row.size)
    lines = [f"old {since}", *(base64.b64encode(step).decode() for step in proof), ""]
    return "\n".join(lines) + "\n" + row.note


def accept(ledger: Ledger, text: str) -> CosignatureRow:
    """Keep the co-signature on a checkpoint that came back from a witness.

    Raises InputProblem when the checkpoint is none of ours, or no known witness signed it.
    """
    note = Note.parse(text)
    signed = ledger.read_signed(text)
    if signed is None:
        raise InputProblem(
            "这份检查点不是本系统签发的,或已被改动,没有收下联署。",
            "This checkpoint was not issued here, or was altered; nothing was taken in.",
        )
    log = ledger.log(signed.origin.split("/")[2])
    with ledger.twin.database.transaction(keeper(log).settings()) as connection:
        kept = tlog.get_checkpoint(connection, log.tenant, signed.size)
        if kept is None or Note.parse(kept.note).text != note.text:
            raise ConflictProblem(
                "本系统没有这份检查点。请运行 chaintwin verify 查明原因。",
                "This checkpoint is not held here. Run chaintwin verify to find out why.",
            )
        row = _read_cosignature(connection, log, note, signed.size)
        vouching.put_cosignature(connection, log.tenant, row)
        now = ledger.twin.clock.now()
        detail = {"size": row.size}
        record_act(connection, keeper(log), now, "ledger_cosigned", row.witness, detail)
    return row


def _read_cosignature(connection: Connection, log: Log, note: Note, size: int) -> CosignatureRow:
    for row in vouching.list_witnesses(connection, log.tenant):
        found = Checker.parse(row.key).check(note)
        if found is not None and found.at is not None:
            at = datetime.fromtimestamp(found.at, UTC)
            return CosignatureRow(size, row.name, at, str(found.signature))
    raise InputProblem(
        "没有已登记联署人的有效签名。请先用 chaintwin ledger add-witness 登记对方公钥。",
        "No known witness signed this. Enter its key first with chaintwin ledger add-witness.",
    )


def _find(connection: Connection, log: Log, witness: str) -> WitnessRow:
    rows = vouching.list_witnesses(connection, log.tenant)
    for row in rows:
        if row.name == witness:
            return row
    known = "、".join(row.name for row in rows) or "—"
    raise NotFoundProblem(
        f"没有联署人“{witness}”。已登记:{known}。", f"No witness “{witness}”; known: {known}."
    )


def _signed_last(connection: Connection, log: Log, witness: str) -> int:
    sizes = [
        row.size
        for row in vouching.list_cosignatures(connection, log.tenant)
        if row.witness == witness
    ]
    return max(sizes, default=0)
