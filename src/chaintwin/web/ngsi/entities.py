"""One entity: create, retrieve, merge, replace, delete (clauses 5.6.1, 5.6.6, 5.6.17 f., 5.7.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from chaintwin.web.ngsi.asked import GEO_JSON, JSON, LD_JSON, MERGE_JSON, Asked, accepted
from chaintwin.web.ngsi.call import Answer, Call
from chaintwin.web.ngsi.claims import with_claims
from chaintwin.web.ngsi.desk import Desk
from chaintwin.web.ngsi.errors import AlreadyExists, NotFound, bad
from chaintwin.web.ngsi.incoming import (
    Entity,
    Reading,
    check_uri,
    expand_name,
    read_entity,
)
from chaintwin.web.ngsi.instants import read_instant, write_instant
from chaintwin.web.ngsi.languages import check_ranges
from chaintwin.web.ngsi.linking import read_join
from chaintwin.web.ngsi.merging import Plan, plan_merge, type_of, union
from chaintwin.web.ngsi.outgoing import Style, write_entity, write_feature
from chaintwin.web.ngsi.projection import Projection, read_projection
from chaintwin.web.ngsi.selecting import fits_types, read_types
from chaintwin.web.ngsi.terms import NULL, Terms
from chaintwin.web.ngsi.writing import Writer

MERGE_TYPES = frozenset({JSON, LD_JSON, MERGE_JSON})
ENTITY_TYPES = (JSON, LD_JSON, GEO_JSON)
_FORMS = {
    "normalized": "normalized",
    "concise": "concise",
    "simplified": "simplified",
    "keyValues": "simplified",
}


def create_entity(call: Call) -> Answer:
    """Create an entity; 409 when it is there already."""
    given, terms = call.body()
    entity = read_entity(given, Reading(terms))
    assert entity.id is not None
    with call.write(f"NGSI-LD 新建 {entity.id}") as writer:
        if writer.desk.find(entity.id) is not None:
            raise exists(entity.id)
        writer.create(entity)
    return Answer(201, headers={"Location": call.address("entities", quote(entity.id, safe=":"))})


def retrieve_entity(call: Call) -> Answer:
    """Return one entity, perhaps a part of it, in the form asked for."""
    uri = check_uri(call.parts["entity"], "The entity id")
    media = accepted(call.asked, ENTITY_TYPES)
    terms = call.link_terms()
    projection = read_projection(call.asked, terms)
    style = read_style(call.asked, terms, projection, media)
    join = read_join(call.asked)
    join.check(projection.depth)
    with call.read() as desk:
        entity = with_claims(desk, desk.get(uri))
        check_type(entity, call.asked, terms)
        cut = choose_datasets(projection.cut(entity), call.asked)
        if projection.is_narrow and projection.needed and not cut.attributes:
            raise NotFound(
                f"实体“{uri}”没有所要的属性。", f"“{uri}” has none of the attributes asked for."
            )
        style, more = join.prepare(desk, [cut], style, projection)
    if join.way == "flat":
        return call.show(write_all([(cut, style), *more], media), terms, media)
    return call.show(write_one(cut, style, media), terms, media)


def check_type(entity: Entity, asked: Asked, terms: Terms) -> None:
    """Raise NotFound when an entity is not of the types that a request names."""
    wanted = asked.query.get("type")
    if wanted and wanted != "*" and not fits_types(read_types(wanted, terms), entity.types):
        raise NotFound("该实体不是所要的类型。", "The entity is of another type.")


def write_all(entities: list[tuple[Entity, Style]], media: str) -> Any:
    """Return entities as a list, or as a collection of GeoJSON Features."""
    if media == GEO_JSON:
        features = [write_feature(one, style) for one, style in entities]
        return {"type": "FeatureCollection", "features": features}
    return [write_entity(one, style) for one, style in entities]


def write_one(entity: Entity, style: Style, media: str) -> dict[str, Any]:
    """Return one entity as JSON or as a GeoJSON Feature."""
    return write_feature(entity, style) if media == GEO_JSON else write_entity(entity, style)


def read_style(
    asked: Asked, terms: Terms, projection: Projection, media: str | None = None
) -> Style:
    """Return how entities are to be written; raise BadRequest where wishes exclude each other."""
    forms = {_FORMS[one] for one in asked.options if one in _FORMS}
    if len(forms) > 1:
        raise bad("Ask for one form only.", "只能指定一种表示形式。")
    check_format(asked)
    language = asked.query.get("lang")
    style = Style(
        terms,
        forms.pop() if forms else "normalized",
        "sysAttrs" in asked.options,
        check_ranges(language) if language else None,
        picked=projection.members(),
    )
    geometry = asked.query.get("geometryProperty")
    if geometry and media not in {None, GEO_JSON}:
        raise bad(
            "geometryProperty goes with Accept: application/geo+json.",
            "geometryProperty 须与 Accept: application/geo+json 同用。",
        )
    return replace(style, geometry_property=expand_name(geometry, terms)) if geometry else style


def check_format(asked: Asked, more: frozenset[str] = frozenset()) -> None:
    """Raise BadRequest for a `format` that there is not."""
    told = asked.query.get("format")
    if told is not None and told not in {*_FORMS, *more}:
        raise bad(f"There is no format “{told}”.", f"没有“{told}”这种表示形式。")


def choose_datasets(entity: Entity, asked: Asked) -> Entity:
    """Return an entity with the instances of the datasetIds asked for; @none is the default."""
    wanted = asked.listed("datasetId")
    if not wanted:
        return entity
    for one in wanted:
        if one != "@none":
            check_uri(one, "datasetId")
    chosen = {None if one == "@none" else one for one in wanted}
    kept = {
        iri: [one for one in found if one.get("datasetId") in chosen]
        for iri, found in entity.attributes.items()
    }
    return replace(entity, attributes={iri: found for iri, found in kept.items() if found})


def delete_entity(call: Call) -> Answer:
    """Delete an entity; its history stays."""
    uri = check_uri(call.parts["entity"], "The entity id")
    terms = call.link_terms()
    with call.write(f"NGSI-LD 删除 {uri}") as writer:
        held = writer.desk.get(uri)
        check_type(held, call.asked, terms)
        writer.delete(held)
    return Answer(204)


def replace_entity(call: Call) -> Answer:
    """Replace all attributes of an entity; it keeps when it was created."""
    uri = check_uri(call.parts["entity"], "The entity id")
    given, terms = call.body()
    entity = read_entity(_named(given, uri), Reading(terms), whole=False)
    check_same(entity.id, uri)
    with call.write(f"NGSI-LD 替换 {uri}") as writer:
        held = writer.desk.get(uri)
        check_type(held, call.asked, terms)
        replace_in(writer, held, entity)
    return Answer(204)


def replace_in(writer: Writer, held: Entity, entity: Entity) -> None:
    """Replace what is held of an entity by what is given."""
    writer.learn_refs([entity.attributes])
    set_head(writer, held, entity.types or held.types, entity.expires)
    if (entity.scopes or None) != (held.scopes or None):
        writer.set_scopes(held, entity.scopes or [])
    for iri, instances in held.attributes.items():
        given = {one.get("datasetId") for one in entity.attributes.get(iri, ())}
        writer.remove(held, iri, [one for one in instances if one.get("datasetId") not in given])
    for iri, instances in entity.attributes.items():
        writer.put(held, iri, instances, held.attributes.get(iri, ()))


def merge_entity(call: Call) -> Answer:
    """Merge a part into an entity: members replace members, Null removes."""
    uri = check_uri(call.parts["entity"], "The entity id")
    given, terms = call.body(MERGE_TYPES)
    observed = call.asked.query.get("observedAt")
    if observed is not None:
        read_instant(observed)
    with call.write(f"NGSI-LD 合并 {uri}") as writer:
        held = writer.desk.get(uri)
        check_type(held, call.asked, terms)
        merge_in(writer, held, _localized(given, held, terms, call.asked), terms, call.asked)
    return Answer(204)


def _localized(given: Any, held: Entity, terms: Terms, asked: Asked) -> Any:
    """Return a part in which bare texts of language maps are in the language asked for."""
    language = asked.query.get("lang")
    if language is None or not isinstance(given, dict):
        return given
    tell = type_of(held)
    found = dict(given)
    for name, value in given.items():
        is_text = name not in {"id", "type", "scope"} and isinstance(value, str)
        if is_text and tell(terms.expand(name)) == "LanguageProperty":
            found[name] = {"type": "LanguageProperty", "languageMap": {language: value}}
    return found


def merge_in(writer: Writer, held: Entity, given: Any, terms: Terms, asked: Asked) -> None:
    """Merge a part, as given, into an entity that is held."""
    assert held.id is not None
    simplified = bool({"keyValues", "simplified"} & asked.options)
    reading = Reading(
        terms, simplified, allows_null=True, allows_inner_null=True, type_of=type_of(held)
    )
    part = read_entity(_named(given, held.id), reading, whole=False)
    check_same(part.id, held.id)
    add_types_and_scopes(writer, held, part)
    carry_out(writer, held, plan_merge(held, part.attributes, asked.query.get("observedAt")))


def add_types_and_scopes(
    writer: Writer, held: Entity, part: Entity, *, overwrites: bool = True
) -> None:
    """Add types to an entity; set its scopes and its expiry where they are given.

    Without `overwrites` scopes are added to those held.
    """
    expires = held.expires if part.expires is None else part.expires
    set_head(writer, held, union(held.types, part.types), None if expires == NULL else expires)
    if part.scopes is None:
        return
    scopes = part.scopes if overwrites else union(held.scopes or [], part.scopes)
    if scopes != (held.scopes or []):
        writer.set_scopes(held, scopes)


def set_head(writer: Writer, held: Entity, types: list[str], expires: str | None) -> None:
    """State types and expiry of an entity, where they differ from what is held."""
    changed = types != held.types
    held.types = types
    if expires != held.expires:
        writer.set_expiry(held, expires)
    elif changed:
        writer.set_types(held)


def carry_out(writer: Writer, held: Entity, plan: Plan) -> None:
    """State what a plan puts, end what it removes."""
    writer.learn_refs([plan.put])
    for iri, instances in plan.removed.items():
        writer.remove(held, iri, instances)
    for iri, instances in plan.put.items():
        writer.put(held, iri, instances, held.attributes.get(iri, ()))


def check_same(given: str | None, uri: str) -> None:
    """Raise BadRequest when a body names another entity than its address."""
    if given is not None and given != uri:
        raise bad(
            f"The body is about “{given}”, the address about “{uri}”.",
            f"内容中的 id“{given}”与地址中的“{uri}”不同。",
        )


def _named(given: Any, uri: str) -> Any:
    if isinstance(given, Mapping) and "id" not in given and "@id" not in given:
        return {"id": uri, **given}
    return given


def exists(uri: str) -> AlreadyExists:
    """Return the error for an entity that is there already."""
    return AlreadyExists(f"实体“{uri}”已存在。", f"The entity “{uri}” exists already.")


def load_one(desk: Desk, uri: str) -> Entity:
    """Return an entity by an address of a path; raise BadRequest or NotFound."""
    return desk.get(check_uri(uri, "The entity id"))


def now_text(writer: Writer) -> str:
    """Return the moment of a change as the standard writes it."""
    return write_instant(writer.now)
