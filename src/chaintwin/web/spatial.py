"""Where bodies lie: their geometry, selections, nearest, overlay and buffers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from chaintwin.kit import earth
from chaintwin.kit.problems import InputProblem, NotFoundProblem
from chaintwin.kit.shapes import Predicate, Shape, read_shape, write_shape
from chaintwin.twin.asked import BodyCode
from chaintwin.twin.door import Door, TheDoor, set_etag
from chaintwin.twin.spatial import (
    Overlap,
    Selection,
    Shaped,
    Where,
    find_nearest,
    find_shaped,
    overlay,
    shape_of,
    sum_up,
)

router = APIRouter(prefix="/api/v1", tags=["spatial"])

_LONGEST = 30_000
# A selection beyond this is told to be narrowed: every geometry is read and measured.
_MOST_SELECTED = 20_000

GeometryText = Annotated[
    str,
    Query(max_length=_LONGEST, description="GeoJSON 几何(WGS 84) a GeoJSON geometry in WGS 84"),
]
KindAsked = Annotated[str, Query(max_length=600, description="种类 kind of the bodies asked for")]
Metres = Annotated[
    float | None, Query(ge=0, le=20_004_000, description="最大距离,米 at most so many metres away")
]
Beyond = Annotated[
    float | None, Query(ge=0, le=20_004_000, description="最小距离,米 at least so many metres away")
]
PredicateAsked = Annotated[
    Predicate | None, Query(description="空间谓词:对象—谓词—所给几何 body predicate geometry")
]


class PlacedOut(BaseModel):
    """A body and where it lies."""

    code: str
    name: str
    geometry: dict[str, Any] = Field(description="GeoJSON 几何 geometry")
    metres: float | None = Field(None, description="距离,米 distance in metres")
    shared_m2: float | None = Field(None, description="重叠面积,平方米 shared area")
    share: float | None = Field(None, description="重叠占自身面积 share of its own area")


class SumOut(BaseModel):
    """A number attribute over a selection; bodies without a value are unknown, not zero."""

    attribute: str
    title: dict[str, str]
    unit: str | None
    known: int
    unknown: int
    total: float | None
    least: float | None
    most: float | None


class SelectionOut(BaseModel):
    """What a selection comes to, and the first bodies of it."""

    count: int
    area_m2: float = Field(description="几何面积合计 area of the geometries")
    area_mu: float = Field(description="折合亩 the same in mu")
    length_m: float = Field(description="线长合计 length of the lines")
    sums: list[SumOut]
    items: list[PlacedOut]


class PlacedList(BaseModel):
    """Bodies and where they lie."""

    items: list[PlacedOut]


class GeometryOut(BaseModel):
    """A geometry and its measures on the WGS 84 ellipsoid."""

    geometry: dict[str, Any]
    bbox: list[float] = Field(description="西南东北 west, south, east, north")
    area_m2: float
    area_mu: float
    length_m: float = Field(description="线长或周长 length, or that of the rings")


def read_geometry(geometry: GeometryText) -> Shape:
    """Return the geometry of a request; raise InputProblem when it is none."""
    try:
        return read_shape(json.loads(geometry))
    except (ValueError, RecursionError):
        raise InputProblem(
            '参数 geometry 不是 JSON。请给出 GeoJSON 几何,如 {"type":"Point",…}。',
            "The parameter geometry is no JSON. Give a GeoJSON geometry.",
        ) from None


Given = Annotated[Shape, Depends(read_geometry)]


@router.get("/bodies/{code}/geometry", operation_id="read_geometry")
def read_body_geometry(
    request: Request, response: Response, door: TheDoor, code: BodyCode
) -> GeometryOut:
    """Read the shown geometry of a body with its area and length."""
    door.asker.require("firm:read")
    set_etag(request, response, door.view)
    state = door.view.get(door.view.number(code))
    shaped = shape_of(door.view.kinds.known(state.kind), state)
    if shaped is None:
        raise NotFoundProblem(
            f"{state.name} 没有几何信息。", f"No geometry is known of {state.name}."
        )
    return measure(shaped.shape, dict(shaped.geometry))


@router.get("/spatial/select", operation_id="select_by_place")
def select_by_place(
    request: Request,
    response: Response,
    door: TheDoor,
    kind: KindAsked,
    geometry: Given,
    predicate: PredicateAsked = None,
    metres: Metres = None,
    beyond: Beyond = None,
    limit: Annotated[int, Query(ge=0, le=500, description="列出几个 how many to list")] = 100,
) -> SelectionOut:
    """Select bodies by a drawn shape, sum their numbers and measure their geometries.

    Without predicate and distance: those that meet the shape.
    """
    door.asker.require("firm:read")
    set_etag(request, response, door.view)
    if predicate is None and metres is None and beyond is None:
        predicate = "intersects"
    where = Where(geometry, predicate, beyond, metres)
    found = list(islice(find_shaped(door.view, kind, where), _MOST_SELECTED + 1))
    if len(found) > _MOST_SELECTED:
        raise InputProblem(
            f"所选超过 {_MOST_SELECTED} 个。请缩小范围。",
            f"More than {_MOST_SELECTED} are selected. Choose a smaller place.",
        )
    declared = door.view.kinds.known(kind)
    came = sum_up(declared, found)
    return SelectionOut(
        count=came.count, area_m2=came.area_m2, area_mu=came.area_m2 / earth.MU_M2,
        length_m=came.length_m, sums=list(_sums(door, kind, came)),
        items=[_placed(one) for one in found[:limit]],
    )  # fmt: skip


@router.get("/spatial/nearest", operation_id="find_nearest")
def find_nearest_bodies(
    request: Request,
    response: Response,
    door: TheDoor,
    kind: KindAsked,
    geometry: Given,
    count: Annotated[int, Query(ge=1, le=100, description="几个 how many")] = 5,
    metres: Metres = None,
) -> PlacedList:
    """Find the bodies of a kind nearest to a shape, with their distance in metres."""
    door.asker.require("firm:read")
    set_etag(request, response, door.view)
    most = {} if metres is None else {"most_m": metres}
    found = find_nearest(door.view, kind, geometry, count, **most)
    return PlacedList(items=[_placed(one, metres=away) for one, away in found])


@router.get("/spatial/overlay", operation_id="overlay_bodies")
def overlay_bodies(
    request: Request,
    response: Response,
    door: TheDoor,
    kind: KindAsked,
    geometry: Given,
    limit: Annotated[int, Query(ge=1, le=500, description="最多几个 at most")] = 500,
) -> PlacedList:
    """Tell how far each body of a kind lies within a shape: shared area and share of its own."""
    door.asker.require("firm:read")
    set_etag(request, response, door.view)
    return PlacedList(
        items=[_overlap(one) for one in islice(overlay(door.view, kind, geometry), limit)]
    )


@router.get("/spatial/buffer", operation_id="buffer_geometry")
def buffer_geometry(
    request: Request,
    response: Response,
    door: TheDoor,
    geometry: Given,
    metres: Annotated[float, Query(ge=0, le=earth.FURTHEST_BUFFER_M, description="距离,米 metres")],
) -> GeometryOut:
    """Return what lies within so many metres of a shape."""
    door.asker.require("firm:read")
    set_etag(request, response, door.view)
    shape = earth.buffered(geometry, metres)
    return measure(shape, write_shape(shape))


def measure(shape: Shape, geometry: dict[str, Any]) -> GeometryOut:
    """Return a geometry with its box and its measures on the ellipsoid (m², 亩, m)."""
    area = earth.area_m2(shape)
    return GeometryOut(
        geometry=geometry, bbox=list(shape.bounds), area_m2=area, area_mu=area / earth.MU_M2,
        length_m=earth.length_m(shape),
    )  # fmt: skip


def _placed(shaped: Shaped, **more: float | None) -> PlacedOut:
    state = shaped.state
    return PlacedOut(code=state.code, name=state.name, geometry=dict(shaped.geometry), **more)


def _overlap(one: Overlap) -> PlacedOut:
    return _placed(one.shaped, shared_m2=one.area_m2, share=one.share)


def _sums(door: Door, kind: str, came: Selection) -> Iterator[SumOut]:
    declared = door.view.kinds.known(kind).attributes
    for one in came.sums:
        numbers = (one.total, one.least, one.most)
        total, least, most = (None if n is None else float(n) for n in numbers)
        yield SumOut(
            attribute=one.attribute, title=dict(declared[one.attribute].title),
            unit=declared[one.attribute].unit, known=one.known, unknown=one.unknown,
            total=total, least=least, most=most,
        )  # fmt: skip
