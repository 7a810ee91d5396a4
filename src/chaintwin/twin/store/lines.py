"""Lines of branches: what a branch reads of itself and, as of its fork, of those it left.

The main line is branch 0. A branch holds rows only for the series that were touched in it; each of
those has a row at the unknown start, so that among the rows of a line the nearest branch decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

from chaintwin.engine.database import Connection
from chaintwin.model.fact import FOREVER

# More branches on branches than anybody can follow; keeps a damaged row from going round.
DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Line:
    """A branch and those it stands on, nearest first, ending in the main line.

    `forks[i]` is the known moment at which `branches[i]` left `branches[i + 1]`.
    """

    branches: tuple[int, ...] = (0,)
    forks: tuple[datetime, ...] = ()

    @property
    def branch(self) -> int:
        """Return the branch itself; 0 is the main line."""
        return self.branches[0]

    @property
    def is_main(self) -> bool:
        """Tell whether this is the main line."""
        return self.branch == 0

    def parent(self) -> Line:
        """Return the line that this branch left."""
        return Line(self.branches[1:], self.forks[1:])

    def seen(self, known_at: datetime) -> list[datetime]:
        """Return as of which known moment each branch of the line is read."""
        moments = [known_at]
        for fork in self.forks:
            moments.append(min(moments[-1], fork))
        return moments


MAIN = Line()


@dataclass(frozen=True, slots=True)
class AsOf:
    """A line read as of two moments."""

    valid_at: datetime
    known_at: datetime
    line: Line = MAIN

    def given(self) -> dict[str, Any]:
        """Return the parameters of a query that reads so."""
        return {
            "valid_at": self.valid_at,
            "known_at": self.known_at,
            "line": list(self.line.branches),
            "seen": self.line.seen(self.known_at),
        }


_COLUMNS_SHOWN: LiteralString = """body, tenant, branch, label, kind, change, name, sort_name,
    region, province, city, search_text, terms, attributes, known_from"""
# What was ever current and is still there to be read; both parts have the same indexes.
_BOTH: LiteralString = (
    "(SELECT {columns}, 'infinity'::timestamptz AS known_to FROM {current} "
    "UNION ALL SELECT {columns}, known_to FROM {former})"
)
_EVER: LiteralString = _BOTH.format(
    columns=_COLUMNS_SHOWN, current="current_state", former="former_state"
)
_EVER_BY_TERMS: LiteralString = _BOTH.format(
    columns=_COLUMNS_SHOWN, current="state_rows", former="former_rows"
)
_THEN: LiteralString = """CASE {row}.branch
    WHEN 0 THEN {row}.known_from <= %(fork)s AND {row}.known_to > %(fork)s
    ELSE coalesce({row}.known_from <= (%(seen)s::timestamptz[])[
             array_position(%(line)s::integer[], {row}.branch)]
         AND {row}.known_to > (%(seen)s::timestamptz[])[
             array_position(%(line)s::integer[], {row}.branch)], false) END"""
# Of each body and tenant the rows of the nearest branch count that has any: only those of the
# tenant whose branch it is can be hidden. OFFSET keeps the planner, which cannot know how much a
# branch holds, from joining instead of looking up.
_LINE_ROWS: LiteralString = (
    "s.kind <> 0 AND "
    + _THEN.format(row="s")
    + " AND (s.tenant <> (SELECT asking_tenant()) OR NOT EXISTS (SELECT FROM {nearer} OFFSET 0))"
)
_ON_ANOTHER: LiteralString = _LINE_ROWS.format(
    nearer=_EVER
    + " w WHERE w.body = s.body AND w.tenant = s.tenant AND w.branch <> 0 AND "
    + _THEN.format(row="w")
    + """ AND array_position(%(line)s::integer[], w.branch)
        < array_position(%(line)s::integer[], s.branch)"""
)
_ON_THE_MAIN_LINE: LiteralString = _LINE_ROWS.format(
    nearer="""current_state w WHERE s.branch = 0 AND w.body = s.body AND w.tenant = s.tenant
        AND w.branch = %(branch)s"""
)

# The same for few bodies: sorting their rows is quicker than planning to look up each one.
_OF_FEW: LiteralString = (
    """(SELECT s.*, n.depth, min(n.depth) OVER (PARTITION BY s.body, s.tenant) AS nearest FROM """
    + _EVER
    + """ s JOIN unnest(%(line)s::integer[], %(seen)s::timestamptz[])
            WITH ORDINALITY AS n (branch, at, depth)
        ON n.branch = s.branch AND s.known_from <= n.at AND s.known_to > n.at
        WHERE s.body = ANY(%(bodies)s)) s
    WHERE s.depth = s.nearest AND s.kind <> 0"""
)
_FEW = 1_000


@dataclass(frozen=True, slots=True)
class Shown:
    """Which rows `s` a line shows now: current ones and, in a branch, those current at its fork."""

    line: Line = MAIN

    @property
    def table(self) -> LiteralString:
        """Return from where the rows are read."""
        return "current_state" if self.line.is_main else _EVER

    @property
    def by_terms(self) -> LiteralString:
        """Return from where they are read when the setting chaintwin.terms narrows them."""
        return "state_rows" if self.line.is_main else _EVER_BY_TERMS

    @property
    def rows(self) -> LiteralString:
        """Return the condition on a row `s`."""
        if self.line.is_main:
            return "s.branch = 0"
        return _ON_ANOTHER if len(self.line.branches) > 2 else _ON_THE_MAIN_LINE

    def of(self, count: int) -> LiteralString:
        """Return from where and on which condition rows `s` of so many bodies are read."""
        if self.line.is_main or count > _FEW:
            return f"{self.table} s WHERE s.body = ANY(%(bodies)s) AND {self.rows}"
        return _OF_FEW

    def given(self) -> dict[str, Any]:
        """Return the parameters of the condition."""
        seen = self.line.seen(FOREVER)
        return {
            "line": list(self.line.branches),
            "branch": self.line.branch,
            "seen": seen,
            "fork": seen[-1],
        }


ON_MAIN = Shown()


@dataclass(frozen=True, slots=True)
class BranchRow:
    """A branch as the store keeps it; `body` is the body that tells about it."""

    id: int
    tenant: int
    parent: int
    name: str
    forked_at: datetime
    state: str
    body: int
    change: int


_COLUMNS = "id, tenant, parent, name, forked_at, state, body, change"


def next_branch(connection: Connection) -> int:
    """Return the number of a branch that is about to be made."""
    row = connection.execute("SELECT nextval('branch_id_seq')").fetchone()
    assert row is not None
    return int(row[0])


def add_branch(connection: Connection, row: BranchRow) -> None:
    """Enter a branch; nothing else is copied or written for it."""
    connection.execute(
        f"INSERT INTO branch ({_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        (
            row.id, row.tenant, row.parent, row.name, row.forked_at, row.state, row.body,
            row.change,
        ),
    )  # fmt: skip


def get_branch(connection: Connection, tenant: int, number: int) -> BranchRow | None:
    """Return a branch of a tenant; None when it has none of that number."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM branch WHERE id = %s AND tenant = %s", (number, tenant)
    ).fetchone()
    return None if row is None else BranchRow(*row)


def list_branches(connection: Connection, tenant: int) -> list[BranchRow]:
    """Return every branch of a tenant, the latest first."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM branch WHERE tenant = %s ORDER BY id DESC", (tenant,)
    )
    return [BranchRow(*row) for row in rows]


def all_branches(connection: Connection) -> list[BranchRow]:
    """Return every branch of every tenant that may be read."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM branch ORDER BY id")
    return [BranchRow(*row) for row in rows]


def set_branch_state(connection: Connection, number: int, state: str) -> None:
    """Set whether a branch is open, frozen, proposed, merged or discarded."""
    connection.execute("UPDATE branch SET state = %s WHERE id = %s", (state, number))


def lock_branch(connection: Connection, number: int) -> None:
    """Let nobody change a branch or its state before this transaction ends."""
    connection.execute("SELECT 1 FROM branch WHERE id = %s FOR UPDATE", (number,))


def make_line(connection: Connection, row: BranchRow) -> Line:
    """Return the line of a branch, down to the main line."""
    rows = [row, *_parents(connection, row)]
    return Line(
        (*(one.id for one in rows), 0),
        tuple(one.forked_at for one in rows),
    )


def _parents(connection: Connection, row: BranchRow) -> Iterator[BranchRow]:
    for _ in range(DEEPEST):
        if row.parent == 0:
            return
        found = get_branch(connection, row.tenant, row.parent)
        if found is None:
            raise RuntimeError(f"branch {row.id} stands on branch {row.parent}, which is absent")
        yield found
        row = found
    raise RuntimeError(f"branch {row.id} stands on too many branches")


def latest_moment(connection: Connection) -> datetime | None:
    """Return the moment of the latest change that may be read."""
    row = connection.execute(
        """
        SELECT max(c.at) FROM unnest(readable_tenants()) AS t (id) CROSS JOIN LATERAL (
            SELECT at FROM change WHERE tenant = t.id ORDER BY at DESC LIMIT 1
        ) c
        """
    ).fetchone()
    return None if row is None else row[0]
