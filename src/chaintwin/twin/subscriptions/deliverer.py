"""Tells every subscription what happened: at least once, in order, and none waits for another."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any, Literal, TypeVar

from chaintwin.access.asker import PUBLIC_TENANT
from chaintwin.access.tenants import all_tenants
from chaintwin.engine.database import Connection, Database
from chaintwin.twin.store import subscriptions as store
from chaintwin.twin.store.changes import CHANNEL
from chaintwin.twin.store.subscriptions import Attempt
from chaintwin.twin.subscriptions.model import (
    Cursor,
    DeliveryFailed,
    Message,
    Progress,
    Sender,
    Sending,
    Subscription,
    Touched,
)
from chaintwin.twin.subscriptions.serving import Due, Gone, Rest, Serving

Post = Literal["held", "elsewhere", "none"]
T = TypeVar("T")
_LOG = logging.getLogger("chaintwin.subscriptions")
_FIRST_S = 1.0
_LONGEST_S = 300.0
_RETRY_S = 2.0
_POST_S = 5.0
# Database work of deliveries beside that of requests.
_WORKERS = 3
# A place past which nothing was to be told is stored now and then, not after every change.
_KEEP_EVERY = 64
_GRACE_S = 2.0


@dataclass(eq=False)
class _Served:
    """One subscription being served."""

    tenant: int
    number: int
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    readable: frozenset[int] = frozenset()
    reached: Cursor | None = None
    looks: int = 0


class Deliverer:
    """Serves the subscriptions of every tenant from threads of its own; one per database.

    Where several servers share a database, one of them holds the post; the others stand by.
    """

    def __init__(
        self,
        database: Database,
        serving: Serving,
        senders: Mapping[str, Sender],
        random: Random,
    ) -> None:
        self._database = database
        self._serving = serving
        self._senders = senders
        self._random = random
        self._stopping = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="deliveries-db")
        self._tasks: dict[tuple[int, int], tuple[asyncio.Task[None], _Served]] = {}
        self._threads = [
            threading.Thread(target=self._run_loop, name="deliveries", daemon=True),
            threading.Thread(target=self._keep_listening, name="deliveries-ear", daemon=True),
        ]
        self.post: Post = "none"

    def start(self) -> None:
        """Begin to serve."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End; what is under way may come to its receiver once more after the next start."""
        self._stopping.set()
        self._threads[1].join(timeout=10)
        if self._threads[0].is_alive():
            asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(timeout=20)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._threads[0].join(timeout=10)
        self._workers.shutdown()
        if not self._loop.is_running():
            self._loop.close()

    def send_test(self, tenant: int, number: int) -> Attempt:
        """Send one test message now and return what came of it; raise Gone."""
        testing = self._send_test(tenant, number)
        return asyncio.run_coroutine_threadsafe(testing, self._loop).result()

    def is_well(self) -> bool:
        """Tell whether somebody delivers and no receiver refuses what is sent to it."""
        return self.post != "none" and not self._serving.any_failing()

    def _run_loop(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def _keep_listening(self) -> None:
        while not self._stopping.is_set():
            try:
                with self._database.listening(CHANNEL) as connection:
                    store.listen_for_subscriptions(connection)
                    self._hold_post(connection)
            except Exception:  # must outlive a restart of the database
                if not self._stopping.is_set():
                    _LOG.warning("the deliverer lost the database; trying again", exc_info=True)
                    self._stopping.wait(_RETRY_S)

    def _hold_post(self, connection: Connection) -> None:
        while not store.take_the_post(connection):
            self.post = "elsewhere"
            if self._stopping.wait(_POST_S):
                return
        try:
            self.post = "held"
            self._call(self._serve_all())
            while not self._stopping.is_set():
                for notice in connection.notifies(timeout=0.5):
                    self._loop.call_soon_threadsafe(self._hear, json.loads(notice.payload))
        finally:
            self.post = "none"
            self._call(self._rest())

    def _call(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=60)

    async def _serve_all(self) -> None:
        tenants = await self._in_worker(lambda: all_tenants(self._database))
        for tenant in tenants:
            for number in await self._in_worker(self._serving.served, tenant.id):
                self._serve(tenant.id, number)

    async def _rest(self) -> None:
        tasks = [task for task, _ in self._tasks.values()]
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _close(self) -> None:
        await self._rest()
        for sender in self._senders.values():
            await sender.close()

    def _hear(self, told: Mapping[str, int]) -> None:
        tenant = told["tenant"]
        if "subscription" in told:
            self._serve(tenant, told["subscription"])
            return
        for _, served in self._tasks.values():
            if tenant in served.readable or tenant in {served.tenant, PUBLIC_TENANT}:
                served.wake.set()

    def _serve(self, tenant: int, number: int) -> None:
        known = self._tasks.get((tenant, number))
        if known is not None and not known[0].done():
            known[1].wake.set()
            return
        served = _Served(tenant, number)
        task = self._loop.create_task(self._keep_serving(served))
        self._tasks[tenant, number] = (task, served)

    async def _keep_serving(self, served: _Served) -> None:
        while True:
            served.wake.clear()
            try:
                work = await self._in_worker(
                    self._serving.prepare, served.tenant, served.number, served.reached
                )
                served.readable = work.readable or served.readable
                if isinstance(work, Due):
                    served.reached = None
                    await self._send_all(work)
                else:
                    await self._take_rest(served, work)
            except Gone:
                self._tasks.pop((served.tenant, served.number), None)
                return
            except Exception:  # nothing may end the serving but the removal
                _LOG.exception("serving subscription %s failed; trying again", served.number)
                await asyncio.sleep(_RETRY_S)

    async def _take_rest(self, served: _Served, rest: Rest) -> None:
        if rest.reached is not None and rest.reached != served.reached:
            served.reached = rest.reached
            served.looks += 1
            if served.looks % _KEEP_EVERY == 0:
                await self._in_worker(
                    self._serving.keep_place, served.tenant, served.number, rest.reached
                )
        left = None
        if rest.until is not None:
            left = max(0.01, (rest.until - self._serving.now()).total_seconds())
        try:
            await asyncio.wait_for(served.wake.wait(), left)
        except TimeoutError:
            return

    async def _send_all(self, due: Due) -> None:
        sender = self._senders.get(due.subscription.channel)
        progress, before = due.progress, 0
        for message in due.messages:
            at = self._serving.now()
            told = due.batch.touched[before : message.through] if due.batch else ()
            before = message.through
            sending = Sending(_message_id(due.subscription.id, told, at), at, message)
            started = time.monotonic()
            failure: DeliveryFailed | None = None
            status: int | None = None
            try:
                status = await _send(sender, due, sending)
            except DeliveryFailed as failed:
                failure, status = failed, failed.status
            took_ms = round((time.monotonic() - started) * 1000)
            progress = self._after(due, progress, message, at, failure)
            attempt = _attempt(message, told, at, took_ms, status, failure)
            is_final = failure is not None and failure.is_final
            await self._in_worker(
                lambda p=progress, a=attempt, f=is_final: self._serving.record(due, p, a, paused=f)
            )
            if failure is not None:
                return

    def _after(
        self,
        due: Due,
        progress: Progress,
        message: Message,
        at: datetime,
        failure: DeliveryFailed | None,
    ) -> Progress:
        """Return the progress after one message was taken or refused."""
        progress = replace(progress, times_sent=progress.times_sent + 1, last_notification=at)
        if failure is None:
            cursor = due.batch.cursor_at(message.through) if due.batch else progress.cursor
            return replace(
                progress, cursor=cursor, last_success=at, failures=0, last_error=None, next_at=None
            )
        failures = progress.failures + 1
        return replace(
            progress,
            times_failed=progress.times_failed + 1,
            last_failure=at,
            failures=failures,
            last_error=failure.said,
            next_at=at + timedelta(seconds=self._wait_s(due.subscription, failures, failure)),
        )

    def _wait_s(self, found: Subscription, failures: int, failure: DeliveryFailed) -> float:
        """Return how long to wait: twice as long after each failure, spread by chance."""
        doubled = min(_LONGEST_S, _FIRST_S * 2.0 ** min(failures - 1, 30))
        spread = doubled * self._random.uniform(0.5, 1.0)
        return max(spread, found.pace.cooldown_s, failure.retry_after_s or 0.0)

    async def _send_test(self, tenant: int, number: int) -> Attempt:
        found, receiver = await self._in_worker(self._serving.receiver, tenant, number)
        at = self._serving.now()
        content = json.dumps({"subscription": number, "test": True, "events": []}).encode()
        due = Due(found, receiver, (), None, frozenset())
        sending = Sending(f"{number}-test-{at:%Y%m%d%H%M%S%f}", at, Message(content, 0, 0))
        started = time.monotonic()
        failure: DeliveryFailed | None = None
        status: int | None = None
        try:
            status = await _send(self._senders.get(found.channel), due, sending)
        except DeliveryFailed as failed:
            failure, status = failed, failed.status
        took_ms = round((time.monotonic() - started) * 1000)
        outcome = "test_sent" if failure is None else "test_failed"
        said = None if failure is None else failure.said
        attempt = Attempt(at, outcome, 0, None, None, status, took_ms, said)
        await self._in_worker(self._serving.record_test, found, attempt)
        return attempt

    async def _in_worker(self, work: Callable[..., T], *given: Any) -> T:
        return await self._loop.run_in_executor(self._workers, work, *given)


async def _send(sender: Sender | None, due: Due, sending: Sending) -> int | None:
    """Send within the time that is given; whatever goes wrong is a failed delivery."""
    if sender is None:
        raise DeliveryFailed(
            f"本机不支持通道“{due.subscription.channel}”。",
            f"This server has no channel “{due.subscription.channel}”.",
        )
    seconds = due.receiver.timeout_s
    try:
        async with asyncio.timeout(seconds + _GRACE_S):
            return await sender.send(due.receiver, sending)
    except DeliveryFailed:
        raise
    except TimeoutError:
        raise timed_out(seconds) from None
    except Exception as error:  # a defect of a sender must be seen, not end the serving
        _LOG.exception("sending to subscription %s broke", due.subscription.id)
        raise DeliveryFailed(
            f"发送时出现意外错误（{type(error).__name__}），详见服务器日志。",
            f"Sending broke ({type(error).__name__}); see the server's log.",
        ) from error


def timed_out(seconds: float) -> DeliveryFailed:
    """Return the failure of a receiver that did not answer in time."""
    return DeliveryFailed(
        f"接收方在 {seconds:g} 秒内没有应答。请检查接收程序是否卡住、网络是否畅通。",
        f"The receiver did not answer within {seconds:g} s. Check whether it hangs.",
    )


def _message_id(number: int, told: Sequence[Touched], at: datetime) -> str:
    """Return what a receiver knows a repeated message by."""
    if not told:
        return f"{number}-{at:%Y%m%d%H%M%S%f}"
    return f"{number}-{told[0].tenant}-{told[0].change}-{told[0].member}"


def _attempt(
    message: Message,
    told: Sequence[Touched],
    at: datetime,
    took_ms: int,
    status: int | None,
    failure: DeliveryFailed | None,
) -> Attempt:
    return Attempt(
        at,
        "sent" if failure is None else "failed",
        message.events,
        told[0].change if told else None,
        told[-1].change if told else None,
        status,
        took_ms,
        None if failure is None else failure.said,
    )
