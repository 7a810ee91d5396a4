"""Lets the database store one batch while the next one is made ready."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self


class Behind:
    """Does the work of one connection in turn: at once, or inside `with` in a thread of its own.

    Whoever uses the connection directly calls `wait` first. Leaving waits, also after an error:
    no work goes on in a transaction that is being undone.
    """

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None
        self._last: Future[None] | None = None

    def __enter__(self) -> Self:
        self._pool = ThreadPoolExecutor(1, "chaintwin-store")
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(cancel_futures=kind is not None)
        if kind is None:
            self.wait()

    @property
    def is_threaded(self) -> bool:
        """Tell whether work is done in a thread of its own."""
        return self._pool is not None

    def do(self, work: Callable[[], None]) -> None:
        """Do work once what was given before is done; its error is raised by the next call."""
        self.wait()
        if self._pool is None:
            work()
        else:
            self._last = self._pool.submit(work)

    def wait(self) -> None:
        """Return when nothing is going on; raise what went wrong."""
        last, self._last = self._last, None
        if last is not None:
            last.result()
