"""What a subscription is, what it is told of, and what is sent. Plain values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from chaintwin.model.fact import Fact
from chaintwin.twin.view import TwinView

Channel = Literal["webhook", "mqtt", "stream"]
Status = Literal["active", "paused", "expired"]
Said = Mapping[str, str]  # a message by language: zh, en


@dataclass(frozen=True, slots=True)
class Position:
    """How far the changes of one tenant were told: all before, and of this one up to a body."""

    change: int = 0
    body: int | None = None  # None: every body of the change


# By tenant: changes commit in order of number within a tenant only.
Cursor = Mapping[int, Position]


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on the current state of a body; all conditions hold together."""

    attribute: str
    op: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which bodies and attributes one wants to hear of; None: all."""

    kinds: tuple[str, ...] | None = None
    bodies: tuple[int, ...] | None = None
    attributes: tuple[str, ...] | None = None
    where: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Pace:
    """When to tell; all in seconds. With an interval it is told by the clock, not by changes."""

    throttling_s: float = 0.0
    interval_s: float | None = None
    timeout_s: float | None = None
    cooldown_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Secrets:
    """What is kept sealed: the key of signatures, and what the receiver asks for."""

    key: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None
    password: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How a subscription was served so far."""

    cursor: Cursor
    times_sent: int = 0
    times_failed: int = 0
    last_notification: datetime | None = None
    last_success: datetime | None = None
    last_failure: datetime | None = None
    failures: int = 0  # in a row
    last_error: Said | None = None
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who is told what, where and how; `definition` is whatever its renderer needs besides."""

    id: int
    tenant: int
    account: int | None
    name: str
    channel: Channel
    renderer: str
    target: str
    wanted: Wanted
    pace: Pace
    definition: Mapping[str, Any] | None
    sealed: bytes | None
    expires_at: datetime | None
    paused_at: datetime | None
    made_at: datetime
    changed_at: datetime
    progress: Progress

    def status(self, now: datetime) -> Status:
        """Return whether it is told at a moment."""
        if self.expires_at is not None and self.expires_at <= now:
            return "expired"
        return "active" if self.paused_at is None else "paused"


@dataclass(frozen=True, slots=True)
class Touched:
    """What one change did to one body, as far as the owner may read it.

    `body` is the one shown, `member` the one recorded: bodies judged one firm are shown as one.
    """

    tenant: int
    change: int
    at: datetime
    body: int
    kind: str
    is_new: bool
    opened: tuple[Fact, ...]
    closed: tuple[Fact, ...]
    member: int

    @property
    def attributes(self) -> frozenset[str]:
        """Return the names of the attributes of which something was stated or withdrawn."""
        return frozenset(fact.attribute for fact in (*self.opened, *self.closed))

    @property
    def position(self) -> Position:
        """Return the position once this was told."""
        return Position(self.change, self.member)


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent at once; `through` counts the touched of the batch that are told by then."""

    content: bytes
    through: int
    events: int
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


class Renderer(Protocol):
    """Turns what happened into messages in one format.

    It runs in a transaction with the rights of the subscription's owner. Nothing to say: no
    message. Messages are sent in order; each is repeated until the receiver took it.
    """

    @property
    def name(self) -> str:
        """Return the name by which subscriptions choose it."""
        ...

    def render(
        self, subscription: Subscription, view: TwinView, batch: Sequence[Touched]
    ) -> Sequence[Message]:
        """Return what to send about a batch, which is in order of change and body."""
        ...

    def render_interval(self, subscription: Subscription, view: TwinView) -> Sequence[Message]:
        """Return what to send because time has passed (`Pace.interval_s`)."""
        ...


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where a message goes and what goes along, secrets opened."""

    subscription: int
    tenant: int
    target: str
    secrets: Secrets
    timeout_s: float
    networks: tuple[str, ...] = ()  # not open to everybody, yet allowed by an administrator


@dataclass(frozen=True, slots=True)
class Sending:
    """One message under way: `id` stays the same when it is repeated."""

    id: str
    at: datetime
    message: Message


class DeliveryFailed(Exception):  # noqa: N818 - an outcome that is recorded, not a defect
    """The receiver did not take a message; `is_final` says that it never will again."""

    def __init__(
        self,
        zh: str,
        en: str,
        *,
        status: int | None = None,
        retry_after_s: float | None = None,
        is_final: bool = False,
    ) -> None:
        super().__init__(en)
        self.said: Said = {"zh": zh, "en": en}
        self.status = status
        self.retry_after_s = retry_after_s
        self.is_final = is_final


class Sender(Protocol):
    """Carries messages over one channel, inside the deliverer's event loop."""

    async def send(self, receiver: Receiver, sending: Sending) -> int | None:
        """Return the receiver's status, if the channel has one; raise DeliveryFailed."""
        ...

    async def close(self) -> None:
        """Let go of every connection."""
        ...
