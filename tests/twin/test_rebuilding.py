"""The current state is only a copy of what facts say: it can be thrown away and derived anew."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from tests.twin.forks import Make, Say, a_firm

from chaintwin.access.asker import PUBLIC_TENANT, platform_asker
from chaintwin.engine.database import Connection, Database
from chaintwin.engine.postgres import Cluster
from chaintwin.kit.clock import SystemClock
from chaintwin.twin.rebuilding import rebuild_states
from chaintwin.twin.store.state import collect_state
from chaintwin.twin.twin import Twin
from chaintwin.twin.verify import verify

_ROWS = (
    "SELECT body, tenant, branch, label, kind, change, name, sort_name, region, search_text, "
    "terms, attributes FROM current_state ORDER BY 1, 2, 3, 4"
)


@pytest.fixture
def pool(fresh_database: Cluster) -> Iterator[Database]:
    opened = Database(fresh_database.app_url)
    yield opened
    opened.close()


@pytest.fixture
def states(fresh_database: Cluster, say: Say, make: Make) -> list[tuple[object, ...]]:
    """The states of firms on the main line and in a branch, as changes left them."""
    body = say(a_firm(), "name", "原名公司")
    say(a_firm(), "name", "另一家")
    say(body, "region", "220184", branch=make().id)
    return read(fresh_database)


def read(database: Cluster) -> list[tuple[object, ...]]:
    with psycopg.connect(str(database.super_url)) as connection:
        return connection.execute(_ROWS).fetchall()


def damage(database: Cluster, *statements: str) -> None:
    with psycopg.connect(str(database.super_url)) as connection:
        for statement in statements:
            connection.execute(statement)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM current_state",
        "UPDATE current_state SET name = '伪', attributes = '{}'",
        "DELETE FROM current_state WHERE branch <> 0",
        "INSERT INTO current_state (body, tenant, branch, label, kind, change, as_of, name, "
        "attributes) SELECT body, tenant, branch, 4, kind, change, as_of, '凭空', attributes "
        "FROM current_state WHERE branch = 0 LIMIT 1",
        "INSERT INTO current_state (body, tenant, branch, label, kind, change, as_of, name, "
        "attributes) SELECT 999999999, tenant, branch, 0, kind, change, as_of, '凭空', attributes "
        "FROM current_state WHERE branch = 0 LIMIT 1",
    ],
)
def test_a_damaged_state_is_derived_anew_as_it_was(
    twin: Twin, fresh_database: Cluster, states: list[tuple[object, ...]], statement: str
) -> None:
    damage(fresh_database, statement)
    found = {one.what for one in verify(twin)}

    rebuild_states(twin)

    assert found == {"state"}
    assert read(fresh_database) == states
    assert list(verify(twin)) == []


def test_deriving_many_states_at_once_takes_no_more_locks(pool: Database, say: Say) -> None:
    body, now = say(a_firm(), "name", "某公司"), SystemClock().now()
    with pool.transaction(platform_asker().settings()) as connection:
        held = []
        for _ in range(6):
            collect_state(connection, PUBLIC_TENANT, [body], now)
            held.append(locks(connection))

    assert held[-1] == held[2]


def locks(connection: Connection) -> int:
    row = connection.execute("SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid()")
    return int(row.fetchall()[0][0])
