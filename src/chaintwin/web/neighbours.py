"""What stands around a body, two hops far."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from chaintwin.twin.asked import BodyCode
from chaintwin.twin.door import TheDoor, set_etag
from chaintwin.web.answers import Edge, Named
from chaintwin.web.shower import Shower

router = APIRouter(prefix="/api/v1", tags=["twin"])

_Hops = Annotated[int, Query(ge=1, le=2, description="几跳 hops")]
_Most = Annotated[
    int,
    Query(ge=1, le=100, description="每个孪生体每个方向最多几条关系 relations each way of each"),
]


class NeighbourOut(Named):
    """A body of a neighbourhood."""

    hops: int = Field(description="相距几跳 distance in hops")
    cut: bool = Field(description="关系未列全 some of its relations are left out")


class NeighbourhoodOut(BaseModel):
    """Bodies around one, and the relations between them, at the moments asked for."""

    nodes: list[NeighbourOut]
    edges: list[Edge]
    cut: bool = Field(description="有关系未列全 relations are left out: see the nodes with `cut`")


@router.get("/bodies/{code}/neighbourhood", operation_id="read_neighbourhood")
def read_neighbourhood(
    request: Request,
    response: Response,
    door: TheDoor,
    code: BodyCode,
    hops: _Hops = 2,
    most: _Most = 20,
) -> NeighbourhoodOut:
    """Read what a body points to and what points to it, and the same of those.

    Of each body at most `most` relations each way are followed, so that a body that very many name
    does not fill the answer; `cut` tells of which bodies more is known.
    """
    door.asker.require("firm:read")
    view, shower = door.view, Shower(door)
    state = view.get(view.number(code))
    set_etag(request, response, view)
    found = view.neighbourhood(state.body, hops, most)
    names = shower.named(list(found.distance))
    nodes = [
        NeighbourOut(**named.model_dump(), hops=found.distance[body], cut=body in found.cut)
        for body, named in names.items()
    ]
    edges = [
        Edge(
            from_code=names[one.body].code,
            to_code=names[one.ref].code,
            attribute=one.attribute,
            title=shower.title(names[one.body].kind, one.attribute),
            note=one.note,
            source=one.source,
            fact=one.fact,
        )
        for one in found.relations
        if one.body in names and one.ref in names
    ]
    return NeighbourhoodOut(nodes=nodes, edges=edges, cut=bool(found.cut))
