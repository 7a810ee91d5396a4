"""Copying a database out and in with pg_dump and pg_restore."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from chaintwin.engine.postgres.cluster import Cluster
from chaintwin.engine.postgres.external import SUPER_VARIABLE
from chaintwin.engine.postgres.server import (
    WHEEL_PROGRAMS,
    Server,
    clean_environment,
    major,
    require_wheel,
)
from chaintwin.kit.problems import Problem

_VARIABLES = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}


def clients_for(cluster: Cluster) -> Server:
    """Return programs as new as the server.

    For an external server those of the system come first: the wheel's know no TLS.
    """
    if cluster.embedded is not None:
        return cluster.embedded.instance.server
    installed = shutil.which("pg_dump")
    if installed is not None:
        server = Server(Path(installed).parent)
        if major(server.version_of("pg_dump")) >= server_major(cluster.owner_url):
            return server
    return Server(require_wheel() / WHEEL_PROGRAMS)


def server_major(url: str) -> int:
    """Return the major version of the server behind a URL."""
    with psycopg.connect(url) as connection:
        return connection.info.server_version // 10000


def dump_database(clients: Server, url: str, target: Path) -> None:
    """Write a consistent copy of a database, in pg_dump's own compressed format."""
    said = _run(clients, "pg_dump", url, "--format=custom", f"--file={target}")
    if said is None:
        return
    way_zh, way_en = "请查看上面的原因。", "See the reason above."
    if "row-level security" in said or "permission denied" in said:
        way_zh = f"备份需要能读全部行的角色：请设置 {SUPER_VARIABLE}。"
        way_en = f"A backup needs a role that reads every row: set {SUPER_VARIABLE}."
    raise Problem(
        f"数据库备份失败：{said}。{way_zh}",
        f"The database could not be dumped: {said}. {way_en}",
        status=500,
    )


def load_database(clients: Server, url: str, source: Path) -> None:
    """Fill an empty database from a copy, all or nothing."""
    said = _run(
        clients, "pg_restore", url, "--single-transaction", "--exit-on-error", "--dbname=", source
    )
    if said is not None:
        raise Problem(
            f"数据库恢复失败：{said}。原有数据没有改动。",
            f"The database could not be restored: {said}. Existing data were not touched.",
            status=500,
        )


def _run(clients: Server, name: str, url: str, *arguments: str | Path) -> str | None:
    """Run a client program; return None, or what it complained of."""
    ran = subprocess.run(
        [clients.program(name), *arguments],
        env=clean_environment() | _environment(url),
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    return None if ran.returncode == 0 else ran.stderr.strip() or f"exit {ran.returncode}"


def _environment(url: str) -> dict[str, str]:
    """Say through the environment where to connect: arguments can be read by every user."""
    fields = conninfo_to_dict(url)
    named = {_VARIABLES[key]: str(value) for key, value in fields.items() if key in _VARIABLES}
    return named | {"PGOPTIONS": "-c statement_timeout=0", "PATH": os.environ.get("PATH", "")}
