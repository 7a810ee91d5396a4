"""A twin on a real database that sources are loaded into, and an officer of one place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.physical.importing import log_in

from chaintwin.access.asker import PUBLIC_TENANT, Asker, platform_asker
from chaintwin.access.tenants import make_place
from chaintwin.engine.database import Database
from chaintwin.engine.postgres import Cluster
from chaintwin.kit.clock import FixedClock
from chaintwin.kit.places import Places
from chaintwin.model.fact import Label
from chaintwin.model.kinds import load_kinds
from chaintwin.physical.declared import FOLDER
from chaintwin.physical.imports.service import SOURCE
from chaintwin.physical.loading import load_source
from chaintwin.twin.originals import Originals
from chaintwin.twin.twin import Twin

START = datetime(2026, 11, 22, 4, tzinfo=UTC)
# Tests of a module share one database: each begins after the changes of the ones before.
_periods = count()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(START + next(_periods) * timedelta(hours=1))


@pytest.fixture(scope="module")
def pool(database: Cluster) -> Iterator[Database]:
    opened = Database(database.app_url)
    yield opened
    opened.close()


@pytest.fixture
def twin(pool: Database, clock: FixedClock) -> Twin:
    made = Twin(pool, load_kinds(), clock)
    made.declare(SOURCE)
    return made


@pytest.fixture
def platform() -> Asker:
    return platform_asker()


@pytest.fixture
def officer(pool: Database) -> Asker:
    tenant = make_place(pool, [("220000", "吉林省"), ("220100", "长春市"), ("220184", "公主岭市")])
    return Asker(
        tenant,
        "王科员",
        roles=frozenset({"officer"}),
        readable=frozenset({PUBLIC_TENANT, tenant}),
        labels=frozenset(Label),
    )


@pytest.fixture
def originals(places: Places) -> Originals:
    return Originals(places)


@pytest.fixture
def client(twin: Twin, officer: Asker, originals: Originals) -> TestClient:
    for name in ("shipped_divisions", "shipped_parks"):
        load_source(twin, platform_asker(), name)
    return log_in(twin, officer.tenant, originals)


def sample(name: str) -> Path:
    """Return the sample folder of a source."""
    return FOLDER / name / "sample"
