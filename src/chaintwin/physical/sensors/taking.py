"""Takes messages of devices into the twin: stored, or kept aside with the reason; never lost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chaintwin.access.asker import PUBLIC_TENANT, Asker, platform_asker
from chaintwin.access.tenants import all_tenants
from chaintwin.kit.clock import SHANGHAI
from chaintwin.kit.problems import InputProblem, Problem
from chaintwin.model.fact import Label
from chaintwin.physical.sensors.core import Message, Reading, Topic, read_device, read_payload
from chaintwin.physical.sensors.devices import Devices, Watches
from chaintwin.twin.observing import Observations, Point
from chaintwin.twin.store.aside import put_aside
from chaintwin.twin.store.sources import SourceRecord
from chaintwin.twin.twin import Twin

SOURCE = SourceRecord("sensors", {"zh": "设备采集", "en": "Readings of devices"}, "own", rank=30)
_REASON = "设备读数"
Aside = tuple[str, str | None, str, bytes, str, str]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a number of messages."""

    messages: int = 0
    points: int = 0
    new_points: int = 0
    bad: int = 0
    unknown: int = 0

    @staticmethod
    def sum(parts: Sequence[Taken]) -> Taken:
        """Return what several came to together."""
        return Taken(
            sum(part.messages for part in parts),
            sum(part.points for part in parts),
            sum(part.new_points for part in parts),
            sum(part.bad for part in parts),
            sum(part.unknown for part in parts),
        )


class Taker:
    """Takes batches of messages; each place's part of a batch is one transaction."""

    def __init__(self, twin: Twin, topic: Topic) -> None:
        self._twin = twin
        self._topic = topic
        self._devices: dict[int, Devices] = defaultdict(Devices)

    def take(self, messages: Sequence[Message]) -> Taken:
        """Store or set aside every message; on return all of it is committed.

        Raises what the database raises: then some places' parts may be committed, and taking all
        messages again adds nothing twice.
        """
        tenants = self._places()
        by_place: dict[str, list[tuple[str, Message]]] = defaultdict(list)
        for message in messages:
            place, device = self._topic.read(message.topic)
            by_place[place].append((device, message))
        parts = [
            self._take_foreign(sent) if place not in tenants
            else self._take_part(sensor_asker(tenants[place]), sent)
            for place, sent in by_place.items()
        ]  # fmt: skip
        return Taken.sum(parts)

    def _take_part(self, asker: Asker, sent: Sequence[tuple[str, Message]]) -> Taken:
        with self._twin.database.transaction(asker.settings()) as connection:
            view = self._twin.view_in(connection, asker)
            observations = self._twin.observations_in(connection, asker)
            devices = self._devices[asker.tenant]
            points: list[Point] = []
            aside: list[Aside] = []
            for device, message in sent:
                try:
                    watches = devices.find(view, read_device(device))
                    readings = read_payload(message.payload)
                    points += points_of(observations, watches, device, readings)
                except UnassignedProblem as problem:
                    aside.append(_aside("unknown_device", device, message, problem))
                except InputProblem as problem:
                    aside.append(_aside("bad", device, message, problem))
            new = 0
            if points:
                new = observations.record(
                    points, source=SOURCE.name, reason=_REASON, restores=False
                ).opened
            put_aside(connection, asker.tenant, view.now, aside)
        bad = sum(reason == "bad" for reason, *_ in aside)
        return Taken(len(sent), len(points), new, bad, len(aside) - bad)

    def refuse(self, message: Message, problem: Problem) -> Taken:
        """Set one message aside as bad, under its place if there is one."""
        place, device = self._topic.read(message.topic)
        tenant = self._places().get(place)
        asker = platform_asker() if tenant is None else sensor_asker(tenant)
        with self._twin.database.transaction(asker.settings()) as connection:
            row = _aside("bad", device, message, problem)
            put_aside(connection, asker.tenant, self._twin.clock.now(), [row])
        return Taken(1, bad=1)

    def _take_foreign(self, sent: Sequence[tuple[str, Message]]) -> Taken:
        problem = InputProblem(
            "主题中的地区不是本系统的地区。请核对主题。",
            "The place in the topic is none of this system's. Check the topic.",
        )
        return Taken.sum([self.refuse(message, problem) for _, message in sent])

    def _places(self) -> dict[str, int]:
        """Return the tenants that devices may belong to, by division code."""
        return {
            tenant.code: tenant.id
            for tenant in all_tenants(self._twin.database)
            if tenant.id != PUBLIC_TENANT
        }


class UnassignedProblem(InputProblem):
    """Nobody has said what the device watched at the moment of a reading."""


def points_of(
    observations: Observations, watches: Watches, device: str, readings: Iterable[Reading]
) -> list[Point]:
    """Return the readings of a device as points of what it watched, each checked.

    Raises UnassignedProblem, or InputProblem as `Observations.check` does.
    """
    points = []
    for reading in readings:
        watch = watches.at(reading.at)
        if watch is None or watch.body is None:
            at = reading.at.astimezone(SHANGHAI).isoformat()
            raise UnassignedProblem(
                f"设备 {device} 在 {at} 未指定观测对象。请在“数据接入”中指定。",
                f"Nobody has said what {device} watched at {at}. Assign it under Data intake.",
            )
        point = Point(
            watch.body, reading.measure, reading.at, reading.value, reading.unit, device,
            watch.label, watch.basis,
        )  # fmt: skip
        observations.check(point)
        points.append(point)
    return points


def sensor_asker(tenant: int) -> Asker:
    """Return the intake itself at work for one tenant."""
    return Asker(
        tenant,
        "chaintwin",
        roles=frozenset({"officer"}),
        readable=frozenset({PUBLIC_TENANT, tenant}),
        labels=frozenset(Label),
    )


def _aside(reason: str, device: str, message: Message, problem: Problem) -> Aside:
    # A text column holds no NUL; the payload keeps whatever came.
    clean = (text.replace("\x00", "�") for text in (device, message.topic))
    named, topic = clean
    return reason, named, topic, message.payload, problem.zh, problem.en
