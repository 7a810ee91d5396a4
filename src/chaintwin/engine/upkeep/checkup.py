"""Looks at everything chaintwin needs and says what is missing and the way out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import psycopg

from chaintwin.engine.postgres.cluster import Cluster
from chaintwin.engine.postgres.external import APP_VARIABLE, OLDEST_MAJOR
from chaintwin.engine.postgres.launch import running
from chaintwin.engine.postgres.roles import count_chinese_trigrams
from chaintwin.engine.upkeep import machine
from chaintwin.engine.upkeep.backup import find_revision
from chaintwin.engine.upkeep.finding import Finding, Words, from_problem
from chaintwin.kit.places import Places
from chaintwin.kit.problems import Problem

_DATABASE = Words("数据库", "Database")
_CHINESE = Words("中文检索", "Chinese search")
_ROLE = Words("数据库角色", "Database role")
_SCHEMA = Words("数据结构", "Schema")


def examine(
    places: Places,
    *,
    port: int,
    static: Path,
    revision: str,
    environ: Mapping[str, str] = os.environ,
) -> list[Finding]:
    """Return the finding on every part; nothing is created, a stopped database is only lent.

    `static` is where built pages lie, `revision` the last migration this program knows.
    """
    findings = [
        machine.check_python(),
        machine.check_disk(places),
        machine.check_rights(places),
        machine.check_node(),
        machine.check_pages(static),
        machine.check_port(port),
        machine.check_fonts(),
        machine.check_chromium(),
    ]
    if not environ.get(APP_VARIABLE):
        findings.append(machine.check_postgres())
        if not (places.pg / "state.json").exists() and not (places.pg / "elsewhere").exists():
            said = Words("尚未建立", "Not created yet")
            way = Words("首次运行 make run 时自动建立。", "make run creates it the first time.")
            return [*findings, Finding("database", _DATABASE, "warn", said, way)]
    return [*findings, *check_database(places, revision, environ)]


def check_database(places: Places, revision: str, environ: Mapping[str, str]) -> list[Finding]:
    """Check the database by using it; one that was stopped is stopped again."""
    try:
        with running(places, environ=environ) as cluster:
            return [
                _check_version(cluster),
                _check_chinese(cluster),
                _check_role(cluster),
                _check_schema(cluster, revision),
                *_check_restore(places),
            ]
    except Problem as problem:
        return [from_problem("database", _DATABASE, problem)]


def _check_version(cluster: Cluster) -> Finding:
    with psycopg.connect(cluster.app_url) as connection:
        version = connection.info.server_version
    said = f"PostgreSQL {version // 10000}.{version % 10000}"
    if version // 10000 >= OLDEST_MAJOR:
        return Finding("database", _DATABASE, "ok", Words(said, said))
    way = Words(f"需要 {OLDEST_MAJOR} 或更高版本。", f"{OLDEST_MAJOR} or newer is needed.")
    return Finding("database", _DATABASE, "missing", Words(said, said), way)


def _check_chinese(cluster: Cluster) -> Finding:
    with psycopg.connect(cluster.app_url) as connection:
        found = count_chinese_trigrams(connection)
        row = connection.execute(
            "SELECT datcollate || ' (' || CASE datlocprovider WHEN 'c' THEN 'libc' "
            "WHEN 'i' THEN 'icu' ELSE 'builtin' END || ')' FROM pg_database "
            "WHERE datname = current_database()"
        ).fetchone()
    locale = str(row[0]) if row else ""
    if found > 0:
        return Finding("chinese", _CHINESE, "ok", Words(locale, locale))
    return Finding(
        "chinese",
        _CHINESE,
        "missing",
        Words(f"语言环境 {locale} 不识别汉字", f"The locale {locale} knows no Chinese letters"),
        Words("请用 libc 的 C.UTF-8 重新建库。", "Create the database anew with libc's C.UTF-8."),
    )


def _check_role(cluster: Cluster) -> Finding:
    with psycopg.connect(cluster.app_url) as connection:
        row = connection.execute(
            "SELECT rolname, rolsuper OR rolbypassrls, EXISTS (SELECT FROM pg_class "
            "WHERE relowner = r.oid AND relkind IN ('r', 'p')) "
            "FROM pg_roles r WHERE rolname = current_user"
        ).fetchone()
    name, bypasses, owns = row if row else ("?", True, True)
    if not bypasses and not owns:
        said = Words(f"{name}：普通角色", f"{name}: a plain role")
        return Finding("role", _ROLE, "ok", said)
    return Finding(
        "role",
        _ROLE,
        "missing",
        Words(f"{name} 可绕过租户之间的隔离", f"{name} can pass the walls between tenants"),
        Words(
            f"请执行 ALTER ROLE {name} NOSUPERUSER NOBYPASSRLS，且不要让它拥有数据表。",
            f"Run ALTER ROLE {name} NOSUPERUSER NOBYPASSRLS, and let it own no table.",
        ),
    )


def _check_schema(cluster: Cluster, revision: str) -> Finding:
    present = find_revision(cluster.owner_url)
    said = Words(present or "空", present or "empty")
    if present == revision:
        return Finding("schema", _SCHEMA, "ok", said)
    way = Words("请运行 chaintwin upgrade。", "Run chaintwin upgrade.")
    return Finding("schema", _SCHEMA, "warn", said, way)


def _check_restore(places: Places) -> list[Finding]:
    if not (places.root / "restoring").exists():
        return []
    return [
        Finding(
            "restore",
            Words("恢复", "Restore"),
            "warn",
            Words("上次恢复被中断", "The last restore was cut short"),
            Words(
                "再次运行 chaintwin restore 会先收拾好现场。",
                "Running chaintwin restore again settles it first.",
            ),
        )
    ]
