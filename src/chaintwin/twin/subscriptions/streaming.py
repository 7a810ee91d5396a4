"""News for open streams: numbers of changes, or events as webhooks are told them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chaintwin.access.asker import Asker
from chaintwin.twin.store.feed import Span, read_changes_after
from chaintwin.twin.subscriptions.feed import read_batch
from chaintwin.twin.subscriptions.model import Cursor, Position, Subscription
from chaintwin.twin.subscriptions.rendering import render_events, write
from chaintwin.twin.subscriptions.serving import READ
from chaintwin.twin.twin import Twin

_MOST = 200


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of news; `position` is where one stands once it was told."""

    tenant: int
    position: Position
    event: str
    data: str


@dataclass(frozen=True, slots=True)
class Found:
    """News in order, where one stands after them, and whether that is all there is by now."""

    items: Sequence[Item]
    after: Cursor
    is_all: bool


class News:
    """Reads what happened after a place, with the reader's rights."""

    def __init__(self, twin: Twin) -> None:
        self._twin = twin

    def may_read(self, asker: Asker, chosen: Subscription | None) -> bool:
        """Tell whether an asker may be told; that something changed is told to everybody."""
        return chosen is None or asker.may(READ)

    def read(self, asker: Asker, chosen: Subscription | None, cursor: Cursor) -> Found:
        """Return what happened after a place; `chosen` None: only the numbers of changes."""
        if chosen is None:
            return self._numbers(asker, cursor)
        with self._twin.database.transaction(asker.settings()) as connection:
            view = self._twin.view_in(connection, asker)
            batch = read_batch(connection, view.groups, cursor, chosen.wanted, _MOST)
            events = list(render_events(view, batch.touched, chosen)) if batch.touched else []
        items = [
            Item(batch.touched[place].tenant, batch.touched[place].position, "facts",
                 write(event).decode())
            for place, event in events
        ]  # fmt: skip
        return Found(items, batch.after, batch.is_all)

    def _numbers(self, asker: Asker, cursor: Cursor) -> Found:
        items: list[Item] = []
        after = dict(cursor)
        is_all = True
        with self._twin.database.transaction(asker.settings()) as connection:
            for tenant, position in cursor.items():
                span = Span(tenant, position.change, None)
                changes = read_changes_after(connection, span, _MOST, branches=True)
                is_all = is_all and len(changes) < _MOST
                for change, branch in changes:
                    told = {"tenant": tenant, "change": change, "branch": branch}
                    data = write(told).decode()
                    items.append(Item(tenant, Position(change), "change", data))
                    after[tenant] = Position(change)
        return Found(items, after, is_all)


def is_told(told: Mapping[int, Position], item: Item) -> bool:
    """Tell whether a reader who stands somewhere was told this already."""
    at = told.get(item.tenant, Position())
    if item.position.change != at.change:
        return item.position.change < at.change
    return at.body is None or (item.position.body is not None and item.position.body <= at.body)


def write_place(cursor: Cursor) -> str:
    """Write a place as the id of a server-sent event: 1.57-10.60.1234."""
    parts = []
    for tenant, at in sorted(cursor.items()):
        parts.append(f"{tenant}.{at.change}" + ("" if at.body is None else f".{at.body}"))
    return "-".join(parts)


def parse_place(text: str) -> Cursor | None:
    """Read a place; None if it is none."""
    cursor: dict[int, Position] = {}
    try:
        for part in text.split("-"):
            tenant, change, *body = (int(number) for number in part.split("."))
            if len(body) > 1 or min(tenant, change, *body) < 0 or max(change, *body, 0) >= 2**63:
                return None
            cursor[tenant] = Position(change, body[0] if body else None)
    except ValueError:
        return None
    return cursor
