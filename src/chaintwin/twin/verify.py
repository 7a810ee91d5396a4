"""Checks that facts, ledger and current state agree, over every tenant and label."""

from __future__ import annotations

from collections.abc import Iterator

from chaintwin.access.asker import Asker, platform_asker
from chaintwin.access.tenants import all_tenants
from chaintwin.model.fact import Label
from chaintwin.twin.store.verifying import Difference, check_ledger, check_state
from chaintwin.twin.twin import Twin


def verify(twin: Twin) -> Iterator[Difference]:
    """Yield every difference; none means that facts, ledger and current state agree."""
    for check in (check_ledger, lambda connection: check_state(connection, twin.clock.now())):
        with twin.database.transaction(_overseer(twin).settings()) as connection:
            yield from check(connection)


def _overseer(twin: Twin) -> Asker:
    tenants = frozenset(tenant.id for tenant in all_tenants(twin.database))
    platform = platform_asker()
    return Asker(
        platform.tenant, "verify", roles=platform.roles, readable=tenants, labels=frozenset(Label)
    )
