"""A server that others run: accepted only if it is new enough and its roles are safe."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

import psycopg

from chaintwin.engine.postgres.cluster import Cluster
from chaintwin.engine.postgres.roles import make_extensions, require_chinese
from chaintwin.kit.problems import Problem

APP_VARIABLE = "CHAINTWIN_DATABASE_URL"
OWNER_VARIABLE = "CHAINTWIN_DATABASE_OWNER_URL"
SUPER_VARIABLE = "CHAINTWIN_DATABASE_SUPER_URL"
OLDEST_MAJOR = 18


def find_external(environ: Mapping[str, str]) -> Cluster | None:
    """Return the server named in the environment, checked, or None if none is named."""
    app_url = environ.get(APP_VARIABLE, "").strip()
    if not app_url:
        return None
    owner_url = environ.get(OWNER_VARIABLE, "").strip()
    if not owner_url:
        raise Problem(
            f"设置了 {APP_VARIABLE} 就必须同时设置 {OWNER_VARIABLE}：前者是只读写数据的普通角色，"
            "后者是拥有数据表并执行升级的角色。",
            f"With {APP_VARIABLE}, {OWNER_VARIABLE} is needed too: the first is the plain role "
            "that serves, the second the role that owns the tables and migrates them.",
            status=500,
        )
    _check_app(app_url)
    _check_owner(owner_url)
    super_url = environ.get(SUPER_VARIABLE, "").strip() or None
    return Cluster(owner_url, app_url, super_url)


def _check_app(url: str) -> None:
    with _connect(url) as connection:
        _check_version(connection.info.server_version)
        row = connection.execute(
            "SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
    if row and row[1]:
        raise Problem(
            f"{APP_VARIABLE} 的角色 {row[0]} 是超级用户或可绕过行级权限，租户之间的数据会互相可见。"
            f"请执行 ALTER ROLE {row[0]} NOSUPERUSER NOBYPASSRLS，或换一个角色。",
            f"The role {row[0]} of {APP_VARIABLE} is a superuser or bypasses row security, so "
            "that tenants would see each other's data. "
            f"Run ALTER ROLE {row[0]} NOSUPERUSER NOBYPASSRLS, or use another role.",
            status=500,
        )


def _check_owner(url: str) -> None:
    with _connect(url) as connection:
        make_extensions(connection)
        require_chinese(connection)


def _check_version(version: int) -> None:
    if version // 10000 < OLDEST_MAJOR:
        raise Problem(
            f"{APP_VARIABLE} 指向 PostgreSQL {version // 10000}，本程序需要 {OLDEST_MAJOR} 或更高"
            "版本。请升级数据库服务器；或去掉这个环境变量，使用内置的数据库。",
            f"{APP_VARIABLE} names a PostgreSQL {version // 10000} server; version {OLDEST_MAJOR} "
            "or newer is needed. Upgrade the server, or remove the variable to use the "
            "embedded database.",
            status=500,
        )


def _connect(url: str) -> psycopg.Connection:
    try:
        return psycopg.connect(url, connect_timeout=10)
    except psycopg.Error as error:
        parts = urlsplit(url)
        where = f"{parts.hostname or ''}:{parts.port or 5432}{parts.path}"
        raise Problem(
            f"连接不上数据库 {where}：{error}。请检查地址、口令和网络。",
            f"Cannot connect to the database {where}: {error}. "
            "Check the address, the password and the network.",
            status=500,
        ) from error
