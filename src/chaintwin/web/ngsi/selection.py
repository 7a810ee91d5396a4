"""Which entities a query asks for, from parameters or a Query document (clause 5.2.23)."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from chaintwin.twin.store.querying import Compared
from chaintwin.twin.store.resolve import entry_name
from chaintwin.web.ngsi.asked import Asked
from chaintwin.web.ngsi.boolean import Tree, leaves, needed
from chaintwin.web.ngsi.errors import bad
from chaintwin.web.ngsi.geo import GeoQuery, fits_geo, read_geo
from chaintwin.web.ngsi.incoming import Entity, check_uri
from chaintwin.web.ngsi.naming import attribute_name
from chaintwin.web.ngsi.patterns import Pattern, read_pattern
from chaintwin.web.ngsi.projection import Projection, make_projection, name_tree
from chaintwin.web.ngsi.q import Condition, Linked, depth_of, fits_q, plain_values, read_q
from chaintwin.web.ngsi.selecting import fits_scopes, fits_types, read_scope_query, read_types
from chaintwin.web.ngsi.terms import Terms


@dataclass(frozen=True, slots=True)
class Selector:
    """One of the alternatives of a query: types, ids and a pattern of ids, all of which hold."""

    types: Tree[str] | None = None
    ids: frozenset[str] | None = None
    pattern: Pattern | None = None

    def fits(self, entity: Entity) -> bool:
        """Tell whether an entity is meant."""
        if self.types is not None and not fits_types(self.types, entity.types):
            return False
        if self.ids is not None and entity.id not in self.ids:
            return False
        return self.pattern is None or self.pattern.fullmatch(entity.id) is not None


@dataclass(frozen=True, slots=True)
class Selection:
    """All conditions of a query."""

    selectors: tuple[Selector, ...] = ()
    q: Tree[Condition] | None = None
    geo: GeoQuery | None = None
    scopes: Tree[str] | None = None
    attributes: tuple[str, ...] = ()

    def fits(self, entity: Entity, linked: Linked = MappingProxyType({})) -> bool:
        """Tell whether an entity meets every condition; `linked` is what its q may lead to."""
        if self.selectors and not any(one.fits(entity) for one in self.selectors):
            return False
        if self.attributes and not any(name in entity.attributes for name in self.attributes):
            return False
        if self.scopes is not None and not fits_scopes(self.scopes, entity.scopes or ()):
            return False
        if self.q is not None and not fits_q(self.q, entity, linked):
            return False
        return self.geo is None or fits_geo(self.geo, entity)

    @property
    def depth(self) -> int:
        """Return over how many relationships its q reaches."""
        return depth_of(self.q)

    @property
    def is_plain(self) -> bool:
        """Tell whether types alone decide, each of which suffices by itself."""
        return (
            self.q is None
            and self.geo is None
            and self.scopes is None
            and not self.attributes
            and all(
                one.ids is None and one.pattern is None and not _has_and(one.types)
                for one in self.selectors
            )
        )

    def types(self) -> list[str] | None:
        """Return every type that may fit, None where any may."""
        found: list[str] = []
        for one in self.selectors:
            if one.types is None:
                return None
            found += leaves(one.types)
        return list(dict.fromkeys(found)) if self.selectors else None

    def ids(self) -> list[str] | None:
        """Return the only ids that may fit, None where others may."""
        if not self.selectors or any(one.ids is None for one in self.selectors):
            return None
        return sorted({uri for one in self.selectors for uri in one.ids or ()})

    def compared(self) -> list[Compared]:
        """Return what the store can compare by itself: single numbers and texts of attributes."""
        conditions = [] if self.q is None else needed(self.q)
        return [
            Compared(entry_name(attribute_name(one.path[0])), one.operator, values)
            for one in conditions
            if one.operator is not None and ":" in one.path[0]
            and (values := plain_values(one)) is not None
        ]  # fmt: skip

    def needed_attributes(self) -> list[str]:
        """Return attributes each of which an entity must have."""
        found = [] if self.q is None else [one.path[0] for one in needed(self.q)]
        if self.geo is not None and self.geo.predicate:
            found.append(self.geo.attribute)
        return [name for name in found if ":" in name]


def _has_and(types: Tree[str] | None) -> bool:
    return types is not None and any(getattr(part, "is_all", False) for part in _all_parts(types))


def _all_parts(tree: Any) -> list[Any]:
    return [tree, *(sub for part in getattr(tree, "parts", ()) for sub in _all_parts(part))]


def read_selection(asked: Asked, terms: Terms, projection: Projection) -> Selection:
    """Return the conditions of a GET; raise BadRequest where one breaks its grammar."""
    query = asked.query
    ids = asked.listed("id") or None
    selector = make_selector(query.get("type"), ids, query.get("idPattern"), terms)
    geo = read_geo(
        query.get("georel"), query.get("geometry"), query.get("coordinates"),
        query.get("geoproperty"), terms,
    )  # fmt: skip
    return Selection(
        () if selector == Selector() else (selector,),
        _read(query.get("q"), terms),
        geo,
        _scopes(query.get("scopeQ")),
        tuple(projection.needed),
    )


def refuse_linked(depth: int) -> None:
    """Raise BadRequest where attributes of linked entities are named that cannot be reached."""
    if depth:
        raise bad(
            "Attributes of linked entities cannot be named here.", "此处不能引用关联实体的属性。"
        )


def make_selector(types: Any, ids: Any, pattern: Any, terms: Terms) -> Selector:
    """Return one alternative; raise BadRequest for what is no type, id or pattern."""
    if types is not None and (not isinstance(types, str) or not types.strip()):
        raise bad("type is a selection of names.", "type 应为类型选择。")
    if isinstance(ids, str):
        ids = [ids]
    if ids is not None:
        ids = frozenset(check_uri(one, "id") for one in ids)
    if pattern is not None and not isinstance(pattern, str):
        raise bad("idPattern is a text.", "idPattern 应为文字。")
    return Selector(
        None if types is None or types == "*" else read_types(types, terms),
        ids,
        None if pattern is None else read_pattern(pattern),
    )


def read_query_document(given: Any, terms: Terms) -> tuple[Selection, Projection]:
    """Return the conditions and projection of a Query document."""
    if not isinstance(given, dict) or given.get("type") != "Query":
        raise bad(
            "The body is a JSON object of type Query.", "内容应为 type 为 Query 的 JSON 对象。"
        )
    projection = make_projection(
        name_tree(given.get("attrs"), "attrs"),
        name_tree(given.get("pick"), "pick"),
        name_tree(given.get("omit"), "omit"),
        terms,
    )
    geo = given.get("geoQ") or {}
    if not isinstance(geo, dict):
        raise bad("geoQ is an object.", "geoQ 应为对象。")
    selection = Selection(
        _selectors(given.get("entities"), terms),
        _read(given.get("q"), terms),
        read_geo(geo.get("georel"), geo.get("geometry"), geo.get("coordinates"),
                 geo.get("geoproperty"), terms),
        _scopes(given.get("scopeQ")),
        tuple(projection.needed),
    )  # fmt: skip
    return selection, projection


def _selectors(given: Any, terms: Terms) -> tuple[Selector, ...]:
    if given is None:
        return ()
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise bad("entities is a list of selectors.", "entities 应为选择条件的列表。")
    return tuple(
        make_selector(one.get("type"), one.get("id"), one.get("idPattern"), terms) for one in given
    )


def _read(text: Any, terms: Terms) -> Tree[Condition] | None:
    if text is None:
        return None
    if not isinstance(text, str) or not text:
        raise bad("q is a text.", "q 应为文字。")
    return read_q(text, terms)


def _scopes(text: Any) -> Tree[str] | None:
    if text is None:
        return None
    if not isinstance(text, str):
        raise bad("scopeQ is a text.", "scopeQ 应为文字。")
    return read_scope_query(text)
