"""Server-sent events: every committed change reaches the browsers that may see it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from chaintwin.access.accounts import Accounts
from chaintwin.access.asker import Asker
from chaintwin.engine.database import Database
from chaintwin.twin.listening import Listener
from chaintwin.web.session import token_of

router = APIRouter(prefix="/api/v1", tags=["events"])
_KEEP_ALIVE = 15.0
_MOST_WAITING = 100


@dataclass(eq=False)
class _Listener:
    readable: frozenset[int]
    queue: asyncio.Queue[str]
    loop: asyncio.AbstractEventLoop


class Events:
    """Hands every committed change to the open streams that may see it."""

    def __init__(self, database: Database) -> None:
        self._listeners: set[_Listener] = set()
        self._changes = Listener(database, self._tell, "events")

    def start(self) -> None:
        """Begin to listen."""
        self._changes.start()

    def stop(self) -> None:
        """Stop listening and end every stream."""
        self._changes.stop()
        for listener in list(self._listeners):
            listener.loop.call_soon_threadsafe(_put, listener.queue, "")

    async def stream(
        self, request: Request, asker: Asker, is_in: Callable[[], bool]
    ) -> AsyncIterator[str]:
        """Yield the changes of every tenant the asker may read, until he leaves or is out."""
        readable = asker.readable | {asker.tenant}
        queue: asyncio.Queue[str] = asyncio.Queue(_MOST_WAITING)
        listener = _Listener(readable, queue, asyncio.get_running_loop())
        self._listeners.add(listener)
        try:
            yield "retry: 3000\nevent: ready\ndata: {}\n\n"
            while not self._changes.is_stopping and not await request.is_disconnected():
                message: str | None = None
                with suppress(TimeoutError):
                    message = await asyncio.wait_for(listener.queue.get(), _KEEP_ALIVE)
                if message == "" or not await run_in_threadpool(is_in):
                    return
                yield ": still here\n\n" if message is None else _written(message)
        finally:
            self._listeners.discard(listener)

    def _tell(self, tenant: int, change: int, branch: int) -> None:
        message = json.dumps({"tenant": tenant, "change": change, "branch": branch})
        for listener in list(self._listeners):
            if tenant in listener.readable:
                listener.loop.call_soon_threadsafe(_put, listener.queue, message)


def _written(message: str) -> str:
    return f"event: change\ndata: {message}\n\n"


def _put(queue: asyncio.Queue[str], payload: str) -> None:
    if queue.full():
        queue.get_nowait()
    queue.put_nowait(payload)


@router.get("/events", operation_id="stream_events", response_class=StreamingResponse)
async def stream_events(request: Request) -> StreamingResponse:
    """Stream changes as server-sent events: event `change` with tenant, change number and
    branch (0: the main line)."""
    events: Events = request.app.state.events
    accounts: Accounts = request.app.state.accounts
    token = token_of(request) or ""
    return StreamingResponse(
        events.stream(request, request.state.asker, lambda: accounts.is_in(token)),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )
