"""Attributes of one entity: append, update, replace, delete (clauses 5.6.2 to 5.6.5, 5.6.19)."""

from __future__ import annotations

from chaintwin.web.ngsi.call import Answer, Call
from chaintwin.web.ngsi.entities import (
    MERGE_TYPES,
    add_types_and_scopes,
    carry_out,
    check_same,
    check_type,
    load_one,
)
from chaintwin.web.ngsi.errors import NotFound, bad
from chaintwin.web.ngsi.incoming import (
    Attributes,
    Entity,
    Instance,
    Reading,
    check_uri,
    expand_name,
    read_entity,
    read_instances,
)
from chaintwin.web.ngsi.merging import (
    Plan,
    complete_all,
    held_with,
    partial,
    plan_append,
    plan_update,
    type_of,
)
from chaintwin.web.ngsi.terms import Terms


def append_attributes(call: Call) -> Answer:
    """Add attributes; those there already are replaced unless options=noOverwrite."""
    uri = check_uri(call.parts["entity"], "The entity id")
    given, terms = call.body()
    part = _read_part(given, uri, Reading(terms))
    overwrites = "noOverwrite" not in call.asked.options
    with call.write(f"NGSI-LD 添加属性 {uri}") as writer:
        held = writer.desk.get(uri)
        check_type(held, call.asked, terms)
        plan = plan_append(held, part.attributes, overwrites=overwrites)
        add_types_and_scopes(writer, held, part, overwrites=overwrites)
        carry_out(writer, held, plan)
    return report(plan)


def update_attributes(call: Call) -> Answer:
    """Replace attributes that are there; others are reported with 207."""
    uri = check_uri(call.parts["entity"], "The entity id")
    given, terms = call.body(MERGE_TYPES)
    with call.write(f"NGSI-LD 更新属性 {uri}") as writer:
        held = writer.desk.get(uri)
        check_type(held, call.asked, terms)
        part = _read_part(given, uri, Reading(terms, allows_null=True, type_of=type_of(held)))
        if not held.scopes:
            part.scopes = None
        plan = plan_update(held, part.attributes)
        plan.put = complete_all(plan.put)
        add_types_and_scopes(writer, held, part)
        carry_out(writer, held, plan)
    return report(plan)


def update_attribute(call: Call) -> Answer:
    """Update members of one attribute; the others stay."""
    iri, instances, terms = _read_one(call, is_partial=True)
    with call.write(f"NGSI-LD 更新属性 {call.parts['entity']}") as writer:
        held = load_one(writer.desk, call.parts["entity"])
        check_type(held, call.asked, terms)
        plan = Plan()
        changed = []
        for given in instances:
            before = _held_or_raise(held, iri, given.get("datasetId"))
            is_null = given.get("type") is None and set(given) <= {"type", "datasetId"}
            changed.append(given if is_null else partial(before, given))
        plan.note(iri, changed, held.attributes[iri])
        carry_out(writer, held, plan)
    return Answer(204)


def replace_attribute(call: Call) -> Answer:
    """Replace one attribute as a whole."""
    iri, instances, terms = _read_one(call, is_partial=False)
    with call.write(f"NGSI-LD 替换属性 {call.parts['entity']}") as writer:
        held = load_one(writer.desk, call.parts["entity"])
        check_type(held, call.asked, terms)
        for given in instances:
            _held_or_raise(held, iri, given.get("datasetId"))
        plan = Plan()
        plan.note(iri, instances, held.attributes[iri])
        carry_out(writer, held, plan)
    return Answer(204)


def delete_attribute(call: Call) -> Answer:
    """Delete the default instance of an attribute, the one of a datasetId, or all."""
    uri = check_uri(call.parts["entity"], "The entity id")
    terms = call.link_terms()
    iri = expand_name(call.parts["attribute"], terms)
    takes_all = call.asked.flag("deleteAll")
    dataset = call.asked.query.get("datasetId")
    if dataset is not None and dataset != "@none":
        check_uri(dataset, "datasetId")
    with call.write(f"NGSI-LD 删除属性 {uri}") as writer:
        held = writer.desk.get(uri)
        check_type(held, call.asked, terms)
        if call.parts["attribute"] == "scope" and held.scopes:
            writer.set_scopes(held, [])
            return Answer(204)
        found = held.attributes.get(iri, [])
        if not takes_all:
            wanted = None if dataset in (None, "@none") else dataset
            found = [one for one in found if one.get("datasetId") == wanted]
        if not found:
            raise no_attribute(call.parts["attribute"], uri)
        writer.remove(held, iri, found)
    return Answer(204)


def no_attribute(name: str, uri: str) -> NotFound:
    """Return the error for an attribute that an entity has not."""
    return NotFound(
        f"实体“{uri}”没有属性“{name}”(或没有这个 datasetId)。",
        f"“{uri}” has no attribute “{name}”, or none of this datasetId.",
    )


def _held_or_raise(held: Entity, iri: str, dataset: str | None) -> Instance:
    found = held_with(held, iri, dataset)
    if found is None:
        raise no_attribute(iri, held.id or "")
    return found


def _read_part(given: object, uri: str, reading: Reading) -> Entity:
    if not isinstance(given, dict):
        raise bad("Attributes come as a JSON object.", "属性应为 JSON 对象。")
    part = read_entity({"id": uri, **given}, reading, whole=False)
    check_same(part.id, uri)
    return part


def _read_one(call: Call, *, is_partial: bool) -> tuple[str, list[Instance], Terms]:
    check_uri(call.parts["entity"], "The entity id")
    given, terms = call.body(MERGE_TYPES)
    name = call.parts["attribute"]
    if name == "scope":
        raise bad("Scopes are changed with the entity.", "scope 须随实体一起修改。")
    iri = expand_name(name, terms)
    given = _unwrapped(given, name)
    several = given if isinstance(given, list) else [given]
    if not several or not all(isinstance(one, dict) for one in several):
        raise bad("An attribute is a JSON object.", "属性应为 JSON 对象。")
    if is_partial and isinstance(given, dict):
        return iri, [_read_fragment(call, name, given, terms)], terms
    return iri, read_instances(name, given, Reading(terms, allows_null=is_partial)), terms


def _unwrapped(given: object, name: str) -> object:
    """Return the attribute itself where a body repeats its name around it."""
    if isinstance(given, dict) and len(given) == 1 and name in given:
        return given[name]
    return given


def _read_fragment(call: Call, name: str, given: dict[str, object], terms: Terms) -> Instance:
    """Read a part of an attribute: without type and value it takes those that are held."""
    with call.read() as desk:
        held = load_one(desk, call.parts["entity"])
    found = held.attributes.get(expand_name(name, terms))
    if not found:
        raise no_attribute(name, held.id or "")
    reading = Reading(terms, allows_null=True, type_of=type_of(held))
    from_held = {"type": found[0]["type"], **given} if "type" not in given else given
    return read_instances(name, from_held, reading)[0]


def report(plan: Plan) -> Answer:
    """Return 204, or 207 with what was updated and what was not (clause 5.2.18).

    No context goes with a partial success: names are told in full (clause 6.3.6).
    """
    if not plan.not_updated:
        return Answer(204)
    told = {
        "updated": plan.updated,
        "notUpdated": [
            {"attributeName": iri, "reason": reason} for iri, reason in plan.not_updated.items()
        ],
    }
    return Answer(207, told)


def plan_of(held: Entity, part: Attributes) -> Plan:
    """Return a plan that replaces or adds every attribute of a part."""
    return plan_append(held, part, overwrites=True)
