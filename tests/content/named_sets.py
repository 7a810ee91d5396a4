"""Read the named data sets that shipped content says it was matched with."""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from zipfile import ZipFile

TEXT_SUFFIXES = {".csv", ".html", ".js", ".json", ".jsonl", ".sql", ".ts", ".tsv", ".vue"}
SALE = re.compile(
    r"RELATE company:(\d{6})(SH|SZ|BJ)->company_product_relation->"
    r"\(SELECT \* FROM product WHERE name = '(.*?)'\) SET"
)
SQL_VALUE = r"(?:'(?:[^'\\]|\\.)*'|NULL|-?[\d.]+)"
SQL_ROW = re.compile(rf"\({SQL_VALUE}(?:,{SQL_VALUE})*\)")
SQL_FIELD = re.compile(r"'((?:[^'\\]|\\.)*)'|NULL|(-?[\d.]+)")


@dataclass(frozen=True, slots=True)
class Firm:
    """One firm as a data set tells of it; what the set does not tell is empty."""

    name: str = ""
    short: str = ""
    stock: str = ""  # six digits
    area: str = ""
    address: str = ""
    about: str = ""
    market: str = ""  # SH, SZ or BJ where the set has it


class NamedSets:
    """The data sets, each read once and only when asked for."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def text(self, path: str) -> str:
        return (self.data / path).read_text(encoding="utf-8-sig")

    def rows(self, path: str) -> Iterator[dict[str, str]]:
        """Rows of a CSV file by the names of its columns."""
        return csv.DictReader(self.text(path).splitlines(keepends=True))

    @cached_property
    def industries(self) -> Mapping[str, Mapping[str, str]]:
        """GB/T 4754-2017 code → its name and description."""
        found: dict[str, Mapping[str, str]] = {}
        nodes = [json.loads(self.text("gbt4754_tagged/industry_tree_basic.json"))]
        while nodes:
            node = nodes.pop()
            found[node["code"]] = node
            nodes += node.get("children", [])
        return found

    @cached_property
    def divisions(self) -> Mapping[str, str]:
        """Division code of six digits → name. Townships follow their county under its code."""
        rows = list(self.rows("admin_divisions/data.csv"))
        return {row["code"]: row["name"] for row in reversed(rows)}

    @cached_property
    def product_names(self) -> frozenset[str]:
        lines = self.text("chain_kg_sw2021/product.json").splitlines()
        return frozenset(json.loads(line)["name"] for line in lines)

    @cached_property
    def sales(self) -> frozenset[tuple[str, str]]:
        """(stock code with market, product) pairs."""
        with ZipFile(self.data / "chain_kg_sw2021/data.zip") as archive:
            found = SALE.findall(archive.read("data.sql").decode())
        return frozenset((f"{code}.{market}", product) for code, market, product in found)

    @cached_property
    def _entity_names(self) -> Mapping[str, str]:
        lines = self.text("ickg25/ICKG25/entity2id.txt").splitlines()
        return {number: name for name, number in (line.split("\t")[:2] for line in lines)}

    @cached_property
    def entities(self) -> frozenset[str]:
        return frozenset(self._entity_names.values())

    @cached_property
    def events(self) -> frozenset[tuple[str, str]]:
        """(head, tail) names of the temporal graph, whatever their relation."""
        rows = (
            line.split("\t")
            for part in ("train", "valid", "test")
            for line in self.text(f"ickg25/ICKG25/{part}.txt").splitlines()
        )
        return frozenset((self._entity_names[row[0]], self._entity_names[row[2]]) for row in rows)

    @cache  # noqa: B019 - one instance per test run
    def firms(self, data_set: str) -> tuple[Firm, ...]:
        """All firms of a set that lists firms; none for other sets."""
        reader = getattr(self, f"_read_{data_set}", None)
        return tuple(reader()) if reader else ()

    @cache  # noqa: B019 - one instance per test run
    def firms_by(self, data_set: str, field: str) -> Mapping[str, tuple[Firm, ...]]:
        """Firms by their name, short name or the six digits of their stock code."""
        found: dict[str, tuple[Firm, ...]] = {}
        for firm in self.firms(data_set):
            key = getattr(firm, field)
            found[key] = (*found.get(key, ()), firm)
        return found

    @cache  # noqa: B019 - one instance per test run
    def mentions(self, data_set: str, words: str) -> bool:
        """Does any text file of the set hold these very characters?"""
        files = (file for file in (self.data / data_set).rglob("*") if file.suffix in TEXT_SUFFIXES)
        return any(words in file.read_text(encoding="utf-8", errors="replace") for file in files)

    def _read_a_share_basic_2026(self) -> Iterator[Firm]:
        for row in self.rows("a_share_basic_2026/stock_basic.csv"):
            stock, _, market = row["ts_code"].partition(".")
            yield Firm("", row["name"], stock, row["area"], market=market)

    def _read_a_share_2015_addresses(self) -> Iterator[Firm]:
        sql = self.text("a_share_2015_addresses/wfp_n20151023.sql")
        start = sql.index("INSERT INTO `company_info`")
        for row in SQL_ROW.findall(sql, start, sql.index("UNLOCK TABLES", start)):
            values = [text or number for text, number in SQL_FIELD.findall(row)]
            yield Firm(values[7], values[1], values[0], values[10], values[11])

    def _read_chain_kg_sw2021(self) -> Iterator[Firm]:
        for line in self.text("chain_kg_sw2021/company.json").splitlines():
            row = json.loads(line)
            stock, _, market = row["code"].partition(".")
            yield Firm(row["fullname"], row["name"], stock, market=market)

    def _read_er_aliases(self) -> Iterator[Firm]:
        for line in self.text("er_aliases/short_full_pairs.tsv").splitlines():
            short, _, name = line.partition("\t")
            yield Firm(name.strip(), short.strip())

    def _read_smoothnlp(self) -> Iterator[Firm]:
        for row in self.rows("smoothnlp/companies_5k.csv"):
            about = f"{row['公司介绍']}{row['工商']}"
            yield Firm(row["公司名称"], row["名称"], address=row["地址"] or "", about=about)

    def _read_ickg25(self) -> Iterator[Firm]:
        for name in self.entities:
            yield Firm(name, name)
