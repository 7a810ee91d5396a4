"""How a log stands: what is signed, who vouches for it, what the last verification found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chaintwin.engine.database import Connection
from chaintwin.kit.notes import Checkpoint, Note
from chaintwin.twin.ledger.book import Ledger, Log
from chaintwin.twin.store import tlog, vouching
from chaintwin.twin.store.tlog import CheckpointRow
from chaintwin.twin.store.vouching import CheckRow, CosignatureRow, StampRow, WitnessRow


@dataclass(frozen=True, slots=True)
class Vouched:
    """A checkpoint with those who vouch for it beside the log itself."""

    row: CheckpointRow
    cosigned: Sequence[CosignatureRow]
    stamps: Sequence[StampRow]


@dataclass(frozen=True, slots=True)
class Standing:
    """One log at this moment."""

    log: Log
    key: str
    waiting: int
    latest: Vouched | None
    cosigned: Vouched | None  # the latest one that a witness signed
    stamped: Vouched | None  # the latest one that bears a time-stamp
    witnesses: Sequence[WitnessRow]
    checked: CheckRow | None


def read_standing(ledger: Ledger, connection: Connection, log: Log) -> Standing:
    """Return how a log stands."""
    row = tlog.last_checkpoint(connection, log.tenant)
    signer = ledger.signer(log).checker
    if row is not None:
        signer = ledger.checker_of(Checkpoint.parse(Note.parse(row.note).text))
    cosigned = vouching.list_cosignatures(connection, log.tenant)
    stamps = vouching.list_stamps(connection, log.tenant, limit=1)
    return Standing(
        log,
        str(signer),
        tlog.count_waiting(connection, log.tenant),
        None if row is None else vouch(connection, log, row),
        _at(connection, log, cosigned[0].size if cosigned else None),
        _at(connection, log, stamps[0].size if stamps else None),
        vouching.list_witnesses(connection, log.tenant),
        vouching.last_check(connection, log.tenant),
    )


def vouch(connection: Connection, log: Log, row: CheckpointRow) -> Vouched:
    """Return a checkpoint with those who vouch for it."""
    return Vouched(
        row,
        vouching.list_cosignatures(connection, log.tenant, row.size),
        vouching.list_stamps(connection, log.tenant, row.size),
    )


def covering(connection: Connection, log: Log, number: int) -> list[Vouched]:
    """Return the earliest checkpoints, co-signed or stamped, that hold a position."""
    sizes = {
        vouching.first_cosigned(connection, log.tenant, number),
        vouching.first_stamped(connection, log.tenant, number),
    }
    found = [_at(connection, log, size) for size in sorted(size for size in sizes if size)]
    return [one for one in found if one is not None]


def _at(connection: Connection, log: Log, size: int | None) -> Vouched | None:
    row = None if size is None else tlog.get_checkpoint(connection, log.tenant, size)
    return None if row is None else vouch(connection, log, row)
