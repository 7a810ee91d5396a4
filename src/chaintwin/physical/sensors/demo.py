"""Simulated devices of the demo, marked 示例 from the device to every figure built on it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from paho.mqtt import publish

from chaintwin.access.asker import Asker
from chaintwin.kit.clock import SHANGHAI
from chaintwin.model.content import content_folder, read_yaml
from chaintwin.model.fact import Basis, Label, Subject, Value
from chaintwin.physical.sensors.core import DEFAULT_TOPIC
from chaintwin.physical.sensors.devices import ATTRIBUTE, KIND, SCHEME
from chaintwin.physical.sensors.settings import Broker
from chaintwin.physical.sensors.taking import SOURCE
from chaintwin.twin.observing import Point
from chaintwin.twin.twin import Twin

HOUR = timedelta(hours=1)
_HISTORY = timedelta(days=120)
_HOURS = 24
# A shift from seven to nineteen, China's time; outside it a fifth of the load runs on.
_SHIFT = range(7, 19)
_NIGHT = 0.2


@dataclass(frozen=True, slots=True)
class DemoDevice:
    """An invented device: what it measures at which project, and what a day comes to."""

    device: str
    project: str
    measure: str
    usual: float
    days_ago: int = 0
    changed: float | None = None

    def at(self, hour: datetime, first: datetime) -> Decimal:
        """Return the reading of an hour; `first` is when the demo was filled first."""
        day = self.usual
        if self.changed is not None and hour >= first - timedelta(days=self.days_ago):
            day = self.changed
        weights = [1.0 if number in _SHIFT else _NIGHT for number in range(_HOURS)]
        share = weights[hour.astimezone(SHANGHAI).hour] / sum(weights)
        noise = Random(f"{self.device}/{hour.isoformat()}").uniform(0.9, 1.1)  # noqa: S311 - invented
        value = day * share * noise
        if self.measure == "site_entries":
            return Decimal(math.floor(value + 0.5))
        return Decimal(f"{value:.1f}")


def load_devices() -> list[DemoDevice]:
    """Return the devices of the demo content; none where it has no such file."""
    path = content_folder() / "demo" / "sensors.yml"
    return [_device(raw) for raw in read_yaml(path)] if path.is_file() else []


def fill_demo(twin: Twin, asker: Asker) -> int:
    """Make the devices and their readings up to the last whole hour; return how many are new.

    Readings go on from the last one held; a level that changed by then stays changed.
    """
    devices = load_devices()
    if not devices:
        return 0
    bodies = _make_devices(twin, asker, devices)
    now = twin.clock.now().replace(minute=0, second=0, microsecond=0)
    with twin.view(asker) as view:
        last = {one.value_key: one.last for one in view.observed.series(list(bodies.values()))}
    points = [
        Point(bodies[one.device], one.measure, hour, one.at(hour, last.get(one.device, now)), None,
              one.device, Label.INTERNAL, Basis.DEMO)
        for one in devices
        for hour in _hours(last.get(one.device, now - _HISTORY), now)
    ]  # fmt: skip
    if not points:
        return 0
    with twin.observe(asker) as observations:
        return observations.record(points, source=SOURCE.name, reason="示例读数").opened


def publish_demo(broker: Broker, place: str, now: datetime, hours: int) -> int:
    """Publish the readings of the last hours to a broker, as devices do; return how many."""
    now = now.replace(minute=0, second=0, microsecond=0)
    messages: list[Any] = [
        (_topic(place, one), _payload(one, hour, now), 1, False)
        for hour in _hours(now - hours * HOUR, now)
        for one in load_devices()
    ]
    auth: Any = None
    if broker.user is not None:
        auth = {"username": broker.user, "password": broker.password}
    tls: Any = {} if broker.is_encrypted else None
    publish.multiple(messages, hostname=broker.host, port=broker.port, auth=auth, tls=tls)
    return len(messages)


def _make_devices(twin: Twin, asker: Asker, devices: Sequence[DemoDevice]) -> dict[str, int]:
    found = {}
    with twin.change(asker, reason="示例设备", source=SOURCE.name) as changes:
        for one in devices:
            project = changes.body("Project", ("project_code", one.project))
            meter = Subject(KIND, ((SCHEME, one.device),))
            for attribute, value in (
                ("code", Value(text=one.device)),
                ("name", Value(text=f"示例·{one.device}")),
                (ATTRIBUTE, Value(ref=project)),
            ):
                changes.say(meter, attribute, value, basis=Basis.DEMO, label=Label.INTERNAL)
            found[one.device] = project
    return found


def _hours(after: datetime, until: datetime) -> Iterator[datetime]:
    hour = after + HOUR
    while hour < until:
        yield hour
        hour += HOUR


def _topic(place: str, one: DemoDevice) -> str:
    return DEFAULT_TOPIC.format(place=place, device=one.device)


def _payload(one: DemoDevice, hour: datetime, now: datetime) -> str:
    values = {one.measure: float(one.at(hour, now))}
    return json.dumps({"at": hour.isoformat(), "values": values})


def _device(raw: Mapping[str, Any]) -> DemoDevice:
    changed = raw.get("changed") or {}
    return DemoDevice(
        raw["device"], raw["project"], raw["measure"], float(raw["usual"]),
        int(changed.get("days_ago", 0)), changed.get("usual"),
    )  # fmt: skip
