"""What the routes of time series and of the intake take and answer."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from chaintwin.physical.imports.models import Bilingual

BasisName = Literal["matched", "recalled", "reported", "derived", "demo", "ruled"]
_Number = Annotated[float, Field(description="数值 value in the unit of the measure")]


class MeasureOut(BaseModel):
    """What is measured, in which unit, and which aggregate makes sense."""

    name: str
    title: Bilingual
    unit: str
    units: list[str] = Field(description="也接受的单位 other units taken")
    step: Literal["minute", "hour", "day", "month", "year"] = Field(
        description="应有的间隔 how often a point is due"
    )
    aggregate: Literal["sum", "mean", "last"] = Field(description="汇总方式 aggregate shown")
    note: Bilingual


class SeriesOut(BaseModel):
    """One time series of a body."""

    series: int
    measure: MeasureOut
    channel: str = Field(description="通道，空为唯一 channel; empty where there is one only")
    source: str
    source_title: Bilingual
    licence: str
    label: int = Field(description="密级 0–4 secrecy label")
    basis: BasisName
    first: datetime
    last: datetime
    joined: int = Field(
        description="由几条序列合成(同一企业的几份记录) "
        "of how many series it is made: records judged to be one firm"
    )


class SeriesList(BaseModel):
    """Every series of a body that may be read."""

    items: list[SeriesOut]
    total: int


class PointOut(BaseModel):
    """One value with both clocks."""

    at: datetime
    value: _Number
    original: str | None = Field(description="原值和原单位 what was given, where the unit differed")
    known_from: datetime
    known_to: datetime | None = Field(description="被更正的时间；null 为现行 until corrected")
    change: int


class PointPage(BaseModel):
    """Points of a series in order of time."""

    items: list[PointOut]
    total: int
    limit: int
    offset: int


class BucketOut(BaseModel):
    """What one period comes to; a period without a point has no values: 未知, not 0."""

    start: datetime
    points: int
    sum: float | None
    mean: float | None
    min: float | None
    max: float | None
    last: float | None


class BucketList(BaseModel):
    """Periods of the Chinese calendar, those without a point between two others included."""

    items: list[BucketOut]
    by: Literal["hour", "day", "month", "year"]
    points: int


class PointIn(BaseModel):
    """One point; the body by `body` or by `device`."""

    model_config = ConfigDict(extra="forbid")

    body: Annotated[str, Field(max_length=200)] | None = Field(
        None, description="孪生体编码、统一社会信用代码或企业全称 code, credit code or full name"
    )
    device: Annotated[str, Field(max_length=100)] | None = Field(
        None, description="设备编号 device id, instead of body"
    )
    measure: str = Field(max_length=100, description="测量项，如 electricity measure")
    at: str = Field(max_length=40, description="ISO 时间 moment, or the start of the period")
    value: Decimal = Field(description="数值 value", allow_inf_nan=False)
    unit: Annotated[str, Field(max_length=20)] | None = Field(
        None, description="单位，默认为测量项的单位 unit; default: the measure's"
    )
    channel: str = Field("", max_length=200, description="通道 channel")


class PointsIn(BaseModel):
    """A batch of points, taken whole or not at all."""

    model_config = ConfigDict(extra="forbid")

    points: Annotated[list[PointIn], Field(min_length=1, max_length=10_000)] = Field(
        description="观测点，最多 10000 points"
    )
    label: Literal[0, 1, 2, 3, 4] = Field(1, description="密级 0–4 secrecy label")
    reason: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        "报送观测数据", description="事由 why"
    )


class ObservedOut(BaseModel):
    """What a batch came to; change null: it said nothing new."""

    change: int | None
    points: int
    opened: int
    corrected: int
    same: int


class IntakeOut(BaseModel):
    """How the intake of devices is, and what waits for a person."""

    state: Literal["off", "connecting", "connected", "database"]
    since: datetime | None = Field(description="进入该状态的时间 since when")
    broker: str | None = Field(description="消息服务器，不含口令 without the password")
    topic: str | None
    client: str | None
    is_set_outside: bool = Field(description="由环境变量指定 set by the environment")
    place: str = Field(description="本单位在主题中的地区代码 this office's code in topics")
    last_message_at: datetime | None
    messages: int = Field(description="启动以来报文数 messages since the start")
    points: int
    new_points: int
    bad: int
    unknown: int
    error: Bilingual | None
    waiting_bad: int = Field(description="待处理的错误报文 bad messages that wait")
    waiting_unknown: int = Field(description="待指定设备的报文 messages of unknown devices")
    unknown_devices: int


class UnknownDevice(BaseModel):
    """A device that sends and that nobody has assigned."""

    device: str
    messages: int
    first_at: datetime
    last_at: datetime
    latest: str = Field(description="最近一条报文 the latest message")


class DeviceOut(BaseModel):
    """A device that was assigned, and what it watches now."""

    device: str
    code: str
    watches: str | None = Field(description="观测对象编码 body code")
    watches_name: str | None
    watches_kind: str | None
    since: datetime | None = Field(description="自何时；null 为一直 since when")
    label: int
    demo: bool


class DeviceLists(BaseModel):
    """Devices, and those that nobody has assigned."""

    unknown: list[UnknownDevice]
    items: list[DeviceOut]
    total: int


class AsideOut(BaseModel):
    """One message that was set aside."""

    number: int
    reason: Literal["bad", "unknown_device"]
    device: str | None
    topic: str
    payload: str
    why: Bilingual
    first_at: datetime
    last_at: datetime
    times: int


class AsidePage(BaseModel):
    """Messages that wait for a person, the latest first."""

    items: list[AsideOut]
    total: int
    limit: int
    offset: int


class AssignIn(BaseModel):
    """What a device watches."""

    model_config = ConfigDict(extra="forbid")

    body: str = Field(max_length=200, description="企业或项目：编码、信用代码或全称 body")
    since: Annotated[str, Field(max_length=40)] | None = Field(
        None, description="自何时，默认一直 since when; default: always"
    )
    label: Literal[0, 1, 2, 3, 4] = Field(1, description="读数的密级 label of its readings")


class AssignOut(BaseModel):
    """What came of it: readings that had waited."""

    taken: int
    opened: int
    still_waiting: int


class IntakeIn(BaseModel):
    """Where the readings of devices come from."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field("", max_length=500, description="mqtt://用户:口令@主机:端口，空为停用 broker")
    topic: str = Field(
        "chaintwin/{place}/{device}", max_length=200, description="主题 pattern of topics"
    )
    client: str = Field("", max_length=60, description="会话名，空为默认 name of the session")
