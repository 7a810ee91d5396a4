"""What the routes of the direction room answer."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from chaintwin.application.chain.answers import ScorecardOut, VerdictOut
from chaintwin.application.complexity.field import Of
from chaintwin.application.complexity.relatedness import Convention
from chaintwin.application.direction.core import PartCode
from chaintwin.application.shown import Bilingual, Figure


class ComponentOut(BaseModel):
    """One thing a part is made of."""

    code: str = Field(
        description="density, pull, momentum, depth, inputs, movers or land, as in the formula"
    )
    title: Bilingual
    weight: float = Field(description="占本分项的权重 weight within the part")
    rate: float | None = Field(description="得分率 0–1 share of the points; null: unknown")
    figure: Figure


class DirectionPart(BaseModel):
    """One part of a segment's score."""

    code: PartCode
    title: Bilingual
    weight: float = Field(description="满分 most points")
    points: float | None = Field(description="得分 points; null: nothing of it is known")
    low: float
    high: float
    components: list[ComponentOut]


class NearOut(BaseModel):
    """What the region has already that stands nearest to a segment."""

    segment: str
    title: Bilingual
    proximity: float = Field(description="邻近度 0–1 proximity")
    firms: Figure = Field(description="计算所在地从事它的上市公司 listed firms that do it")


class SegmentOut(BaseModel):
    """A candidate segment 候选赛道: a link of a chain or an industry."""

    segment: str = Field(description="环节 chain/link, or the name of an industry")
    title: Bilingual
    chain: str | None = Field(description="链代码 chain code; null: an industry")
    chain_title: Bilingual | None
    link: str | None = Field(description="环节代码 link code; null: an industry")
    verdict: VerdictOut | None = Field(description="本地判定 verdict here; null: an industry")
    rank: int
    published_rank: int | None = Field(description="发布版权重下的名次; null unless weights tried")
    total: float = Field(description="总分 0–100, exactly the sum of the known parts")
    low: float
    high: float
    parts: list[DirectionPart]
    control: Figure = Field(description="对照：同等条件下应有的企业数 firms expected by size alone")
    control_rank: int | None = Field(description="对照名次 rank by the control; null: unknown")
    near: list[NearOut] = Field(description="最相近的已有活动 nearest of what is here")


class MethodOut(BaseModel):
    """How one method did in the back-test."""

    code: str = Field(
        description="relatedness, size, popularity, gravity (size × popularity) or both together"
    )
    title: Bilingual
    precision: float = Field(description="平均精度 average precision 0–1")
    low: float = Field(description="90 % 区间下限 lower end, places drawn anew with seed 0")
    high: float
    hit: float = Field(description="前 k 名命中的省份比例 share of provinces hit among first k")
    wins: float = Field(description="胜过对照的抽样比例 share of drawn sets it beat the control on")


class BacktestOut(BaseModel):
    """What the method would have foretold before a day, against what came after it."""

    since: datetime = Field(description="分界日 the dividing day")
    methods: list[MethodOut]
    pairs: int = Field(description="此前为空的省×活动 province × activity pairs with nothing")
    arrivals: int = Field(description="其中此后有新进入的 pairs that something came to")
    places: int = Field(description="有新进入的省 provinces with an arrival")
    base: float = Field(description="随便猜能达到的精度 what guessing would reach")
    k: int
    says: Bilingual = Field(description="结论 what it comes to, in plain words")


class ComplexityOut(BaseModel):
    """How complex the region's activities are, and whether the order can be trusted."""

    eci: Figure
    rank: int | None = Field(description="在各省中的名次 rank among the provinces; null: unknown")
    of: int
    second: float = Field(description="第二特征值 second eigenvalue")
    third: float = Field(description="第三特征值 third eigenvalue")
    gap: float = Field(description="两者之差占第二特征值的比例 gap as a share of the second")
    is_close: bool = Field(description="相差太小，名次不可靠 too close to trust the order")
    parts: int = Field(description="互不相干的块数 unrelated parts of the network")
    says: Bilingual


class GroundOut(BaseModel):
    """The place that relatedness is reckoned for."""

    region: str
    name: str
    firms: Figure
    is_own: bool = Field(description="就是本区 the region itself, not a larger one around it")
    says: Bilingual


class Directions(BaseModel):
    """Candidate segments of a region, the best first, beside the control."""

    items: list[SegmentOut]
    total: int
    limit: int
    offset: int
    of: Of
    region: str
    region_name: str
    park: str | None = Field(description="园区 body code of the park; null: the whole region")
    park_name: str | None
    chains: list[str] = Field(description="所限的产业链 chains candidates are taken from")
    sentence: Bilingual
    ground: GroundOut | None = Field(description="null: relatedness unknown, see why")
    why_no_ground: Bilingual | None
    complexity: ComplexityOut | None
    why_no_complexity: Bilingual | None
    backtest: BacktestOut | None
    why_no_backtest: Bilingual | None
    convention: Convention
    population: Bilingual
    classification: Bilingual | None = Field(description="行业分类来源 source of the industries")
    unplaced: int = Field(description="所在省未知而不计的上市公司 listed firms of unknown place")
    scorecard: ScorecardOut
    as_of: datetime
    known_at: datetime
