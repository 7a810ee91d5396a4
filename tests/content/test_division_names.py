"""The names of divisions: whole lists, one place for each code, found where the file says so."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from chaintwin.model.content import read_folder, read_yaml

from .named_sets import NamedSets

CONTENT = Path(__file__).parents[2] / "content"

Entry = dict[str, Any]


@pytest.fixture(scope="module")
def provinces() -> list[Entry]:
    found: list[Entry] = read_yaml(CONTENT / "division_names.yml")
    return found


@pytest.fixture(scope="module")
def names(provinces: list[Entry]) -> Mapping[str, str]:
    return {entry["code"]: entry["name"] for _, entry in each(provinces)}


def each(provinces: list[Entry]) -> Iterator[tuple[Entry, Entry]]:
    """Every division with its province; a province is within itself."""
    for province in provinces:
        for entry in (province, *province.get("within", ())):
            yield province, entry


def codes_in_use() -> set[str]:
    """Every code by which shipped firms, parks and statements of coverage name a place."""
    firms = [firm for _, listed in read_folder("firms", CONTENT) for firm in listed]
    parks = [park for _, listed in read_folder("parks", CONTENT) for park in listed]
    coverage = read_yaml(CONTENT / "demo" / "coverage.yml")
    fields = ("province", "city", "district", "region")
    told = (entry.get(field) for entry in [*firms, *parks, *coverage] for field in fields)
    return {code for code in told if code} - {"*"}


def test_no_code_stands_twice(provinces: list[Entry], names: Mapping[str, str]) -> None:
    assert len(names) == sum(1 for _ in each(provinces))
    assert all(len(code) == 6 and code.isdigit() for code in names)


def test_each_division_stands_with_its_province_in_the_order_of_codes(
    provinces: list[Entry],
) -> None:
    for province, entry in each(provinces):
        assert entry["code"][:2] == province["code"][:2]
        assert set(entry) - {"within"} <= {"code", "name", "matched", "basis"}
    assert [p["code"] for p in provinces] == sorted(p["code"] for p in provinces)
    assert all(province["code"].endswith("0000") for province in provinces)


def test_every_province_and_every_prefecture_has_its_name(names: Mapping[str, str]) -> None:
    """As counted by the ministry in charge: 34, and 293 cities, 30 + 7 prefectures, 3 leagues."""
    cities = [code for code in names if code.endswith("00") and not code.endswith("0000")]

    assert sum(code.endswith("0000") for code in names) == 34
    assert len(cities) == 333
    endings = [names[code][-3:] for code in cities]
    assert sum(name.endswith("自治州") for name in endings) == 30
    assert sum(name.endswith("地区") for name in endings) == 7
    assert sum(name.endswith("盟") for name in endings) == 3
    assert sum(name.endswith("市") for name in endings) == 293


def test_every_county_of_jilin_has_its_name_and_its_prefecture(names: Mapping[str, str]) -> None:
    counties = [code for code in names if code.startswith("22") and not code.endswith("00")]

    assert len(counties) == 60
    assert {f"{code[:4]}00" for code in counties} <= names.keys()


def test_counties_outside_jilin_are_those_their_province_runs_itself(
    names: Mapping[str, str],
) -> None:
    counties = {code for code in names if not code.endswith("00") and not code.startswith("22")}

    assert {code[2:4] for code in counties} == {"90"}
    assert {code[:2] for code in counties} == {"41", "42", "46", "65"}
    assert names["429004"] == "仙桃市"


def test_every_place_that_shipped_firms_parks_and_coverage_name_has_a_name(
    names: Mapping[str, str],
) -> None:
    used = codes_in_use()

    assert len(used) > 100
    assert not used - names.keys()


def test_a_changed_code_leads_to_the_name_that_stands_in_the_list(
    names: Mapping[str, str],
) -> None:
    for change in read_yaml(CONTENT / "divisions.yml"):
        assert change["code"] not in names, change["code"]
        if change["became"].endswith("00") or change["became"].startswith("22"):
            assert names[change["became"]] == change["title"]


def test_what_the_list_calls_matched_stands_under_that_name_and_the_rest_does_not(
    provinces: list[Entry], sets: NamedSets
) -> None:
    for province, entry in each(provinces):
        assert province["matched"] == "admin_divisions"
        is_found = sets.divisions.get(entry["code"]) == entry["name"]
        assert is_found == (entry.get("basis") != "recalled"), entry
