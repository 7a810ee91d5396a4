"""Which members of an entity a reader asked for: attrs, pick and omit (clause 4.21)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from chaintwin.web.ngsi.asked import Asked
from chaintwin.web.ngsi.errors import bad
from chaintwin.web.ngsi.incoming import Entity, expand_name
from chaintwin.web.ngsi.terms import Terms

_MEMBERS = frozenset({"id", "type", "scope", "createdAt", "modifiedAt", "@context"})
Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Projection:
    """What stays of an entity; members are plain names, attributes IRIs."""

    attrs: frozenset[str] | None = None
    pick: Mapping[str, Any] | None = None
    omit: Mapping[str, Any] = field(default_factory=dict)

    @property
    def needed(self) -> list[str]:
        """Return attributes of which an entity must have one to be found at all."""
        if self.attrs is not None:
            return sorted(self.attrs)
        if self.pick is not None:
            return sorted(name for name in self.pick if name not in _MEMBERS)
        return []

    @property
    def is_narrow(self) -> bool:
        """Tell whether anything is left out."""
        return self.attrs is not None or self.pick is not None or bool(self.omit)

    def members(self) -> frozenset[str] | None:
        """Return the members other than attributes that stay; None: all."""
        if self.pick is not None:
            return frozenset(name for name in self.pick if name in _MEMBERS)
        if self.omit:
            return _MEMBERS - {name for name in self.omit if name in _MEMBERS}
        return None

    def cut(self, entity: Entity) -> Entity:
        """Return an entity with the attributes that stay."""
        if not self.is_narrow:
            return entity
        kept = {iri: instances for iri, instances in entity.attributes.items() if self.keeps(iri)}
        members = self.members()
        scopes = entity.scopes if members is None or "scope" in members else None
        return replace(entity, attributes=kept, scopes=scopes)

    @property
    def depth(self) -> int:
        """Return over how many relationships names of linked entities are told, in braces."""
        return max(_depth(self.pick or {}), _depth(self.omit)) - 1

    def beyond(self, iri: str) -> Projection:
        """Return what stays of the entities that a relationship leads to."""
        pick, omit = (self.pick or {}).get(iri), self.omit.get(iri)
        return Projection(None, pick or None, omit or {})

    def keeps(self, iri: str) -> bool:
        """Tell whether an attribute stays."""
        if self.attrs is not None and iri not in self.attrs:
            return False
        if self.pick is not None and iri not in self.pick:
            return False
        return not (iri in self.omit and not self.omit[iri])


WHOLE = Projection()


def read_projection(asked: Asked, terms: Terms) -> Projection:
    """Return the projection that a request asks for; raise BadRequest for what is no name."""
    attrs = asked.query.get("attrs")
    pick, omit = asked.query.get("pick"), asked.query.get("omit")
    return make_projection(
        _names(attrs, "attrs") if attrs is not None else None,
        _names(pick, "pick") if pick is not None else None,
        _names(omit, "omit") if omit is not None else None,
        terms,
    )


def make_projection(
    attrs: Tree | None, pick: Tree | None, omit: Tree | None, terms: Terms
) -> Projection:
    """Return a projection from names as callers write them."""
    return Projection(
        None if attrs is None else frozenset(_expanded(attrs, terms)),
        None if pick is None else _expanded(pick, terms),
        {} if omit is None else _expanded(omit, terms),
    )


def name_tree(names: Any, what: str) -> Tree | None:
    """Return a list of names of a query document as a tree; raise BadRequest otherwise."""
    if names is None:
        return None
    if isinstance(names, str):
        return _names(names, what)
    if not isinstance(names, list) or not names or not all(isinstance(n, str) for n in names):
        raise bad(f"{what} is a list of names.", f"{what} 应为名称列表。")
    return {name: value for part in names for name, value in _names(part, what).items()}


def _expanded(tree: Tree, terms: Terms) -> Tree:
    return {
        name if name in _MEMBERS else expand_name(name, terms): _expanded(below, terms)
        for name, below in tree.items()
    }


def _depth(tree: Mapping[str, Any]) -> int:
    return 1 + max((_depth(below) for below in tree.values() if below), default=0)


def _names(told: str, what: str) -> Tree:
    tree, rest = _parse(told, what)
    if rest or not tree:
        raise _wrong(told, what)
    return tree


def _parse(text: str, what: str) -> tuple[Tree, str]:
    """Read names parted by “,” or “|”, each perhaps with {names} of linked entities."""
    tree: Tree = {}
    while True:
        end = next((n for n, sign in enumerate(text) if sign in ",|{}"), len(text))
        name, text = text[:end].strip(), text[end:]
        if not name:
            raise _wrong(text, what)
        tree[name] = {}
        if text.startswith("{"):
            tree[name], text = _parse(text[1:], what)
            if not text.startswith("}"):
                raise _wrong(text, what)
            text = text[1:]
        if not text.startswith((",", "|")):
            return tree, text
        text = text[1:]


def _wrong(told: str, what: str) -> Exception:
    return bad(
        f"{what} lists names parted by commas: “{told}”.", f"{what} 应为逗号分隔的名称:“{told}”。"
    )
