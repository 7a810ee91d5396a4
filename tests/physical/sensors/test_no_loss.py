"""Nothing lost and nothing doubled while broker, program and database die and come back."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.brokers import Broker
from tests.conftest import FAST
from tests.physical.sensors.conftest import assign, make_twin, stored, wait_for
from tests.physical.sensors.edge import Edge

from chaintwin.access.asker import Asker
from chaintwin.engine.migrations import migrate
from chaintwin.engine.postgres import Cluster, ensure
from chaintwin.kit.places import Places
from chaintwin.twin.twin import Twin
from chaintwin.twin.verify import verify

_PROGRAM = Path(__file__).with_name("program.py")
_ROUNDS = 6
_PER_ROUND = 500


@pytest.fixture
def own_cluster(places: Places) -> Iterator[Cluster]:
    """A database server of this test's own, that may be stopped."""
    cluster = ensure(places, settings=FAST, environ={})
    migrate(cluster.owner_url)
    yield cluster
    cluster.stop()


@contextmanager
def running_program(url: str, broker: Broker) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, str(_PROGRAM), url, broker.url], stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


@pytest.mark.needs("mosquitto")
def test_each_numbered_reading_arrives_exactly_once(
    own_cluster: Cluster, places: Places, broker: Broker, edge: Edge
) -> None:
    twin, asker = make_twin(own_cluster.app_url)
    firm = assign(twin, asker)

    for number in range(_ROUNDS):
        first, last = number * _PER_ROUND, (number + 1) * _PER_ROUND
        with running_program(own_cluster.app_url, broker):
            edge.send(*range(first, last))
            wait_for_more(twin, asker, firm, first)
            if number == 1:
                broker.restart()
            if number == 2:
                own_cluster.stop()
                time.sleep(1)
                own_cluster = ensure(places, settings=FAST, environ={})
            if number == 3:
                # What a broker dies with is lost to it: the site sends its whole buffer again.
                broker.kill()
                broker.start()
                edge.send(*range(last))
            # … and the program is killed in the middle of it all.
    edge.wait(60)
    with running_program(own_cluster.app_url, broker):
        wait_for_more(twin, asker, firm, _ROUNDS * _PER_ROUND - 1)

    assert stored(twin, asker, firm) == list(range(_ROUNDS * _PER_ROUND))
    assert list(verify(twin)) == []
    twin.database.close()


def wait_for_more(twin: Twin, asker: Asker, firm: int, than: int) -> None:
    wait_for(
        lambda: len(stored(twin, asker, firm)) > than, lambda: len(stored(twin, asker, firm)), 60
    )
