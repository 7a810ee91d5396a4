"""The shipped firms are placed on links that exist, and what they call matched is really there."""

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from .claims import FIELD_CHECKS, false_firm_claims, makes
from .named_sets import NamedSets

Firms = list[dict[str, Any]]
KNOWN_FIELDS = {*FIELD_CHECKS, "products", "links", "matched"}


def test_about_six_hundred_firms_ship(firms: Firms) -> None:
    assert len({firm["name"] for firm in firms}) >= 600


def test_every_firm_has_a_full_name_a_product_and_a_link(firms: Firms) -> None:
    wrong = [
        firm["name"]
        for firm in firms
        if set(firm) - KNOWN_FIELDS
        or not {"name", "products", "links", "matched"} <= set(firm)
        or len(firm["name"]) < 5
        or not firm["products"]
        or not firm["links"]
    ]

    assert wrong == []


def test_no_firm_stands_twice_in_one_file(firm_files: Mapping[str, Firms]) -> None:
    for file, firms in firm_files.items():
        names = [firm["name"] for firm in firms]
        stocks = [firm["stock"] for firm in firms if "stock" in firm]

        assert [name for name in names if names.count(name) > 1] == [], file
        assert [stock for stock in stocks if stocks.count(stock) > 1] == [], file


def test_files_that_tell_of_the_same_firm_agree(firms: Firms) -> None:
    for key in ("name", "stock"):
        told: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for firm in firms:
            for field in ("name", "short", "stock", "province", "city", "district"):
                if key in firm and field in firm:
                    told[firm[key]][field].add(firm[field])
        disputed = [
            f"{who} {field}: {sorted(values)}"
            for who, fields in told.items()
            for field, values in fields.items()
            if len(values) > 1
        ]
        assert disputed == []


def test_every_link_of_a_firm_exists_in_a_shipped_chain(
    firms: Firms, chains: Mapping[str, Any]
) -> None:
    known = {f"{name}/{link['code']}" for name, chain in chains.items() for link in chain["links"]}
    lost = [f"{firm['name']}: {link}" for firm in firms for link in set(firm["links"]) - known]

    assert lost == []


def test_evidence_for_a_link_names_its_set_and_its_product_or_nothing(firms: Firms) -> None:
    wrong = [
        f"{firm['name']}: {link}"
        for firm in firms
        for link, evidence in firm["links"].items()
        if evidence and set(evidence) != {"in", "product"}
    ]

    assert wrong == []


def test_codes_of_places_and_stocks_are_well_formed_and_nest(firms: Firms) -> None:
    wrong = []
    for firm in firms:
        province, city, district = (firm.get(key) for key in ("province", "city", "district"))
        wrong += (
            [firm["name"]]
            * (
                not re.fullmatch(r"\d{6}\.(SH|SZ|BJ)", firm.get("stock", "000000.SZ"))
                or not re.fullmatch(r"\d\d0000", province or "000000")
                or not re.fullmatch(r"\d{4}00|\d\d90\d\d", city or "000000")  # 90: 省直辖县级市
                or not re.fullmatch(r"\d{6}", district or "000000")
                or (city is not None and city[:2] != (province or "")[:2])
                or (district is not None and district[:4] != (city or district)[:4])
            )
        )

    assert wrong == []


def test_only_stated_fields_can_be_matched(firms: Firms) -> None:
    wrong = [
        f"{firm['name']}: {field}"
        for firm in firms
        for field in firm["matched"]
        if field not in FIELD_CHECKS or field not in firm
    ]

    assert wrong == []


def test_every_division_code_of_a_firm_exists(firms: Firms, sets: NamedSets) -> None:
    wrong = [
        f"{firm['name']} {key}: {firm[key]}"
        for firm in firms
        for key in ("province", "city", "district")
        if key in firm and firm[key] not in sets.divisions
    ]

    assert wrong == []


def test_everything_a_firm_calls_matched_stands_in_the_set_it_names(
    firms: Firms, sets: NamedSets
) -> None:
    assert [claim for firm in firms for claim in false_firm_claims(firm, sets)] == []


def test_a_made_up_firm_would_be_noticed(sets: NamedSets) -> None:
    firm = {
        "name": "查无此人股份有限公司",
        "short": "查无此人",
        "stock": "999999.SZ",
        "province": "220000",
        "city": "220100",
        "products": {"动力电池": "chain_kg_sw2021"},
        "links": {"nev/battery-cell": {"in": "ickg25", "product": "动力电池"}},
        "matched": {
            "name": "chain_kg_sw2021",
            "short": "a_share_basic_2026",
            "stock": "a_share_basic_2026",
            "province": "a_share_basic_2026",
            "city": "a_share_2015_addresses",
        },
    }

    assert len(false_firm_claims(firm, sets)) == 7


def test_a_real_firm_is_not_taken_to_make_what_the_set_does_not_say(sets: NamedSets) -> None:
    firm = {"name": "宁德时代新能源科技股份有限公司", "short": "宁德时代", "stock": "300750.SZ"}

    assert makes(firm, "动力电池系统", "chain_kg_sw2021", sets)
    assert not makes(firm, "玉米淀粉", "chain_kg_sw2021", sets)
