"""Whether a dossier is whole: originals as filed, change records replaying to the state."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from chaintwin.application.archive.desk import Desk
from chaintwin.application.archive.models import CheckedItem, DossierCheck
from chaintwin.application.archive.record import Ranks, Record, read_record, replay
from chaintwin.application.archive.showing import original_of
from chaintwin.application.projects.finding import find_items, find_project
from chaintwin.twin.originals import TamperedProblem
from chaintwin.twin.state import BodyState

Shown = dict[tuple[str, str], tuple[int, Any]]


def check_dossier(desk: Desk, code: str) -> DossierCheck:
    """Read every original that the asker may read, and replay the change records."""
    view = desk.door.view
    project = find_project(view, code)
    items = find_items(view, project.body)
    checked = [_check(desk, item) for item in items]
    unsound = sum(not one.sound for one in checked)
    differences: list[str] = []
    replays: bool | None = None
    changes, _ = view.changes([project.body], limit=100_000)
    filed = {int(item.one("filed_change")) for item in items if item.one("filed_change")}
    known = {change.number for change in changes if change.at <= view.known_at}
    if not unsound and known <= filed:
        differences = find_differences(
            replay(
                read_records(desk, items), project.code, view.valid_at, view.known_at, ranks(desk)
            ),
            shown_of(project),
        )
        replays = not differences
    return DossierCheck(
        items=checked, total=len(checked), unsound=unsound, replays=replays,
        differences=differences,
    )  # fmt: skip


def read_records(desk: Desk, items: list[BodyState]) -> list[Record]:
    """Return the frozen change records among items."""
    return [
        read_record(
            desk.originals.open(
                desk.door.connection, original_of(item)["original"], item.name
            ).read()
        )
        for item in items
        if item.held("filed_change") is not None
    ]


def ranks(desk: Desk) -> Ranks:
    """Return the rank of each source; attributes without an order of their own share it."""
    return _Ranks({name: source.rank for name, source in desk.door.view.sources().items()})


def shown_of(state: BodyState) -> Shown:
    """Return (attribute, value key) → (fact, value) of a body as the view shows it."""
    return {
        (attribute, held.key): (held.fact, held.data if held.value is None else held.value)
        for attribute, values in state.attributes.items()
        for held in values
    }


def find_differences(replayed: Shown, shown: Shown) -> list[str]:
    """List where replaying the records and the twin disagree; empty when they are equal."""
    return [
        f"{attribute}/{key}: {replayed.get((attribute, key))} ≠ {shown.get((attribute, key))}"
        for attribute, key in sorted(replayed.keys() | shown.keys())
        if not _equal(replayed.get((attribute, key)), shown.get((attribute, key)))
    ]


class _Ranks(Mapping[tuple[str, str], int]):
    def __init__(self, by_source: Mapping[str, int]) -> None:
        self._by_source = by_source

    def __getitem__(self, place: tuple[str, str]) -> int:
        return self._by_source[place[1]]

    def __iter__(self) -> Any:
        return iter(())

    def __len__(self) -> int:
        return len(self._by_source)


def _check(desk: Desk, item: BodyState) -> CheckedItem:
    number = str(item.one("file_number"))
    message = None
    try:
        original = original_of(item)["original"]
        desk.originals.open(desk.door.connection, original, f"{number} {item.name}").verify()
    except TamperedProblem as problem:
        message = problem.zh
    return CheckedItem(code=item.code, file_number=number, sound=message is None, message=message)


def _equal(one: tuple[int, Any] | None, other: tuple[int, Any] | None) -> bool:
    if one is None or other is None:
        return one is other
    return one[0] == other[0] and (one[1] == other[1] or _number(one[1]) == _number(other[1]))


def _number(value: Any) -> Any:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return value
