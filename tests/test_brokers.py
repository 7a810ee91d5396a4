"""The broker that tests lean on: a session kept by it outlives its restart."""

from __future__ import annotations

import threading

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from tests.brokers import Broker

pytestmark = pytest.mark.needs("mosquitto")
_WAIT_S = 20


def test_what_came_for_an_absent_client_survives_a_restart(broker: Broker) -> None:
    _subscribe_and_leave(broker)
    _publish(broker, b"one")

    broker.restart()

    assert _receive(broker) == b"one"


def test_a_killed_broker_keeps_what_it_saved(broker: Broker) -> None:
    _subscribe_and_leave(broker)
    _publish(broker, b"saved")
    broker.save()

    broker.kill()
    assert not broker.is_running
    broker.start()

    assert _receive(broker) == b"saved"


def _client(name: str) -> mqtt.Client:
    return mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=False)


def _subscribe_and_leave(broker: Broker) -> None:
    client, ready = _client("listener"), threading.Event()
    client.on_connect = lambda *_: client.subscribe("t", qos=1) and None
    client.on_subscribe = lambda *_: ready.set()
    client.connect(broker.host, broker.port)
    client.loop_start()
    assert ready.wait(_WAIT_S)
    client.disconnect()
    client.loop_stop()


def _publish(broker: Broker, payload: bytes) -> None:
    client = _client("sender")
    client.connect(broker.host, broker.port)
    client.loop_start()
    client.publish("t", payload, qos=1).wait_for_publish(_WAIT_S)
    client.disconnect()
    client.loop_stop()


def _receive(broker: Broker) -> bytes:
    client, came, got = _client("listener"), threading.Event(), []

    def on_message(_client: object, _data: object, message: mqtt.MQTTMessage) -> None:
        got.append(message.payload)
        came.set()

    client.on_message = on_message
    client.connect(broker.host, broker.port)
    client.loop_start()
    assert came.wait(_WAIT_S)
    client.disconnect()
    client.loop_stop()
    return bytes(got[0])
