"""Recomputes the ledger and the current state from the facts and tells where they differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from psycopg import sql

from chaintwin.engine.database import Connection
from chaintwin.kit.batches import in_batches
from chaintwin.kit.digests import merkle_root
from chaintwin.twin.store.facts import closing_line
from chaintwin.twin.store.ledger import Leaves, leaf_digests
from chaintwin.twin.store.points import committed_points
from chaintwin.twin.store.rows import COLUMNS
from chaintwin.twin.store.state import COMPARED, collect_state

_STATES = 5_000


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the store does not agree with itself, or with what was signed."""

    what: str
    change: int | None
    body: int | None
    zh: str
    en: str
    tenant: int | None = None
    file: str | None = None  # below the data folder, or in the tree of the log


def check_ledger(connection: Connection) -> Iterator[Difference]:
    """Yield what differs between facts and ledger, change by change."""
    found = _read_opened(connection)
    closings = _read_closings(connection)
    for number, digests in committed_points(connection):
        found[-1 if number is None else number].add_observed(digests)
    for change, tenant, at, counts in _read_changes(connection):
        leaves = found.pop(change, Leaves())
        leaves.add_closed(
            (body, closing_line(fact)) for body, fact in closings.pop((tenant, at), ())
        )
        for difference in _compare(connection, change, leaves, counts):
            yield replace(difference, tenant=tenant)
    for change in found:
        zh = f"有事实或观测点属于不存在的变更 {change}"
        en = f"facts or points of the missing change {change}"
        yield Difference("change", change, None, zh, en)
    for (tenant, at), closed in closings.items():
        zh = f"有事实在 {at} 被结束,但没有对应的变更"
        en = f"facts were closed at {at} by no change"
        for body in sorted({body for body, _ in closed}):
            yield Difference("closing", None, body, zh, en, tenant)


def check_state(connection: Connection, now: datetime) -> Iterator[Difference]:
    """Yield every body whose current state is not what its facts come to."""
    rows = connection.execute("SELECT DISTINCT body, tenant FROM fact WHERE branch = 0")
    by_tenant: dict[int, list[int]] = defaultdict(list)
    for body, tenant in rows:
        by_tenant[tenant].append(body)
    for tenant, bodies in by_tenant.items():
        for batch in in_batches(sorted(bodies), _STATES):
            collect_state(connection, tenant, batch, now)
            query = COMPARED
            for (body,) in connection.execute(query, {"tenant": tenant, "bodies": batch}):
                zh = "当前态与事实推导的结果不一致"
                en = "the current state is not what facts say"
                yield Difference("state", None, body, zh, en, tenant)


def _read_changes(
    connection: Connection,
) -> list[tuple[int, int, datetime, tuple[int, int, int]]]:
    rows = connection.execute(
        "SELECT id, tenant, at, opened, closed, bodies FROM change ORDER BY id"
    )
    return [(row[0], row[1], row[2], (row[3], row[4], row[5])) for row in rows]


def _read_opened(connection: Connection) -> dict[int, Leaves]:
    query = sql.SQL("COPY (SELECT {} FROM fact ORDER BY change, body, id) TO STDOUT").format(
        sql.SQL(", ").join(sql.Identifier(column) for column in COLUMNS)
    )
    change_at, body_at = COLUMNS.index("change"), COLUMNS.index("body")
    found: dict[int, Leaves] = defaultdict(Leaves)
    rest = b""
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        for block in copy:
            *lines, rest = (rest + bytes(block)).split(b"\n")
            for line in lines:
                fields = line.split(b"\t", max(change_at, body_at) + 1)
                leaves = found[int(fields[change_at])]
                leaves.add_opened([(int(fields[body_at]), line.decode())])
    return found


def _read_closings(connection: Connection) -> dict[tuple[int, datetime], list[tuple[int, int]]]:
    found: dict[tuple[int, datetime], list[tuple[int, int]]] = defaultdict(list)
    rows = connection.execute(
        "SELECT tenant, known_to, body, id FROM fact WHERE known_to <> 'infinity'"
    )
    for tenant, at, body, fact in rows:
        found[tenant, at].append((body, fact))
    return found


def _compare(
    connection: Connection, change: int, leaves: Leaves, counts: tuple[int, int, int]
) -> Iterator[Difference]:
    stored = {
        body: (salt, first, second)
        for body, salt, first, second in connection.execute(
            "SELECT body, salt, sha256, sm3 FROM ledger_leaf WHERE change = %s", (change,)
        )
    }
    for body in sorted(stored.keys() | set(leaves.bodies())):
        if body not in stored:
            zh = "事实在账本中没有对应的叶子(插入或账本缺失)"
            yield Difference("leaf", change, body, zh, "facts without a leaf in the ledger")
            continue
        salt, first, second = stored[body]
        if leaf_digests(salt, leaves.content(body)) != (first, second):
            zh = "事实与账本摘要不符(被修改、删除或添加)"
            yield Difference("leaf", change, body, zh, "facts do not match their digest")
    yield from _compare_root(connection, change, [stored[body][1] for body in sorted(stored)])
    if counts[2] != len(stored):
        zh = "变更记录的数量与账本不符"
        yield Difference("change", change, None, zh, "the counts of the change do not match")


def _compare_root(
    connection: Connection, change: int, digests: list[bytes]
) -> Iterator[Difference]:
    row = connection.execute(
        "SELECT leaves, root FROM ledger WHERE change = %s", (change,)
    ).fetchone()
    if row is None:
        yield Difference("root", change, None, "变更没有账本记录", "the change has no ledger row")
    elif (row[0], bytes(row[1])) != (len(digests), merkle_root(digests)):
        zh = "账本根与叶子不符"
        yield Difference("root", change, None, zh, "the root does not match the leaves")
