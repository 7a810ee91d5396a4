"""What the routes about versions of a scorecard take and answer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from chaintwin.application.chain.answers import ScorecardOut, VerdictOut
from chaintwin.application.shown import Bilingual


class OwnVersion(BaseModel):
    """A version of a scorecard that a place published over the shipped one."""

    version: str
    settings: dict[str, float] = Field(description="与随系统版不同的值 what differs")
    reason: str
    by: str = Field(description="何人发布 who published it")
    at: datetime


class ScorecardView(BaseModel):
    """A scorecard as a place has it."""

    in_force: ScorecardOut
    shipped: ScorecardOut
    own: list[OwnVersion] = Field(description="本地版本，最近的在前 own versions, latest first")


class ScorecardGiven(BaseModel):
    """Settings to publish as the place's own version from now on."""

    settings: dict[str, Annotated[float, Field(gt=-1e6, lt=1e6, allow_inf_nan=False)]] = Field(
        max_length=50,
        description="与随系统版不同的值，空为恢复 what differs from the shipped one; none: back",
    )
    reason: str = Field(min_length=2, max_length=500, description="理由 reason")


class ChangedVerdict(BaseModel):
    """A link that another version of the scorecard judges otherwise."""

    link: str
    title: Bilingual
    before: VerdictOut
    after: VerdictOut


class VerdictChanges(BaseModel):
    """What a version of the scorecard changes in a region."""

    chain: str
    region: str
    items: list[ChangedVerdict]
    total: int
    links: int = Field(description="环节总数 links of the chain")
    before: ScorecardOut
    after: ScorecardOut
    as_of: datetime
