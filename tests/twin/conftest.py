"""A twin on a real database with a clock that stands still, and its builders."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from tests.twin.forks import Make, Say

from chaintwin.access.asker import Asker
from chaintwin.access.tenants import all_tenants, make_place
from chaintwin.engine.database import Database
from chaintwin.engine.postgres import Cluster
from chaintwin.kit.clock import FixedClock
from chaintwin.model.kinds import load_kinds
from chaintwin.twin.store.sources import SourceRecord
from chaintwin.twin.twin import Twin

START = datetime(2026, 11, 1, 4, tzinfo=UTC)


# Tests of a module share one database: each begins after the changes of the ones before.
_periods = count()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(START + next(_periods) * timedelta(days=100))


@pytest.fixture(scope="module")
def pool(database: Cluster) -> Iterator[Database]:
    opened = Database(database.app_url)
    yield opened
    opened.close()


@pytest.fixture
def twin(pool: Database, clock: FixedClock) -> Twin:
    made = Twin(pool, load_kinds(), clock)
    made.declare(SourceRecord("register", {"zh": "登记"}, rank=10))
    made.declare(SourceRecord("news", {"zh": "新闻"}, rank=50))
    make_place(pool, [("220184", "公主岭市")])
    make_place(pool, [("370000", "山东省"), ("370100", "济南市"), ("370102", "历下区")])
    return made


@pytest.fixture
def li(twin: Twin) -> Asker:
    """An officer of the county."""
    here = next(tenant.id for tenant in all_tenants(twin.database) if tenant.region == "220184")
    return Asker(here, "李", roles=frozenset({"officer"}), readable=frozenset({1, here}))


@pytest.fixture
def say(twin: Twin, li: Asker, clock: FixedClock) -> Say:
    return Say(twin, li, clock)


@pytest.fixture
def make(twin: Twin, li: Asker, clock: FixedClock) -> Make:
    return Make(twin, li, clock)
