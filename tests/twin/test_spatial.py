"""Bodies are found and measured where they lie, as Shapely says over all of them."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest
import shapely
from tests.twin.forks import room
from tests.twin.test_facts import an_officer

from chaintwin.access.asker import platform_asker
from chaintwin.engine.postgres import Cluster
from chaintwin.kit import earth
from chaintwin.kit.clock import FixedClock
from chaintwin.kit.problems import InputProblem
from chaintwin.kit.shapes import PREDICATES, Shape
from chaintwin.model.fact import Label, Statement, Subject, Value
from chaintwin.twin.branches import fork
from chaintwin.twin.spatial import Where, find_nearest, find_shaped, overlay, sum_up
from chaintwin.twin.twin import Twin
from chaintwin.twin.verify import verify

COUNT = 150


def parcel(number: int) -> Subject:
    return Subject("Parcel", (("parcel_code", f"P{number}"),))


def geometry(shape: Shape) -> Value:
    return Value(data=json.loads(shapely.to_geojson(shape)))


def random_shape(rng: random.Random) -> Shape:
    east, north = 124 + rng.randrange(40) / 40, 43 + rng.randrange(40) / 40
    size = rng.choice((0.025, 0.05, 0.2))
    kind = rng.randrange(4)
    if kind == 0:
        return shapely.Point(east, north)
    if kind == 1:
        return shapely.LineString([(east, north), (east + size, north + size / 2)])
    if kind == 2:
        return shapely.Polygon([(east, north), (east + size, north), (east, north + size)])
    return shapely.box(east, north, east + size, north + size)


@pytest.fixture
def laid(twin: Twin) -> dict[int, Shape]:
    """Many parcels with their shapes by body; stated again by each test, which adds nothing."""
    rng = random.Random(20261101)
    shapes = [random_shape(rng) for _ in range(COUNT)]
    with twin.change(platform_asker(), reason="登记", source="register") as changes:
        for number, shape in enumerate(shapes):
            changes.record(
                [
                    Statement(parcel(number), "name", Value(text=f"地块{number}")),
                    Statement(parcel(number), "geometry", geometry(shape)),
                ]
            )
            if number % 3:
                changes.record(
                    [Statement(parcel(number), "area_mu", Value(number=Decimal(number)))]
                )
        bodies = [changes.body("Parcel", *parcel(n).keys) for n in range(COUNT)]
    return dict(zip(bodies, shapes, strict=True))


@pytest.mark.parametrize("predicate", PREDICATES)
def test_a_predicate_finds_what_shapely_finds(
    twin: Twin, laid: dict[int, Shape], predicate: str
) -> None:
    rng = random.Random(predicate)
    found = 0

    with twin.view(platform_asker()) as view:
        for _ in range(12):
            asked = rng.choice([random_shape(rng), *rng.sample(list(laid.values()), 2)])
            where = Where(asked, predicate)  # type: ignore[arg-type]

            answer = [one.state.body for one in find_shaped(view, "Parcel", where)]

            right = [body for body, shape in laid.items() if getattr(shape, predicate)(asked)]
            assert answer == sorted(right)
            found += len(right)
    assert found


def test_what_is_near_lies_between_the_distances(twin: Twin, laid: dict[int, Shape]) -> None:
    centre = shapely.Point(124.5, 43.5)
    away = {body: earth.distance_m(shape, centre) for body, shape in laid.items()}

    with twin.view(platform_asker()) as view:
        within = find_shaped(view, "Parcel", Where(centre, most_m=30_000))
        ring = find_shaped(view, "Parcel", Where(centre, least_m=10_000, most_m=30_000))
        beyond = find_shaped(view, "Parcel", Where(centre, least_m=30_000))

        assert {one.state.body for one in within} == {b for b, m in away.items() if m <= 30_000}
        assert {one.state.body for one in ring} == {
            b for b, m in away.items() if 10_000 <= m <= 30_000
        }
        assert {one.state.body for one in beyond} == {b for b, m in away.items() if m >= 30_000}


def test_the_nearest_come_in_order_of_distance(twin: Twin, laid: dict[int, Shape]) -> None:
    here = shapely.Point(124.21, 43.43)
    right = sorted(
        (earth.distance_m(shape, here), body)
        for body, shape in laid.items()
    )  # fmt: skip

    with twin.view(platform_asker()) as view:
        found = find_nearest(view, "Parcel", here, 7)
        close = find_nearest(view, "Parcel", here, 7, most_m=right[2][0])

    assert [metres for _, metres in found] == [metres for metres, _ in right[:7]]
    assert {one.state.body for one, _ in close} == {body for _, body in right[:3]}


def test_an_overlay_gives_the_shared_area(twin: Twin, laid: dict[int, Shape]) -> None:
    lasso = shapely.Polygon([(124.1, 43.1), (124.7, 43.2), (124.5, 43.8)])

    with twin.view(platform_asker()) as view:
        found = {one.shaped.state.body: one for one in overlay(view, "Parcel", lasso)}

    assert found.keys() == {body for body, shape in laid.items() if shape.intersects(lasso)}
    for body, one in found.items():
        assert one.area_m2 == pytest.approx(earth.area_m2(laid[body].intersection(lasso)))
        if laid[body].area:
            assert one.share == pytest.approx(
                laid[body].intersection(lasso).area / laid[body].area, rel=0.02
            )
        else:
            assert one.share is None


def test_a_selection_sums_what_is_known_and_counts_what_is_not(
    twin: Twin, laid: dict[int, Shape]
) -> None:
    lasso = shapely.box(124.2, 43.2, 124.8, 43.8)
    numbers = dict(enumerate(laid))
    inside = [n for n, body in numbers.items() if laid[body].within(lasso)]

    with twin.view(platform_asker()) as view:
        kind = view.kinds.get("Parcel")
        came = sum_up(kind, find_shaped(view, "Parcel", Where(lasso, "within")))

    area = next(one for one in came.sums if one.attribute == "area_mu")
    assert came.count == len(inside)
    assert area.known == len([n for n in inside if n % 3])
    assert area.known + area.unknown == came.count
    assert area.total == sum(n for n in inside if n % 3)
    power = next(one for one in came.sums if one.attribute == "power_kva")
    assert (power.known, power.total) == (0, None)


def test_a_box_over_the_antimeridian_finds_both_sides(twin: Twin) -> None:
    with twin.change(platform_asker(), reason="登记", source="register") as changes:
        for number, east in ((901, 179.5), (902, -179.5), (903, 0.0)):
            changes.record(
                [Statement(parcel(number), "geometry", geometry(shapely.Point(east, 5)))]
            )

    with twin.view(platform_asker()) as view:
        found = list(find_shaped(view, "Parcel", Where(box=(179.0, 0.0, -179.0, 10.0))))
        near = find_nearest(view, "Parcel", shapely.Point(179.9, 5), 2)

    assert {one.shape.x for one in found} == {179.5, -179.5}
    assert [one.shape.x for one, _ in near] == [179.5, -179.5]


def test_the_past_is_searched_by_what_was_known_then(twin: Twin, clock: FixedClock) -> None:
    there = Where(shapely.box(10, 10, 11, 11), "within")
    subject = parcel(910)
    with twin.change(platform_asker(), reason="登记", source="register") as changes:
        changes.record([Statement(subject, "geometry", geometry(shapely.Point(10.5, 10.5)))])
    before = clock.now() + timedelta(hours=1)
    clock.move(timedelta(days=1))

    with twin.change(platform_asker(), reason="更正", source="register") as changes:
        changes.record([Statement(subject, "geometry", geometry(shapely.Point(20.5, 10.5)))])

    with twin.view(platform_asker()) as view:
        assert not list(find_shaped(view, "Parcel", there))
    with twin.view(platform_asker(), known_at=before) as view:
        assert len(list(find_shaped(view, "Parcel", there))) == 1


def test_a_hidden_or_foreign_geometry_is_not_found(twin: Twin) -> None:
    secret, place = an_officer(twin, "220184", Label.BUSINESS), shapely.box(30, 30, 31, 31)
    with twin.change(secret, reason="登记", source="register") as changes:
        changes.record(
            [
                Statement(parcel(920), "name", Value(text="密")),
                Statement(parcel(920), "geometry", geometry(shapely.Point(30.5, 30.5)),
                          label=Label.BUSINESS),
            ]
        )  # fmt: skip

    for asker, seen in ((secret, 1), (an_officer(twin), 0), (an_officer(twin, "370102"), 0)):
        with twin.view(asker) as view:
            assert len(list(find_shaped(view, "Parcel", Where(place, "intersects")))) == seen
            assert len(view.boxed("Parcel", [(30.0, 30.0, 31.0, 31.0)])) == seen


def test_a_withdrawn_geometry_is_found_no_more_and_the_index_verifies(
    twin: Twin, database: Cluster
) -> None:
    with twin.change(platform_asker(), reason="登记", source="register") as changes:
        changes.record([Statement(parcel(930), "geometry", geometry(shapely.Point(40, 40)))])
        body = changes.body("Parcel", *parcel(930).keys)
    assert list(verify(twin)) == []

    with twin.change(platform_asker(), reason="撤", source="register") as changes:
        changes.retract([body], "geometry")

    with twin.view(platform_asker()) as view:
        assert view.boxed("Parcel", [(39.0, 39.0, 41.0, 41.0)]) == []
    assert list(verify(twin)) == []
    assert database.super_url is not None
    with psycopg.connect(database.super_url) as connection:
        connection.execute("UPDATE body_shape SET west = west - 1 WHERE body = "
                           "(SELECT max(body) FROM body_shape)")  # fmt: skip
    assert [one.what for one in verify(twin)] == ["shape"]
    with psycopg.connect(database.super_url) as connection:
        connection.execute("UPDATE body_shape SET west = west + 1 WHERE body = "
                           "(SELECT max(body) FROM body_shape)")  # fmt: skip


def test_a_geometry_that_is_none_is_refused_at_the_door(twin: Twin) -> None:
    wrong = Value(data={"type": "Point", "coordinates": [43.8, 125.3]})

    with (
        pytest.raises(InputProblem, match="先写经度"),
        twin.change(platform_asker(), reason="登记", source="register") as changes,
    ):
        changes.record([Statement(parcel(940), "geometry", wrong)])


def test_a_branch_is_searched_where_its_bodies_lie(twin: Twin, clock: FixedClock) -> None:
    asker = an_officer(twin)
    here, there = shapely.box(60, 30, 61, 31), shapely.box(70, 30, 71, 31)
    with twin.change(asker, reason="登记", source="register") as changes:
        for number in (950, 951):
            changes.record([Statement(parcel(number), "geometry", geometry(here.centroid))])
        moved, left = (changes.body("Parcel", *parcel(n).keys) for n in (950, 951))
    clock.move(timedelta(days=1))
    with room(twin, asker) as act:
        branch = fork(act, "迁址").id
    clock.move(timedelta(days=1))

    with twin.change(asker, reason="假如", source="register", branch=branch) as changes:
        changes.say(moved, "geometry", geometry(there.centroid))
    with twin.change(asker, reason="后来", source="register") as changes:
        changes.say(left, "geometry", geometry(there.centroid))

    def lies(branch: int, place: Shape) -> list[int]:
        with twin.view(asker, branch=branch) as view:
            return [one.state.body for one in find_shaped(view, "Parcel", Where(place, "within"))]

    assert (lies(branch, here), lies(branch, there)) == ([left], [moved])
    assert (lies(0, here), lies(0, there)) == ([moved], [left])
    assert list(verify(twin)) == []
