"""Areas add up or it is told what does not, where and by how much."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from itertools import count

import pytest

from chaintwin.access.asker import Asker
from chaintwin.model.fact import Statement, Subject, Value
from chaintwin.twin.balances import find_imbalances
from chaintwin.twin.twin import Twin

_numbers = count(1)
Put = Callable[..., int]


@pytest.fixture
def put(twin: Twin, li: Asker) -> Put:
    """State numbers and references of a new body, or of one that is there; return it."""

    def state(
        kind: str, about: int | None = None, branch: int = 0, **said: float | list[int]
    ) -> int:
        subject = Subject(kind, (("test", f"{kind}{next(_numbers)}"),))
        with twin.change(li, reason="登记", source="staff", branch=branch) as changes:
            body = about or changes.body(kind, *subject.keys)
            for name, given in said.items():
                refs = given if isinstance(given, list) else []
                changes.record(Statement(body, name, Value(ref=ref)) for ref in refs)
                if not isinstance(given, list):
                    changes.say(body, name, Value(number=Decimal(str(given))))
        return body

    return state


def told(twin: Twin, li: Asker, *bodies: int, branch: int = 0) -> list[tuple[str, int, float, int]]:
    with twin.view(li, branch=branch) as view:
        return [
            (one.rule, one.body, float(one.excess), one.unknown)
            for one in find_imbalances(view, bodies)
        ]


def test_parts_of_a_park_come_to_the_whole(twin: Twin, li: Asker, put: Put) -> None:
    parts = {"available_mu": 40, "occupied_mu": 50, "reserved_mu": 10}
    right = put("Park", area_mu=100, **parts)
    wrong = put("Park", area_mu=100, **parts | {"reserved_mu": 7.5})
    unknown = put("Park", area_mu=100, available_mu=40)
    over = put("Park", area_mu=100, available_mu=40, occupied_mu=70)
    silent = put("Park", **parts)

    found = told(twin, li, right, wrong, unknown, over, silent)

    assert found == [("parts", wrong, -2.5, 0), ("parts", over, 10, 1)]


def test_what_lies_in_a_whole_does_not_exceed_it(twin: Twin, li: Asker, put: Put) -> None:
    park, building = put("Park", area_mu=100), put("Building", floor_area_m2=1000)
    parcels = [put("Parcel", park=[park], area_mu=60), put("Parcel", park=[park])]
    put("Unit", building=[building], area_m2=900)
    assert told(twin, li, park, building) == []

    put("Parcel", parcels[1], area_mu=45)
    put("Unit", building=[building], area_m2=100.25)

    assert told(twin, li, park, building) == [("holds", building, 0.25, 0), ("holds", park, 5, 0)]


def test_a_split_or_merger_keeps_the_area_and_the_old_parcels_no_longer_count(
    twin: Twin, li: Asker, put: Put
) -> None:
    park = put("Park", area_mu=100)
    old, other = put("Parcel", park=[park], area_mu=60), put("Parcel", park=[park], area_mu=40)
    east = put("Parcel", park=[park], area_mu=35, made_of=[old])
    west = put("Parcel", park=[park], area_mu=25, made_of=[old])
    assert told(twin, li, park, old) == []

    put("Parcel", west, area_mu=20)
    whole = put("Parcel", area_mu=100, made_of=[east, west, other])

    assert told(twin, li, old) == [("split", east, -5, 0)]
    assert told(twin, li, other) == [("split", whole, 5, 0)]
    assert told(twin, li, park) == []
