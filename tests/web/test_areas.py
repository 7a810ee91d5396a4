"""What does not add up is told on the body and in one list, and not entered by hand."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.web.conftest import LogIn

from chaintwin.access.asker import Asker
from chaintwin.access.tenants import all_tenants
from chaintwin.kit.clock import FixedClock
from chaintwin.model.fact import Statement, Subject, Value
from chaintwin.twin.twin import Twin

PARK = Subject("Park", (("park_name", "守恒园区"),))
REASON = {"reason": "按规划核对"}


@pytest.fixture
def park(twin: Twin, clock: FixedClock) -> str:
    """A park of 100 亩, 40 of them available and 50 occupied."""
    clock.move(timedelta(days=1))
    here = next(one.id for one in all_tenants(twin.database) if one.region == "220184")
    asker = Asker(here, "李", roles=frozenset({"officer"}))
    numbers = {"area_mu": 100, "available_mu": 40, "occupied_mu": 50}
    with twin.change(asker, reason="登记", source="staff") as changes:
        changes.record([Statement(PARK, "name", Value(text="守恒园区"))])
        changes.record(
            Statement(PARK, name, Value(number=Decimal(number))) for name, number in numbers.items()
        )
        body = changes.body(PARK.kind, *PARK.keys)
    with twin.view(asker) as view:
        return view.code(body)


def test_a_value_by_hand_that_exceeds_the_whole_is_refused_and_leaves_nothing(
    park: str, log_in: LogIn
) -> None:
    li, path = log_in("li"), f"/api/v1/bodies/{park}"
    before = li.get(f"{path}/history").json()["total"]

    over = li.post(f"{path}/values", json=REASON | {"attribute": "reserved_mu", "value": "20"})

    assert over.status_code == 409
    assert "守恒园区" in over.json()["detail_zh"]
    assert "多出 10" in over.json()["detail_zh"]
    assert li.get(f"{path}/history").json()["total"] == before


def test_what_falls_short_is_told_until_it_is_filled(park: str, log_in: LogIn) -> None:
    li, path = log_in("li"), f"/api/v1/bodies/{park}"

    short = li.post(f"{path}/values", json=REASON | {"attribute": "reserved_mu", "value": "7"})
    (listed,) = li.get("/api/v1/areas").json()["items"]
    (shown,) = li.get(f"{path}/whole").json()["imbalances"]
    full = li.post(f"{path}/values", json=REASON | {"attribute": "reserved_mu", "value": "10"})

    assert (short.status_code, full.status_code) == (201, 201), short.text
    assert listed == shown
    assert (listed["rule"], listed["body"]["code"], listed["excess"]) == ("parts", park, -3)
    assert "总量 100、合计 97,相差 -3亩" in listed["says_zh"]
    assert li.get("/api/v1/areas").json()["items"] == []
    assert log_in("wang").get("/api/v1/areas").json()["items"] == []
