"""Finds a page of bodies now: by the kept state, and by what a branch has to derive anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from chaintwin.engine.database import Connection
from chaintwin.twin.choosing import Hit, choose
from chaintwin.twin.state import BodyState
from chaintwin.twin.store.lines import Shown
from chaintwin.twin.store.reading import Wanted, find_bodies


def find_now(
    connection: Connection,
    wanted: Wanted,
    shown: Shown,
    canonical_of: Mapping[int, int],
    derive: Callable[[Sequence[int]], list[BodyState]],
) -> tuple[list[int], int]:
    """Return the bodies of a page in pinyin order, and how many there are in all.

    `derive` reads bodies that a parent changed after the fork: they are chosen here and merged in.
    """
    if not shown.moved:
        found, total = find_bodies(connection, wanted, shown, canonical_of)
        return [body for body, _ in found], total
    end = None if wanted.limit is None else wanted.offset + wanted.limit
    first = replace(wanted, limit=end, offset=0)
    found, total = find_bodies(connection, first, shown, canonical_of)
    changed = choose(derive(shown.moved), wanted.text, wanted.region)
    hits = sorted([*(Hit(body, name or "") for body, name in found), *changed], key=Hit.order)
    return [hit.body for hit in hits[wanted.offset : end]], total + len(changed)
