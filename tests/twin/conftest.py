"""A twin on a real database with a clock that stands still, and its builders."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from chaintwin.access.tenants import make_place
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
