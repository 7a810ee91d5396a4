"""Writes entities as callers ask for them: normalized, concise, simplified or GeoJSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from chaintwin.web.ngsi.incoming import VALUE_MEMBERS, Entity, Instance
from chaintwin.web.ngsi.languages import choose_language
from chaintwin.web.ngsi.projection import WHOLE, Projection
from chaintwin.web.ngsi.terms import Terms

# Types whose bare value needs its member's name beside it (clause 4.5.4).
_NAMED_VALUES = {
    "LanguageProperty": "languageMap",
    "JsonProperty": "json",
    "VocabProperty": "vocab",
    "ListProperty": "valueList",
    "ListRelationship": "objectList",
}
_META = ("observedAt", "unitCode", "datasetId", "lang")
_SYSTEM = ("createdAt", "modifiedAt", "deletedAt", "expiresAt")


@dataclass(frozen=True, slots=True)
class Style:
    """How to write: with which names, in which form, with system attributes, in which language."""

    terms: Terms
    form: str = "normalized"
    has_system: bool = False
    language: str | None = None
    geometry_property: str = "https://uri.etsi.org/ngsi-ld/location"
    # What relationships lead to, where linked entities are asked for inside.
    linked: Mapping[str, Entity] | None = None
    levels: int = 0
    projection: Projection = WHOLE
    # Entities within which this one stands.
    within: frozenset[str | None] = frozenset()
    picked: frozenset[str] | None = None

    def towards(self, iri: str, entity: Entity) -> Style:
        """Return the style for an attribute: a relationship may hold what it leads to."""
        if self.linked is None or self.levels <= 0:
            return self
        return replace(
            self, projection=self.projection.beyond(iri), within=self.within | {entity.id}
        )

    def beyond(self) -> Style:
        """Return the style for an entity that stands inside the present relationship."""
        return replace(self, levels=self.levels - 1, picked=self.projection.members())


def write_entity(entity: Entity, style: Style) -> dict[str, Any]:
    """Return an entity as JSON, without @context."""
    written: dict[str, Any] = {"id": entity.id, "type": _one_or_all(entity.types, style.terms)}
    if entity.scopes:
        written["scope"] = entity.scopes[0] if len(entity.scopes) == 1 else entity.scopes
    if style.has_system:
        written["createdAt"], written["modifiedAt"] = entity.created, entity.modified
        if entity.deleted:
            written["deletedAt"] = entity.deleted
        if entity.expires:
            written["expiresAt"] = entity.expires
    for iri, instances in entity.attributes.items():
        written[style.terms.compact(iri)] = write_attribute(instances, style.towards(iri, entity))
    if style.picked is not None:
        return {name: value for name, value in written.items() if name in style.picked
                or name not in {"id", "type", "scope", "createdAt", "modifiedAt"}}  # fmt: skip
    return written


def _one_or_all(iris: list[str], terms: Terms) -> Any:
    names = [terms.compact(iri) for iri in iris]
    return names[0] if len(names) == 1 else names


def write_attribute(instances: list[Instance], style: Style) -> Any:
    """Return one attribute; several instances as a list, or by dataset when simplified."""
    if style.form == "simplified":
        if len(instances) == 1:
            return write_bare(instances[0], style)
        return {
            "dataset": {one.get("datasetId", "@none"): write_bare(one, style) for one in instances}
        }
    write = write_concise if style.form == "concise" else write_instance
    found = [write(one, style) for one in instances]
    return found[0] if len(found) == 1 else found


def write_instance(instance: Instance, style: Style) -> dict[str, Any]:
    """Return an instance in the normalized form."""
    instance = in_language(instance, style.language)
    kind = instance["type"]
    written: dict[str, Any] = {"type": kind, VALUE_MEMBERS[kind]: _value(instance, style)}
    return _with_members(written, instance, style)


def write_concise(instance: Instance, style: Style) -> Any:
    """Return an instance in the concise form: without what follows from the rest."""
    instance = in_language(instance, style.language)
    kind = instance["type"]
    value = _value(instance, style)
    rest = _with_members({}, instance, style)
    if not rest and (kind == "GeoProperty" or (kind == "Property" and not isinstance(value, dict))):
        return value
    return {VALUE_MEMBERS[kind]: value, **rest}


def write_bare(instance: Instance, style: Style) -> Any:
    """Return an instance in the simplified form: its value alone."""
    instance = in_language(instance, style.language)
    kind = instance["type"]
    inside = _inlined(instance, style)
    if inside is not None:
        return inside
    value = _value(instance, style)
    named = _NAMED_VALUES.get(kind)
    return value if named is None else {named: value}


def _with_members(written: dict[str, Any], instance: Instance, style: Style) -> dict[str, Any]:
    for name in _META:
        if name in instance:
            written[name] = instance[name]
    if "objectType" in instance:
        written["objectType"] = _compact_all(instance["objectType"], style.terms)
    inside = _inlined(instance, style)
    if inside is not None:
        written["entity" if isinstance(inside, dict) else "entityList"] = inside
    if style.has_system:
        for name in _SYSTEM:
            if name in instance:
                written[name] = instance[name]
    for iri, subs in instance.get("subs", {}).items():
        written[style.terms.compact(iri)] = write_attribute(_dated(subs, instance), style)
    return written


def _dated(subs: list[Instance], above: Instance) -> list[Instance]:
    """Return sub-attributes with the times of the attribute they stand in."""
    times = {name: above[name] for name in ("createdAt", "modifiedAt") if name in above}
    return [times | sub for sub in subs] if times else subs


def _value(instance: Instance, style: Style) -> Any:
    kind = instance["type"]
    value = instance.get(VALUE_MEMBERS[kind])
    if kind == "VocabProperty":
        return _compact_all(value, style.terms)
    if kind == "ListRelationship" and isinstance(value, list):
        if style.form == "simplified":
            return value
        return [{"object": one} for one in value]
    return value


def _compact_all(value: Any, terms: Terms) -> Any:
    if isinstance(value, list):
        return [terms.compact(one) for one in value]
    return terms.compact(value) if isinstance(value, str) else value


def in_language(instance: Instance, wanted: str | None) -> Instance:
    """Return a LanguageProperty as a Property in the language a reader asked for."""
    if wanted is None or instance["type"] != "LanguageProperty":
        return instance
    chosen, text = choose_language(instance.get("languageMap") or {}, wanted)
    rest = {name: value for name, value in instance.items() if name not in {"type", "languageMap"}}
    told = {"type": "Property", "value": text}
    return told | ({"lang": chosen} if chosen != "@none" else {}) | rest


def _inlined(instance: Instance, style: Style) -> Any:
    """Return the linked entity or entities of a relationship, where they go inside."""
    if style.linked is None or style.levels <= 0:
        return None
    targets = instance.get("object", instance.get("objectList"))
    if not instance["type"].endswith("Relationship") or not targets:
        return None
    below = style.beyond()
    wanted = [targets] if isinstance(targets, str) else targets
    inside = [
        write_entity(style.projection.cut(style.linked[one]), below)
        for one in wanted
        if one in style.linked and one not in style.within
    ]
    if isinstance(targets, str):
        return inside[0] if inside else None
    return inside or None


def write_feature(entity: Entity, style: Style) -> dict[str, Any]:
    """Return an entity as a GeoJSON Feature (clause 4.5.16)."""
    written = write_entity(entity, style)
    properties = {name: value for name, value in written.items() if name != "id"}
    return {
        "id": entity.id,
        "type": "Feature",
        "geometry": _geometry(entity, style),
        "properties": properties,
    }


def _geometry(entity: Entity, style: Style) -> Any:
    for instance in entity.attributes.get(style.geometry_property, ()):
        if instance["type"] == "GeoProperty":
            return instance["value"]
    return None
