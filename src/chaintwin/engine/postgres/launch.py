"""Find the running database or start it; create it the first time."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg

from chaintwin.engine.postgres.cluster import Cluster, Embedded, count_clients, embedded_cluster
from chaintwin.engine.postgres.external import find_external
from chaintwin.engine.postgres.home import Home, Passwords, find_home
from chaintwin.engine.postgres.instance import Instance
from chaintwin.engine.postgres.lock import Lease, hold
from chaintwin.engine.postgres.owner import choose_owner, owner_of
from chaintwin.engine.postgres.roles import (
    has_database,
    make_database,
    make_extensions,
    make_roles,
    require_chinese,
)
from chaintwin.engine.postgres.server import Server, forget_old_servers, keep_server
from chaintwin.kit.places import Places, find_places
from chaintwin.kit.problems import ConflictProblem, Problem

_NEEDED_BYTES = 500_000_000
_ANSWER_TRIES = 100
_GOODBYE_TRIES = 10
_NO_SETTINGS: Mapping[str, str] = {}


def ensure(
    places: Places | None = None,
    *,
    settings: Mapping[str, str] = _NO_SETTINGS,
    environ: Mapping[str, str] = os.environ,
) -> Cluster:
    """Return a database that answers: external if one is named, else our own, started if need be.

    `settings` are added to the server's own when it is started, not when it is found running.
    """
    external = find_external(environ)
    if external is not None:
        return external
    places = (places or find_places(environ)).make()
    home = find_home(places, choose_owner())
    with hold(home.lock):
        return _ensure_embedded(home, settings, is_on_demand=False)


@contextmanager
def running(
    places: Places | None = None, *, environ: Mapping[str, str] = os.environ
) -> Iterator[Cluster]:
    """Lend a database for the length of a block; the last to leave stops a server started so."""
    external = find_external(environ)
    if external is not None:
        yield external
        return
    home = find_home((places or find_places(environ)).make(), choose_owner())
    with hold(home.lock):
        lease = Lease(home.users)
        try:
            cluster = _ensure_embedded(home, _NO_SETTINGS, is_on_demand=True)
        except BaseException:
            lease.leave()
            raise
    try:
        yield cluster
    finally:
        with hold(home.lock):
            _leave(home, cluster, lease)


def revive(places: Places, *, environ: Mapping[str, str] = os.environ) -> bool:
    """Start the embedded database again if it died; return whether that was needed.

    For a process that uses it already: connections find it at the address they know.
    """
    if find_external(environ) is not None:
        return False
    home = find_home(places, choose_owner())
    instance, state = current_instance(home), home.state()
    if instance is None or state is None or instance.find_port() is not None:
        return False
    with hold(home.lock):
        _ensure_embedded(home, _NO_SETTINGS, is_on_demand=state.is_on_demand)
    return True


def _leave(home: Home, cluster: Cluster, lease: Lease) -> None:
    state = home.state()
    if not lease.leave() or state is None or not state.is_on_demand:
        return
    # A connection closed a moment ago may still be saying goodbye.
    for _ in range(_GOODBYE_TRIES):
        instance = current_instance(home)
        if instance is None or instance.find_port() is None:
            return
        if count_clients(_super(cluster)) == 0:
            instance.stop()
            return
        time.sleep(0.1)


def stop(places: Places | None = None) -> bool:
    """Stop the embedded database; return whether it was running."""
    places = places or find_places()
    if not places.pg.is_dir():
        return False
    home = find_home(places, choose_owner())
    instance = current_instance(home)
    if instance is None:
        return False
    with hold(home.lock):
        was_running = instance.find_port() is not None
        instance.stop()
    return was_running


def current_instance(home: Home) -> Instance | None:
    """Return the instance that was started last, with the programs that served it."""
    state = home.state()
    if state is None:
        return None
    data = home.folder / state.data
    return Instance(home.programs(state), data, home.logs, owner_of(data))


def _ensure_embedded(home: Home, settings: Mapping[str, str], *, is_on_demand: bool) -> Cluster:
    passwords = home.passwords()
    known = current_instance(home)
    found = None if known is None else _find_running(home, known, passwords)
    if found is not None:
        return found
    server = keep_server(home.folder)
    instance = known_or_new(home, server, known)
    if not instance.exists:
        _require_space(home)
        instance.create(passwords.superuser)
    state = home.state()
    port = instance.start(state.port if state else None, settings)
    cluster = embedded_cluster(passwords, Embedded(home, instance, port))
    furnish(cluster, passwords)
    home.keep_state(instance.data, server, port, is_on_demand=is_on_demand)
    forget_old_servers(home.folder, server)
    return cluster


def _find_running(home: Home, known: Instance, passwords: Passwords) -> Cluster | None:
    """Return the running server once it answers; one that is just dying does not count."""
    said = ""
    for _ in range(_ANSWER_TRIES):
        port = known.find_port()
        if port is None:
            return None
        cluster = embedded_cluster(passwords, Embedded(home, known, port))
        try:
            psycopg.connect(cluster.app_url, connect_timeout=5).close()
        except psycopg.OperationalError:
            # A start that was cut short left it without roles or database.
            try:
                furnish(cluster, passwords)
            except psycopg.OperationalError as error:
                said = str(error)
                time.sleep(0.1)
                continue
        return cluster
    raise Problem(
        f"数据库进程在运行，但不接受连接：{said}。日志：{known.logs}。",
        f"The database process runs but accepts no connection: {said}. Logs: {known.logs}.",
        status=503,
    )


def furnish(cluster: Cluster, passwords: Passwords) -> None:
    """Create the roles, the database and its extensions where they are absent."""
    make_empty(cluster, passwords)
    with psycopg.connect(_super(cluster)) as connection:
        make_extensions(connection)
        require_chinese(connection)


def make_empty(cluster: Cluster, passwords: Passwords) -> None:
    """Create the roles and a bare database where they are absent."""
    with psycopg.connect(_super(cluster, "postgres"), autocommit=True) as connection:
        make_roles(connection, passwords)
        if not has_database(connection):
            make_database(connection)


def _super(cluster: Cluster, database: str | None = None) -> str:
    chosen = cluster if database is None else cluster.with_database(database)
    if chosen.super_url is None:
        raise TypeError("an external server has no superuser of ours")
    return chosen.super_url


def known_or_new(home: Home, server: Server, known: Instance | None) -> Instance:
    """Return the instance to start: the known data under the newest programs of its version."""
    if known is None:
        data = home.data(server.major)
        owner = owner_of(data) if data.exists() else choose_owner()
        return Instance(server, data, home.logs, owner)
    held = int((known.data / "PG_VERSION").read_text("utf-8"))
    if held < server.major:
        raise ConflictProblem(
            f"数据由 PostgreSQL {held} 保存，本程序带的是 PostgreSQL {server.major}。"
            "请先运行 chaintwin upgrade（会保留旧数据，直到新数据核对无误）。",
            f"The data were written by PostgreSQL {held}; this program brings PostgreSQL "
            f"{server.major}. Run chaintwin upgrade first (the old data are kept until the new "
            "are verified).",
        )
    if held > server.major:
        raise ConflictProblem(
            f"数据由较新的 PostgreSQL {held} 保存，本程序只带 PostgreSQL {server.major}。"
            "请安装较新的 chaintwin。",
            f"The data were written by the newer PostgreSQL {held}; this program brings "
            f"PostgreSQL {server.major}. Install a newer chaintwin.",
        )
    return Instance(server, known.data, known.logs, known.owner)


def _require_space(home: Home) -> None:
    free = shutil.disk_usage(home.folder).free
    if free < _NEEDED_BYTES:
        raise Problem(
            f"{home.folder} 所在磁盘只剩 {free // 1_000_000} MB，建库至少需要 500 MB。"
            "请清理磁盘，或用 CHAINTWIN_DATA 换一个位置。",
            f"The disk of {home.folder} has only {free // 1_000_000} MB left; 500 MB are needed. "
            "Free some space, or choose another place with CHAINTWIN_DATA.",
            status=507,
        )
