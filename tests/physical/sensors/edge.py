"""A gateway at a site: numbers its readings, sends them with QoS 1, can send all of them again."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
PLACE = "220184"


def at(number: int) -> datetime:
    """Return the moment of a numbered reading."""
    return FIRST + timedelta(minutes=number)


def payload(number: int, **more: float) -> bytes:
    """Return the message of a numbered reading: so many kWh."""
    values: Mapping[str, float] = more or {"electricity": number}
    return json.dumps({"at": at(number).isoformat(), "values": values}).encode()


@dataclass
class Edge:
    """One device behind a client that keeps what the broker has not acknowledged."""

    host: str
    port: int
    device: str = "meter-1"
    _sent: set[int] = field(default_factory=set)
    _taken: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=f"edge-{self.device}", clean_session=False
        )
        self._client.reconnect_delay_set(1, 1)
        self._client.max_queued_messages_set(0)
        self._client.on_publish = lambda _client, _data, number, *_: self._taken.add(number)
        self._client.connect_async(self.host, self.port)
        self._client.loop_start()

    def send(self, *numbers: int) -> None:
        """Hand readings to the client, whether or not the broker is there."""
        for number in numbers:
            self.send_raw(payload(number))

    def send_raw(self, message: bytes, place: str = PLACE) -> None:
        topic = f"chaintwin/{place}/{self.device}"
        self._sent.add(self._client.publish(topic, message, qos=1).mid)

    def wait(self, seconds: float = 30) -> None:
        """Wait until the broker has acknowledged everything."""
        deadline = time.monotonic() + seconds
        while not self._sent <= self._taken:
            assert time.monotonic() < deadline, "the broker does not acknowledge"
            time.sleep(0.02)
        self._sent.clear()

    def leave(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
