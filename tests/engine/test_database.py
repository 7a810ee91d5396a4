"""Transactions over a database that goes away and comes back."""

from __future__ import annotations

import psycopg

from chaintwin.engine.database import Database
from chaintwin.engine.postgres import Cluster


def test_a_connection_that_died_a_moment_ago_costs_no_transaction(fresh_database: Cluster) -> None:
    pool = Database(fresh_database.app_url)
    with pool.transaction({}) as connection:
        connection.execute("SELECT 1")
    with psycopg.connect(str(fresh_database.super_url)) as ruler:
        ruler.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )

    with pool.transaction({}) as connection:
        found = connection.execute("SELECT 1").fetchone()

    assert found == (1,)
    pool.close()
