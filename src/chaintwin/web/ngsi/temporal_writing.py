"""Writing the temporal evolution: instances at their times (clauses 5.6.11 to 5.6.16)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from chaintwin.model.fact import Moment
from chaintwin.twin.identity.groups import NO_GROUPS, Groups
from chaintwin.web.ngsi.attributes import no_attribute
from chaintwin.web.ngsi.call import Answer, Call
from chaintwin.web.ngsi.desk import Desk
from chaintwin.web.ngsi.entities import MERGE_TYPES, check_same
from chaintwin.web.ngsi.errors import NotFound, NotSupported, bad
from chaintwin.web.ngsi.evolution import Times, load_evolutions
from chaintwin.web.ngsi.facts import statement
from chaintwin.web.ngsi.incoming import (
    Attributes,
    Entity,
    Instance,
    Reading,
    check_uri,
    expand_name,
    read_entity,
    read_instance,
)
from chaintwin.web.ngsi.merging import partial
from chaintwin.web.ngsi.writing import Writer

_OF_ENTITY = frozenset({"id", "type", "scope", "@context", "createdAt", "modifiedAt", "deletedAt"})
_STEP = timedelta(microseconds=1)


def upsert_evolution(call: Call) -> Answer:
    """Create an entity with its history, or add to the history of one that is there."""
    given, terms = call.body()
    if not isinstance(given, dict):
        raise bad("An entity is a JSON object.", "实体应为 JSON 对象。")
    reading = Reading(terms)
    head = {name: value for name, value in given.items() if name in _OF_ENTITY}
    entity = read_entity(head, reading)
    instances = _read_series(given, reading)
    uri = check_uri(entity.id, "id")
    with call.write(f"NGSI-LD 写入历史 {uri}") as writer:
        held = writer.desk.find(uri)
        if held is None:
            writer.create(entity)
            held = entity
            done = Answer(
                201,
                headers={"Location": call.address("temporal", "entities", quote(uri, safe=":"))},
            )
        else:
            done = Answer(204)
        _lay_down(writer, held, instances)
    return done


def append_instances(call: Call) -> Answer:
    """Add instances of attributes to the history of an entity."""
    uri = check_uri(call.parts["entity"], "The entity id")
    given, terms = call.body()
    if not isinstance(given, dict):
        raise bad("Attributes come as a JSON object.", "属性应为 JSON 对象。")
    check_same(given.get("id"), uri)
    instances = _read_series(given, Reading(terms))
    if not instances:
        raise bad("There is no attribute to add.", "没有要添加的属性。")
    with call.write(f"NGSI-LD 添加历史 {uri}") as writer:
        _lay_down(writer, load_evolution(writer.desk, uri), instances)
    return Answer(204)


def delete_evolution(call: Call) -> Answer:
    """Stop believing all that was written of an entity."""
    uri = check_uri(call.parts["entity"], "The entity id")
    with call.write(f"NGSI-LD 删除历史 {uri}") as writer:
        entity = load_evolution(writer.desk, uri)
        assert entity.body is not None
        writer.refuse_kept(entity.kind)
        if any(not writer.is_own(one) for found in entity.attributes.values() for one in found):
            raise _foreign(uri)
        writer.changes.retract([entity.body])
    return Answer(204)


def delete_series(call: Call) -> Answer:
    """Stop believing what was written of one attribute: by default of no datasetId."""
    uri = check_uri(call.parts["entity"], "The entity id")
    name = call.parts["attribute"]
    iri = expand_name(name, call.link_terms())
    takes_all = call.asked.flag("deleteAll")
    dataset = call.asked.query.get("datasetId")
    if dataset is not None and dataset != "@none":
        check_uri(dataset, "datasetId")
    wanted = None if dataset in (None, "@none") else dataset
    with call.write(f"NGSI-LD 删除历史 {uri}") as writer:
        entity = load_evolution(writer.desk, uri)
        found = [
            one
            for one in entity.attributes.get(iri, ())
            if takes_all or one.get("datasetId") == wanted
        ]
        if not found:
            raise no_attribute(name, uri)
        _retract(writer, entity, found)
    return Answer(204)


def update_instance(call: Call) -> Answer:
    """Correct one instance of an attribute; it keeps its instanceId."""
    name = call.parts["attribute"]
    given, terms = call.body(MERGE_TYPES)
    iri = expand_name(name, terms)
    with call.write(f"NGSI-LD 更正历史 {call.parts['entity']}") as writer:
        entity, held = _find_instance(writer.desk, call, iri)
        reading = Reading(terms, allows_null=True, type_of=lambda _iri: held["type"])
        part = read_instance(name, _only(given, name, held), reading)
        _retract(writer, entity, [held])
        changed = partial(held, part) | {
            "keptId": held["instanceId"],
            "keptSince": held["createdAt"],
        }
        _lay_down(writer, entity, {iri: [changed]})
    return Answer(204)


def delete_instance(call: Call) -> Answer:
    """Stop believing one instance of an attribute."""
    iri = expand_name(call.parts["attribute"], call.link_terms())
    with call.write(f"NGSI-LD 删除历史 {call.parts['entity']}") as writer:
        entity, held = _find_instance(writer.desk, call, iri)
        _retract(writer, entity, [held])
    return Answer(204)


def load_evolution(
    desk: Desk,
    uri: str,
    times: Times | None = None,
    attributes: Iterable[str] | None = None,
    most: int | None = None,
    groups: Groups = NO_GROUPS,
) -> Entity:
    """Return an entity with its history; raise NotFound where there is none."""
    number = desk.number(check_uri(uri, "The entity id"))
    wanted = times or Times()
    found = []
    if number is not None:
        found = load_evolutions(desk, [number], wanted, attributes, most, groups)
    if not found or not desk.may_read(found[0].kind or ""):
        raise NotFound(f"没有实体“{uri}”的历史。", f"There is no history of the entity “{uri}”.")
    return found[0]


def _find_instance(desk: Desk, call: Call, iri: str) -> tuple[Entity, Instance]:
    entity = load_evolution(desk, call.parts["entity"])
    wanted = check_uri(call.parts["instance"], "The instanceId")
    found = entity.attributes.get(iri)
    if not found:
        raise no_attribute(call.parts["attribute"], entity.id or "")
    for one in found:
        if one["instanceId"] == wanted:
            return entity, one
    raise NotFound(f"没有取值“{wanted}”。", f"There is no instance “{wanted}”.")


def _only(given: Any, name: str, held: Instance) -> Any:
    """Return the fragment of an instance, however deep a caller wrapped it."""
    if isinstance(given, Mapping) and name in given and "value" not in given:
        given = given[name]
    if isinstance(given, list) and len(given) == 1:
        given = given[0]
    if not isinstance(given, Mapping):
        raise bad("The body holds one instance of the attribute.", "内容应为该属性的一个取值。")
    return given if "type" in given else {"type": held["type"], **given}


def _read_series(given: Mapping[str, Any], reading: Reading) -> Attributes:
    found: Attributes = {}
    for name, value in given.items():
        if name in _OF_ENTITY:
            continue
        several = value if isinstance(value, list) else [value]
        if not several or not all(isinstance(one, dict) for one in several):
            raise bad(f"“{name}” is a list of instances.", f"“{name}”应为属性取值的列表。")
        found[expand_name(name, reading.terms)] = [
            read_instance(name, one, reading) for one in several
        ]
    return found


def _lay_down(writer: Writer, entity: Entity, attributes: Attributes) -> None:
    """State instances, each from its time on; two of one time follow each other at once."""
    writer.refuse_kept(entity.kind)
    writer.learn_refs([attributes])
    taken: set[tuple[str, str, Any]] = set()
    for iri, instances in attributes.items():
        for instance in instances:
            ref, key = writer.place(instance)
            said = statement(writer.about(entity), iri, instance, writer.now, key=key, ref=ref)
            at = said.valid.at
            while (iri, key, at) in taken:
                at += _STEP
            taken.add((iri, key, at))
            writer.say(said, since=Moment.instant(at))


def _retract(writer: Writer, entity: Entity, instances: list[Instance]) -> None:
    if not all(map(writer.is_own, instances)):
        raise _foreign(entity.id or "")
    assert entity.body is not None
    facts = [(entity.body, one["stored"].fact) for one in instances]
    writer.changes.retract_facts(facts)


def _foreign(uri: str) -> NotSupported:
    return NotSupported(
        f"“{uri}”的部分历史来自其他来源，不能经本接口删除。",
        f"Part of the history of “{uri}” comes from other sources and cannot be deleted here.",
    )
