"""What the archive routes take and give."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from chaintwin.application.projects.models import FieldShown, FieldValue, Given, ProjectRow, Reason
from chaintwin.application.shown import Bilingual, FactRef


class OriginalShown(BaseModel):
    """The bytes of an item."""

    file_name: str
    media_type: str
    size: int = Field(description="字节 / Bytes")
    sha256: str
    sm3: str


class ItemShown(BaseModel):
    """An item 件 of the dossier."""

    code: str = Field(description="孪生体编码 / Body code")
    file_number: str = Field(description="档号 / File number")
    sequence: int = Field(description="件号 / Item number")
    title: str = Field(description="题名 / Title")
    type: str = Field(description="文种编码 / Item code of the filing schedule")
    type_title: Bilingual
    group: str = Field(description="分组编码 / Band on the page")
    category: str
    retention: str
    label: str = Field(description="密级标识 / Secrecy label")
    formed_on: str | None = Field(description="形成日期 / Formed on")
    filed_at: datetime = Field(description="归档时刻 / Filed at")
    responsible: str | None
    original: OriginalShown
    change: int | None = Field(description="所记录的变更;文件为 null / Change recorded")
    withdrawn: str | None = Field(description="撤件理由 / Why it was withdrawn")
    withdrawn_at: datetime | None
    demo: bool
    fact: FactRef


class GroupShown(BaseModel):
    """A band of the dossier page."""

    code: str
    title: Bilingual
    count: int


class DossierShown(BaseModel):
    """A dossier 档案 as of two moments: what was filed and how the project stood."""

    project: ProjectRow
    valid_at: datetime
    known_at: datetime
    fields: list[FieldShown]
    items: list[ItemShown]
    groups: list[GroupShown]
    total: int = Field(description="件数(含撤件) / Items, withdrawn ones included")
    withdrawn: int
    bytes: int


class ItemPage(BaseModel):
    """Items just filed."""

    items: list[ItemShown]
    total: int
    limit: int
    offset: int


class FieldDifference(BaseModel):
    """A value that differs between two moments; null is unknown."""

    attribute: str
    title: Bilingual
    key: str
    before: FieldValue | None
    after: FieldValue | None


class DifferenceShown(BaseModel):
    """What changed in a dossier between two moments."""

    begin: datetime
    end: datetime
    clock: str
    fields: list[FieldDifference]
    added: list[ItemShown]
    withdrawn: list[ItemShown]


class CheckedItem(BaseModel):
    """One item whose stored bytes were read and compared."""

    code: str
    file_number: str
    sound: bool
    message: str | None


class DossierCheck(BaseModel):
    """Whether every item is as it was filed, and the change log replays to the present state."""

    items: list[CheckedItem]
    total: int
    unsound: int
    replays: bool | None = Field(description="按变更记录重放与当前一致;null 因密级看不到全部记录")
    differences: list[str]


class WithdrawGiven(Given):
    """Why an item leaves the dossier; it is never deleted."""

    reason: Reason


class RetentionShown(BaseModel):
    """A retention period."""

    code: str
    title: Bilingual
    years: int | None = Field(description="null 永久 / null: permanent")


class ScheduleItem(BaseModel):
    """A type of paper and how it is filed."""

    code: str
    title: Bilingual
    group: str
    stage: str | None
    category: str
    retention: str
    label: str


class ScheduleShown(BaseModel):
    """归档范围与保管期限表."""

    schedule: str
    version: str
    title: Bilingual
    source: str
    basis: str
    groups: list[GroupShown]
    retentions: list[RetentionShown]
    items: list[ScheduleItem]
    labels: list[str]
    max_file_bytes: int
    max_files: int


class SettingsGiven(Given):
    """全宗号 and the department by which files are numbered."""

    fonds: str = Field(description="全宗号,如 Z109 / Fonds number")
    department: str = Field(min_length=1, max_length=40, description="机构简称 / Department")


class SettingsShown(BaseModel):
    """The numbering settings of the tenant."""

    fonds: str | None
    department: str | None
    demo: bool = Field(description="采用示例默认值 / The demo default is in use")
