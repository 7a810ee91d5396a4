"""Which types and attributes there are (clauses 5.7.5 to 5.7.10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from chaintwin.twin.store.discovering import count_attributes, count_types
from chaintwin.twin.store.uses import Use, list_uses
from chaintwin.web.ngsi.asked import accepted
from chaintwin.web.ngsi.call import Answer, Call
from chaintwin.web.ngsi.desk import Desk
from chaintwin.web.ngsi.errors import NotFound
from chaintwin.web.ngsi.incoming import expand_name
from chaintwin.web.ngsi.naming import attribute_iri, attribute_name, kind_iri
from chaintwin.web.ngsi.terms import Terms

# Counts of more entities than these are taken as they are kept: two tenants or labels that tell of
# one entity count for two then.
_COUNTED = 20_000
# What sets attributes apart from types where both are counted.
_ATTRIBUTE = "attribute "


@dataclass(slots=True)
class Uses:
    """Type → attribute → types of attribute; which kinds have a type or an attribute; counts."""

    types: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    kinds: dict[str, set[int]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    rows: dict[int, int] = field(default_factory=dict)

    def few(self, name: str) -> list[int] | None:
        """Return the kinds that have a type or attribute; None: they are too many to count."""
        kinds = self.kinds[name]
        return sorted(kinds) if sum(self.rows[kind] for kind in kinds) <= _COUNTED else None


def list_types(call: Call) -> Answer:
    """List the types of entities, with their attributes when details=true."""
    media = accepted(call.asked)
    terms = call.link_terms()
    details = call.asked.flag("details")
    with call.read() as desk:
        uses = _uses(desk)
    if not details:
        return call.show(_list("EntityTypeList", "typeList", uses.types, terms), terms, media)
    told = [
        {
            "id": iri,
            "type": "EntityType",
            "typeName": terms.compact(iri),
            "attributeNames": sorted(terms.compact(name) for name in uses.types[iri]),
        }
        for iri in sorted(uses.types)
    ]
    return call.show(told, terms, media)


def show_type(call: Call) -> Answer:
    """Tell how many entities of a type there are and which attributes they have."""
    media = accepted(call.asked)
    terms = call.link_terms()
    iri = expand_name(call.parts["type"], terms)
    with call.read() as desk:
        uses = _uses(desk)
        if iri not in uses.types:
            raise NotFound(f"没有类型“{iri}”的实体。", f"There is no entity of the type “{iri}”.")
        kinds, count = uses.few(iri), uses.counts[iri]
        if kinds is not None:
            count = count_types(desk.connection, kinds, _kind_numbers(desk, iri), iri)
    details = [
        {
            "id": name,
            "type": "Attribute",
            "attributeName": terms.compact(name),
            "attributeTypes": sorted(uses.types[iri][name]),
        }
        for name in sorted(uses.types[iri])
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
    names = sorted({name for used in uses.types.values() for name in used})
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
        having = [used[name] for used in uses.types.values() if name in used]
        if not having:
            raise NotFound(f"没有实体有属性“{name}”。", f"No entity has the attribute “{name}”.")
        kinds, count = uses.few(_ATTRIBUTE + name), uses.counts[_ATTRIBUTE + name]
        if kinds is not None:
            count = count_attributes(desk.connection, kinds, attribute_name(name))
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
    return sorted(terms.compact(iri) for iri, used in uses.types.items() if name in used)


def _list(kind: str, member: str, iris: Iterable[str], terms: Terms) -> dict[str, Any]:
    return {
        "id": f"urn:ngsi-ld:{kind}:chaintwin",
        "type": kind,
        member: sorted(terms.compact(iri) for iri in iris),
    }


def _kind_numbers(desk: Desk, iri: str) -> list[int]:
    return [number for number, name in desk.readable_kinds().items() if kind_iri(name) == iri]


def _uses(desk: Desk) -> Uses:
    names = desk.readable_kinds()
    uses = Uses()
    for use in list_uses(desk.connection, list(names)):
        iri = attribute_iri(use.attribute) if use.attribute else None
        for type_iri in use.types or [kind_iri(names[use.kind])]:
            used = uses.types.setdefault(type_iri, {})
            if iri:
                used.setdefault(iri, set()).add(use.sort)
            else:
                _count(uses, type_iri, use)
        if iri:
            _count(uses, _ATTRIBUTE + iri, use)
        else:
            uses.rows[use.kind] = uses.rows.get(use.kind, 0) + use.bodies
    return uses


def _count(uses: Uses, name: str, use: Use) -> None:
    uses.kinds.setdefault(name, set()).add(use.kind)
    uses.counts[name] = uses.counts.get(name, 0) + use.bodies
