"""Which kind and attribute of the twin an IRI stands for, and back.

What ships with the twin, and what a place declared by a plain name, has IRIs
`urn:chaintwin:ns:<Name>`. Other IRIs are names of kinds and attributes themselves.
"""

from __future__ import annotations

from typing import Any

from chaintwin.model.kinds import Kinds

NAMESPACE = "urn:chaintwin:ns:"
# Facts about an entity as such: its types, and its scopes.
TYPE = "ngsi:type"
SCOPE = "ngsi:scope"
VALID_TO = (f"{NAMESPACE}validTo", "https://uri.etsi.org/ngsi-ld/default-context/validTo")


def attribute_name(iri: str) -> str:
    """Return the attribute of the twin for an IRI."""
    return iri.removeprefix(NAMESPACE)


def attribute_iri(name: str) -> str:
    """Return the IRI of an attribute of the twin."""
    return name if ":" in name else NAMESPACE + name


def kind_name(iri: str) -> str:
    """Return the kind of the twin for a type."""
    return iri.removeprefix(NAMESPACE)


def kind_iri(name: str) -> str:
    """Return the type of a kind of the twin."""
    return name if ":" in name else NAMESPACE + name


def own_context(kinds: Kinds) -> dict[str, Any]:
    """Return our own context: every shipped kind and attribute by its plain name."""
    terms = {name: NAMESPACE + name for name in kinds.by_name}
    for kind in kinds.by_name.values():
        terms |= {name: NAMESPACE + name for name in kind.attributes}
    return {"@context": dict(sorted(terms.items())) | {"validTo": VALID_TO[0]}}
