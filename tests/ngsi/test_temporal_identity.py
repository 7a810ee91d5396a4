"""Entities that were judged to be one have one history."""

from __future__ import annotations

from tests.ngsi.client import Client, prop
from tests.ngsi.test_temporal import at, history, values
from tests.twin.identity.judged_firms import Judge

from chaintwin.access.asker import Asker
from chaintwin.access.tenants import all_tenants
from chaintwin.twin.twin import Twin

COMPANY = "urn:chaintwin:ns:Company"


def test_the_histories_of_bodies_judged_to_be_one_are_one_until_they_are_split(
    api: Client, twin: Twin
) -> None:
    first, second = (
        history(api, COMPANY, speed=[prop(n, observedAt=at(n)) for n in minutes])
        for minutes in ((1, 3), (2, 4))
    )
    place = next(one for one in all_tenants(twin.database) if one.region == "880100")
    judge = Judge(twin, Asker(place.id, "李", readable=frozenset({1, place.id})))
    with twin.view(judge.asker) as view:
        bodies = [view.find_key("uri", uri) for uri in (first, second)]

    judge.merge(*bodies)

    assert values(api, first) == [1, 2, 3, 4] == values(api, second)
    summed = api.get(
        f"/temporal/entities/{first}", options="aggregatedValues", aggrMethods="sum",
        aggrPeriodDuration="PT0S",
    )  # fmt: skip
    assert [one[0] for one in summed.json()["speed"]["sum"]] == [10]
    listed = api.get(
        "/temporal/entities", type=COMPANY, attrs="speed", timerel="after", timeAt=at(0)
    )
    ids = [one["id"] for one in listed.json()]
    assert (ids.count(first), ids.count(second)) == (1, 0)

    judge.split(bodies[1])

    assert (values(api, first), values(api, second)) == ([1, 3], [2, 4])
