"""A database server that is ready to be used, embedded or external."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg

from chaintwin.engine.postgres.home import Home, Passwords
from chaintwin.engine.postgres.instance import HOST, SUPERUSER, Instance
from chaintwin.engine.postgres.lock import hold
from chaintwin.engine.postgres.roles import APP, DATABASE, OWNER


@dataclass(frozen=True, slots=True)
class Embedded:
    """The running server of our own."""

    home: Home
    instance: Instance
    port: int


@dataclass(frozen=True, slots=True)
class Cluster:
    """URLs of one database for its owner (migrates), its app role (serves) and a superuser.

    `super_url` is None where an external server lends none; `embedded` is None there too.
    """

    owner_url: str
    app_url: str
    super_url: str | None
    embedded: Embedded | None = None

    def with_database(self, name: str) -> Cluster:
        """Return the same server's URLs for another database."""
        return replace(
            self,
            owner_url=_rename(self.owner_url, name),
            app_url=_rename(self.app_url, name),
            super_url=None if self.super_url is None else _rename(self.super_url, name),
        )

    def stop(self) -> None:
        """Stop the embedded server, whoever uses it; an external one is left alone."""
        if self.embedded is not None:
            with hold(self.embedded.home.lock):
                self.embedded.instance.stop()


def embedded_cluster(passwords: Passwords, embedded: Embedded) -> Cluster:
    """Return the URLs of the embedded server's main database."""

    def url(role: str, password: str) -> str:
        return f"postgresql://{role}:{quote(password, safe='')}@{HOST}:{embedded.port}/{DATABASE}"

    return Cluster(
        owner_url=url(OWNER, passwords.owner),
        app_url=url(APP, passwords.app),
        super_url=url(SUPERUSER, passwords.superuser),
        embedded=embedded,
    )


def count_clients(url: str, database: str | None = None) -> int:
    """Return how many other clients are connected to the server, or to one database of it."""
    with psycopg.connect(_rename(url, "postgres")) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' "
            "AND pid <> pg_backend_pid() AND (%(name)s::text IS NULL OR datname = %(name)s)",
            {"name": database},
        ).fetchone()
    return int(row[0]) if row else 0


def _rename(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{quote(database, safe='')}"))
