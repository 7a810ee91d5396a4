"""What the routes answer about what waits for a person: doubts and proposals."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from chaintwin.application.chain.answers import Criticality
from chaintwin.application.shown import Bilingual, FactRef


class AssignmentOut(BaseModel):
    """A link that a name may belong to."""

    chain: str
    link: str
    title: Bilingual
    probability: float = Field(description="概率 0–1 probability by the trained model")
    verdict: Literal["sure", "unsure", "unlikely"]
    by_rule: bool = Field(description="含识别词 whether a recognition word speaks for it")
    why: Bilingual


class TextAssignment(BaseModel):
    """The links that a text speaks of, the likeliest first."""

    text: str
    items: list[AssignmentOut]
    model: str = Field(description="模型版本 version of the model")
    as_of: datetime


class DoubtOut(BaseModel):
    """A product that may put its firm on a link; a person decides by a ruling on the firm."""

    firm: str = Field(description="企业孪生体编码 body code")
    name: str
    product: str
    assignment: AssignmentOut
    attached: bool = Field(description="已挂接 whether the firm stands on the link already")
    fact: FactRef


class DoubtList(BaseModel):
    """Products that wait for a person, the likeliest first."""

    items: list[DoubtOut]
    total: int
    limit: int
    offset: int
    chain: str
    region: str
    region_name: str
    upper: float = Field(description="从此概率起直接挂接 placed without asking from here")
    lower: float = Field(description="低于此概率不提示 left alone below this")
    model: str = Field(description="模型版本 version of the model")
    as_of: datetime


class ProposalOut(BaseModel):
    """An input that a chain may lack, or a new link as an input; a person accepts or declines."""

    key: str = Field(description="建议编号 names the proposal")
    what: Literal["input", "link"] = Field(
        description="input 两个已有环节之间的投入; link 新环节 a new link as an input"
    )
    supplier: str | None = Field(description="上游环节 supplying link; null: a new one")
    supplier_title: Bilingual
    buyer: str = Field(description="下游环节 buying link")
    buyer_title: Bilingual
    confidence: float = Field(description="可信度 0–1: trust in the triples × in the assignments")
    least: float = Field(
        description="可信度下限 the same from the lower end of the 95 % interval of that trust"
    )
    trusted: bool = Field(
        description="下限达到采纳线 `least` reaches the threshold; never a new link, for nothing "
        "measures whether it belongs in the chain"
    )
    told: int = Field(description="有几条事实这样说 how many facts tell it")
    evidence: list[FactRef]


class ProposalDecided(BaseModel):
    """What one's own office decided about a proposal; it can be withdrawn by its key."""

    key: str
    action: Literal["accept", "decline"]
    what: Literal["input", "link"]
    supplier_title: Bilingual
    buyer: str = Field(description="下游环节 buying link")
    buyer_title: Bilingual
    reason: str
    fact: FactRef


class ProposalList(BaseModel):
    """What a chain may lack, the surest first."""

    items: list[ProposalOut]
    total: int
    limit: int
    offset: int
    chain: str
    decided: list[ProposalDecided] = Field(
        description="本单位已决定、可撤回的 what one's own office decided, the latest first"
    )
    trust: Bilingual = Field(description="同类关系经专家核对的正确率 what experts judged")
    accept: float = Field(description="采纳线 threshold for accepting")
    as_of: datetime


class ProposalRuling(BaseModel):
    """What a person decides about a proposal."""

    key: str = Field(min_length=5, max_length=300, description="建议编号 key of the proposal")
    action: Literal["accept", "decline", "withdraw"] = Field(
        description="accept 采纳, decline 不采纳, withdraw 撤回决定"
    )
    reason: str = Field(min_length=2, max_length=500, description="理由 reason")
    criticality: Criticality = Field(default="important", description="关键度 criticality")
    code: str | None = Field(
        default=None,
        pattern=r"^[a-z0-9][a-z0-9-]{0,59}$",
        description="新环节的代码 code of a new link",
    )
    title: str | None = Field(
        default=None, min_length=1, max_length=60, description="新环节的名称 its title"
    )


class ProposalRuled(BaseModel):
    """A decision that was written."""

    key: str
    action: Literal["accept", "decline", "withdraw"]
    chain: str
    buyer: str
