"""The keys by which sources name the same bodies, strongest first."""

from __future__ import annotations

from chaintwin.kit.chinese import name_key
from chaintwin.model.fact import Subject

# Beijing before Shanghai and Shenzhen: 920 is Beijing, 900 is a Shanghai B share.
_EXCHANGES = (("920", "BJ"), ("4", "BJ"), ("8", "BJ"), ("6", "SH"), ("9", "SH"), ("0", "SZ"))
_OTHERWISE = "SZ"


def stock_code(digits: str) -> str:
    """Return a stock code with its exchange; codes that carry one already are kept."""
    digits = digits.strip().upper()
    if "." in digits:
        return digits
    for start, exchange in _EXCHANGES:
        if digits.startswith(start):
            return f"{digits}.{exchange}"
    return f"{digits}.{_OTHERWISE}"


def company(
    *,
    credit: str | None = None,
    stock: str | None = None,
    name: str | None = None,
    short: str | None = None,
) -> Subject:
    """Return a firm by what is known of it; the short name must be that of a listed firm."""
    keys = [
        ("credit_code", credit),
        ("stock", stock),
        ("company_name", name and name_key(name)),
        ("company_short", short and name_key(short)),
    ]
    return Subject("Company", tuple((scheme, value) for scheme, value in keys if value))


def product(name: str) -> Subject:
    """Return a product by its name in trade."""
    return Subject("Product", (("product_name", name_key(name)),))


def traded_product(code: str) -> Subject:
    """Return a product of world trade by its four digits of HS 1992."""
    return Subject("Product", (("hs_code", code),))


def industry_named(name: str) -> Subject:
    """Return an industry of a classification that has names but no GB/T 4754 code."""
    return Subject("Industry", (("industry_name", name_key(name)),))


def chain(code: str) -> Subject:
    """Return a chain by its short code."""
    return Subject("Chain", (("chain_code", code),))


def link(code: str) -> Subject:
    """Return a link by `<chain>/<link>`."""
    return Subject("ChainLink", (("link_code", code),))


def region(code: str) -> Subject:
    """Return a division by its six digits."""
    return Subject("Region", (("division_code", code),))


def park(name: str) -> Subject:
    """Return a park by its full name."""
    return Subject("Park", (("park_name", name_key(name)),))


def parcel(code: str) -> Subject:
    """Return a parcel by its number."""
    return Subject("Parcel", (("parcel_code", code),))


def project(code: str) -> Subject:
    """Return a project by its number."""
    return Subject("Project", (("project_code", code),))


def concept(name: str) -> Subject:
    """Return a name that no source has told the kind of."""
    return Subject("Concept", (("concept_name", name_key(name)),))


def source(name: str) -> Subject:
    """Return the body that carries what is said of a source itself."""
    return Subject("Source", (("source_name", name),))
