"""The shapes of answers about the ledger; digests and entries are base64."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from chaintwin.kit.notes import Checkpoint, Note
from chaintwin.kit.problems import Problem
from chaintwin.twin.ledger.standing import Standing, Vouched
from chaintwin.twin.store.tlog import CheckpointRow


class Said(BaseModel):
    """A message in both languages."""

    zh: str
    en: str


class Voucher(BaseModel):
    """Somebody beside the log itself who vouches for a checkpoint, and when."""

    name: str
    at: datetime


class CheckpointOut(BaseModel):
    """A signed checkpoint."""

    size: int = Field(description="位置总数 number of positions")
    root: str
    at: datetime
    cosigned: list[Voucher] = Field(description="联署 co-signed by")
    stamps: list[Voucher] = Field(description="时间戳机构 stamped by")


class CheckpointList(BaseModel):
    """Signed checkpoints, the latest first."""

    items: list[CheckpointOut]
    total: int
    limit: int
    offset: int


class WitnessOut(BaseModel):
    """A witness of a log."""

    name: str
    key: str
    at: datetime


class DifferenceOut(BaseModel):
    """Where the store is not what was signed."""

    what: str
    change: int | None
    body: str | None
    file: str | None
    said: Said


class CheckOut(BaseModel):
    """What the latest verification found."""

    at: datetime
    size: int
    total: int = Field(description="不符处数 number of differences")
    differences: list[DifferenceOut] = Field(description="至多一百处 at most a hundred of them")


class LogOut(BaseModel):
    """One log: who signs it, how far, and who vouches for it."""

    log: str
    title: str
    origin: str
    key: str = Field(description="账本公钥 public key, name+id+base64")
    waiting: int = Field(description="尚未入账的变更数 changes without a position yet")
    latest: CheckpointOut | None
    cosigned: CheckpointOut | None = Field(description="最近联署的检查点 latest co-signed one")
    stamped: CheckpointOut | None = Field(description="最近盖戳的检查点 latest stamped one")
    witnesses: list[WitnessOut]
    trouble: Said | None = Field(description="停止签名的原因 why nothing is signed")
    stamping: Literal["off", "on", "trouble"] = Field(description="时间戳服务 time-stamping")
    stamp_trouble: Said | None
    checked: CheckOut | None


class LedgerOut(BaseModel):
    """The logs one may read: one's own and the public one."""

    items: list[LogOut]


class ProofOut(BaseModel):
    """A position with the audit path from its entry to the root (RFC 6962)."""

    log: str
    position: int
    entry: str
    path: list[str]
    root: str
    checkpoint: str = Field(description="签名检查点原文 the signed note")
    key: str


class GrowthOut(BaseModel):
    """Proof that the log of one size continues another (RFC 6962)."""

    old: int
    size: int
    path: list[str]


class DisclosedOut(BaseModel):
    """Salt and lines that a leaf commits to."""

    change: int
    salt: str
    lines: list[str]


class FactProofOut(BaseModel):
    """Whether a fact is in the ledger, where, and who vouches for it."""

    state: Literal["entered", "waiting"] = Field(
        description="已入账本或等待入账 entered or waiting"
    )
    log: str
    change: int
    proof: ProofOut | None
    signed_at: datetime | None = Field(description="签入时间 when the position was first signed")
    vouched: list[CheckpointOut] = Field(description="覆盖它的联署与时间戳 vouching checkpoints")
    disclosed: DisclosedOut | None


def say(problem: Problem | None) -> Said | None:
    """Return a problem as a message."""
    return None if problem is None else Said(zh=problem.zh, en=problem.en)


def spell(hashes: Iterable[bytes]) -> list[str]:
    """Return hashes in base64."""
    return [base64.b64encode(one).decode() for one in hashes]


def root_of(row: CheckpointRow) -> str:
    """Return the root a checkpoint signs."""
    return spell([Checkpoint.parse(Note.parse(row.note).text).root])[0]


def show_vouched(found: Vouched | None) -> CheckpointOut | None:
    """Return a checkpoint with those who vouch for it."""
    return None if found is None else show_checkpoint(found)


def show_checkpoint(found: Vouched) -> CheckpointOut:
    """Return a checkpoint with those who vouch for it."""
    return CheckpointOut(
        size=found.row.size,
        root=root_of(found.row),
        at=found.row.at,
        cosigned=[Voucher(name=one.witness, at=one.at) for one in found.cosigned],
        stamps=[Voucher(name=one.authority, at=one.at) for one in found.stamps],
    )


def show_witnesses(standing: Standing) -> list[WitnessOut]:
    """Return the witnesses of a log."""
    return [WitnessOut(name=one.name, key=one.key, at=one.at) for one in standing.witnesses]
