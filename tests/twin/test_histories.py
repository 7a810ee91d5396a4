"""Random histories in the main line and in branches against an oracle from the definition.

Definition: per source a value holds in each year or none does. A statement sets the years from its
start to its end or, without an end, to the next start on record. Whatever adds nothing leaves no
start. A branch is a whole copy made at its fork; from then on nothing said elsewhere reaches it.
What was known at a moment is what had been said by then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    multiple,
    rule,
    run_state_machine_as_test,
)
from tests.twin.test_facts import an_officer

from chaintwin.kit.clock import FixedClock
from chaintwin.model.fact import UNKNOWN, Moment, Statement, Subject, Value
from chaintwin.twin.branches import Room, fork
from chaintwin.twin.state import BodyState
from chaintwin.twin.twin import Twin
from chaintwin.twin.verify import verify

ALWAYS, END = 1999, 2012
YEARS = range(2000, 2008)
SOURCES = ("register", "news")  # in the order of authority
_firms = count(1)


@dataclass(frozen=True)
class Said:
    """One statement: a value (None: ended) from a year on (None: always), perhaps up to a year."""

    source: str
    value: str | None
    start: int | None
    end: int | None


def statements() -> st.SearchStrategy[Said]:
    return st.builds(
        lambda source, value, start, length: Said(
            source, value, start, None if start is None or length is None else start + length
        ),
        st.sampled_from(SOURCES),
        st.sampled_from(["甲", "乙", "丙", None]),
        st.one_of(st.none(), st.sampled_from(YEARS)),
        st.one_of(st.none(), st.integers(1, 4)),
    )


@dataclass(frozen=True)
class Line:
    """What one source says: the value of each year, and the years with a start on record."""

    years: Mapping[int, str] = field(default_factory=dict)
    starts: frozenset[int] = frozenset()

    def lay(self, said: Said) -> Line:
        start = ALWAYS if said.start is None else said.start
        later = [year for year in self.starts if year > start]
        until = said.end or min(later, default=END)
        inside = {year for year in later if year < until}
        if self.years.get(start) == said.value and not inside:
            return self
        years = {year: held for year, held in self.years.items() if not start <= year < until}
        if said.value is not None:
            years |= dict.fromkeys(range(start, until), said.value)
        turns = {year for year in (start, until) if self.is_start(year, years)}
        return Line(years, self.starts - inside - {start} | turns)

    def is_start(self, year: int, years: Mapping[int, str]) -> bool:
        return year < END and (year in self.starts or years.get(year) != years.get(year - 1))


Held = Mapping[str, Line]  # by source


@dataclass
class Told:
    """One line of history: its copy of the parent at the fork, then its own versions."""

    parent: Told | None = None
    forked: int = -1
    versions: dict[int, Held] = field(default_factory=dict)

    def at(self, moment: int) -> Held:
        if self.parent is not None and moment < self.forked:
            return self.parent.at(moment)
        return self.versions[max(made for made in self.versions if made <= moment)]

    def say(self, moment: int, *statements: Said) -> None:
        held = dict(self.at(moment - 1))
        for said in statements:
            held[said.source] = held.get(said.source, Line()).lay(said)
        self.versions[moment] = held

    def shown(self, moment: int, year: int) -> str | None:
        held = self.at(moment)
        values = (held.get(source, Line()).years.get(year) for source in SOURCES)
        return next((value for value in values if value is not None), None)


@dataclass(eq=False)
class Branch:
    """A branch of the twin beside what the oracle holds of it; number 0 is the main line."""

    number: int
    told: Told


class Histories(RuleBasedStateMachine):
    """Drives the twin and the oracle through the same history; compares all of it at the end."""

    branches = Bundle("branches")
    twin: Twin
    clock: FixedClock

    def __init__(self) -> None:
        super().__init__()
        self.asker = an_officer(self.twin)
        self.moments: list[datetime] = []
        self.all: list[Branch] = []

    @initialize(target=branches)
    def begin(self) -> Branch:
        firm = Subject("Company", (("company_name", f"历史{next(_firms)}"),))
        main = Branch(0, Told())
        with self.changing(main, "register") as changes:
            changes.say(firm, "name", Value(text="有历史的公司"))
            self.body = changes.body(firm.kind, *firm.keys)
        main.told.versions[0] = {}
        self.all.append(main)
        return main

    @rule(branch=branches, said=statements())
    def say(self, branch: Branch, said: Said) -> None:
        with self.changing(branch, said.source) as changes:
            changes.record([state(self.body, said)])
        branch.told.say(self.now, said)

    @rule(branch=branches, first=statements(), second=statements())
    def say_twice_in_one_change(self, branch: Branch, first: Said, second: Said) -> None:
        """Of two statements of one change about one start the first stands: there are none here."""
        second = replace(second, source=first.source)
        if second.start in (first.start, first.end):
            return
        with self.changing(branch, first.source) as changes:
            changes.record([state(self.body, first), state(self.body, second)])
        branch.told.say(self.now, first, second)

    @rule(branch=branches, source=st.sampled_from(SOURCES))
    def retract(self, branch: Branch, source: str) -> None:
        with self.changing(branch, source) as changes:
            changes.retract([self.body], "status")
        branch.told.versions[self.now] = {**branch.told.at(self.now - 1), source: Line()}

    @rule(branch=branches, back=st.integers(1, 6))
    def restore(self, branch: Branch, back: int) -> None:
        then = max(0, len(self.moments) - back)
        with self.changing(branch, "register") as changes:
            changes.restore(self.body, self.moments[then])
        branch.told.versions[self.now] = branch.told.at(then)

    @rule(target=branches, branch=branches)
    def fork(self, branch: Branch) -> Any:
        if len(self.all) > 3:
            return multiple()
        self.pass_a_day()
        with self.twin.database.transaction(self.asker.settings()) as connection:
            room = Room(self.twin, connection, self.asker)
            row = fork(room, f"分支{self.clock.now()}", parent=branch.number)
        told = Told(branch.told, self.now, {self.now: branch.told.at(self.now)})
        self.all.append(Branch(row.id, told))
        return self.all[-1]

    @property
    def now(self) -> int:
        return len(self.moments) - 1

    def pass_a_day(self) -> None:
        self.clock.move(timedelta(days=1))
        self.moments.append(self.clock.now() + timedelta(hours=1))

    def changing(self, branch: Branch, source: str) -> Any:
        self.pass_a_day()
        return self.twin.change(self.asker, reason="述", source=source, branch=branch.number)

    def teardown(self) -> None:
        if not self.moments:
            return
        self.clock.move(timedelta(days=1))
        for branch in self.all:
            self.compare_as_of(branch)
            with self.twin.view(self.asker, branch=branch.number) as view:
                states = [
                    view.states([self.body]),
                    view.slices("Company", ("status",), [self.body]),
                ]
                page = view.find("Company", text="有历史的公司")
                states.append([one for one in page.states if one.body == self.body])
            shown = branch.told.shown(self.now, END - 1)
            assert [value_of(found) for found in states] == [shown] * 3
        assert list(verify(self.twin)) == []

    def compare_as_of(self, branch: Branch) -> None:
        with self.twin.database.transaction(self.asker.settings()) as connection:
            line = self.twin.line_in(connection, self.asker, branch.number)
            for number, known_at in enumerate(self.moments):
                for year in (ALWAYS, *YEARS, END - 1):
                    view = self.twin.view_in(
                        connection, self.asker, known_at=known_at, line=line,
                        valid_at=datetime(year, 7, 1, tzinfo=UTC),
                    )  # fmt: skip
                    expected = branch.told.shown(number, year)
                    assert value_of(view.states([self.body])) == expected, (number, year)


def value_of(found: list[BodyState]) -> Any:
    return found[0].one("status") if found else None


def state(body: int, said: Said) -> Statement:
    return Statement(
        body, "status", None if said.value is None else Value(text=said.value),
        valid=UNKNOWN if said.start is None else Moment.parse(str(said.start)),
        valid_to=None if said.end is None else Moment.parse(str(said.end)),
    )  # fmt: skip


def test_views_agree_with_the_definition(twin: Twin, clock: FixedClock) -> None:
    machine = type("OnTwin", (Histories,), {"twin": twin, "clock": clock})

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=60, stateful_step_count=12, deadline=None, derandomize=True,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )  # fmt: skip
