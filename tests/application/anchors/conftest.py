"""A world of its own for each test: what one test says of a region, no other may hear."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chaintwin.engine.postgres import Cluster

from ..world import World, lend_world


@pytest.fixture
def world(cluster: Cluster, template: str) -> Iterator[World]:
    with lend_world(cluster, template) as lent:
        yield lent
