"""An open NGSI-LD door over a twin of one place, one per module."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count

import pytest
from fastapi.testclient import TestClient
from tests.ngsi.client import Client
from tests.receiver import Receiver, lend_receiver

from chaintwin import boot
from chaintwin.access.tenants import make_place
from chaintwin.engine.database import Database
from chaintwin.engine.postgres import Cluster
from chaintwin.kit.clock import FixedClock, SystemClock
from chaintwin.kit.places import Places
from chaintwin.model.kinds import load_kinds
from chaintwin.twin.twin import Twin
from chaintwin.web.app import build_app

_numbers = count(1)
START = datetime(2026, 11, 2, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def clock() -> FixedClock:
    return FixedClock(START)


@pytest.fixture(scope="module")
def twin(database: Cluster, clock: FixedClock) -> Iterator[Twin]:
    """An empty twin of one place."""
    opened = Database(database.app_url, most=4)
    made = Twin(opened, load_kinds(), clock)
    made.declare(*boot.OWN_SOURCES)
    make_place(opened, [("880000", "示例省"), ("880100", "示例市")])
    yield made
    opened.close()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Places:
    """The data folder of the application."""
    return Places(tmp_path_factory.mktemp("data")).make()


@pytest.fixture(scope="module")
def http(twin: Twin, data: Places) -> Iterator[TestClient]:
    """The application as a conformance run finds it."""
    app = build_app(twin, data, ngsi_open=True)
    with TestClient(app, client=("127.0.0.1", 5000), base_url="http://localhost") as client:
        yield client


@pytest.fixture
def api(http: TestClient, clock: FixedClock) -> Client:
    """A caller of the open API; each call comes a second after the one before."""
    return Client(http, clock)


@pytest.fixture(scope="module")
def web(database: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The whole application with its deliverer, open to this machine."""
    opened = Database(database.app_url, most=8)
    twin = Twin(opened, load_kinds(), SystemClock())
    twin.declare(*boot.OWN_SOURCES)
    make_place(opened, [("880000", "示例省"), ("880100", "示例市")])
    app = build_app(twin, Places(tmp_path_factory.mktemp("data")).make(), ngsi_open=True)
    with TestClient(app, client=("127.0.0.1", 5000), base_url="http://localhost") as client:
        yield client
    opened.close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with lend_receiver() as lent:
        yield lent


@pytest.fixture
def kind() -> str:
    """A type of entity that no other test uses."""
    return f"Room{next(_numbers)}"
