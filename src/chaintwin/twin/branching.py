"""A change in a branch: what it touches is copied from the parents, of which nothing changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from chaintwin.model.fact import FOREVER, Basis, Statement
from chaintwin.twin.changes import Changes, Tally
from chaintwin.twin.drafts import Draft, Key
from chaintwin.twin.store.borrowing import Sought, read_borrowed
from chaintwin.twin.store.rows import Row
from chaintwin.twin.store.timelines import Closing, End


class BranchChanges(Changes):
    """The same door into a branch; rows are written when the change finishes."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._draft = Draft()
        self._taken: set[int] = set()

    def record(self, statements: Iterable[Statement]) -> Tally:
        """State facts in bulk; what is already held the same adds nothing."""
        super().record(statements)
        return self._counted()

    def retract(self, bodies: list[int] | None = None, attribute: str | None = None) -> Tally:
        """Stop believing what this change's source said (of some bodies, of one attribute)."""
        number = None if attribute is None else self._names.number("attribute", attribute)
        within = None if bodies is None else set(bodies)
        self._take(Sought(self.asker.tenant, bodies, self._source, number))
        self._draft.clear(
            lambda key: (
                key[0] == self._source
                and (within is None or key[1] in within)
                and number in (None, key[2])
            )
        )
        return self._counted()

    def retract_unstated(self) -> Tally:
        """Stop believing what this change's source once said and has not stated again."""
        if self._stated is None:
            raise RuntimeError("keep_stated was not called")
        stated = {start[:3] for start in self._stated}
        self._take(Sought(self.asker.tenant, source=self._source))
        self._draft.clear(lambda key: key[0] == self._source and key[1:] not in stated)
        return self._counted()

    def retract_facts(self, facts: list[Closing]) -> Tally:
        """Stop believing single facts (body, fact) of one's own tenant."""
        self._take_bodies(body for body, _ in facts)
        self._draft.drop(facts)
        return self._counted()

    def restore(self, body: int, known_at: datetime) -> Tally:
        """Believe again of a body what one's own tenant believed at a moment, and nothing else.

        What is derived is left alone, as are labels the asker may not read.
        """
        self._take_bodies([body])
        sought = Sought(self.asker.tenant, [body])
        then: dict[Key, list[Row]] = {}
        for held in read_borrowed(self._connection, self.line, sought, known_at):
            then.setdefault((held.source, *held.row.series), []).append(held.row)
        now = self._draft.of_body(body)
        self._draft.put_all(
            {
                key: then.get(key, [])
                for key in now.keys() | then.keys()
                if not _is_derived(now.get(key, ())) and not _is_derived(then.get(key, ()))
            }
        )
        return self._counted()

    def adopt(self, wanted: Mapping[Key, Sequence[Row]]) -> Tally:
        """Believe of some series (source, body, attribute, value key) these rows and no others."""
        self._take_bodies(key[1] for key in wanted)
        self._draft.put_all(wanted)
        return self._counted()

    def finish(self) -> Tally:
        """Write the rows, then bring current state and ledger up to date; called once."""
        self.tally.opened = self.tally.closed = 0
        self._close(self._draft.closings())
        for source, rows in self._draft.openings():
            self._open(self._write_as(source), rows)
        return super().finish()

    def _lay(self, rows: list[tuple[Row, End | None]]) -> None:
        self._take_bodies(row.body for row, _ in rows)
        self._count(self._draft.lay(self._source, rows))

    def _take_bodies(self, bodies: Iterable[int]) -> None:
        new = set(bodies) - self._bodies.made - self._taken
        if new:
            self._take(Sought(self.asker.tenant, sorted(new)))
            self._taken |= new

    def _take(self, sought: Sought) -> None:
        self._draft.take(read_borrowed(self._connection, self.line, sought, FOREVER))

    def _counted(self) -> Tally:
        self.tally.opened = sum(len(rows) for _, rows in self._draft.openings())
        self.tally.closed = len(self._draft.closings())
        return self.tally


def _is_derived(rows: Sequence[Row]) -> bool:
    return any(row.basis == Basis.DERIVED.value for row in rows)
