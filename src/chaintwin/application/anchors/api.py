"""Routes of the room of anchor firms."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from chaintwin.application.anchors import introducing, ranking, service
from chaintwin.application.anchors.answers import AnchorList, PathsOut, PurchasesOut
from chaintwin.application.anchors.ranking import Wish
from chaintwin.application.chain.reader import open_reader
from chaintwin.application.chain.scorecards import parse_settings
from chaintwin.twin.asked import FirmCode, Offset
from chaintwin.twin.door import TheDoor, set_etag

router = APIRouter(prefix="/api/v1", tags=["anchors"])

Region = Annotated[str, Query(description="区划代码 division code: 22, 2201, 220184")]


@router.get("/anchors", operation_id="list_anchors")
def list_anchors(
    door: TheDoor,
    request: Request,
    response: Response,
    region: Region,
    chain: Annotated[str | None, Query(description="链代码 firms of this chain only")] = None,
    weights: Annotated[
        str | None,
        Query(description="试改权重 weights to try, e.g. size:30,pull:20; nothing is stored"),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="每页条数 rows of a page")] = 20,
    offset: Offset = 0,
) -> AnchorList:
    """Rank the firms of a region as anchors: size, relations, purchases to pull, embeddedness."""
    door.asker.require("target:read")
    set_etag(request, response, door.view)
    wish = Wish(region, chain, parse_settings(weights.split(",") if weights else []))
    return ranking.list_anchors(open_reader(door.twin, door.view, {}), wish, limit, offset)


@router.get("/targets/{firm}/introductions", operation_id="list_introductions")
def list_introductions(
    firm: FirmCode, door: TheDoor, request: Request, response: Response, region: Region
) -> PathsOut:
    """Show which local firms could introduce a target, by which known relations 以商招商.

    Nothing found means that nothing is known, not that there is no way.
    """
    door.asker.require("target:read")
    set_etag(request, response, door.view)
    reader = open_reader(door.twin, door.view, {})
    return introducing.list_paths(reader, service.find_firm(reader, firm), reader.place(region))


@router.get("/anchors/{firm}/purchases", operation_id="read_purchases")
def read_purchases(
    firm: FirmCode, door: TheDoor, request: Request, response: Response, region: Region
) -> PurchasesOut:
    """Show what a firm buys here and elsewhere, what is missing here, and who could supply it."""
    door.asker.require("target:read")
    set_etag(request, response, door.view)
    return service.view_purchases(open_reader(door.twin, door.view, {}), firm, region)
