"""Derives the current state anew from facts alone, for every body, tenant and branch."""

from __future__ import annotations

from chaintwin.access.asker import Asker
from chaintwin.access.tenants import all_tenants
from chaintwin.engine.database import Connection
from chaintwin.kit.batches import in_batches
from chaintwin.model.fact import Label
from chaintwin.twin.lines import kept_lines
from chaintwin.twin.store.former import bodies_changed, drop_all_former, forks_by_line
from chaintwin.twin.store.lines import MAIN, Line
from chaintwin.twin.store.state import rebuild_former, rebuild_state
from chaintwin.twin.store.uses import recount_uses
from chaintwin.twin.store.verifying import bodies_of_branch, shown_bodies
from chaintwin.twin.twin import Twin

_STATES = 5_000


def rebuild_states(twin: Twin) -> int:
    """Derive every current state anew; return how many bodies of tenants and branches those are.

    One transaction for each tenant: readers see the old states or the new ones, never a part.
    """
    return sum(_rebuild(twin, tenant.id) for tenant in all_tenants(twin.database))


def _rebuild(twin: Twin, tenant: int) -> int:
    asker = Asker(tenant, "rebuild", readable=frozenset({tenant}), labels=frozenset(Label))
    with twin.database.transaction(asker.settings()) as connection:
        bodies = shown_bodies(connection).get(tenant, [])
        count = _rebuild_line(twin, connection, tenant, bodies, MAIN)
        recount_uses(connection, tenant)
        for line in kept_lines(connection, tenant):
            bodies = bodies_of_branch(connection, line.branch).get(tenant, [])
            count += _rebuild_line(twin, connection, tenant, bodies, line)
        _rebuild_former(twin, connection, tenant)
    return count


def _rebuild_line(
    twin: Twin, connection: Connection, tenant: int, bodies: list[int], line: Line
) -> int:
    now = twin.clock.now()
    for batch in in_batches(bodies, _STATES):
        rebuild_state(connection, tenant, batch, now, line)
    return len(bodies)


def _rebuild_former(twin: Twin, connection: Connection, tenant: int) -> None:
    now = twin.clock.now()
    drop_all_former(connection, tenant)
    for forks in forks_by_line(connection, tenant):
        bodies = bodies_changed(connection, tenant, forks[0].line.branch, forks[0].at)
        for batch in in_batches(bodies, _STATES):
            rebuild_former(connection, tenant, batch, now, forks)
