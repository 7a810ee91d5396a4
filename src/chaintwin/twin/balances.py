"""Areas and other numbers that must agree: parts with their whole, splits with what was split.

An unknown number is unknown, never nothing: where one is missing, only an excess can be told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from chaintwin.kit.problems import ConflictProblem
from chaintwin.model.kinds import Balance, Kind
from chaintwin.twin.state import BodyState
from chaintwin.twin.view import TwinView

Rule = Literal["parts", "holds", "split"]
# Numbers are registered to two places; a rounded part may differ by a half of the last one each.
_ROUNDING = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Imbalance:
    """A body whose number does not agree: by which rule, with what, and how many are unknown.

    For a split, `body` is the first of what it was split into, and `total` what was split.
    """

    rule: Rule
    body: int
    kind: str
    attribute: str
    total: Decimal
    found: Decimal
    unknown: int
    others: tuple[int, ...] = ()

    @property
    def excess(self) -> Decimal:
        """Return by how much the parts exceed the whole; negative: fall short of it."""
        return self.found - self.total


def find_imbalances(view: TwinView, bodies: Sequence[int] | None = None) -> Iterator[Imbalance]:
    """Yield what does not agree at the view's moments, of some bodies or of all."""
    wanted = None if bodies is None else set(bodies)
    for kind in view.kinds.by_name.values():
        for balance in kind.balances:
            for one in _find(view, kind, balance):
                if wanted is None or wanted & {one.body, *one.others}:
                    yield one


def find_excesses(view: TwinView, kind: str, body: int) -> dict[tuple[Rule, int, str], Imbalance]:
    """Return by how much parts that a body has to do with exceed their wholes; none for most kinds.

    By rule, body and attribute of the whole.
    """
    having = [one for one in view.kinds.by_name.values() if one.balances]
    if kind not in {one.name for one in having} | {b.of for one in having for b in one.balances}:
        return {}
    found = find_imbalances(view, [body])
    return {(one.rule, one.body, one.attribute): one for one in found if one.excess > 0}


def refuse_more(
    view: TwinView, kind: str, body: int, before: dict[tuple[Rule, int, str], Imbalance]
) -> None:
    """Raise ConflictProblem when a save lets parts exceed their whole by more than before."""
    for which, one in find_excesses(view, kind, body).items():
        if which not in before or one.excess > before[which].excess:
            name = next(iter(view.named([one.body]))).name
            title = view.kinds.known(one.kind).attributes[one.attribute].title
            total, found, more = (f"{n.normalize():f}" for n in (one.total, one.found, one.excess))
            raise ConflictProblem(
                f"面积不守恒:{name}的{title['zh']}为 {total},各部分合计 {found},多出 {more}。"
                "没有保存。请先更正其他部分或总量。",
                f"This does not add up: {name} has {total} in all, its parts come to {found}, "
                f"{more} more. Nothing was saved. Correct another part or the whole first.",
            )


def _find(view: TwinView, kind: Kind, balance: Balance) -> Iterator[Imbalance]:
    if balance.parts:
        yield from _check_parts(view, kind, balance)
    elif balance.of is not None and balance.by is not None and balance.part is not None:
        yield from _check_held(view, kind, balance, balance.by, balance.part)
    elif balance.by is not None:
        yield from _check_split(view, kind, balance, balance.by)


def _check_parts(view: TwinView, kind: Kind, balance: Balance) -> Iterator[Imbalance]:
    for state in view.slices(kind.name, [balance.total, *balance.parts]):
        numbers = [_number(state, part) for part in balance.parts]
        total = _number(state, balance.total)
        if total is not None and any(one is not None for one in numbers):
            found = _weigh("parts", state, balance, total, numbers)
            if found.excess > _slack(numbers) or (not found.unknown and _differs(found, numbers)):
                yield found


def _check_held(
    view: TwinView, kind: Kind, balance: Balance, by: str, part: str
) -> Iterator[Imbalance]:
    states = view.slices(balance.of or "", [by, part, *filter(None, [balance.without])])
    gone = {held.ref for state in states for held in state.all(balance.without or "")}
    within: dict[int, list[BodyState]] = defaultdict(list)
    for state in states:
        for held in state.all(by):
            if held.ref is not None and state.body not in gone:
                within[held.ref].append(state)
    for state in view.slices(kind.name, [balance.total], sorted(within)):
        total, parts = _number(state, balance.total), within[state.body]
        numbers = [_number(one, part) for one in parts]
        if total is not None:
            found = _weigh("holds", state, balance, total, numbers, parts)
            if found.excess > _slack(numbers):
                yield found


def _check_split(view: TwinView, kind: Kind, balance: Balance, by: str) -> Iterator[Imbalance]:
    states = {state.body: state for state in view.slices(kind.name, [by, balance.total])}
    made: dict[tuple[int, ...], list[BodyState]] = defaultdict(list)
    for state in states.values():
        origins = sorted({held.ref for held in state.all(by) if held.ref is not None})
        if origins:
            made[tuple(origins)].append(state)
    for those, parts in made.items():
        before = [_number(states.get(body), balance.total) for body in those]
        numbers = [_number(state, balance.total) for state in parts]
        if all(one is not None for one in before):
            total = _sum(before)
            found = _weigh("split", parts[0], balance, total, numbers, parts[1:], those)
            if found.excess > _slack(numbers) or (not found.unknown and _differs(found, numbers)):
                yield found


def _weigh(
    rule: Rule,
    state: BodyState,
    balance: Balance,
    total: Decimal,
    numbers: Sequence[Decimal | None],
    parts: Iterable[BodyState] = (),
    origins: Iterable[int] = (),
) -> Imbalance:
    others = (*(one.body for one in parts), *origins)
    unknown = sum(one is None for one in numbers)
    return Imbalance(
        rule, state.body, state.kind, balance.total, total, _sum(numbers), unknown, others
    )


def _sum(numbers: Iterable[Decimal | None]) -> Decimal:
    return sum((one for one in numbers if one is not None), Decimal(0))


def _slack(numbers: Sequence[Decimal | None]) -> Decimal:
    return _ROUNDING * (len(numbers) + 1) / 2


def _differs(found: Imbalance, numbers: Sequence[Decimal | None]) -> bool:
    return abs(found.excess) > _slack(numbers)


def _number(state: BodyState | None, attribute: str) -> Decimal | None:
    value = None if state is None else state.one(attribute)
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return Decimal(str(value)) if is_number else None
