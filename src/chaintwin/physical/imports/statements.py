"""Turns accepted rows into statements. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from chaintwin.kit.chinese import name_key
from chaintwin.model.fact import Basis, Moment, Statement, Subject, Value
from chaintwin.physical import keys
from chaintwin.physical.imports.columns import BY_ATTRIBUTE
from chaintwin.physical.imports.core import Firm

CONFIDENCE = 90
MANY = ("industry", "product")


@dataclass(frozen=True, slots=True)
class Setting:
    """What is the same for every row: the day the list was true, its name, the parks' bodies."""

    source: str
    record: str
    as_of: Moment
    parks: Mapping[str, int]
    unit_of: Mapping[str, str | None]


def subject_of(firm: Firm) -> Subject:
    """Return the firm of a row by its keys; a short name counts only beside a stock code."""
    stock = firm.text("stock")
    return keys.company(
        credit=firm.text("credit_code"),
        stock=stock,
        name=firm.text("name"),
        short=firm.text("short_name") if stock else None,
    )


def firm_statements(
    firm: Firm, setting: Setting, gone: Iterable[tuple[str, str]]
) -> Iterator[Statement]:
    """Yield what a row says; `gone` are (attribute, value key) that the list no longer names."""
    about = subject_of(firm)
    more: dict[str, Any] = {
        "valid": setting.as_of,
        "confidence": CONFIDENCE,
        "basis": Basis.REPORTED,
        "source_record": f"{setting.record}#{firm.row}",
    }
    for attribute, value in firm.values.items():
        label = BY_ATTRIBUTE[attribute].label
        if attribute == "product":
            for name in value if isinstance(value, tuple) else ():
                product = keys.product(name)
                yield Statement(product, "name", Value(text=name), **more)
                yield Statement(about, "product", Value(ref=product), **more)
        elif attribute == "industry":
            for code in value if isinstance(value, tuple) else ():
                yield Statement(about, "industry", Value(text=code), **more)
        else:
            typed = _typed(firm, attribute, setting)
            yield Statement(about, attribute, typed, label=label, **more)
    for attribute, key in gone:
        yield Statement(about, attribute, None, value_key=key, **more)


def coverage_statements(
    stated: Iterable[Mapping[str, Any]], setting: Setting, title: str
) -> Iterator[Statement]:
    """Yield what share of reality the list claims to cover, and the source's own name."""
    about = keys.source(setting.source)
    yield Statement(about, "name", Value(text=title), source_record=setting.record)
    for said in stated:
        key = f"{said['region']}|{said['industry']}|{said['population']}"
        yield Statement(
            about,
            "coverage",
            Value(data=said),
            value_key=key,
            valid=setting.as_of,
            source_record=setting.record,
        )


def _typed(firm: Firm, attribute: str, setting: Setting) -> Value:
    value, original = firm.values[attribute], firm.originals.get(attribute)
    if isinstance(value, Decimal):
        return Value(number=value, unit=setting.unit_of.get(attribute))
    if attribute == "park":
        return Value(ref=setting.parks[name_key(str(value))], original=original)
    return Value(text=str(value), original=original)
