"""The database side of serving: what is due to one subscription, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chaintwin.access.accounts import find_owner
from chaintwin.access.asker import PUBLIC_TENANT, Asker
from chaintwin.access.tenants import all_tenants
from chaintwin.engine.database import Connection
from chaintwin.twin.store import subscriptions as store
from chaintwin.twin.store.subscriptions import Attempt
from chaintwin.twin.subscriptions.feed import Batch, read_batch, start_of
from chaintwin.twin.subscriptions.model import (
    Cursor,
    Message,
    Progress,
    Receiver,
    Renderer,
    Said,
    Subscription,
)
from chaintwin.twin.subscriptions.sealing import Seal
from chaintwin.twin.twin import Twin

READ = "firm:read"
SUBSCRIBE = "subscription:write"
_MOST_BODIES = 200
_TIMEOUT_S = 10.0
_LONGEST_TIMEOUT_S = 60.0
_OWNER_GONE: Said = {
    "zh": "订阅人的账号已停用，或不再有读取、订阅的权限。请恢复其权限，或由有权限的人重建订阅。",
    "en": "The owner's account is disabled or lacks the right to read or to subscribe. Restore it, "
    "or have somebody else make the subscription anew.",
}


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing is due before this moment (None: before something happens)."""

    until: datetime | None
    reached: Cursor | None = None
    readable: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Due:
    """Messages to be sent in order, and where one stands after each."""

    subscription: Subscription
    receiver: Receiver
    messages: Sequence[Message]
    batch: Batch | None  # None: told by the clock
    readable: frozenset[int]

    @property
    def progress(self) -> Progress:
        """Return how it was served until now."""
        return self.subscription.progress


class Gone(Exception):  # noqa: N818 - ends a loop
    """The subscription was removed."""


class Serving:
    """Prepares what is due to a subscription with its owner's rights of this moment."""

    def __init__(
        self,
        twin: Twin,
        seal: Seal,
        renderers: Mapping[str, Renderer],
        networks: Sequence[str] = (),
    ) -> None:
        self._twin = twin
        self._seal = seal
        self._renderers = renderers
        self._networks = tuple(networks)

    def now(self) -> datetime:
        """Return the present instant of the twin's clock."""
        return self._twin.clock.now()

    def served(self, tenant: int) -> list[int]:
        """Return the numbers of a tenant's subscriptions that are told from here."""
        with self._twin.database.transaction({"tenant": tenant}) as connection:
            return store.list_served(connection)

    def any_failing(self) -> bool:
        """Tell whether the receiver of any subscription did not take the latest message."""
        for tenant in all_tenants(self._twin.database):
            with self._twin.database.transaction({"tenant": tenant.id}) as connection:
                if store.count_failing(connection, self.now()):
                    return True
        return False

    def prepare(self, tenant: int, number: int, reached: Cursor | None) -> Due | Rest:
        """Return what is due; `reached` is a place past the stored one with nothing to tell.

        Raises Gone when the subscription was removed, or is fetched by its receiver.
        """
        now = self.now()
        with self._twin.database.transaction({"tenant": tenant}) as connection:
            found = store.get_subscription(connection, number)
            if found is None or found.channel == "stream":
                raise Gone
            until = _waits_until(found, now)
            if until is not None or found.status(now) != "active":
                return Rest(until)
            owner = owner_of(connection, found)
            if owner is None:
                self._refuse_owner(connection, found)
                return Rest(None)
            receiver = self._receiver(connection, found)
        if reached is not None:
            found = replace(found, progress=replace(found.progress, cursor=reached))
        return self._rendered(found, owner, receiver)

    def receiver(self, tenant: int, number: int) -> tuple[Subscription, Receiver]:
        """Return where a subscription's messages go; raise Gone when it was removed."""
        with self._twin.database.transaction({"tenant": tenant}) as connection:
            found = store.get_subscription(connection, number)
            if found is None:
                raise Gone
            return found, self._receiver(connection, found)

    def _rendered(self, found: Subscription, owner: Asker, receiver: Receiver) -> Due | Rest:
        renderer = self._renderers[found.renderer]
        readable = owner.readable | {owner.tenant}
        with self._twin.database.transaction(owner.settings()) as connection:
            view = self._twin.view_in(connection, owner)
            if found.pace.interval_s is not None:
                messages = renderer.render_interval(found, view)
                due = Due(found, receiver, messages, None, readable)
                return due if messages else Rest(_next_look(found.pace.interval_s, self.now()))
            cursor = _cursor_over(connection, found.progress.cursor, readable)
            while True:
                batch = read_batch(connection, view.groups, cursor, found.wanted, _MOST_BODIES)
                messages = renderer.render(found, view, batch.touched) if batch.touched else ()
                if messages:
                    return Due(found, receiver, messages, batch, readable)
                if batch.is_all:
                    return Rest(None, batch.after, readable)
                cursor = batch.after

    def record(
        self, due: Due, progress: Progress, attempt: Attempt, *, paused: bool = False
    ) -> None:
        """Store what came of one message; raise Gone when the subscription was removed."""
        tenant, number = due.subscription.tenant, due.subscription.id
        with self._twin.database.transaction({"tenant": tenant}) as connection:
            if not store.save_progress(connection, number, progress):
                raise Gone
            store.add_attempt(connection, tenant, number, attempt)
            if paused:
                store.pause_subscription(connection, number, attempt.at)

    def record_test(self, found: Subscription, attempt: Attempt) -> None:
        """Store what came of a test message."""
        with self._twin.database.transaction({"tenant": found.tenant}) as connection:
            store.add_attempt(connection, found.tenant, found.id, attempt)

    def keep_place(self, tenant: int, number: int, reached: Cursor) -> None:
        """Store a place before which nothing is to be told."""
        with self._twin.database.transaction({"tenant": tenant}) as connection:
            found = store.get_subscription(connection, number)
            if found is not None:
                progress = replace(found.progress, cursor=reached)
                store.save_progress(connection, number, progress)

    def _receiver(self, connection: Connection, found: Subscription) -> Receiver:
        asked = found.pace.timeout_s or _TIMEOUT_S
        return Receiver(
            found.id,
            found.tenant,
            found.target,
            self._seal.open(found.tenant, found.sealed),
            min(asked, _LONGEST_TIMEOUT_S),
            (*self._networks, *store.list_networks(connection)),
        )

    def _refuse_owner(self, connection: Connection, found: Subscription) -> None:
        if found.progress.last_error != _OWNER_GONE:
            failed = replace(
                found.progress,
                failures=max(1, found.progress.failures),
                last_error=_OWNER_GONE,
                last_failure=self.now(),
            )
            store.save_progress(connection, found.id, failed)


def owner_of(connection: Connection, found: Subscription) -> Asker | None:
    """Return whose eyes a subscription has, with the rights of this moment; None: nobody's.

    One without an account was made by the program itself: it reads what bears no label.
    """
    if found.account is None:
        readable = frozenset({PUBLIC_TENANT, found.tenant})
        return Asker(found.tenant, "chaintwin", roles=frozenset({"officer"}), readable=readable)
    owner = find_owner(connection, found.account)
    return owner if owner is not None and owner.may(READ) and owner.may(SUBSCRIBE) else None


def _waits_until(found: Subscription, now: datetime) -> datetime | None:
    """Return until when nothing is sent, whatever happens."""
    progress, pace = found.progress, found.pace
    moments = [progress.next_at] if progress.next_at is not None else []
    if progress.last_success is not None and pace.throttling_s:
        moments.append(progress.last_success + timedelta(seconds=pace.throttling_s))
    if pace.interval_s is not None:
        since = progress.last_notification or found.made_at
        moments.append(since + timedelta(seconds=pace.interval_s))
    later = [moment for moment in moments if moment > now]
    return max(later) if later else None


def _next_look(interval_s: float, now: datetime) -> datetime:
    return now + timedelta(seconds=interval_s)


def _cursor_over(connection: Connection, cursor: Cursor, readable: frozenset[int]) -> Cursor:
    """Return the cursor over exactly the tenants that may be read now."""
    new = readable - cursor.keys()
    start = start_of(connection, new) if new else {}
    return {**{tenant: cursor[tenant] for tenant in cursor if tenant in readable}, **start}
