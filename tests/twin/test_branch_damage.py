"""Somebody with full database rights who edits what a branch holds is detected."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from tests.twin.forks import Make, Say, a_firm

from chaintwin.engine.database import Database
from chaintwin.engine.postgres import Cluster
from chaintwin.model.fact import Moment
from chaintwin.twin.twin import Twin
from chaintwin.twin.verify import verify


@pytest.fixture
def pool(fresh_database: Cluster) -> Iterator[Database]:
    opened = Database(fresh_database.app_url)
    yield opened
    opened.close()


DAMAGES = {
    "a start removed": "DELETE FROM fact WHERE branch = {branch} AND valid_from = '-infinity'",
    "a value edited": "UPDATE fact SET text = '伪' WHERE branch = {branch} AND text = '筹建'",
    "a state edited": "UPDATE current_state SET attributes = '{{}}' WHERE branch = {branch}",
    "a state removed": "DELETE FROM current_state WHERE branch = {branch}",
    "the fork moved": "UPDATE branch SET forked_at = now() WHERE id = {branch}",
    "reopened": "UPDATE branch SET state = 'frozen' WHERE id = {branch}",
}


@pytest.mark.parametrize("what", DAMAGES)
def test_damage_to_a_branch_is_detected(
    twin: Twin, fresh_database: Cluster, say: Say, make: Make, what: str
) -> None:
    body = say(a_firm(), "name", "甲")
    branch = make()
    say(body, "status", "筹建", valid=Moment.parse("2020"), branch=branch.id)
    assert list(verify(twin)) == []

    with psycopg.connect(str(fresh_database.super_url)) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(DAMAGES[what].format(branch=branch.id).encode())

    assert list(verify(twin))
