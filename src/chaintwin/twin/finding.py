"""Finds a page of bodies now: by the kept state, and by what a branch has to derive anew."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from chaintwin.engine.database import Connection
from chaintwin.twin.choosing import Hit, choose
from chaintwin.twin.state import BodyState
from chaintwin.twin.store.finding import Found, Wanted, find_bodies
from chaintwin.twin.store.lines import Shown


def find_now(
    connection: Connection,
    wanted: Wanted,
    shown: Shown,
    canonical_of: Mapping[int, int],
    derive: Callable[[Sequence[int]], list[BodyState]],
) -> Found:
    """Return the bodies of a page in their order, and how many there are in all.

    `derive` reads bodies that a parent changed after the fork: they are chosen here and merged in.
    """
    if not shown.moved:
        return find_bodies(connection, wanted, shown, canonical_of)
    end = None if wanted.limit is None else wanted.offset + wanted.limit
    first = replace(wanted, limit=end, offset=0)
    found = find_bodies(connection, first, shown, canonical_of)
    changed = choose(derive(shown.moved), wanted.text, wanted.region, wanted.industry)
    hits = sorted([*found.hits, *changed], key=Hit.order)[wanted.offset : end]
    return Found(hits, found.total + len(changed), found.is_least)
