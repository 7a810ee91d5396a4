"""What a first and a later start make of a data folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chaintwin import boot
from chaintwin.access.tenants import all_tenants
from chaintwin.engine.database import Database
from chaintwin.engine.postgres import Cluster
from chaintwin.kit.clock import SystemClock
from chaintwin.kit.places import Places
from chaintwin.kit.problems import ConflictProblem
from chaintwin.model.kinds import load_kinds
from chaintwin.twin.twin import Twin

OWN = [("370000", "山东省"), ("370100", "济南市")]


@pytest.fixture
def twin(fresh_database: Cluster) -> Iterator[Twin]:
    pool = Database(fresh_database.app_url)
    yield Twin(pool, load_kinds(), SystemClock())
    pool.close()


def quiet(zh: str, en: str) -> None:
    """Say nothing."""


def test_a_place_of_ones_own_stays_free_of_the_demo_on_later_starts(
    twin: Twin, places: Places
) -> None:
    first = boot.prepare(twin, places.make(), quiet, place=OWN)

    again = boot.prepare(twin, places, quiet)

    assert first.password is not None
    assert (again.tenant, again.password) == (first.tenant, None)
    assert not any(tenant.demo for tenant in all_tenants(twin.database))


def test_a_folder_with_the_demo_refuses_a_place_of_ones_own(twin: Twin, places: Places) -> None:
    boot.prepare(twin, places.make(), quiet)

    with pytest.raises(ConflictProblem, match="CHAINTWIN_DATA"):
        boot.prepare(twin, places, quiet, place=OWN)

    assert {tenant.region for tenant in all_tenants(twin.database)} & {"370000", "370100"} == set()
