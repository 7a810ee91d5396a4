"""What changes did, from where one was told last, as far as one may read it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chaintwin.engine.database import Connection
from chaintwin.model.fact import Fact
from chaintwin.twin.identity.groups import Groups
from chaintwin.twin.showing import make_fact
from chaintwin.twin.store import feed
from chaintwin.twin.store.feed import Span, TouchedRow
from chaintwin.twin.subscriptions.model import Cursor, Position, Touched, Wanted

# Changes looked through at once: far fewer than a bulk load has bodies.
_CHANGES = 200


@dataclass(frozen=True, slots=True)
class Batch:
    """What is to be told, in order, where one stands before and after, and if there is more."""

    touched: tuple[Touched, ...]
    before: Cursor
    after: Cursor
    is_all: bool

    def cursor_at(self, told: int) -> Cursor:
        """Return where one stands once so many of the touched are told."""
        if told >= len(self.touched):
            return self.after
        reached = {one.tenant: one.position for one in self.touched[:told]}
        return {**self.before, **reached}


def start_of(connection: Connection, tenants: Iterable[int]) -> Cursor:
    """Return the place after all that has happened so far."""
    wanted = sorted(tenants)
    marks = feed.read_marks_of(connection, wanted)
    return {tenant: Position(marks.get(tenant, 0)) for tenant in wanted}


def read_batch(
    connection: Connection, groups: Groups, cursor: Cursor, wanted: Wanted, most: int
) -> Batch:
    """Return what happened after a place, at most so many bodies of each tenant.

    Order holds within a tenant; bodies of several tenants come in order of their moments as far
    as they are known by now.
    """
    bodies = None if wanted.bodies is None else groups.expand(wanted.bodies)
    found: list[Touched] = []
    after = dict(cursor)
    is_all = True
    for tenant, position in cursor.items():
        span = Span(tenant, position.change, position.body, wanted.kinds, bodies)
        changes = [number for number, _ in feed.read_changes_after(connection, span, _CHANGES)]
        if not changes:
            continue
        rows = feed.read_touched_in(connection, span, changes, most)
        is_full = len(rows) >= most
        after[tenant] = Position(rows[-1][0], rows[-1][2]) if is_full else Position(changes[-1])
        is_all = is_all and not is_full and len(changes) < _CHANGES
        found += _with_facts(connection, groups, tenant, rows)
    kept = [one for one in found if _is_wanted(one, wanted)]
    kept.sort(key=lambda one: (one.at, one.change, one.member))
    return Batch(tuple(kept), cursor, after, is_all)


def _with_facts(
    connection: Connection, groups: Groups, tenant: int, rows: Sequence[TouchedRow]
) -> Iterable[Touched]:
    changes = sorted({row[0] for row in rows})
    bodies = sorted({row[2] for row in rows})
    stated: dict[tuple[int, int, bool], list[Fact]] = {}
    for change, is_opened, *columns in feed.read_stated_in(connection, tenant, changes, bodies):
        fact = make_fact(columns)
        stated.setdefault((change, fact.body, is_opened), []).append(groups.shown(fact))
    for change, at, body, kind, is_new in rows:
        opened, closed = (tuple(stated.get((change, body, way), ())) for way in (True, False))
        if opened or closed:
            shown = groups.canonical(body)
            yield Touched(tenant, change, at, shown, kind, is_new, opened, closed, body)


def _is_wanted(touched: Touched, wanted: Wanted) -> bool:
    return wanted.attributes is None or not touched.attributes.isdisjoint(wanted.attributes)
