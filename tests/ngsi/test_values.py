"""Conditions that few entities meet are looked up in the index of values; answers stay the same."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import psycopg
import pytest
from tests.ngsi.client import Client, prop, rel

from chaintwin.access.asker import Asker, platform_asker
from chaintwin.access.tenants import own_places
from chaintwin.engine.postgres import Cluster
from chaintwin.model.fact import Label, Value
from chaintwin.model.sheet import Column, Sheet
from chaintwin.twin.authority import order_sources, withdraw_order
from chaintwin.twin.twin import Twin
from chaintwin.twin.verify import verify
from chaintwin.web.ngsi import searching

OWN = {
    "Link": '<http://localhost/ngsi-ld/context.jsonld>; rel="http://www.w3.org/ns/json-ld#context"'
}
VALUES: dict[str, Any] = {
    "a": prop(5),
    "b": prop(-2.5),
    "c": prop(2**60 + 1),
    "d": prop("five"),
    "e": prop([5, 7]),
    "f": [prop(1), prop(9, datasetId="urn:d:2")],
    "g": prop("x" * 300),
    "h": prop(True),
    "i": {"type": "LanguageProperty", "languageMap": {"en": "five"}},
    "j": rel("urn:valued:a"),
    "k": prop({"five": 5}),
    "l": prop(0),
    "m": prop("urn:valued:far"),
}


@pytest.fixture(scope="module")
def valued(http: Any, clock: Any, twin: Twin) -> Client:
    """Entities with values of many sorts, one that changed, one that is gone, and firms."""
    api = Client(http, clock)
    for name, value in VALUES.items():
        api.post("/entities", {"id": f"urn:valued:{name}", "type": "Valued", "v": value})
    api.post("/entities", {"id": "urn:valued:y", "type": "Valued", "v": prop(5)})
    api.patch("/entities/urn:valued:y/attrs/v", prop(6))
    api.post("/entities", {"id": "urn:valued:z", "type": "Valued", "v": prop(5)})
    api.delete("/entities/urn:valued:z")
    rows = range(8)
    sheet = Sheet(
        "Company",
        {"credit_code": [f"code{n}" for n in rows]},
        [
            Column("name", [f"示例{n}厂" for n in rows]),
            Column("employees", [Decimal(n * 10) for n in rows]),
        ],
    )
    with twin.change(platform_asker(), reason="test", source="shipped_firms") as changes:
        changes.record_sheet(sheet)
    return api


@pytest.fixture(params=[(200, 20_000, 5_000), (3, 5, 2), (1, 100, 10), (0, 0, 3)])
def sizes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few or many entities: the index is asked at once, later, or not at all."""
    for name, size in zip(("_FEW", "_MANY", "_WINDOW"), request.param, strict=True):
        monkeypatch.setattr(searching, name, size)


@pytest.mark.usefixtures("sizes")
@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("v==5", "aek"),
        ("v==6", "y"),
        ("v>5", "cefy"),
        ("v<0", "b"),
        ("v<=0", "bl"),
        ("v>=5;v<6", "aefk"),
        ('v=="five"', "di"),
        ("v==true", "h"),
        ("v==urn:valued:a", "j"),
        ("v==urn:valued:far", "m"),
        (f"v=={2**60 + 1}", "c"),
        (f"v=={2**60}", ""),
        ("v==-2.5,9", "bf"),
        ('v=="' + "x" * 300 + '"', "g"),
        ("v==5..6", "aeky"),
        ("nobody==5", ""),
        ("v==5;nobody", ""),
        ("v<1e300;v>" + "9" * 30, ""),
    ],
)
def test_what_few_meet_is_found(valued: Client, q: str, found: str) -> None:
    answer = valued.get("/entities", type="Valued", q=q, count="true")

    assert "".join(one["id"][-1] for one in answer.json()) == found
    assert answer.headers["ngsild-results-count"] == str(len(found))


@pytest.mark.usefixtures("sizes")
@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("employees==30", [3]),
        ("employees>55", [6, 7]),
        ('name=="示例5厂"', [5]),
        ('name=="示例5厂","示例7厂"', [5, 7]),
        ('name=="示例"', []),
        ('name=="示例5厂";employees>55', []),
    ],
)
def test_firms_are_found_by_number_and_name(valued: Client, q: str, found: list[int]) -> None:
    answer = valued.get("/entities", headers=OWN, type="Company", q=q, options="keyValues")

    assert [one["name"] for one in answer.json()] == [f"示例{n}厂" for n in found]


@pytest.mark.usefixtures("valued")
def test_the_index_verifies_and_a_tampered_one_does_not(twin: Twin, database: Cluster) -> None:
    assert list(verify(twin)) == []
    assert database.super_url is not None

    with psycopg.connect(database.super_url) as connection:
        connection.execute("UPDATE state_value SET number = number + 1 WHERE number = 70")

    assert [one.what for one in verify(twin)] == ["value"]
    with psycopg.connect(database.super_url) as connection:
        connection.execute("UPDATE state_value SET number = number - 1 WHERE number = 71")


@pytest.mark.usefixtures("sizes")
def test_values_shown_by_an_order_of_ones_own_are_found(api: Client, twin: Twin) -> None:
    place = own_places(twin.database)[-1].id
    asker = Asker(place, "x", readable=frozenset({1, place}), labels=frozenset(Label))
    for source, count in (("shipped_firms", 7_001), ("a_share_basic_2026", 7_002)):
        with twin.change(platform_asker(), reason="装载", source=source) as changes:
            firm = changes.body("Company", ("company_name", "示例次序有限公司"))
            changes.say(firm, "employees", Value(number=Decimal(count)))
    shown = employees(api)
    other = {7_001: "a_share_basic_2026", 7_002: "shipped_firms"}[shown]

    with twin.change(asker, reason="会议定", source="staff") as changes:
        order_sources(changes, changes.kinds.attribute("Company", "employees"), [other])

    try:
        assert employees(api) == 14_003 - shown
    finally:
        with twin.change(asker, reason="撤回", source="staff") as changes:
            withdraw_order(changes, "employees")


def employees(api: Client) -> int:
    """Return the one number that is shown, found by itself alone."""
    found = [
        one["employees"]
        for count in (7_001, 7_002)
        for one in api.get(
            "/entities", headers=OWN, type="Company", q=f"employees=={count}", options="keyValues"
        ).json()
    ]
    assert len(found) == 1
    return int(found[0])
