"""The embedded PostgreSQL starts, stops, survives being killed, and keeps its roles small."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest

from chaintwin.engine.postgres import Cluster, ensure, running, stop
from chaintwin.engine.postgres.launch import current_instance
from chaintwin.engine.postgres.roles import count_chinese_trigrams
from chaintwin.kit.places import Places
from chaintwin.kit.problems import ConflictProblem, Problem


@pytest.fixture
def started(places: Places) -> Iterator[tuple[Places, Cluster]]:
    yield places, ensure(places, environ={})
    stop(places)


def value(url: str | None, query: LiteralString) -> object:
    assert url is not None
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def write_a_row(cluster: Cluster, text: str) -> None:
    with psycopg.connect(cluster.owner_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (said text)")
        connection.execute("INSERT INTO kept VALUES (%s)", [text])


def postmaster(cluster: Cluster) -> int:
    assert cluster.embedded is not None
    lines = (cluster.embedded.instance.data / "postmaster.pid").read_text().splitlines()
    return int(lines[0])


def test_a_row_survives_stop_and_start_on_the_same_port(
    started: tuple[Places, Cluster],
) -> None:
    places, first = started
    write_a_row(first, "长春")

    assert stop(places) is True
    assert stop(places) is False
    second = ensure(places, environ={})

    assert second.owner_url == first.owner_url
    assert value(second.owner_url, "SELECT said FROM kept") == "长春"


def test_a_killed_server_comes_back_with_every_committed_row(
    started: tuple[Places, Cluster],
) -> None:
    places, first = started
    write_a_row(first, "已提交")
    killed = postmaster(first)

    os.kill(killed, signal.SIGKILL)
    second = ensure(places, environ={})

    assert postmaster(second) != killed
    assert value(second.owner_url, "SELECT said FROM kept") == "已提交"


def test_a_pid_file_that_names_another_living_program_is_no_obstacle(
    started: tuple[Places, Cluster],
) -> None:
    places, first = started
    assert first.embedded is not None
    pid_file = first.embedded.instance.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    stop(places)
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)

    with stranger:
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        second = ensure(places, environ={})
        stranger.communicate(b"\n")

    assert value(second.app_url, "SELECT 1") == 1


def test_when_its_port_is_taken_the_server_chooses_another(
    started: tuple[Places, Cluster],
) -> None:
    places, first = started
    assert first.embedded is not None
    port = first.embedded.port
    stop(places)

    with socket.create_server(("127.0.0.1", port)):
        second = ensure(places, environ={})

    assert second.embedded is not None
    assert second.embedded.port != port
    assert value(second.app_url, "SELECT 1") == 1


USE_FOR_A_WHILE = """
import pathlib, sys
import psycopg
from chaintwin.engine.postgres import running
from chaintwin.kit.places import Places
with running(Places(pathlib.Path(sys.argv[1])), environ={}) as found:
    print(found.app_url, flush=True)
    input()
"""


def a_user_of(places: Places) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", USE_FOR_A_WHILE, str(places.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def first_line(program: subprocess.Popen[str]) -> str:
    assert program.stdout is not None
    return program.stdout.readline().strip()


def test_a_second_program_finds_the_server_that_runs_and_leaves_it_running(
    started: tuple[Places, Cluster],
) -> None:
    places, first = started

    with a_user_of(places) as second:
        found = first_line(second)
        second.communicate("\n")

    assert found == first.app_url
    assert value(first.app_url, "SELECT 1") == 1


def test_a_server_started_on_demand_stops_with_its_last_user(places: Places) -> None:
    with a_user_of(places) as first:
        url = first_line(first)
        with running(places, environ={}):
            first.communicate("\n")
            assert value(url, "SELECT 1") == 1

    assert stop(places) is False


def test_a_user_that_was_killed_keeps_no_server_alive(places: Places) -> None:
    with a_user_of(places) as killed:
        url = first_line(killed)
        killed.kill()
        killed.communicate()
    assert value(url, "SELECT 1") == 1

    with running(places, environ={}):
        pass

    assert stop(places) is False


def test_a_guest_without_a_lease_is_not_cut_off(places: Places) -> None:
    with running(places, environ={}) as lent:
        guest = psycopg.connect(lent.app_url)

    with guest:
        assert guest.execute("SELECT 1").fetchone() == (1,)
    assert stop(places) is True


def test_two_programs_that_start_at_once_share_one_server(places: Places) -> None:
    program = (
        "import sys, pathlib\n"
        "from chaintwin.engine.postgres import ensure\n"
        "from chaintwin.kit.places import Places\n"
        "print(ensure(Places(pathlib.Path(sys.argv[1])), environ={}).app_url)\n"
    )
    command = [sys.executable, "-c", program, str(places.root)]

    starters = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
    said = [starter.communicate()[0] for starter in starters]

    assert [starter.returncode for starter in starters] == [0, 0]
    assert said[0] == said[1]
    assert stop(places) is True


@pytest.mark.parametrize("role", ["owner_url", "app_url"])
def test_neither_role_is_superuser_or_bypasses_row_security(cluster: Cluster, role: str) -> None:
    with psycopg.connect(getattr(cluster, role)) as connection:
        rights = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles "
            "WHERE rolname = current_user"
        ).fetchone()

    assert rights == (False, False, False, False)


def test_the_serving_role_sees_no_row_that_forced_row_security_hides(
    empty_database: Cluster,
) -> None:
    with psycopg.connect(empty_database.owner_url) as connection:
        connection.execute("CREATE TABLE hidden (tenant text)")
        connection.execute("INSERT INTO hidden VALUES ('别人的')")
        connection.execute("ALTER TABLE hidden ENABLE ROW LEVEL SECURITY")
        connection.execute("ALTER TABLE hidden FORCE ROW LEVEL SECURITY")
        connection.execute("GRANT SELECT ON hidden TO chaintwin_app")

    assert value(empty_database.super_url, "SELECT count(*) FROM hidden") == 1
    assert value(empty_database.owner_url, "SELECT count(*) FROM hidden") == 0
    assert value(empty_database.app_url, "SELECT count(*) FROM hidden") == 0


def test_the_serving_role_cannot_create_tables_or_leave_row_security(
    empty_database: Cluster,
) -> None:
    with psycopg.connect(empty_database.app_url, autocommit=True) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE own (x int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SET ROLE chaintwin_owner")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SET SESSION AUTHORIZATION postgres")


def test_chinese_text_is_found_by_its_trigrams(empty_database: Cluster) -> None:
    assert value(empty_database.app_url, "SELECT similarity('长春汽车', '长春汽车厂') > 0.3")
    with psycopg.connect(empty_database.app_url) as connection:
        assert count_chinese_trigrams(connection) > 5


def test_a_wrong_password_is_refused_even_on_this_machine(cluster: Cluster) -> None:
    assert cluster.embedded is not None
    url = f"postgresql://chaintwin_app:wrong@127.0.0.1:{cluster.embedded.port}/chaintwin"

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url)


def test_passwords_and_data_are_closed_to_other_users(started: tuple[Places, Cluster]) -> None:
    places, _ = started

    rights = {
        path.name: stat.S_IMODE(path.stat().st_mode)
        for path in (places.keys, places.originals, places.pg / "secrets.json")
    }
    data = [path for path in places.pg.glob("data-*") if stat.S_IMODE(path.stat().st_mode) != 0o700]

    assert rights == {"keys": 0o700, "originals": 0o700, "secrets.json": 0o600}
    assert data == []


def test_a_lost_password_file_is_named_and_the_data_are_left_alone(
    started: tuple[Places, Cluster],
) -> None:
    places, _ = started
    kept = (places.pg / "secrets.json").read_bytes()
    (places.pg / "secrets.json").unlink()

    with pytest.raises(Problem) as raised:
        ensure(places, environ={})
    (places.pg / "secrets.json").write_bytes(kept)

    assert "secrets.json" in raised.value.zh
    assert value(ensure(places, environ={}).app_url, "SELECT 1") == 1


def test_data_of_an_older_major_version_point_to_the_upgrade_command(
    started: tuple[Places, Cluster],
) -> None:
    places, first = started
    stop(places)
    assert first.embedded is not None
    marker = first.embedded.instance.data / "PG_VERSION"
    truth = marker.read_text()
    marker.write_text("17\n")

    with pytest.raises(ConflictProblem) as raised:
        ensure(places, environ={})
    marker.write_text(truth)

    assert "chaintwin upgrade" in raised.value.zh
    assert "chaintwin upgrade" in raised.value.en


@pytest.mark.needs("root")
def test_root_with_a_closed_data_folder_gets_a_database_elsewhere_and_opens_no_parent(
    tmp_path: Path,
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    places = Places(closed / "data")

    made = ensure(places, environ={})
    home = made.embedded.home.folder if made.embedded else closed

    try:
        assert value(made.app_url, "SELECT 1") == 1
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        assert not home.is_relative_to(closed)
        assert str(home) in (places.pg / "elsewhere").read_text()
        assert ensure(places, environ={}).app_url == made.app_url
    finally:
        made.stop()
        shutil.rmtree(home)


@pytest.mark.needs("root")
def test_root_hands_the_database_to_a_lesser_user(started: tuple[Places, Cluster]) -> None:
    _, made = started
    assert made.embedded is not None

    assert made.embedded.instance.data.stat().st_uid != 0
    assert Path(f"/proc/{postmaster(made)}").stat().st_uid != 0


def test_the_old_programs_of_a_minor_version_are_replaced_and_the_data_kept(
    started: tuple[Places, Cluster],
) -> None:
    places, first = started
    write_a_row(first, "小版本")
    stop(places)
    assert first.embedded is not None
    kept = next(places.pg.glob("server-*"))
    kept.rename(places.pg / "server-0.older")
    state = places.pg / "state.json"
    state.write_text(state.read_text().replace(kept.name, "server-0.older"))

    second = ensure(places, environ={})

    assert [path.name for path in places.pg.glob("server-*")] == [kept.name]
    assert value(second.owner_url, "SELECT said FROM kept") == "小版本"
    home = second.embedded.home if second.embedded else first.embedded.home
    instance = current_instance(home)
    assert instance is not None
    assert kept in instance.server.programs.parents
