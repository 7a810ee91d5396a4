"""What one change does to the series of a branch, gathered before anything is written. Pure.

Touching a series copies what the parents held of it, so that the branch answers for it alone. Its
start at the unknown moment is blank where nothing is held there. Nothing is stored before the
change ends: of the copies only those that are still wanted then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from chaintwin.twin.store.borrowing import Borrowed
from chaintwin.twin.store.rows import Row
from chaintwin.twin.store.timelines import Closing, Effect, End, OpenRow, Timeline, is_blank, lay

Key = tuple[int, int, int, str]  # source, body, attribute, value key
BLANK = "-infinity"


@dataclass(slots=True)
class Series:
    """One series as it stands in the change; `before` are its rows as they stood when read."""

    line: Timeline = field(default_factory=Timeline)
    before: dict[str, OpenRow] = field(default_factory=dict)
    is_own: bool = False
    blank: OpenRow | None = None
    origins: dict[int, str] = field(default_factory=dict)

    @property
    def is_changed(self) -> bool:
        """Tell whether the series reads otherwise than before."""
        return self.line.rows != self.before

    def closings(self) -> list[Closing]:
        """Return the stored rows that are no longer believed."""
        kept = {held.id for held in self.line.rows.values()}
        gone = [held for held in self.before.values() if held.id is not None]
        if self.blank is not None and BLANK in self.line.rows:
            gone.append(self.blank)
        return [(held.row.body, held.id) for held in gone if held.id and held.id not in kept]

    def openings(self) -> list[Row]:
        """Return the rows to be stored: what is new, and in a series just touched all of it."""
        if not self.is_changed:
            return []
        rows = [held.row for held in self.line.rows.values() if held.id is None]
        if BLANK not in self.line.rows and self.blank is None:
            rows.append(self._make_blank())
        return rows

    def _make_blank(self) -> Row:
        known = [held.row for held in (*self.before.values(), *self.line.rows.values())]
        # Whoever may read any row of the series must see that the branch answers for it.
        label = min(row.label for row in known)
        ending = known[0].ending(BLANK, "u")
        return replace(ending, label=label, source_record=None, evidence=None, code_list=None)

    def take(self, held: Borrowed) -> None:
        """Take in a row as it was read."""
        start = held.row.valid_from
        row = OpenRow(held.id if held.is_own else None, held.row, fresh=False)
        self.is_own = held.is_own
        if held.is_own and is_blank(held.row):
            self.blank = row
            return
        self.origins[held.id] = start
        self.line.rows[start] = self.before[start] = row
        self.line.starts.append(start)

    def drop(self, start: str) -> None:
        """Believe a row no longer."""
        del self.line.rows[start]
        self.line.starts.remove(start)


class Draft:
    """The series of a branch that one change has read or written."""

    def __init__(self) -> None:
        self._series: dict[Key, Series] = defaultdict(Series)

    def take(self, rows: Iterable[Borrowed]) -> None:
        """Take in rows as they were read, but for series that were taken in before."""
        known = set(self._series)
        for held in rows:
            key = (held.source, *held.row.series)
            if key not in known:
                self._series[key].take(held)

    def lay(self, source: int, said: Sequence[tuple[Row, End | None]]) -> Effect:
        """Lay statements of a source over its series; tell what they come to."""
        effect = Effect()
        for row, end in said:
            lay(self._series[source, *row.series].line, row, end, effect)
        return effect

    def clear(self, wanted: Callable[[Key], bool]) -> None:
        """Believe nothing more of some series."""
        for key, series in self._series.items():
            if wanted(key):
                series.line.put_all(())

    def drop(self, facts: Iterable[Closing]) -> None:
        """Believe single facts no longer: rows of the branch or of its parents."""
        by_fact = {
            number: (series, start)
            for series in self._series.values()
            for number, start in series.origins.items()
        }
        for _, number in facts:
            series, start = by_fact.get(number, (None, BLANK))
            held = series.line.rows.get(start) if series else None
            if series and held is not None and held == series.before.get(start):
                series.drop(start)

    def put_all(self, wanted: Mapping[Key, Sequence[Row]]) -> None:
        """Believe of some series these rows and no others."""
        for key, rows in wanted.items():
            self._series[key].line.put_all(rows)

    def of_body(self, body: int) -> dict[Key, list[Row]]:
        """Return the rows believed of a body now, series by series."""
        return {
            key: [held.row for held in series.line.rows.values()]
            for key, series in self._series.items()
            if key[1] == body
        }

    def closings(self) -> list[Closing]:
        """Return every stored row that must close."""
        return [closing for series in self._series.values() for closing in series.closings()]

    def openings(self) -> Iterator[tuple[int, list[Row]]]:
        """Yield what must be stored, source by source."""
        found: dict[int, list[Row]] = defaultdict(list)
        for (source, *_), series in self._series.items():
            found[source] += series.openings()
        return ((source, rows) for source, rows in found.items() if rows)
