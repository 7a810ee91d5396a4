"""Brings the current state up to orders of authority that a change states or withdraws."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chaintwin.engine.database import Connection
from chaintwin.kit.batches import in_batches
from chaintwin.kit.problems import ConflictProblem
from chaintwin.model.kinds import AUTHORITY, Kinds
from chaintwin.twin.lines import kept_lines
from chaintwin.twin.store.authority import (
    every_label,
    find_holding,
    find_orders,
    keep_authority,
)  # fmt: skip
from chaintwin.twin.store.former import forks_by_line, former_holding
from chaintwin.twin.store.lines import MAIN, Line
from chaintwin.twin.store.names import Names
from chaintwin.twin.store.state import rebuild_former, refresh_state

_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Held:
    """Where values of attributes are looked for: a tenant's bodies of the kinds that have them."""

    connection: Connection
    names: Names
    kinds: Kinds
    tenant: int

    def find(self, branch: int, attributes: Iterable[str]) -> list[int]:
        """Return the bodies whose state of a branch holds any of some attributes, by any label."""
        wanted = set(attributes)
        having = (
            kind.name for kind in self.kinds.by_name.values() if wanted & set(kind.attributes)
        )
        found = (self.names.find("kind", name) for name in having)
        kinds = [number for number in found if number is not None]
        return find_holding(self.connection, self.tenant, branch, kinds, sorted(wanted))


def reorder(held: Held, line: Line, made: tuple[int, datetime], touched: Iterable[int]) -> bool:
    """Keep the orders stated of touched bodies; derive anew every state that has their attributes.

    `made` are number and moment of the change. An order is a rule of reading, so branches are read
    by it at once, too. Returns whether there was any; raises ConflictProblem in a branch.
    """
    connection, tenant = held.connection, held.tenant
    kind = held.names.number("kind", AUTHORITY)
    bodies = find_orders(connection, kind, tenant).intersection(touched)
    if not bodies:
        return False
    if not line.is_main:
        raise ConflictProblem(
            "推演分支里不改权威次序。请切回主线再改。",
            "Authority is not ordered in a branch. Go back to the main line.",
        )
    change, now = made
    attributes = keep_authority(connection, change, bodies)
    with every_label(connection):
        for kept in (MAIN, *kept_lines(connection, tenant)):
            for batch in in_batches(held.find(kept.branch, attributes), _BATCH):
                refresh_state(connection, tenant, batch, now, kept)
        for forks in forks_by_line(connection, tenant):
            held_then = former_holding(connection, tenant, forks[0].line.branch, attributes)
            for batch in in_batches(held_then, _BATCH):
                rebuild_former(connection, tenant, batch, now, forks)
    return True
