"""The query languages: q, scopeQ, type selections, languages."""

from __future__ import annotations

from typing import Any

import pytest

from chaintwin.web.ngsi.errors import BadRequest
from chaintwin.web.ngsi.incoming import Entity, Reading, read_entity
from chaintwin.web.ngsi.languages import check_ranges, choose_language
from chaintwin.web.ngsi.q import fits_q, read_q
from chaintwin.web.ngsi.selecting import fits_scopes, fits_types, read_scope_query, read_types
from chaintwin.web.ngsi.terms import core_terms

TERMS = core_terms()


@pytest.fixture(scope="module")
def car() -> Entity:
    given: dict[str, Any] = {
        "id": "urn:ngsi-ld:Vehicle:1",
        "type": "Vehicle",
        "brand": {"type": "Property", "value": "Mercedes"},
        "speed": {
            "type": "Property",
            "value": 55.5,
            "observedAt": "2020-08-01T12:00:00Z",
            "unitCode": "KMH",
            "accuracy": {"type": "Property", "value": 0.9},
        },
        "seats": {"type": "Property", "value": 5},
        "isParked": {"type": "Property", "value": True},
        "tags": {"type": "Property", "value": ["red", "fast"]},
        "address": {
            "type": "Property",
            "value": {"city": "长春", "street": {"name": "人民大街", "number": 10}},
        },
        "built": {"type": "Property", "value": "2019-05-01T00:00:00Z"},
        "tested": {
            "type": "Property",
            "value": {"@type": "DateTime", "@value": "2020-05-01T00:00:00Z"},
        },
        "owner": {"type": "Relationship", "object": "urn:ngsi-ld:Person:1"},
        "label": {"type": "LanguageProperty", "languageMap": {"en": "car", "zh": "车"}},
        "mode": {"type": "VocabProperty", "vocab": "electric"},
        "gap": [
            {"type": "Property", "value": 1},
            {"type": "Property", "value": 9, "datasetId": "urn:d:2"},
        ],
    }
    return read_entity(given, Reading(TERMS))


@pytest.mark.parametrize(
    ("q", "fits"),
    [
        ('brand=="Mercedes"', True),
        ('brand=="Volvo"', False),
        ('brand!="Volvo"', True),
        ('brand=="Volvo","Mercedes"', True),
        ('brand!="Volvo","Mercedes"', False),
        ('colour!="red"', False),
        ("brand", True),
        ("colour", False),
        ("speed==55.5", True),
        ("speed>55", True),
        ("speed>55.5", False),
        ("speed>=55.5", True),
        ("speed<56;seats==5", True),
        ("speed<56;seats==4", False),
        ("speed<50|seats==5", True),
        ("seats==4|seats==5;speed>90", False),
        ("(seats==4|seats==5);speed>50", True),
        ("seats==1..5", True),
        ("seats==6..9", False),
        ("seats!=6..9", True),
        ("seats==1,2,5", True),
        ('seats=="5"', False),
        ("isParked==true", True),
        ("isParked==false", False),
        ('tags=="fast"', True),
        ('tags=="slow"', False),
        ('address[city]=="长春"', True),
        ("address[street.number]>=10", True),
        ('address[street.name]=="其他"', False),
        ("address[zip]", False),
        ("speed.accuracy>0.8", True),
        ('speed.unitCode=="KMH"', True),
        ("speed.observedAt>2020-01-01T00:00:00Z", True),
        ("speed.observedAt>2021-01-01T00:00:00Z", False),
        ("speed.unknown", False),
        ("built==2019-05-01T00:00:00Z", True),
        ("built>2019-06-01T00:00:00Z", False),
        ("tested<2020-06-01T00:00:00Z", True),
        ("owner==urn:ngsi-ld:Person:1", True),
        ('owner=="urn:ngsi-ld:Person:1"', True),
        ("owner==urn:ngsi-ld:Person:2", False),
        ('label[zh]=="车"', True),
        ('label[*]=="car"', True),
        ('label[fr]=="car"', False),
        ('mode=="electric"', True),
        ('brand~="Mer.*"', True),
        ("brand~=^Vol", False),
        ('brand!~="^Vol"', True),
        ("gap==9", True),
        ("gap>9", False),
    ],
)
def test_q_finds_what_fits(car: Entity, q: str, fits: bool) -> None:
    assert fits_q(read_q(q, TERMS), car) is fits


@pytest.mark.parametrize(
    "q",
    ["", "==1", "speed==", "speed>1,2", "(speed>1", "speed>1)", "a;;b", "a|", 'a=="x', "a[b",
     "a[]==1", 'a~="("', "a.b.==1", ";a", "speed>1..5"],
)  # fmt: skip
def test_q_that_breaks_the_grammar_is_refused(q: str) -> None:
    with pytest.raises(BadRequest):
        read_q(q, TERMS)


def test_a_pattern_that_would_run_for_ever_does_not() -> None:
    given = {"id": "urn:a:1", "type": "T", "p": {"type": "Property", "value": "a" * 50_000 + "!"}}
    entity = read_entity(given, Reading(TERMS))

    assert not fits_q(read_q('p~="^(a+)+$"', TERMS), entity)


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ("/Madrid/Gardens", False),
        ("/Madrid/Gardens/North", True),
        ("/Madrid/#", True),
        ("/+/Gardens/North", True),
        ("/+/Gardens", False),
        ("/#", True),
        ("/Paris/#,/Madrid/#", True),
        ("/Paris/#|/Madrid/#", True),
        ("/Madrid/#;/Company/#", True),
        ("/Madrid/#;/Paris/#", False),
        ("(/Paris/#,/Madrid/#);/Company/A", True),
    ],
)
def test_scopes_are_found_by_path_and_by_wildcards(query: str, fits: bool) -> None:
    scopes = ["/Madrid/Gardens/North", "/Company/A"]

    assert fits_scopes(read_scope_query(query), scopes) is fits


@pytest.mark.parametrize("query", ["Madrid", "/Madrid;", "//", "/a b", ""])
def test_a_scope_query_that_breaks_the_grammar_is_refused(query: str) -> None:
    with pytest.raises(BadRequest):
        read_scope_query(query)


@pytest.mark.parametrize(
    ("selection", "fits"),
    [("Car", True), ("Bus", False), ("Bus,Car", True), ("Bus|Car", True), ("Car;Home", True),
     ("(Car;Bus),Home", True), ("Car;(Bus|Boat)", False)],
)  # fmt: skip
def test_types_are_selected_by_and_and_or(selection: str, fits: bool) -> None:
    types = [TERMS.expand("Car"), TERMS.expand("Home")]

    assert fits_types(read_types(selection, TERMS), types) is fits


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [("zh", "zh"), ("en-GB", "en"), ("fr,de;q=0.8", "@none"), ("de;q=0.5,en;q=0.7", "en"),
     ("pt", "pt-BR"), ("en;q=0,zh", "zh"), ("*", "@none")],
)  # fmt: skip
def test_the_language_that_fits_best_is_chosen(wanted: str, chosen: str) -> None:
    texts = {"@none": "n", "en": "e", "zh": "z", "pt-BR": "p"}

    assert choose_language(texts, check_ranges(wanted))[0] == chosen


@pytest.mark.parametrize(
    "number", ["1" + "0" * 400, "-" + "9" * 5_000, "1e400", "1" + "0" * 400 + ".5"]
)
def test_a_number_beyond_all_use_is_refused(number: str) -> None:
    for q in (f"speed=={number}", f"speed>{number}", f"speed==1..{number}"):
        with pytest.raises(BadRequest):
            read_q(q, TERMS)
