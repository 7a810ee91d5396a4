"""What the answers about bodies, facts, firms, changes and sources look like."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field


class Named(BaseModel):
    """A body by code, kind and name."""

    code: str = Field(description="孪生体编码 body code")
    kind: str = Field(description="种类 kind")
    name: str = Field(description="名称 name")


class HeldOut(BaseModel):
    """One value as shown, with where it came from."""

    fact: int = Field(description="事实编号 fact number")
    key: str = Field(description="值键 value key")
    value: Any = Field(description="值 value")
    unit: str | None = Field(description="单位 unit")
    ref: Named | None = Field(description="所指孪生体 body referred to")
    source: str = Field(description="来源 source")
    source_title: dict[str, str] = Field(description="来源名称 source title")
    licence: str = Field(description="许可 licence")
    evaluation_only: bool = Field(description="仅供评估 evaluation only")
    basis: str = Field(description="依据 basis: matched, recalled, reported, derived, demo, ruled")
    confidence: int = Field(description="置信度 0–100 confidence")
    label: int = Field(description="密级 secrecy label")
    valid_from: datetime | None = Field(description="有效起 valid from; null: unknown")
    precision: str = Field(description="日期精度 date precision u|y|m|d|i")
    known_from: datetime = Field(description="记录起 known from")


class AttributeOut(BaseModel):
    """An attribute with its title and values."""

    name: str
    title: dict[str, str]
    unit: str | None
    values: list[HeldOut]


class BodyOut(BaseModel):
    """A body and what is held true of it at the asked moments."""

    code: str
    kind: str
    kind_title: dict[str, str]
    name: str
    demo: bool = Field(description="示例 invented record")
    attributes: list[AttributeOut]
    valid_at: datetime = Field(description="当时的事实 as of valid time")
    known_at: datetime = Field(description="当时所知 as of known time")


class FactOut(BaseModel):
    """One fact in full, with both clocks."""

    fact: int
    body: Named
    attribute: str
    title: dict[str, str]
    value: Any
    key: str
    unit: str | None
    original: str | None
    ref: Named | None
    source: str
    source_title: dict[str, str]
    licence: str
    evaluation_only: bool
    source_record: str | None
    evidence: Any
    basis: str
    confidence: int
    label: int
    valid_from: datetime | None
    precision: str
    known_from: datetime
    known_to: datetime | None = Field(description="记录止 known to; null: still believed")
    ended: bool = Field(description="此值到此结束 the value ended here")
    change: int
    changed_by: str
    change_reason: str


class FactList(BaseModel):
    """Facts ever recorded."""

    items: list[FactOut]
    total: int


class ChangeOut(BaseModel):
    """One change: who, why, from what and when."""

    number: int
    at: datetime
    actor: str
    reason: str
    source: str
    opened: int
    closed: int
    bodies: int


class ChangeList(BaseModel):
    """A page of changes."""

    items: list[ChangeOut]
    total: int
    limit: int
    offset: int


class FoundBy(BaseModel):
    """By which other word than its name a firm was found."""

    attribute: str = Field(description="属性,如曾用名 attribute, such as a former name")
    title: dict[str, str]
    text: str


class FirmRow(BaseModel):
    """A firm in a list."""

    code: str
    name: str
    short_name: str | None
    stock: str | None
    region: str | None
    industry: list[str]
    products: int = Field(description="已知产品数 number of known products")
    links: int = Field(description="所在环节数 number of chain links")
    basis: str = Field(description="名称的依据 basis of the name")
    demo: bool
    found_by: FoundBy | None = Field(
        None, description="凭名称以外的哪个词找到 the word other than the name that was found"
    )


class PerhapsRow(FirmRow):
    """A firm that may be meant, and why."""

    reason: dict[str, str] = Field(description="为什么可能是它 why it may be meant")


class FirmList(BaseModel):
    """A page of firms."""

    items: list[FirmRow]
    perhaps: list[PerhapsRow] = Field(
        description="也许是:名称不含所查文字、但可能指的企业 firms that may be meant"
    )
    total: int
    total_is_least: bool
    limit: int
    offset: int
    as_of: datetime


class Edge(BaseModel):
    """A relation of a body."""

    from_code: str
    to_code: str
    attribute: str
    title: dict[str, str]
    note: str | None
    source: str
    fact: int | None


class RelationGraph(BaseModel):
    """A body's neighbours, at most `limit` of them."""

    nodes: list[Named]
    edges: list[Edge]
    total: int = Field(description="关系总数 number of relations, shown or not")


class SourceOut(BaseModel):
    """A source and what may be done with its facts."""

    name: str
    title: dict[str, str]
    licence: str
    evaluation_only: bool
    rank: int
    loaded: Any = Field(description="最近装载 latest load")
    coverage: list[Any] = Field(description="覆盖率声明 declared coverage")


class SourceList(BaseModel):
    """Every source."""

    items: list[SourceOut]
