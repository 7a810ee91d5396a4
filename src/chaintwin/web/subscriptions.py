"""Subscriptions: make, change, pause, remove, test, and see what came of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request

from chaintwin.access.accounts import list_own_accounts
from chaintwin.access.asker import Asker
from chaintwin.kit.clock import SHANGHAI
from chaintwin.kit.problems import ConflictProblem, InputProblem, NotFoundProblem
from chaintwin.physical.actions import addresses, mqtt, webhook
from chaintwin.twin.asked import Limit, Offset
from chaintwin.twin.door import Door, TheDoor, current_asker
from chaintwin.twin.store import subscriptions as store
from chaintwin.twin.store.subscriptions import Attempt, Listed
from chaintwin.twin.subscriptions import service
from chaintwin.twin.subscriptions.conditions import OPERATORS
from chaintwin.twin.subscriptions.deliverer import Deliverer
from chaintwin.twin.subscriptions.model import Condition, Secrets, Subscription
from chaintwin.twin.subscriptions.sealing import Seal
from chaintwin.twin.subscriptions.service import ADMINISTER, SUBSCRIBE, Draft
from chaintwin.twin.subscriptions.serving import Gone
from chaintwin.web.subscription_answers import (
    AttributeChoice,
    Choices,
    ConditionOut,
    DeliveryHealth,
    DeliveryList,
    DeliveryOut,
    KindChoice,
    Networks,
    NetworksGiven,
    Said,
    SubscriptionChange,
    SubscriptionGiven,
    SubscriptionList,
    SubscriptionOut,
)

router = APIRouter(prefix="/api/v1", tags=["subscriptions"])
OWN_FORMAT = "facts"
Number = Annotated[int, Path(ge=0, le=2**63 - 1, description="订阅编号 number of a subscription")]


@router.post("/subscriptions", operation_id="make_subscription", status_code=201)
def make_subscription(request: Request, door: TheDoor, given: SubscriptionGiven) -> SubscriptionOut:
    """Make a subscription: it tells, with one's own rights, of what happens from now on."""
    door.asker.require(SUBSCRIBE)
    draft = _draft(door, Draft(given.name, given.channel), given)
    if given.channel == "webhook":
        draft = replace(draft, secrets=replace(draft.secrets, key=service.new_key()))
    made = service.make(door.connection, _seal(request), door.asker, door.view.now, draft)
    door.audit("subscription_made", str(made.id), _audited(draft))
    return _shown(request, door, [made])[0].model_copy(update={"secret": draft.secrets.key})


@router.get("/subscriptions", operation_id="list_subscriptions")
def list_subscriptions(
    request: Request, door: TheDoor, limit: Limit = 50, offset: Offset = 0
) -> SubscriptionList:
    """List one's own subscriptions; an administrator sees those of the office."""
    door.asker.require(SUBSCRIBE)
    listed = Listed(limit=limit, offset=offset)
    found, total = service.list_own(door.connection, door.asker, listed)
    items = _shown(request, door, found)
    return SubscriptionList(items=items, total=total, limit=limit, offset=offset)


@router.get("/subscriptions/choices", operation_id="read_subscription_choices")
def read_subscription_choices(door: TheDoor) -> Choices:
    """Read which kinds and attributes one may ask for, and how conditions compare."""
    door.asker.require(SUBSCRIBE)
    kinds = [
        KindChoice(
            name=kind.name,
            title=_titled(kind.name, kind.title),
            attributes=[
                AttributeChoice(name=one.name, title=_titled(one.name, one.title))
                for one in kind.attributes.values()
            ],
        )
        for kind in door.view.kinds.by_name.values()
    ]
    return Choices(kinds=kinds, operators={op: dict(said) for op, said in OPERATORS.items()})


@router.get("/subscriptions/{number}", operation_id="read_subscription")
def read_subscription(request: Request, door: TheDoor, number: Number) -> SubscriptionOut:
    """Read one subscription and how it was served so far."""
    return _shown(request, door, [_found(door, number)])[0]


@router.patch("/subscriptions/{number}", operation_id="change_subscription")
def change_subscription(
    request: Request, door: TheDoor, number: Number, given: SubscriptionChange
) -> SubscriptionOut:
    """Change a subscription, pause it, or take it up again where it was paused."""
    found = _found(door, number)
    if found.renderer != OWN_FORMAT and given.model_fields_set - {"paused"}:
        raise ConflictProblem(
            "此订阅由 NGSI-LD 接口建立，这里只能暂停、恢复或删除。请用建立它的接口修改。",
            "This subscription was made through NGSI-LD; here it can be paused or removed only.",
        )
    before = service.draft_of(_seal(request), found)
    draft = _draft(door, before, given)
    changed = service.change(door.connection, _seal(request), found, door.view.now, draft)
    door.audit("subscription_changed", str(number), _audited(draft))
    return _shown(request, door, [changed])[0]


@router.delete("/subscriptions/{number}", operation_id="delete_subscription", status_code=204)
def delete_subscription(door: TheDoor, number: Number) -> None:
    """Remove a subscription and what was kept of its deliveries."""
    found = _found(door, number)
    service.remove(door.connection, found)
    door.audit("subscription_removed", str(number), {"name": found.name})


@router.post("/subscriptions/{number}/retry", operation_id="retry_subscription")
def retry_subscription(request: Request, door: TheDoor, number: Number) -> SubscriptionOut:
    """Try again at once what the receiver did not take."""
    found = _found(door, number)
    service.retry(door.connection, found)
    return _shown(request, door, [found])[0]


@router.post("/subscriptions/{number}/secret", operation_id="renew_secret")
def renew_secret(request: Request, door: TheDoor, number: Number) -> SubscriptionOut:
    """Give the signatures of a webhook a new key, shown only now; the old one ends at once."""
    found = _found(door, number)
    if found.channel != "webhook" or found.renderer != OWN_FORMAT:
        raise ConflictProblem(
            "只有 HTTP 推送的消息带签名，此订阅没有签名密钥。",
            "Only messages of webhooks are signed; this subscription has no key.",
        )
    seal, key = _seal(request), service.new_key()
    draft = service.draft_of(seal, found)
    draft = replace(draft, secrets=replace(draft.secrets, key=key))
    changed = service.change(door.connection, seal, found, door.view.now, draft)
    door.audit("subscription_key_renewed", str(number))
    return _shown(request, door, [changed])[0].model_copy(update={"secret": key})


@router.post("/subscriptions/{number}/test", operation_id="test_subscription")
def test_subscription(
    request: Request, number: Number, asker: Annotated[Asker, Depends(current_asker)]
) -> DeliveryOut:
    """Send a test message now and tell what came of it; also when paused."""
    # Without a door: a receiver may take its time, and no connection is held meanwhile.
    asker.require(SUBSCRIBE)
    deliverer: Deliverer = request.app.state.deliverer
    with request.app.state.twin.database.transaction(asker.settings()) as connection:
        found = service.get(connection, asker, number)
    if found.channel == "stream":
        raise ConflictProblem(
            "事件流由接收方自己来取，没有可以测试的地址。请打开事件流查看。",
            "A stream is fetched by its receiver; there is no address to test. Open the stream.",
        )
    try:
        return _attempt(deliverer.send_test(found.tenant, found.id))
    except Gone:
        raise NotFoundProblem("订阅已被删除。", "The subscription was removed.") from None


@router.get("/subscriptions/{number}/deliveries", operation_id="list_deliveries")
def list_deliveries(
    door: TheDoor, number: Number, limit: Limit = 50, offset: Offset = 0
) -> DeliveryList:
    """List the latest tries to send, latest first."""
    found = _found(door, number)
    rows, total = store.list_attempts(door.connection, found.id, limit, offset)
    items = [_attempt(row) for row in rows]
    return DeliveryList(items=items, total=total, limit=limit, offset=offset)


@router.get("/receivers/networks", operation_id="read_receiver_networks")
def read_receiver_networks(request: Request, door: TheDoor) -> Networks:
    """Read to which inner networks messages of one's office may go."""
    door.asker.require(SUBSCRIBE)
    always = list(request.app.state.receiver_networks)
    return Networks(networks=store.list_networks(door.connection), always=always)


@router.put("/receivers/networks", operation_id="set_receiver_networks")
def set_receiver_networks(request: Request, door: TheDoor, given: NetworksGiven) -> Networks:
    """Open inner networks to the messages of one's office; those left out are closed."""
    door.asker.require(ADMINISTER)
    networks = addresses.parse_networks(given.networks)
    asker = door.asker
    store.set_networks(door.connection, asker.tenant, asker.account, door.view.now, networks)
    door.audit("receiver_networks", None, {"networks": networks})
    return Networks(networks=networks, always=list(request.app.state.receiver_networks))


@router.get("/health/deliveries", operation_id="read_delivery_health")
def read_delivery_health(request: Request, door: TheDoor) -> DeliveryHealth:
    """Tell which subscriptions of the office are not taken, and why; for administrators."""
    door.asker.require(ADMINISTER)
    found, total = service.list_own(door.connection, door.asker, Listed())
    failing = [one for one in found if _is_failing(one, door.view.now)]
    deliverer: Deliverer = request.app.state.deliverer
    return DeliveryHealth(
        post=deliverer.post, subscriptions=total, failing=_shown(request, door, failing)
    )


def _titled(name: str, title: Mapping[str, str]) -> dict[str, str]:
    """Return a title in both languages; a kind of one's own may have it in one, or in none."""
    said = {language: text for language, text in title.items() if text}
    other = said.get("zh") or said.get("en") or name
    return {"zh": other, "en": other} | said


def _found(door: Door, number: int) -> Subscription:
    door.asker.require(SUBSCRIBE)
    return service.get(door.connection, door.asker, number)


def _seal(request: Request) -> Seal:
    seal: Seal = request.app.state.seal
    return seal


def _draft(door: Door, before: Draft, given: SubscriptionChange) -> Draft:
    """Return settings with what was given in place of what was there."""
    named = given.model_fields_set
    changed: dict[str, Any] = {
        name: getattr(given, name) for name in ("name", "target") if getattr(given, name)
    }
    if "expires_at" in named:
        changed["expires_at"] = _moment(door, given.expires_at)
    if given.paused is not None:
        changed["is_paused"] = given.paused
    if given.throttling_s is not None:
        changed["pace"] = replace(before.pace, throttling_s=given.throttling_s)
    draft = replace(before, **changed)
    wanted = replace(draft.wanted, **_wanted(door, given))
    draft = replace(draft, wanted=wanted, secrets=_secrets(before.secrets, given))
    _check_target(draft)
    return draft


def _wanted(door: Door, given: SubscriptionChange) -> dict[str, Any]:
    chosen: dict[str, Any] = {}
    kinds = door.view.kinds
    if "kinds" in given.model_fields_set:
        chosen["kinds"] = None if given.kinds is None else tuple(given.kinds)
        for kind in given.kinds or ():
            kinds.get(kind)
    if "bodies" in given.model_fields_set:
        codes = given.bodies
        chosen["bodies"] = None if codes is None else tuple(map(door.view.number, codes))
    if "attributes" in given.model_fields_set:
        names = given.attributes
        chosen["attributes"] = None if names is None else tuple(names)
    if given.where is not None:
        chosen["where"] = tuple(Condition(one.attribute, one.op, one.value) for one in given.where)
    for name in (*(given.attributes or ()), *(one.attribute for one in given.where or ())):
        _check_attribute(door, name)
    return chosen


def _check_attribute(door: Door, name: str) -> None:
    if not any(name in kind.attributes for kind in door.view.kinds.by_name.values()):
        raise InputProblem(
            f"没有属性“{name[:100]}”。属性名见 /api/v1/bodies 的返回，例如 name、region、status。",
            f"There is no attribute “{name[:100]}”. Names are as in /api/v1/bodies: name, region.",
        )


def _secrets(before: Secrets, given: SubscriptionChange) -> Secrets:
    named = given.model_fields_set
    return replace(
        before,
        headers=before.headers if given.headers is None else given.headers,
        user=given.user if "user" in named else before.user,
        password=given.password if "password" in named else before.password,
    )


def _check_target(draft: Draft) -> None:
    if draft.channel == "stream":
        if draft.target:
            raise InputProblem(
                "事件流由接收方自己来取，不要填接收地址。",
                "A stream is fetched by its receiver: give no address.",
            )
        return
    if draft.channel == "webhook":
        addresses.parse_target(draft.target, webhook.SCHEMES)
    else:
        mqtt.topic_of(addresses.parse_target(draft.target, mqtt.SCHEMES))


def _moment(door: Door, at: datetime | None) -> datetime | None:
    if at is None:
        return None
    try:
        moment = (at if at.tzinfo else at.replace(tzinfo=SHANGHAI)).astimezone(UTC)
    except OverflowError:
        moment = datetime.min.replace(tzinfo=UTC)
    if moment <= door.view.now:
        raise InputProblem("到期时间须晚于现在。", "The end must lie in the future.")
    return moment


def _audited(draft: Draft) -> dict[str, Any]:
    return {
        "name": draft.name,
        "channel": draft.channel,
        "target": draft.target,
        "paused": draft.is_paused,
    }


def _is_failing(found: Subscription, now: datetime) -> bool:
    return found.progress.failures > 0 and found.status(now) != "expired"


def _shown(request: Request, door: Door, found: list[Subscription]) -> list[SubscriptionOut]:
    names = {row.id: row.name for row in list_own_accounts(door.connection, door.asker)}
    seal = _seal(request)
    return [_out(door, seal, one, names.get(one.account or 0, "chaintwin")) for one in found]


def _out(door: Door, seal: Seal, one: Subscription, owner: str) -> SubscriptionOut:
    wanted, progress = one.wanted, one.progress
    secrets = seal.open(one.tenant, one.sealed)
    return SubscriptionOut(
        id=one.id, name=one.name, owner=owner, is_own=one.account == door.asker.account,
        channel=one.channel, renderer=one.renderer, target=one.target,
        kinds=None if wanted.kinds is None else list(wanted.kinds),
        bodies=None if wanted.bodies is None else [door.view.code(body) for body in wanted.bodies],
        attributes=None if wanted.attributes is None else list(wanted.attributes),
        where=[ConditionOut(**asdict(test)) for test in wanted.where],
        throttling_s=one.pace.throttling_s, headers=sorted(secrets.headers), user=secrets.user,
        has_password=secrets.password is not None, expires_at=one.expires_at,
        paused_at=one.paused_at, made_at=one.made_at, status=one.status(door.view.now),
        failing=_is_failing(one, door.view.now), times_sent=progress.times_sent,
        times_failed=progress.times_failed, last_success=progress.last_success,
        last_failure=progress.last_failure, failures=progress.failures,
        last_error=None if progress.last_error is None else Said(**progress.last_error),
        next_at=progress.next_at, secret=None,
    )  # fmt: skip


def _attempt(row: Attempt) -> DeliveryOut:
    return DeliveryOut(**asdict(row))
