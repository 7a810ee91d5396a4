"""One answer holds all of a body as of one pair of moments, in one branch."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from tests.twin.forks import room
from tests.web.conftest import LogIn

from chaintwin.access.asker import Asker
from chaintwin.access.tenants import all_tenants
from chaintwin.kit.clock import FixedClock
from chaintwin.model.fact import Label, Statement, Subject, Value
from chaintwin.twin.branches import fork
from chaintwin.twin.observing import Point
from chaintwin.twin.twin import Twin

HOUR = timedelta(hours=1)
_numbers = count(1)


@pytest.fixture
def li(twin: Twin) -> Asker:
    place = next(one.id for one in all_tenants(twin.database) if one.region == "220184")
    return Asker(place, "李", roles=frozenset({"officer"}), labels=frozenset(Label))


@pytest.fixture
def parcel(twin: Twin, li: Asker, clock: FixedClock) -> Iterator[tuple[str, int]]:
    """A parcel in a park, a square of some hundred metres, with two readings of a meter."""
    clock.move(timedelta(days=1))
    number = next(_numbers)
    about = Subject("Parcel", (("parcel_code", f"地{number}"),))
    park = Subject("Park", (("park_name", f"园{number}"),))
    ring = [[125.0, 43.0], [125.01, 43.0], [125.01, 43.01], [125.0, 43.01], [125.0, 43.0]]
    square = {"type": "Polygon", "coordinates": [ring]}
    with twin.change(li, reason="登记", source="staff") as changes:
        changes.record(
            [
                Statement(about, "name", Value(text=f"地块{number}")),
                Statement(about, "area_mu", Value(number=Decimal(100), unit="亩")),
                Statement(about, "geometry", Value(data=square)),
                Statement(park, "name", Value(text=f"园区{number}")),
                Statement(about, "park", Value(ref=park)),
            ]
        )
        body = changes.body("Parcel", *about.keys)
    with twin.observe(li) as observations:
        start = clock.now() - 10 * HOUR
        points = [Point(body, "electricity", start + n * HOUR, Decimal(n)) for n in (1, 2)]
        observations.record(points, source="register", reason="抄表")
    with twin.view(li) as view:
        yield view.code(body), body


def area(whole: Any) -> list[float]:
    held = [one for one in whole["body"]["attributes"] if one["name"] == "area_mu"]
    return [value["value"] for one in held for value in one["values"]]


def test_attributes_geometry_relations_and_series_come_together(
    parcel: tuple[str, int], log_in: LogIn
) -> None:
    whole = log_in("li").get(f"/api/v1/bodies/{parcel[0]}/whole", params={"points": 1}).json()

    assert area(whole) == [100]
    assert [one["attribute"] for one in whole["geometries"]] == ["geometry"]
    assert whole["geometries"][0]["area_mu"] == pytest.approx(1357, rel=0.01)
    assert [edge["attribute"] for edge in whole["relations"]["edges"]] == ["park"]
    (series,) = whole["series"]
    assert (series["measure"]["name"], series["count"]) == ("electricity", 2)
    assert [point["value"] for point in series["points"]] == [2]


def test_all_of_it_is_as_of_one_moment_and_one_branch(
    twin: Twin, li: Asker, parcel: tuple[str, int], clock: FixedClock, log_in: LogIn
) -> None:
    code, body = parcel
    path, before = f"/api/v1/bodies/{code}/whole", clock.now()
    clock.move(timedelta(days=1))
    with room(twin, li) as here:
        number = fork(here, "如果扩地").id
    with twin.change(li, reason="如果扩地", source="staff", branch=number) as changes:
        changes.say(body, "area_mu", Value(number=Decimal(300), unit="亩"))
    clock.move(timedelta(days=1))
    with twin.change(li, reason="实测", source="staff") as changes:
        changes.say(body, "area_mu", Value(number=Decimal(90), unit="亩"))
        changes.say(body, "geometry", None)

    client = log_in("li")
    now = client.get(path).json()
    then = client.get(path, params={"known_at": before.isoformat()}).json()
    early = {"valid_at": (before - 8.5 * HOUR).isoformat()}
    branch = client.get(path, params={"branch": number}).json()

    assert (area(now), now["geometries"], now["branch"]) == ([90], [], 0)
    assert (area(then), len(then["geometries"])) == ([100], 1)
    assert (area(branch), len(branch["geometries"]), branch["branch"]) == ([300], 1, number)
    (cut,) = client.get(path, params=early).json()["series"]
    assert (cut["count"], [point["value"] for point in cut["points"]]) == (1, [1])


def test_the_last_moment_of_the_calendar_is_a_moment(
    log_in: LogIn, parcel: tuple[str, int]
) -> None:
    end = "9999-12-31T23:59:59.999999Z"

    answer = log_in("li").get(f"/api/v1/bodies/{parcel[0]}/whole?valid_at={end}&known_at={end}")

    assert answer.status_code == 200, answer.text
