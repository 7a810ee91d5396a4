"""Sources as the store knows them: title, licence, rank, order of authority."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chaintwin.engine.database import Connection, Database
from chaintwin.model.kinds import Kinds
from chaintwin.twin.store.authority import read_own_ranks
from chaintwin.twin.store.names import Names
from chaintwin.twin.store.verifying import Difference


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
    ranks = _shipped_ranks(names, kinds)
    with database.transaction({}) as connection, connection.cursor() as cursor:
        held = connection.execute("SELECT attribute, source FROM authority").fetchall()
        for pair in set(held) - ranks.keys():
            cursor.execute("DELETE FROM authority WHERE attribute = %s AND source = %s", pair)
        cursor.executemany(
            "INSERT INTO authority (attribute, source, rank) VALUES (%s, %s, %s) "
            "ON CONFLICT (attribute, source) DO UPDATE SET rank = excluded.rank",
            [(*pair, rank) for pair, rank in ranks.items()],
        )


def _shipped_ranks(names: Names, kinds: Kinds) -> dict[tuple[int, int], int]:
    return {
        (names.number("attribute", attribute.name), names.number("source", source)): rank
        for kind in kinds.by_name.values()
        for attribute in kind.attributes.values()
        for rank, source in enumerate(attribute.authority)
    }


def check_sources(
    connection: Connection, names: Names, kinds: Kinds, declared: Mapping[str, SourceRecord]
) -> Iterator[Difference]:
    """Yield every source, and every order of authority, that is not as it was declared.

    What a source is that this program does not know is told by the ledger (ledger.walking), as is
    one that was entered and is bare again.
    """
    for held in list_sources(connection).values():
        is_bare = held == SourceRecord(held.name, {})
        if held.name in declared and held != declared[held.name] and not is_bare:
            zh = f"来源“{held.name}”的名称、许可或级别与声明不符"
            en = f"title, licence or rank of the source “{held.name}” are not as declared"
            yield Difference("source", None, None, zh, en)
    rows = connection.execute("SELECT attribute, source, rank FROM authority")
    kept = {(attribute, source): rank for attribute, source, rank in rows}
    shipped = _shipped_ranks(names, kinds) if declared else {}
    differing = {pair for pair, _ in kept.items() ^ shipped.items()} if declared else set()
    for attribute in sorted({names.name("attribute", pair[0]) for pair in differing}):
        zh = f"属性“{attribute}”的出厂权威次序被改动"
        en = f"the shipped order of authority of “{attribute}” was altered"
        yield Difference("source", None, None, zh, en)
