"""What happens reaches an MQTT broker, across its restarts, and is acknowledged by it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from tests.brokers import Broker
from tests.receiver import wait_until
from tests.twin.subscriptions.conftest import Office

from chaintwin.twin.subscriptions.model import Pace, Secrets

pytestmark = pytest.mark.needs("mosquitto")


class Reader:
    """A program that reads a topic and keeps its place while the broker restarts."""

    def __init__(self, broker: Broker, topic: str) -> None:
        self.events: list[str] = []
        self._is_subscribed = threading.Event()
        self._topic = topic
        self._client = Client(
            CallbackAPIVersion.VERSION2, client_id=f"reader-{topic}", clean_session=False
        )
        self._client.on_connect = lambda client, *_: client.subscribe(topic, qos=1)
        self._client.on_subscribe = lambda *_: self._is_subscribed.set()
        self._client.on_message = self._hear
        self._client.reconnect_delay_set(1, 1)
        self._client.connect(broker.host, broker.port)
        self._client.loop_start()
        assert self._is_subscribed.wait(10)

    def _hear(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        assert message.qos == 1
        told = json.loads(message.payload)
        self.events += [event["name"] for event in told["events"]]

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def reader(broker: Broker) -> Iterator[Reader]:
    made = Reader(broker, "chaintwin/changes")
    yield made
    made.close()


def test_a_change_is_published_once_the_broker_acknowledged_it(
    office: Office, broker: Broker, reader: Reader
) -> None:
    number = office.subscribe(f"{broker.url}/chaintwin/changes")
    office.serve()

    for name in ("甲厂", "乙厂"):
        office.firm(name)

    wait_until(lambda: reader.events == ["甲厂", "乙厂"])
    wait_until(lambda: office.get(number).progress.last_success is not None)


def test_nothing_is_lost_while_the_broker_is_down(
    office: Office, broker: Broker, reader: Reader
) -> None:
    number = office.subscribe(f"{broker.url}/chaintwin/changes")
    deliverer = office.serve()
    office.firm("在前")
    wait_until(lambda: reader.events == ["在前"])

    broker.stop()
    for name in ("停机一", "停机二", "停机三"):
        office.firm(name)
    wait_until(lambda: office.get(number).progress.failures >= 2)
    error = office.get(number).progress.last_error
    was_well = deliverer.is_well()
    broker.start()

    wait_until(lambda: set(reader.events) == {"在前", "停机一", "停机二", "停机三"})
    first = [reader.events.index(name) for name in ("停机一", "停机二", "停机三")]
    assert first == sorted(first)
    assert not was_well
    assert error is not None
    assert "MQTT" in error["zh"]


def test_a_dead_broker_holds_up_no_other(office: Office, broker: Broker, reader: Reader) -> None:
    office.subscribe("mqtt://127.0.0.1:9/nowhere", pace=Pace(timeout_s=30))
    office.subscribe(f"{broker.url}/chaintwin/changes", secrets=Secrets(user="甲", password="乙"))
    office.serve()

    office.firm("甲厂")

    wait_until(lambda: reader.events == ["甲厂"], 5)
