"""Routes of the targeting room."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from chaintwin.application.chain.reader import open_reader
from chaintwin.application.chain.scorecards import parse_settings
from chaintwin.application.targeting import service
from chaintwin.application.targeting.answers import TargetList, TargetView
from chaintwin.application.targeting.service import Wish
from chaintwin.twin.asked import FirmCode, Offset
from chaintwin.twin.door import Door, TheDoor, set_etag

router = APIRouter(prefix="/api/v1/targets", tags=["targeting"])

Link = Annotated[str, Query(description="环节代码 link code: nev/battery-cell, or with chain=")]
Chain = Annotated[str | None, Query(description="链代码 chain code")]
Region = Annotated[str, Query(description="区划代码 division code: 22, 2201, 220184")]
Weights = Annotated[
    str | None,
    Query(description="试改权重 weights to try, e.g. fit:30,ties:20; nothing is stored"),
]


def _wish(door: Door, chain: str | None, link: str, region: str, weights: str | None) -> Wish:
    door.asker.require("target:read")
    reader = open_reader(door.twin, door.view, {})
    code = link if chain is None or "/" in link else f"{chain}/{link}"
    tried = parse_settings(weights.split(",") if weights else [])
    return Wish(reader, code, region, tried)


@router.get("", operation_id="list_targets")
def list_targets(
    door: TheDoor,
    request: Request,
    response: Response,
    link: Link,
    region: Region,
    chain: Chain = None,
    weights: Weights = None,
    limit: Annotated[int, Query(ge=1, le=200, description="每页条数 rows of a page")] = 20,
    offset: Offset = 0,
) -> TargetList:
    """Rank the firms of the whole country that could fill a gap, with reasons for and against."""
    set_etag(request, response, door.view)
    return service.list_targets(_wish(door, chain, link, region, weights), limit, offset)


@router.get("/{firm}", operation_id="read_target")
def read_target(
    firm: FirmCode,
    door: TheDoor,
    request: Request,
    response: Response,
    link: Link,
    region: Region,
    chain: Chain = None,
    weights: Weights = None,
) -> TargetView:
    """Show one firm as a candidate for a gap, in full."""
    set_etag(request, response, door.view)
    return service.view_target(_wish(door, chain, link, region, weights), firm)
