"""Geometry as GeoJSON in WGS 84 longitude and latitude (CRS84): reading, checks, predicates. Pure.

Predicates are those of OGC 06-103r4 as GEOS computes them, planar in longitude and latitude: edges
are straight there (RFC 7946, section 3.1.1). Rings that cross themselves are kept as they came and
are made valid for the computation alone. Geometries that cross the antimeridian are cut there, as
RFC 7946, section 3.1.9, asks; an uncut one is taken the long way round. Metres: see kit/earth.py.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal, TypeAlias, get_args

import shapely
from shapely.errors import GEOSException
from shapely.geometry.base import BaseGeometry

from chaintwin.kit.problems import InputProblem

Shape: TypeAlias = BaseGeometry
Box = tuple[float, float, float, float]  # west, south, east, north; degrees
Predicate = Literal[
    "intersects", "within", "contains", "overlaps", "equals", "disjoint", "touches", "crosses"
]
PREDICATES: tuple[Predicate, ...] = get_args(Predicate)

# How deep positions lie in the coordinates of a type, and how many positions a line there needs.
_DEPTHS: Mapping[str, tuple[int, int]] = {
    "Point": (0, 1),
    "MultiPoint": (1, 1),
    "LineString": (1, 2),
    "MultiLineString": (2, 2),
    "Polygon": (2, 4),
    "MultiPolygon": (3, 4),
}
_TYPES = frozenset({*_DEPTHS, "GeometryCollection"})
_HOLDS: Mapping[Predicate, Callable[[Shape, Shape], Any]] = {
    "intersects": shapely.intersects,
    "within": shapely.within,
    "contains": shapely.contains,
    "overlaps": shapely.overlaps,
    "equals": shapely.equals,
    "disjoint": shapely.disjoint,
    "touches": shapely.touches,
    "crosses": shapely.crosses,
}


def geometry_in(data: Any) -> Mapping[str, Any] | None:
    """Return the GeoJSON geometry that data is, or holds as the value (v) of an attribute."""
    for found in (data, data.get("v") if isinstance(data, Mapping) else None):
        if isinstance(found, Mapping) and found.get("type") in _TYPES:
            return found
    return None


def check_geometry(given: Any) -> Mapping[str, Any]:
    """Return a GeoJSON geometry; raise InputProblem with what is wrong with it.

    All seven types of RFC 7946, longitude before latitude, closed rings; further numbers of a
    position (height) are kept. A `crs` other than CRS84 is refused: nothing is converted.
    """
    kind = given.get("type") if isinstance(given, Mapping) else None
    if kind not in _TYPES:
        raise _wrong(f"类型“{kind}”未知", f"the type “{kind}” is unknown")
    _check_crs(given.get("crs"))
    if kind == "GeometryCollection":
        parts = given.get("geometries")
        if not isinstance(parts, Sequence) or not parts:
            raise _wrong("geometries 为空", "geometries is empty")
        for part in parts:
            check_geometry(part)
        return given  # type: ignore[no-any-return]
    depth, least = _DEPTHS[kind]
    _check_positions(given.get("coordinates"), depth, least, kind.endswith("Polygon"))
    return given  # type: ignore[no-any-return]


def read_shape(given: Any) -> Shape:
    """Return a GeoJSON geometry as a shape, as it came; raise InputProblem when it is none."""
    geometry = check_geometry(given)
    try:
        return shapely.from_geojson(json.dumps(geometry))
    except GEOSException as error:
        raise _wrong(f"GEOS 不接受({error})", f"GEOS refuses it ({error})") from error


def write_shape(shape: Shape) -> dict[str, Any]:
    """Return a shape as a GeoJSON geometry."""
    found: dict[str, Any] = json.loads(shapely.to_geojson(shape))
    return found


def box_shape(box: Box) -> Shape:
    """Return a box as a shape; one whose west lies beyond its east crosses the antimeridian."""
    return shapely.union_all([shapely.box(*part) for part in cut_box(box)])


def cut_box(box: Box) -> list[Box]:
    """Return a box, or its two parts where it crosses the antimeridian (west beyond east)."""
    west, south, east, north = box
    if west <= east:
        return [box]
    return [(west, south, 180.0, north), (-180.0, south, east, north)]


def bounds(geometry: Mapping[str, Any]) -> Box | None:
    """Return the box around a GeoJSON geometry; None where it holds no position."""
    positions = list(_positions(geometry))
    if not positions:
        return None
    easts, norths = [one[0] for one in positions], [one[1] for one in positions]
    return min(easts), min(norths), max(easts), max(norths)


def holds(predicate: Predicate, shape: Shape, reference: Shape) -> bool:
    """Tell whether a predicate holds, read as “shape predicate reference”."""
    return bool(_HOLDS[predicate](made_valid(shape), made_valid(reference)))


def made_valid(shape: Shape) -> Shape:
    """Return a shape as GEOS can compute with it: crossing rings become several polygons.

    Polygons of one shape that overlap are taken together; no hole is made where they do.
    """
    if shapely.is_valid(shape):
        return shape
    return shapely.make_valid(shape, method="structure", keep_collapsed=True)


def _positions(geometry: Mapping[str, Any]) -> Iterator[Sequence[float]]:
    if geometry.get("type") == "GeometryCollection":
        for part in geometry.get("geometries") or ():
            yield from _positions(part)
        return
    waiting: list[Any] = [geometry.get("coordinates")]
    while waiting:
        found = waiting.pop()
        if _is_position(found):
            yield found
        elif isinstance(found, list):
            waiting += found


def _is_position(given: Any) -> bool:
    return (
        isinstance(given, list)
        and len(given) >= 2
        and all(isinstance(number, int | float) for number in given)
        and not any(isinstance(number, bool) for number in given)
    )


def _check_positions(given: Any, depth: int, least: int, is_ring: bool) -> None:
    if depth == 0:
        _check_position(given)
        return
    if not isinstance(given, list) or not given:
        raise _wrong("coordinates 为空或不是数组", "coordinates is empty or no array")
    for part in given:
        _check_positions(part, depth - 1, least, is_ring)
    if depth > 1:
        return
    if len(given) < least:
        raise _wrong(
            f"一条线至少 {least} 个点,只有 {len(given)} 个",
            f"a line needs at least {least} positions, not {len(given)}",
        )
    if is_ring and given[0] != given[-1]:
        raise _wrong("环没有闭合(首尾点应相同)", "a ring is not closed (first and last must agree)")


def _check_position(given: Any) -> None:
    if not _is_position(given) or not all(map(math.isfinite, given)):
        raise _wrong(f"坐标 {given} 不是两个数字", f"the position {given} is not two numbers")
    east, north = given[:2]
    if abs(east) <= 180 and abs(north) <= 90:
        return
    if abs(north) <= 180 and abs(east) <= 90:
        raise _wrong(
            f"坐标 {given} 的纬度超出 ±90,应先写经度、后写纬度",
            f"the latitude of {given} is beyond ±90: longitude comes first",
        )
    raise _wrong(
        f"坐标 {given} 超出经度 ±180、纬度 ±90,应为 WGS 84 经纬度",
        f"the position {given} is beyond longitude ±180 or latitude ±90 of WGS 84",
    )


def _check_crs(crs: Any) -> None:
    if crs is not None and "CRS84" not in json.dumps(crs):
        raise _wrong(
            "只接受 CRS84(WGS 84 经纬度),请先转换坐标",
            "only CRS84 (WGS 84 longitude and latitude) is accepted: convert it first",
        )


def _wrong(zh: str, en: str) -> InputProblem:
    return InputProblem(f"GeoJSON 几何有误:{zh}。请更正。", f"Not a GeoJSON geometry: {en}.")
