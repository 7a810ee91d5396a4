"""Reads subscriptions as callers send them, by the rules of clause 5.2.12 ff.; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from chaintwin.web.ngsi.asked import GEO_JSON, JSON, LD_JSON
from chaintwin.web.ngsi.errors import bad
from chaintwin.web.ngsi.geo import read_geo
from chaintwin.web.ngsi.incoming import check_uri, expand_name, is_uri
from chaintwin.web.ngsi.instants import read_instant
from chaintwin.web.ngsi.languages import check_ranges
from chaintwin.web.ngsi.linking import Join, make_join
from chaintwin.web.ngsi.projection import Projection, make_projection, name_tree
from chaintwin.web.ngsi.q import depth_of, read_q
from chaintwin.web.ngsi.selecting import read_scope_query
from chaintwin.web.ngsi.selection import Selection, Selector, make_selector, refuse_linked
from chaintwin.web.ngsi.terms import NULL, Terms

TYPE = "Subscription"
_TYPES = frozenset({TYPE, f"https://uri.etsi.org/ngsi-ld/{TYPE}"})
_FORMS = {
    "normalized": "normalized",
    "concise": "concise",
    "simplified": "simplified",
    "keyValues": "simplified",
}
_CHANNELS = {"http": "webhook", "https": "webhook", "mqtt": "mqtt", "mqtts": "mqtt"}
_ATTRIBUTES = frozenset({"attributeCreated", "attributeUpdated", "attributeDeleted"})
_TRIGGERS = _ATTRIBUTES | {"entityCreated", "entityUpdated", "entityDeleted"}
_DEFAULT_TRIGGERS = frozenset({"attributeCreated", "attributeUpdated"})
# Of one's own making: what a subscription was told so far. Read only.
_STATE = frozenset({"status", "createdAt", "modifiedAt", "@context", "deletedAt"})
_NOTIFICATION_STATE = frozenset(
    {"status", "timesSent", "timesFailed", "lastNotification", "lastFailure", "lastSuccess"}
)
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where notifications go; user and password are kept apart from the address."""

    channel: str
    uri: str
    media: str
    user: str | None
    password: str | None
    headers: Mapping[str, str]
    timeout_s: float | None
    cooldown_s: float


@dataclass(frozen=True, slots=True)
class Shape:
    """What notifications look like."""

    projection: Projection
    form: str
    has_system: bool
    shows_changes: bool
    language: str | None
    join: Join


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A subscription with its parts understood."""

    name: str | None
    selection: Selection
    watched: frozenset[str] | None
    triggers: frozenset[str]
    shape: Shape
    endpoint: Endpoint
    datasets: frozenset[str | None] | None
    throttling_s: float
    interval_s: float | None
    expires_at: datetime | None
    is_paused: bool
    language_context: str | None

    @property
    def is_of_attributes(self) -> bool:
        """Tell whether only changes of attributes are told, not of entities as such."""
        return self.triggers <= _ATTRIBUTES


def read_subscription(given: Any, terms: Terms, now: datetime | None) -> Subscribed:
    """Read a subscription; `now` None: an expiry that lies in the past is no error.

    Raises BadRequest with the member that breaks a rule.
    """
    if not isinstance(given, dict) or given.get("type", given.get("@type")) not in _TYPES:
        raise bad("The type has to be Subscription.", "type 应为 Subscription。")
    if "id" in given:
        check_uri(given["id"], "id")
    notification = _object(given.get("notification"), "notification")
    interval = _positive(given, "timeInterval")
    watched = _names(given, "watchedAttributes", terms)
    _check_together(given, interval is not None)
    shape = _read_shape(given, notification, terms)
    return Subscribed(
        _text(given, "subscriptionName"),
        _read_selection(given, terms),
        watched,
        _read_triggers(given),
        shape,
        _read_endpoint(_object(notification.get("endpoint"), "notification.endpoint")),
        _read_datasets(given),
        _positive(given, "throttling") or 0.0,
        interval,
        _read_expiry(given, now),
        not _flag(given, "isActive", default=True),
        _read_context(given),
    )


def keep_document(given: Mapping[str, Any], terms: Terms) -> dict[str, Any]:
    """Return the document as it is stored: names expanded, without secrets and without state."""
    kept = {name: value for name, value in given.items() if name not in _STATE}
    kept["type"] = TYPE
    kept.pop("@type", None)
    if "entities" in kept:
        kept["entities"] = [_kept_selector(one, terms) for one in kept["entities"]]
    if "watchedAttributes" in kept:
        kept["watchedAttributes"] = [expand_name(one, terms) for one in kept["watchedAttributes"]]
    notification = {
        name: value
        for name, value in kept["notification"].items()
        if name not in _NOTIFICATION_STATE
    }
    if isinstance(notification.get("attributes"), list):
        notification["attributes"] = [expand_name(one, terms) for one in notification["attributes"]]
    endpoint = dict(notification["endpoint"])
    endpoint["uri"] = _without_user(urlsplit(endpoint["uri"]))
    endpoint.pop("receiverInfo", None)
    kept["notification"] = {**notification, "endpoint": endpoint}
    return kept


def merge_document(kept: Mapping[str, Any], fragment: Any) -> dict[str, Any]:
    """Return a document with the members of a fragment in place of its own (clause 5.5.8).

    A member that is null is taken away. Raises BadRequest for another id or an empty fragment.
    """
    if not isinstance(fragment, dict) or not fragment:
        raise bad("The fragment is a JSON object with members.", "内容应为非空的 JSON 对象。")
    if fragment.get("id", kept.get("id")) != kept.get("id"):
        raise bad("The id of a subscription does not change.", "订阅的 id 不能更改。")
    merged = {**kept, **fragment}
    return {name: value for name, value in merged.items() if value is not None and value != NULL}


def show_document(
    kept: Mapping[str, Any], headers: Mapping[str, str], terms: Terms
) -> dict[str, Any]:
    """Return a stored document with names as a reader knows them, and its headers again."""
    shown = dict(kept)
    if "entities" in shown:
        shown["entities"] = [_shown_selector(one, terms) for one in shown["entities"]]
    if "watchedAttributes" in shown:
        shown["watchedAttributes"] = [terms.compact(one) for one in shown["watchedAttributes"]]
    notification = dict(shown["notification"])
    if isinstance(notification.get("attributes"), list):
        notification["attributes"] = [terms.compact(one) for one in notification["attributes"]]
    if headers:
        pairs = [{"key": key, "value": value} for key, value in headers.items()]
        notification["endpoint"] = {**notification["endpoint"], "receiverInfo": pairs}
    return {**shown, "notification": notification}


def _kept_selector(given: Mapping[str, Any], terms: Terms) -> dict[str, Any]:
    told = given.get("type", "*")
    if not isinstance(told, str) or told == "*" or set(told) & set(",|;()"):
        return dict(given)
    return {**given, "type": expand_name(told, terms)}


def _shown_selector(kept: Mapping[str, Any], terms: Terms) -> dict[str, Any]:
    told = str(kept.get("type"))
    return {**kept, "type": terms.compact(told)} if is_uri(told) else dict(kept)


def _check_together(given: Mapping[str, Any], is_by_clock: bool) -> None:
    is_local = _flag(given, "localOnly", default=False)
    if not is_local and "entities" not in given and "watchedAttributes" not in given:
        raise bad("Name entities or watchedAttributes.", "请给出 entities 或 watchedAttributes。")
    for name in ("watchedAttributes", "throttling"):
        if is_by_clock and name in given:
            raise bad(
                f"timeInterval and {name} exclude each other.",
                f"timeInterval 与 {name} 不能同时使用。",
            )
    if is_by_clock and not is_local and "entities" not in given:
        raise bad("timeInterval needs entities.", "timeInterval 须与 entities 同用。")


def _read_selection(given: Mapping[str, Any], terms: Terms) -> Selection:
    geo = given.get("geoQ")
    place = {} if geo is None else _object(geo, "geoQ")
    found = read_geo(
        place.get("georel"), place.get("geometry"), place.get("coordinates"),
        place.get("geoproperty"), terms,
    )  # fmt: skip
    if geo is not None and found is None:
        raise bad("geoQ needs georel, geometry and coordinates.", "geoQ 缺少条件。")
    q, scopes = _text(given, "q"), _text(given, "scopeQ")
    query = None if q is None else read_q(q, terms)
    refuse_linked(depth_of(query))
    selectors = _read_selectors(given.get("entities"), terms) if "entities" in given else ()
    return Selection(selectors, query, found, None if scopes is None else read_scope_query(scopes))


def _read_selectors(given: Any, terms: Terms) -> tuple[Selector, ...]:
    selectors = []
    for one in _listed(given, "entities"):
        selector = _object(one, "entities")
        if not isinstance(selector.get("type", selector.get("@type")), str):
            raise bad("Each of entities needs a type.", "entities 的每一项都要有 type。")
        ids = selector.get("id")
        if isinstance(ids, list):
            _listed(ids, "entities.id")
        told = selector.get("type", selector.get("@type"))
        selectors.append(make_selector(told, ids, selector.get("idPattern"), terms))
    return tuple(selectors)


def _read_triggers(given: Mapping[str, Any]) -> frozenset[str]:
    if "notificationTrigger" not in given:
        return _DEFAULT_TRIGGERS
    told = _listed(given["notificationTrigger"], "notificationTrigger")
    unknown = [one for one in told if one not in _TRIGGERS]
    if unknown:
        raise bad(
            f"There is no notificationTrigger “{unknown[0]}”.",
            f"没有“{unknown[0]}”这种 notificationTrigger。",
        )
    found = frozenset(told)
    return found | _ATTRIBUTES if "entityUpdated" in found else found


def _read_shape(given: Mapping[str, Any], notification: Mapping[str, Any], terms: Terms) -> Shape:
    told = notification.get("format", "normalized")
    if told not in _FORMS:
        raise bad(f"There is no format “{told}”.", f"没有“{told}”这种表示形式。")
    shows_changes = _flag(notification, "showChanges", default=False)
    if shows_changes and _FORMS[told] == "simplified":
        raise bad(
            "showChanges does not go with simplified entities.", "showChanges 不能与简化形式同用。"
        )
    names = notification.get("attributes")
    if names is not None:
        _listed(names, "notification.attributes")
    language = _text(given, "lang")
    projection = make_projection(
        name_tree(names, "notification.attributes"),
        name_tree(notification.get("pick"), "notification.pick"),
        name_tree(notification.get("omit"), "notification.omit"),
        terms,
    )
    join = make_join(notification.get("join"), notification.get("joinLevel", 1))
    join.check(projection.depth)
    return Shape(
        projection,
        _FORMS[told],
        _flag(notification, "sysAttrs", default=False),
        shows_changes,
        None if language is None else check_ranges(language),
        join,
    )


def _read_endpoint(given: Mapping[str, Any]) -> Endpoint:
    uri = given.get("uri")
    parts = _parts(uri)
    channel = None if parts is None else _CHANNELS.get(parts.scheme)
    if parts is None or channel is None or not parts.hostname:
        raise bad(
            "endpoint.uri is an address of http, https, mqtt or mqtts.",
            "endpoint.uri 应为 http、https、mqtt 或 mqtts 地址。",
        )
    media = given.get("accept", JSON)
    if media not in {JSON, LD_JSON, GEO_JSON}:
        raise bad(f"“{media}” cannot be sent.", f"不能按“{media}”发送。")
    _pairs(given, "notifierInfo")
    return Endpoint(
        channel,
        _without_user(parts),
        media,
        None if parts.username is None else unquote(parts.username),
        None if parts.password is None else unquote(parts.password),
        _pairs(given, "receiverInfo"),
        _milliseconds(given, "timeout"),
        _milliseconds(given, "cooldown") or 0.0,
    )


def _parts(uri: Any) -> SplitResult | None:
    if not isinstance(uri, str) or len(uri) > _LONGEST or not uri.isprintable():
        return None
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _without_user(parts: SplitResult) -> str:
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _pairs(given: Mapping[str, Any], name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in _listed(given[name], name) if name in given else ():
        pair = _object(one, name)
        key, value = pair.get("key"), pair.get("value")
        if not isinstance(key, str) or not key or not isinstance(value, str):
            raise bad(f"{name} lists pairs of key and value.", f"{name} 应为 key、value 的列表。")
        if not (key + value).isprintable():
            raise bad(f"{name} holds control characters.", f"{name} 含有控制字符。")
        found[key] = value
    return found


def _read_datasets(given: Mapping[str, Any]) -> frozenset[str | None] | None:
    if "datasetId" not in given:
        return None
    told = given["datasetId"]
    listed: Sequence[Any] = [told] if isinstance(told, str) else _listed(told, "datasetId")
    return frozenset(None if one == "@none" else check_uri(one, "datasetId") for one in listed)


def _read_expiry(given: Mapping[str, Any], now: datetime | None) -> datetime | None:
    told = _text(given, "expiresAt")
    if told is None:
        return None
    at = read_instant(told, "expiresAt")
    if now is not None and at <= now:
        raise bad("expiresAt lies in the past.", "expiresAt 已经过去。")
    return at


def _read_context(given: Mapping[str, Any]) -> str | None:
    told = _text(given, "jsonldContext")
    return None if told is None else check_uri(told, "jsonldContext")


def _object(given: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(given, dict):
        raise bad(f"{name} is needed, as a JSON object.", f"缺少 {name}，应为 JSON 对象。")
    return given


def _listed(given: Any, name: str) -> Sequence[Any]:
    if not isinstance(given, list) or not given:
        raise bad(f"{name} is a list that is not empty.", f"{name} 应为非空列表。")
    return given


def _names(given: Mapping[str, Any], name: str, terms: Terms) -> frozenset[str] | None:
    if name not in given:
        return None
    listed = _listed(given[name], name)
    if not all(isinstance(one, str) for one in listed):
        raise bad(f"{name} lists names.", f"{name} 应为名称列表。")
    return frozenset(expand_name(one, terms) for one in listed)


def _text(given: Mapping[str, Any], name: str) -> str | None:
    found = given.get(name)
    if found is not None and (not isinstance(found, str) or not found):
        raise bad(f"{name} is a text.", f"{name} 应为文字。")
    return found


def _flag(given: Mapping[str, Any], name: str, *, default: bool) -> bool:
    found = given.get(name, default)
    if not isinstance(found, bool):
        raise bad(f"{name} is true or false.", f"{name} 应为 true 或 false。")
    return found


def _positive(given: Mapping[str, Any], name: str) -> float | None:
    found = given.get(name)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 < found < 1e9:
        raise bad(f"{name} is a number above 0.", f"{name} 应为大于 0 的数。")
    return float(found)


def _milliseconds(given: Mapping[str, Any], name: str) -> float | None:
    found = _positive(given, name)
    return None if found is None else found / 1000
