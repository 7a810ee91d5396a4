"""What a map must show before anyone sees it: every province, the islands, the ten dashes.

The boxes are wide on purpose (degrees): they tell whether something is drawn there, in whatever
coordinate system, not where exactly it lies.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from chaintwin.physical.maps.core import NATION, Feature, code_of, is_dash

Box = tuple[float, float, float, float]
Ring = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Must:
    """Something a sheet has to show; `of` is the province whose own sheets must show it too.

    island: a separate area with its middle in the box. land: the middle of the box is inside an
    area. dash: a line with its middle in the box.
    """

    zh: str
    en: str
    of: str
    kind: Literal["island", "land", "dash"]
    box: Box


MUSTS: tuple[Must, ...] = (
    Must("台湾岛", "Taiwan", "71", "land", (120.8, 23.6, 121.2, 24.0)),
    Must("澎湖列岛", "Penghu", "71", "island", (119.4, 23.4, 119.8, 23.8)),
    Must("兰屿", "Lan Yu", "71", "island", (121.4, 21.9, 121.7, 22.2)),
    Must("钓鱼岛", "Diaoyu Dao", "71", "island", (123.42, 25.69, 123.53, 25.79)),
    Must("黄尾屿", "Huangwei Yu", "71", "island", (123.63, 25.88, 123.75, 25.97)),
    Must("赤尾屿", "Chiwei Yu", "71", "island", (124.5, 25.87, 124.63, 25.97)),
    Must("海南岛", "Hainan", "46", "land", (109.6, 19.0, 110.0, 19.4)),
    Must("西沙中建岛", "Zhongjian Dao", "46", "island", (111.1, 15.7, 111.3, 15.9)),
    Must("西沙永兴岛", "Yongxing Dao", "46", "island", (112.2, 16.7, 112.5, 17.0)),
    Must("黄岩岛", "Huangyan Dao", "46", "island", (117.5, 14.9, 118.1, 15.4)),
    Must("南沙太平岛", "Taiping Dao", "46", "island", (114.25, 10.3, 114.5, 10.5)),
    Must("南沙永暑礁", "Yongshu Jiao", "46", "island", (112.7, 9.4, 113.2, 9.8)),
    Must("曾母暗沙", "Zengmu Ansha", "46", "island", (112.0, 3.7, 112.5, 4.1)),
    Must("东沙群岛", "Dongsha Qundao", "44", "island", (116.5, 20.5, 117.1, 20.9)),
    Must("藏南", "Zangnan", "54", "land", (94.3, 28.0, 94.7, 28.4)),
    Must("阿克赛钦", "Aksai Chin", "65", "land", (79.3, 35.2, 79.7, 35.6)),
    Must("十段线第1段", "Dash 1", "46", "dash", (122.0, 23.4, 123.3, 24.7)),
    Must("十段线第2段", "Dash 2", "46", "dash", (120.9, 20.6, 122.2, 21.9)),
    Must("十段线第3段", "Dash 3", "46", "dash", (119.1, 17.9, 120.4, 19.2)),
    Must("十段线第4段", "Dash 4", "46", "dash", (108.9, 15.0, 110.2, 16.3)),
    Must("十段线第5段", "Dash 5", "46", "dash", (118.4, 14.9, 119.7, 16.2)),
    Must("十段线第6段", "Dash 6", "46", "dash", (109.6, 11.1, 110.9, 12.4)),
    Must("十段线第7段", "Dash 7", "46", "dash", (118.1, 10.8, 119.4, 12.1)),
    Must("十段线第8段", "Dash 8", "46", "dash", (115.2, 6.9, 116.5, 8.2)),
    Must("十段线第9段", "Dash 9", "46", "dash", (107.6, 5.9, 108.9, 7.2)),
    Must("十段线第10段", "Dash 10", "46", "dash", (111.7, 2.9, 113.0, 4.2)),
)

# The provincial-level divisions (GB/T 2260).
PROVINCES = (
    *("11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37"),
    *("41", "42", "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64"),
    *("65", "71", "81", "82"),
)


def find_missing(sheet: str, features: Sequence[Feature]) -> list[Must]:
    """Return what the sheet of the nation or of a province must show and does not.

    A provincial-level division that the nation lacks is reported as one more `land`.
    """
    musts = [must for must in MUSTS if sheet in (NATION, f"{must.of}0000")]
    missing = [must for must in musts if not _shows(features, must)]
    if sheet == NATION:
        there = {code_of(feature)[:2] for feature in features if not is_dash(feature)}
        absent = [code for code in PROVINCES if code not in there]
        missing += [
            Must(f"省级区划 {code}0000", f"Division {code}0000", code, "land", (0, 0, 0, 0))
            for code in absent
        ]
    return missing


def _shows(features: Sequence[Feature], must: Must) -> bool:
    if must.kind == "dash":
        lines = (line for x in features if is_dash(x) for line in _lines(x["geometry"]))
        return any(_is_in(_middle(line), must.box) for line in lines)
    own = (x for x in features if not is_dash(x) and code_of(x).startswith(must.of))
    areas = (area for x in own for area in _areas(x["geometry"]))
    if must.kind == "island":
        return any(_is_in(_middle(area[0]), must.box) for area in areas)
    x, y = (must.box[0] + must.box[2]) / 2, (must.box[1] + must.box[3]) / 2
    return any(_holds(area[0], x, y) for area in areas)


def _areas(geometry: Any) -> Iterator[Sequence[Ring]]:
    given = geometry["coordinates"]
    yield from [given] if geometry["type"] == "Polygon" else given


def _lines(geometry: Any) -> Iterator[Ring]:
    """Yield the lines of dashes, or the outlines where they are drawn as areas."""
    given = geometry["coordinates"]
    match geometry["type"]:
        case "LineString":
            yield given
        case "MultiLineString":
            yield from given
        case _:
            yield from (area[0] for area in _areas(geometry))


def _middle(points: Ring) -> tuple[float, float]:
    across = [point[0] for point in points]
    up = [point[1] for point in points]
    return (min(across) + max(across)) / 2, (min(up) + max(up)) / 2


def _is_in(point: tuple[float, float], box: Box) -> bool:
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def _holds(ring: Ring, x: float, y: float) -> bool:
    """Tell whether a ring holds a point: a ray from it crosses the ring an odd number of times."""
    inside = False
    for start, end in pairwise(ring):
        if (start[1] > y) != (end[1] > y):
            at = start[0] + (y - start[1]) * (end[0] - start[0]) / (end[1] - start[1])
            inside ^= x < at
    return inside
