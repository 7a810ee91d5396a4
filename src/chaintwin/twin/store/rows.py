"""Fact rows on their way into the store: one text form for COPY and for the ledger."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from chaintwin.model.fact import ALWAYS, Basis, Statement

# The immutable columns in the order in which a ledger leaf commits to them.
COLUMNS = (
    "id", "body", "ref", "valid_from", "known_from", "change", "tenant", "branch", "attribute",
    "source", "confidence", "label", "precision", "basis", "ended", "value_key", "text", "number",
    "data", "unit", "original", "language", "code_list", "source_record", "evidence",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One fact row as it will be stored; `valid_from` is already text."""

    body: int
    attribute: int
    value_key: str
    valid_from: str
    precision: str
    ended: bool
    content: tuple[str | None, ...]  # ref, text, number, data, unit, original, language
    confidence: int
    label: int
    basis: str
    source_record: str | None
    evidence: str | None
    code_list: str | None

    @property
    def series(self) -> tuple[int, int, str]:
        """Return what, with tenant, branch and source, names the series."""
        return self.body, self.attribute, self.value_key

    @property
    def said(self) -> tuple[Any, ...]:
        """Return all that makes a repeated statement say something new."""
        return self.ended, self.content, self.confidence, self.label, self.basis

    def starting(self, valid_from: str, precision: str) -> Row:
        """Return the same value from another start."""
        return replace(self, valid_from=valid_from, precision=precision)

    def ending(self, valid_from: str, precision: str) -> Row:
        """Return the end of this series at a moment."""
        return replace(
            self, valid_from=valid_from, precision=precision, ended=True, content=(None,) * 7
        )


@lru_cache(maxsize=10_000)
def write_moment(at: datetime) -> str:
    """Write an instant as PostgreSQL does in UTC."""
    if at == ALWAYS:
        return "-infinity"
    text = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f").rstrip("0").rstrip(".")
    return f"{text}+00"


def write_json(value: Any) -> str | None:
    """Write data in one fixed form."""
    if value is None:
        return None
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def _number(number: Decimal | None) -> str | None:
    return None if number is None else format(number, "f")


def make_row(said: Statement, body: int, ref: int | None, attribute: int, key: str) -> Row:
    """Turn a statement about known bodies into a row; `key` parts values of one attribute."""
    value = said.value
    content: tuple[str | None, ...] = (None,) * 7
    if value is not None:
        content = (
            None if ref is None else str(ref), value.text, _number(value.number),
            write_json(value.data), value.unit, value.original, value.language,
        )  # fmt: skip
    return Row(
        body=body,
        attribute=attribute,
        value_key=key or ("" if ref is None else str(ref)),
        valid_from=write_moment(said.valid.at),
        precision=said.valid.precision.value,
        ended=value is None,
        content=content,
        confidence=min(said.confidence, 50) if said.basis is Basis.RECALLED else said.confidence,
        label=int(said.label),
        basis=said.basis.value,
        source_record=said.source_record,
        evidence=write_json(said.evidence),
        code_list=said.code_list,
    )


def escape(text: str | None) -> str:
    """Write a text as COPY does."""
    if text is None:
        return "\\N"
    if "\\" in text or "\t" in text or "\n" in text or "\r" in text:
        return (
            text.replace("\\", "\\\\")
            .replace("\t", "\\t")
            .replace("\n", "\\n")
            .replace("\r", "\\r")
        )
    return text
