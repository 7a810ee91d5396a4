"""What the routes of the chain room answer."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from chaintwin.application.shown import Bilingual, FactRef, Figure

VerdictCode = Literal["missing", "weak", "choke", "strong", "steady", "unknown"]
ActCode = Literal["strengthen", "fill", "extend", "keep", "watch", "open"]
Criticality = Literal["essential", "important", "minor"]


class ScorecardOut(BaseModel):
    """The version of a scorecard that an answer rests on."""

    name: str = Field(description="评分卡 scorecard")
    title: Bilingual
    version: str = Field(description="版本 version")
    valid_from: str = Field(description="启用日期 in force from")
    formula: Bilingual = Field(description="公式 formula")
    source: Bilingual = Field(description="出处 source")
    settings: dict[str, float] = Field(description="权重与阈值 weights and thresholds in use")
    changed: dict[str, float] = Field(
        default_factory=dict, description="本次试改的值 settings tried in this request only"
    )


class ChainRow(BaseModel):
    """A chain in a list."""

    code: str = Field(description="链代码 chain code, used in paths")
    body: str = Field(description="孪生体编码 body code")
    title: Bilingual
    version: str | None
    links: int = Field(description="环节数 number of links")
    firms: int = Field(description="全国已挂接企业数 firms attached nation-wide")


class ChainList(BaseModel):
    """Every chain."""

    items: list[ChainRow]
    total: int
    as_of: datetime


class StageOut(BaseModel):
    """A stage of a chain: one column on screen."""

    code: str
    title: Bilingual


class InputOut(BaseModel):
    """An edge: a link takes another as its input."""

    supplier: str = Field(description="上游环节 link that supplies")
    buyer: str = Field(description="下游环节 link that buys")
    criticality: Criticality = Field(description="关键度 criticality")
    share: float | None = Field(description="成本占比 share of cost; null: unknown")
    basis: str
    confidence: int


class VerdictOut(BaseModel):
    """The verdict on a link in a region, and why in one sentence."""

    code: VerdictCode = Field(
        description="missing 缺链, weak 弱链, choke 断点, strong 强链, steady 稳, unknown 未知"
    )
    title: Bilingual = Field(description="判定 verdict, with the reason if unknown")
    reason: Bilingual = Field(description="为什么 why, with the values compared")
    rule: str = Field(description="命中的规则 rule of the scorecard that decided")
    act: ActCode = Field(
        description="strengthen 强链, fill 补链, extend 延链, keep 稳链, watch 暂不列, open 待定"
    )
    act_title: Bilingual
    demo: bool = Field(description="示例 rests on an invented statement")
    missing_data: list[Bilingual] = Field(description="缺少的数据 what is not known")
    if_recalled: VerdictCode | None = Field(
        description="若待核企业属实的判定 verdict if the firms to be checked were true; null: same"
    )
    published: VerdictCode | None = Field(
        default=None, description="发布版判定 verdict of the published version when trying settings"
    )


class LinkRow(BaseModel):
    """A link of a chain seen from a region; each number opens in the link's own answer."""

    code: str = Field(description="环节代码 link code within the chain")
    body: str = Field(description="孪生体编码 body code")
    title: Bilingual
    stage: str
    group: str | None
    order: float
    verdict: VerdictOut | None = Field(description="判定; null when no region is asked for")
    firms: int | None = Field(description="本地已核实企业数 local firms with sufficient evidence")
    firms_recalled: int | None = Field(description="本地待核企业数 local firms still to be checked")
    firms_unplaced: int | None = Field(
        description="省内所在市县未知的企业数 firms of the province whose city or county is unknown"
    )
    firms_elsewhere: int = Field(description="外地企业数 firms elsewhere (all, when no region)")
    firms_elsewhere_recalled: int
    weight: float | None = Field(
        description="本地收入占比之和 sum of known revenue shares of local firms; null: none known"
    )
    lq: float | None = Field(description="区位熵 location quotient; null: unknown")
    share: float | None = Field(description="占全国份额 share of the nation's firms on the link")
    hhi: float | None = Field(description="供应集中度 HHI 0–1; null: unknown")
    hhi_low: float | None = Field(description="HHI 下限 lower bound: equal shares")
    coverage: float | None = Field(description="声明的覆盖率 declared coverage; null: not declared")
    import_dependence: float | None
    importance: float = Field(description="关键性 0–1 criticality from the graph of inputs")
    essential_buyers: int = Field(description="必需其产品的环节数 links that cannot do without it")
    reach: int = Field(description="下游波及环节数 links reached downstream")
    priority: float | None = Field(description="补链价值 0–1 importance × local buyers present")


class ChainView(BaseModel):
    """A chain as a region sees it."""

    code: str
    body: str
    title: Bilingual
    version: str | None
    reference: Bilingual | None = Field(description="图谱依据 how the graph was made")
    region: str | None = Field(description="区划代码 division code as resolved")
    region_name: str | None
    stages: list[StageOut]
    links: list[LinkRow]
    inputs: list[InputOut]
    counts: dict[VerdictCode, int] = Field(description="各判定的环节数 links by verdict")
    sentence: Bilingual | None = Field(description="一句话 the region's chain in one sentence")
    population: Bilingual = Field(description="区位熵与份额的总体 population of LQ and share")
    scorecard: ScorecardOut
    as_of: datetime
    known_at: datetime


class AttachmentOut(BaseModel):
    """Why a firm stands on a link."""

    by: list[str] = Field(
        description="依据 placed 收录, word 产品词, learned 模型, industry 行业, ruled 人工"
    )
    reason: Bilingual
    confidence: int
    basis: str
    sufficient: bool = Field(description="证据足够 evidence suffices; false: 待核 to be checked")
    weight: float | None = Field(description="收入占比 share of revenue on the link; null: unknown")
    facts: list[FactRef]


class LinkFirm(BaseModel):
    """A firm on a link."""

    code: str
    name: str
    short_name: str | None
    stock: str | None
    region: str | None = Field(description="最精确的区划代码 most exact division code known")
    local: bool
    demo: bool
    attachment: AttachmentOut


class DetachedFirm(BaseModel):
    """A firm that a person took off the link."""

    code: str
    name: str
    reason: str
    ruling: FactRef


class NeighbourOut(BaseModel):
    """A link next to this one in the graph of inputs."""

    link: str
    title: Bilingual
    criticality: Criticality
    share: float | None
    firms: int | None = Field(description="本地已核实企业数 local firms with sufficient evidence")
    verdict: VerdictCode | None
    fact: FactRef


class LinkView(BaseModel):
    """A link as a region sees it, every number opening to its formula and facts."""

    chain: str
    chain_title: Bilingual
    region: str | None
    region_name: str | None
    link: LinkRow
    products: list[str]
    industries: list[str]
    words: list[str]
    words_not: list[str]
    figures: dict[str, Figure] = Field(
        description="firms, weight, lq, share, hhi, coverage, importance, priority"
    )
    inputs: list[NeighbourOut] = Field(description="上游投入 what this link takes")
    buyers: list[NeighbourOut] = Field(description="下游 links that take this one")
    firms: list[LinkFirm] = Field(description="企业,本地在前 firms, local ones first")
    firms_total: int
    detached: list[DetachedFirm]
    scorecard: ScorecardOut
    facts: list[FactRef] = Field(description="环节自身的事实 facts about the link itself")
    as_of: datetime
    known_at: datetime


class PeerLink(BaseModel):
    """A region's standing on one link."""

    region: str
    firms: int
    firms_recalled: int
    lq: float | None
    share: float | None
    verdict: VerdictCode
    demo: bool = Field(description="判断依据含示例 rests on an invented statement")


class ComparedLink(BaseModel):
    """One link in several regions."""

    link: str
    title: Bilingual
    stage: str
    regions: list[PeerLink]


class ComparedRegion(BaseModel):
    """A region of a comparison with its totals."""

    region: str
    name: str
    firms: int = Field(description="链上已核实企业数 firms on the chain with sufficient evidence")
    counts: dict[VerdictCode, int]
    chosen: bool = Field(description="由读者指定 chosen by the reader, else by rule")


class Comparison(BaseModel):
    """A region beside its peers, link by link."""

    chain: str
    regions: list[ComparedRegion]
    links: list[ComparedLink]
    population: Bilingual
    how_chosen: Bilingual = Field(description="对标区如何选出 how peers were chosen")
    as_of: datetime


class GapRow(BaseModel):
    """A gap of a region, with what closing it would change."""

    chain: str
    chain_title: Bilingual
    link: str
    title: Bilingual
    stage: str
    verdict: VerdictOut
    rank: int
    priority: Figure = Field(description="补链价值 what closing it changes")
    local_buyers: list[str] = Field(description="受益的本地环节 local links that would gain")
    candidates: int = Field(description="外地已核实企业数 firms elsewhere with sufficient evidence")


class GapList(BaseModel):
    """Gaps of a region, the most worthwhile first."""

    items: list[GapRow]
    total: int
    limit: int
    offset: int
    region: str
    region_name: str
    unknown: int = Field(description="因数据不足未判定的环节数 links not judged for lack of data")
    scorecard: ScorecardOut
    as_of: datetime


class RegionRow(BaseModel):
    """A region that firms, parks or coverage speak of."""

    code: str
    prefix: str
    name: str
    level: Literal["province", "city", "county"]
    firms: int = Field(description="区内企业数 firms within it")
    coverage: int = Field(description="覆盖率声明数 coverage statements made for it")


class RegionList(BaseModel):
    """Regions one can choose."""

    items: list[RegionRow]
    total: int


class Ruling(BaseModel):
    """What a person decides about a firm on a link."""

    action: Literal["attach", "detach", "withdraw"] = Field(
        description="attach 挂接, detach 摘除, withdraw 撤回人工判定"
    )
    reason: str = Field(min_length=2, max_length=500, description="理由 reason")


class RulingOut(BaseModel):
    """The firm's standing on the link after a ruling."""

    firm: str
    link: str
    attached: bool
    attachment: AttachmentOut | None
