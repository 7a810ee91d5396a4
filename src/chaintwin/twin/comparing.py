"""A branch beside its parent: what it changes, and what the parent learned meanwhile."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chaintwin.model.fact import FOREVER, Basis
from chaintwin.twin.branches import Room
from chaintwin.twin.differing import Step, compare_rows
from chaintwin.twin.drafts import Key
from chaintwin.twin.store.borrowing import (
    Borrowed,
    Sought,
    Value,
    read_borrowed,
    read_branch_rows,
    read_learned,
)
from chaintwin.twin.store.lines import BranchRow, Line, make_line
from chaintwin.twin.store.rows import Row


@dataclass(frozen=True, slots=True)
class Difference:
    """A series that a branch changed: at the fork, in the branch, and in the parent now.

    `is_conflict` tells that the parent has since learned something else about the same value.
    """

    key: Key
    steps: Sequence[Step]
    after: Sequence[Row]
    now: Sequence[Row]
    is_conflict: bool

    @property
    def value(self) -> Value:
        """Return body, attribute and value key, of which a decision is made as a whole."""
        return self.key[1:]


def compare(room: Room, row: BranchRow, bodies: Sequence[int]) -> list[Difference]:
    """Return what a branch changed of some bodies, by body, attribute, value key and source.

    Derived facts are left out: they follow from the rest.
    """
    line = make_line(room.connection, row)
    parent, sought = line.parent(), Sought(row.tenant, bodies)
    after = _by_key(read_branch_rows(room.connection, row.tenant, row.id, bodies))
    before = _by_key(read_borrowed(room.connection, parent, sought, row.forked_at))
    now = _by_key(read_borrowed(room.connection, parent, sought, FOREVER))
    learned = read_learned(room.connection, parent.branch, row.forked_at, bodies)
    found = [
        _difference(key, before.get(key, ()), after[key], now.get(key, ()), key[1:] in learned)
        for key in sorted(after, key=lambda key: (*key[1:], key[0]))
    ]
    return [one for one in found if one.steps]


def find_conflicts(differences: Iterable[Difference]) -> dict[Value, list[Difference]]:
    """Return what must be decided, by body, attribute and value key."""
    found: dict[Value, list[Difference]] = defaultdict(list)
    for one in differences:
        if one.is_conflict:
            found[one.value].append(one)
    return found


def _difference(
    key: Key, before: Sequence[Row], after: Sequence[Row], now: Sequence[Row], learned: bool
) -> Difference:
    return Difference(
        key,
        compare_rows(before, after),
        after,
        now,
        is_conflict=learned and bool(compare_rows(now, after)),
    )


def _by_key(rows: Iterable[Borrowed]) -> Mapping[Key, list[Row]]:
    found: dict[Key, list[Row]] = defaultdict(list)
    for held in rows:
        if held.row.basis != Basis.DERIVED.value:
            found[held.source, *held.row.series].append(held.row)
    return found


def parent_line(room: Room, row: BranchRow) -> Line:
    """Return the line that a branch left."""
    return make_line(room.connection, row).parent()
