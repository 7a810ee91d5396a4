"""The twin as the other rooms hold it: open a view, open a change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from chaintwin.access.asker import Asker
from chaintwin.engine.database import Connection, Database
from chaintwin.kit.clock import Clock
from chaintwin.model.kinds import Kinds
from chaintwin.model.measures import load_measures
from chaintwin.model.sheet import Sheet
from chaintwin.twin.branching import BranchChanges
from chaintwin.twin.changes import Changes
from chaintwin.twin.identity.judged import UNJUDGED, Judged
from chaintwin.twin.kinds import OwnKinds
from chaintwin.twin.lines import find_line, kept_lines, require_open
from chaintwin.twin.observing import Observations
from chaintwin.twin.store.changes import read_touched
from chaintwin.twin.store.former import forks_by_line, former_due
from chaintwin.twin.store.lines import MAIN, Line
from chaintwin.twin.store.names import Names
from chaintwin.twin.store.reading import read_installation
from chaintwin.twin.store.sources import SourceRecord, declare_source, set_authority
from chaintwin.twin.store.state import bodies_due, rebuild_former, refresh_state
from chaintwin.twin.view import TwinView

# Rows of sheets in one change: what a change holds in memory until its ledger leaves are written.
MOST_ROWS = 50_000


class Twin:
    """Hands out views and changes; one per process."""

    def __init__(self, database: Database, kinds: Kinds, clock: Clock) -> None:
        self.database = database
        self.kinds = kinds
        self.clock = clock
        self.names = Names(database)
        self.own_kinds = OwnKinds(kinds, self.names)
        self.measures = load_measures()
        self.judged = Judged()
        # Sources as this program knows them to be, by name.
        self.declared: dict[str, SourceRecord] = {}
        with database.transaction({}) as connection:
            self.installation = read_installation(connection)

    def declare(self, *sources: SourceRecord) -> None:
        """Enter sources with title, licence and rank, then the order of authority."""
        self.expect(*sources)
        for source in sources:
            declare_source(self.database, self.names, source)
        set_authority(self.database, self.names, self.kinds)

    def expect(self, *sources: SourceRecord) -> None:
        """Know what sources should be, without entering them: verifying compares."""
        self.declared |= {source.name: source for source in sources}

    @contextmanager
    def view(
        self,
        asker: Asker,
        *,
        valid_at: datetime | None = None,
        known_at: datetime | None = None,
        branch: int = 0,
    ) -> Iterator[TwinView]:
        """Open a reading transaction as of two moments (None: now), perhaps in a branch."""
        with self.database.transaction(asker.settings()) as connection:
            line = find_line(connection, asker, branch)
            yield self.view_in(connection, asker, valid_at=valid_at, known_at=known_at, line=line)

    @contextmanager
    def change(
        self, asker: Asker, *, reason: str, source: str, branch: int = 0
    ) -> Iterator[Changes]:
        """Open one change; it is finished and committed on leaving, undone on error."""
        with self.database.transaction(asker.settings()) as connection:
            line = find_line(connection, asker, branch)
            changes = self.change_in(connection, asker, reason=reason, source=source, line=line)
            yield changes
            changes.finish()

    def load(
        self,
        asker: Asker,
        sheets: Iterable[Sheet],
        *,
        reason: str,
        source: str,
        most_rows: int = MOST_ROWS,
    ) -> Iterator[list[int]]:
        """State sheets, yielding the body of each row; how much there is does not matter.

        A new change begins after so many rows: memory stays bounded, and what an error leaves is
        whole changes. A load started again says the same, so nothing is doubled.
        """
        rest = iter(sheets)
        while (first := next(rest, None)) is not None:
            with (
                self.change(asker, reason=reason, source=source) as changes,
                changes.overlapping(),
            ):
                rows = len(first)
                yield changes.record_sheet(first)
                while rows < most_rows and (sheet := next(rest, None)) is not None:
                    rows += len(sheet)
                    yield changes.record_sheet(sheet)

    @contextmanager
    def observe(self, asker: Asker) -> Iterator[Observations]:
        """Open a transaction for points of time series; committed on leaving, undone on error."""
        with self.database.transaction(asker.settings()) as connection:
            yield self.observations_in(connection, asker)

    def observations_in(self, connection: Connection, asker: Asker) -> Observations:
        """Open the write door for points inside a transaction."""
        return Observations(connection, self.names, self.measures, asker, self.clock.now())

    def advance(self, asker: Asker) -> int:
        """Bring the current state up to facts that became true by the passing of time.

        Returns the number of bodies derived anew, of the asker's own tenant.
        """
        now = self.clock.now()
        with self.database.transaction(asker.settings()) as connection:
            due = bodies_due(connection, asker.tenant, now)
            refresh_state(connection, asker.tenant, due, now)
            for line in kept_lines(connection, asker.tenant):
                in_branch = bodies_due(connection, asker.tenant, now, line)
                refresh_state(connection, asker.tenant, in_branch, now, line)
                due += in_branch
            due += self._advance_former(connection, asker.tenant, now)
        return len(due)

    def _advance_former(self, connection: Connection, tenant: int, now: datetime) -> list[int]:
        due: set[int] = set()
        for forks in forks_by_line(connection, tenant):
            bodies = {body for fork in forks for body in former_due(connection, tenant, fork, now)}
            rebuild_former(connection, tenant, sorted(bodies), now, forks if bodies else ())
            due |= bodies
        return sorted(due)

    def touched(self, asker: Asker, change: int) -> tuple[str, set[str]]:
        """Return the source of a change and the kinds of the bodies it touched."""
        with self.database.transaction(asker.settings()) as connection:
            return read_touched(connection, change)

    def line_in(self, connection: Connection, asker: Asker, branch: int) -> Line:
        """Return the line of a branch of the asker's tenant; 0 is the main line.

        Raises NotFoundProblem for one that is not there, ConflictProblem for a discarded one.
        """
        return find_line(connection, asker, branch)

    def view_in(
        self,
        connection: Connection,
        asker: Asker,
        *,
        valid_at: datetime | None = None,
        known_at: datetime | None = None,
        line: Line = MAIN,
        as_recorded: bool = False,
    ) -> TwinView:
        """Open a view inside a transaction that carries the asker's settings.

        `as_recorded` shows every body by itself, also those judged to be one.
        """
        return TwinView(
            connection, self.names, self.own_kinds, self.installation, asker, self.clock.now(),
            valid_at, known_at, line, UNJUDGED if as_recorded else self.judged,
        )  # fmt: skip

    def change_in(
        self,
        connection: Connection,
        asker: Asker,
        *,
        reason: str,
        source: str,
        line: Line = MAIN,
        after: datetime | None = None,
    ) -> Changes:
        """Open a change inside a transaction; the caller must call `finish`.

        It is made at a moment of its own, not before `after`. Raises ConflictProblem for a branch
        that takes no more changes.
        """
        if not line.is_main:
            require_open(connection, asker, line.branch)
        into = Changes if line.is_main else BranchChanges
        return into(
            connection,
            self.names,
            self.own_kinds,
            asker,
            now=max(self.clock.now(), after) if after else self.clock.now(),
            reason=reason,
            source=source,
            line=line,
        )
