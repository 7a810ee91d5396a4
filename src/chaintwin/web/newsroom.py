"""Hands every committed change to the open streams that may see it.

One thread does the work for all readers: it looks once at the sessions of everybody concerned,
reads once for all who see the same, and hands the news over to the event loop in one call.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from math import inf

from chaintwin.access.asker import Asker
from chaintwin.access.tokens import Tokens
from chaintwin.engine.database import Database
from chaintwin.kit.problems import Problem
from chaintwin.twin.listening import Listener
from chaintwin.twin.subscriptions.model import Cursor, Position, Subscription
from chaintwin.twin.subscriptions.streaming import Item, News

_LOG = logging.getLogger("chaintwin.web")
_MOST_READERS = 2_000
_MOST_WAITING = 500
_SWEEP_S = 15.0


@dataclass(eq=False)
class Reader:
    """One open stream. Its queue holds news; None wakes it to look at its flags."""

    digest: bytes
    asker: Asker
    told: dict[int, Position]
    loop: asyncio.AbstractEventLoop
    subscription: Subscription | None = None  # None: the numbers of changes only
    queue: asyncio.Queue[Item | None] = field(default_factory=lambda: asyncio.Queue(_MOST_WAITING))
    is_behind: bool = True
    is_over: bool = False

    def hear(self, items: Iterable[Item]) -> None:
        """Take news, in the loop; who is too slow reads them from the database instead."""
        if self.is_behind:
            return
        for item in items:
            if self.queue.qsize() >= _MOST_WAITING - 1:
                self.fall_behind()
                return
            self.queue.put_nowait(item)

    def fall_behind(self) -> None:
        """Read what happened from the database, from where one was told last."""
        self.is_behind = True
        while not self.queue.empty():
            self.queue.get_nowait()
        self.queue.put_nowait(None)

    def end(self) -> None:
        """End the stream."""
        self.is_over = True
        self.fall_behind()


class TooManyReaders(Problem):
    """The server has as many streams open as it can serve."""

    status = 503


class Newsroom:
    """Keeps the open streams and tells them."""

    def __init__(self, database: Database, tokens: Tokens, news: News) -> None:
        self._tokens = tokens
        self.news = news
        self._readers: set[Reader] = set()
        self._marks: dict[int, int] = {}
        self._heard: queue.SimpleQueue[tuple[int, int] | None] = queue.SimpleQueue()
        self._swept_s = 0.0
        self._stopping = threading.Event()
        self._changes = Listener(database, self._hear, "events", self._hear_all)
        self._thread = threading.Thread(target=self._work, name="news", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._changes.start()
        self._thread.start()

    def stop(self) -> None:
        """Stop listening and end every stream."""
        self._stopping.set()
        self._changes.stop()
        self._heard.put(None)
        self._thread.join(timeout=5)
        for reader in list(self._readers):
            reader.loop.call_soon_threadsafe(reader.end)

    @property
    def readers(self) -> int:
        """Return how many streams are open."""
        return len(self._readers)

    def refuse_too_many(self) -> None:
        """Raise TooManyReaders when no more streams can be served."""
        if len(self._readers) >= _MOST_READERS:
            raise TooManyReaders(
                "打开的事件流太多，请稍后再试。", "Too many streams are open. Try again later."
            )

    def enter(self, reader: Reader) -> None:
        """Open a stream."""
        if self._stopping.is_set():
            reader.end()
        self._readers.add(reader)

    def leave(self, reader: Reader) -> None:
        """Close a stream."""
        self._readers.discard(reader)

    def _hear(self, tenant: int, change: int, _branch: int) -> None:
        self._heard.put((tenant, change))

    def _hear_all(self) -> None:
        """Changes may have gone by unheard: everybody reads on from where he was told last."""
        self._marks.clear()
        for reader in list(self._readers):
            reader.loop.call_soon_threadsafe(reader.fall_behind)

    def _work(self) -> None:
        while not self._stopping.is_set():
            heard: dict[int, int] = {}
            try:
                told = self._heard.get(timeout=_SWEEP_S)
                while told is not None:
                    heard[told[0]] = max(told[1], heard.get(told[0], 0))
                    told = self._heard.get_nowait()
            except queue.Empty:
                pass
            try:
                self._tell(heard)
            except Exception:  # a failed round must not end the next ones
                _LOG.exception("telling the open streams failed; they read on by themselves")
                self._hear_all()

    def _tell(self, heard: Mapping[int, int]) -> None:
        is_sweep = time.monotonic() - self._swept_s >= _SWEEP_S
        if is_sweep:
            self._swept_s = time.monotonic()
        here = self._still_in(
            [one for one in list(self._readers) if is_sweep or one.asker.readable & heard.keys()]
        )
        for tenant, change in heard.items():
            reading = [reader for reader in here if tenant in reader.asker.readable]
            mark = self._marks.get(tenant)
            self._marks[tenant] = max(change, mark or 0)
            before = _least_told(tenant, reading) if mark is None else Position(mark)
            if before is not None and change > before.change:
                self._tell_tenant(tenant, before, reading)

    def _tell_tenant(self, tenant: int, before: Position, reading: Sequence[Reader]) -> None:
        start: Cursor = {tenant: before}
        for group in _alike(reading):
            found = self.news.read(group[0].asker, group[0].subscription, start)
            if found.is_all:
                _hand_over(group, partial(Reader.hear, items=found.items))
            else:
                _hand_over(group, Reader.fall_behind)

    def _still_in(self, readers: Sequence[Reader]) -> list[Reader]:
        """Return those whose sessions hold, with the rights of now; end the streams of others."""
        by_tenant: dict[int, list[Reader]] = {}
        for reader in readers:
            by_tenant.setdefault(reader.asker.tenant, []).append(reader)
        here: list[Reader] = []
        for tenant, some in by_tenant.items():
            askers = self._tokens.holders(tenant, {reader.digest for reader in some})
            for reader in some:
                asker = askers.get(reader.digest)
                if asker is None or not self.news.may_read(asker, reader.subscription):
                    reader.loop.call_soon_threadsafe(reader.end)
                else:
                    reader.asker = asker
                    here.append(reader)
        return here


def _least_told(tenant: int, readers: Iterable[Reader]) -> Position | None:
    """Return from where news must be read for all who are not behind; None when all are."""
    told = [reader.told[tenant] for reader in readers
            if not reader.is_behind and tenant in reader.told]  # fmt: skip
    return min(told, key=lambda at: (at.change, inf if at.body is None else at.body), default=None)


def _alike(readers: Iterable[Reader]) -> Iterable[list[Reader]]:
    """Put together those who see the same."""
    groups: dict[object, list[Reader]] = {}
    for reader in readers:
        asker, chosen = reader.asker, reader.subscription
        key = (
            None
            if chosen is None
            else (asker.tenant, asker.readable, asker.labels, chosen.id, chosen.wanted)
        )
        groups.setdefault(key, []).append(reader)
    return groups.values()


def _hand_over(readers: Iterable[Reader], what: Callable[[Reader], None]) -> None:
    by_loop: dict[asyncio.AbstractEventLoop, list[Reader]] = {}
    for reader in readers:
        by_loop.setdefault(reader.loop, []).append(reader)
    for loop, some in by_loop.items():
        loop.call_soon_threadsafe(_for_each, some, what)


def _for_each(readers: Sequence[Reader], what: Callable[[Reader], None]) -> None:
    for reader in readers:
        what(reader)
