"""What a new statement does to a series: which rows close, which open. Pure; no database.

A series is a step function over valid time: each row holds from its start to the next start. Its
rows that are open in known time never share a start.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from chaintwin.twin.store.rows import Row

Closing = tuple[int, int]  # body, fact
End = tuple[str, str]  # the moment at which a statement's value ends, its precision


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A row that is still believed; `id` None: not stored yet; `fresh`: of the present change."""

    id: int | None
    row: Row
    fresh: bool


@dataclass(slots=True)
class Timeline:
    """The believed rows of one series by their start."""

    rows: dict[str, OpenRow] = field(default_factory=dict)
    starts: list[str] = field(default_factory=list)

    def before(self, start: str) -> OpenRow | None:
        """Return the row in force at a start."""
        position = bisect_right(self.starts, order(start), key=order)
        return self.rows[self.starts[position - 1]] if position else None

    def put(self, row: Row) -> list[Closing]:
        """Set a row at its start; return the stored row that must close, if any."""
        replaced = self.rows.get(row.valid_from)
        if replaced is None:
            insort(self.starts, row.valid_from, key=order)
        self.rows[row.valid_from] = OpenRow(None, row, fresh=True)
        return _stored([replaced] if replaced else [])

    def put_all(self, rows: Iterable[Row]) -> list[Closing]:
        """Set these rows and no others; return the stored ones that must close.

        An end at the unknown start says nothing: none is set, and one that is there stays.
        """
        wanted = {row.valid_from: row for row in rows if not is_blank(row)}
        closed = []
        for start in [at for at, held in self.rows.items() if not is_blank(held.row)]:
            if start not in wanted:
                closed += _stored([self.rows.pop(start)])
                self.starts.remove(start)
        for start, row in wanted.items():
            there = self.rows.get(start)
            if there is None or there.row.said != row.said or there.row.precision != row.precision:
                closed += self.put(row)
        return closed

    def drop_between(self, start: str, end: str) -> list[Closing]:
        """Remove the rows strictly between two starts; return the stored ones."""
        inside = {at for at in self.starts if order(start) < order(at) < order(end)}
        self.starts = [at for at in self.starts if at not in inside]
        return _stored([self.rows.pop(at) for at in inside])


def is_blank(row: Row) -> bool:
    """Tell whether a row only says that nothing is held from the unknown start on."""
    return row.ended and row.valid_from == "-infinity"


def _stored(rows: Iterable[OpenRow]) -> list[Closing]:
    return [(held.row.body, held.id) for held in rows if held.id is not None]


@dataclass(slots=True)
class Effect:
    """What the statements of one batch come to."""

    opened: list[Row] = field(default_factory=list)
    closed: list[Closing] = field(default_factory=list)
    same: int = 0
    changed: int = 0
    clashes: int = 0


def order(moment: str) -> tuple[int, str]:
    """Return what sorts moments written as PostgreSQL does; unknown comes first."""
    return (0, "") if moment == "-infinity" else (1, moment)


def apply(
    said: Iterable[tuple[Row, End | None]],
    timelines: Mapping[tuple[int, int, str], Timeline],
) -> Effect:
    """Lay statements (row, end of validity or None) over the timelines of one source."""
    effect = Effect()
    touched: dict[tuple[int, int, str], Timeline] = {}
    for row, end in said:
        line = touched.setdefault(row.series, timelines.get(row.series) or Timeline())
        lay(line, row, end, effect)
    effect.opened = [
        held.row for line in touched.values() for held in line.rows.values() if held.id is None
    ]
    return effect


def adopt(
    wanted: Mapping[tuple[int, int, str], Sequence[Row]],
    timelines: Mapping[tuple[int, int, str], Timeline],
) -> Effect:
    """Set some series to these rows and no others."""
    effect = Effect()
    for series, rows in wanted.items():
        line = timelines.get(series) or Timeline()
        effect.closed += line.put_all(rows)
        effect.opened += [held.row for held in line.rows.values() if held.id is None]
    return effect


def lay(line: Timeline, row: Row, end: End | None, effect: Effect) -> None:
    """Lay one statement over its series, and count in `effect` what it comes to."""
    held = line.before(row.valid_from)
    if _clashes(line.rows.get(row.valid_from), row):
        effect.clashes += 1
        return
    until = line.before(end[0]) if end else None
    dropped = line.drop_between(row.valid_from, end[0]) if end else []
    effect.closed += dropped
    if held is not None and held.row.said == row.said:
        effect.same += not dropped
    elif not (row.ended and (held is None or held.row.ended)):
        effect.closed += line.put(row)
        effect.changed += held is not None
    if end and end[0] not in line.rows:
        after = until.row.starting(*end) if until else row.ending(*end)
        now = line.before(end[0])
        if now is not None and now.row.said != after.said:
            line.put(after)


def _clashes(there: OpenRow | None, row: Row) -> bool:
    """Tell whether one change says two things of one start: the first one stands."""
    if there is None or not there.fresh or there.row.said == row.said:
        return False
    return there.id is not None or not there.row.ended
