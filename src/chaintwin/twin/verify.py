"""Checks that facts, ledger and current state agree, over every tenant and label."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from chaintwin.access.tenants import all_tenants
from chaintwin.engine.database import Connection
from chaintwin.kit.problems import Problem
from chaintwin.twin.ledger.book import Ledger, keeper, overseer
from chaintwin.twin.originals import Originals
from chaintwin.twin.store import tlog, vouching
from chaintwin.twin.store.authority import check_authority
from chaintwin.twin.store.judgements import check_judgements
from chaintwin.twin.store.originals import list_kept
from chaintwin.twin.store.sources import check_sources
from chaintwin.twin.store.verifying import (
    Difference,
    check_branches,
    check_former,
    check_ledger,
    check_state,
)
from chaintwin.twin.store.vouching import CheckRow
from chaintwin.twin.twin import Twin


def verify(twin: Twin) -> Iterator[Difference]:
    """Yield every difference; none means that facts, ledger and current state agree."""
    for check in (
        check_ledger,
        lambda connection: check_state(connection, twin.clock.now()),
        lambda connection: _check_former(twin, connection),
        check_branches,
        check_judgements,
        check_authority,
        lambda connection: check_sources(connection, twin.names, twin.kinds, twin.declared),
    ):
        # One moment for all of a check: others may be writing meanwhile.
        with twin.database.snapshot(overseer(twin).settings()) as connection:
            yield from check(connection)


def _check_former(twin: Twin, connection: Connection) -> Iterator[Difference]:
    for tenant in all_tenants(twin.database):
        yield from check_former(connection, tenant.id, twin.clock.now())


def verify_originals(twin: Twin, originals: Originals) -> Iterator[Difference]:
    """Yield every original that cannot be read back byte for byte."""
    with twin.database.transaction(overseer(twin).settings()) as connection:
        for number, tenant, digest in list_kept(connection):
            try:
                originals.open(connection, number, digest.hex()[:16]).verify()
            except Problem as problem:
                file = originals.find_file(connection, number)
                yield Difference("original", None, None, problem.zh, problem.en, tenant, file)


def keep_results(ledger: Ledger, found: Sequence[Difference]) -> None:
    """Keep what a whole verification found, by tenant, so that pages can show it."""
    now = ledger.twin.clock.now()
    for log in ledger.logs():
        own = [asdict(one) for one in found if one.tenant in {log.tenant, None}]
        with ledger.twin.database.transaction(keeper(log).settings()) as connection:
            last = tlog.last_position(connection, log.tenant)
            row = CheckRow(now, last.end if last else 0, own)
            vouching.put_check(connection, log.tenant, row)
