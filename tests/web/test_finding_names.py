"""Whoever knows a firm by another name finds it: short, former, brand, or nearly so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient
from tests.web.conftest import LogIn

from chaintwin.access.asker import platform_asker
from chaintwin.engine import migrations
from chaintwin.engine.postgres import Cluster
from chaintwin.model.fact import Statement, Subject, Value
from chaintwin.twin.twin import Twin

FULL = {
    "上海远航汽车集团股份有限公司": ("远航车业", None, None, "220184"),
    "上海远大汽车修理厂": (None, None, None, "310000"),
    "青山时代新能源科技股份有限公司": ("青山时代", "青山动力电池有限公司", "安驰", "350900"),
    "比亚达股份有限公司": (None, None, "Beyonda", "440300"),
    "青山农业科技有限公司": (None, None, None, "220184"),
}


@pytest.fixture(scope="module")
def register(twin: Twin) -> Twin:
    with twin.change(platform_asker(), reason="登记", source="register") as changes:
        for name, (short, former, brand, region) in FULL.items():
            about = Subject("Company", (("company_name", name),))
            said = {"name": name, "short_name": short, "former_name": former, "brand": brand,
                    "region": region}  # fmt: skip
            changes.record(
                Statement(about, attribute, Value(text=text))
                for attribute, text in said.items()
                if text
            )
    return twin


@pytest.fixture
def li(register: Twin, log_in: LogIn) -> TestClient:
    assert register
    return log_in("li")


def find(client: TestClient, text: str, **more: Any) -> tuple[list[Any], list[Any]]:
    answer = client.get("/api/v1/firms", params={"text": text, "perhaps": True} | more)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    return found["items"], found["perhaps"]


@pytest.mark.parametrize(
    ("text", "by", "full"),
    [
        ("青山动力", "former_name", "青山时代新能源科技股份有限公司"),
        ("安驰", "brand", "青山时代新能源科技股份有限公司"),
        ("beyonda", "brand", "比亚达股份有限公司"),
        ("遠航車業", "short_name", "上海远航汽车集团股份有限公司"),
    ],
)
def test_other_names_are_hits_that_say_by_which_name(
    li: TestClient, text: str, by: str, full: str
) -> None:
    hits, _ = find(li, text)

    assert [(one["name"], one["found_by"]["attribute"]) for one in hits] == [(full, by)]


def test_a_hit_by_its_shown_name_says_nothing_more(li: TestClient) -> None:
    hits, perhaps = find(li, "青山时代")

    assert [(one["name"][:4], one["found_by"]) for one in hits] == [("青山时代", None)]
    assert "青山时代新能源科技股份有限公司" not in [one["name"] for one in perhaps]


@pytest.mark.parametrize(
    ("text", "full", "reason"),
    [
        ("远航汽车股份", "上海远航汽车集团股份有限公司", "依次含有“远航汽车”“股份”"),
        ("上远集团", "上海远航汽车集团股份有限公司", "依次含有“上”“远”“集团”"),
        ("青山新能源", "青山时代新能源科技股份有限公司", "依次含有“青山”“新能源”"),
        ("深圳比亚达", "比亚达股份有限公司", "含有“比亚达”,不含“深圳”"),
        ("比亚打", "比亚达股份有限公司", "含有“比亚”,不含“打”"),
    ],
)
def test_what_no_name_holds_may_mean_a_firm_and_says_why(
    li: TestClient, text: str, full: str, reason: str
) -> None:
    hits, perhaps = find(li, text)

    assert hits == []
    assert perhaps[0]["name"] == full
    assert reason in perhaps[0]["reason"]["zh"]
    assert "The name holds" in perhaps[0]["reason"]["en"]


def test_literal_hits_come_first_and_are_not_told_twice(li: TestClient) -> None:
    hits, perhaps = find(li, "青山")

    named = [one["name"] for one in hits]
    assert len(named) == 2
    assert not set(named) & {one["name"] for one in perhaps}


def test_beside_hits_only_what_holds_all_of_it_is_guessed(li: TestClient) -> None:
    hits, perhaps = find(li, "青山", limit=1)
    assert (len(hits), perhaps) == (1, [])

    hits, perhaps = find(li, "远大汽车")

    assert ([one["name"] for one in hits], perhaps) == (["上海远大汽车修理厂"], [])
    hits, perhaps = find(li, "远汽车")
    assert (hits, len(perhaps)) == ([], 2)


def test_nothing_is_guessed_unasked_or_out_of_nothing(li: TestClient) -> None:
    unasked = li.get("/api/v1/firms", params={"text": "上远集团"}).json()

    assert unasked["perhaps"] == []
    assert find(li, "甲乙丙丁") == ([], [])
    assert find(li, "上远集团", offset=5)[1] == []
    assert find(li, "")[1] == []


def test_a_region_narrows_the_guesses_too(li: TestClient) -> None:
    assert find(li, "深圳比亚达", region="22")[1] == []
    assert len(find(li, "深圳比亚达", region="44")[1]) == 1


def test_names_held_before_this_revision_are_found_after_it(
    li: TestClient, database: Cluster
) -> None:
    script = Path(migrations.__file__).parent / "versions" / "0013_names.sql"
    assert database.super_url is not None
    with psycopg.connect(database.super_url) as connection:
        connection.execute(
            "UPDATE state_rows SET search_text = 'x', terms = array_to_tsvector('{x}') "
            "WHERE name LIKE '青山时代%'"
        )
        connection.commit()
        assert find(li, "安驰")[0] == []

        connection.execute(script.read_bytes())

    assert [one["name"][:4] for one in find(li, "安驰")[0]] == ["青山时代"]
