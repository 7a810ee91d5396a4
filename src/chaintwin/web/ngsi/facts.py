"""Attribute instances as facts, and back.

A value that is a text, a number, a truth or a single relationship stands in the fact's own columns,
a geometry is the data itself, any other value lies in the data under `value`. What else an instance
has lies in the data under `ngsi`: t type, b is a truth, o observedAt, c createdAt, y objectType,
l lang, e expiresAt, s sub-attributes, i and k the id and age of an instance that was corrected.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import quote

from chaintwin.model.fact import Moment, Statement, Subject, Value
from chaintwin.twin.store.resolve import split_entry
from chaintwin.web.ngsi.errors import bad
from chaintwin.web.ngsi.incoming import VALUE_MEMBERS, Entity, Instance
from chaintwin.web.ngsi.instants import read_instant, write_instant
from chaintwin.web.ngsi.naming import SCOPE, TYPE, VALID_TO, attribute_iri, attribute_name, kind_iri

Entry = Mapping[str, Any]
# What every instance has beside its value: its type, and when it was created.
_LEAST_MEMBERS = 2
INSTANCE = "urn:chaintwin:instance:"
_VALUE_DATASET = "urn:chaintwin:value:"
_DATA_KEYS = (
    ("observedAt", "o"),
    ("objectType", "y"),
    ("lang", "l"),
    ("expiresAt", "e"),
    ("subs", "s"),
    # Of a corrected instance: the id it had, and since when it was known.
    ("keptId", "i"),
    ("keptSince", "k"),
)


class Stored(NamedTuple):
    """Which series an instance was read from: its value key and the number of its fact."""

    key: str
    fact: int
    source: int
    tenant: int
    valid_from: str | None


def value_of(instance: Instance) -> Any:
    """Return the value of an instance, whatever its type calls it."""
    return instance.get(VALUE_MEMBERS[instance["type"]])


def to_value(instance: Instance, created: str, ref: int | Subject | None = None) -> Value:
    """Return an instance as the value of a fact."""
    value = value_of(instance)
    kind = instance["type"]
    meta: dict[str, Any] = {"t": kind, "c": created}
    meta |= {key: instance[name] for name, key in _DATA_KEYS if name in instance}
    data: dict[str, Any] = {"ngsi": meta}
    text = number = None
    if kind in {"Property", "Relationship"} and isinstance(value, str):
        text = value
    elif kind == "Property" and isinstance(value, bool):
        text, meta["b"] = str(value).lower(), True
    elif kind == "Property" and isinstance(value, int | float):
        number = Decimal(repr(value))
    elif kind == "GeoProperty":
        data |= value
    else:
        data["value"] = value
    return Value(text=text, number=number, ref=ref, data=data, unit=instance.get("unitCode"))


def statement(
    body: int | Subject,
    iri: str,
    instance: Instance,
    now: datetime,
    *,
    key: str = "",
    created: str = "",
    ref: int | Subject | None = None,
) -> Statement:
    """Return an instance as a statement, true since it was observed, else since now.

    What is said to have been observed later than now counts from now.
    """
    observed = instance.get("observedAt")
    since = min(read_instant(observed), now) if observed else now
    return Statement(
        body,
        attribute_name(iri),
        to_value(instance, created or write_instant(now), ref),
        value_key=key or instance.get("datasetId", ""),
        valid=Moment.instant(since),
        valid_to=_valid_end(instance, since),
    )


def _valid_end(instance: Instance, since: datetime) -> Moment | None:
    end = valid_to(instance)
    if end is None:
        return None
    if end <= since:
        raise bad("validTo lies before the value begins.", "validTo 早于取值开始的时刻。")
    return Moment.instant(end)


def valid_to(instance: Instance) -> datetime | None:
    """Return until when an instance says that it is valid; raise BadRequest for no instant."""
    for iri in VALID_TO:
        for sub in instance.get("subs", {}).get(iri, ()):
            told = value_of(sub) if sub.get("type") else None
            text = told.get("@value") if isinstance(told, dict) else told
            if not isinstance(text, str):
                raise bad("validTo is an instant.", "validTo 应为时刻。")
            return read_instant(text, "validTo")
    return None


def type_value(entity: Entity, created: str) -> Value:
    """Return what types an entity has as the value of a fact."""
    data: dict[str, Any] = {
        "ngsi": {"t": "type", "c": created},
        "types": entity.types,
        "id": entity.id,
    }
    return Value(data=data | ({"expiresAt": entity.expires} if entity.expires else {}))


def scope_value(scopes: list[str], created: str) -> Value:
    """Return the scopes of an entity as the value of a fact."""
    return Value(data={"ngsi": {"t": "scope", "c": created}, "value": scopes})


def to_entity(
    body: int,
    code: str,
    kind: str,
    entries: Mapping[str, Entry],
    uris: Mapping[int, str],
    now: datetime | None = None,
) -> Entity:
    """Return what is held of a body as an entity, without attributes that expired until `now`."""
    entity = Entity(code, [kind_iri(kind)], body=body, kind=kind)
    first = last = ""
    for place, entry in entries.items():
        name, _, key = place.partition("/")
        known = entry["k"]
        first = known if not first or known < first else first
        last = max(known, last)
        data = entry["d"]
        if name == TYPE:
            entity.types, entity.created = data["types"], data["ngsi"]["c"]
            entity.id = data["id"] or code
            entity.expires = data.get("expiresAt")
        elif name == SCOPE:
            entity.scopes = data["value"] or None
        else:
            instance = to_instance(entry, key, uris)
            if now is None or not is_over(instance.get("expiresAt"), now):
                entity.attributes.setdefault(_entry_iri(name), []).append(instance)
    entity.created = entity.created or _iso(first)
    entity.modified = _iso(last)
    return entity


@lru_cache(maxsize=10_000)
def _entry_iri(name: str) -> str:
    """Return the IRI of an attribute by what entries of a state call it."""
    return attribute_iri(split_entry((name, None))[0])


def is_over(expires: str | None, now: datetime) -> bool:
    """Tell whether what was to be kept up to a moment is past it (clause 4.22)."""
    return expires is not None and read_instant(expires, "expiresAt") <= now


def to_instance(entry: Entry, key: str, uris: Mapping[int, str]) -> Instance:
    """Return one entry of a state as an instance."""
    meta = meta_of(entry["d"])
    if meta is None:
        instance = _foreign(entry, key, uris)
    else:
        instance = {"type": meta["t"], VALUE_MEMBERS[meta["t"]]: _value(entry, meta)}
        if len(meta) > _LEAST_MEMBERS:
            instance |= {name: meta[short] for name, short in _DATA_KEYS if short in meta}
        if key and key != "@none":
            instance["datasetId"] = key if ":" in key else _VALUE_DATASET + quote(key, safe="")
    if entry["u"]:
        instance["unitCode"] = entry["u"]
    modified = _iso(entry["k"])
    instance["createdAt"] = meta["c"] if meta else modified
    instance["modifiedAt"] = modified
    instance["instanceId"] = instance.get("keptId") or f"{INSTANCE}{entry['i']}"
    instance["stored"] = Stored(key, entry["i"], entry["s"], entry["n"], entry["f"])
    return instance


def meta_of(data: Any) -> Mapping[str, Any] | None:
    """Return what this API noted beside a value; None for facts of other sources."""
    return data.get("ngsi") if isinstance(data, dict) else None


def _value(entry: Entry, meta: Mapping[str, Any]) -> Any:
    if meta["t"] == "GeoProperty":
        return {name: value for name, value in entry["d"].items() if name != "ngsi"}
    if "value" in entry["d"]:
        return entry["d"]["value"]
    return entry["v"] == "true" if meta.get("b") else entry["v"]


def _foreign(entry: Entry, key: str, uris: Mapping[int, str]) -> Instance:
    """Return a fact that another source than this API stated."""
    if entry["r"] is not None:
        instance: Instance = {"type": "Relationship", "object": uris[entry["r"]]}
    elif entry["v"] is not None:
        instance = {"type": "Property", "value": entry["v"]}
    elif _is_geometry(entry["d"]):
        instance = {"type": "GeoProperty", "value": entry["d"]}
    else:
        instance = {"type": "JsonProperty", "json": entry["d"]}
    if entry["f"] is not None and entry["p"] == "i":
        instance["observedAt"] = _iso(entry["f"])
    if key:
        instance["datasetId"] = _VALUE_DATASET + quote(key, safe="")
    return instance


def _is_geometry(data: Any) -> bool:
    return isinstance(data, dict) and isinstance(data.get("type"), str) and "coordinates" in data


@lru_cache(maxsize=10_000)
def _iso(text: str) -> str:
    """Return PostgreSQL's instant of a JSON value as the standard writes it."""
    if not text:
        return text
    if text.endswith("+00:00"):
        head = text[:-6]
        if "." in head:
            return head.ljust(26, "0") + "Z"
        return head + ".000000Z"
    return write_instant(datetime.fromisoformat(text).astimezone(UTC))
