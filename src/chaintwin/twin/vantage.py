"""Where a reader stands: who asks, as of which moments and in which branch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property

from chaintwin.access.asker import Asker
from chaintwin.engine.database import Connection
from chaintwin.kit.clock import calendar_day
from chaintwin.kit.codes import body_code, body_number
from chaintwin.kit.problems import NotFoundProblem
from chaintwin.model.fact import FOREVER
from chaintwin.model.kinds import Kinds
from chaintwin.twin.identity.groups import Groups
from chaintwin.twin.identity.judged import Judged
from chaintwin.twin.kinds import OwnKinds
from chaintwin.twin.showing import make_change
from chaintwin.twin.state import ChangeRecord
from chaintwin.twin.store import reading, wide
from chaintwin.twin.store.lines import MAIN, AsOf, Line
from chaintwin.twin.store.names import Names
from chaintwin.twin.store.sources import SourceRecord, list_sources


class Vantage:
    """What a view knows before it reads a state: codes, keys, kinds, sources, how far it sees."""

    def __init__(
        self,
        connection: Connection,
        names: Names,
        own_kinds: OwnKinds,
        installation: str,
        asker: Asker,
        now: datetime,
        valid_at: datetime | None = None,
        known_at: datetime | None = None,
        line: Line = MAIN,
        judged: Judged | None = None,
    ) -> None:
        self.connection = connection
        self._names = names
        self._own_kinds = own_kinds
        self._installation = installation
        self._judged = judged or Judged()
        self.asker = asker
        self.now = now
        self.is_now = valid_at is None and known_at is None
        self.asked = (valid_at, known_at)
        self.valid_at = valid_at or now
        self.known_at = known_at or now
        # Unasked, all that is believed counts, also what a change bumped past the clock recorded.
        self._known_asked = known_at or FOREVER
        self.line = line
        self.as_of = AsOf(self.valid_at, self._known_asked, line)

    @cached_property
    def groups(self) -> Groups:
        """Return which bodies are one firm, as judged on the main line at the known moment."""
        main = self.as_of.line.seen(self._known_asked)[-1]
        is_latest = main == FOREVER
        return self._judged.of(self.connection, self.asker.tenant, None if is_latest else main)

    @cached_property
    def kinds(self) -> Kinds:
        """Return the kinds the asker's tenant knows now: shipped ones and its own."""
        return self._own_kinds.of(self.connection, self.asker.tenant)

    def code(self, body: int) -> str:
        """Return the URI of a body."""
        return body_code(self._installation, body)

    def number(self, code: str) -> int:
        """Return the body a code names, or the one it is shown as since it was judged to be it.

        Raises NotFoundProblem for a wrong or foreign code.
        """
        return self.groups.canonical(self.member(code))

    def member(self, code: str) -> int:
        """Return the very body a code names; raise NotFoundProblem for a wrong or foreign code."""
        number = body_number(self._installation, code)
        if number is None:
            raise NotFoundProblem(
                f"编码“{code}”无效或不属于本系统(校验位不符)。请核对后重试。",
                f"The code “{code}” is not valid here (check character). Check it and try again.",
            )
        return number

    def find_key(self, scheme: str, value: str) -> int | None:
        """Return the body that a key names, one's own tenant before public; None if unknown."""
        found = reading.find_key(self.connection, self.asker.tenant, scheme, value)
        return found and self.groups.canonical(found)

    def kind_of(self, body: int) -> str | None:
        """Return the kind of a body that may be read."""
        number = reading.body_kind(self.connection, body)
        return None if number is None else self._names.name("kind", number)

    def marks(self) -> dict[int, int]:
        """Return the latest change of each readable tenant: how far this view has seen.

        In a branch only its own changes count: all else it shows stands still.
        """
        if self.line.is_main:
            return wide.read_marks(self.connection)
        return wide.read_branch_marks(self.connection, self.line)

    def touched_since(self, marks: Mapping[int, int], most: int) -> list[int]:
        """Return bodies touched by changes after the marks, at most so many."""
        touched = wide.read_touched(self.connection, marks, most, self.line.branch)
        return self.groups.fold(touched)

    def change_records(self, numbers: Sequence[int]) -> Mapping[int, ChangeRecord]:
        """Return changes by their numbers."""
        rows = reading.read_change_rows(self.connection, numbers)
        return {row[0]: make_change(row) for row in rows}

    def sources(self) -> Mapping[str, SourceRecord]:
        """Return every source by name."""
        return {source.name: source for source in list_sources(self.connection).values()}

    def stamp(self) -> str:
        """Return what changes whenever this view could show something else (for ETags)."""
        # Days in a stage and facts that begin later change with the day alone.
        moments = (
            f"@{calendar_day(self.now):%Y%m%d}"
            if self.is_now
            else f"@{self.valid_at:%Y%m%dT%H%M%S%f}-{self.known_at:%Y%m%dT%H%M%S%f}"
        )
        labels = "".join(str(int(label)) for label in sorted(self.asker.labels))
        # Per tenant: a change may commit after one of another tenant with a later number.
        seen = "-".join(f"{tenant}_{change}" for tenant, change in sorted(self.marks().items()))
        branch = "" if self.line.is_main else f"~{self.line.branch}"
        return f"{self.asker.tenant}.{labels}.{seen}{branch}{moments}"
