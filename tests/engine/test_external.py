"""A PostgreSQL server named by URL is used as it is, or refused with the reason."""

from __future__ import annotations

import psycopg
import pytest

from chaintwin.engine.postgres import Cluster, ensure
from chaintwin.kit.problems import Problem


def test_an_external_server_is_used_as_named_and_never_stopped(
    empty_database: Cluster,
) -> None:
    environ = {
        "CHAINTWIN_DATABASE_URL": empty_database.app_url,
        "CHAINTWIN_DATABASE_OWNER_URL": empty_database.owner_url,
    }

    found = ensure(environ=environ)
    found.stop()

    assert (found.app_url, found.owner_url) == (empty_database.app_url, empty_database.owner_url)
    with psycopg.connect(found.app_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_an_external_superuser_is_refused_as_the_serving_role(empty_database: Cluster) -> None:
    environ = {
        "CHAINTWIN_DATABASE_URL": str(empty_database.super_url),
        "CHAINTWIN_DATABASE_OWNER_URL": empty_database.owner_url,
    }

    with pytest.raises(Problem) as raised:
        ensure(environ=environ)

    assert "超级用户" in raised.value.zh
    assert "NOSUPERUSER" in raised.value.en


def test_an_external_url_without_an_owner_says_which_variable_is_missing() -> None:
    with pytest.raises(Problem) as raised:
        ensure(environ={"CHAINTWIN_DATABASE_URL": "postgresql://app@127.0.0.1/x"})

    assert "CHAINTWIN_DATABASE_OWNER_URL" in raised.value.zh


def test_an_external_database_whose_locale_knows_no_chinese_is_refused(cluster: Cluster) -> None:
    super_url = str(cluster.with_database("postgres").super_url)
    with psycopg.connect(super_url, autocommit=True) as connection:
        connection.execute(
            "CREATE DATABASE plain_c OWNER chaintwin_owner TEMPLATE template0 "
            "LOCALE_PROVIDER libc LOCALE 'C' ENCODING 'UTF8'"
        )
    plain = cluster.with_database("plain_c")
    environ = {
        "CHAINTWIN_DATABASE_URL": plain.app_url,
        "CHAINTWIN_DATABASE_OWNER_URL": plain.owner_url,
    }

    with pytest.raises(Problem) as raised:
        ensure(environ=environ)
    with psycopg.connect(super_url, autocommit=True) as connection:
        connection.execute("DROP DATABASE plain_c WITH (FORCE)")

    assert "C.UTF-8" in raised.value.zh
