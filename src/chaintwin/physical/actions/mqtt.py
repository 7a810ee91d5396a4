"""Publishes messages to an MQTT broker with QoS 1: taken once the broker has acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from paho.mqtt.client import Client, MQTTMessageInfo
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from chaintwin.kit.problems import InputProblem
from chaintwin.physical.actions.addresses import Place, find_address, parse_target
from chaintwin.twin.subscriptions.deliverer import timed_out
from chaintwin.twin.subscriptions.model import DeliveryFailed, Receiver, Sending

SCHEMES = ("mqtt", "mqtts")
_KEEP_ALIVE_S = 30
_LONGEST_TOPIC = 65_535


class MqttSender:
    """Keeps one connection per subscription; a connection that failed is thrown away."""

    def __init__(self) -> None:
        self._lines: dict[int, _Line] = {}

    async def send(self, receiver: Receiver, sending: Sending) -> int | None:
        """Return once the broker acknowledged the message; raise DeliveryFailed."""
        place = parse_target(receiver.target, SCHEMES)
        line = self._lines.get(receiver.subscription)
        if line is None or line.receiver != receiver:
            await self._drop(receiver.subscription)
            address = await find_address(place, receiver.networks)
            line = self._lines[receiver.subscription] = _Line(place, address, receiver)
        try:
            async with asyncio.timeout(receiver.timeout_s):
                await line.publish(topic_of(place), sending.message.content)
        except TimeoutError as error:
            await self._drop(receiver.subscription)
            raise line.failure or timed_out(receiver.timeout_s) from error
        except BaseException:
            await self._drop(receiver.subscription)
            raise
        return None

    async def close(self) -> None:
        """Let go of every connection."""
        for number in list(self._lines):
            await self._drop(number)

    async def _drop(self, number: int) -> None:
        line = self._lines.pop(number, None)
        if line is not None:
            await asyncio.to_thread(line.close)


class _Line:
    """One connection to a broker, kept by a thread of its own."""

    def __init__(self, place: Place, address: str, receiver: Receiver) -> None:
        self.receiver = receiver
        self.failure: DeliveryFailed | None = None
        self._loop = asyncio.get_running_loop()
        self._is_connected = asyncio.Event()
        self._waiting: dict[int, asyncio.Future[None]] = {}
        self._client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv311)
        self._client.on_connect = self._connected
        self._client.on_publish = self._published
        self._client.on_connect_fail = lambda *_: self._say(self._fail, _unreachable(place))
        secrets = receiver.secrets
        if secrets.user is not None:
            self._client.username_pw_set(secrets.user, secrets.password)
        # With TLS the certificate proves the name, so the name is what has to be connected to.
        is_secure = place.scheme == "mqtts"
        if is_secure:
            self._client.tls_set()
        self._client.connect_async(place.host if is_secure else address, place.port, _KEEP_ALIVE_S)
        self._client.loop_start()

    async def publish(self, topic: str, content: bytes) -> None:
        """Publish and wait for the acknowledgement; raise DeliveryFailed when it cannot be."""
        await self._is_connected.wait()
        if self.failure is not None:
            raise self.failure
        acknowledged = self._loop.create_future()
        info: MQTTMessageInfo = self._client.publish(topic, content, qos=1)
        self._waiting[info.mid] = acknowledged
        if info.is_published():  # the acknowledgement came before one could wait for it
            return
        await acknowledged

    def close(self) -> None:
        """End the connection and its thread."""
        self._client.disconnect()
        self._client.loop_stop()

    def _connected(self, _client: Client, _data: Any, _flags: Any, reason: Any, *_: Any) -> None:
        self._say(self._fail if reason.is_failure else self._open, _refused(str(reason)))

    def _published(self, _client: Client, _data: Any, mid: int, *_: Any) -> None:
        self._say(self._acknowledge, mid)

    def _say(self, what: Callable[..., None], *given: Any) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(what, *given)

    def _open(self, _: DeliveryFailed) -> None:
        self._is_connected.set()

    def _fail(self, failure: DeliveryFailed) -> None:
        self.failure = failure
        self._is_connected.set()

    def _acknowledge(self, mid: int) -> None:
        waiting = self._waiting.pop(mid, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(None)


def topic_of(place: Place) -> str:
    """Return the topic an address names; raise InputProblem when it names none."""
    topic = place.path.removeprefix("/")
    if not topic or set(topic) & set("+#\x00") or len(topic.encode()) > _LONGEST_TOPIC:
        raise InputProblem(
            "MQTT 地址里要有主题，且不能含 + 和 #，例如 mqtt://10.1.2.3:1883/chaintwin/changes。",
            "An MQTT address names a topic without + and #: mqtt://10.1.2.3:1883/chaintwin/changes",
        )
    return topic


def _unreachable(place: Place) -> DeliveryFailed:
    return DeliveryFailed(
        f"连接不上 MQTT 服务器 {place.host}:{place.port}。请检查它是否在运行、防火墙是否放行。",
        f"No connection to the MQTT broker {place.host}:{place.port}. Check that it runs.",
    )


def _refused(reason: str) -> DeliveryFailed:
    return DeliveryFailed(
        f"MQTT 服务器拒绝了连接（{reason}）。请检查用户名、密码和权限。",
        f"The MQTT broker refused the connection ({reason}). Check user, password and rights.",
    )
