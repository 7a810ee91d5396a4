"""What a person sees of identity: pairs to rule on, bodies that are one, rulings so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chaintwin.kit.problems import NotFoundProblem
from chaintwin.twin.changes import Changes
from chaintwin.twin.door import Door
from chaintwin.twin.identity.firms import KIND
from chaintwin.twin.identity.groups import Groups, Judgement, Verdict, effective
from chaintwin.twin.identity.judging import PERSON, take_back, write_rulings
from chaintwin.twin.identity.ruling import (
    Pair,
    Rulings,
    pair_of,
    rule_apart,
    rule_same,
    rule_split,
)
from chaintwin.twin.store.judgements import RuledChange, read_judgements, read_ruled_changes
from chaintwin.twin.view import TwinView


@dataclass(frozen=True, slots=True)
class Group:
    """Bodies that are one, and the judgements that made them so."""

    canonical: int
    members: Sequence[int]
    judgements: Sequence[Judgement]


class Desk:
    """Identity as one request sees it; rulings are made through its door."""

    def __init__(self, door: Door) -> None:
        self._door = door
        view = door.view
        self.groups: Groups = view.groups
        self.recorded: TwinView = door.twin.view_in(
            door.connection, door.asker, valid_at=view.asked[0], known_at=view.asked[1],
            as_recorded=True,
        )  # fmt: skip
        believed = read_judgements(door.connection, view.asked[1])
        self.standing: dict[Pair, Judgement] = effective(believed, door.asker.tenant)

    def queue(self, *, later: bool) -> list[Judgement]:
        """Return the pairs that wait for a person, the likeliest first; or those put off.

        Pairs that are one or two by now, through other judgements, wait no longer.
        """
        wanted = "later" if later else "unsure"
        apart = {self._shown(one) for one in self.standing.values() if one.verdict == "apart"}
        waiting: dict[Pair, Judgement] = {}
        for one in sorted(self.standing.values(), key=lambda one: (-one.weight, one.pair)):
            shown = self._shown(one)
            if one.verdict == wanted and shown[0] != shown[1] and shown not in apart:
                waiting.setdefault(shown, one)
        return list(waiting.values())

    def merges(self) -> list[Group]:
        """Return the groups of bodies that are one, the latest judged first."""
        by_group: dict[int, list[Judgement]] = {one: [] for one in self.groups.members_of}
        for one in self.standing.values():
            group = self.groups.canonical(one.body)
            if one.verdict == "same" and group == self.groups.canonical(one.other):
                by_group.setdefault(group, []).append(one)
        groups = [
            Group(canonical, self.groups.members_of[canonical], made)
            for canonical, made in by_group.items()
            if canonical in self.groups.members_of
        ]
        return sorted(
            groups,
            key=lambda group: (
                max((one.change for one in group.judgements), default=0),
                group.canonical,
            ),
            reverse=True,
        )

    def rulings(self, limit: int, offset: int) -> tuple[list[RuledChange], int]:
        """Return the changes in which one's own office ruled, the latest first, and their count."""
        asker, asked = self._door.asker, self._door.view.asked
        return read_ruled_changes(self._door.connection, asker.tenant, asked[1], limit, offset)

    def rule(self, one: str, other: str, verdict: Verdict, reason: str) -> int:
        """Rule that two bodies are one, are two, or are put off; return the change.

        Raises NotFoundProblem for what is no firm, and what ruling.py raises.
        """
        pair = pair_of(*(self._firm(code) for code in (one, other)))
        if verdict == "same":
            rulings = rule_same(*pair, self.groups, self.standing)
        elif verdict == "apart":
            rulings = rule_apart(*pair, self.groups)
        else:
            rulings = {pair: verdict}
        return self._write(rulings, _SAID[verdict], pair, reason)

    def split(self, member: str, reason: str) -> int:
        """Take one member out of the bodies it is one with; return the change."""
        body = self._firm(member)
        rulings = rule_split(body, self.groups, self.standing)
        return self._write(rulings, "拆分", (body,), reason)

    def undo(self, of_change: int) -> int:
        """Take back what one's own office ruled in a change; return the change that did."""
        changes = self._open(f"撤销裁决（变更 {of_change}）")
        take_back(changes, of_change)
        return changes.number

    def _write(self, rulings: Rulings, said: str, about: Sequence[int], reason: str) -> int:
        names = "、".join(state.name for state in self.recorded.named(about))
        changes = self._open(f"{said}：{names}" + (f"（{reason}）" if reason else ""))
        write_rulings(changes, rulings, self.standing, reason)
        return changes.number

    def _open(self, reason: str) -> Changes:
        return self._door.change(reason[:500], PERSON.name)

    def _firm(self, code: str) -> int:
        body = self._door.view.member(code)
        if self.recorded.kind_of(body) != KIND:
            raise NotFoundProblem(
                f"没有找到企业 {code}。请核对编码。", f"There is no firm {code}. Check the code."
            )
        return body

    def _shown(self, one: Judgement) -> Pair:
        pair = self.groups.canonical(one.body), self.groups.canonical(one.other)
        return min(pair), max(pair)


_SAID = {"same": "裁决为同一家", "apart": "裁决为不是同一家", "later": "暂缓裁决"}
