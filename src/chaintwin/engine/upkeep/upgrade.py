"""Bringing data forward: through a new major version of PostgreSQL, then through migrations."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg import sql

from chaintwin.engine.postgres.cluster import Cluster, Embedded, count_clients, embedded_cluster
from chaintwin.engine.postgres.external import find_external
from chaintwin.engine.postgres.home import Home, find_home
from chaintwin.engine.postgres.instance import Instance
from chaintwin.engine.postgres.launch import current_instance, make_empty, running
from chaintwin.engine.postgres.lock import hold
from chaintwin.engine.postgres.owner import choose_owner
from chaintwin.engine.postgres.roles import DATABASE
from chaintwin.engine.postgres.server import Server, find_kept_server, keep_server, major
from chaintwin.engine.upkeep.backup import backup, default_name, find_revision
from chaintwin.engine.upkeep.dump import dump_database, load_database
from chaintwin.engine.upkeep.restore import settle
from chaintwin.kit.places import Places
from chaintwin.kit.problems import ConflictProblem, Problem

_DEBIAN = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What an upgrade did; majors and revisions are equal where nothing had to be done."""

    from_major: int
    to_major: int
    from_revision: str | None
    to_revision: str | None
    backup: Path | None = None
    kept_data: Path | None = None


def upgrade(
    places: Places,
    now: datetime,
    migrate: Callable[[str], None],
    revisions: Sequence[str],
    environ: Mapping[str, str] = os.environ,
) -> Upgraded:
    """Bring data forward as far as this program knows; `revisions` are its own, oldest first.

    A backup is made before migrations touch data. Old data of another major version of
    PostgreSQL are kept beside the new until somebody removes them.
    """
    moved = None
    if find_external(environ) is None:
        places.make()
        home = find_home(places, choose_owner())
        with hold(home.lock):
            moved = _move_major(home)
    with running(places, environ=environ) as cluster:
        settle(places, cluster)
        done = bring_schema_forward(places, cluster, now, migrate, revisions)
    if moved is None:
        return done
    return replace(done, from_major=major((moved / "PG_VERSION").read_text()), kept_data=moved)


def bring_schema_forward(
    places: Places,
    cluster: Cluster,
    now: datetime,
    migrate: Callable[[str], None],
    revisions: Sequence[str],
) -> Upgraded:
    """Run the migrations a database lacks, after a backup of what it holds."""
    with psycopg.connect(cluster.owner_url) as connection:
        version = connection.info.server_version // 10000
    before = find_revision(cluster.owner_url)
    if before is not None and before not in revisions:
        raise ConflictProblem(
            f"数据由较新的 chaintwin 写成（版本记号 {before}），本程序不认识，没有改动。"
            "请安装较新的 chaintwin。",
            f"The data were written by a newer chaintwin (revision {before}) that this program "
            "does not know; nothing was changed. Install a newer chaintwin.",
        )
    kept = None
    if before is not None and before != revisions[-1]:
        kept = places.backups / default_name(now, "before-upgrade")
        backup(places, cluster, kept, now)
    migrate(cluster.owner_url)
    return Upgraded(version, version, before, find_revision(cluster.owner_url), kept)


def _move_major(home: Home) -> Path | None:
    """Copy the data into a newer PostgreSQL if this program brings one; return the old folder."""
    old = current_instance(home)
    if old is None:
        return None
    held = major((old.data / "PG_VERSION").read_text("utf-8"))
    server = keep_server(home.folder)
    if held >= server.major:
        return None
    old = replace(old, server=find_old_server(home, old.server, held))
    new = replace(old, server=server, data=home.data(server.major))
    _discard(new)
    dump = home.folder / f"upgrade-{held}.dump"
    try:
        counted = _copy_out(home, old, server, dump)
        port = _copy_in(home, new, dump, counted)
    except BaseException:
        new.stop()
        _discard(new)
        raise
    finally:
        dump.unlink(missing_ok=True)
    home.keep_state(new.data, server, port)
    return old.data


def find_old_server(home: Home, last: Server, held: int) -> Server:
    """Return programs that can still read the old data: those kept beside them, or Debian's."""
    if last.program("postgres").exists() and last.major == held:
        return last
    kept = find_kept_server(home.folder, held)
    installed = Server(_DEBIAN / str(held) / "bin")
    if kept is not None:
        return kept
    if installed.program("postgres").exists():
        return installed
    raise Problem(
        f"数据由 PostgreSQL {held} 保存，但 {home.folder} 里不再有它的程序，读不出来。"
        f"请安装 PostgreSQL {held}（Debian：apt-get install postgresql-{held}）后再运行。",
        f"The data were written by PostgreSQL {held}, whose programs are gone from {home.folder}. "
        f"Install PostgreSQL {held} (Debian: apt-get install postgresql-{held}) and run again.",
        status=500,
    )


def _copy_out(home: Home, old: Instance, clients: Server, dump: Path) -> dict[str, str]:
    """Dump the old database; return a digest per table."""
    port = old.start(None, {})
    cluster = embedded_cluster(home.passwords(), Embedded(home, old, port))
    try:
        if count_clients(_super(cluster)) > 0:
            raise ConflictProblem(
                "有程序正在使用数据库。请先停止 chaintwin serve，再运行 chaintwin upgrade。",
                "The database is in use. Stop chaintwin serve, then run chaintwin upgrade.",
            )
        counted = digest_tables(_super(cluster))
        dump_database(clients, _super(cluster), dump)
    finally:
        old.stop()
    return counted


def _copy_in(home: Home, new: Instance, dump: Path, counted: dict[str, str]) -> int:
    """Build the new database and compare every table; return its port."""
    passwords = home.passwords()
    new.create(passwords.superuser)
    port = new.start(None, {})
    cluster = embedded_cluster(passwords, Embedded(home, new, port))
    make_empty(cluster, passwords)
    load_database(new.server, _super(cluster), dump)
    found = digest_tables(_super(cluster))
    wrong = sorted(name for name in counted | found if counted.get(name) != found.get(name))
    if wrong:
        raise Problem(
            f"升级后的数据与原数据不一致（{'、'.join(wrong[:5])}），已放弃新数据，原数据未动。",
            f"The upgraded data differ from the old ({', '.join(wrong[:5])}); the new were "
            "discarded, the old were not touched.",
            status=500,
        )
    return port


def digest_tables(url: str) -> dict[str, str]:
    """Return, per table, its number of rows and a sum over the MD5 of every row."""
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n "
            "ON n.oid = c.relnamespace WHERE c.relkind = 'r' "
            "AND n.nspname NOT IN ('pg_catalog', 'information_schema') "
            "AND n.nspname NOT LIKE 'pg\\_toast%'"
        ).fetchall()
        return {
            f"{schema}.{name}": _digest(connection, str(schema), str(name))
            for schema, name in tables
        }


def _digest(connection: psycopg.Connection, schema: str, name: str) -> str:
    row = connection.execute(
        sql.SQL(
            "SELECT count(*), sum(('x' || left(md5(t::text), 15))::bit(60)::bigint) FROM {} t"
        ).format(sql.Identifier(schema, name))
    ).fetchone()
    return "" if row is None else f"{row[0]}:{row[1]}"


def forget_old_data(places: Places) -> list[Path]:
    """Remove data and programs of other major versions than the present; return what went."""
    home = find_home(places, choose_owner())
    with hold(home.lock):
        state = home.state()
        if state is None:
            return []
        present = home.programs(state)
        old = [path for path in home.folder.glob("data-*") if path.name != state.data]
        old += [
            path for path in home.folder.glob("server-*") if path not in present.programs.parents
        ]
        for folder in old:
            shutil.rmtree(folder)
    return old


def _discard(instance: Instance) -> None:
    instance.stop()
    shutil.rmtree(instance.data, ignore_errors=True)


def _super(cluster: Cluster) -> str:
    return cluster.with_database(DATABASE).super_url or ""
