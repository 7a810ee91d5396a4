"""Builders of firms and branches, one act a day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

from chaintwin.access.asker import Asker
from chaintwin.kit.clock import FixedClock
from chaintwin.model.fact import UNKNOWN, Moment, Subject, Value
from chaintwin.twin.branches import Room, fork
from chaintwin.twin.store.lines import BranchRow
from chaintwin.twin.twin import Twin

_numbers = count(1)


def a_firm() -> Subject:
    return Subject("Company", (("company_name", f"分支公司{next(_numbers)}"),))


@contextmanager
def room(twin: Twin, asker: Asker) -> Iterator[Room]:
    """Lend one transaction for an act on branches."""
    with twin.database.transaction(asker.settings()) as connection:
        yield Room(twin, connection, asker)


@dataclass(frozen=True)
class Say:
    """States one value a day later, on the main line or in a branch; returns the body."""

    twin: Twin
    asker: Asker
    clock: FixedClock

    def __call__(
        self,
        about: Subject | int,
        attribute: str,
        text: str | None,
        *,
        branch: int = 0,
        source: str = "register",
        valid: Moment = UNKNOWN,
    ) -> int:
        self.clock.move(timedelta(days=1))
        value = None if text is None else Value(text=text)
        with self.twin.change(self.asker, reason="述", source=source, branch=branch) as changes:
            changes.say(about, attribute, value, valid=valid)
            return about if isinstance(about, int) else changes.body(about.kind, *about.keys)


@dataclass(frozen=True)
class Make:
    """Makes a branch a day later."""

    twin: Twin
    asker: Asker
    clock: FixedClock

    def __call__(self, parent: int = 0) -> BranchRow:
        self.clock.move(timedelta(days=1))
        with room(self.twin, self.asker) as here:
            row = fork(here, f"假如{next(_numbers)}", parent=parent)
        self.clock.move(timedelta(days=1))
        return row
