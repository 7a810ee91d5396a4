"""Route of the cockpit."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from chaintwin.application.chain.reader import open_reader
from chaintwin.application.cockpit import service
from chaintwin.application.cockpit.answers import Cockpit
from chaintwin.twin.door import TheDoor, set_etag

router = APIRouter(prefix="/api/v1/regions", tags=["chain"])


@router.get("/{code}/cockpit", operation_id="read_cockpit")
def read_cockpit(
    code: Annotated[str, Path(description="区划代码 division code: 22, 2201, 220184")],
    door: TheDoor,
    request: Request,
    response: Response,
) -> Cockpit:
    """Show a region's chains in one sentence each, its gaps, candidates, projects and parcels."""
    door.asker.require("chain:read")
    set_etag(request, response, door.view)
    return service.view_cockpit(open_reader(door.twin, door.view, {}), code)
