"""The frozen record of a change: the facts it opened and closed; and its replay. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chaintwin.kit.problems import Problem
from chaintwin.model.fact import ALWAYS, Basis, Fact

FORM = "chaintwin-change-1"

Record = Mapping[str, Any]
Ranks = Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class ChangeHead:
    """Who changed a body, when, why and from what."""

    change: int
    at: datetime
    actor: str
    reason: str
    source: str


def freeze(
    head: ChangeHead, body: str, facts: Iterable[Fact], code: Callable[[int], str]
) -> dict[str, Any]:
    """Return what a change did to one body; `code` writes the code of a body referred to."""
    held = list(facts)
    return {
        "form": FORM,
        "body": body,
        "change": head.change,
        "at": _instant(head.at),
        "actor": head.actor,
        "reason": head.reason,
        "source": head.source,
        "opened": [_entry(f, code) for f in _by_id(held) if f.change == head.change],
        "closed": [_entry(f, code) for f in _by_id(held) if f.known_to == head.at],
    }


def canonical(record: Record) -> bytes:
    """Return a record as bytes: UTF-8, keys in order, no spaces; equal records, equal bytes."""
    text = json.dumps(
        record, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return text.encode()


def read_record(data: bytes) -> Record:
    """Read a frozen record; raise Problem for another form."""
    record: Record = json.loads(data)
    if record.get("form") != FORM:
        raise Problem(
            f"变更记录格式“{record.get('form')}”无法识别。", "This change record has another form."
        )
    return record


def replay(
    records: Iterable[Record], body: str, valid_at: datetime, known_at: datetime, ranks: Ranks
) -> dict[tuple[str, str], tuple[int, Any]]:
    """Return (attribute, value key) → (fact, value) of a body from its change records alone.

    `ranks` gives the rank of (attribute, source), the lowest being shown; the order is that of
    the store: a person's ruling, rank, own tenant, confidence, latest start.
    """
    series: dict[tuple[str, str, str], Record] = {}
    for entry in _believed(records, body, known_at):
        if _start(entry) > valid_at:
            continue
        name = (entry["attribute"], entry["value_key"], entry["source"])
        if name not in series or _start(entry) >= _start(series[name]):
            series[name] = entry
    shown: dict[tuple[str, str], Record] = {}
    for entry in series.values():
        place = (entry["attribute"], entry["value_key"])
        if not entry["ended"] and (
            place not in shown or _order(entry, ranks) < _order(shown[place], ranks)
        ):
            shown[place] = entry
    return {place: (entry["fact"], entry["value"]) for place, entry in shown.items()}


def _believed(records: Iterable[Record], body: str, known_at: datetime) -> list[Record]:
    held: dict[int, Record] = {}
    for record in sorted(records, key=lambda one: int(one["change"])):
        if record["body"] != body or datetime.fromisoformat(record["at"]) > known_at:
            continue
        for entry in record["closed"]:
            held.pop(entry["fact"], None)
        held |= {entry["fact"]: entry for entry in record["opened"]}
    return list(held.values())


def _order(entry: Record, ranks: Ranks) -> tuple[Any, ...]:
    return (
        entry["basis"] != Basis.RULED.name.lower(),
        ranks.get((entry["attribute"], entry["source"]), 100),
        entry["public"],
        -entry["confidence"],
        -(_start(entry) - ALWAYS).total_seconds(),
        entry["source"],
    )


def _start(entry: Record) -> datetime:
    text = entry["valid_from"]
    return ALWAYS if text is None else datetime.fromisoformat(text)


def _by_id(facts: Iterable[Fact]) -> list[Fact]:
    return sorted(facts, key=lambda fact: fact.id)


def _entry(fact: Fact, code: Callable[[int], str]) -> dict[str, Any]:
    return {
        "fact": fact.id,
        "attribute": fact.attribute,
        "value_key": fact.value_key,
        "value": _plain(fact),
        "ref": None if fact.ref is None else code(fact.ref),
        "text": fact.text,
        "data": fact.data,
        "unit": fact.unit,
        "original": fact.original,
        "ended": fact.ended,
        "valid_from": None if fact.valid_from is None else _instant(fact.valid_from),
        "precision": fact.precision.value,
        "known_from": _instant(fact.known_from),
        "source": fact.source,
        "source_record": fact.source_record,
        "evidence": fact.evidence,
        "basis": fact.basis.name.lower(),
        "confidence": fact.confidence,
        "label": int(fact.label),
        "public": fact.tenant == 1,
    }


def _plain(fact: Fact) -> Any:
    if fact.number is not None:
        return format(fact.number, "f")
    return fact.text if fact.text is not None else fact.data


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")
