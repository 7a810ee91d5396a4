"""A place with a meter on a firm, an intake in front of a real broker, and an edge behind it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from tests.brokers import Broker
from tests.physical.sensors.edge import PLACE, Edge

from chaintwin.access.asker import Asker
from chaintwin.access.tenants import make_place
from chaintwin.engine.database import Database
from chaintwin.engine.postgres import Cluster
from chaintwin.kit.clock import SystemClock
from chaintwin.model.fact import Label, Value
from chaintwin.model.kinds import load_kinds
from chaintwin.physical.sensors.devices import ATTRIBUTE, KIND, SCHEME
from chaintwin.physical.sensors.intake import Intake
from chaintwin.physical.sensors.settings import IntakeSettings
from chaintwin.physical.sensors.taking import SOURCE, sensor_asker
from chaintwin.twin.store.sources import SourceRecord
from chaintwin.twin.twin import Twin

_WAIT_S = 30.0


def make_twin(url: str) -> tuple[Twin, Asker]:
    """Return a twin over a database, and the sensors' asker of its one county."""
    twin = Twin(Database(url), load_kinds(), SystemClock())
    twin.declare(SOURCE, SourceRecord("staff", {"zh": "人员"}))
    return twin, sensor_asker(make_place(twin.database, [(PLACE, "公主岭市")]))


def assign(twin: Twin, asker: Asker, device: str = "meter-1", **more: object) -> int:
    """Put a device on a firm of its own; return the firm."""
    with twin.change(asker, reason="装表", source="staff") as changes:
        firm = changes.body("Company", ("company_name", f"{device}的公司"))
        changes.say(firm, "name", Value(text=f"{device}的公司"))
        meter = changes.body(KIND, (SCHEME, device))
        changes.say(meter, ATTRIBUTE, Value(ref=firm), label=Label.INTERNAL, **more)
    return firm


def stored(twin: Twin, asker: Asker, firm: int) -> list[int]:
    """Return the stored values of a firm, whole numbers, in order of time."""
    with twin.view(asker) as view:
        return [
            int(point.value)
            for series in view.observed.series([firm])
            for point in view.observed.points(series, limit=100_000)
        ]


def wait_for(
    condition: Callable[[], bool], told: Callable[[], object], seconds: float = _WAIT_S
) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, told()
        time.sleep(0.05)


@pytest.fixture
def place(fresh_database: Cluster) -> Iterator[tuple[Twin, Asker]]:
    twin, asker = make_twin(fresh_database.app_url)
    yield twin, asker
    twin.database.close()


@pytest.fixture
def intake(broker: Broker, place: tuple[Twin, Asker]) -> Iterator[Intake]:
    started = Intake(place[0], IntakeSettings(url=broker.url))
    started.start()
    wait_for(lambda: started.health.state == "connected", lambda: started.health)
    yield started
    started.stop()


@pytest.fixture
def edge(broker: Broker) -> Iterator[Edge]:
    made = Edge(broker.host, broker.port)
    yield made
    made.leave()
