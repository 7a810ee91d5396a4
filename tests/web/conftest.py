"""The application over a real database, two places, and a person of each role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from chaintwin.access.accounts import Accounts, NewAccount
from chaintwin.access.demo import DEMO_PASSWORD
from chaintwin.access.tenants import make_place
from chaintwin.engine.database import Database
from chaintwin.engine.postgres import Cluster
from chaintwin.kit.clock import FixedClock
from chaintwin.kit.places import Places
from chaintwin.model.fact import Label
from chaintwin.model.kinds import load_kinds
from chaintwin.twin.store.sources import SourceRecord
from chaintwin.twin.twin import Twin
from chaintwin.web.app import build_app

PASSWORD = "correct horse 9"
NOW = datetime(2026, 11, 1, 4, tzinfo=UTC)

LogIn = Callable[..., TestClient]


@pytest.fixture(scope="module")
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture(scope="module")
def twin(database: Cluster, clock: FixedClock) -> Iterator[Twin]:
    pool = Database(database.app_url)
    made = Twin(pool, load_kinds(), clock)
    made.declare(SourceRecord("register", {"zh": "登记", "en": "Register"}, rank=10))
    here = make_place(pool, [("220184", "公主岭市")])
    there = make_place(pool, [("370100", "济南市"), ("370102", "历下区")])
    accounts = Accounts(pool, clock)
    for login, tenant, roles in (
        ("li", here, {"officer"}),
        ("wang", there, {"officer"}),
        ("guan", here, {"granter"}),
        ("shen", here, {"auditor"}),
        ("kan", here, {"viewer"}),
    ):
        labels = frozenset(Label) if login != "kan" else frozenset({Label.PUBLIC})
        accounts.make(NewAccount(tenant, login, login, PASSWORD, frozenset(roles), labels))
    accounts.make(
        NewAccount(here, "officer", "示例", DEMO_PASSWORD, frozenset({"officer"}), demo=True)
    )
    yield made
    pool.close()


@pytest.fixture(scope="module")
def app_client(twin: Twin, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    places = Places(tmp_path_factory.mktemp("data")).make()
    app = build_app(twin, places)
    with TestClient(app, client=("127.0.0.1", 5000), base_url="http://localhost") as client:
        yield client


@pytest.fixture
def log_in(app_client: TestClient) -> LogIn:
    """Return a client that is logged in as somebody."""

    def enter(login: str, password: str = PASSWORD) -> TestClient:
        client = TestClient(app_client.app, client=("127.0.0.1", 5000), base_url="http://localhost")
        answer = client.post("/api/v1/session", json={"login": login, "password": password})
        assert answer.status_code == 200, answer.text
        return client

    return enter


@pytest.fixture
def repository() -> Path:
    return Path(__file__).parents[2]
