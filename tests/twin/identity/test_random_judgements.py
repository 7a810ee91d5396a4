"""Random merges, splits and undoings against a plain oracle of clusters, at every moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from tests.twin.identity.judged_firms import Judge, a_firm

from chaintwin.kit.clock import FixedClock
from chaintwin.kit.problems import ConflictProblem
from chaintwin.twin.twin import Twin
from chaintwin.twin.verify import verify
from chaintwin.twin.view import TwinView

FIRMS = 6
_rounds = count(1)
firms = st.integers(0, FIRMS - 1)


@dataclass(frozen=True)
class Clusters:
    """The definition: which firms are one, and which pairs a person called two."""

    sets: frozenset[frozenset[int]]
    apart: frozenset[frozenset[int]] = frozenset()

    def of(self, firm: int) -> frozenset[int]:
        return next(one for one in self.sets if firm in one)

    def merge(self, one: int, other: int) -> Clusters | None:
        mine, its, pair = self.of(one), self.of(other), frozenset((one, other))
        crossing = {frozenset((a, b)) for a in mine for b in its} & self.apart
        if mine == its or crossing - {pair}:
            return None
        return Clusters(self.sets - {mine, its} | {mine | its}, self.apart - {pair})

    def part(self, one: int, other: int) -> Clusters | None:
        if self.of(one) == self.of(other):
            return None
        return Clusters(self.sets, self.apart | {frozenset((one, other))})

    def split(self, firm: int) -> Clusters | None:
        rest = self.of(firm) - {firm}
        if not rest:
            return None
        sets = self.sets - {self.of(firm)} | {rest, frozenset({firm})}
        return Clusters(sets, self.apart | {frozenset((firm, other)) for other in rest})


class Judging(RuleBasedStateMachine):
    twin: Twin
    clock: FixedClock

    @initialize()
    def begin(self) -> None:
        self.judge = Judge(self.twin)
        self.name = f"随机{next(_rounds)}号"
        asker = self.judge.asker
        self.firms = [
            a_firm(self.twin, asker, f"{self.name}{n}公司", "news" if n % 2 else "register")
            for n in range(FIRMS)
        ]
        self.now = Clusters(frozenset(frozenset({n}) for n in range(FIRMS)))
        self.moments: list[tuple[datetime, Clusters]] = []
        self.ruled: list[tuple[int, Clusters]] = []
        self.pass_a_day()

    @rule(one=firms, other=firms)
    def merge(self, one: int, other: int) -> None:
        if one != other:
            expected = self.now.merge(one, other)
            self.rule_on(expected, lambda: self.judge.merge(self.firms[one], self.firms[other]))

    @rule(one=firms, other=firms)
    def part(self, one: int, other: int) -> None:
        if one != other:
            expected = self.now.part(one, other)
            self.rule_on(expected, lambda: self.judge.part(self.firms[one], self.firms[other]))

    @rule(firm=firms)
    def split(self, firm: int) -> None:
        self.rule_on(self.now.split(firm), lambda: self.judge.split(self.firms[firm]))

    @rule()
    def undo(self) -> None:
        if self.ruled:
            change, before = self.ruled.pop()
            self.judge.take_back(change)
            self.now = before
            self.pass_a_day()

    def rule_on(self, expected: Clusters | None, ruling: object) -> None:
        assert callable(ruling)
        try:
            change = ruling()
        except ConflictProblem:
            assert expected is None
            return
        assert expected is not None
        if expected != self.now:
            self.ruled.append((change, self.now))
        self.now = expected
        self.pass_a_day()

    def pass_a_day(self) -> None:
        self.moments.append((self.clock.now() + timedelta(hours=1), self.now))
        self.clock.move(timedelta(days=1))

    def teardown(self) -> None:
        if not hasattr(self, "moments"):
            return
        with self.twin.view(self.judge.asker) as view:
            self.compare(view, self.now)
        for known_at, clusters in self.moments:
            with self.twin.view(self.judge.asker, known_at=known_at) as view:
                self.compare(view, clusters)
        assert list(verify(self.twin)) == []

    def compare(self, view: TwinView, clusters: Clusters) -> None:
        expected = sorted(min(self.firms[n] for n in one) for one in clusters.sets)
        page = view.find("Company", text=self.name)
        assert sorted(state.body for state in page.states) == expected
        assert page.total == len(expected)
        assert sorted(state.body for state in view.states(self.firms)) == expected
        for one in clusters.sets:
            names = {f"{self.name}{n}公司" for n in one}
            for n in one:
                assert view.get(self.firms[n]).name in names
                assert {fact.text for fact in view.history(self.firms[n], "name")} == names
            assert {fact.text for fact in view.stated("Company", "name", [self.firms[n]])} == names


def test_random_judgements_agree_with_plain_clusters(twin: Twin, clock: FixedClock) -> None:
    machine = type("OnTwin", (Judging,), {"twin": twin, "clock": clock})

    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25, stateful_step_count=14, deadline=None, derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )  # fmt: skip
