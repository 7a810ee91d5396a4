"""What the routes of the room of anchor firms answer."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from chaintwin.application.anchors.core import Side, SideOfItem
from chaintwin.application.anchors.ties import TieKind
from chaintwin.application.chain.answers import ScorecardOut, VerdictOut
from chaintwin.application.shown import Bilingual, FactRef, Figure
from chaintwin.application.targeting.answers import PartOut, ReasonOut

SupplyCode = Literal["bought_here", "available", "missing", "unknown", "unmatched"]
MatchCode = Literal["ruled", "matched", "uncertain", "none"]


class LineOut(BaseModel):
    """One line of a purchase list."""

    code: str = Field(description="采购项编码 body code of the purchase")
    supplier: str | None = Field(description="现供应商名称 present supplier; null: unknown")
    supplier_code: str | None = Field(description="现供应商编码 body code; null: not on record")
    place: str | None = Field(description="供应商所在地 its place; null: unknown")
    place_code: str | None
    side: Side
    amount: float | None = Field(description="年采购额（万元） yearly amount; null: unknown")
    facts: list[FactRef]


class LinkMatch(BaseModel):
    """A link an item belongs to, or may belong to."""

    chain: str
    link: str
    body: str = Field(description="环节的孪生体编码 body code of the link")
    title: Bilingual
    by: str = Field(description="依据的词，或 人工 word it rests on, or a person")
    confidence: float = Field(description="置信度 0–100 confidence")
    verdict: VerdictOut
    local_firms: int = Field(description="本地有据企业数 local firms with sufficient evidence")
    local_names: list[str] = Field(description="其中前几家 the first of them")


class CandidateOut(BaseModel):
    """A firm that could supply what is missing here, with reasons for and against."""

    firm: str
    name: str
    region_name: str | None
    rank: int
    total: float
    low: float
    high: float
    reasons: list[ReasonOut]
    counter_reasons: list[ReasonOut]


class PullOut(BaseModel):
    """What an anchor firm could pull onto one link: what it buys elsewhere × who could supply."""

    chain: str
    link: str
    title: Bilingual
    items: list[str] = Field(description="这一环节上未在本地采购的品类 items not bought here")
    amount: Figure = Field(description="可带动的年采购额 yearly amount that could be pulled")
    verdict: VerdictOut
    candidates: int = Field(description="候选企业数 number of candidates")
    first: list[CandidateOut] = Field(description="前三名 the first three")


class ItemOut(BaseModel):
    """One item of a purchase list with its lines."""

    item: str
    specification: str | None
    side: SideOfItem
    amount: Figure
    supply: SupplyCode = Field(
        description="bought_here 已在本地采购；available 本地有企业；missing 本地缺；"
        "unknown 覆盖不足不能断定；unmatched 尚未对上环节"
    )
    match: MatchCode = Field(description="ruled 人工、matched 识别、uncertain 待人判断、none 无")
    links: list[LinkMatch]
    lines: list[LineOut]


class PurchaseSide(BaseModel):
    """What is bought on one side."""

    side: Side
    title: Bilingual
    items: int
    lines: int
    amount: Figure


class PurchasesOut(BaseModel):
    """What an anchor firm buys, from where, and what is missing here."""

    firm: str
    name: str
    region: str
    region_name: str
    sentence: Bilingual
    secret_hidden: bool = Field(description="账号无权看商业秘密 the reader may not see such lists")
    share: Figure = Field(description="按金额的本地采购率 local share by amount; null: unknown")
    share_by_lines: Figure = Field(description="按采购项的本地采购率 local share by lines")
    sides: list[PurchaseSide]
    items: list[ItemOut]
    pulls: list[PullOut] = Field(description="可带动：缺供品类×候选 what could be pulled")
    to_check: int = Field(description="待人判断环节的品类 items whose link a person must tell")
    as_of: datetime
    known_at: datetime


class AnchorRow(BaseModel):
    """A firm of the region as an anchor of its chains."""

    rank: int
    firm: str
    name: str
    short_name: str | None
    links: list[Bilingual] = Field(description="所在环节 links it stands on")
    total: float = Field(description="总分 0–100, exactly the sum of the known parts")
    low: float
    high: float
    published_rank: int | None = Field(description="发布版权重下的名次; null unless weights tried")
    parts: list[PartOut]
    has_list: bool = Field(description="有采购清单可看 a purchase list that the reader may see")


class AnchorList(BaseModel):
    """The firms of a region ranked as anchors."""

    items: list[AnchorRow]
    total: int
    limit: int
    offset: int
    region: str
    region_name: str
    chain: str | None
    sentence: Bilingual
    secret_hidden: bool = Field(description="账号无权看商业秘密 the reader may not see such lists")
    demo_left_out: int = Field(description="示例企业不列入 invented firms left out")
    scorecard: ScorecardOut
    as_of: datetime
    known_at: datetime


class PathStep(BaseModel):
    """One step of a path: a known relation of one firm to the next."""

    from_firm: str
    from_name: str
    to_firm: str
    to_name: str
    kind: TieKind = Field(description="股权、供应、合作、人员 the sort of the relation")
    says: Bilingual
    confidence: float = Field(description="置信度 0–100, the weakest of its facts")
    valid_from: datetime | None = Field(description="有效起 valid from; null: unknown")
    facts: list[FactRef] = Field(min_length=1)


class PathOut(BaseModel):
    """A way from a local firm to the target."""

    rank: int
    firm: str = Field(description="可引荐的本地企业 local firm that could introduce")
    name: str
    region_name: str | None
    steps: list[PathStep]
    length: int = Field(description="步数 steps")
    confidence: float = Field(description="各步置信度之积 0–100 product over the steps")
    shared: Bilingual | None = Field(description="双方共同的关系方 what both ends share")
    demo: bool
    evaluation_only: bool


class PathsOut(BaseModel):
    """Ways from local firms to a target over known relations; none found is unknown, not none."""

    firm: str
    name: str
    region: str
    region_name: str
    sentence: Bilingual
    items: list[PathOut]
    looked_at: int = Field(description="查看过的孪生体数 bodies looked at")
    cut: bool = Field(description="关系太多未全部查看 there were more relations than were followed")
    as_of: datetime
    known_at: datetime
