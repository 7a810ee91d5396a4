"""Gathers what the twin knows that a purchase list is checked against."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from chaintwin.kit.chinese import name_key
from chaintwin.kit.clock import calendar_day
from chaintwin.physical.imports.core import Known, plain_code, visible_text
from chaintwin.physical.imports.knowing import know_divisions
from chaintwin.physical.imports.reading import Line
from chaintwin.twin.door import Door
from chaintwin.twin.state import BodyState
from chaintwin.twin.store.imports import find_keys


def meet(door: Door, lines: Sequence[Line]) -> Known:
    """Look up every supplier and place that the rows may mean."""
    by_code = _find(door, "credit_code", map(plain_code, _texts(lines, "credit_code")))
    called = (name_key(visible_text(text)) for text in _texts(lines, "supplier"))
    by_name = _find(door, "company_name", called)
    states = door.view.named(sorted({*by_code.values(), *by_name.values()}))
    return Known(
        today=calendar_day(door.view.now),
        divisions=know_divisions(door),
        parks={},
        by_code=by_code,
        by_stock={},
        by_name=by_name,
        code_of={},
        name_of={state.body: state.name for state in states},
        places=name_places(door.view.all("Region")),
    )


def name_places(states: Sequence[BodyState]) -> dict[str, str]:
    """Return code by name, alone and behind what it lies in; empty where several share a name."""
    by_body = {state.body: state for state in states}
    found: dict[str, str] = {}
    for state in states:
        code = str(state.one("code") or "")
        if not code or state.held("became"):
            continue
        for name in dict.fromkeys(_names(state, by_body)):
            found[name] = "" if found.get(name, code) != code else code
    return found


def _names(state: BodyState, by_body: dict[int, BodyState]) -> Iterable[str]:
    name = state.name
    yield name
    seen = {state.body}
    while (parent := state.held("parent")) and parent.ref in by_body and parent.ref not in seen:
        state = by_body[parent.ref]
        seen.add(state.body)
        # 直辖市: city and province bear one name.
        name = name if name.startswith(state.name) else state.name + name
        yield name


def _find(door: Door, scheme: str, values: Iterable[str]) -> dict[str, int]:
    return find_keys(door.connection, door.asker.tenant, scheme, values)


def _texts(lines: Sequence[Line], attribute: str) -> list[str]:
    return [line.cells[attribute].text for line in lines if attribute in line.cells]
