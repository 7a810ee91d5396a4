"""Geometry answers agree with Shapely and with geodesy; bad GeoJSON is refused with the way out."""

from __future__ import annotations

import json
import math
import random

import pytest
import shapely
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from chaintwin.kit import earth
from chaintwin.kit.problems import InputProblem
from chaintwin.kit.shapes import (
    PREDICATES,
    Shape,
    bounds,
    box_shape,
    check_geometry,
    geometry_in,
    holds,
    read_shape,
    write_shape,
)

# The WGS 84 ellipsoid: half the major axis in metres, and the square of the eccentricity.
_A, _E2 = 6_378_137.0, 0.00669437999014131


def degrees(low: float, high: float) -> st.SearchStrategy[float]:
    # A coarse grid lets shapes touch, coincide and lie inside one another now and then.
    return st.integers(int(low * 4), int(high * 4)).map(lambda n: n / 4)


positions = st.tuples(degrees(120, 126), degrees(41, 46))
points = positions.map(shapely.Point)
lines = st.lists(positions, min_size=2, max_size=5, unique=True).map(shapely.LineString)
rings = (
    st.lists(positions, min_size=3, max_size=6, unique=True)
    .map(shapely.Polygon)
    .filter(lambda ring: shapely.make_valid(ring).area > 0)
)
several = st.lists(rings, min_size=1, max_size=3).map(shapely.MultiPolygon)
shapes = st.one_of(points, lines, rings, several)


def county(wide: Shape) -> Shape:
    """Return a shape at the size of a county, some 50 km across."""
    return shapely.transform(wide, lambda at: at / 10 + (113.0, 39.0))


def as_read(shape: Shape) -> Shape:
    return read_shape(json.loads(shapely.to_geojson(shape)))


@settings(max_examples=150, deadline=None)
@given(shapes, shapes, st.sampled_from(PREDICATES))
def test_predicates_are_those_of_shapely(one: Shape, other: Shape, predicate: str) -> None:
    # Crossing rings have no predicate of their own in the standard: compare what they enclose.
    # Overlapping polygons of one shape are taken together.
    clean = [
        shape if shape.is_valid else shapely.union_all(
            [shapely.make_valid(part) for part in shapely.get_parts(shape)])
        for shape in (one, other)
    ]  # fmt: skip

    said = holds(predicate, as_read(one), as_read(other))  # type: ignore[arg-type]

    assert said == bool(getattr(clean[0], predicate)(clean[1]))


@settings(max_examples=100, deadline=None)
@given(shapes)
def test_a_geometry_comes_back_as_it_went_in(shape: Shape) -> None:
    written = json.loads(shapely.to_geojson(shape))

    assert write_shape(read_shape(written)) == written
    assert bounds(written) == shape.bounds


# Shrinking would take minutes: a geodesic costs 60 µs.
@settings(max_examples=40, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(shapes.map(county), shapes.map(county))
def test_no_two_points_of_shapes_lie_nearer_than_their_distance(one: Shape, other: Shape) -> None:
    found = earth.distance_m(one, other)

    # Corners alone are too few: edges are walked in steps of a kilometre.
    walked = [shapely.get_coordinates(shapely.segmentize(shape, 0.01)) for shape in (one, other)]
    near = sorted(
        ((a, b) for a in walked[0] for b in walked[1]),
        key=lambda pair: math.hypot((pair[0][0] - pair[1][0]) * 0.72, pair[0][1] - pair[1][1]),
    )[:10]
    least = min(earth.distance_m(shapely.Point(a), shapely.Point(b)) for a, b in near)
    assert found <= least * 1.0001
    if shapely.make_valid(one).intersects(shapely.make_valid(other)):
        assert found == 0


def test_a_nearest_point_inside_an_edge_is_found() -> None:
    line = shapely.LineString([(125.0, 43.0), (127.0, 45.0)])
    point = shapely.Point(125.5, 44.5)

    found = earth.distance_m(point, line)

    steps = [line.interpolate(n / 5_000, normalized=True) for n in range(5_001)]
    least = min(earth.distance_m(point, step) for step in steps)
    assert found == pytest.approx(least, rel=1e-4)


@pytest.mark.parametrize(
    ("start", "end", "metres"),
    [
        # A degree of the equator and of a meridian at the equator follow from the ellipsoid's axes.
        ((10.0, 0.0), (11.0, 0.0), math.radians(1) * _A),
        ((125.0, -0.005), (125.0, 0.005), math.radians(0.01) * _A * (1 - _E2)),
        ((179.5, 0.0), (-179.5, 0.0), math.radians(1) * _A),
    ],
)
def test_distances_of_points_are_those_of_the_ellipsoid(
    start: tuple[float, float], end: tuple[float, float], metres: float
) -> None:
    assert earth.distance_m(shapely.Point(start), shapely.Point(end)) == pytest.approx(
        metres, rel=1e-8
    )


def _zone_m2(south: float, north: float, width: float) -> float:
    """Area between two parallels (J. P. Snyder, Map Projections, USGS 1395, equation 3-12)."""
    e = math.sqrt(_E2)

    def q(latitude: float) -> float:
        sine = math.sin(math.radians(latitude))
        part = math.log((1 - e * sine) / (1 + e * sine)) / (2 * e)
        return (1 - _E2) * (sine / (1 - _E2 * sine**2) - part)

    return math.radians(width) * _A**2 / 2 * (q(north) - q(south))


@pytest.mark.parametrize("south", [0.0, 22.5, 43.8, 60.0])
def test_areas_are_those_of_the_ellipsoid(south: float) -> None:
    cell = shapely.box(125.0, south, 125.01, south + 0.01)
    hole = shapely.box(125.002, south + 0.002, 125.004, south + 0.004)

    assert earth.area_m2(cell) == pytest.approx(_zone_m2(south, south + 0.01, 0.01), rel=1e-6)
    assert earth.area_m2(shapely.difference(cell, hole)) == pytest.approx(
        earth.area_m2(cell) - earth.area_m2(hole)
    )


def test_polygons_of_one_shape_that_overlap_leave_no_hole() -> None:
    shape = read_shape(
        {
            "type": "MultiPolygon",
            "coordinates": [
                [[[125.0, 43.0], [125.2, 43.0], [125.2, 43.2], [125.0, 43.2], [125.0, 43.0]]],
                [[[125.1, 43.1], [125.3, 43.1], [125.3, 43.3], [125.1, 43.3], [125.1, 43.1]]],
            ],
        }
    )

    assert holds("contains", shape, shapely.Point(125.15, 43.15))
    assert shapely.get_num_interior_rings(shapely.union_all(earth.buffered(shape, 100))) == 0


@settings(max_examples=15, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(shapes.map(county), st.integers(50, 20_000))
def test_the_edge_of_a_buffer_lies_as_far_away_as_asked(shape: Shape, metres: int) -> None:
    buffer = earth.buffered(shape, metres)

    corners = shapely.get_coordinates(buffer)
    for at in random.Random(5).sample(list(corners), 8):
        assert earth.distance_m(shapely.Point(at), shape) == pytest.approx(metres, rel=0.003)
    assert earth.area_m2(buffer) > earth.area_m2(shape)


def test_a_buffer_over_the_antimeridian_is_cut_there() -> None:
    buffer = earth.buffered(shapely.Point(179.99, 10.0), 5_000)

    assert buffer.bounds[0] == -180
    assert buffer.bounds[2] == 180
    assert buffer.covers(shapely.Point(-179.98, 10.0))
    assert not buffer.covers(shapely.Point(0.0, 10.0))
    assert earth.area_m2(buffer) == pytest.approx(math.pi * 5_000**2, rel=0.01)


@pytest.mark.parametrize("at", [(125.0, 43.0), (179.99, -44.0), (0.0, 88.9)])
def test_a_box_around_a_point_holds_all_that_is_near(at: tuple[float, float]) -> None:
    around = box_shape(earth.box_around((*at, *at), 3_000))
    rng = random.Random(3)

    edge = shapely.get_coordinates(earth.buffered(shapely.Point(at), 3_000))

    assert all(around.covers(shapely.Point(one)) for one in rng.sample(list(edge), 20))
    assert not around.covers(shapely.Point(at[0] - 90, 0))


def test_length_is_the_sum_of_the_edges() -> None:
    line = shapely.LineString([(125, 43), (125, 44), (126, 44)])

    assert earth.length_m(line) == pytest.approx(
        earth.distance_m(shapely.Point(125, 43), shapely.Point(125, 44))
        + earth.distance_m(shapely.Point(125, 44), shapely.Point(126, 44))
    )
    assert earth.length_m(shapely.box(125, 43, 126, 44)) > earth.length_m(line)
    assert earth.length_m(shapely.Point(1, 1)) == 0


CROSSING = {"type": "Polygon", "coordinates": [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]}


def test_a_ring_that_crosses_itself_is_taken_and_kept() -> None:
    shape = read_shape(CROSSING)

    assert json.loads(json.dumps(write_shape(shape))) == json.loads(shapely.to_geojson(shape))
    assert shapely.get_num_coordinates(shape) == 5
    assert holds("intersects", shapely.Point(0.3, 1), shape)
    assert not holds("intersects", shapely.Point(1, 0.3), shape)
    assert earth.area_m2(shape) > 0


WRONG = {
    "类型": {"type": "Circle", "coordinates": [0, 0]},
    "先写经度": {"type": "Point", "coordinates": [43.8, 125.3]},
    "超出经度": {"type": "Point", "coordinates": [500000.0, 4800000.0]},
    "不是两个数字": {"type": "Point", "coordinates": ["125.3", "43.8"]},
    "没有闭合": {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]},
    "至少 4 个点": {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [0, 0]]]},
    "至少 2 个点": {"type": "LineString", "coordinates": [[0, 0]]},
    "为空": {"type": "MultiPoint", "coordinates": []},
    "geometries 为空": {"type": "GeometryCollection", "geometries": []},
    "只接受 CRS84": {
        "type": "Point", "coordinates": [1, 2],
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}},
    },
}  # fmt: skip


@pytest.mark.parametrize("said", WRONG)
def test_what_is_no_geometry_is_refused_with_the_reason(said: str) -> None:
    with pytest.raises(InputProblem, match=said):
        check_geometry(WRONG[said])


def test_a_geometry_is_found_also_inside_the_value_of_an_attribute() -> None:
    assert geometry_in({"t": "GeoProperty", "v": CROSSING}) == CROSSING
    assert geometry_in(CROSSING) == CROSSING
    assert geometry_in({"type": "Building"}) is None
    assert geometry_in("Point") is None
