"""An office over a real database and real files."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chaintwin.engine.database import Database
from chaintwin.engine.postgres import Cluster
from chaintwin.kit.places import Places

from .office import Office, make_office


@pytest.fixture(scope="module")
def office_pool(database: Cluster) -> Iterator[Database]:
    opened = Database(database.app_url)
    yield opened
    opened.close()


@pytest.fixture
def office(office_pool: Database, places: Places) -> Office:
    return make_office(office_pool, places)
