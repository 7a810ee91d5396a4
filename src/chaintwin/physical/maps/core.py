"""Which boundaries stand together on one sheet. Pure; knows division codes, no files.

A layer is a list of GeoJSON features with a division code each; dashes at sea have none. It is cut
into sheets: the nation by province, a province by city and by county, a city by county.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from chaintwin.kit.problems import InputProblem, NotFoundProblem

Feature = dict[str, Any]
Level = Literal["province", "city", "county"]
SheetKey = tuple[str, Level]

NATION = "100000"
# Provinces without cities of their own between them and their counties (GB/T 2260).
_WITHOUT_CITIES = frozenset({"11", "12", "31", "50", "71", "81", "82"})
# A map of all Hainan shows the South China Sea islands and the dashed line around them.
_WITH_DASHES = frozenset({"46"})
_LINES = frozenset({"LineString", "MultiLineString"})
_AREAS = frozenset({"Polygon", "MultiPolygon"})
DASHES = "南海断续线"
# Some layers draw the dashes as narrow areas.
_DASHES = re.compile("断续线|段线|100000_JD")
_NUMBER = re.compile(r"[A-Z\u4e00-\u9fff]{1,8}\(\d{4}\)\d{1,6}号")


def parse_code(text: str) -> str:
    """Return a six-digit division code; raise InputProblem for anything else."""
    if not re.fullmatch(r"[1-9]\d{5}", text):
        raise InputProblem(
            f"区划代码“{text}”无法识别。请填写六位代码，例如 220184；全国为 100000。",
            f"The division code “{text}” is not understood. Give six digits, e.g. 220184; "
            "the nation is 100000.",
        )
    return text


def level_of(code: str) -> Level:
    """Return the level that a six-digit division code stands for."""
    if code.endswith("0000"):
        return "province"
    return "city" if code.endswith("00") and code[:2] not in _WITHOUT_CITIES else "county"


def group_of(code: str) -> str:
    """Return the place whose sheet shows a county: its city, or the province that has none."""
    if code[:2] in _WITHOUT_CITIES:
        return code[:2] + "0000"
    return code if code.endswith("0000") else code[:4] + "00"


def find_sheet(region: str, level: Level | None, there: Iterable[SheetKey]) -> SheetKey:
    """Return the sheet that shows a region: its parts, or a county among its neighbours.

    A province is shown by county unless `level` asks for its cities. Raises NotFoundProblem.
    """
    if region == NATION:
        key: SheetKey = (NATION, "province")
    elif level_of(region) == "province":
        key = (region, "city" if level == "city" else "county")
    else:
        key = (group_of(region), "county")
    if key not in set(there):
        raise no_boundary(region)
    return key


def no_boundary(region: str) -> NotFoundProblem:
    """Return the problem of a region that the layer does not show."""
    return NotFoundProblem(
        f"当前边界图层没有 {region}。请核对区划代码，或用 chaintwin map --from 文件.geojson "
        "安装包含该地区的图层。",
        f"The boundary layer does not show {region}. Check the division code, or install a layer "
        "that has it with chaintwin map --from FILE.geojson.",
    )


def cut(features: Iterable[Feature]) -> dict[SheetKey, list[Feature]]:
    """Return the sheets of a layer, each with its features in the order of their codes."""
    areas = {code_of(feature): feature for feature in features if not is_dash(feature)}
    dashes = [feature for feature in features if is_dash(feature)]
    layer = _Layer(areas)
    sheets: dict[SheetKey, list[Feature]] = {}
    if provinces := layer.of("province"):
        sheets[NATION, "province"] = _on_sheet(provinces) + dashes
    for province in sorted({code[:2] for code in areas}):
        sea = dashes if province in _WITH_DASHES else []
        sheets[f"{province}0000", "city"] = _on_sheet(layer.coarse(province)) + sea
        sheets[f"{province}0000", "county"] = _on_sheet(layer.fine(province)) + sea
    for group in sorted(layer.groups()):
        if not group.endswith("0000"):
            sheets[group, "county"] = _on_sheet(layer.fine(group[:4]))
    return sheets


class _Layer:
    """The areas of a layer by level."""

    def __init__(self, areas: Mapping[str, Feature]) -> None:
        self.areas = dict(sorted(areas.items()))

    def of(self, level: Level, prefix: str = "") -> list[Feature]:
        """Return the areas of one level within a place."""
        return [
            feature
            for code, feature in self.areas.items()
            if level_of(code) == level and code.startswith(prefix)
        ]

    def groups(self) -> set[str]:
        """Return the places whose sheets show counties."""
        return {group_of(code) for code in self.areas if level_of(code) != "province"}

    def fine(self, prefix: str) -> list[Feature]:
        """Return counties, cities that have none, or the province that has neither."""
        counties = self.of("county", prefix)
        with_counties = {group_of(code_of(county)) for county in counties}
        cities = [x for x in self.of("city", prefix) if code_of(x) not in with_counties]
        return counties + cities or self.of("province", prefix)

    def coarse(self, prefix: str) -> list[Feature]:
        """Return cities, counties that stand under no city, or the province that has neither."""
        cities = self.of("city", prefix)
        codes = {code_of(city) for city in cities}
        free = [x for x in self.of("county", prefix) if group_of(code_of(x)) not in codes]
        return cities + free or self.of("province", prefix)


def _on_sheet(features: list[Feature]) -> list[Feature]:
    """Tell apart features of the same name on one sheet: drawing programs go by name."""
    count = Counter(name_of(feature) for feature in features)
    told = [feature if count[name_of(feature)] == 1 else _renamed(feature) for feature in features]
    return sorted(told, key=code_of)


def _renamed(feature: Feature) -> Feature:
    properties = feature["properties"]
    within = properties.get("within") or code_of(feature)
    return feature | {"properties": properties | {"name": f"{properties['name']}（{within}）"}}


def code_of(feature: Feature) -> str:
    """Return the division code of a feature; empty for dashes at sea."""
    return feature["properties"]["code"] or ""


def name_of(feature: Feature) -> str:
    """Return the name of a feature."""
    return str(feature["properties"]["name"])


def is_dash(feature: Feature) -> bool:
    """Tell whether a feature stands for dashes at sea: it has no division code."""
    return feature["properties"]["code"] is None


def make_feature(code: str | None, name: str, geometry: Any, within: str | None = None) -> Feature:
    """Return a feature as sheets hold it; `within` is the city, to tell equal names apart."""
    properties = {"code": code, "name": name, "within": within}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def read_features(collection: Any) -> list[Feature]:
    """Return the features of a GeoJSON file that somebody provides, geometry as it is.

    The code is taken from `code`, `adcode` or `gb` (a six-digit code, after 156 in `gb`). Raises
    InputProblem naming the first feature that has no code, no name or no area.
    """
    given = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(given, list) or not given:
        raise InputProblem(
            "文件不是含有要素的 GeoJSON FeatureCollection。请导出为 FeatureCollection 后重试。",
            "The file is no GeoJSON FeatureCollection with features. Export it as one.",
        )
    return [_read_feature(number, raw) for number, raw in enumerate(given, 1)]


def _read_feature(number: int, raw: Any) -> Feature:
    properties = (raw.get("properties") if isinstance(raw, dict) else None) or {}
    geometry = (raw.get("geometry") if isinstance(raw, dict) else None) or {}
    named = properties.get("name") or properties.get("NAME") or ""
    if geometry.get("type") in _LINES or _DASHES.search(f"{named}{properties.get('adcode')}"):
        return make_feature(None, str(named or DASHES), geometry)
    code = str(properties.get("code") or properties.get("adcode") or properties.get("gb") or "")
    code = code[3:] if len(code) == 9 and code.startswith("156") else code
    if not named or not re.fullmatch(r"[1-9]\d{5}", code) or geometry.get("type") not in _AREAS:
        raise InputProblem(
            f"第 {number} 个要素（{named or '无名称'}）缺少名称 name、六位区划代码 code"
            "（或 adcode、gb）或面状几何。请补齐后重试；没有安装任何内容。",
            f"Feature {number} ({named or 'without name'}) lacks a name, a six-digit code (or "
            "adcode, gb) or an area. Complete it and try again; nothing was installed.",
        )
    return make_feature(code, str(named), geometry)


def parse_review_number(text: str | None) -> str | None:
    """Return a 审图号 such as GS(2019)1822号; None for none; raise InputProblem otherwise."""
    given = re.sub(r"\s|审图号|[：:]", "", text or "").translate(
        str.maketrans("（）〔〕[]", "()()()")
    )
    if not given:
        return None
    if not _NUMBER.fullmatch(given):
        raise InputProblem(
            f"审图号“{text}”无法识别。请按批准文件填写，例如 GS(年份)流水号号；留空为未送审。",
            f"The review number “{text}” is not understood. Write it as on the approval: "
            "letters, year in brackets, serial and 号; leave it empty for none.",
        )
    return given
