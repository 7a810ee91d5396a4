"""Geo-queries (clause 4.10): near, and the relations of OGC 06-103r4. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from chaintwin.kit.earth import distance_m
from chaintwin.kit.problems import InputProblem
from chaintwin.kit.shapes import Predicate, Shape, holds, read_shape
from chaintwin.web.ngsi.errors import bad
from chaintwin.web.ngsi.incoming import Entity, expand_name
from chaintwin.web.ngsi.shapes import check_geometry
from chaintwin.web.ngsi.terms import Terms

LOCATION = "https://uri.etsi.org/ngsi-ld/location"
_NEAR = re.compile(r"near;(max|min)Distance==(\d+(?:\.\d+)?)")
_PREDICATES = frozenset({"within", "contains", "overlaps", "intersects", "equals", "disjoint"})


@dataclass(frozen=True, slots=True)
class GeoQuery:
    """A condition on a GeoProperty; `metres` belongs to near, as a greatest or least distance."""

    predicate: str
    shape: Shape
    geometry: dict[str, Any]
    attribute: str = LOCATION
    metres: float = 0.0
    is_least: bool = False


def read_geo(
    georel: Any, geometry: Any, coordinates: Any, geoproperty: Any, terms: Terms
) -> GeoQuery | None:
    """Return a geo-query; None where none was asked for.

    Raises BadRequest unless georel, geometry and coordinates come together and are sound.
    """
    given = (georel, geometry, coordinates)
    if all(one is None for one in given):
        if geoproperty is not None:
            raise bad("geoproperty goes with georel.", "geoproperty 须与 georel 同用。")
        return None
    if any(one is None for one in given):
        raise bad(
            "georel, geometry and coordinates come together.",
            "georel、geometry、coordinates 须同时给出。",
        )
    attribute = LOCATION if geoproperty is None else expand_name(geoproperty, terms)
    found = check_geometry({"type": geometry, "coordinates": _numbers(coordinates)}, "coordinates")
    try:
        shape = read_shape(found)
    except InputProblem as problem:
        raise bad(problem.en, problem.zh) from problem
    predicate, metres, is_least = _relation(georel)
    return GeoQuery(predicate, shape, found, attribute, metres, is_least)


def _relation(georel: Any) -> tuple[str, float, bool]:
    text = str(georel)
    near = _NEAR.fullmatch(text)
    if near is not None:
        return "near", float(near[2]), near[1] == "min"
    if text not in _PREDICATES:
        raise bad(
            f"There is no georel “{text}”; near needs maxDistance or minDistance.",
            f"没有 georel“{text}”；near 须带 maxDistance 或 minDistance。",
        )
    return text, 0.0, False


def _numbers(coordinates: Any) -> Any:
    if not isinstance(coordinates, str):
        return coordinates
    try:
        return json.loads(coordinates)
    except (ValueError, RecursionError):
        raise bad("coordinates is a JSON array.", "coordinates 应为 JSON 数组。") from None


def fits_geo(query: GeoQuery, entity: Entity) -> bool:
    """Tell whether a geometry of an entity fits a geo-query."""
    return any(_fits(query, shape) for shape in _shapes(query, entity))


def _shapes(query: GeoQuery, entity: Entity) -> Iterator[Shape]:
    for instance in entity.attributes.get(query.attribute, ()):
        if instance["type"] == "GeoProperty":
            try:
                yield read_shape(instance["value"])
            except InputProblem:
                continue


def _fits(query: GeoQuery, shape: Shape) -> bool:
    if query.predicate == "near":
        distance = distance_m(shape, query.shape)
        return distance >= query.metres if query.is_least else distance <= query.metres
    return holds(cast("Predicate", query.predicate), shape, query.shape)
