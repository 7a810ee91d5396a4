"""Recomputes the ledger and the current state from the facts and tells where they differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, LiteralString

from psycopg import sql

from chaintwin.engine.database import Connection
from chaintwin.kit.batches import in_batches
from chaintwin.kit.digests import merkle_root
from chaintwin.twin.store.facts import closing_line
from chaintwin.twin.store.former import (
    differing_then,
    former_due,
    list_compared,
    list_shown,
    read_forks,
    read_steps,
)
from chaintwin.twin.store.geometry import differing_shapes
from chaintwin.twin.store.keys import read_key_lines
from chaintwin.twin.store.ledger import NO_BODY, Leaves, leaf_digests
from chaintwin.twin.store.lines import MAIN, BranchRow, Line, all_branches, make_line
from chaintwin.twin.store.points import committed_points
from chaintwin.twin.store.rows import COLUMNS
from chaintwin.twin.store.state import COMPARED, bodies_due, collect_state
from chaintwin.twin.store.uses import differing_uses
from chaintwin.twin.store.values import differing_values

_STATES = 5_000
_FACTS, _CHANGES = 500_000, 1_000
_LARGEST = 2**63 - 1


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
    """Yield what differs between facts and ledger, change by change.

    Facts are read in runs of changes, so that the memory does not grow with the twin.
    """
    closings = _read_closings(connection)
    observed = {number or -1: digests for number, digests in committed_points(connection)}
    keys = _Keys(read_key_lines(connection, 0, _LARGEST))
    after = -1
    for run in _in_runs(_read_changes(connection)):
        found = _read_opened(connection, after, run[-1].number)
        keys.add_to(found, run[-1].number)
        for change in run:
            leaves = found.pop(change.number, Leaves())
            if change.number in observed:
                leaves.add_observed(observed.pop(change.number))
            closed = closings.pop((change.tenant, change.at), ())
            leaves.add_closed((body, closing_line(fact)) for body, fact in closed)
            for difference in _compare(connection, change, leaves):
                yield replace(difference, tenant=change.tenant)
        yield from map(_of_no_change, found)
        after = run[-1].number
    found = _read_opened(connection, after, _LARGEST)
    keys.add_to(found, _LARGEST)
    yield from map(_of_no_change, found)
    yield from map(_of_no_change, observed)
    for (tenant, at), closed in closings.items():
        zh = f"有事实在 {at} 被结束,但没有对应的变更"
        en = f"facts were closed at {at} by no change"
        for body in sorted({body for body, _ in closed}):
            yield Difference("closing", None, body, zh, en, tenant)


def _of_no_change(change: int) -> Difference:
    zh = f"有事实、识别码或观测点属于不存在的变更 {change}"
    en = f"facts, keys or points of the missing change {change}"
    return Difference("change", change, None, zh, en)


def check_state(connection: Connection, now: datetime) -> Iterator[Difference]:
    """Yield every body whose current state, in any branch, is not what its facts come to."""
    for tenant, bodies in shown_bodies(connection).items():
        yield from _check_line(connection, tenant, bodies, now, MAIN)
    shown = list_shown(connection)
    for row in all_branches(connection):
        stated = bodies_of_branch(connection, row.id) if row.id in shown else {}
        line = make_line(connection, row)
        yield from _check_line(connection, row.tenant, stated.get(row.tenant, []), now, line)
        yield from _check_kept(connection, row, stated)


def check_former(connection: Connection, tenant: int, now: datetime) -> Iterator[Difference]:
    """Yield every body of which a branch does not show what its parents showed at the fork."""
    for fork in read_forks(connection, tenant):
        due = set(former_due(connection, tenant, fork, now))
        compared = (body for body in list_compared(connection, tenant, fork) if body not in due)
        for batch in in_batches(compared, _STATES):
            collect_state(connection, tenant, batch, now, fork.line, fork.at)
            for body in differing_then(connection, tenant, batch, fork):
                zh = f"推演分支在 {fork.at} 分出时的状态与事实推导的结果不一致"
                en = f"what branches show as of their fork at {fork.at} is not what facts say"
                yield Difference("state", None, body, zh, en, tenant)


def check_branches(connection: Connection) -> Iterator[Difference]:
    """Yield every branch that is not as its facts tell, or whose series lean on their parent."""
    told = _read_told(connection)
    for row in all_branches(connection):
        if not _has_forks(connection, row):
            zh = f"推演分支“{row.name}”登记的分出时间与它所在的分支不符"
            en = f"the forks on record of the branch “{row.name}” are not those of its line"
            yield Difference("branch", row.change, row.body, zh, en)
        if told.get(row.body) != {"state": row.state, "forked_at": row.forked_at.isoformat()}:
            zh = f"推演分支“{row.name}”的状态或分出时间与其事实不符"
            en = f"state or fork of the branch “{row.name}” are not as its facts tell"
            yield Difference("branch", row.change, row.body, zh, en)
    for branch, body in connection.execute(_BASELESS):
        zh = f"推演分支 {branch} 中有序列缺少起点,会读到主线的值"
        yield Difference("branch", None, body, zh, f"a series of branch {branch} lacks its start")


def _has_forks(connection: Connection, row: BranchRow) -> bool:
    line = make_line(connection, row)
    stands_on = list(zip(line.branches[1:], line.seen(line.forks[0])[1:], strict=True))
    return read_steps(connection, row.id) == ([] if row.state == "discarded" else stands_on)


_BASELESS: LiteralString = """
    SELECT DISTINCT f.branch, f.body FROM fact f
    WHERE f.branch <> 0 AND NOT EXISTS (
        SELECT 1 FROM fact g WHERE g.body = f.body AND g.tenant = f.tenant
          AND g.branch = f.branch AND g.attribute = f.attribute AND g.value_key = f.value_key
          AND g.source = f.source AND g.valid_from = '-infinity' AND g.known_to = 'infinity')
"""


def shown_bodies(connection: Connection) -> dict[int, list[int]]:
    """Return, by tenant, the bodies of which facts or a current state speak in the main line."""
    rows = connection.execute(
        "SELECT body, tenant FROM fact WHERE branch = 0 "
        "UNION SELECT body, tenant FROM current_state WHERE branch = 0 ORDER BY body"
    )
    return _by_tenant(rows)


def bodies_of_branch(connection: Connection, branch: int) -> dict[int, list[int]]:
    """Return, by tenant, the bodies of which facts of a branch speak."""
    rows = connection.execute(
        "SELECT DISTINCT body, tenant FROM fact WHERE branch = %s ORDER BY body", (branch,)
    )
    return _by_tenant(rows)


def _by_tenant(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[int]]:
    by_tenant: dict[int, list[int]] = defaultdict(list)
    for body, tenant in rows:
        by_tenant[tenant].append(body)
    return by_tenant


def _check_line(
    connection: Connection, tenant: int, bodies: list[int], now: datetime, line: Line
) -> Iterator[Difference]:
    # What became true by the passing of time is shown with the next round: no difference.
    due = set(bodies_due(connection, tenant, now, line))
    is_right = True
    for batch in in_batches([body for body in bodies if body not in due], _STATES):
        collect_state(connection, tenant, batch, now, line)
        given = {"tenant": tenant, "bodies": batch, "branch": line.branch}
        for (body,) in connection.execute(COMPARED, given):
            is_right = False
            zh = "当前态与事实推导的结果不一致"
            en = "the current state is not what facts say"
            yield Difference("state", None, body, zh, en, tenant)
        for body in sorted(differing_shapes(connection, tenant, batch, line.branch)):
            zh = "几何索引与当前态不一致"
            en = "the index of geometries is not what the current state says"
            yield Difference("shape", None, body, zh, en, tenant)
        for body in sorted(differing_values(connection, tenant, batch)) if line.is_main else ():
            zh = "数值索引与当前态不一致"
            en = "the index of values is not what the current state says"
            yield Difference("value", None, body, zh, en, tenant)
    # Counts are of states: where those are wrong, nothing can be said of the counts.
    for name in differing_uses(connection, tenant) if line.is_main and is_right else ():
        zh = f"属性“{name or '(全部)'}”的使用计数与当前态不一致"
        en = f"the count of “{name or '(all)'}” is not what the current state says"
        yield Difference("use", None, None, zh, en, tenant)


def _check_kept(
    connection: Connection, row: BranchRow, stated: Mapping[int, list[int]]
) -> Iterator[Difference]:
    """Yield bodies that a branch should show of itself and does not, or the other way round."""
    rows = connection.execute(
        "SELECT DISTINCT body FROM current_state WHERE branch = %s AND tenant = %s AND label = 0",
        (row.id, row.tenant),
    )
    for body in {body for (body,) in rows} ^ set(stated.get(row.tenant, ())):
        zh = f"推演分支“{row.name}”的当前态缺少或多出一个孪生体"
        en = f"the current state of the branch “{row.name}” lacks a body or has one too many"
        yield Difference("state", None, body, zh, en)


def _read_told(connection: Connection) -> dict[int, dict[str, str]]:
    """Return what facts on the main line tell about the state and the fork of branches."""
    rows = connection.execute(
        """
        SELECT b.body, t.name, f.text FROM branch b
        JOIN fact f ON f.body = b.body AND f.tenant = b.tenant AND f.branch = 0
        JOIN attribute t ON t.id = f.attribute AND t.name IN ('state', 'forked_at')
        WHERE f.known_to = 'infinity' ORDER BY f.valid_from
        """
    )
    told: dict[int, dict[str, str]] = defaultdict(dict)
    for body, name, text in rows:
        told[body][name] = text
    return told


@dataclass(frozen=True, slots=True)
class _Change:
    number: int
    tenant: int
    at: datetime
    opened: int
    bodies: int
    observed: int


def _read_changes(connection: Connection) -> list[_Change]:
    rows = connection.execute(
        "SELECT id, tenant, at, opened, bodies, observed FROM change ORDER BY id"
    )
    return [_Change(*row) for row in rows]


def _in_runs(changes: Iterable[_Change]) -> Iterator[list[_Change]]:
    """Yield changes in runs of so many facts, or of one change that has more."""
    run: list[_Change] = []
    for change in changes:
        run.append(change)
        if sum(one.opened for one in run) >= _FACTS or len(run) >= _CHANGES:
            yield run
            run = []
    if run:
        yield run


def _read_opened(connection: Connection, after: int, last: int) -> dict[int, Leaves]:
    """Return the opened lines of changes after … last, by change and body."""
    query = sql.SQL(
        "COPY (SELECT {} FROM fact WHERE change > {} AND change <= {} "
        "ORDER BY change, body, id) TO STDOUT"
    ).format(
        sql.SQL(", ").join(sql.Identifier(column) for column in COLUMNS),
        sql.Literal(after),
        sql.Literal(last),
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


class _Keys:
    """Hands out the keys that changes made, in the order of changes."""

    def __init__(self, rows: Iterator[tuple[int, int, str]]) -> None:
        self._rows = rows
        self._next = next(rows, None)

    def add_to(self, found: dict[int, Leaves], last: int) -> None:
        """Add those of the changes up to one to their leaves."""
        while self._next is not None and self._next[0] <= last:
            change, body, line = self._next
            found[change].add_keys([(body, line)])
            self._next = next(self._rows, None)


def _read_closings(connection: Connection) -> dict[tuple[int, datetime], list[tuple[int, int]]]:
    found: dict[tuple[int, datetime], list[tuple[int, int]]] = defaultdict(list)
    rows = connection.execute(
        "SELECT tenant, known_to, body, id FROM fact WHERE known_to <> 'infinity'"
    )
    for tenant, at, body, fact in rows:
        found[tenant, at].append((body, fact))
    return found


def _compare(connection: Connection, made: _Change, leaves: Leaves) -> Iterator[Difference]:
    change = made.number
    stored = {
        body: (salt, first, second)
        for body, salt, first, second in connection.execute(
            "SELECT body, salt, sha256, sm3 FROM ledger_leaf WHERE change = %s", (change,)
        )
    }
    for body in sorted(stored.keys() | set(leaves.bodies())):
        if body not in stored:
            zh = "事实或识别码在账本中没有对应的叶子(插入或账本缺失)"
            en = "facts or keys without a leaf in the ledger"
            yield Difference("leaf", change, body, zh, en)
            continue
        salt, first, second = stored[body]
        if leaf_digests(salt, leaves.content(body)) != (first, second):
            zh = "事实或识别码与账本摘要不符(被修改、删除、添加或移到别的孪生体)"
            en = "facts or keys do not match their digest: altered, removed, added or moved"
            yield Difference("leaf", change, body, zh, en)
    yield from _compare_root(connection, change, [stored[body][1] for body in sorted(stored)])
    # The leaf of no body counts where it holds points, not where it holds keys alone.
    if made.bodies != len(stored.keys() - (set() if made.observed else {NO_BODY})):
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
