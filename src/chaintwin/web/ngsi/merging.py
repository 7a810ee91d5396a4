"""How a part of an entity changes what is held: appending, updating, merging (clause 5.5). Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chaintwin.web.ngsi.errors import bad
from chaintwin.web.ngsi.incoming import VALUE_MEMBERS, Attributes, Entity, Instance
from chaintwin.web.ngsi.terms import NULL

# What the store adds to an instance; never stated back.
_OF_STORE = (
    "createdAt", "modifiedAt", "deletedAt", "instanceId", "stored", "keptId", "keptSince",
)  # fmt: skip


@dataclass(slots=True)
class Plan:
    """What becomes of the attributes of an entity."""

    put: Attributes = field(default_factory=dict)
    removed: Attributes = field(default_factory=dict)
    updated: list[str] = field(default_factory=list)
    not_updated: dict[str, str] = field(default_factory=dict)

    def note(self, iri: str, given: list[Instance], held: list[Instance]) -> None:
        """Note instances of an attribute: those that are Null remove what is held."""
        keep = [one for one in given if one.get("type") is not None]
        gone = {one.get("datasetId") for one in given if one.get("type") is None}
        if keep:
            self.put[iri] = keep
        ended = [one for one in held if one.get("datasetId") in gone]
        if ended:
            self.removed[iri] = ended
        self.updated.append(iri)


def held_with(entity: Entity, iri: str, dataset: str | None) -> Instance | None:
    """Return the instance of an attribute with a datasetId (None: the default one)."""
    for one in entity.attributes.get(iri, ()):
        if one.get("datasetId") == dataset:
            return one
    return None


def plan_append(entity: Entity, part: Attributes, *, overwrites: bool) -> Plan:
    """Add attributes; those that are there are replaced, or left when not to be overwritten."""
    plan = Plan()
    for iri, given in part.items():
        held = entity.attributes.get(iri, [])
        datasets = {one.get("datasetId") for one in held}
        fresh = [one for one in given if one.get("datasetId") not in datasets]
        if overwrites:
            plan.note(iri, given, held)
        elif fresh:
            plan.note(iri, fresh, [])
        if not overwrites and len(fresh) < len(given):
            plan.not_updated[iri] = (
                "It exists already and was not to be overwritten. 已存在，未覆盖。"
            )
    return plan


def plan_update(entity: Entity, part: Attributes) -> Plan:
    """Replace instances that are there; others are reported."""
    plan = Plan()
    for iri, given in part.items():
        held = entity.attributes.get(iri, [])
        if not held:
            plan.not_updated[iri] = "There is no such attribute. 没有该属性。"
            continue
        plan.note(iri, given, held)
    return plan


def plan_merge(entity: Entity, part: Attributes, observed: str | None = None) -> Plan:
    """Merge attributes into an entity (clause 5.5.12): members by member, Null removes."""
    plan = Plan()
    for iri, given in part.items():
        held = entity.attributes.get(iri, [])
        merged = [_merge_one(iri, one, entity, observed) for one in given]
        plan.note(iri, merged, held)
    return plan


def _merge_one(iri: str, given: Instance, entity: Entity, observed: str | None) -> Instance:
    held = held_with(entity, iri, given.get("datasetId"))
    if given.get("type") is None and set(given) <= {"type", "datasetId"}:
        return given
    if held is None:
        return complete(iri, given)
    merged = merge_instances(held, given)
    if observed is not None and "observedAt" in held and "observedAt" not in given:
        merged["observedAt"] = observed
    return merged


def merge_instances(held: Instance, given: Instance) -> Instance:
    """Return an instance after a merge patch; another type replaces it."""
    kind = given.get("type") or held["type"]
    if kind != held["type"]:
        return complete("", given)
    merged = {name: value for name, value in held.items() if name not in _OF_STORE}
    member = VALUE_MEMBERS[kind]
    for name, value in given.items():
        if name == "subs":
            merged["subs"] = _merge_subs(held.get("subs", {}), value)
        elif value == NULL:
            merged.pop(name, None)
        elif name == member:
            merged[name] = merge_values(held.get(member), value)
        else:
            merged[name] = value
    if not merged.get("subs"):
        merged.pop("subs", None)
    return complete("", merged)


def _merge_subs(held: Attributes, given: Attributes) -> Attributes:
    merged = dict(held)
    for iri, instances in given.items():
        found = merged.get(iri, [])
        if all(one.get("type") is None for one in instances):
            merged.pop(iri, None)
        elif len(found) == 1 and len(instances) == 1:
            merged[iri] = [merge_instances(found[0], instances[0])]
        else:
            merged[iri] = instances
    return merged


def merge_values(held: Any, given: Any) -> Any:
    """Merge one JSON value into another (RFC 7396), with the NGSI-LD Null for null."""
    if not isinstance(given, dict) or not isinstance(held, dict):
        return _without_nulls(given)
    merged = dict(held)
    for name, value in given.items():
        if value is None or value == NULL:
            merged.pop(name, None)
        else:
            merged[name] = merge_values(held.get(name), value)
    return merged


def _without_nulls(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {
        name: _without_nulls(one) for name, one in value.items() if one is not None and one != NULL
    }


def partial(held: Instance, given: Instance) -> Instance:
    """Return an instance after a partial update: each member given replaces the old one."""
    kind = given.get("type")
    if kind is not None and kind != held["type"]:
        raise bad(
            f"The attribute is a {held['type']} and cannot become a {kind} here.",
            f"该属性是 {held['type']}，不能在此改为 {kind}。",
        )
    merged = {name: value for name, value in held.items() if name not in _OF_STORE}
    for name, value in given.items():
        if name == "subs":
            subs = merged.get("subs", {}) | value
            merged["subs"] = {
                iri: found for iri, found in subs.items() if any(one.get("type") for one in found)
            }
        elif name == "type":
            continue
        elif value == NULL:
            merged.pop(name, None)
        else:
            merged[name] = value
    return complete("", merged)


def complete(iri: str, instance: Instance) -> Instance:
    """Return an instance that has type and value; raise BadRequest for one without."""
    kind = instance.get("type")
    if kind is None or VALUE_MEMBERS[kind] not in instance:
        raise bad(
            f"The attribute {iri} would have no value.".replace("  ", " "),
            f"属性 {iri} 将没有值。请给出完整的属性。",
        )
    subs = instance.get("subs")
    if subs is not None:
        kept = {
            name: [complete(name, one) for one in found if one.get("type") is not None]
            for name, found in subs.items()
        }
        instance = instance | {"subs": {name: found for name, found in kept.items() if found}}
    rest = {name: value for name, value in instance.items() if value != NULL or name == "value"}
    value = rest.get(VALUE_MEMBERS[kind])
    return rest | {VALUE_MEMBERS[kind]: _without_nulls(value) if kind != "JsonProperty" else value}


def complete_all(part: Attributes) -> Attributes:
    """Return attributes each of which can stand alone; raise BadRequest otherwise."""
    return {iri: [complete(iri, one) for one in found] for iri, found in part.items()}


def type_of(entity: Entity) -> Callable[[str], str | None]:
    """Return what tells the type an attribute of an entity has."""

    def tell(iri: str) -> str | None:
        found = entity.attributes.get(iri)
        return found[0]["type"] if found else None

    return tell


def union(first: list[str], second: list[str]) -> list[str]:
    """Return names of both lists, each once, in order."""
    return list(dict.fromkeys([*first, *second]))


def plain(instance: Mapping[str, Any]) -> Instance:
    """Return an instance without what the store added."""
    return {name: value for name, value in instance.items() if name not in _OF_STORE}
