"""Readings over a real broker: stored once, or kept aside with the reason."""

from __future__ import annotations

import json

import pytest
from tests.brokers import Broker
from tests.physical.sensors.conftest import assign, stored, wait_for
from tests.physical.sensors.edge import Edge, at, payload

from chaintwin.access.asker import Asker, platform_asker
from chaintwin.kit.problems import InputProblem
from chaintwin.model.fact import Label, Moment
from chaintwin.physical.sensors.core import Topic, read_payload
from chaintwin.physical.sensors.intake import Intake
from chaintwin.twin.store.aside import AsideRow, count_aside, list_aside
from chaintwin.twin.twin import Twin
from chaintwin.twin.verify import verify

pytestmark = pytest.mark.needs("mosquitto")
Place = tuple[Twin, Asker]


def aside(place: Place, asker: Asker | None = None) -> list[AsideRow]:
    who = asker or place[1]
    with place[0].database.transaction(who.settings()) as connection:
        return list_aside(connection, who.tenant, None, None)


def test_readings_reach_the_firm_that_the_meter_is_on(
    intake: Intake, edge: Edge, place: Place
) -> None:
    firm = assign(*place)

    edge.send(1, 2, 3)

    wait_for(lambda: stored(*place, firm) == [1, 2, 3], lambda: intake.health)
    assert intake.health.taken.new_points == 3
    assert intake.health.last_message_at is not None


def test_what_is_sent_again_adds_nothing(intake: Intake, edge: Edge, place: Place) -> None:
    firm = assign(*place)
    edge.send(*range(50))
    wait_for(lambda: len(stored(*place, firm)) == 50, lambda: intake.health)

    edge.send(*range(50))

    wait_for(lambda: intake.health.taken.messages == 100, lambda: intake.health)
    assert stored(*place, firm) == list(range(50))
    assert intake.health.taken.new_points == 50
    assert list(verify(place[0])) == []


def test_a_buffer_of_readings_may_come_in_one_message(
    intake: Intake, edge: Edge, place: Place
) -> None:
    firm = assign(*place)
    readings = [json.loads(payload(number)) for number in (3, 1, 2)]

    edge.send_raw(json.dumps({"readings": readings}).encode())

    wait_for(lambda: stored(*place, firm) == [1, 2, 3], lambda: intake.health)


def test_an_unknown_device_is_kept_aside_until_somebody_says_what_it_watches(
    intake: Intake, edge: Edge, place: Place
) -> None:
    edge.send(1)

    wait_for(lambda: len(aside(place)) == 1, lambda: intake.health)
    (row,) = aside(place)
    assert (row.reason, row.device, row.payload) == ("unknown_device", "meter-1", payload(1))
    assert intake.health.taken.unknown == 1


def test_readings_from_before_the_meter_was_put_up_wait_too(
    intake: Intake, edge: Edge, place: Place
) -> None:
    firm = assign(*place, valid=Moment.instant(at(10)))

    edge.send(9, 10)

    wait_for(lambda: stored(*place, firm) == [10], lambda: intake.health)
    wait_for(lambda: len(aside(place)) == 1, lambda: intake.health)


BAD = {
    "no JSON": b"hello",
    "a list": b"[1]",
    "no moment": b'{"values": {"electricity": 1}}',
    "no moment at all": b'{"at": "yesterday", "values": {"electricity": 1}}',
    "no values": b'{"at": "2026-01-01T00:00:00+08:00"}',
    "a text": b'{"at": "2026-01-01T00:00:00+08:00", "values": {"electricity": "much"}}',
    "nothing": b'{"at": "2026-01-01T00:00:00+08:00", "values": {"electricity": null}}',
    "not a number": b'{"at": "2026-01-01T00:00:00+08:00", "values": {"electricity": NaN}}',
    "another measure": b'{"at": "2026-01-01T00:00:00+08:00", "values": {"mood": 1}}',
    "below zero": b'{"at": "2026-01-01T00:00:00+08:00", "values": {"electricity": -1}}',
    "the future": b'{"at": "2126-01-01T00:00:00+08:00", "values": {"electricity": 1}}',
    "half good": b'{"at": "2026-01-01T00:00:00+08:00", "values": {"electricity": 1, "mood": 2}}',
    "a great number": b'{"at": "2026-01-01T00:00:00+08:00", "values": {"electricity": 1e99999}}',
    "deep": b'{"readings":' + b"[" * 100_000,
    "not UTF-8": b"\xff\xfe\x00",
}


def test_bad_messages_are_kept_with_the_reason_and_hold_up_nobody(
    intake: Intake, edge: Edge, place: Place
) -> None:
    firm = assign(*place)

    for message in BAD.values():
        edge.send_raw(message)
    edge.send(7)

    wait_for(lambda: stored(*place, firm) == [7], lambda: intake.health)
    wait_for(lambda: len(aside(place)) == len(BAD), lambda: len(aside(place)))
    assert {row.payload for row in aside(place)} == set(BAD.values())
    assert all(row.reason == "bad" and row.why["zh"] and row.why["en"] for row in aside(place))
    assert intake.health.taken.bad == len(BAD)


def test_the_same_bad_message_is_kept_once_and_counted(
    intake: Intake, edge: Edge, place: Place
) -> None:
    for _ in range(3):
        edge.send_raw(b"hello")

    wait_for(lambda: [row.times for row in aside(place)] == [3], lambda: aside(place))


def test_a_message_for_a_place_that_is_not_here_goes_to_the_platform(
    intake: Intake, edge: Edge, place: Place
) -> None:
    edge.send_raw(payload(1), place="999999")
    edge.send_raw(payload(1), place="public")

    wait_for(lambda: intake.health.taken.bad == 2, lambda: intake.health)
    assert aside(place) == []
    with place[0].database.transaction(platform_asker().settings()) as connection:
        assert count_aside(connection, 1) == {"bad": (2, 1)}


def test_points_bear_the_label_of_the_assignment(intake: Intake, edge: Edge, place: Place) -> None:
    firm = assign(*place)
    edge.send(1)
    wait_for(lambda: len(stored(*place, firm)) == 1, lambda: intake.health)

    with place[0].view(place[1]) as view:
        (series,) = view.observed.series([firm])

    assert (series.label, series.source, series.value_key) == (
        Label.INTERNAL, "sensors", "meter-1",
    )  # fmt: skip


def test_what_comes_while_the_intake_is_away_is_taken_when_it_is_back(
    broker: Broker, intake: Intake, edge: Edge, place: Place
) -> None:
    firm = assign(*place)
    intake.stop()
    edge.send(*range(100))
    edge.wait()
    broker.restart()

    again = Intake(place[0], intake._settings)
    again.start()

    wait_for(lambda: len(stored(*place, firm)) == 100, lambda: again.health)
    again.stop()
    assert again.health.state == "off"


def test_a_broker_that_is_away_shows_in_health(broker: Broker, intake: Intake) -> None:
    broker.stop()

    wait_for(lambda: intake.health.state == "connecting", lambda: intake.health)
    wait_for(lambda: intake.health.error_en is not None, lambda: intake.health)

    broker.start()
    wait_for(lambda: intake.health.state == "connected", lambda: intake.health)
    assert intake.health.error_en is None


def test_numbers_are_read_exactly() -> None:
    (reading,) = read_payload(
        '{"at": "2026-01-01 08:00:00", "values": {"tax": {"value": 0.1, "unit": "万元"}}}'.encode()
    )

    assert (str(reading.value), reading.unit) == ("0.1", "万元")
    assert reading.at.isoformat() == "2026-01-01T00:00:00+00:00"


@pytest.mark.parametrize(
    "pattern", ["a/{place}", "{place}/{place}/{device}", "a/x{device}/{place}"]
)
def test_a_topic_pattern_without_place_or_device_is_refused(pattern: str) -> None:
    with pytest.raises(InputProblem):
        Topic(pattern)
