"""Reads firms, their Shenwan industry and their products with share of revenue."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from pathlib import Path

from chaintwin.model.fact import Statement, Value
from chaintwin.model.values import is_date
from chaintwin.physical import keys
from chaintwin.physical.firms import ListedFirms
from chaintwin.physical.making import Maker
from chaintwin.physical.rows import json_rows
from chaintwin.physical.sources.chain_kg_sw2021.statements import product_rows

# The short name stands with the firm; the relation is always 所属行业.
IGNORE_INDUSTRY = frozenset({"company_name", "rel"})
# Of several full names for one code, the file does not say which is the present one.
_UNSURE = 50


def read(folder: Path, make: Maker) -> Iterator[Statement]:
    """Yield firms, then industries, then products; never product → product."""
    yield from _firms(folder, make)
    rows = make.rows("company_industry.json", json_rows(folder / "company_industry.json"))
    for row in rows:
        say = make(keys.company(stock=keys.stock_code(row.pop("company_code"))), row=row)
        evidence = {"classification": "申万2021", "code": row.pop("industry_code")}
        yield say("industry_name", row.pop("industry_name"), evidence=evidence)
        make.all_used(row, IGNORE_INDUSTRY)
    yield from _products(folder, make)


def _firms(folder: Path, make: Maker) -> Iterator[Statement]:
    rows = list(make.rows("company.json", json_rows(folder / "company.json")))
    rows.sort(key=lambda row: keys.stock_code(row["code"]))
    firms = ListedFirms(make, ((keys.stock_code(row["code"]), row["name"]) for row in rows))
    for stock, several in groupby(rows, lambda row: keys.stock_code(row["code"])):
        first, *others = several
        name, short = first.pop("fullname").strip(), first.pop("name").strip()
        also = sorted({row.pop("fullname") for row in others} - {name})
        say = make(firms.subject(stock, None if also else name, short), row=first)
        yield say("stock", stock)
        yield say("short_name", short)
        if also:
            make.note("一个代码有多个全称 several full names for one code")
            yield say("name", name, confidence=_UNSURE, evidence={"also": also})
        else:
            yield say("name", name)
        exchange, listed = first.pop("location"), first.pop("time")
        if exchange in make.source.words["exchange"]:
            yield say("exchange", exchange)
        else:
            make.note("上市地不是交易所名，未采用 exchange not understood, left out")
        if not listed or is_date(listed):
            yield from say.some("listed_on", listed)
        else:
            make.note("上市日期不是日期，未采用 listing date not understood, left out")
        for row in (first, *others):
            make.all_used(row, {"code"} if row is first else {"code", "name", "location", "time"})


def _products(folder: Path, make: Maker) -> Iterator[Statement]:
    named: set[str] = set()
    for row in make.rows("company_product", product_rows(folder / "data.zip")):
        name = " ".join(row.pop("product").split())
        product = keys.product(name)
        if not product.keys[0][1]:
            make.note("产品名只有标点，未采用 product name without a letter, left out")
            continue
        if name not in named:
            named.add(name)
            yield make(product, row=row)("name", name)
        say = make(keys.company(stock=row.pop("company")), row=row)
        weight = Decimal(row.pop("weight"))
        if 0 <= weight <= 1:
            yield say("product", Value(ref=product, number=weight))
        else:
            make.note("收入占比不在 0–1，只取产品 share outside 0–1, product only")
            yield say("product", Value(ref=product, original=str(weight)), confidence=_UNSURE)
        make.all_used(row)
