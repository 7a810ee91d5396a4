"""Listens to a broker: a message is acknowledged once it is committed, and not before.

One thread does all: it reads from the broker, commits, then acknowledges. Whatever dies in between
leaves messages unacknowledged; the broker sends them again, and what was committed adds nothing.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion

from chaintwin.kit.problems import InputProblem, Problem
from chaintwin.physical.sensors.core import Message, Topic
from chaintwin.physical.sensors.settings import IntakeSettings
from chaintwin.physical.sensors.taking import Taken, Taker
from chaintwin.twin.twin import Twin

_LOG = logging.getLogger("chaintwin.sensors")
_KEEP_ALIVE_S = 60
_RETRY_S = 1.0
# A batch ends when nothing came for a moment and a broker's usual window is full, or with age.
_QUIET_S = 0.02
_WINDOW = 20
_OLDEST_S = 0.5
_MOST = 5_000

State = Literal["off", "connecting", "connected", "database"]


@dataclass(frozen=True, slots=True)
class IntakeHealth:
    """How the intake is; counts are since the program started."""

    state: State = "off"
    since: datetime | None = None
    broker: str | None = None
    topic: str | None = None
    client: str | None = None
    last_message_at: datetime | None = None
    taken: Taken = field(default_factory=Taken)
    error_zh: str | None = None
    error_en: str | None = None


class Intake:
    """Takes the readings of one broker into the twin, across restarts of either."""

    def __init__(self, twin: Twin, settings: IntakeSettings) -> None:
        self._twin = twin
        self._settings = settings
        self._taker = Taker(twin, Topic(settings.topic))
        self._waiting: list[tuple[int, int, Message]] = []
        self._oldest_s = 0.0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="sensors", daemon=True)
        client = settings.client or f"chaintwin-{twin.installation}"
        self.health = IntakeHealth(topic=settings.topic, client=client)

    def start(self) -> None:
        """Begin; without a broker there is nothing to do."""
        if self._settings.url:
            self._tell("connecting", broker=self._settings.broker.shown)
            self._thread.start()

    def stop(self) -> None:
        """End after what has come in is committed and acknowledged."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=30)

    def _work(self) -> None:
        while not self._stopping.is_set():
            client = self._make_client()
            try:
                broker = self._settings.broker
                client.connect(broker.host, broker.port, keepalive=_KEEP_ALIVE_S)
                self._serve(client)
            except (OSError, ValueError) as error:
                self._fail(f"连不上消息服务器:{error}", f"The broker cannot be reached: {error}")
            except Exception:  # the intake outlives whatever goes wrong once
                _LOG.exception("taking readings failed; trying again")
            # The broker sends again, after a new connection, what was not acknowledged.
            self._waiting.clear()
            self._stopping.wait(_RETRY_S)
        self._tell("off")

    def _serve(self, client: Client) -> None:
        before = 0
        while client.loop(_QUIET_S if self._waiting else 0.2) == MQTTErrorCode.MQTT_ERR_SUCCESS:
            is_quiet, before = len(self._waiting) == before, len(self._waiting)
            if self._is_due(is_quiet) or self._stopping.is_set():
                self._settle(client)
                before = len(self._waiting)
            if self._stopping.is_set():
                client.disconnect()
                return
        if not self._stopping.is_set():
            self._fail("与消息服务器的连接中断", "The connection to the broker broke")

    def _is_due(self, is_quiet: bool) -> bool:
        waiting = len(self._waiting)
        if waiting == 0:
            return False
        is_full = waiting >= _MOST or (is_quiet and waiting >= _WINDOW)
        return is_full or time.monotonic() - self._oldest_s >= _OLDEST_S

    def _settle(self, client: Client) -> None:
        """Commit what waits, then acknowledge it; keep it waiting while the database is away."""
        batch = self._waiting[:_MOST]
        if not batch:
            return
        taken = self._take([message for _, _, message in batch])
        if taken is None:
            self._stopping.wait(_RETRY_S)
            return
        for number, qos, _ in batch:
            client.ack(number, qos)
        del self._waiting[: len(batch)]
        self._count(taken)

    def _take(self, messages: Sequence[Message]) -> Taken | None:
        try:
            return self._taker.take(messages)
        except Exception as error:
            if not self._has_database():
                return None
            _LOG.exception("a batch of readings could not be taken; taking each by itself")
            if len(messages) == 1:
                return self._taker.refuse(messages[0], _mishap(error))
        singly = [self._take([message]) for message in messages]
        return None if None in singly else Taken.sum([one for one in singly if one is not None])

    def _has_database(self) -> bool:
        try:
            self._twin.database.ping()
        except Exception as error:
            self._tell("database", error_zh=f"数据库无应答:{error}",
                       error_en=f"The database does not answer: {error}")  # fmt: skip
            return False
        return True

    def _count(self, taken: Taken) -> None:
        total = Taken.sum([self.health.taken, taken])
        state: dict[str, Any] = {"error_zh": None, "error_en": None}
        if self.health.state != "connected":
            self._tell("connected", **state)
        now = self._twin.clock.now()
        self.health = replace(self.health, taken=total, last_message_at=now, **state)

    def _make_client(self) -> Client:
        broker = self._settings.broker
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=self.health.client or "",
            # A lasting session: the broker keeps for us what comes while we are away.
            clean_session=False,
            protocol=MQTTProtocolVersion.MQTTv311,
            manual_ack=True,
        )
        if broker.is_encrypted:
            client.tls_set()
        if broker.user is not None:
            client.username_pw_set(broker.user, broker.password)
        client.on_connect = self._hear_connected
        client.on_message = self._hear_message
        return client

    def _hear_connected(
        self, client: Client, _data: object, _flags: object, code: Any, _properties: object
    ) -> None:
        if code.is_failure:
            self._fail(f"消息服务器拒绝连接:{code}", f"The broker refused: {code}")
            return
        client.subscribe(Topic(self._settings.topic).filter, qos=1)
        self._tell("connected", error_zh=None, error_en=None)

    def _hear_message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        if not self._waiting:
            self._oldest_s = time.monotonic()
        given = Message(message.topic, bytes(message.payload))
        self._waiting.append((message.mid, message.qos, given))

    def _fail(self, zh: str, en: str) -> None:
        if self.health.error_en != en:
            _LOG.warning("%s", en)
        self._tell("connecting", error_zh=zh, error_en=en)

    def _tell(self, state: State, **more: Any) -> None:
        if state != self.health.state:
            more["since"] = self._twin.clock.now()
        self.health = replace(self.health, state=state, **more)


def _mishap(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    return InputProblem(
        f"这条报文无法处理({type(error).__name__})。请把它交给维护人员。",
        f"This message could not be handled ({type(error).__name__}). Hand it to the maintainers.",
    )
