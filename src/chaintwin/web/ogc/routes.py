"""The routes of OGC API Features. Who asks is found out as everywhere: cookie or bearer token."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse

from chaintwin.kit.problems import NotFoundProblem
from chaintwin.model.kinds import Kind, Kinds
from chaintwin.twin.door import current_asker, reader_language
from chaintwin.twin.spatial import Shaped, Where, find_shaped, shape_of
from chaintwin.twin.twin import Twin
from chaintwin.twin.view import TwinView
from chaintwin.web.ogc import asked
from chaintwin.web.ogc.features import (
    GEOJSON,
    JSON,
    collection,
    collection_id,
    feature,
    link,
    spatial_kinds,
)

PATH = "/ogc/v1"
CONFORMS_TO = [
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
]
_PAGE = ("bbox", "datetime", "known_at", "limit")
_LARGEST = 2**63 - 1

router = APIRouter(prefix=PATH, tags=["ogc"])


@router.get("", operation_id="read_landing_page")
@router.get("/", operation_id="read_landing_page_too")
def read_landing_page(request: Request) -> dict[str, Any]:
    """Tell what this API offers."""
    asked.allow_only(request)
    base = _base(request)
    return {
        "title": "链孪 chaintwin",
        "description": "企业、园区、地块、楼宇等孪生体的空间要素 · features of the twin's bodies",
        "links": [
            link(base, "self", JSON),
            link(f"{base}/api", "service-desc", JSON),
            link(f"{base}/conformance", "conformance", JSON),
            link(f"{base}/collections", "data", JSON),
        ],
    }


@router.get("/conformance", operation_id="read_conformance")
def read_conformance(request: Request) -> dict[str, Any]:
    """Tell which parts of the standard hold."""
    asked.allow_only(request)
    return {"conformsTo": CONFORMS_TO}


@router.get("/api", operation_id="read_definition")
def read_definition(request: Request) -> Response:
    """Describe this API as OpenAPI."""
    asked.allow_only(request)
    title = "chaintwin OGC API Features"
    found = get_openapi(title=title, version="1.0", routes=router.routes)
    return JSONResponse(found)


@router.get("/collections", operation_id="list_collections")
def list_collections(request: Request) -> dict[str, Any]:
    """List the kinds of bodies that have places."""
    asked.allow_only(request)
    base = _base(request)
    with _view(request) as view:
        found = [
            collection(view, kind, base, reader_language(request))
            for kind in spatial_kinds(view.kinds)
        ]
    return {"links": [link(f"{base}/collections", "self", JSON)], "collections": found}


@router.get("/collections/{name}", operation_id="read_collection")
def read_collection(request: Request, name: str) -> dict[str, Any]:
    """Describe one kind of bodies."""
    asked.allow_only(request)
    with _view(request) as view:
        kind = _find(view.kinds, name)
        return collection(view, kind, _base(request), reader_language(request))


@router.get("/collections/{name}/items", operation_id="list_features")
def list_features(
    request: Request,
    name: str,
    bbox: str | None = None,
    datetime: str | None = None,
    known_at: str | None = None,
    limit: str | None = None,
    after: str | None = None,
) -> Response:
    """List features that meet a box, as they stood at a moment; the next page is linked.

    `datetime` is valid time, `known_at` (ours) what was known then. Raises Problem (400) for
    parameters that are not understood.
    """
    asked.allow_only(request, *_PAGE, "after")
    most = asked.read_whole("limit", limit, asked.USUAL_ITEMS, 1, asked.MOST_ITEMS)
    beyond = asked.read_whole("after", after, 0, 0, _LARGEST)
    where = Where(box=asked.read_box(bbox))
    moments = asked.read_datetime(datetime), asked.read_known(known_at)
    with _view(request, *moments) as view:
        kind = _find(view.kinds, name)
        found = list(islice(find_shaped(view, kind.name, where, after=beyond), most + 1))
        page = found[:most]
        features = [feature(one, _names(view, page)) for one in page]
        links = _page_links(request, page if len(found) > most else [])
        answer = {
            "type": "FeatureCollection",
            "features": features,
            "numberReturned": len(features),
            "timeStamp": view.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "links": [*links, link(_collection_url(request, kind), "collection", JSON)],
        }
    return JSONResponse(answer, media_type=GEOJSON)


@router.get("/collections/{name}/items/{code}", operation_id="read_feature")
def read_feature(
    request: Request,
    name: str,
    code: str,
    datetime: str | None = None,
    known_at: str | None = None,
) -> Response:
    """Read one feature by its body code."""
    asked.allow_only(request, "datetime", "known_at")
    moments = asked.read_datetime(datetime), asked.read_known(known_at)
    with _view(request, *moments) as view:
        kind = _find(view.kinds, name)
        state = view.get(view.number(code))
        shaped = shape_of(kind, state) if state.kind == kind.name else None
        if shaped is None:
            raise NotFoundProblem(
                f"{kind.title.get('zh', kind.name)}中没有 {code},或没有几何信息。",
                f"{kind.name} has no {code}, or no geometry is known of it.",
            )
        place = _collection_url(request, kind)
        links = [
            link(f"{place}/items/{quote(code, safe=':')}", "self", GEOJSON),
            link(place, "collection", JSON),
        ]
        return JSONResponse(feature(shaped, _names(view, [shaped]), links), media_type=GEOJSON)


@contextmanager
def _view(
    request: Request, valid_at: datetime | None = None, known_at: datetime | None = None
) -> Iterator[TwinView]:
    asker = current_asker(request)
    asker.require("firm:read")
    twin: Twin = request.app.state.twin
    with twin.view(asker, valid_at=valid_at, known_at=known_at) as view:
        yield view


def _find(kinds: Kinds, name: str) -> Kind:
    for kind in spatial_kinds(kinds):
        if collection_id(kind.name) == name:
            return kind
    raise NotFoundProblem(
        f"没有名为“{name}”的要素集。请从 /collections 中选择。",
        f"There is no collection “{name}”. Choose one of /collections.",
    )


def _names(view: TwinView, page: list[Shaped]) -> dict[int, str]:
    refs = {
        held.ref
        for one in page
        for values in one.state.attributes.values()
        for held in values
        if held.ref is not None
    }
    return {state.body: state.name for state in view.named(sorted(refs))}


def _page_links(request: Request, page: list[Shaped]) -> Iterator[dict[str, str]]:
    yield link(str(request.url), "self", GEOJSON)
    if page:
        more = asked.one_of(request, _PAGE) | {"after": str(page[-1].state.body)}
        place = str(request.url).split("?", 1)[0]
        yield link(f"{place}?{urlencode(more)}", "next", GEOJSON)


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/") + PATH


def _collection_url(request: Request, kind: Kind) -> str:
    return f"{_base(request)}/collections/{quote(collection_id(kind.name), safe='')}"
