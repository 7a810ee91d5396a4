"""Layers drawn by hand out of small squares, and how a test installs and reads them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from chaintwin.kit.places import Places
from chaintwin.physical.maps import core, layer, service
from chaintwin.physical.maps.completeness import MUSTS, PROVINCES, Must

NOW = datetime(2026, 11, 1, 4, tzinfo=UTC)


def square(x: float, y: float, half: float = 0.1) -> list[list[list[float]]]:
    west, east, south, north = x - half, x + half, y - half, y + half
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def area(code: str, name: str, *squares: list[list[list[float]]]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"adcode": code, "name": name},
        "geometry": {"type": "MultiPolygon", "coordinates": list(squares)},
    }


def middle(must: Must) -> tuple[float, float]:
    west, south, east, north = must.box
    return (west + east) / 2, (south + north) / 2


def nation(without: Must | None = None) -> dict[str, Any]:
    """A nation of small squares, and the dashes; one thing may be left out."""
    shown = [must for must in MUSTS if must != without]
    features = []
    for number, code in enumerate(PROVINCES):
        own = [square(60 + number / 2, 50)]
        own += [
            square(*middle(must), 0.01) for must in shown if must.of == code and must.kind != "dash"
        ]
        features.append(area(f"{code}0000", f"省级{code}", *own))
    dashes = [
        [[middle(must)[0], middle(must)[1] - 0.5], [middle(must)[0], middle(must)[1] + 0.5]]
        for must in shown
        if must.kind == "dash"
    ]
    line = {"type": "MultiLineString", "coordinates": dashes}
    features.append({"type": "Feature", "properties": {"name": "断续线"}, "geometry": line})
    return {"type": "FeatureCollection", "features": features}


def town() -> dict[str, Any]:
    """A province of two cities, one without counties, and a county under no city."""
    return {
        "type": "FeatureCollection",
        "features": [
            area("990100", "甲市", square(1, 1), square(2, 1)),
            area("990102", "城区", square(1, 1)),
            area("990103", "乡区", square(2, 1)),
            area("990200", "乙市", square(3, 1)),
            area("990300", "丙市", square(4, 1)),
            area("990302", "城区", square(4, 1)),
            area("999001", "丁县", square(5, 1)),
        ],
    }


def names(collection: dict[str, Any]) -> list[str]:
    return [feature["properties"]["name"] for feature in collection["features"]]


def install(places: Places, collection: dict[str, Any], number: str | None = None) -> layer.Layer:
    file = places.root / "given.geojson"
    file.write_text(json.dumps(collection), "utf-8")
    return service.install_layer(
        places, file, NOW, crs="CGCS2000", source="测绘单位", number=number
    )


def answer(places: Places, region: str, level: core.Level | None = None) -> dict[str, Any]:
    given: dict[str, Any] = json.loads(service.answer_sheet(places, region, level, "zh").plain)
    return given
