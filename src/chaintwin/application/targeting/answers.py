"""What the routes of the targeting room answer."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from chaintwin.application.chain.answers import ScorecardOut, VerdictOut
from chaintwin.application.shown import Bilingual, FactRef, Figure


class PartOut(BaseModel):
    """One part of a score."""

    code: str = Field(
        description="gap, fit, revenue, expansion, ties, location, confidence or risk"
    )
    title: Bilingual
    weight: float = Field(description="满分 most points; negative for a deduction")
    points: float | None = Field(description="得分 points; null: no evidence")
    low: float
    high: float
    share: float | None = Field(description="得分率 0–1 share of the points; null: no evidence")
    how: Bilingual = Field(description="如何算出 how it came about")
    facts: list[FactRef]


class ReasonOut(BaseModel):
    """A reason for or against, opening to its facts."""

    side: Literal["for", "against"]
    part: str
    text: Bilingual
    facts: list[FactRef] = Field(min_length=1)


class MissingOut(BaseModel):
    """Evidence that is missing and what it could do to the score."""

    part: str
    text: Bilingual
    low: float = Field(description="最少加减分 least it could add")
    high: float = Field(description="最多加分 most it could add")
    best_rank: int = Field(description="全部有利时的名次 rank if it came out best")
    worst_rank: int = Field(description="全部不利时的名次 rank if it came out worst")


class RivalOut(BaseModel):
    """The nearest rival and what separates the two."""

    firm: str
    name: str
    rank: int
    difference: float = Field(description="总分差 rival's total minus this firm's")
    part: str = Field(description="差距最大的分项 part that separates them most")
    part_difference: float
    text: Bilingual


class TargetRow(BaseModel):
    """A ranked firm for a gap."""

    rank: int
    firm: str = Field(description="企业孪生体编码 body code")
    name: str
    short_name: str | None
    stock: str | None
    region: str | None
    region_name: str | None
    total: float = Field(description="总分 0–100, exactly the sum of the known parts")
    low: float = Field(description="区间下限 lowest if all missing evidence speaks against")
    high: float = Field(description="区间上限 highest if all missing evidence speaks for")
    published_rank: int | None = Field(description="发布版权重下的名次; null unless weights tried")
    parts: list[PartOut]
    reasons: list[ReasonOut] = Field(description="理由 reasons for")
    counter_reasons: list[ReasonOut] = Field(description="反面理由 reasons against")
    missing: list[MissingOut] = Field(description="证据不足 missing evidence")
    rival: RivalOut | None = Field(description="最近的对手 nearest rival; null: none")
    recalled: bool = Field(description="待核 its place on the link is still to be checked")
    evaluation_only: bool = Field(description="含仅供评估的数据 rests on evaluation-only data")


class BlockedOut(BaseModel):
    """A firm that is not recommended, and why."""

    firm: str
    name: str
    region: str | None
    reason: Bilingual
    way_out: Bilingual
    facts: list[FactRef]


class TargetList(BaseModel):
    """Ranked firms for a gap."""

    items: list[TargetRow]
    total: int
    limit: int
    offset: int
    chain: str
    link: str
    link_title: Bilingual
    region: str
    region_name: str
    verdict: VerdictOut
    gap: Figure = Field(description="缺口重要性 importance of the gap")
    blocked: list[BlockedOut]
    local_left_out: int = Field(description="已在本地而不列入 firms left out as already local")
    demo_left_out: int = Field(description="示例企业不列入 invented firms left out")
    scorecard: ScorecardOut
    as_of: datetime
    known_at: datetime


class TargetView(BaseModel):
    """One firm for one gap, in full."""

    target: TargetRow
    of: int = Field(description="候选企业总数 number of candidates")
    chain: str
    link: str
    link_title: Bilingual
    region: str
    region_name: str
    verdict: VerdictOut
    scorecard: ScorecardOut
    as_of: datetime
    known_at: datetime
