"""Reads entities and attributes as callers send them: normalized, concise or simplified.

What comes out is one form: `{"type", "value"…, "observedAt", …, "subs": {IRI: [instance]}}`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chaintwin.web.ngsi.errors import bad
from chaintwin.web.ngsi.instants import read_instant
from chaintwin.web.ngsi.shapes import check_geometry, is_geometry
from chaintwin.web.ngsi.terms import NULL, Terms

Instance = dict[str, Any]
Attributes = dict[str, list[Instance]]

# The member that holds the value of each type of attribute (clause 4.5).
VALUE_MEMBERS: Mapping[str, str] = {
    "Property": "value",
    "Relationship": "object",
    "GeoProperty": "value",
    "LanguageProperty": "languageMap",
    "JsonProperty": "json",
    "VocabProperty": "vocab",
    "ListProperty": "valueList",
    "ListRelationship": "objectList",
}
# A concise attribute is of the first type whose member it has.
_INFERRED = (
    ("value", "Property"),
    ("object", "Relationship"),
    ("languageMap", "LanguageProperty"),
    ("json", "JsonProperty"),
    ("vocab", "VocabProperty"),
    ("valueList", "ListProperty"),
    ("objectList", "ListRelationship"),
)
_RESERVED = frozenset({"id", "type", "scope", "@context", "@id", "@type", "createdAt",
                       "modifiedAt", "deletedAt", "expiresAt"})  # fmt: skip
_OF_INSTANCE = frozenset(
    {
        "type", "observedAt", "unitCode", "datasetId", "objectType", "createdAt", "modifiedAt",
        "deletedAt", "instanceId", "lang", "expiresAt", "valueType", "ngsildproof", "entity",
        "entityList", "@type", "@context",
        "previousValue", "previousObject", "previousLanguageMap", "previousJson",
        "previousVocab", "previousValueList", "previousObjectList",
        *VALUE_MEMBERS.values(),
    }
)  # fmt: skip
# By these an attribute is deleted: what stands in place of its value (clause 5.5.4).
_NULLS = (NULL, {"@none": NULL})
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`\x00-\x20]+")
_NAME = re.compile(r"[^\s<>\"'=;(),\[\]{}&|\\^`\x00-\x1f\x7f]{1,400}")
_SCOPE = re.compile(r"/?[^\W\d_][\w\-.]*(?:/[^\W\d_][\w\-.]*)*")
_LANGUAGE = re.compile(r"@none|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_MOST_NESTED = 20


@dataclass(slots=True)
class Entity:
    """An entity, or a part of one, with names expanded."""

    id: str | None
    types: list[str] = field(default_factory=list)
    scopes: list[str] | None = None
    attributes: Attributes = field(default_factory=dict)
    created: str | None = None
    modified: str | None = None
    deleted: str | None = None
    expires: str | None = None
    body: int | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read: with which names, whether values stand bare, whether Null is a word."""

    terms: Terms
    is_simplified: bool = False
    allows_null: bool = False
    # A merge takes members out of a value by Null inside of it (clause 5.5.12).
    allows_inner_null: bool = False
    type_of: Callable[[str], str | None] = lambda _iri: None


def is_uri(text: Any) -> bool:
    """Tell whether a value is an absolute URI."""
    return isinstance(text, str) and _URI.fullmatch(text) is not None


def check_uri(text: Any, what: str) -> str:
    """Return a URI; raise BadRequest for anything else."""
    if not is_uri(text):
        raise bad(f"{what} has to be a URI, not “{text}”.", f"{what} 应为 URI，而不是“{text}”。")
    return str(text)


def read_entity(given: Any, reading: Reading, *, whole: bool = True) -> Entity:
    """Read an entity; `whole`: it must have id and type, else both may be missing.

    Raises BadRequest with the member that breaks a rule.
    """
    if not isinstance(given, dict):
        raise bad("An entity is a JSON object.", "实体应为 JSON 对象。")
    identity = given.get("id", given.get("@id"))
    if identity is not None or whole:
        check_uri(identity, "id")
    types = _read_types(given.get("type", given.get("@type")), reading.terms, needed=whole)
    scopes = read_scopes(given["scope"], reading) if "scope" in given else None
    entity = Entity(identity, types, scopes, read_attributes(given, reading))
    if "expiresAt" in given:
        entity.expires = _read_member_time(given["expiresAt"], "expiresAt", reading)
    return entity


def read_attributes(given: Mapping[str, Any], reading: Reading) -> Attributes:
    """Read every attribute of an entity or of a part of one."""
    attributes: Attributes = {}
    for name, value in given.items():
        if name not in _RESERVED:
            iri = expand_name(name, reading.terms)
            if iri in attributes:
                raise bad(f"“{name}” stands twice.", f"属性“{name}”重复。")
            attributes[iri] = read_instances(name, value, reading)
    return attributes


def expand_name(name: str, terms: Terms) -> str:
    """Return the IRI of an attribute or type; raise BadRequest for what is no name."""
    if not _NAME.fullmatch(name) or name.startswith("@"):
        raise bad(f"“{name}” is no valid name.", f"“{name}”不是有效的名称。")
    iri = terms.expand(name)
    if iri.startswith("@"):
        raise bad(f"“{name}” is a keyword, no name.", f"“{name}”是保留字，不能作名称。")
    return iri


def _read_types(given: Any, terms: Terms, *, needed: bool) -> list[str]:
    if given is None and not needed:
        return []
    names = given if isinstance(given, list) else [given]
    if not names or not all(isinstance(name, str) and name for name in names):
        raise bad("type is a name or a list of names.", "type 应为名称或名称列表。")
    return list(dict.fromkeys(expand_name(name, terms) for name in names))


def read_scopes(given: Any, reading: Reading) -> list[str]:
    """Read the scope of an entity (clause 4.18); Null, where it is allowed, empties it."""
    if reading.allows_null and (given is None or given == NULL):
        return []
    found = given if isinstance(given, list) else [given]
    if not found or not all(isinstance(one, str) and _SCOPE.fullmatch(one) for one in found):
        raise bad("scope is a path such as /Madrid/Gardens.", "scope 应为路径，例如 /长春/汽开区。")
    return [one if one.startswith("/") else f"/{one}" for one in found]


def read_instances(name: str, given: Any, reading: Reading) -> list[Instance]:
    """Read one attribute: a single instance, or several told apart by datasetId."""
    several = isinstance(given, list) and given and all(map(_is_instance, given))
    if not several or reading.is_simplified:
        return [read_instance(name, given, reading)]
    found = [read_instance(name, one, reading) for one in given]
    datasets = [one.get("datasetId") for one in found]
    if len(set(datasets)) != len(datasets):
        raise bad(
            f"Two instances of “{name}” have the same datasetId.",
            f"“{name}”的两个取值有相同的 datasetId。",
        )
    return found


def _is_instance(given: Any) -> bool:
    return isinstance(given, dict) and (
        given.get("type") in VALUE_MEMBERS or any(member in given for member, _ in _INFERRED)
    )


def read_instance(name: str, given: Any, reading: Reading, depth: int = 0) -> Instance:
    """Read one instance of an attribute; raise BadRequest where it breaks a rule."""
    if depth > _MOST_NESTED:
        raise bad(f"“{name}” is nested too deeply.", f"“{name}”嵌套过深。")
    if given is None and not reading.allows_null:
        raise bad(f"“{name}” must not be null.", f"“{name}”不能为 null。")
    if given is None or given == NULL:
        return _null(name, reading)
    if reading.is_simplified:
        return _read_simplified(name, given, reading)
    if not isinstance(given, dict):
        return _bare(name, given, reading)
    if is_geometry(given):
        return {"type": "GeoProperty", "value": check_geometry(given, name)}
    return _read_full(name, given, reading, depth)


def _null(name: str, reading: Reading) -> Instance:
    if not reading.allows_null:
        raise bad(f"“{name}” must not be the NGSI-LD Null.", f"“{name}”此处不能为 NGSI-LD Null。")
    return {"type": None}


def _bare(name: str, value: Any, reading: Reading) -> Instance:
    """Return what a bare value means: that of the type the attribute already has."""
    kind = reading.type_of(expand_name(name, reading.terms)) or "Property"
    return {"type": kind, **_read_value(name, kind, value, reading)}


def _read_simplified(name: str, value: Any, reading: Reading) -> Instance:
    if isinstance(value, dict):
        if is_geometry(value):
            return {"type": "GeoProperty", "value": check_geometry(value, name)}
        for member, kind in _INFERRED[2:]:
            if set(value) == {member}:
                return {"type": kind, **_read_value(name, kind, value[member], reading)}
    return _bare(name, value, reading)


def _read_full(name: str, given: dict[str, Any], reading: Reading, depth: int) -> Instance:
    kind = _type_of(name, given, reading)
    instance: Instance = {"type": kind}
    member = VALUE_MEMBERS[kind]
    if member in given:
        if given[member] in _NULLS and reading.allows_null:
            instance["type"] = None
        else:
            instance |= _read_value(name, kind, given[member], reading)
    elif not reading.allows_null:
        raise bad(f"“{name}” is a {kind} without {member}.", f"“{name}”({kind})缺少 {member}。")
    for other in set(VALUE_MEMBERS.values()) - {member}:
        if other in given:
            raise bad(
                f"“{name}” is a {kind} and has no {other}.", f"{kind}“{name}”不能有 {other}。"
            )
    return _read_members(name, given, instance, reading, depth)


def _type_of(name: str, given: Mapping[str, Any], reading: Reading) -> str:
    told = given.get("type", given.get("@type"))
    if told is None:
        for member, kind in _INFERRED:
            if member in given:
                is_geo = kind == "Property" and is_geometry(given[member])
                return "GeoProperty" if is_geo else kind
        known = reading.type_of(expand_name(name, reading.terms))
        if known is not None:
            return known
    if not isinstance(told, str) or told not in VALUE_MEMBERS:
        raise bad(f"“{name}” has no known type of attribute.", f"“{name}”没有有效的属性类型。")
    return told


def _read_members(
    name: str, given: dict[str, Any], instance: Instance, reading: Reading, depth: int
) -> Instance:
    for member in ("observedAt", "expiresAt"):
        if member in given:
            instance[member] = _read_member_time(given[member], member, reading)
    if "unitCode" in given:
        instance["unitCode"] = _read_text(given["unitCode"], f"unitCode of {name}")
    if "datasetId" in given and given["datasetId"] != "@none":
        instance["datasetId"] = check_uri(given["datasetId"], "datasetId")
    if "objectType" in given:
        instance["objectType"] = _expand_all(given["objectType"], "objectType", reading.terms)
    if "lang" in given:
        instance["lang"] = _read_text(given["lang"], "lang")
    subs = {
        expand_name(sub, reading.terms): _read_subs(sub, value, reading, depth)
        for sub, value in given.items()
        if sub not in _OF_INSTANCE
    }
    if subs:
        instance["subs"] = subs
    return instance


def _read_subs(name: str, given: Any, reading: Reading, depth: int) -> list[Instance]:
    if isinstance(given, list) and given and all(map(_is_instance, given)):
        return [read_instance(name, one, reading, depth + 1) for one in given]
    return [read_instance(name, given, reading, depth + 1)]


def _read_member_time(given: Any, name: str, reading: Reading) -> str:
    if reading.allows_null and given == NULL:
        return NULL
    return _read_time(given, name)


def _read_time(given: Any, name: str) -> str:
    if not isinstance(given, str):
        raise bad(f"{name} is an instant.", f"{name} 应为时刻。")
    read_instant(given, name)
    return given


def _read_text(given: Any, what: str) -> str:
    if not isinstance(given, str) or not given:
        raise bad(f"{what} is a text.", f"{what} 应为文字。")
    return given


def _read_value(name: str, kind: str, value: Any, reading: Reading) -> Instance:
    if value is None:
        raise bad(f"The value of “{name}” must not be null.", f"“{name}”的值不能为 null。")
    if value == NULL and not reading.allows_null:
        _null(name, reading)
    return {VALUE_MEMBERS[kind]: _READERS[kind](name, value, reading)}


def _property(name: str, value: Any, reading: Reading) -> Any:
    _refuse_nulls(name, value)
    if not reading.allows_inner_null and value != NULL and _holds_null(value):
        raise bad(
            f"The value of “{name}” must not hold the NGSI-LD Null.",
            f"“{name}”的值中不能含有 NGSI-LD Null。",
        )
    return value


def _holds_null(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_null, value.values()))
    return any(map(_holds_null, value)) if isinstance(value, list) else bool(value == NULL)


def _refuse_nulls(name: str, value: Any) -> None:
    if isinstance(value, list) and any(one is None for one in value):
        raise bad(f"The value of “{name}” holds null.", f"“{name}”的值中含有 null。")


def _geometry(name: str, value: Any, _reading: Reading) -> Any:
    return check_geometry(value, name)


def _relationship(name: str, value: Any, _reading: Reading) -> Any:
    if isinstance(value, list) and value:
        return [check_uri(one, f"object of {name}") for one in value]
    return check_uri(value, f"object of {name}")


def _language_map(name: str, value: Any, reading: Reading) -> Any:
    if not isinstance(value, dict) or not value:
        raise bad(f"languageMap of “{name}” is an object.", f"“{name}”的 languageMap 应为对象。")
    for tag, text in value.items():
        fits = (isinstance(text, str) and (reading.allows_null or text != NULL)) or (
            isinstance(text, list) and all(isinstance(one, str) for one in text)
        )
        if not _LANGUAGE.fullmatch(tag) or not (fits or (reading.allows_null and text is None)):
            raise bad(
                f"languageMap of “{name}” has texts by language tag, not “{tag}”.",
                f"“{name}”的 languageMap 应按语言标记给出文字，“{tag}”有误。",
            )
    return value


def _json(_name: str, value: Any, _reading: Reading) -> Any:
    return value


def _vocab(name: str, value: Any, reading: Reading) -> Any:
    return _expand_all(value, f"vocab of {name}", reading.terms)


def _value_list(name: str, value: Any, _reading: Reading) -> Any:
    if not isinstance(value, list):
        raise bad(f"valueList of “{name}” is a list.", f"“{name}”的 valueList 应为列表。")
    _refuse_nulls(name, value)
    return value


def _object_list(name: str, value: Any, _reading: Reading) -> Any:
    if not isinstance(value, list):
        raise bad(f"objectList of “{name}” is a list.", f"“{name}”的 objectList 应为列表。")
    return [
        check_uri(one.get("object") if isinstance(one, dict) else one, f"objectList of {name}")
        for one in value
    ]


def _expand_all(given: Any, what: str, terms: Terms) -> Any:
    if isinstance(given, list) and given and all(isinstance(one, str) for one in given):
        return [terms.expand(one) for one in given]
    if not isinstance(given, str) or not given:
        raise bad(f"{what} is a name or a list of names.", f"{what} 应为名称或名称列表。")
    return given if given == NULL else terms.expand(given)


_READERS: Mapping[str, Callable[[str, Any, Reading], Any]] = {
    "Property": _property,
    "Relationship": _relationship,
    "GeoProperty": _geometry,
    "LanguageProperty": _language_map,
    "JsonProperty": _json,
    "VocabProperty": _vocab,
    "ListProperty": _value_list,
    "ListRelationship": _object_list,
}
