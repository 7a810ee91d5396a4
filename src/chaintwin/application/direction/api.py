"""Route of the direction room."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from chaintwin.application.chain.reader import open_reader
from chaintwin.application.chain.scorecards import parse_settings
from chaintwin.application.complexity.field import Of
from chaintwin.application.complexity.relatedness import Convention
from chaintwin.application.direction import service
from chaintwin.application.direction.answers import Directions
from chaintwin.application.direction.service import Wish
from chaintwin.twin.asked import Offset
from chaintwin.twin.door import TheDoor, set_etag

router = APIRouter(prefix="/api/v1/regions", tags=["direction"])


@router.get("/{code}/directions", operation_id="list_directions")
def list_directions(
    code: Annotated[str, Path(description="区划代码 division code: 22, 2201, 220184")],
    door: TheDoor,
    request: Request,
    response: Response,
    of: Annotated[
        Of, Query(description="候选的划分 candidates: links 环节 or industries 行业")
    ] = "links",
    convention: Annotated[
        Convention,
        Query(description="邻近度对角线 an activity's proximity to itself: harvard 1, datawheel 0"),
    ] = "harvard",
    park: Annotated[str | None, Query(description="园区编码 body code of a park within it")] = None,
    chain: Annotated[str | None, Query(description="链代码 candidates of this chain only")] = None,
    weights: Annotated[
        str | None,
        Query(description="试改权重 weights to try, e.g. relatedness:50; nothing is stored"),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="每页条数 rows of a page")] = 20,
    offset: Offset = 0,
) -> Directions:
    """Rank the segments a region might turn to next, beside the control and its back-test."""
    door.asker.require("chain:read")
    set_etag(request, response, door.view)
    tried = parse_settings(weights.split(",") if weights else [])
    wish = Wish(code, of, convention, park, chain, tried)
    return service.list_directions(open_reader(door.twin, door.view, {}), wish, limit, offset)
