"""Wires the rooms together; the only module that knows them all."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from fastapi import FastAPI

from chaintwin.access.accounts import Accounts, NewAccount
from chaintwin.access.asker import PUBLIC_TENANT, Asker, platform_asker
from chaintwin.access.tenants import all_tenants, make_place
from chaintwin.engine.database import Database
from chaintwin.engine.migrations import migrate
from chaintwin.engine.postgres import running
from chaintwin.kit.clock import Clock, SystemClock
from chaintwin.kit.places import Places, find_places
from chaintwin.model.fact import Label
from chaintwin.model.kinds import load_kinds
from chaintwin.twin.twin import Twin

Say = Callable[[str], None]
DEMO_PLACE = (("220000", "吉林省"), ("220100", "长春市"), ("220184", "公主岭市"))


@contextmanager
def open_twin(
    places: Places | None = None, *, clock: Clock | None = None, connections: int = 8
) -> Iterator[Twin]:
    """Lend the twin of this machine: database started, schema brought up to date."""
    with running(places) as cluster:
        migrate(cluster.owner_url)
        database = Database(cluster.app_url, most=connections)
        try:
            yield Twin(database, load_kinds(), clock or SystemClock())
        finally:
            database.close()
