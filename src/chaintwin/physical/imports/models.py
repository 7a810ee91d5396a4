"""What the import routes take and answer."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

State = Literal["checked", "loaded"]
FieldOutcome = Literal["added", "changed", "same", "ended"]
FirmOutcome = Literal["new", "changed", "same"]


class Bilingual(BaseModel):
    """A text in Chinese and English."""

    zh: str
    en: str


class CoverageGiven(BaseModel):
    """What share of a population the list covers, as its officer states it."""

    model_config = ConfigDict(extra="forbid")

    region: str = Field(description="区划代码 division code", pattern=r"^(\*|\d{6})$")
    industry: str = Field(
        description="门类字母加大类，如 C36；* 为全部 section and division; * for all",
        pattern=r"^(\*|[A-T]\d{2})$",
    )
    share: float = Field(ge=0, le=1, description="覆盖率 0–1 share covered")
    population: Annotated[str, Field(min_length=1, max_length=50)] = Field(
        description="总体，如 规上工业企业 the population meant"
    )


class RowErrorShown(BaseModel):
    """One error of one row."""

    row: int = Field(description="行号，表头为第 1 行 row as spreadsheets count")
    column: str = Field(description="列名 head of the column")
    attribute: str
    value: str = Field(description="原值；个人信息不显示 value; personal ones are not shown")
    kind: str = Field(description="错误种类 kind of error")
    what: Bilingual
    way_out: Bilingual


class FieldChange(BaseModel):
    """What one row does to one field."""

    attribute: str
    title: Bilingual
    before: str | None = Field(description="现值；null 未知 shown now; null is unknown")
    after: str | None = Field(description="导入值；null 不再有 value of the list")
    outcome: FieldOutcome
    source: str | None = Field(description="现值的来源 source of the present value")


class FirmChange(BaseModel):
    """What one row does to one firm."""

    row: int
    name: str
    code: str | None = Field(description="企业编码；null 为新企业 null: a new firm")
    outcome: FirmOutcome
    fields: list[FieldChange]


class FieldCount(BaseModel):
    """How many firms gain, change or keep one field."""

    attribute: str
    title: Bilingual
    added: int
    changed: int
    same: int
    ended: int


class Differences(BaseModel):
    """What the import would change, or did change."""

    new_firms: int
    changed_firms: int
    same_firms: int
    facts_added: int = Field(description="新增事实 facts to be opened")
    facts_closed: int = Field(description="停用事实 facts to be closed")
    fields: list[FieldCount]
    firms: list[FirmChange] = Field(description="逐企业差异，先列有变化的 changed firms first")
    firms_total: int = Field(description="有差异的企业数，超出部分不逐条列出 firms that differ")


class ImportRow(BaseModel):
    """One import in the list."""

    id: int
    file_name: str
    state: State
    at: datetime = Field(description="上传检查时间 when it was checked")
    loaded_at: datetime | None = Field(description="确认时间 when it was confirmed")
    by: str = Field(description="上传人 who uploaded it")
    sha256: str
    rows: int = Field(description="数据行数 rows")
    accepted: int = Field(description="合格行 rows without error")
    rejected: int = Field(description="退回行 rows with errors")
    errors_total: int = Field(description="错误数 errors; a row may have several")
    change: int | None = Field(description="变更号 number of the change; null until loaded")
    as_of: date = Field(description="数据截止日 day the list was true")


class ImportShown(ImportRow):
    """An import with its errors and differences."""

    size: int
    coverage: list[CoverageGiven]
    errors: list[RowErrorShown] = Field(description="前 1000 条错误 the first 1000 errors")
    differences: Differences
    can_confirm: bool = Field(description="可确认写入 may be confirmed")


class ImportPage(BaseModel):
    """One page of imports, latest first."""

    items: list[ImportRow]
    total: int
    limit: int
    offset: int


class ColumnShown(BaseModel):
    """A column of the list."""

    head: str
    english: str
    attribute: str
    required: bool
    note: Bilingual
    example: str
    words: list[str] = Field(description="可选值 words offered")
    personal: bool = Field(description="个人信息 about a person")
    longest: int


class ColumnList(BaseModel):
    """Every column, in the order of the template."""

    items: list[ColumnShown]
