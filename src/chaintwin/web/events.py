"""Server-sent events: every committed change reaches the readers who may see it, at least once.

The id of an event is a place among the changes. Who comes back with the last one he had
(`Last-Event-ID`) is told everything after it, also what happened while he was away.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from chaintwin.access.accounts import digest_token
from chaintwin.access.asker import Asker
from chaintwin.kit.problems import ConflictProblem, InputProblem
from chaintwin.twin.store import subscriptions as store
from chaintwin.twin.subscriptions import service
from chaintwin.twin.subscriptions.feed import start_of
from chaintwin.twin.subscriptions.model import (
    Cursor,
    Pace,
    Position,
    Progress,
    Subscription,
    Wanted,
)
from chaintwin.twin.subscriptions.serving import READ
from chaintwin.twin.subscriptions.streaming import Item, is_told, parse_place, write_place
from chaintwin.twin.twin import Twin
from chaintwin.web.newsroom import Newsroom, Reader
from chaintwin.web.session import token_of
from chaintwin.web.subscriptions import Number

router = APIRouter(prefix="/api/v1", tags=["events"])
_KEEP_ALIVE_S = 15.0
_READY = "retry: 3000\nevent: ready\ndata: {}\n\n"
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

Place = Annotated[
    str | None,
    Query(max_length=4000, description="从此之后 id of the last event one had, for a fresh start"),
]
LastId = Annotated[
    str | None, Header(max_length=4000, description="上次收到的事件 id of the last event one had")
]
Kinds = Annotated[
    list[str] | None, Query(max_length=50, description="只看这些种类 of these kinds only")
]
Bodies = Annotated[
    list[str] | None, Query(max_length=200, description="只看这些孪生体 of these bodies only")
]
Attributes = Annotated[
    list[str] | None, Query(max_length=50, description="只看这些属性 of these attributes only")
]


class EventStream(StreamingResponse):
    """A stream that leaves nothing behind, however it ends."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the reader leaves or is out; then close what was opened for him."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            assert isinstance(self.body_iterator, AsyncGenerator)
            await self.body_iterator.aclose()


@router.get("/events", operation_id="stream_events", response_class=StreamingResponse)
def stream_events(
    request: Request,
    kind: Kinds = None,
    body: Bodies = None,
    attribute: Attributes = None,
    last_event_id: LastId = None,
    after: Place = None,
) -> StreamingResponse:
    """Stream changes as server-sent events.

    Without a filter: event `change` with tenant, change number and branch (0: the main
    line). With kinds, bodies or
    attributes: event `facts` with what was stated and withdrawn, as webhooks are told it.
    """
    twin: Twin = request.app.state.twin
    asker: Asker = request.state.asker
    chosen = None
    with twin.database.transaction(asker.settings()) as connection:
        start = start_of(connection, asker.readable | {asker.tenant})
        if kind or body or attribute:
            asker.require(READ)
            view = twin.view_in(connection, asker)
            bodies = tuple(map(view.number, body)) if body else None
            chosen = _passing(asker, Wanted(_maybe(kind), bodies, _maybe(attribute)), view.now)
    return _stream(request, asker, chosen, _start(start, last_event_id or after))


@router.get(
    "/subscriptions/{number}/events",
    operation_id="stream_subscription",
    response_class=StreamingResponse,
)
def stream_subscription(
    request: Request, number: Number, last_event_id: LastId = None, after: Place = None
) -> StreamingResponse:
    """Stream the events of a subscription of channel `stream`, from where it was fetched last.

    To come back with an id says that everything up to it arrived; without one the stream begins
    after the latest place that was confirmed, at first where the subscription was made.
    """
    twin: Twin = request.app.state.twin
    asker: Asker = request.state.asker
    asker.require(service.SUBSCRIBE)
    asker.require(READ)
    with twin.database.transaction(asker.settings()) as connection:
        found = service.get(connection, asker, number)
        now = twin.clock.now()
        if found.channel != "stream" or found.status(now) != "active":
            raise ConflictProblem(
                "此订阅不是事件流，或已暂停、到期。请在“系统 → 订阅”中查看。",
                "This subscription is no stream, or is paused or at its end.",
            )
        cursor = _start(found.progress.cursor, last_event_id or after)
        new = (asker.readable | {asker.tenant}) - cursor.keys()
        cursor = {**cursor, **(start_of(connection, new) if new else {})}
        if found.account == asker.account:
            progress = replace(found.progress, cursor=cursor, last_success=now)
            store.save_progress(connection, number, progress)
    return _stream(request, asker, found, cursor)


def _stream(
    request: Request, asker: Asker, chosen: Subscription | None, cursor: Cursor
) -> StreamingResponse:
    newsroom: Newsroom = request.app.state.events
    newsroom.refuse_too_many()
    readable = asker.readable | {asker.tenant}
    told = {tenant: at for tenant, at in cursor.items() if tenant in readable}
    digest = digest_token(token_of(request) or "")
    return EventStream(
        _tell(newsroom, digest, asker, chosen, told),
        media_type="text/event-stream",
        headers=_HEADERS,
    )


async def _tell(
    newsroom: Newsroom,
    digest: bytes,
    asker: Asker,
    chosen: Subscription | None,
    told: dict[int, Position],
) -> AsyncIterator[str]:
    reader = Reader(digest, asker, told, asyncio.get_running_loop(), chosen)
    newsroom.enter(reader)
    try:
        yield f"id: {write_place(told)}\n{_READY}"
        while not reader.is_over:
            async for text in _catch_up(newsroom, reader):
                yield text
            text = await _hear_next(reader)
            if text and not reader.is_over:
                yield text
    finally:
        newsroom.leave(reader)


async def _catch_up(newsroom: Newsroom, reader: Reader) -> AsyncIterator[str]:
    """Yield from the database what the reader was not told, until he hears with the others."""
    while reader.is_behind and not reader.is_over:
        reader.is_behind = False
        is_all = False
        while not is_all and not reader.is_behind:
            place = dict(reader.told)
            found = await run_in_threadpool(
                newsroom.news.read, reader.asker, reader.subscription, place
            )
            if text := _written(reader, found.items):
                yield text
            # Past what concerns him too, so that he is not led over it again.
            reader.told.update(found.after)
            is_all = found.is_all


async def _hear_next(reader: Reader) -> str:
    """Return what comes next; a sign of life when nothing has for a while."""
    items: list[Item] = []
    try:
        async with asyncio.timeout(_KEEP_ALIVE_S):
            item = await reader.queue.get()
    except TimeoutError:
        return ": still here\n\n"
    while item is not None:
        items.append(item)
        item = None if reader.queue.empty() else reader.queue.get_nowait()
    return _written(reader, items)


def _written(reader: Reader, items: Iterable[Item]) -> str:
    parts = []
    for item in items:
        if is_told(reader.told, item):
            continue
        reader.told[item.tenant] = item.position
        parts.append(f"id: {write_place(reader.told)}\nevent: {item.event}\ndata: {item.data}\n\n")
    return "".join(parts)


def _start(start: Cursor, last: str | None) -> Cursor:
    """Return where to begin: after the last event one had, for tenants it speaks of."""
    if not last:
        return start
    place = parse_place(last)
    if place is None:
        raise InputProblem(
            f"事件编号“{last[:60]}”无法识别。请原样送回上次收到的 id，或不带它重新开始。",
            f"The id “{last[:60]}” is not understood. Send the last id as it came, or none.",
        )
    return {tenant: place.get(tenant, at) for tenant, at in start.items()}


def _passing(asker: Asker, wanted: Wanted, now: datetime) -> Subscription:
    """Return what somebody wants to hear of while his stream is open."""
    never = datetime.min.replace(tzinfo=UTC)
    return Subscription(
        0, asker.tenant, asker.account, "", "stream", "facts", "", wanted, Pace(), None, None, None,
        None, now, never, Progress({}),
    )  # fmt: skip


def _maybe(given: list[str] | None) -> tuple[str, ...] | None:
    return tuple(given) if given else None
