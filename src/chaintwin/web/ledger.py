"""The ledger for people and programs: its state, tlog-tiles paths, proofs and disclosures.

`/api/v1/ledger/<log>` is the address of a log: below it lie `checkpoint` and `tile/…` exactly as
C2SP tlog-tiles has them.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from chaintwin.kit.merkle import HASH, WIDTH
from chaintwin.kit.notes import Checkpoint, Note
from chaintwin.kit.problems import NotFoundProblem
from chaintwin.model.fact import Label
from chaintwin.twin.asked import BodyCode, FactNumber, Limit, Offset
from chaintwin.twin.door import Door, TheDoor
from chaintwin.twin.ledger.book import Ledger, Log
from chaintwin.twin.ledger.entries import bundle
from chaintwin.twin.ledger.proofs import (
    Inclusion,
    disclose,
    find_number,
    latest_checkpoint,
    prove_entry,
    prove_growth,
    read_bundle,
)
from chaintwin.twin.ledger.publishing import show_checkpoint as write_checkpoint
from chaintwin.twin.ledger.stamping import is_configured
from chaintwin.twin.ledger.standing import Standing, covering, read_standing, vouch
from chaintwin.twin.store import tlog
from chaintwin.twin.store.vouching import CheckRow
from chaintwin.web.ledger_answers import (
    CheckOut,
    CheckpointList,
    DifferenceOut,
    DisclosedOut,
    FactProofOut,
    GrowthOut,
    LedgerOut,
    LogOut,
    ProofOut,
    Said,
    say,
    show_checkpoint,
    show_vouched,
    show_witnesses,
    spell,
)

router = APIRouter(prefix="/api/v1", tags=["ledger"])

_RIGHT = "ledger:read"
_SHOWN = 100
_NUMBER = re.compile(r"((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")
_LARGEST = 2**53
LogCode = Annotated[str, Path(max_length=60, description="账本代码 code of a log, or public")]
Size = Annotated[int, Query(ge=0, le=_LARGEST, description="账本大小 number of positions")]
_TEXT: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/plain": {"schema": {"type": "string"}}}}
}
_BYTES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {"schema": {"type": "string"}}}}
}


@router.get("/ledger", operation_id="list_ledgers")
def list_ledgers(request: Request, door: TheDoor) -> LedgerOut:
    """Show the logs of one's own unit and of public data: signed how far, vouched for by whom."""
    door.asker.require(_RIGHT)
    ledger = _ledger(request)
    readable = door.asker.readable | {door.asker.tenant}
    logs = [log for log in ledger.logs() if log.tenant in readable]
    logs.sort(key=lambda log: log.tenant != door.asker.tenant)
    items = [_show(ledger, door, read_standing(ledger, door.connection, log)) for log in logs]
    return LedgerOut(items=items)


@router.get(
    "/ledger/{log}/checkpoint",
    operation_id="read_checkpoint",
    response_class=Response,
    responses=_TEXT,
)
def read_checkpoint(request: Request, door: TheDoor, log: LogCode) -> Response:
    """Return the latest checkpoint as a signed note, with the co-signatures it got."""
    found = _log(request, door, log)
    text = write_checkpoint(door.connection, found, latest_checkpoint(door.connection, found))
    return Response(text, media_type="text/plain; charset=utf-8")


@router.get("/ledger/{log}/checkpoints", operation_id="list_checkpoints")
def list_checkpoints(
    request: Request, door: TheDoor, log: LogCode, limit: Limit = 50, offset: Offset = 0
) -> CheckpointList:
    """List the signed checkpoints of a log, the latest first."""
    found = _log(request, door, log)
    rows = tlog.list_checkpoints(door.connection, found.tenant, limit, offset)
    return CheckpointList(
        items=[show_checkpoint(vouch(door.connection, found, row)) for row in rows],
        total=tlog.count_checkpoints(door.connection, found.tenant),
        limit=limit,
        offset=offset,
    )


@router.get(
    "/ledger/{log}/tile/{level}/{number:path}",
    operation_id="read_tile",
    response_class=Response,
    responses=_BYTES,
)
def read_tile(
    request: Request,
    door: TheDoor,
    log: LogCode,
    level: Annotated[str, Path(max_length=10, description="层或 entries level, or entries")],
    number: Annotated[str, Path(max_length=60, description="瓦片编号 N[.p/W]")],
) -> Response:
    """Return a tile of hashes, or a bundle of entries, as tlog-tiles specifies."""
    found = _log(request, door, log)
    data = _read_tile(door, found, level, number)
    if not data:
        raise NotFoundProblem("账本里没有这块瓦片。", "The log has no such tile.")
    headers = {} if ".p/" in number else {"Cache-Control": "private, max-age=31536000, immutable"}
    return Response(data, media_type="application/octet-stream", headers=headers)


@router.get("/ledger/{log}/proof", operation_id="prove_position")
def prove_position(
    request: Request,
    door: TheDoor,
    log: LogCode,
    position: Annotated[int, Query(ge=0, le=_LARGEST, description="位置,从 0 起 from 0")],
) -> ProofOut:
    """Prove that the entry at a position is in the log (RFC 6962 audit path)."""
    found = _log(request, door, log)
    return _show_proof(request, found, prove_entry(door.connection, found, position))


@router.get("/ledger/{log}/growth", operation_id="prove_growth")
def prove_log_growth(
    request: Request, door: TheDoor, log: LogCode, old: Size, size: Size
) -> GrowthOut:
    """Prove that the log of one size continues the one of another (RFC 6962)."""
    found = _log(request, door, log)
    path = prove_growth(door.connection, found, old, size)
    return GrowthOut(old=old, size=size, path=spell(path))


@router.get("/facts/{code}/{fact}/proof", operation_id="prove_fact")
def prove_fact(
    request: Request,
    door: TheDoor,
    code: BodyCode,
    fact: FactNumber,
    disclosed: Annotated[
        bool, Query(description="连同盐与原文行 with the leaf's salt and lines")
    ] = False,
) -> FactProofOut:
    """Tell where a fact stands in the ledger, with proof; with `disclosed` its leaf is opened."""
    door.asker.require("firm:read")
    body = door.view.number(code)
    held = door.view.fact(body, fact)
    if held.label is not Label.PUBLIC:
        door.audit("read_labelled", code, {"fact": fact, "label": int(held.label)})
    log = _log_of(request, held.tenant)
    number = find_number(door.connection, held.change, held.body)
    if number is None:
        return FactProofOut(
            state="waiting", log=log.code, change=held.change, proof=None, signed_at=None,
            vouched=[], disclosed=None,
        )  # fmt: skip
    return FactProofOut(
        state="entered",
        log=log.code,
        change=held.change,
        proof=_show_proof(request, log, prove_entry(door.connection, log, number)),
        signed_at=tlog.first_signed(door.connection, log.tenant, number),
        vouched=[show_checkpoint(one) for one in covering(door.connection, log, number)],
        disclosed=_disclose(door, code, held.change, held.body) if disclosed else None,
    )


def _disclose(door: Door, code: str, change: int, body: int) -> DisclosedOut:
    door.asker.require("export")
    found = disclose(door.connection, change, body)
    door.audit("ledger_disclosed", code, {"change": change})
    return DisclosedOut(change=change, salt=spell([found.salt])[0], lines=found.lines)


def _ledger(request: Request) -> Ledger:
    ledger: Ledger = request.app.state.ledger
    return ledger


def _log(request: Request, door: Door, code: str) -> Log:
    door.asker.require(_RIGHT)
    return _ledger(request).log(code, door.asker)


def _log_of(request: Request, tenant: int) -> Log:
    return next(log for log in _ledger(request).logs() if log.tenant == tenant)


def _read_tile(door: Door, log: Log, level: str, number: str) -> bytes:
    asked = _NUMBER.fullmatch(number)
    if asked is None or not (level == "entries" or re.fullmatch("[0-9]|[1-5][0-9]|6[0-3]", level)):
        raise NotFoundProblem("瓦片地址不合规范。", "This is no address of a tile.")
    at = int(re.sub("[x/]", "", asked[1]))
    width = int(asked[2] or WIDTH)
    size = latest_checkpoint(door.connection, log).size >> (
        0 if level == "entries" else 8 * int(level)
    )
    if width > WIDTH or at * WIDTH + width > size:
        return b""
    if level == "entries":
        return bundle(read_bundle(door.connection, log, at, width))
    return tlog.read_tile(door.connection, log.tenant, int(level), at)[: width * HASH]


def _show_proof(request: Request, log: Log, proof: Inclusion) -> ProofOut:
    checkpoint = Checkpoint.parse(Note.parse(proof.checkpoint.note).text)
    return ProofOut(
        log=log.code,
        position=proof.number,
        entry=spell([proof.entry])[0],
        path=spell(proof.path),
        root=spell([checkpoint.root])[0],
        checkpoint=proof.checkpoint.note,
        key=str(_ledger(request).checker_of(checkpoint)),
    )


def _show(ledger: Ledger, door: Door, found: Standing) -> LogOut:
    return LogOut(
        log=found.log.code,
        title=found.log.title,
        origin=found.log.origin,
        key=found.key,
        waiting=found.waiting,
        latest=show_vouched(found.latest),
        cosigned=show_vouched(found.cosigned),
        stamped=show_vouched(found.stamped),
        witnesses=show_witnesses(found),
        trouble=say(ledger.trouble.get(found.log.tenant)),
        stamping=_stamping(ledger),
        stamp_trouble=say(ledger.stamp_trouble),
        checked=None if found.checked is None else _show_check(door, found.checked),
    )


def _stamping(ledger: Ledger) -> Literal["off", "on", "trouble"]:
    if not is_configured():
        return "off"
    return "trouble" if ledger.stamp_trouble else "on"


def _show_check(door: Door, row: CheckRow) -> CheckOut:
    differences = [
        DifferenceOut(
            what=one["what"],
            change=one["change"],
            body=None if one["body"] is None else door.view.code(one["body"]),
            file=one["file"],
            said=Said(zh=one["zh"], en=one["en"]),
        )
        for one in row.differences[:_SHOWN]
    ]
    return CheckOut(at=row.at, size=row.size, total=len(row.differences), differences=differences)
