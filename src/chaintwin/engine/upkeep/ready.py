"""A database that may be used: started, settled after a crash, and at this program's schema."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from chaintwin.engine.migrations import migrate, revisions
from chaintwin.engine.postgres import Cluster, running
from chaintwin.engine.upkeep.restore import settle
from chaintwin.engine.upkeep.upgrade import bring_schema_forward
from chaintwin.kit.places import Places, find_places


@contextmanager
def ready(
    places: Places | None, now: datetime, *, environ: Mapping[str, str] = os.environ
) -> Iterator[Cluster]:
    """Lend a database for the length of a block, fit for use by this version of the program.

    A restore that a crash cut short is carried through; data of an earlier version are backed up
    and migrated.
    """
    places = places or find_places(environ)
    with running(places, environ=environ) as cluster:
        settle(places, cluster)
        bring_schema_forward(places, cluster, now, migrate, revisions())
        yield cluster
