"""Making, changing and removing subscriptions, by whom it may be."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from chaintwin.access.asker import Asker
from chaintwin.engine.database import Connection
from chaintwin.kit.problems import NotFoundProblem
from chaintwin.twin.store import subscriptions as store
from chaintwin.twin.store.subscriptions import Listed
from chaintwin.twin.subscriptions.feed import start_of
from chaintwin.twin.subscriptions.model import (
    Channel,
    Pace,
    Progress,
    Secrets,
    Subscription,
    Wanted,
)
from chaintwin.twin.subscriptions.sealing import Seal

# A subscription of one's own needs this right; those of others in the office need the second.
SUBSCRIBE = "subscription:write"
ADMINISTER = "system:write"
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Draft:
    """What a subscription is made from."""

    name: str
    channel: Channel
    target: str = ""
    wanted: Wanted = field(default_factory=Wanted)
    pace: Pace = field(default_factory=Pace)
    renderer: str = "facts"
    definition: Mapping[str, Any] | None = None
    secrets: Secrets = field(default_factory=Secrets)
    expires_at: datetime | None = None
    is_paused: bool = False


def new_key() -> str:
    """Return a fresh key for signatures in the form of Standard Webhooks."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def make(
    connection: Connection, seal: Seal, asker: Asker, now: datetime, draft: Draft
) -> Subscription:
    """Make a subscription that tells of what happens from now on, as its maker may read it."""
    made = Subscription(
        0, asker.tenant, asker.account, draft.name, draft.channel, draft.renderer, draft.target,
        draft.wanted, draft.pace, draft.definition, _sealed(seal, asker.tenant, draft.secrets),
        draft.expires_at, now if draft.is_paused else None, now, now,
        Progress(start_of(connection, asker.readable | {asker.tenant})),
    )  # fmt: skip
    return replace(made, id=store.add_subscription(connection, made))


def get(connection: Connection, asker: Asker, number: int) -> Subscription:
    """Return a subscription of one's own, or of the office for an administrator.

    Raises NotFoundProblem for any other.
    """
    found = store.get_subscription(connection, number)
    is_own = found is not None and found.account == asker.account
    if found is None or not (is_own or asker.may(ADMINISTER)):
        raise NotFoundProblem(
            f"没有编号为 {number} 的订阅，或不属于您。", f"You have no subscription {number}."
        )
    return found


def list_own(
    connection: Connection, asker: Asker, listed: Listed
) -> tuple[list[Subscription], int]:
    """Return one's own subscriptions, or those of the office for an administrator."""
    account = None if asker.may(ADMINISTER) else asker.account
    return store.list_subscriptions(connection, replace(listed, account=account))


def change(
    connection: Connection,
    seal: Seal,
    found: Subscription,
    now: datetime,
    draft: Draft,
) -> Subscription:
    """Give a subscription new settings; channel, renderer, owner and place stay."""
    changed = replace(
        found, name=draft.name, target=draft.target, wanted=draft.wanted, pace=draft.pace,
        definition=draft.definition, sealed=_sealed(seal, found.tenant, draft.secrets),
        expires_at=draft.expires_at, changed_at=now,
        paused_at=(found.paused_at or now) if draft.is_paused else None,
    )  # fmt: skip
    store.change_subscription(connection, changed)
    return changed


def draft_of(seal: Seal, found: Subscription) -> Draft:
    """Return the settings of a subscription, secrets opened, to be changed in part."""
    return Draft(
        found.name, found.channel, found.target, found.wanted, found.pace, found.renderer,
        found.definition, seal.open(found.tenant, found.sealed), found.expires_at,
        found.paused_at is not None,
    )  # fmt: skip


def remove(connection: Connection, found: Subscription) -> None:
    """Remove a subscription with all that was kept of it."""
    store.remove_subscription(connection, found.tenant, found.id)


def retry(connection: Connection, found: Subscription) -> None:
    """Have a subscription tried at once, without waiting for the end of a delay."""
    store.change_subscription(connection, found)


def _sealed(seal: Seal, tenant: int, given: Secrets) -> bytes | None:
    return None if given == Secrets() else seal.close(tenant, given)
