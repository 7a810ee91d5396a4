"""Checks a purchase list row by row and turns its rows into statements. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from chaintwin.kit.chinese import name_key
from chaintwin.kit.digests import sha256
from chaintwin.model.fact import Basis, Moment, Statement, Subject, Value
from chaintwin.physical.imports.core import Checked, Known, check_cells, make_error
from chaintwin.physical.imports.errors import RowError
from chaintwin.physical.imports.reading import Line
from chaintwin.physical.purchases.columns import LABEL, LAYOUT

CONFIDENCE = 90
_KIND, _SCHEME = "Purchase", "purchase_line"


@dataclass(frozen=True, slots=True)
class Purchase:
    """One accepted row; `supplier` is the body of the supplier, None while it is not known."""

    row: int
    values: Mapping[str, Checked]
    supplier: int | None

    def text(self, attribute: str) -> str:
        """Return a checked text; empty where the row is silent."""
        return str(self.values.get(attribute, ""))


@dataclass(frozen=True, slots=True)
class Outcome:
    """The rows that may enter, and every error of those that may not."""

    purchases: tuple[Purchase, ...]
    errors: tuple[RowError, ...]
    rejected: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """What is the same for every row: the buyer, the day the list was true, and its name."""

    buyer: int
    buyer_code: str
    as_of: Moment
    record: str


def check_lines(lines: Iterable[Line], known: Known) -> Outcome:
    """Check every row by itself and against the rows above it."""
    purchases: list[Purchase] = []
    errors: list[RowError] = []
    rejected: list[int] = []
    first: dict[tuple[str, str, str], int] = {}
    for line in lines:
        values, _, found = check_cells(line, known, LAYOUT)
        one = Purchase(line.number, values, _find_supplier(values, known))
        found = found or list(_disagrees(one, known, first))
        if found:
            errors += found
            rejected.append(line.number)
        else:
            first[_identity(one)] = line.number
            purchases.append(one)
    return Outcome(tuple(purchases), tuple(errors), tuple(rejected))


def _find_supplier(values: Mapping[str, Checked], known: Known) -> int | None:
    code, name = str(values.get("credit_code", "")), str(values.get("supplier", ""))
    found = known.by_code.get(code)
    return known.by_name.get(name_key(name)) if found is None and name else found


def _disagrees(
    one: Purchase, known: Known, first: Mapping[tuple[str, str, str], int]
) -> Iterator[RowError]:
    columns = LAYOUT.by_attribute
    item = one.text("item")
    if not name_key(item):
        yield make_error(one.row, columns["item"], item, "bad_item")
        return
    above = first.get(_identity(one))
    if above is not None:
        yield make_error(one.row, columns["item"], item, "repeated", first=above)
    code, name = one.text("credit_code"), one.text("supplier")
    by_name = known.by_name.get(name_key(name)) if name else None
    by_code = known.by_code.get(code)
    if by_name is not None and by_code is not None and by_name != by_code:
        other = known.name_of.get(by_code, "")
        yield make_error(one.row, columns["credit_code"], code, "code_of_other_firm", other=other)


def _identity(one: Purchase) -> tuple[str, str, str]:
    supplier = name_key(one.text("supplier")) or one.text("credit_code")
    return name_key(one.text("item")), name_key(one.text("specification")), supplier


def subject_of(one: Purchase, setting: Setting) -> Subject:
    """Return the purchase by a digest: a key may be read where a secret value may not."""
    told = "\x1f".join((setting.buyer_code, *_identity(one)))
    return Subject(_KIND, ((_SCHEME, sha256(told.encode()).hex()),))


def purchase_statements(one: Purchase, setting: Setting) -> Iterator[Statement]:
    """Yield what a row says of one purchase."""
    about = subject_of(one, setting)
    more: dict[str, Any] = {
        "valid": setting.as_of,
        "confidence": CONFIDENCE,
        "basis": Basis.REPORTED,
        "label": LABEL,
        "source_record": f"{setting.record}#{one.row}",
    }
    yield Statement(about, "buyer", Value(ref=setting.buyer), **more)
    for attribute, column in _STATED.items():
        value = one.values.get(column)
        if isinstance(value, Decimal):
            yield Statement(about, attribute, Value(number=value, unit="万元"), **more)
        elif value is not None:
            yield Statement(about, attribute, Value(text=str(value)), **more)
    if one.supplier is not None:
        yield Statement(about, "supplier", Value(ref=one.supplier), **more)


_STATED: Mapping[str, str] = {
    "name": "item",
    "specification": "specification",
    "amount": "amount",
    "supplier_name": "supplier",
    "supplier_region": "region",
    "note": "note",
}


def end_statements(
    body: int, held: Iterable[tuple[str, str]], setting: Setting
) -> Iterator[Statement]:
    """Yield that a purchase ended, by (attribute, value key): a whole list no longer names it."""
    for attribute, key in held:
        yield Statement(
            body,
            attribute,
            None,
            value_key=key,
            valid=setting.as_of,
            label=LABEL,
            source_record=setting.record,
        )
