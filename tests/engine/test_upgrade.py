"""Data come forward through migrations and through a major version of PostgreSQL, never lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from chaintwin.engine.migrations import migrate, revisions
from chaintwin.engine.postgres import Cluster, ensure, stop
from chaintwin.engine.postgres.cluster import Embedded, embedded_cluster
from chaintwin.engine.postgres.home import find_home
from chaintwin.engine.postgres.instance import Instance
from chaintwin.engine.postgres.launch import furnish
from chaintwin.engine.postgres.owner import choose_owner
from chaintwin.engine.postgres.server import Server
from chaintwin.engine.upkeep.archive import verify
from chaintwin.engine.upkeep.backup import find_revision
from chaintwin.engine.upkeep.ready import ready
from chaintwin.engine.upkeep.upgrade import Upgraded, digest_tables, forget_old_data, upgrade
from chaintwin.kit.places import Places
from chaintwin.kit.problems import ConflictProblem, Problem

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


@pytest.fixture
def old(places: Places) -> Iterator[tuple[Places, Instance]]:
    """A place whose data were written by the older PostgreSQL that the system has."""
    programs = max(Path("/usr/lib/postgresql").glob("1[3-7]/bin"))
    places.make()
    home = find_home(places, choose_owner())
    server = Server(programs)
    instance = Instance(server, home.data(server.major), home.logs, choose_owner())
    passwords = home.passwords()
    instance.create(passwords.superuser)
    port = instance.start(None, {})
    cluster = embedded_cluster(passwords, Embedded(home, instance, port))
    furnish(cluster, passwords)
    fill(cluster)
    instance.stop()
    home.keep_state(instance.data, server, port)
    yield places, instance
    instance.stop()
    stop(places)


def fill(cluster: Cluster) -> None:
    with psycopg.connect(cluster.owner_url) as connection:
        connection.execute(
            "CREATE TABLE firm (id int GENERATED ALWAYS AS IDENTITY, name text, path ltree, "
            "known tstzrange, capital numeric, EXCLUDE USING gist (name WITH =, known WITH &&))"
        )
        connection.execute("CREATE INDEX ON firm USING gin (name gin_trgm_ops)")
        connection.execute(
            "INSERT INTO firm (name, path, known, capital) SELECT '长春示例企业' || i, "
            "('a.b' || i)::ltree, tstzrange('2026-01-01', NULL), i / 3.0 "
            "FROM generate_series(1, 500) i"
        )
        connection.execute("ALTER TABLE firm ENABLE ROW LEVEL SECURITY")
        connection.execute("ALTER TABLE firm FORCE ROW LEVEL SECURITY")
        connection.execute("CREATE POLICY few ON firm TO chaintwin_app USING (id <= 3)")
        connection.execute("GRANT SELECT ON firm TO chaintwin_app")


def bring_forward(places: Places) -> Upgraded:
    return upgrade(places, NOW, migrate, revisions(), environ={})


@pytest.mark.needs("old postgresql")
def test_data_of_an_older_postgresql_come_forward_with_rows_indexes_and_row_security(
    old: tuple[Places, Instance],
) -> None:
    places, before = old

    done = upgrade(places, NOW, migrate, revisions(), environ={})
    cluster = ensure(places, environ={})

    with psycopg.connect(str(cluster.super_url)) as connection:
        connection.execute("SET enable_seqscan = off")
        count = connection.execute("SELECT count(*), sum(capital) FROM firm").fetchone()
        plan = str(
            connection.execute(
                "EXPLAIN SELECT 1 FROM firm WHERE name LIKE '%示例企业77%'"
            ).fetchall()
        )
        latest = connection.execute("SELECT max(id) FROM firm").fetchone()
    with psycopg.connect(cluster.app_url) as connection:
        seen = connection.execute("SELECT count(*) FROM firm").fetchone()
    assert count is not None
    assert count[0] == 500
    assert float(count[1]) == pytest.approx(500 * 501 / 6)
    assert "Bitmap Index Scan" in plan
    assert latest == (500,)
    assert seen == (3,)
    assert (done.from_major, done.to_major) == (before.server.major, 18)
    assert done.to_revision == revisions()[-1]


@pytest.mark.needs("old postgresql")
def test_the_old_data_stay_readable_until_they_are_removed_on_purpose(
    old: tuple[Places, Instance],
) -> None:
    places, before = old

    done = upgrade(places, NOW, migrate, revisions(), environ={})
    kept = (before.data / "PG_VERSION").read_text().strip()
    ensure(places, environ={})
    removed = forget_old_data(places)

    assert done.kept_data == before.data
    assert kept == str(before.server.major)
    assert removed == [before.data]
    assert not before.data.exists()
    assert bring_forward(places) is not None


@pytest.mark.needs("old postgresql")
def test_an_upgrade_that_fails_leaves_the_old_data_in_charge_and_can_be_run_again(
    old: tuple[Places, Instance], monkeypatch: pytest.MonkeyPatch
) -> None:
    places, before = old
    state = (places.pg / "state.json").read_text()
    with monkeypatch.context() as broken:
        # A row that changes between the two counts stands for any difference after copying.
        counts = iter(["1", "2"] * 100)
        broken.setattr(
            "chaintwin.engine.upkeep.upgrade.digest_tables", lambda _: {"firm": next(counts)}
        )
        with pytest.raises(Problem, match="不一致"):
            bring_forward(places)

    assert (places.pg / "state.json").read_text() == state
    assert sorted(path.name for path in places.pg.glob("data-*")) == [before.data.name]
    assert list(places.pg.glob("*.dump")) == []
    with pytest.raises(ConflictProblem, match="chaintwin upgrade"):
        ensure(places, environ={})
    bring_forward(places)
    with psycopg.connect(str(ensure(places, environ={}).super_url)) as connection:
        assert connection.execute("SELECT count(*) FROM firm").fetchone() == (500,)


@pytest.mark.needs("old postgresql")
def test_an_older_server_named_by_url_is_refused_with_the_version_it_has(
    old: tuple[Places, Instance],
) -> None:
    places, instance = old
    port = instance.start(None, {})
    home = find_home(places, choose_owner())
    cluster = embedded_cluster(home.passwords(), Embedded(home, instance, port))
    environ = {
        "CHAINTWIN_DATABASE_URL": cluster.app_url,
        "CHAINTWIN_DATABASE_OWNER_URL": cluster.owner_url,
    }

    with pytest.raises(Problem) as raised:
        ensure(environ=environ)

    assert f"PostgreSQL {instance.server.major}" in raised.value.zh
    assert "18 或更高" in raised.value.zh
    assert "18 or newer" in raised.value.en


def test_old_data_whose_programs_are_gone_are_left_alone_with_the_way_out(places: Places) -> None:
    ensure(places, environ={})
    stop(places)
    data = next(places.pg.glob("data-*"))
    (data / "PG_VERSION").write_text("12\n")

    with pytest.raises(Problem) as raised:
        bring_forward(places)

    assert "postgresql-12" in raised.value.zh
    assert [path.name for path in places.pg.glob("data-*")] == [data.name]


def test_a_fresh_place_is_brought_to_the_latest_schema_without_a_backup(places: Places) -> None:
    done = upgrade(places, NOW, migrate, revisions(), environ={})

    assert done.from_revision is None
    assert done.to_revision == revisions()[-1]
    assert done.backup is None
    assert stop(places) is False


def test_before_migrations_touch_data_a_verified_backup_is_made(places: Places) -> None:
    bring_forward(places)
    later = [*revisions(), "9999"]

    done = upgrade(places, NOW, lambda _: None, later, environ={})

    assert done.backup is not None
    assert verify(done.backup).revision == revisions()[-1]


def test_data_of_a_newer_program_are_left_alone(places: Places) -> None:
    bring_forward(places)

    with pytest.raises(ConflictProblem, match="较新"):
        upgrade(places, NOW, migrate, ["0000"], environ={})


def test_the_digest_of_a_table_sees_one_changed_letter_but_not_the_order_of_rows(
    empty_database: Cluster,
) -> None:
    with psycopg.connect(empty_database.owner_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE a AS SELECT i, 'x' || i AS t FROM generate_series(1, 9) i")
        first = digest_tables(empty_database.owner_url)
        connection.execute("CREATE TABLE b AS SELECT * FROM a ORDER BY i DESC")
        both = digest_tables(empty_database.owner_url)
        connection.execute("UPDATE a SET t = 'y5' WHERE i = 5")
        changed = digest_tables(empty_database.owner_url)

    assert both["public.b"] == first["public.a"]
    assert changed["public.a"] != first["public.a"]


def test_without_the_wheel_the_way_out_is_named(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chaintwin.engine.postgres.server.find_wheel", lambda: None)

    with pytest.raises(Problem) as raised:
        ensure(places, environ={})

    assert "make setup" in raised.value.zh
    assert "CHAINTWIN_DATABASE_URL" in raised.value.en


def test_a_database_lent_as_ready_is_migrated_and_settled(places: Places) -> None:
    with ready(places, NOW, environ={}) as cluster:
        first = find_revision(cluster.owner_url)
    (places.root / "restoring").mkdir()

    with ready(places, NOW, environ={}) as cluster:
        second = find_revision(cluster.owner_url)

    assert (first, second) == (revisions()[-1], revisions()[-1])
    assert not (places.root / "restoring").exists()
    assert stop(places) is False
