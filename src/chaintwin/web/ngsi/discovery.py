"""Which types and attributes there are (clauses 5.7.5 to 5.7.10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from chaintwin.twin.store.discovering import count_attributes, count_types, list_used
from chaintwin.web.ngsi.asked import accepted
from chaintwin.web.ngsi.call import Answer, Call
from chaintwin.web.ngsi.desk import Desk
from chaintwin.web.ngsi.errors import NotFound
from chaintwin.web.ngsi.facts import kind_of_entry
from chaintwin.web.ngsi.incoming import expand_name
from chaintwin.web.ngsi.naming import SCOPE, TYPE, attribute_iri, attribute_name, kind_iri
from chaintwin.web.ngsi.terms import Terms

# Type → attribute → types of attribute, each with how many entities have it.
Uses = Mapping[str, Mapping[str, Mapping[str, int]]]


def list_types(call: Call) -> Answer:
    """List the types of entities, with their attributes when details=true."""
    media = accepted(call.asked)
    terms = call.link_terms()
    details = call.asked.flag("details")
    with call.read() as desk:
        uses = _uses(desk)
    if not details:
        return call.show(_list("EntityTypeList", "typeList", uses, terms), terms, media)
    told = [
        {
            "id": iri,
            "type": "EntityType",
            "typeName": terms.compact(iri),
            "attributeNames": sorted(terms.compact(name) for name in uses[iri]),
        }
        for iri in sorted(uses)
    ]
    return call.show(told, terms, media)


def show_type(call: Call) -> Answer:
    """Tell how many entities of a type there are and which attributes they have."""
    media = accepted(call.asked)
    terms = call.link_terms()
    iri = expand_name(call.parts["type"], terms)
    with call.read() as desk:
        uses = _uses(desk)
        count = count_types(desk.connection, _kind_numbers(desk, iri), iri)
    if iri not in uses:
        raise NotFound(f"没有类型“{iri}”的实体。", f"There is no entity of the type “{iri}”.")
    details = [
        {
            "id": name,
            "type": "Attribute",
            "attributeName": terms.compact(name),
            "attributeTypes": sorted(uses[iri][name]),
        }
        for name in sorted(uses[iri])
    ]
    told = {
        "id": iri,
        "type": "EntityTypeInfo",
        "typeName": terms.compact(iri),
        "entityCount": count,
        "attributeDetails": details,
    }
    return call.show(told, terms, media)


def list_attributes(call: Call) -> Answer:
    """List the attributes of entities, with the types that have them when details=true."""
    media = accepted(call.asked)
    terms = call.link_terms()
    details = call.asked.flag("details")
    with call.read() as desk:
        uses = _uses(desk)
    names = sorted({name for used in uses.values() for name in used})
    if not details:
        return call.show(_list("AttributeList", "attributeList", names, terms), terms, media)
    told = [
        {
            "id": name,
            "type": "Attribute",
            "attributeName": terms.compact(name),
            "typeNames": _having(uses, name, terms),
        }
        for name in names
    ]
    return call.show(told, terms, media)


def show_attribute(call: Call) -> Answer:
    """Tell how often an attribute is used, as what, and by entities of which types."""
    media = accepted(call.asked)
    terms = call.link_terms()
    name = expand_name(call.parts["attribute"], terms)
    with call.read() as desk:
        uses = _uses(desk)
        count = count_attributes(desk.connection, list(desk.readable_kinds()), attribute_name(name))
    having = [used[name] for used in uses.values() if name in used]
    if not having:
        raise NotFound(f"没有实体有属性“{name}”。", f"No entity has the attribute “{name}”.")
    told = {
        "id": name,
        "type": "Attribute",
        "attributeName": terms.compact(name),
        "attributeCount": count,
        "attributeTypes": sorted({kind for kinds in having for kind in kinds}),
        "typeNames": _having(uses, name, terms),
    }
    return call.show(told, terms, media)


def _having(uses: Uses, name: str, terms: Terms) -> list[str]:
    return sorted(terms.compact(iri) for iri, used in uses.items() if name in used)


def _list(kind: str, member: str, iris: Iterable[str], terms: Terms) -> dict[str, Any]:
    return {
        "id": f"urn:ngsi-ld:{kind}:chaintwin",
        "type": kind,
        member: sorted(terms.compact(iri) for iri in iris),
    }


def _kind_numbers(desk: Desk, iri: str) -> list[int]:
    return [number for number, name in desk.readable_kinds().items() if kind_iri(name) == iri]


def _uses(desk: Desk) -> dict[str, dict[str, dict[str, int]]]:
    kinds = desk.readable_kinds()
    found: dict[str, dict[str, dict[str, int]]] = {}
    for kind, types, name, sample, count in list_used(desk.connection, list(kinds)):
        iris = types or [kind_iri(kinds[kind])]
        for iri in iris:
            used = found.setdefault(iri, {})
            if name is not None and name not in {TYPE, SCOPE}:
                counts = used.setdefault(attribute_iri(name), {})
                told = kind_of_entry(sample)
                counts[told] = counts.get(told, 0) + count
    return found
