"""What other sources say of an entity, beside the value shown: one datasetId for each source."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import quote

from chaintwin.model.fact import Fact
from chaintwin.web.ngsi.desk import Desk
from chaintwin.web.ngsi.facts import to_instance
from chaintwin.web.ngsi.incoming import Entity
from chaintwin.web.ngsi.naming import SCOPE, TYPE, attribute_iri
from chaintwin.web.ngsi.writing import SOURCE

SOURCE_DATASET = "urn:chaintwin:source:"


def with_claims(desk: Desk, entity: Entity) -> Entity:
    """Add to an entity what sources claim that the order of authority does not show.

    Entities that were written through this API alone are left as they are.
    """
    own = desk.twin.names.find("source", SOURCE)
    held = [one["stored"] for found in entity.attributes.values() for one in found]
    if entity.body is None or all(one.source == own for one in held):
        return entity
    shown = {one.fact for one in held}
    if not desk.view.has_beside(entity.body, shown):
        return entity
    beside = [fact for fact, _ in desk.view.claims(entity.body) if _is_beside(fact, shown)]
    uris = desk.uris({fact.ref for fact in beside if fact.ref is not None})
    for fact in beside:
        instance = to_instance(_entry(desk, fact), fact.value_key, uris)
        named = quote(fact.source, safe="") + (
            f":{quote(fact.value_key, safe='')}" * bool(fact.value_key)
        )
        instance["datasetId"] = SOURCE_DATASET + named
        entity.attributes.setdefault(attribute_iri(fact.attribute), []).append(instance)
    return entity


def _is_beside(fact: Fact, shown: set[int]) -> bool:
    return fact.id not in shown and fact.attribute not in {TYPE, SCOPE}


def _entry(desk: Desk, fact: Fact) -> dict[str, Any]:
    """Return a fact as an entry of a state would hold it."""
    return {
        "i": fact.id,
        "v": fact.text if fact.number is None else _plain(fact.number),
        "r": fact.ref,
        "s": desk.twin.names.number("source", fact.source),
        "n": fact.tenant,
        "f": None if fact.valid_from is None else fact.valid_from.isoformat(),
        "p": fact.precision.value,
        "k": fact.known_from.isoformat(),
        "u": fact.unit,
        "d": fact.data,
    }


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)
