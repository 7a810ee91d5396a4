"""Names and the IRIs they stand for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chaintwin.web.ngsi.errors import BadRequest
from chaintwin.web.ngsi.terms import core_document, core_terms, make_terms

DEFAULT = "https://uri.etsi.org/ngsi-ld/default-context/"
# Two of the published core contexts disagree with one another here; the later one is followed.
_MENDED = {"attributeCount", "attributeDetails", "entityMap"}
_OLDER = {"objectsLists"}


def nothing(address: str) -> Any:
    raise AssertionError(address)


def test_names_without_a_context_lie_in_the_default_one() -> None:
    terms = core_terms()

    assert terms.expand("speed") == DEFAULT + "speed"
    assert terms.compact(DEFAULT + "speed") == "speed"
    assert terms.expand("location") == "https://uri.etsi.org/ngsi-ld/location"
    assert terms.expand("http://example.org/a") == "http://example.org/a"


@pytest.mark.parametrize(
    ("name", "iri"),
    [
        ("Vehicle", "http://example.org/Vehicle"),
        ("ex:Boat", "http://example.org/Boat"),
        ("wheels", "http://example.org/wheels"),
        ("speed", "http://example.org/velocity"),
        ("location", "https://uri.etsi.org/ngsi-ld/location"),
        ("other", DEFAULT + "other"),
        ("urn:x:y", "urn:x:y"),
    ],
)
def test_a_callers_context_names_but_the_core_context_rules(name: str, iri: str) -> None:
    given = {
        "ex": "http://example.org/",
        "Vehicle": "ex:Vehicle",
        "wheels": {"@id": "ex:wheels", "@type": "@id"},
        "speed": "http://example.org/velocity",
        "location": "ex:elsewhere",
        "@vocab": "http://ignored.example.org/",
    }
    terms = make_terms([given], nothing)

    assert terms.expand(name) == iri
    assert terms.expand(terms.compact(iri)) == iri


def test_what_no_term_names_is_shortened_by_a_prefix_or_stays_whole() -> None:
    terms = make_terms({"ex": "http://example.org/", "name": "ex:name"}, nothing)

    assert terms.compact("http://example.org/length") == "ex:length"
    assert terms.compact("http://elsewhere.org/length") == "http://elsewhere.org/length"
    assert terms.compact(DEFAULT + "name") == "ngsi-ld:default-context/name"


def test_contexts_are_fetched_in_order_and_later_ones_win() -> None:
    files = {
        "http://a.org/c": {"T": "http://a.org/T", "U": "http://a.org/U"},
        "http://b.org/c": ["http://a.org/c", {"T": "http://b.org/T"}],
    }

    terms = make_terms("http://b.org/c", files.__getitem__)

    assert (terms.expand("T"), terms.expand("U")) == ("http://b.org/T", "http://a.org/U")


@pytest.mark.parametrize(
    "given", [3, True, ["x y"], {"T": 3}, "no address", {"a": "b:c", "b": "a:d"}]
)
def test_what_is_no_context_is_refused(given: Any) -> None:
    with pytest.raises(BadRequest):
        make_terms(given, nothing)


@pytest.mark.needs("shared")
@pytest.mark.parametrize(
    "name",
    ["ngsi-ld-core-context-v1.8-from-scorpio-migration.jsonld", "ngsi-ld-core-context-v1.9.jsonld"],
)
def test_the_shipped_core_context_is_the_published_one(shared: Path, name: str) -> None:
    published = json.loads((shared / "data/ngsi_ld_contexts" / name).read_text("utf-8"))["@context"]
    shipped = core_document()["@context"]

    for term, meaning in published.items():
        if term in _MENDED and "1.8" in name:
            continue
        expected = meaning["@id"] if term == "ngsildproof" else meaning
        assert shipped[term] == expected, term


@pytest.mark.needs("shared")
def test_the_shipped_core_context_adds_nothing(shared: Path) -> None:
    folder = shared / "data/ngsi_ld_contexts"
    latest = json.loads((folder / "ngsi-ld-core-context-v1.9.jsonld").read_text("utf-8"))

    assert set(core_document()["@context"]) - set(latest["@context"]) == _OLDER
