"""Reads the firms of the content folder and their places on links."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chaintwin.model.content import read_folder
from chaintwin.model.fact import Basis, Statement
from chaintwin.physical import keys
from chaintwin.physical.making import Maker, Say
from chaintwin.physical.rows import Row

_MATCHED = 90


def read(folder: Path, make: Maker) -> Iterator[Statement]:
    """Yield what the files say of each firm; what two files say apart, the better founded first."""
    said = list(_files(folder, make))
    yield from sorted(said, key=lambda statement: -statement.confidence)


def _files(folder: Path, make: Maker) -> Iterator[Statement]:
    for path, raw in read_folder("firms", folder):
        record = f"firms/{path.name}"
        numbered = ((f"{record}#{firm.get('stock') or firm['name']}", firm) for firm in raw or ())
        for row in make.rows("firms", numbered):
            yield from _firm(make, row)


def _firm(make: Maker, row: Row) -> Iterator[Statement]:
    matched = dict(row.pop("matched", {}))
    name, short = row.pop("name"), row.pop("short", None)
    stock = row.pop("stock", None)
    firm = keys.company(stock=stock, name=name, short=short if stock else None)
    say = make(firm, row=row)
    yield say("name", name, **_found(matched.pop("name", None)))
    yield from say.some("short_name", short, **_found(matched.pop("short", None)))
    yield from say.some("stock", stock, **_found(matched.pop("stock", None)))
    province = row.pop("province", None)
    yield from say.some("province", province, **_found(matched.pop("province", None)))
    city, district = row.pop("city", None), row.pop("district", None)
    in_city, in_district = matched.pop("city", None), matched.pop("district", None)
    yield from say.some("region", district or city, **_found(in_district if district else in_city))
    for field in ("industries", "founded_on", "website"):
        yield from _plain(say, field, row.pop(field, None), matched.pop(field, None))
    yield from _products(make, say, row)
    yield from _links(say, row.pop("links", None) or {})
    make.all_used(row)
    if matched:
        make.all_used(Row({f"matched.{field}": None for field in matched}, row.record, row.table))


def _plain(say: Say, field: str, given: Any, found: str | None) -> Iterator[Statement]:
    values = given if isinstance(given, list) else [given]
    for value in values:
        yield from say.some("industry" if field == "industries" else field, value, **_found(found))


def _products(make: Maker, say: Say, row: Row) -> Iterator[Statement]:
    for name, found in (row.pop("products", None) or {}).items():
        product = keys.product(name)
        yield make(product, row=row)("name", name, **_found(found))
        yield say("product", product, **_found(found))


def _links(say: Say, links: dict[str, dict[str, str]]) -> Iterator[Statement]:
    for code, evidence in links.items():
        given = _found(evidence.get("in")) if evidence else {}
        yield say("link", keys.link(code), **{**given, "evidence": dict(evidence) or None})


def _found(where: str | None) -> dict[str, Any]:
    if where is None:
        return {}
    return {"basis": Basis.MATCHED, "confidence": _MATCHED, "evidence": {"in": where}}
