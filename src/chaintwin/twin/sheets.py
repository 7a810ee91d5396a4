"""Stores sheets of one change: the next is made ready while the database stores the one before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from chaintwin.engine.database import Connection
from chaintwin.model.fact import Label
from chaintwin.model.kinds import Kinds
from chaintwin.model.sheet import Sheet, without
from chaintwin.twin.statements import refuse_unreadable
from chaintwin.twin.store.behind import Behind
from chaintwin.twin.store.keys import Bodies, Named
from chaintwin.twin.store.ledger import Leaves
from chaintwin.twin.store.names import Names
from chaintwin.twin.store.numbers import reserve
from chaintwin.twin.store.rows import COLUMNS, write_moment
from chaintwin.twin.store.sheets import (
    Place,
    Stamp,
    count_uses,
    write_facts,
    write_states,
    write_values,
)
from chaintwin.twin.store.sources import read_ranks
from chaintwin.twin.store.staging import insert_text
from chaintwin.twin.store.state import STATE_COLUMNS
from chaintwin.twin.store.uses import Use, add_uses
from chaintwin.twin.store.values import COLUMNS as VALUE_COLUMNS


@dataclass(frozen=True, slots=True)
class Origin:
    """The change that sheets belong to."""

    change: int
    at: datetime
    tenant: int
    source: int
    labels: frozenset[Label]


@dataclass(frozen=True, slots=True)
class Recorded:
    """The body of each row, how many facts were stored, and the rows left to be stated singly."""

    bodies: list[int]
    opened: int
    left: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Ready:
    """What is to be stored of one sheet."""

    named: Named
    facts: str
    states: str
    values: str
    uses: Sequence[Use]


class Sheets:
    """Stores the rows of sheets that make new bodies, together with their current state.

    `derived` holds the bodies whose state was stored so.
    """

    def __init__(
        self,
        connection: Connection,
        names: Names,
        bodies: Bodies,
        origin: Origin,
    ) -> None:
        self.derived: set[int] = set()
        self._connection = connection
        self._names = names
        self._bodies = bodies
        self._origin = origin
        self._behind = Behind()
        self._ready: _Ready | None = None
        self._stamp: Stamp | None = None

    @contextmanager
    def overlapping(self) -> Iterator[None]:
        """Store in a thread what was made ready; on leaving all of it is stored."""
        with self._behind:
            yield
            self._hand_over()

    def settle(self) -> None:
        """Return when all that was made ready is stored."""
        self._hand_over()
        self._behind.wait()

    def record(self, sheet: Sheet, kinds: Kinds, leaves: Leaves) -> Recorded:
        """Make ready the rows that make bodies and add them to the ledger's leaves."""
        sheet.check_cells(kinds)
        places = self._places(sheet, kinds)
        doubled = _doubled(places)
        self._behind.wait()
        stamp = self._stamp = self._stamp or self._read_stamp()
        named = self._bodies.name_rows(sheet.kind, sheet.key_rows())
        left = sorted({*named.known, *doubled})
        numbers = reserve(self._connection, "fact_id", len(sheet) * len(sheet.columns))
        self._hand_over()
        kept = named.bodies
        if left:
            sheet, kept = sheet.without(set(left)), without(kept, set(left))
            places = self._places(sheet, kinds)
        self._ready, opened = self._write(named, sheet, places, kept, numbers, stamp)
        leaves.add_opened(opened)
        if not self._behind.is_threaded:
            self._hand_over()
        return Recorded(named.bodies, len(opened), left)

    def find_bodies(self, sheet: Sheet) -> list[int]:
        """Return the body of each row, making those that are not there."""
        self.settle()
        named = self._bodies.name_rows(sheet.kind, sheet.key_rows())
        self._bodies.store(named)
        return named.bodies

    def _write(
        self,
        named: Named,
        sheet: Sheet,
        places: Sequence[Place],
        bodies: Sequence[int],
        numbers: Sequence[int],
        stamp: Stamp,
    ) -> tuple[_Ready, list[tuple[int, str]]]:
        """Return what is to be stored, and the facts as (body, line)."""
        opened: list[tuple[int, str]] = []
        written = write_facts(places, sheet, bodies, numbers, stamp)
        for body, row in zip(bodies, written, strict=True):
            opened += [(body, line) for line in row if line is not None]
        states: list[str] = []
        values: list[str] = []
        uses: list[Use] = []
        if self._is_plain(places):
            kind = self._names.number("kind", sheet.kind)
            states = [f"{line}\n" for line in write_states(places, bodies, numbers, kind, stamp)]
            values = [f"{line}\n" for line in write_values(places, bodies, stamp)]
            uses = count_uses(places, kind, len(states))
            self.derived.update(bodies)
        facts = "".join([f"{line}\n" for _, line in opened])
        return _Ready(named, facts, "".join(states), "".join(values), uses), opened

    def _hand_over(self) -> None:
        ready, self._ready = self._ready, None
        if ready is not None:
            self._behind.do(partial(self._store, ready))

    def _store(self, ready: _Ready) -> None:
        self._bodies.store(ready.named)
        if ready.facts:
            insert_text(self._connection, "fact", COLUMNS, ready.facts)
        if ready.states:
            insert_text(self._connection, "current_state", STATE_COLUMNS, ready.states)
        if ready.values:
            insert_text(self._connection, "state_value", VALUE_COLUMNS, ready.values)
        # Counts that the writer may not read are not its to change.
        uses = [use for use in ready.uses if use.label in self._origin.labels]
        if uses:
            add_uses(self._connection, self._origin.tenant, uses)

    def _is_plain(self, places: Sequence[Place]) -> bool:
        """Tell whether one state per body holds all that was said: one label, nothing to come."""
        columns = [place.column for place in places]
        labels = {column.label for column in columns}
        return len(labels) == 1 and all(c.valid.at <= self._origin.at for c in columns)

    def _places(self, sheet: Sheet, kinds: Kinds) -> list[Place]:
        found = []
        for column in sheet.columns:
            declared = kinds.attribute(sheet.kind, column.attribute)
            number = self._names.number("attribute", column.attribute)
            label = max(column.label, declared.label)
            refuse_unreadable(declared, label, self._origin.labels)
            found.append(Place(replace(column, label=label), number, declared.type, declared.many))
        return found

    def _read_stamp(self) -> Stamp:
        origin = self._origin
        rank, ranks = read_ranks(self._connection, origin.source, origin.tenant)
        return Stamp(
            origin.change, write_moment(origin.at), origin.tenant, origin.source, rank, ranks
        )


def _doubled(places: Sequence[Place]) -> set[int]:
    """Return the rows that speak twice of one series: those may contradict themselves."""
    found: set[int] = set()
    by_attribute: dict[int, list[Place]] = defaultdict(list)
    for place in places:
        by_attribute[place.number].append(place)
    for same in by_attribute.values():
        if len(same) > 1:
            cells = zip(*(place.column.cells for place in same), strict=True)
            keys = zip(*(place.value_keys() for place in same), strict=False)
            for row, (held, named) in enumerate(zip(cells, keys, strict=False)):
                said = [key for cell, key in zip(held, named, strict=True) if cell is not None]
                if len(set(said)) < len(said):
                    found.add(row)
    return found
