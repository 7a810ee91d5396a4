"""GeoJSON geometries of GeoProperty values (RFC 7946, clause 4.7); crossing rings are let pass."""

from __future__ import annotations

from typing import Any

from chaintwin.web.ngsi.errors import bad

# How deeply coordinates are nested, and how many positions each innermost list needs.
_DEPTHS = {
    "Point": (0, 1),
    "MultiPoint": (1, 0),
    "LineString": (1, 2),
    "MultiLineString": (2, 2),
    "Polygon": (2, 4),
    "MultiPolygon": (3, 4),
}
GEOMETRIES = frozenset({*_DEPTHS, "GeometryCollection"})


def is_geometry(given: Any) -> bool:
    """Tell whether a value is meant as a geometry."""
    return (
        isinstance(given, dict)
        and isinstance(given.get("type"), str)
        and given["type"] in GEOMETRIES
        and ("coordinates" in given or "geometries" in given)
    )


def check_geometry(given: Any, name: str) -> dict[str, Any]:
    """Return a geometry; raise BadRequest when it is none."""
    if not is_geometry(given) or not _is_sound(given):
        raise bad(
            f"The value of “{name}” is no GeoJSON geometry.",
            f"“{name}”的值不是 GeoJSON 几何图形。",
        )
    found: dict[str, Any] = given
    return found


def _is_sound(given: dict[str, Any]) -> bool:
    if given["type"] == "GeometryCollection":
        parts = given.get("geometries")
        return isinstance(parts, list) and all(is_geometry(p) and _is_sound(p) for p in parts)
    depth, least = _DEPTHS[given["type"]]
    return _fits(given.get("coordinates"), depth, least, closed=given["type"].endswith("Polygon"))


def _fits(coordinates: Any, depth: int, least: int, *, closed: bool) -> bool:
    if depth == 0:
        return is_position(coordinates)
    if not isinstance(coordinates, list):
        return False
    if depth == 1:
        return (
            len(coordinates) >= least
            and all(map(is_position, coordinates))
            and (not closed or coordinates[0] == coordinates[-1])
        )
    return bool(coordinates) and all(
        _fits(part, depth - 1, least, closed=closed) for part in coordinates
    )


def is_position(given: Any) -> bool:
    """Tell whether a value is a position: two or three numbers, longitude first."""
    return (
        isinstance(given, list)
        and 2 <= len(given) <= 4
        and all(isinstance(n, int | float) and not isinstance(n, bool) for n in given)
        and -180 <= given[0] <= 180
        and -90 <= given[1] <= 90
    )
