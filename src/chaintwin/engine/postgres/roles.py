"""The roles and the database: an owner who migrates, and a server role that bypasses nothing."""

from __future__ import annotations

import contextlib

import psycopg
from psycopg import sql

from chaintwin.engine.postgres.home import Passwords
from chaintwin.kit.problems import Problem

DATABASE = "chaintwin"
OWNER = "chaintwin_owner"
APP = "chaintwin_app"
EXTENSIONS = ("pg_trgm", "btree_gist", "ltree")
WELCOME_EXTENSIONS = ("vector",)

_LESSER = "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION"
_PROBE = "长春市新能源汽车"


def make_roles(connection: psycopg.Connection, passwords: Passwords) -> None:
    """Create both roles, or bring them back to exactly these rights."""
    for role, password in ((OWNER, passwords.owner), (APP, passwords.app)):
        known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
        verb = "ALTER" if known else "CREATE"
        # Sent as a SCRAM verifier, so that no log can hold the password.
        verifier = connection.pgconn.encrypt_password(
            password.encode(), role.encode(), b"scram-sha-256"
        ).decode()
        connection.execute(
            sql.SQL("{} ROLE {} {} PASSWORD {}").format(
                sql.SQL(verb), sql.Identifier(role), sql.SQL(_LESSER), sql.Literal(verifier)
            )
        )


def make_database(
    connection: psycopg.Connection, name: str = DATABASE, template: str | None = None
) -> None:
    """Create a database of the owner's, empty or as a copy of another; needs autocommit."""
    connection.execute(
        sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(template or "template1")
        )
    )
    connection.execute(
        sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name))
    )
    connection.execute(
        sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(
            sql.Identifier(name), sql.Identifier(APP)
        )
    )


def has_database(connection: psycopg.Connection, name: str = DATABASE) -> bool:
    """Tell whether a database of this name exists."""
    asked = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    return asked.fetchone() is not None


def drop_database(connection: psycopg.Connection, name: str) -> None:
    """Remove a database and whoever is connected to it; needs autocommit."""
    connection.execute(
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    )


def make_extensions(connection: psycopg.Connection) -> None:
    """Create what the twin needs, and what it welcomes where the server has it."""
    offered = {
        str(row[0])
        for row in connection.execute("SELECT name FROM pg_available_extensions").fetchall()
    }
    missing = [name for name in EXTENSIONS if name not in offered]
    if missing:
        raise Problem(
            f"数据库服务器缺少扩展 {'、'.join(missing)}。请安装 PostgreSQL 的 contrib 软件包。",
            f"The database server lacks the extensions {', '.join(missing)}. "
            "Install PostgreSQL's contrib package.",
            status=500,
        )
    for name in EXTENSIONS:
        _make_extension(connection, name)
    for name in WELCOME_EXTENSIONS:
        # Some servers let only a superuser create it; nothing depends on it yet.
        with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
            if name in offered:
                _make_extension(connection, name)


def _make_extension(connection: psycopg.Connection, name: str) -> None:
    with connection.transaction():
        connection.execute(
            sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name))
        )


def count_chinese_trigrams(connection: psycopg.Connection) -> int:
    """Return how many trigrams the server finds in a Chinese phrase: zero if it cannot read it."""
    row = connection.execute("SELECT cardinality(show_trgm(%s))", [_PROBE]).fetchone()
    return int(row[0]) if row else 0


def require_chinese(connection: psycopg.Connection) -> None:
    """Refuse a database whose locale makes Chinese text unsearchable."""
    if count_chinese_trigrams(connection) == 0:
        raise Problem(
            "这个数据库的语言环境不识别汉字，中文检索会没有结果。"
            "请用 libc 的 C.UTF-8 重新建库：CREATE DATABASE … TEMPLATE template0 "
            "LOCALE_PROVIDER libc LOCALE 'C.UTF-8' ENCODING 'UTF8'。",
            "The locale of this database does not know Chinese letters, so that Chinese search "
            "would find nothing. Create it anew with libc's C.UTF-8: CREATE DATABASE … TEMPLATE "
            "template0 LOCALE_PROVIDER libc LOCALE 'C.UTF-8' ENCODING 'UTF8'.",
            status=500,
        )
