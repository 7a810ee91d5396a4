"""Turns the rows of the store into bodies, facts and changes as a view shows them. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from chaintwin.model.fact import Basis, Fact, Label, Precision
from chaintwin.twin.identity.groups import NO_GROUPS, SAME_AS, Groups
from chaintwin.twin.state import BodyState, ChangeRecord, Entries, Held
from chaintwin.twin.store.names import Names
from chaintwin.twin.store.reading import StateRow
from chaintwin.twin.store.resolve import entry_name, split_entry

# Who may not read every fact of a change may not read why it was made.
_JUDGED = f"{SAME_AS}/"
_WITHHELD = "含您无权阅读的密级内容，理由不显示 · withheld: it holds labels you may not read"


@dataclass(frozen=True, slots=True)
class States:
    """Merges the rows of tenants and labels into one state per body."""

    names: Names
    code: Callable[[int], str]
    groups: Groups = NO_GROUPS

    def in_order(self, rows: Iterable[StateRow], bodies: Sequence[int]) -> list[BodyState]:
        """Return the bodies in the order asked for; those without a row are left out.

        Bodies judged to be one are shown as one, where the first of them was asked for.
        """
        merged = self._by_body(rows)
        return [self.of_rows(merged[body]) for body in self.groups.fold(bodies) if body in merged]

    def by_number(self, rows: Iterable[StateRow]) -> list[BodyState]:
        """Return every body that has a row, by number."""
        merged = self._by_body(rows)
        return [self.of_rows(merged[body]) for body in sorted(merged)]

    def bare(self, rows: Iterable[StateRow]) -> dict[int, Entries]:
        """Return the same states as the store keeps them, without reading each entry."""
        return {
            body: Entries(self.names.name("kind", same[0][1]), self._winning(same))
            for body, same in self._by_body(rows).items()
        }

    def of_rows(self, rows: Sequence[StateRow]) -> BodyState:
        """Return the one state that the rows of a body come to, by the order of authority."""
        body = self.groups.canonical(rows[0][0])
        kind = next((row[1] for row in rows if row[0] == body), rows[0][1])
        entries = self._winning(rows)
        attributes: dict[str, list[Held]] = {}
        for key in sorted(entries):
            attribute, value_key, entry = split_entry((key, entries[key]))
            attributes.setdefault(attribute, []).append(self._held(value_key, entry))
        name = self.names.name("kind", kind)
        return BodyState(body, self.code(body), name, max(row[2] for row in rows), attributes)

    def _by_body(self, rows: Iterable[StateRow]) -> dict[int, list[StateRow]]:
        merged: dict[int, list[StateRow]] = {}
        for row in rows:
            merged.setdefault(self.groups.canonical(row[0]), []).append(row)
        return merged

    def _winning(self, rows: Sequence[StateRow]) -> dict[str, dict[str, Any]]:
        """Return the entries of one body, each the one that the order of authority shows."""
        first, *others = map(self._entries, rows)
        entries = dict(first)
        for other in others:
            for key, entry in other.items():
                if key not in entries or _authority(entry) < _authority(entries[key]):
                    entries[key] = entry
        return entries

    def _entries(self, row: StateRow) -> dict[str, dict[str, Any]]:
        """Return the entries of a row, without judgements and about the bodies shown."""
        if not self.groups.is_judged:
            return row[3]
        shown = map(self._shown, row[3].items())
        return {key: entry for key, entry in shown if not key.startswith(_JUDGED)}

    def _shown(self, item: tuple[str, dict[str, Any]]) -> tuple[str, dict[str, Any]]:
        """Return an entry that names the body shown instead of a member of it."""
        key, entry = item
        ref = entry["r"]
        shown = ref if ref is None else self.groups.canonical(ref)
        if shown == ref:
            return item
        key = key.removesuffix(f"/{ref}") + f"/{shown}" if key.endswith(f"/{ref}") else key
        return key, {**entry, "r": shown}

    def _held(self, key: str, entry: dict[str, Any]) -> Held:
        return Held(
            fact=entry["i"],
            key=key,
            value=entry["d"] if entry["v"] is None else entry["v"],
            ref=entry["r"],
            source=self.names.name("source", entry["s"]),
            tenant=entry["n"],
            basis=Basis(entry["b"]),
            confidence=entry["c"],
            valid_from=_instant(entry["f"]),
            precision=entry["p"],
            known_from=_moment(entry["k"]),
            label=Label(entry["l"]),
            unit=entry["u"],
            data=entry["d"],
        )


def bodies_to_order(rows: Iterable[StateRow], attributes: Collection[str], tenant: int) -> set[int]:
    """Return the bodies of which others than a tenant state something of some attributes."""
    first = {entry_name(name) for name in attributes}
    return {
        row[0]
        for row in rows
        if any(e["n"] != tenant and key.partition("/")[0] in first for key, e in row[3].items())
    }


def without(
    rows: Iterable[StateRow], bodies: Collection[int], attributes: Collection[str]
) -> list[StateRow]:
    """Return rows without some attributes of some bodies."""
    first = {entry_name(name) for name in attributes}
    return [
        (row[0], row[1], row[2],
         {key: e for key, e in row[3].items() if key.partition("/")[0] not in first})
        if row[0] in bodies else row
        for row in rows
    ]  # fmt: skip


def make_fact(row: Iterable[Any]) -> Fact:
    """Return the fact of a row whose columns are those of `store.reading.FACT`."""
    values = list(row)
    values[14] = Basis(values[14])
    values[16] = Label(values[16])
    values[18] = Precision(values[18])
    return Fact(*values)


def trace_copies(facts: Sequence[tuple[Fact, int]], branches: Sequence[int]) -> dict[int, Fact]:
    """Return every fact of a line by its number, copies as the row of the parent they carry on.

    Touching a series in a branch copies what the parent held of it. There a row of the parent ends
    when its copy does, and at the touch where there is none. `facts` come with their branches,
    `branches` are those of the line, nearest first.
    """
    held = {fact.id: fact for fact, branch in facts if branch == branches[-1]}
    for branch in reversed(branches[:-1]):
        own: dict[Any, list[Fact]] = defaultdict(list)
        for fact, where in facts:
            if where == branch:
                own[_series(fact)].append(fact)
        for rows in own.values():
            _carry(held, rows)
    return held


def _carry(held: dict[int, Fact], rows: Sequence[Fact]) -> None:
    """Add the rows a branch holds of one series to what its parents hold."""
    touched = min(fact.known_from for fact in rows)
    copies = {_said(fact): fact for fact in rows if fact.known_from == touched}
    carried: set[int] = set()
    for number, fact in list(held.items()):
        if fact.known_to is None and _series(fact) == _series(rows[0]):
            copy = copies.get(_said(fact))
            held[number] = replace(fact, known_to=copy.known_to if copy else touched)
            if copy:
                held[copy.id] = held[number]
                carried.add(copy.id)
    for fact in rows:
        # A blank start only says that the branch answers for the series.
        if fact.id not in carried and not (fact.ended and fact.valid_from is None):
            held[fact.id] = fact


def _series(fact: Fact) -> tuple[Any, ...]:
    return fact.tenant, fact.attribute, fact.value_key, fact.source


def _said(fact: Fact) -> tuple[Any, ...]:
    return (
        fact.valid_from, fact.ended, fact.text, fact.number, fact.ref, repr(fact.data),
        fact.confidence, fact.label, fact.basis,
    )  # fmt: skip


def make_change(row: Sequence[Any]) -> ChangeRecord:
    """Return a change; its reason is withheld from who may not read all of it."""
    *fields, readable = row
    record = ChangeRecord(*fields)
    return record if readable == record.opened else replace(record, reason=_WITHHELD)


def _instant(text: str | None) -> datetime | None:
    return None if text is None else _moment(text)


@lru_cache(maxsize=8192)
def _moment(text: str) -> datetime:
    """Return a moment; whoever holds many facts of one moment holds one object."""
    return datetime.fromisoformat(text).astimezone(UTC)


def _authority(entry: dict[str, Any]) -> tuple[Any, ...]:
    return (
        entry["b"] != Basis.RULED,
        entry["a"],
        entry["n"] == 1,
        -entry["c"],
        _reversed(entry["f"]),
        entry["s"],
    )


def _reversed(moment: str | None) -> float:
    found = _instant(moment)
    return float("inf") if found is None else -found.timestamp()
