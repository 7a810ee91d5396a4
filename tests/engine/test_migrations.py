"""A database of every earlier revision comes forward, and what it held still reads the same."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import psycopg
import pytest
from tests.engine.populations import FOLDER, LATER, START, fill, officer, populate, read_back

from chaintwin.engine.database import Database
from chaintwin.engine.migrations import migrate, revisions
from chaintwin.engine.postgres import Cluster
from chaintwin.engine.postgres.roles import drop_database, make_database, make_extensions
from chaintwin.kit.chinese import name_key
from chaintwin.kit.clock import FixedClock
from chaintwin.model.kinds import load_kinds
from chaintwin.twin.twin import Twin
from chaintwin.twin.verify import verify

_NAMED = "2020-04-30 16:00:00+00:00"
STILL_READ = {
    "firms found": ["示例电池厂"],
    "named since": _NAMED,
    "product": ("动力电池", 0.625, 85),
    "region": "220184",
    "website withdrawn": None,
    "note hidden": None,
    "region history": [
        ("220184", None, str(LATER), "None"),
        ("220100", "表1:3", str(START), str(LATER)),
    ],
    # The change that states only a labelled note is not told to a reader without that label.
    "who changed": ["撤下", "登记", "登记", "登记"],
    "who changed for the cleared": ["撤下", "登记", "登记", "登记", "登记"],
    "region then": "220100",
    "website then": "http://a.example",
    "note for the cleared": "拟迁址",
    "log-in": (True, "李明", ["officer"]),
    "disagreements": [],
    "region written after": "220102",
}
# Columns that a migration fills anew on purpose, with the reason beside them.
REWRITTEN: dict[str, frozenset[str]] = {
    # Search terms: bodies are found by their region and industry codes too.
    "0010": frozenset({"current_state"}),
}


def populated(database: Cluster, revision: str) -> Cluster:
    migrate(database.owner_url, revision)
    fill(str(database.super_url), revision)
    return database


def columns(url: str) -> dict[str, list[str]]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT table_name, array_agg(column_name::text ORDER BY column_name) "
            "FROM information_schema.columns JOIN pg_tables "
            "ON schemaname = table_schema AND tablename = table_name "
            "WHERE table_schema = 'public' AND table_name <> 'alembic_version' GROUP BY table_name"
        )
        return dict(rows.fetchall())


def content(url: str, wanted: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return the rows of each table, cut to the columns asked for."""
    with psycopg.connect(url) as connection:
        return {
            table: sorted(
                str(row)
                for row in connection.execute(
                    f"SELECT {', '.join(f'{name}::text' for name in names)} FROM {table}"
                )
            )
            for table, names in wanted.items()
        }


def test_every_revision_has_a_population_to_be_tested_with() -> None:
    absent = [name for name in revisions() if not (FOLDER / f"{name}.sql").is_file()]

    assert not absent, f"run: python -m tests.engine.populations (for {absent})"


@pytest.mark.parametrize("revision", revisions())
def test_data_of_every_revision_read_the_same_with_the_present_program(
    empty_database: Cluster, revision: str
) -> None:
    database = populated(empty_database, revision)

    migrate(database.owner_url)

    assert read_back(database.app_url) == STILL_READ


def test_a_branch_of_the_former_revision_still_shows_what_it_was_made_of(
    empty_database: Cluster,
) -> None:
    database = populated(empty_database, "0016")
    with psycopg.connect(str(database.super_url)) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(_BRANCH.encode())

    migrate(database.owner_url)

    pool = Database(database.app_url)
    twin = Twin(pool, load_kinds(), FixedClock(LATER + timedelta(days=3)))
    for branch, region, website in ((7, "220100", "http://a.example"), (0, "220184", None)):
        with twin.view(officer(twin), branch=branch) as view:
            page = view.find("Company", text="例电池", region=region)
            assert [state.name for state in page.states] == ["示例电池厂"]
            assert (page.states[0].one("region"), page.states[0].one("website")) == (
                region, website,
            )  # fmt: skip
    assert [one.zh for one in verify(twin) if one.what == "state"] == []
    pool.close()


# Made before the firm moved and its website was withdrawn; what else tells of it does not matter.
_BRANCH = f"""
    INSERT INTO branch (id, tenant, parent, name, forked_at, state, body, change)
    VALUES (7, 11, 0, '旧分支', '{START + timedelta(days=5)}', 'open', 1, 1)
"""


def test_no_migration_changes_rows_it_has_not_declared(cluster: Cluster) -> None:
    for before, after in pairwise(revisions()):
        database = _database_named(cluster, f"step_{after}")
        populated(database, before)
        kept = columns(str(database.super_url))
        held = content(str(database.super_url), kept)

        migrate(database.owner_url, after)

        now = content(str(database.super_url), kept)
        changed = {table for table in held if held[table] != now[table]}
        assert changed <= REWRITTEN.get(after, frozenset()), (before, after)


def test_a_change_of_one_stored_letter_is_noticed(empty_database: Cluster) -> None:
    database = populated(empty_database, revisions()[0])
    url = str(database.super_url)
    kept = columns(url)
    held = content(url, kept)

    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("UPDATE fact SET text = '220101' WHERE text = '220100'")

    now = content(url, kept)
    assert {table for table in held if held[table] != now[table]} == {"fact"}
    migrate(database.owner_url)
    assert read_back(database.app_url) != STILL_READ


def test_the_present_program_leaves_what_the_population_promises(fresh_database: Cluster) -> None:
    populate(fresh_database)

    assert read_back(fresh_database.app_url) == STILL_READ


def test_row_security_still_holds_after_coming_forward(empty_database: Cluster) -> None:
    database = populated(empty_database, revisions()[0])

    migrate(database.owner_url)

    with psycopg.connect(database.app_url) as connection:
        seen = connection.execute("SELECT count(*) FROM fact").fetchone()
        connection.execute("SELECT set_config('chaintwin.readable', '{1}', true)")
        connection.execute("SELECT set_config('chaintwin.labels', '{0}', true)")
        public = connection.execute("SELECT count(*), max(label) FROM fact").fetchone()
    assert seen == (0,)
    assert public is not None
    assert public[0] > 0
    assert public[1] == 0


def test_migrating_again_changes_nothing(empty_database: Cluster) -> None:
    database = populated(empty_database, revisions()[-1])
    kept = columns(str(database.super_url))
    held = content(str(database.super_url), kept)

    migrate(database.owner_url)

    assert content(str(database.super_url), kept) == held
    assert name_key("示例电池厂") in str(held["current_state"])


def _database_named(cluster: Cluster, name: str) -> Cluster:
    made = cluster.with_database(name)
    postgres = str(cluster.with_database("postgres").super_url)
    with psycopg.connect(postgres, autocommit=True) as connection:
        drop_database(connection, name)
        make_database(connection, name)
    with psycopg.connect(str(made.super_url)) as connection:
        make_extensions(connection)
    return made
