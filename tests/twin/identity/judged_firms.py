"""Firms on a real twin, and a person who judges which are one."""

from __future__ import annotations

from collections.abc import Callable

from tests.twin.test_facts import an_officer

from chaintwin.access.asker import Asker
from chaintwin.model.fact import Statement, Subject, Value
from chaintwin.twin.changes import Changes
from chaintwin.twin.identity.groups import Groups, Judgement, effective
from chaintwin.twin.identity.judging import MODEL, PERSON, SOURCES, say, take_back, write_rulings
from chaintwin.twin.identity.ruling import (
    Pair,
    Rulings,
    pair_of,
    rule_apart,
    rule_same,
    rule_split,
)  # fmt: skip
from chaintwin.twin.store.judgements import read_judgements
from chaintwin.twin.twin import Twin


class Judge:
    """Somebody of one office who rules as the pages do; each ruling is a change of its own."""

    def __init__(self, twin: Twin, asker: Asker | None = None) -> None:
        twin.declare(*SOURCES)
        self.twin = twin
        self.asker = asker or an_officer(twin)

    def merge(self, one: int, other: int) -> int:
        return self._rule(lambda groups, held: rule_same(one, other, groups, held))

    def part(self, one: int, other: int) -> int:
        return self._rule(lambda groups, held: rule_apart(one, other, groups))

    def split(self, member: int) -> int:
        return self._rule(lambda groups, held: rule_split(member, groups, held))

    def take_back(self, change: int) -> None:
        with self._changing() as changes:
            take_back(changes, change)

    def model_says(self, one: int, other: int, weight: float, verdict: str = "same") -> None:
        with self.twin.change(self.asker, reason="模型", source=MODEL.name) as changes:
            changes.record([say(pair_of(one, other), verdict, weight=weight)])  # type: ignore[arg-type]

    def groups(self) -> list[list[int]]:
        with self.twin.view(self.asker) as view:
            return sorted(map(list, view.groups.members_of.values()))

    def _rule(self, decide: Callable[[Groups, dict[Pair, Judgement]], Rulings]) -> int:
        with self.twin.view(self.asker) as view:
            groups = view.groups
        with self._changing() as changes:
            held = effective(read_judgements(changes.connection), self.asker.tenant)
            write_rulings(changes, decide(groups, held), held, "看过两边的登记")
            return changes.number

    def _changing(self) -> Changes:
        return self.twin.change(self.asker, reason="裁决", source=PERSON.name)  # type: ignore[return-value]


def a_firm(twin: Twin, asker: Asker, name: str, source: str = "register", **said: str | int) -> int:
    """Make a firm that only this call knows of; a number names another body."""
    subject = Subject("Company", (("company_name", f"{source}:{name}"),))
    given = [Statement(subject, "name", Value(text=name))]
    for attribute, value in said.items():
        held = Value(ref=value) if isinstance(value, int) else Value(text=value)
        given.append(Statement(subject, attribute, held))
    with twin.change(asker, reason="登记", source=source) as changes:
        changes.record(given)
        return changes.body("Company", *subject.keys)
