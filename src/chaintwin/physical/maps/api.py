"""Routes of the boundary layer."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, Field

from chaintwin.access.asker import Asker
from chaintwin.kit.places import Places
from chaintwin.physical.maps import service
from chaintwin.physical.maps.core import NATION, parse_review_number
from chaintwin.physical.maps.layer import Layer, need_layer, read_layer, set_review_number
from chaintwin.twin.door import TheDoor, TheLanguage, current_asker

router = APIRouter(prefix="/api/v1/map", tags=["map"])
_CACHE = "private, max-age=300, must-revalidate"

TheAsker = Annotated[Asker, Depends(current_asker)]
TheRegion = Annotated[str, Path(description="六位区划代码，全国 100000 · division code")]
TheLevel = Annotated[
    Literal["city", "county"] | None,
    Query(description="省图按市或按县（默认县） · a province by city or, by default, by county"),
]


class Words(BaseModel):
    """A text in both languages."""

    zh: str
    en: str


class Refusal(BaseModel):
    """A sheet that is not shown, since it lacks what a map has to show."""

    sheet: str = Field(description="图幅 sheet, code and level")
    missing: list[Words] = Field(description="缺少的内容 what it lacks")


class National(BaseModel):
    """The map of the nation and its check."""

    present: bool = Field(description="可显示 whether it can be shown")
    checked: bool = Field(description="完整性已检查 whether completeness was checked")
    missing: list[Words] = Field(description="缺少的内容 what it lacks")


class MapLayer(BaseModel):
    """The boundary layer of this installation, with what must be said beside every map."""

    present: bool = Field(description="是否有图层 whether there is a layer")
    source: str | None = Field(description="来源 source")
    origin: Words | None = Field(description="出处 where it comes from")
    crs: str | None = Field(description="坐标系，系统不转换 coordinate system, never converted")
    review_number: str | None = Field(description="审图号 review number")
    label: Words | None = Field(description="图上标注 label on the map")
    notices: list[Words] = Field(description="图旁说明 to be said beside the map")
    national: National | None = Field(description="全国图 map of the nation")
    refused: list[Refusal] = Field(description="不予显示的图幅 sheets not shown")
    evaluation_only: bool | None = Field(description="仅供评估 for evaluation only")
    simplified: bool | None = Field(description="经简化 simplified")
    built_at: datetime | None = Field(description="生成时间 made at")
    sheets: int = Field(description="图幅数 number of sheets")


class ReviewNumber(BaseModel):
    """The 审图号 to enter; null takes it off."""

    review_number: str | None = Field(description="审图号 review number", max_length=60)


@router.get("", operation_id="read_map_layer")
def read_map_layer(request: Request, asker: TheAsker) -> MapLayer:
    """Tell which boundary layer there is, its origin, its check and its notices."""
    layer = read_layer(_places(request))
    return _absent() if layer is None else _described(layer)


@router.put("/review-number", operation_id="set_review_number")
def set_number(request: Request, door: TheDoor, given: ReviewNumber) -> MapLayer:
    """Enter the 审图号 of the layer, or take it off; kept in the audit trail."""
    door.asker.require("system:write")
    number = parse_review_number(given.review_number)
    before = need_layer(_places(request)).review_number
    door.audit("map_review_number", number, {"before": before, "after": number})
    return _described(set_review_number(_places(request), number))


@router.get(
    "/{region}.geojson",
    operation_id="read_boundaries",
    response_class=Response,
    responses={200: {"content": {"application/geo+json": {}}}},
)
def read_boundaries(
    request: Request,
    asker: TheAsker,
    language: TheLanguage,
    region: TheRegion,
    level: TheLevel = None,
) -> Response:
    """Return the boundaries within a region as GeoJSON; a county comes with its neighbours."""
    answer = service.answer_sheet(_places(request), region, level, language)
    headers = {
        "ETag": answer.tag,
        "Cache-Control": _CACHE,
        "Vary": "Accept-Encoding, Accept-Language, Cookie",
    }
    if request.headers.get("if-none-match") == answer.tag:
        return Response(status_code=304, headers=headers)
    packs = "gzip" in request.headers.get("accept-encoding", "")
    if packs:
        headers["Content-Encoding"] = "gzip"
    body = answer.packed if packs else answer.plain
    return Response(body, headers=headers, media_type="application/geo+json")


def _places(request: Request) -> Places:
    places: Places = request.app.state.places
    return places


def _described(layer: Layer) -> MapLayer:
    refused = [
        Refusal(sheet=name, missing=[Words(zh=zh, en=en) for zh, en in lacking])
        for name, lacking in layer.refused.items()
    ]
    nation = f"{NATION}.province"
    lacking = next((one.missing for one in refused if one.sheet == nation), [])
    checked = layer.shows_nation or bool(lacking)
    return MapLayer(
        present=True,
        source=layer.source,
        origin=Words(**layer.origin),
        crs=layer.crs,
        review_number=layer.review_number,
        label=Words(**service.label_of(layer)),
        notices=[Words(**said) for said in service.describe(layer)],
        national=National(present=layer.shows_nation, checked=checked, missing=lacking),
        refused=refused,
        evaluation_only=layer.evaluation_only,
        simplified=layer.simplified,
        built_at=datetime.fromisoformat(layer.built_at),
        sheets=len(layer.sheets),
    )


def _absent() -> MapLayer:
    way_out = Words(
        zh="本机没有边界图层，以示意图代替。可运行 chaintwin map --build 生成示例图层。",
        en="No boundary layer here; a schematic stands in. Run chaintwin map --build to make one.",
    )
    return MapLayer(
        present=False, source=None, origin=None, crs=None, review_number=None, label=None,
        notices=[way_out], national=None, refused=[], evaluation_only=None, simplified=None,
        built_at=None, sheets=0,
    )  # fmt: skip
