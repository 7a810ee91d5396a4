"""Runs queries: the store finds candidates, every condition is then tested on the entity itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from chaintwin.twin.store.querying import (
    Compared,
    Sought,
    count_candidates,
    find_candidates,
    list_bodies,
)
from chaintwin.twin.store.resolve import entry_name, split_entry
from chaintwin.twin.store.values import find_valued
from chaintwin.web.ngsi.desk import Desk
from chaintwin.web.ngsi.incoming import Entity
from chaintwin.web.ngsi.linking import collect
from chaintwin.web.ngsi.naming import attribute_name
from chaintwin.web.ngsi.selection import Selection

_FIRST = 20
_LARGEST = 2_000
# How many bodies the index of values may name: at once, and after the first bodies were looked at.
_FEW, _MANY = 200, 20_000
_WINDOW = 5_000


@dataclass(frozen=True, slots=True)
class Found:
    """One page of entities, how many there are in all (if asked), and whether more follow."""

    entities: list[Entity]
    total: int | None
    has_more: bool


def search(desk: Desk, selection: Selection, limit: int, offset: int, *, counts: bool) -> Found:
    """Return a page of the entities that fit, in the order in which they were first known."""
    wanted = sought(desk, selection)
    if selection.is_plain and _is_present(desk):
        return _search_plain(desk, wanted, limit, offset, counts=counts)
    page: list[Entity] = []
    seen = 0
    for entity in _fitting(desk, selection, wanted, min(offset + limit + 1, _LARGEST)):
        if offset <= seen < offset + limit:
            page.append(entity)
        seen += 1
        if seen > offset + limit and not counts:
            break
    return Found(page, seen if counts else None, seen > offset + limit)


def every(desk: Desk, selection: Selection) -> Iterator[Entity]:
    """Yield every entity that fits."""
    return _fitting(desk, selection, sought(desk, selection), _LARGEST)


def _search_plain(desk: Desk, sought: Sought, limit: int, offset: int, *, counts: bool) -> Found:
    bodies = find_candidates(desk.connection, sought, 0, limit + 1, offset)
    total = count_candidates(desk.connection, sought) if counts else None
    return Found(desk.load(bodies[:limit]), total, len(bodies) > limit)


def _fitting(desk: Desk, selection: Selection, sought: Sought, first: int) -> Iterator[Entity]:
    size = max(first, _FIRST)
    find = _walk if _is_present(desk) else _walk_past
    for bodies in find(desk, sought, size):
        found = desk.load(bodies)
        linked = collect(desk, found, selection.depth)
        yield from (one for one in found if selection.fits(one, linked))


def _walk_past(desk: Desk, sought: Sought, size: int) -> Iterator[list[int]]:
    """Yield, in order of number, every body that may have fitted at another moment."""
    after = 0
    while True:
        bodies = list_bodies(desk.connection, sought, after, size)
        yield bodies
        if len(bodies) < size:
            return
        after, size = bodies[-1], min(size * 2, _LARGEST)


def _walk(desk: Desk, sought: Sought, size: int) -> Iterator[list[int]]:
    """Yield, in order of number, bodies that may fit.

    Where few can, the index of values names them. Else the first bodies are looked at, which are
    enough where many fit; where they are not, the index is asked once more.
    """
    sought, is_named = _narrow(desk, sought, _FEW)
    after, until = 0, None if is_named or not sought.compared else _WINDOW
    while True:
        bodies = find_candidates(desk.connection, sought, after, size, until=until)
        yield bodies
        if len(bodies) == size:
            after, size = bodies[-1], min(size * 2, _LARGEST)
        elif until is None:
            return
        else:
            after, until = until, None
            sought, _ = _narrow(desk, sought, _MANY)


def _narrow(desk: Desk, sought: Sought, most: int) -> tuple[Sought, bool]:
    """Name the bodies that alone may fit, if they are no more than so many."""
    if sought.bodies is not None:
        return sought, True
    for one in sought.compared:
        valued = one.valued
        found = None if valued is None else find_valued(desk.connection, valued, most)
        if found is not None:
            return replace(sought, bodies=found), True
    return sought, False


def sought(desk: Desk, selection: Selection) -> Sought:
    """Return what the store can tell apart: kinds, ids and the presence of attributes."""
    types = selection.types()
    ids = selection.ids()
    needed = selection.needed_attributes()
    if any(desk.twin.names.find("attribute", attribute_name(iri)) is None for iri in needed):
        ids = []  # what was never stated of anything is stated of nothing now
    compared = [_indexed(desk, one) for one in selection.compared() if not _is_ordered(desk, one)]
    bare = {one.name for one in compared}
    every = [entry_name(attribute_name(iri)) for iri in needed]
    return Sought(
        kinds=None if types is None else desk.kind_numbers(types),
        unread=desk.unread_kinds(),
        types=types or (),
        bodies=None if ids is None else list(desk.numbers(ids).values()),
        attributes=[entry_name(attribute_name(iri)) for iri in selection.attributes],
        # What is compared is there as well.
        every=[name for name in every if name not in bare],
        compared=compared,
    )


def _is_ordered(desk: Desk, one: Compared) -> bool:
    """Tell whether the asker's own order decides what is shown: another value may be kept."""
    return split_entry((one.name, None))[0] in desk.view.kinds.authority


def _indexed(desk: Desk, one: Compared) -> Compared:
    """Return a condition with the number of its attribute where the index of values can tell."""
    name, _, _ = split_entry((one.name, None))
    number = desk.twin.names.find("attribute", name) if one.may_be_indexed else None
    return one if number is None else replace(one, attribute=number)


def _is_present(desk: Desk) -> bool:
    """Tell whether the kept current state of the main line answers."""
    return desk.view.is_now and desk.view.line.is_main
