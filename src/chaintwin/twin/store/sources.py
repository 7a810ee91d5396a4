"""Sources as the store knows them: title, licence, rank, order of authority."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from chaintwin.engine.database import Connection, Database
from chaintwin.model.kinds import Kinds
from chaintwin.twin.store.authority import read_own_ranks
from chaintwin.twin.store.names import Names


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """A source and what may be done with its facts."""

    name: str
    title: Mapping[str, str]
    licence: str = "none stated"
    evaluation_only: bool = False
    rank: int = 100


def declare_source(database: Database, names: Names, source: SourceRecord) -> int:
    """Enter or update a source; return its number."""
    number = names.number("source", source.name)
    with database.transaction({}) as connection:
        connection.execute(
            "UPDATE source SET title = %s, licence = %s, evaluation_only = %s, rank = %s "
            "WHERE id = %s",
            (
                json.dumps(dict(source.title), ensure_ascii=False),
                source.licence,
                source.evaluation_only,
                source.rank,
                number,
            ),
        )
    return number


def list_sources(connection: Connection) -> dict[int, SourceRecord]:
    """Return every source by its number."""
    rows = connection.execute("SELECT id, name, title, licence, evaluation_only, rank FROM source")
    return {row[0]: SourceRecord(*row[1:]) for row in rows}


def read_ranks(connection: Connection, source: int, tenant: int) -> tuple[int, dict[int, int]]:
    """Return the rank of a source, and where it has another one by attribute, for a tenant."""
    rank = connection.execute("SELECT rank FROM source WHERE id = %s", (source,)).fetchone()
    assert rank is not None
    rows = connection.execute("SELECT attribute, rank FROM authority WHERE source = %s", (source,))
    shipped: dict[int, int] = dict(rows.fetchall())
    return int(rank[0]), shipped | read_own_ranks(connection, tenant, source, rank[0])


def set_authority(database: Database, names: Names, kinds: Kinds) -> None:
    """Write the order of authority of every attribute as content/kinds declares it."""
    ranks = [
        (names.number("attribute", attribute.name), names.number("source", source), rank)
        for kind in kinds.by_name.values()
        for attribute in kind.attributes.values()
        for rank, source in enumerate(attribute.authority)
    ]
    with database.transaction({}) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO authority (attribute, source, rank) VALUES (%s, %s, %s) "
            "ON CONFLICT (attribute, source) DO UPDATE SET rank = excluded.rank",
            ranks,
        )
