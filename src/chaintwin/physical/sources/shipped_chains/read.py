"""Reads the chain graphs of the content folder: chains, links, inputs, recognition words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from chaintwin.model.content import read_folder
from chaintwin.model.fact import Basis, Statement, Value
from chaintwin.physical import keys
from chaintwin.physical.making import Maker, Say
from chaintwin.physical.rows import Row

_MATCHED = 90
# Files of the chain folder that are no chain graphs have no links.


def read(folder: Path, make: Maker) -> Iterator[Statement]:
    """Yield every chain with its stages, then its links in order."""
    found = (
        (f"chains/{path.name}", dict(raw))
        for path, raw in read_folder("chains", folder)
        if "links" in raw
    )
    for row in make.rows("chains", found):
        chain = row.pop("chain")
        links = row.pop("links")
        yield from _chain(make, chain, row)
        numbered = ((f"{row.record}#{link['code']}", link) for link in links)
        for order, link in enumerate(make.rows("links", numbered), 1):
            yield from _link(make, chain, order, link)


def _chain(make: Maker, chain: str, row: Row) -> Iterator[Statement]:
    say = make(keys.chain(chain), row=row)
    title = row.pop("title")
    yield say("name", title["zh"])
    yield from say.some("english_name", title.get("en"))
    yield say("version", row.pop("version"))
    yield say("reference", {**row.pop("reference"), "valid_from": row.pop("valid_from")})
    for order, stage in enumerate(row.pop("stages"), 1):
        yield say("chain_stage", {**stage, "order": order}, key=stage["code"])
    make.all_used(row)


def _link(make: Maker, chain: str, order: int, row: Row) -> Iterator[Statement]:
    claims = {claim["claim"]: claim for claim in row.pop("source")}
    say = make(keys.link(f"{chain}/{row.pop('code')}"), row=row)
    title = row.pop("title")
    yield say("name", title["zh"])
    yield from say.some("english_name", title.get("en"))
    yield say("chain", keys.chain(chain))
    yield say("stage", row.pop("stage"))
    yield from say.some("group", row.pop("group", None))
    yield say("order", order)
    yield from say.some("import_dependence", row.pop("import_dependence", None))
    for code in row.pop("industries"):
        yield _claimed(say, "industry", code, claims.get("industries"))
    products = claims.get("products")
    for name in row.pop("products"):
        is_found = products is not None and name in products.get("match", ())
        yield _claimed(say, "product_name", name, products if is_found else None)
    words = row.pop("words")
    for word in words.get("any", ()):
        yield say("word", word)
    for word in words.get("none", ()):
        yield say("word_not", word)
    for given in row.pop("inputs"):
        yield _input(say, chain, dict(given))
    make.all_used(row)


def _claimed(say: Say, attribute: str, value: str, claim: Mapping[str, Any] | None) -> Statement:
    if claim is None or claim["basis"] != "matched":
        return say(attribute, value)
    evidence = {"in": claim["in"]}
    return say(attribute, value, basis=Basis.MATCHED, confidence=_MATCHED, evidence=evidence)


def _input(say: Say, chain: str, given: dict[str, Any]) -> Statement:
    named = given.pop("link")
    code = named if "/" in named else f"{chain}/{named}"
    given.pop("basis", None)
    return say("input", Value(ref=keys.link(code), data=given))
