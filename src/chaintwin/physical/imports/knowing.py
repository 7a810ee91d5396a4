"""Gathers what the twin knows that an uploaded list is checked against."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chaintwin.kit.chinese import name_key
from chaintwin.kit.clock import calendar_day
from chaintwin.physical.divisions import Divisions
from chaintwin.physical.imports.comparing import Present
from chaintwin.physical.imports.core import (
    Firm,
    Known,
    plain_code,
    plain_stock,
    visible_text,
)
from chaintwin.physical.imports.reading import Cell, Line
from chaintwin.twin.door import Door
from chaintwin.twin.state import BodyState
from chaintwin.twin.store.imports import find_keys


@dataclass(frozen=True, slots=True)
class Met:
    """What is known of the firms of a list: to check by, and to compare with."""

    known: Known
    present: Present

    def state(self, firm: Firm) -> BodyState | None:
        """Return the state of the firm a row means, by its strongest key; None if it is new."""
        keyed = (
            self.known.by_code.get(firm.text("credit_code") or ""),
            self.known.by_stock.get(firm.text("stock") or ""),
            self.known.by_name.get(name_key(firm.text("name") or "")),
        )
        body = next((body for body in keyed if body is not None), None)
        return None if body is None else self.present.states.get(body)


def meet(door: Door, lines: Sequence[Line], source: str) -> Met:
    """Look up every firm, park and division that the rows may mean."""
    codes = (plain_code(cell.text) for cell in _cells(lines, "credit_code"))
    called = (name_key(visible_text(cell.text)) for cell in _cells(lines, "name"))
    by_code = _find(door, "credit_code", codes)
    by_stock = _find(door, "stock", map(plain_stock, _cells(lines, "stock")))
    by_name = _find(door, "company_name", called)
    bodies = sorted({*by_code.values(), *by_stock.values(), *by_name.values()})
    states = {state.body: state for state in door.view.states(bodies)}
    code_of = {
        body: str(code) for body, state in states.items() if (code := state.one("credit_code"))
    }
    known = Known(
        today=calendar_day(door.view.now),
        divisions=know_divisions(door),
        parks=_parks(door),
        by_code=by_code,
        by_stock=by_stock,
        by_name=by_name,
        code_of=code_of,
        name_of={body: state.name for body, state in states.items()},
    )
    refs = {
        held.ref
        for state in states.values()
        for attribute in ("product", "park")
        for held in state.all(attribute)
        if held.ref is not None
    }
    names = {state.body: state.name for state in door.view.states(sorted(refs))}
    return Met(known, Present(states, names, source, door.asker.tenant))


def know_divisions(door: Door) -> Divisions:
    """Return the divisions the twin knows; one with a parent stands in a whole list."""
    states = door.view.all("Region")
    codes = {state.body: str(state.one("code")) for state in states if state.one("code")}
    listed = {codes[state.body] for state in states if state.body in codes and state.held("parent")}
    became = {
        codes[state.body]: str(data["code"])
        for state in states
        if state.body in codes and isinstance(data := state.one("became"), dict)
    }
    return Divisions(frozenset(codes.values()), frozenset(listed), became)


def _parks(door: Door) -> dict[str, int]:
    found: dict[str, int] = {}
    for state in door.view.all("Park"):
        for name in (state.one("name"), state.one("short_name")):
            if name:
                found.setdefault(name_key(str(name)), state.body)
    return found


def _find(door: Door, scheme: str, values: Iterable[str]) -> dict[str, int]:
    return find_keys(door.connection, door.asker.tenant, scheme, values)


def _cells(lines: Sequence[Line], attribute: str) -> list[Cell]:
    return [line.cells[attribute] for line in lines if attribute in line.cells]
