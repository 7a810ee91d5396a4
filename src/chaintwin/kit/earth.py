"""Distances, lengths, areas and buffers in metres on the WGS 84 ellipsoid. Pure.

Geodesics after C. F. F. Karney, Algorithms for geodesics, J. Geodesy 87 (2013) 43-55. The distance
of two points is exact. For other shapes the two nearest points are sought by GEOS in a plane in
which longitude is narrowed by the cosine of their latitude, and their geodesic distance is given:
at 300 km it may be 0.5 % too long, at 50 km 0.01 %. Lengths and areas take the given positions
as joined by geodesics. Shapes are taken the short way round the antimeridian. Buffers are GEOS's
in the azimuthal equidistant plane about the middle of the shape, edges laid there piece by piece.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import shapely
from geographiclib.geodesic import Geodesic

from chaintwin.kit.problems import InputProblem
from chaintwin.kit.shapes import Box, Shape, made_valid

MU_M2 = 10_000 / 15  # 亩: 15 亩 are one hectare
FURTHEST_BUFFER_M = 500_000.0

_WGS84 = Geodesic.WGS84
_NEAREST_ROUNDS = 3
# Degrees; a piece of a parallel 1.5 km long bulges by 4 cm in the plane.
_PIECE = 0.02
_MOST_PIECES = 2_000
# Edges of a quarter of a round corner: a circle then lacks 0.04 % of its area.
_QUARTER = 32
# Metres in a degree of latitude at the equator, where it is shortest.
_DEGREE_M = 110_574.0


def distance_m(one: Shape, other: Shape) -> float:
    """Return the geodesic distance of two shapes in metres, 0 where they meet."""
    other = _beside(one, other)
    if shapely.intersects(made_valid(one), made_valid(other)):
        return 0.0
    latitude = (_centre(one)[1] + _centre(other)[1]) / 2
    start = end = (0.0, 0.0)
    for _ in range(_NEAREST_ROUNDS):
        start, end = _nearest(one, other, latitude)
        latitude = (start[1] + end[1]) / 2
    return _between(start, end)


def length_m(shape: Shape) -> float:
    """Return the length of lines, or of the rings of polygons, in metres; points have none."""
    parts = _parts(shape)
    rings = [ring for part in parts if part.geom_type == "Polygon" for ring in _rings(part)]
    return sum(map(_length, rings + [part for part in parts if part.geom_type == "LineString"]))


def area_m2(shape: Shape) -> float:
    """Return the area of polygons in square metres; points and lines have none."""
    return sum(
        _ring_area(part.exterior) - sum(map(_ring_area, part.interiors))
        for part in _parts(made_valid(shape))
        if part.geom_type == "Polygon"
    )


def buffered(shape: Shape, metres: float) -> Shape:
    """Return what lies within so many metres of a shape; raise InputProblem beyond 500 km."""
    if not 0 <= metres <= FURTHEST_BUFFER_M:
        raise InputProblem(
            f"缓冲距离应为 0–{FURTHEST_BUFFER_M:.0f} 米,得到 {metres:g}。请改小。",
            f"A buffer is 0 to {FURTHEST_BUFFER_M:.0f} metres wide, not {metres:g}. Make it less.",
        )
    east, north = _centre(shape)
    pieces = shapely.segmentize(
        made_valid(shape), max(_PIECE, shapely.length(shape) / _MOST_PIECES)
    )
    plane = _mapped(pieces, lambda at: _to_plane(east, north, at))
    return _cut(
        _mapped(
            shapely.buffer(plane, metres, quad_segs=_QUARTER),
            lambda at: _from_plane(east, north, at),
        )
    )


def box_around(box: Box, metres: float) -> Box:
    """Return a box that holds all within so many metres; its west may lie beyond its east."""
    west, south, east, north = box
    degrees = metres / _DEGREE_M * 1.01
    south, north = south - degrees, north + degrees
    widest = max(abs(south), abs(north))
    if widest >= 89:
        return -180.0, max(south, -90.0), 180.0, min(north, 90.0)
    aside = degrees / math.cos(math.radians(widest))
    if east - west + 2 * aside >= 360:
        return -180.0, south, 180.0, north
    return _wrapped(west - aside), south, _wrapped(east + aside), north


def _wrapped(longitude: float) -> float:
    return (longitude + 180) % 360 - 180 if abs(longitude) > 180 else longitude


def _centre(shape: Shape) -> tuple[float, float]:
    west, south, east, north = shape.bounds
    return (west + east) / 2, (south + north) / 2


def _beside(one: Shape, other: Shape) -> Shape:
    """Return the other shape moved by whole turns to where it lies nearest."""
    turns = round((_centre(one)[0] - _centre(other)[0]) / 360)
    if not turns:
        return other
    return shapely.transform(other, lambda at: at + np.array([360.0 * turns, 0.0]))


def _nearest(
    one: Shape, other: Shape, latitude: float
) -> tuple[tuple[float, float], tuple[float, float]]:
    narrowed = max(math.cos(math.radians(latitude)), 1e-6)
    scale = np.array([narrowed, 1.0])
    flat = [shapely.transform(shape, lambda at: at * scale) for shape in (one, other)]
    ends = shapely.get_coordinates(shapely.shortest_line(*flat)) / scale
    return tuple(ends[0]), tuple(ends[1])


def _between(start: Sequence[float], end: Sequence[float]) -> float:
    found: float = _WGS84.Inverse(start[1], start[0], end[1], end[0], Geodesic.DISTANCE)["s12"]
    return found


def _length(line: Shape) -> float:
    at = line.coords
    return sum(_between(at[i], at[i + 1]) for i in range(len(at) - 1))


def _ring_area(ring: Shape) -> float:
    polygon = _WGS84.Polygon()
    for east, north, *_ in ring.coords[:-1]:
        polygon.AddPoint(north, east)
    _, _, area = polygon.Compute(False, True)
    return abs(float(area))


def _rings(polygon: Shape) -> list[Shape]:
    return [polygon.exterior, *polygon.interiors]


def _parts(shape: Shape) -> list[Shape]:
    if shape.geom_type in ("GeometryCollection", "MultiPolygon", "MultiLineString", "MultiPoint"):
        return [part for one in shape.geoms for part in _parts(one)]
    return [shape]


def _mapped(shape: Shape, move: Callable[[Sequence[float]], tuple[float, float]]) -> Shape:
    return shapely.transform(shape, lambda all_at: np.array([move(at) for at in all_at]))


def _to_plane(east: float, north: float, at: Sequence[float]) -> tuple[float, float]:
    line: dict[str, Any] = _WGS84.Inverse(north, east, at[1], at[0])
    bearing = math.radians(line["azi1"])
    return line["s12"] * math.sin(bearing), line["s12"] * math.cos(bearing)


def _from_plane(east: float, north: float, at: Sequence[float]) -> tuple[float, float]:
    bearing = math.degrees(math.atan2(at[0], at[1]))
    wanted = Geodesic.LATITUDE | Geodesic.LONGITUDE | Geodesic.LONG_UNROLL
    line: dict[str, Any] = _WGS84.Direct(north, east, bearing, math.hypot(at[0], at[1]), wanted)
    return line["lon2"], line["lat2"]


def _cut(shape: Shape) -> Shape:
    """Return a shape cut at the antimeridian, its parts within ±180."""
    west, _, east, _ = shape.bounds
    if west >= -180 and east <= 180:
        return shape
    turns = [360.0 * turn for turn in (-1, 0, 1)]
    moved = [shapely.transform(shape, lambda at, by=by: at + np.array([by, 0.0])) for by in turns]
    return shapely.union_all(shapely.intersection(moved, shapely.box(-180, -90, 180, 90)))
