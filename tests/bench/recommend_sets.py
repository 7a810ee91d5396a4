"""The public sets as tables for recommending, their seeded splits, and splits from files."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from chaintwin.physical.sources.chain_kg_sw2021.statements import product_rows

# Lines of accounts that are no products: eliminations, adjustments, remainders.
_ACCOUNTS = re.compile(r"平衡项目|抵[销消]|调整|其他|其它|合计|小计|未分配|内部|主营业务|分部")
_RELATION = re.compile(
    r"RELATE \(SELECT \* FROM product WHERE name = '([^\n]*?)'\)->product_product_relation->"
    r"\(SELECT \* FROM product WHERE name = '([^\n]*?)'\) SET name = '([^']*)'"
)
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Firm:
    """A listed firm as the sets know it; "" is unknown."""

    code: str
    name: str
    full_name: str
    listed: str
    area: str
    industry: str
    shenwan: str


def read_firms(data: Path) -> dict[str, Firm]:
    """Return the firms by their six digits, of both sets."""
    full, shenwan = {}, {}
    for row in _json_lines(data / "chain_kg_sw2021" / "company.json"):
        full[row["code"][:6]] = row
    for row in _json_lines(data / "chain_kg_sw2021" / "company_industry.json"):
        shenwan[row["company_code"][:6]] = row["industry_code"]
    with (data / "a_share_basic_2026" / "stock_basic.csv").open(encoding="utf-8-sig") as file:
        basic = {row["symbol"]: row for row in csv.DictReader(file)}
    found = {}
    for code in sorted(full.keys() | basic.keys() | shenwan.keys()):
        here, there = full.get(code, {}), basic.get(code, {})
        found[code] = Firm(
            code,
            there.get("name") or here.get("name", ""),
            here.get("fullname", ""),
            there.get("list_date") or here.get("time", "") or "",
            there.get("area", ""),
            there.get("industry", ""),
            shenwan.get(code, ""),
        )
    return found


def _json_lines(path: Path) -> Iterable[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def read_makers(data: Path) -> list[Pair]:
    """Return (firm, product) without lines of accounts."""
    found = set()
    for _, row in product_rows(data / "chain_kg_sw2021" / "data.zip"):
        name = "".join(row["product"].split())
        if name and not _ACCOUNTS.search(name):
            found.add((row["company"][:6], name))
    return sorted(found)


def read_relations(data: Path) -> dict[str, list[Pair]]:
    """Return product → product by relation: 上游材料, 下游产品, 产品小类."""
    with zipfile.ZipFile(data / "chain_kg_sw2021" / "data.zip") as archive:
        text = archive.read("data.sql").decode()
    found: dict[str, set[Pair]] = defaultdict(set)
    for head, tail, relation in _RELATION.findall(text):
        if head != tail:
            found[relation].add((head.strip(), tail.strip()))
    return {relation: sorted(pairs) for relation, pairs in found.items()}


def share(pairs: Sequence[Pair], least: int = 2) -> tuple[list[Pair], list[Pair]]:
    """Return the pairs whose second part occurs at least `least` times, and the rest."""
    count = Counter(second for _, second in pairs)
    shared = [pair for pair in pairs if count[pair[1]] >= least]
    return shared, [pair for pair in pairs if count[pair[1]] < least]


def read_pairs(path: Path) -> list[Pair]:
    """Return the first two columns of a CSV or TSV with a heading."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        heading = file.readline()
        rows = csv.reader(file, delimiter="\t" if "\t" in heading else ",")
        return [(row[0].strip(), row[1].strip()) for row in rows if len(row) > 1]


def write_pairs(path: Path, heading: Pair, pairs: Iterable[Sequence[str]]) -> None:
    """Write pairs so that `read_pairs` reads them."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([heading, *pairs])


def number(names: Iterable[str]) -> Mapping[str, int]:
    """Return each name's place in sorted order."""
    return {name: at for at, name in enumerate(sorted(set(names)))}
