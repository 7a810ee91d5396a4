"""Runs queries: the store finds candidates, every condition is then tested on the entity itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chaintwin.twin.store.querying import (
    Sought,
    count_candidates,
    find_candidates,
    list_bodies,
)
from chaintwin.twin.store.resolve import entry_name
from chaintwin.web.ngsi.desk import Desk
from chaintwin.web.ngsi.incoming import Entity
from chaintwin.web.ngsi.linking import collect
from chaintwin.web.ngsi.naming import attribute_name
from chaintwin.web.ngsi.selection import Selection

_FIRST = 20
_LARGEST = 2_000


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
    after, size = 0, max(first, _FIRST)
    while True:
        if _is_present(desk):
            bodies = find_candidates(desk.connection, sought, after, size)
        else:
            bodies = list_bodies(desk.connection, sought, after, size)
        found = desk.load(bodies)
        linked = collect(desk, found, selection.depth)
        yield from (one for one in found if selection.fits(one, linked))
        if len(bodies) < size:
            return
        after, size = bodies[-1], min(size * 2, _LARGEST)


def sought(desk: Desk, selection: Selection) -> Sought:
    """Return what the store can tell apart: kinds, ids and the presence of attributes."""
    types = selection.types()
    ids = selection.ids()
    compared = selection.compared()
    bare = {one.name for one in compared}
    every = [entry_name(attribute_name(iri)) for iri in selection.needed_attributes()]
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


def _is_present(desk: Desk) -> bool:
    """Tell whether the kept current state of the main line answers."""
    return desk.view.is_now and desk.view.line.is_main
