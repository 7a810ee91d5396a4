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
from chaintwin.twin.lines import get_branch
from chaintwin.twin.merging import approve, find_differences, propose
from chaintwin.twin.periods import Period, Span, compare_body, read_within
from chaintwin.twin.state import BodyState
from chaintwin.twin.twin import Twin
from chaintwin.twin.verify import verify
from chaintwin.twin.view import TwinView

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
    is_merged: bool = False


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
        if branch.is_merged:
            return
        with self.changing(branch, said.source) as changes:
            changes.record([state(self.body, said)])
        branch.told.say(self.now, said)

    @rule(branch=branches, first=statements(), second=statements())
    def say_twice_in_one_change(self, branch: Branch, first: Said, second: Said) -> None:
        """Of two statements of one change about one start the first stands: there are none here."""
        second = replace(second, source=first.source)
        if branch.is_merged or second.start in (first.start, first.end):
            return
        with self.changing(branch, first.source) as changes:
            changes.record([state(self.body, first), state(self.body, second)])
        branch.told.say(self.now, first, second)

    @rule(branch=branches, source=st.sampled_from(SOURCES))
    def retract(self, branch: Branch, source: str) -> None:
        if branch.is_merged:
            return
        with self.changing(branch, source) as changes:
            changes.retract([self.body], "status")
        branch.told.versions[self.now] = {**branch.told.at(self.now - 1), source: Line()}

    @rule(branch=branches, back=st.integers(1, 6))
    def restore(self, branch: Branch, back: int) -> None:
        if branch.is_merged:
            return
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

    @rule(branch=branches)
    def merge(self, branch: Branch) -> None:
        parent = branch.told.parent
        if parent is None or branch.is_merged or self.stands_below(branch):
            return
        self.pass_a_day()
        with self.twin.database.transaction(self.asker.settings()) as connection:
            room = Room(self.twin, connection, self.asker)
            row = get_branch(connection, self.asker, branch.number)
            decided = {one.value: "branch" for one in find_differences(room, row)}
            if not decided:
                return
            propose(room, branch.number, "可行", decided)
            approve(replace(room, asker=replace(self.asker, name="另一人")), row.id, "同意", {})
        held, then = branch.told.at(self.now), branch.told.at(branch.told.forked)
        changed = {
            source: line for source, line in held.items()
            if line.years != then.get(source, Line()).years
        }  # fmt: skip
        parent.versions[self.now] = {**parent.at(self.now - 1), **changed}
        branch.is_merged = True

    def stands_below(self, branch: Branch) -> bool:
        """Tell whether the branch stands on one that is merged already."""
        return any(one.is_merged and one.told is branch.told.parent for one in self.all)

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
                self.compare_periods(view, branch.told.at(number), known_at)
                self.compare_with_the_start(view, branch.told, number)

    def compare_periods(self, view: TwinView, held: Held, known_at: datetime) -> None:
        """Facts believed at a moment, with their ends, cover the years they should."""
        then = Period(known_at, known_at + timedelta(microseconds=1))
        for first, last in ((ALWAYS, END), (2002, 2005)):
            valid = Period(*(datetime(year, 7, 1, tzinfo=UTC) for year in (first, last)))
            spans = read_within(view, self.body, valid, then, "status")
            covered = {
                (span.fact.source, year): span.fact.text
                for span in spans for year in range(first, last) if is_within(year, span)
            }  # fmt: skip
            assert covered == {
                (source, year): value for source, line in held.items()
                for year, value in line.years.items() if first <= year < last
            }  # fmt: skip

    def compare_with_the_start(self, view: TwinView, told: Told, number: int) -> None:
        with_first = self.twin.view_in(
            view.connection, self.asker, line=view.line, known_at=self.moments[0],
            valid_at=datetime(2003, 7, 1, tzinfo=UTC),
        )  # fmt: skip
        sides = told.shown(0, 2003), told.shown(number, END - 1)
        turns = compare_body(with_first, view, self.body)
        assert [
            tuple(held and held.value for held in (turn.before, turn.after)) for turn in turns
        ] == ([sides] if sides[0] != sides[1] else [])


def is_within(year: int, span: Span) -> bool:
    at = datetime(year, 7, 1, tzinfo=UTC)
    is_begun = span.fact.valid_from is None or span.fact.valid_from <= at
    return is_begun and (span.valid_to is None or at < span.valid_to)


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
            max_examples=40, stateful_step_count=12, deadline=None, derandomize=True,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )  # fmt: skip
