"""What the routes of subscriptions take and give."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from chaintwin.twin.subscriptions.conditions import OPERATORS

Name = Annotated[str, Field(min_length=1, max_length=200)]
Names = Annotated[list[Annotated[str, Field(min_length=1, max_length=500)]], Field(max_length=200)]
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_KEPT_HEADERS = ("host", "content-", "transfer-", "connection", "webhook-", "upgrade", "te")


class Given(BaseModel):
    """A request body; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class ConditionGiven(Given):
    """One condition on the present state of a body."""

    attribute: Name = Field(description="属性 attribute")
    op: str = Field(description="比较 operator: " + " ".join(OPERATORS), max_length=20)
    value: str | float | bool | None = Field(None, description="值 value")

    @field_validator("op")
    @classmethod
    def _is_known(cls, op: str) -> str:
        if op not in OPERATORS:
            raise ValueError(f"one of {', '.join(OPERATORS)}")
        return op

    @field_validator("value")
    @classmethod
    def _is_short(cls, value: Any) -> Any:
        if isinstance(value, str) and len(value) > 500:
            raise ValueError("at most 500 characters")
        return value


class SubscriptionChange(Given):
    """New settings of a subscription; left out: unchanged."""

    name: Name | None = Field(None, description="名称 name")
    target: str | None = Field(
        None, max_length=2000, description="接收地址 address: https://… or mqtt://host/topic"
    )
    kinds: Names | None = Field(None, description="种类，空为全部 kinds; null: all")
    bodies: Names | None = Field(None, description="孪生体编码，空为全部 body codes; null: all")
    attributes: Names | None = Field(None, description="属性，空为全部 attributes; null: all")
    where: list[ConditionGiven] | None = Field(
        None, max_length=20, description="条件，须同时满足 conditions, all of which must hold"
    )
    throttling_s: float | None = Field(
        None, ge=0, le=86_400, description="两次通知至少间隔秒数 least seconds between two messages"
    )
    expires_at: datetime | None = Field(None, description="到期时间 when it ends; null: never")
    headers: dict[str, str] | None = Field(
        None, max_length=20, description="请求头，加密保存 headers for the receiver, sealed"
    )
    user: str | None = Field(None, max_length=200, description="MQTT 用户名 user name")
    password: str | None = Field(None, max_length=500, description="MQTT 密码，加密保存 sealed")
    paused: bool | None = Field(None, description="是否暂停 whether paused")

    @field_validator("headers")
    @classmethod
    def _are_headers(cls, headers: dict[str, str] | None) -> dict[str, str] | None:
        for name, value in (headers or {}).items():
            if not _HEADER.fullmatch(name) or name.lower().startswith(_KEPT_HEADERS):
                raise ValueError(f"“{name[:100]}” is no header that may be set")
            if not value.isascii() or not value.isprintable() or len(value) > 2000:
                raise ValueError(f"the value of “{name}” must be printable ASCII")
        return headers


class SubscriptionGiven(SubscriptionChange):
    """A new subscription."""

    name: Name = Field(description="名称 name")
    channel: Literal["webhook", "mqtt", "stream"] = Field(
        description="通道：HTTP 推送、MQTT、或自己来取的事件流 channel"
    )


class Said(BaseModel):
    """A message in both languages."""

    zh: str
    en: str


class ConditionOut(BaseModel):
    """One condition."""

    attribute: str
    op: str
    value: Any


class SubscriptionOut(BaseModel):
    """One subscription, and how it was served so far."""

    id: int
    name: str
    owner: str = Field(description="订阅人 whose rights it has")
    is_own: bool
    channel: str
    renderer: str = Field(description="消息格式 format of the messages")
    target: str
    kinds: list[str] | None
    bodies: list[str] | None
    attributes: list[str] | None
    where: list[ConditionOut]
    throttling_s: float
    headers: list[str] = Field(description="请求头名称，内容不显示 names only")
    user: str | None
    has_password: bool
    expires_at: datetime | None
    paused_at: datetime | None
    made_at: datetime
    status: Literal["active", "paused", "expired"]
    failing: bool = Field(description="最近一次没有送达 the latest message was not taken")
    times_sent: int
    times_failed: int
    last_success: datetime | None
    last_failure: datetime | None
    failures: int = Field(description="连续失败次数 failures in a row")
    last_error: Said | None
    next_at: datetime | None = Field(description="下次重试 when it is tried again")
    secret: str | None = Field(None, description="签名密钥，只显示这一次 shown only now")


class SubscriptionList(BaseModel):
    """A page of subscriptions."""

    items: list[SubscriptionOut]
    total: int
    limit: int
    offset: int


class AttributeChoice(BaseModel):
    """An attribute one may ask for."""

    name: str
    title: dict[str, str]


class KindChoice(BaseModel):
    """A kind one may ask for."""

    name: str
    title: dict[str, str]
    attributes: list[AttributeChoice]


class Choices(BaseModel):
    """What a subscription may ask for, with titles in both languages."""

    kinds: list[KindChoice]
    operators: dict[str, dict[str, str]]


class DeliveryOut(BaseModel):
    """One try to send."""

    at: datetime
    outcome: Literal["sent", "failed", "test_sent", "test_failed"]
    events: int
    first_change: int | None
    last_change: int | None
    status: int | None
    took_ms: int
    error: Said | None


class DeliveryList(BaseModel):
    """The latest tries; older ones are not kept."""

    items: list[DeliveryOut]
    total: int
    limit: int
    offset: int


class NetworksGiven(Given):
    """Inner networks that messages may go to."""

    networks: Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=50)] = Field(
        description="网段，如 10.1.0.0/16 networks"
    )


class Networks(BaseModel):
    """Inner networks that messages may go to; open networks always may."""

    networks: list[str]
    always: list[str] = Field(description="由运行参数开放 opened by how the server was started")


class DeliveryHealth(BaseModel):
    """How the deliveries of one's office are."""

    post: Literal["held", "elsewhere", "none"] = Field(
        description="本进程在投递、别的进程在投递、没有在投递 who delivers"
    )
    subscriptions: int
    failing: list[SubscriptionOut]
