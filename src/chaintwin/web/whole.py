"""All of a body in one answer: attributes, geometries, relations and time series."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from chaintwin.model.fact import FOREVER
from chaintwin.physical.sensors.models import PointOut, SeriesOut
from chaintwin.physical.sensors.showing import show_point, show_series
from chaintwin.twin.asked import BodyCode
from chaintwin.twin.balances import find_imbalances
from chaintwin.twin.door import Door, TheDoor
from chaintwin.twin.spatial import shape_of
from chaintwin.twin.state import BodyState
from chaintwin.web.answers import BodyOut, RelationGraph
from chaintwin.web.areas import ImbalanceOut, show_imbalances
from chaintwin.web.bodies import read_body, read_relations
from chaintwin.web.spatial import GeometryOut, measure

router = APIRouter(prefix="/api/v1", tags=["twin"])

_Relations = Annotated[int, Query(ge=1, le=200, description="最多关系数 most relations")]
_Points = Annotated[
    int, Query(ge=0, le=500, description="每条序列最近几个点 latest points of each series")
]
_INSTANT = timedelta(microseconds=1)


class ShapedOut(GeometryOut):
    """A geometry by the attribute that holds it, with its measures."""

    attribute: str
    title: dict[str, str]


class SeriesWithPoints(SeriesOut):
    """A time series with its latest points up to the view's valid moment."""

    count: int = Field(description="至所看时点共几个点 points up to the moment looked at")
    points: list[PointOut] = Field(
        description="最近的点,按时间 the latest of them in order of time"
    )


class WholeOut(BaseModel):
    """A body with all that is held of it at the moments asked for, in the branch asked for."""

    body: BodyOut
    geometries: list[ShapedOut]
    relations: RelationGraph
    series: list[SeriesWithPoints] = Field(
        description="时间序列;推演分支读主线的 time series; a branch reads those of the main line"
    )
    imbalances: list[ImbalanceOut] = Field(
        description="面积等不守恒之处 what does not add up about this body"
    )
    branch: int = Field(description="推演分支,0 为主线 branch, 0 the main line")


@router.get("/bodies/{code}/whole", operation_id="read_whole_body")
def read_whole(
    request: Request,
    response: Response,
    door: TheDoor,
    code: BodyCode,
    relations: _Relations = 60,
    points: _Points = 24,
) -> WholeOut:
    """Read attributes, geometries, relations and time series of a body in one answer.

    All of it is as of the same two moments and in the same branch. Series are cut at the valid
    moment; what lies later is not told.
    """
    body = read_body(request, response, door, code)
    graph = read_relations(request, response, door, code, relations)
    tag = response.headers["ETag"].removesuffix('"')
    response.headers["ETag"] = f'{tag}.{door.view.observed.stamp()}"'
    state = door.view.get(door.view.number(code))
    return WholeOut(
        body=body,
        geometries=list(_shapes(door, state)),
        relations=graph,
        series=list(_series(door, state.body, points)),
        imbalances=_imbalances(door, state),
        branch=door.view.line.branch,
    )


def _shapes(door: Door, state: BodyState) -> Iterator[ShapedOut]:
    kind = door.view.kinds.known(state.kind)
    for name, one in kind.attributes.items():
        shaped = shape_of(kind, state, name) if one.type in ("geometry", "any") else None
        if shaped is not None:
            measured = measure(shaped.shape, dict(shaped.geometry)).model_dump()
            yield ShapedOut(attribute=name, title=dict(one.title), **measured)


def _imbalances(door: Door, state: BodyState) -> list[ImbalanceOut]:
    if not door.view.kinds.known(state.kind).balances:
        return []
    return show_imbalances(door, list(find_imbalances(door.view, [state.body])))


def _series(door: Door, body: int, most: int) -> Iterator[SeriesWithPoints]:
    observed, end = door.view.observed, _after(door.view.valid_at)
    found = [one for one in observed.series([body]) if one.first < end]
    for one, shown in zip(found, show_series(door, found), strict=True):
        latest = observed.points(one, None, end, limit=most, latest_first=True) if most else []
        yield SeriesWithPoints(
            **shown.model_dump(),
            count=observed.count(one, None, end),
            points=[show_point(point) for point in reversed(latest)],
        )


def _after(moment: datetime) -> datetime:
    return min(moment, FOREVER - _INSTANT) + _INSTANT
