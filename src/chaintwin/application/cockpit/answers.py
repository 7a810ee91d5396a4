"""What the cockpit answers."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from chaintwin.application.chain.answers import GapRow, ScorecardOut, VerdictCode
from chaintwin.application.shown import Bilingual, Figure


class CockpitChain(BaseModel):
    """One chain on the cockpit."""

    code: str
    title: Bilingual
    sentence: Bilingual
    counts: dict[VerdictCode, int]
    firms: Figure


class StageCount(BaseModel):
    """Projects in one stage."""

    stage: str
    projects: int
    demo: int


class CockpitTarget(BaseModel):
    """A leading candidate for a leading gap."""

    chain: str
    link: str
    link_title: Bilingual
    firm: str
    name: str
    total: float
    low: float
    high: float


class Cockpit(BaseModel):
    """The figures of a region's cockpit."""

    region: str
    region_name: str
    firms: Figure
    chains: list[CockpitChain]
    gaps: list[GapRow]
    targets: list[CockpitTarget] = Field(description="首要缺口的首选企业 leading candidates")
    projects: Figure
    stages: list[StageCount]
    parcels: Figure
    parcels_free: Figure
    coverage_demo: bool = Field(description="覆盖率为示例 coverage rests on invented statements")
    scorecard: ScorecardOut
    as_of: datetime
    known_at: datetime
