"""Checks that facts, ledger and current state agree, over every tenant and label."""

from __future__ import annotations

from collections.abc import Iterator

from chaintwin.access.asker import Asker, platform_asker
from chaintwin.access.tenants import all_tenants
from chaintwin.kit.problems import Problem
from chaintwin.model.fact import Label
from chaintwin.twin.originals import Originals
from chaintwin.twin.store.originals import list_kept
from chaintwin.twin.store.verifying import Difference, check_ledger, check_state
from chaintwin.twin.twin import Twin


def verify(twin: Twin) -> Iterator[Difference]:
    """Yield every difference; none means that facts, ledger and current state agree."""
    for check in (check_ledger, lambda connection: check_state(connection, twin.clock.now())):
        with twin.database.transaction(_overseer(twin).settings()) as connection:
            yield from check(connection)


def verify_originals(twin: Twin, originals: Originals) -> Iterator[Difference]:
    """Yield every original that cannot be read back byte for byte."""
    with twin.database.transaction(_overseer(twin).settings()) as connection:
        for number, _, digest in list_kept(connection):
            try:
                originals.open(connection, number, digest.hex()[:16]).verify()
            except Problem as problem:
                yield Difference("original", None, None, problem.zh, problem.en)


def _overseer(twin: Twin) -> Asker:
    tenants = frozenset(tenant.id for tenant in all_tenants(twin.database))
    platform = platform_asker()
    return Asker(
        platform.tenant, "verify", roles=platform.roles, readable=tenants, labels=frozenset(Label)
    )
