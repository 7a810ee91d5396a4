"""What the project routes take and give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from chaintwin.application.shown import Bilingual, FactRef

Text = Annotated[str, Field(min_length=1, max_length=4000)]
Reason = Annotated[
    str, Field(min_length=1, max_length=1000, description="理由,记入档案 / Reason, kept on file")
]
PlainValue = float | str | bool | None


class Given(BaseModel):
    """A request body; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class BodyName(BaseModel):
    """A body by code, with the name it has at the view's moments."""

    code: str = Field(description="孪生体编码 / Body code")
    name: str = Field(description="名称 / Name")
    key: str | None = Field(None, description="业务编码,如 nev/battery-pack / Key, if it has one")


class FactGiven(Given):
    """One fact that a reason rests on."""

    body: str = Field(description="孪生体编码 / Body code")
    fact: int = Field(description="事实编号 / Fact number")


class ReasonGiven(Given):
    """A reason for or against, with the facts behind it."""

    text: Text = Field(description="理由 / Reason")
    facts: list[FactGiven] = Field(default_factory=list, description="依据的事实 / Facts")


class RecommendationGiven(Given):
    """What the target list said at the moment of the click; kept as it was."""

    score: float | None = Field(None, ge=0, le=100, description="总分 / Score")
    low: float | None = Field(None, ge=0, le=100, description="区间下限 / Lower bound")
    high: float | None = Field(None, ge=0, le=100, description="区间上限 / Upper bound")
    rank: int | None = Field(None, ge=1, description="名次 / Rank")
    scorecard: str | None = Field(None, max_length=200, description="评分卡 / Scorecard")
    scorecard_version: str | None = Field(None, max_length=100, description="评分卡版本 / Version")
    reasons: list[ReasonGiven] = Field(default_factory=list, max_length=50)
    counter_reasons: list[ReasonGiven] = Field(default_factory=list, max_length=50)
    missing: list[str] = Field(default_factory=list, max_length=50, description="缺少的依据")
    at: datetime | None = Field(None, description="推荐时刻 / Moment of the recommendation")


class LeadGiven(Given):
    """A new lead: an investor (a body or a plain name), the link it fills, the region."""

    firm: str | None = Field(None, description="企业编码 / Firm code")
    company_name: str | None = Field(None, max_length=200, description="投资方名称 / Investor name")
    link: str | None = Field(None, description="环节:nev/battery-pack 或编码 / Link key or code")
    region: str = Field(pattern=r"^\d{6}$", description="意向落地区划 / Division code")
    name: str | None = Field(None, max_length=200, description="项目名称 / Project name")
    owner: str | None = Field(None, max_length=100, description="主责人 / Accountable officer")
    investment_wan: float | None = Field(None, ge=0, description="计划投资,万元 / Investment")
    remark: str | None = Field(None, max_length=4000, description="备注 / Remark")
    recommendation: RecommendationGiven | None = Field(None, description="推荐快照 / Snapshot")
    again: bool = Field(False, description="同企业同环节同区域另立项目 / Open another one")


class StageGiven(Given):
    """A move to the next stage, or back to an earlier one."""

    to: str = Field(description="目标阶段编码 / Stage code")
    reason: str = Field(
        "", max_length=1000, description="说明;回退必填 / Reason; a must going back"
    )
    on: date | None = Field(None, description="进入日期,默认现在 / Day entered; default now")


class FieldsGiven(Given):
    """New values of fields; null ends a value; a list sets all values of a field with many."""

    values: dict[str, PlainValue | list[str]] = Field(
        min_length=1, description="属性编码 → 值 / Attribute → value"
    )
    reason: Reason
    valid_from: date | None = Field(None, description="自何日起成立,默认现在 / True since")


class PromiseGiven(Given):
    """A promise of one side."""

    by: Literal["investor", "government"] = Field(description="承诺方 / Who promises")
    text: Text = Field(description="承诺内容 / What is promised")
    measure: str | None = Field(None, max_length=100, description="计量指标 / Measure")
    amount: float | None = Field(None, description="数额 / Amount")
    unit: str | None = Field(None, max_length=20, description="单位 / Unit")
    due: date | None = Field(None, description="到期日 / Due")
    status: Literal["未到期", "进行中", "已兑现", "逾期", "已解除"] = Field(
        "未到期", description="状态 / Status"
    )
    reason: str = Field("登记承诺", min_length=1, max_length=1000, description="理由 / Reason")


class RemarkGiven(Given):
    """A remark on a project."""

    text: Text = Field(description="备注 / Remark")


class ReasonOnly(Given):
    """An act that only needs its reason."""

    reason: Reason


class StageShown(BaseModel):
    """A stage with its title."""

    code: str
    title: Bilingual


class ProjectRow(BaseModel):
    """A project in a list."""

    code: str = Field(description="孪生体编码 / Body code")
    number: str | None = Field(description="项目编号 / Project number")
    name: str = Field(description="项目名称 / Name")
    stage: StageShown | None = Field(description="当前阶段;null 未知 / Stage; null unknown")
    entered_on: date | None = Field(description="进入该阶段之日 / Day the stage was entered")
    days_in_stage: int | None = Field(description="停留天数(自然日) / Calendar days in the stage")
    max_days: int | None = Field(description="停留上限;null 未设 / Limit; null not set")
    overdue: bool | None = Field(description="是否超期;null 未设上限 / Overdue; null no limit")
    region: str | None = Field(description="区划代码 / Division code")
    company: BodyName | None = Field(description="投资企业 / Investor body")
    company_name: str | None = Field(description="投资方名称 / Investor name")
    links: list[BodyName] = Field(description="补链环节 / Chain links")
    park: BodyName | None = Field(description="园区 / Park")
    investment_wan: float | None = Field(description="计划投资,万元 / Planned investment")
    owner: str | None = Field(description="主责人 / Owner")
    demo: bool = Field(description="示例 / Invented example")
    deleted: bool = Field(description="已删除,可恢复 / Deleted, can be restored")
    changed_at: datetime | None = Field(description="最近登记时刻 / Last recorded")


class StageCount(BaseModel):
    """How many projects stand in a stage."""

    stage: str
    title: Bilingual
    count: int


class ProjectPage(BaseModel):
    """One page of projects; `stages` counts all that the other filters let through."""

    items: list[ProjectRow]
    total: int
    limit: int
    offset: int
    stages: list[StageCount] = Field(description="各阶段数量(不受阶段筛选影响) / Count per stage")
    overdue: int = Field(description="超期数 / Overdue")
    valid_at: datetime
    known_at: datetime


class FieldValue(BaseModel):
    """One value of a field and the fact that holds it."""

    key: str = Field(description="值键 / Value key")
    value: Any = Field(description="值;引用时为名称 / Value; the name for a reference")
    ref: BodyName | None = Field(description="所指孪生体 / Body referred to")
    fact: FactRef


class FieldShown(BaseModel):
    """A field of the project; no value means unknown."""

    attribute: str
    title: Bilingual
    type: str = Field(description="text number ref date data flag")
    unit: str | None
    many: bool
    values: list[FieldValue] = Field(description="空为未知 / Empty: unknown")


class PromiseShown(BaseModel):
    """A promise and the fact that holds it."""

    key: str
    by: str | None
    text: str | None
    measure: str | None
    amount: float | None
    unit: str | None
    due: date | None
    status: str | None
    overdue: bool | None = Field(description="到期未兑现;null 无到期日 / Past due; null: no day")
    fact: FactRef


class StageVisit(BaseModel):
    """A stay in one stage."""

    stage: StageShown
    entered_on: date | None
    left_on: date | None = Field(description="null 仍在该阶段 / null: still there")
    days: int | None
    rollback: bool = Field(description="由回退进入 / Entered by going back")
    reason: str | None
    fact: FactRef


class NeedShown(BaseModel):
    """Something a gate asks for."""

    code: str
    title: Bilingual
    present: bool


class GateShown(BaseModel):
    """What leaving the present stage needs, and what is missing."""

    stage: StageShown
    next: StageShown | None
    fields: list[NeedShown]
    documents: list[NeedShown]
    is_open: bool = Field(description="必备项齐全 / Nothing is missing")
    note: str | None = Field(description="判断的限度 / What limits this judgement")


class ProjectShown(ProjectRow):
    """A project with every field, its stages, its gate and its promises."""

    fields: list[FieldShown]
    promises: list[PromiseShown]
    stages: list[StageVisit]
    gate: GateShown | None = Field(description="末阶段无关口 / null in the last stage")
    recommendation: dict[str, Any] | None
    recommendation_fact: FactRef | None
    valid_at: datetime
    known_at: datetime


class LimitShown(BaseModel):
    """A limit in days and where it comes from."""

    value: int | None = Field(description="天;null 未设 / Days; null not set")
    source: str | None
    basis: str


class Titled(BaseModel):
    """A code with its title."""

    code: str
    title: Bilingual


class ProcessStage(BaseModel):
    """A stage as the process declares it."""

    code: str
    title: Bilingual
    max_days: LimitShown
    fields: list[Titled]
    documents: list[Titled]


class FieldDeclared(BaseModel):
    """A field of the kind Project."""

    attribute: str
    title: Bilingual
    type: str
    unit: str | None
    many: bool


class ProcessShown(BaseModel):
    """The life cycle of a project: stages in order, gates, fields."""

    process: str
    version: str
    title: Bilingual
    min_reason_length: int = Field(description="回退理由的最少字数 / Shortest rollback reason")
    stages: list[ProcessStage]
    fields: list[FieldDeclared]


class ParcelShown(BaseModel):
    """A parcel of land; null is unknown."""

    code: str
    number: str | None
    name: str
    region: str | None
    park: BodyName | None
    area_mu: float | None = Field(description="亩 / mu")
    zoning: str | None
    price_wan_per_mu: float | None = Field(description="万元/亩")
    power_kva: float | None = Field(description="kVA")
    status: str | None
    position: dict[str, Any] | None = Field(description="示意格位,不是坐标 / Schematic cell")
    demo: bool
    facts: dict[str, FactRef] = Field(description="属性 → 事实 / Attribute → fact")


class ParcelPage(BaseModel):
    """One page of parcels."""

    items: list[ParcelShown]
    total: int
    limit: int
    offset: int


class ParkShown(BaseModel):
    """A park; null is unknown."""

    code: str
    name: str
    short_name: str | None
    level: str | None
    type: str | None
    region: str | None
    lead_chains: list[BodyName]
    industries: list[str]
    parcels: int = Field(description="登记在册的地块数 / Parcels on record")
    demo: bool
    facts: dict[str, FactRef]


class ParkPage(BaseModel):
    """One page of parks."""

    items: list[ParkShown]
    total: int
    limit: int
    offset: int
