"""What a new statement does to a series: which rows close, which open. Pure; no database.

A series is a step function over valid time: each row holds from its start to the next start. Its
rows that are open in known time never share a start.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from chaintwin.twin.store.rows import Row

Closing = tuple[int, int]  # body, fact


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

    def drop_between(self, start: str, end: str) -> list[Closing]:
        """Remove the rows strictly between two starts; return the stored ones."""
        inside = {at for at in self.starts if order(start) < order(at) < order(end)}
        self.starts = [at for at in self.starts if at not in inside]
        return _stored([self.rows.pop(at) for at in inside])


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
    said: Iterable[tuple[Row, tuple[str, str] | None]],
    timelines: Mapping[tuple[int, int, str], Timeline],
) -> Effect:
    """Lay statements (row, end of validity or None) over the timelines of one source."""
    effect = Effect()
    touched: dict[tuple[int, int, str], Timeline] = {}
    for row, end in said:
        line = touched.setdefault(row.series, timelines.get(row.series) or Timeline())
        _lay(line, row, end, effect)
    effect.opened = [
        held.row for line in touched.values() for held in line.rows.values() if held.id is None
    ]
    return effect


def _lay(line: Timeline, row: Row, end: tuple[str, str] | None, effect: Effect) -> None:
    held = line.before(row.valid_from)
    if _clashes(line.rows.get(row.valid_from), row):
        effect.clashes += 1
        return
    until = line.before(end[0]) if end else None
    dropped = line.drop_between(row.valid_from, end[0]) if end else []
    effect.closed += dropped
    if held is not None and held.row.said == row.said and not dropped:
        effect.same += 1
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
