"""What shipped content claims to have been matched, and whether the named sets bear it out."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .named_sets import Firm, NamedSets

Entry = Mapping[str, Any]  # one firm, link or chain as its YAML file has it


def false_chain_claims(chain: Entry, sets: NamedSets) -> list[str]:
    """Every matched claim of a chain that its data set does not hold, as a sentence."""
    return [
        f"{chain['chain']}/{link['code']} {source['claim']}: {words} 不在 {source['in']}"
        for link in chain["links"]
        for source in link["source"]
        if source["basis"] == "matched"
        for words in source["match"]
        if not _chain_claim_holds(link, source, words, sets)
    ]


def unknown_industries(chain: Entry, sets: NamedSets) -> list[str]:
    """Industry codes of a chain that GB/T 4754-2017 does not have."""
    return [
        f"{chain['chain']}/{link['code']}: {code}"
        for link in chain["links"]
        for code in link["industries"]
        if code not in sets.industries
    ]


def _chain_claim_holds(link: Entry, source: Entry, words: str, sets: NamedSets) -> bool:
    if source["claim"] == "industries":
        nodes = (sets.industries.get(code, {}) for code in link["industries"])
        texts = [f"{node.get('name', '')}\n{node.get('description', '')}" for node in nodes]
        return any(words in text for text in texts)
    if source["claim"] == "products" and words not in link["products"]:
        return False
    if source["in"] == "chain_kg_sw2021":
        return words in sets.product_names
    if source["in"] == "ickg25":
        return words in sets.entities
    return sets.mentions(source["in"], words)


def false_firm_claims(firm: Entry, sets: NamedSets) -> list[str]:
    """Every matched claim of a firm that its data set does not hold, as a sentence."""
    fields = [
        f"{firm['name']} {field}: {firm.get(field)} 不在 {data_set}"
        for field, data_set in firm["matched"].items()
        if not FIELD_CHECKS[field](firm, data_set, sets)
    ]
    products = [
        f"{firm['name']} {product} 不在 {data_set}"
        for product, data_set in product_claims(firm)
        if not makes(firm, product, data_set, sets)
    ]
    return fields + products


def product_claims(firm: Entry) -> Iterator[tuple[str, str]]:
    """(product, data set) of each matched product and of each link placed by a product."""
    for product, data_set in firm["products"].items():
        if data_set is not None:
            yield product, data_set
    for evidence in firm["links"].values():
        if evidence:
            yield evidence["product"], evidence["in"]


def makes(firm: Entry, product: str, data_set: str, sets: NamedSets) -> bool:
    """Does the set say literally that this firm has to do with this product?"""
    short = firm.get("short", firm["name"])
    names = {firm["name"], short, re.sub(r"-[A-Z]+$", "", short)}  # 亿华通-U: 未盈利标记
    if data_set == "chain_kg_sw2021":
        return (firm.get("stock"), product) in sets.sales
    if data_set == "ickg25":
        return any(
            (name, product) in sets.events or (product, name) in sets.events for name in names
        )
    told = sets.firms_by(data_set, "name").get(firm["name"], ())
    return any(product in row.about for row in told)


def _rows_about(firm: Entry, data_set: str, sets: NamedSets) -> list[Firm]:
    """What a set tells of a firm, found by its stock code, else its full name."""
    if stock := firm.get("stock"):
        code, _, market = stock.partition(".")
        rows = sets.firms_by(data_set, "stock").get(code, ())
        if found := [row for row in rows if row.market in ("", market)]:
            return found
    return list(sets.firms_by(data_set, "name").get(firm["name"], ()))


def _has_name(firm: Entry, data_set: str, sets: NamedSets) -> bool:
    return any(row.name == firm["name"] for row in _rows_about(firm, data_set, sets))


def _has_short(firm: Entry, data_set: str, sets: NamedSets) -> bool:
    if data_set == "ickg25":
        return firm["short"] in sets.entities
    return any(row.short == firm["short"] for row in _rows_about(firm, data_set, sets))


def _has_stock(firm: Entry, data_set: str, sets: NamedSets) -> bool:
    code = firm["stock"][:6]
    return any(row.stock == code for row in _rows_about(firm, data_set, sets))


def _has_province(firm: Entry, data_set: str, sets: NamedSets) -> bool:
    title = sets.divisions[firm["province"]]
    return any(
        (row.area and (title.startswith(row.area) or (title, row.area) == ("广东省", "深圳")))
        or title in row.address
        for row in _rows_about(firm, data_set, sets)
    )


def _has_city(firm: Entry, data_set: str, sets: NamedSets) -> bool:
    title = sets.divisions[firm["city"]]
    inside = [title, title.removesuffix("市")] + [
        name
        for code, name in sets.divisions.items()
        if code[:4] == firm["city"][:4] and name.endswith(("市", "县"))
    ]
    return any(
        any(name in row.address for name in inside) or (title, row.area) == ("深圳市", "深圳")
        for row in _rows_about(firm, data_set, sets)
    )


def _has_district(firm: Entry, data_set: str, sets: NamedSets) -> bool:
    title = sets.divisions[firm["district"]]
    return any(title in row.address for row in _rows_about(firm, data_set, sets))


FIELD_CHECKS: Mapping[str, Callable[[Entry, str, NamedSets], bool]] = {
    "name": _has_name,
    "short": _has_short,
    "stock": _has_stock,
    "province": _has_province,
    "city": _has_city,
    "district": _has_district,
}
