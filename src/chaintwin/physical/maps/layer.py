"""The layer in the data folder: what it says of itself, and its sheets.

`maps/layer.json` names the folder that holds the sheets; it is replaced in one step, so that a
reader sees the old layer or the new one and never half of either.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from chaintwin.kit.places import Places, make_folder
from chaintwin.kit.problems import InputProblem, NotFoundProblem, Problem
from chaintwin.physical.maps.completeness import find_missing
from chaintwin.physical.maps.core import NATION, Feature, SheetKey, no_boundary

FORMAT = 1
_INDEX = "layer.json"
_OPEN = 0o700


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer: where it comes from, and how its sheets were checked.

    `sheets` maps "220000.county" to the SHA-256 of the file; `refused` maps a sheet to what it
    lacks, in Chinese and English. `built_at` is an ISO instant.
    """

    source: str
    origin: dict[str, str]
    crs: str
    built_at: str
    evaluation_only: bool
    simplified: bool
    made_by: str
    review_number: str | None = None
    folder: str = ""
    sheets: dict[str, str] = field(default_factory=dict)
    refused: dict[str, list[list[str]]] = field(default_factory=dict)
    format: int = FORMAT

    def sheet_keys(self) -> list[SheetKey]:
        """Return the sheets there are, and those that were refused."""
        return [_parse_key(name) for name in (*self.sheets, *self.refused)]

    @property
    def shows_nation(self) -> bool:
        """Tell whether the map of the nation is there, which means it passed its check."""
        return f"{NATION}.province" in self.sheets


def read_layer(places: Places) -> Layer | None:
    """Return the present layer; None when there is none. Raises Problem for a broken one."""
    path = _home(places) / _INDEX
    try:
        given = json.loads(path.read_text("utf-8"))
        return Layer(**given) if given["format"] == FORMAT else None
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise _broken(path) from error


def need_layer(places: Places) -> Layer:
    """Return the present layer; raise NotFoundProblem with the way out when there is none."""
    layer = read_layer(places)
    if layer is None:
        raise NotFoundProblem(
            "本机没有边界图层，地图以示意图代替。请运行 chaintwin map --build 生成示例图层，"
            "或用 chaintwin map --from 文件.geojson 安装经批准的图层。",
            "There is no boundary layer here; a schematic stands in for the map. Run "
            "chaintwin map --build for the example layer, or install an authorised one with "
            "chaintwin map --from FILE.geojson.",
        )
    return layer


def read_sheet(places: Places, layer: Layer, key: SheetKey) -> list[Feature]:
    """Return the features of a sheet, checked against its digest and, again, for completeness."""
    if name_of_sheet(key) in layer.refused:
        raise _incomplete(layer, key)
    path = _home(places) / layer.folder / f"{name_of_sheet(key)}.json"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _broken(path) from error
    if hashlib.sha256(content).hexdigest() != layer.sheets.get(name_of_sheet(key)):
        raise _broken(path)
    features: list[Feature] = json.loads(content)
    if find_missing(key[0], features):
        raise _incomplete(layer, key)
    return features


def keep_layer(
    places: Places, layer: Layer, sheets: Iterable[tuple[SheetKey, list[Feature]]]
) -> Layer:
    """Write a layer and make it the present one; incomplete sheets are left out and named.

    Raises InputProblem, leaving the present layer as it is, when no sheet remains.
    """
    home = _home(places)
    make_folder(home, _OPEN)
    building = Path(tempfile.mkdtemp(prefix="building-", dir=home))
    try:
        done = _write_sheets(building, layer, sheets)
        if not done.sheets:
            raise _incomplete(done, _parse_key(next(iter(done.refused), f"{NATION}.province")))
        done = replace(done, folder=f"sheets-{_digest(done)}")
        shutil.rmtree(home / done.folder, ignore_errors=True)
        building.rename(home / done.folder)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    _write_index(home, done)
    for old in home.glob("sheets-*"):
        if old.name != done.folder:
            shutil.rmtree(old, ignore_errors=True)
    return done


def set_review_number(places: Places, number: str | None) -> Layer:
    """Enter the 审图号 of the present layer, or take it off."""
    layer = replace(need_layer(places), review_number=number)
    _write_index(_home(places), layer)
    return layer


def remove_layer(places: Places) -> bool:
    """Delete the layer; return False when there was none."""
    home = _home(places)
    there = (home / _INDEX).exists()
    if home.is_dir():
        shutil.rmtree(home)
    return there


def name_of_sheet(key: SheetKey) -> str:
    """Return the name of a sheet: code and level."""
    return f"{key[0]}.{key[1]}"


def _parse_key(name: str) -> SheetKey:
    code, _, level = name.partition(".")
    return code, level  # type: ignore[return-value]


def _home(places: Places) -> Path:
    return places.root / "maps"


def _write_sheets(
    folder: Path, layer: Layer, sheets: Iterable[tuple[SheetKey, list[Feature]]]
) -> Layer:
    kept: dict[str, str] = {}
    refused: dict[str, list[list[str]]] = {}
    for key, features in sheets:
        name = name_of_sheet(key)
        if missing := find_missing(key[0], features):
            refused[name] = [[must.zh, must.en] for must in missing]
            continue
        text = json.dumps(features, ensure_ascii=False, separators=(",", ":")).encode()
        (folder / f"{name}.json").write_bytes(text)
        kept[name] = hashlib.sha256(text).hexdigest()
    return replace(layer, sheets=kept, refused=refused)


def _digest(layer: Layer) -> str:
    return hashlib.sha256(json.dumps(asdict(layer), sort_keys=True).encode()).hexdigest()[:16]


def _write_index(home: Path, layer: Layer) -> None:
    text: Any = json.dumps(asdict(layer), ensure_ascii=False, indent=1)
    with tempfile.NamedTemporaryFile("w", dir=home, encoding="utf-8", delete=False) as file:
        file.write(text)
    os.replace(file.name, home / _INDEX)


def _incomplete(layer: Layer, key: SheetKey) -> Problem:
    lacking = layer.refused.get(name_of_sheet(key), [])
    if not lacking:
        return no_boundary(key[0])
    zh = "、".join(names[0] for names in lacking)
    en = ", ".join(names[1] for names in lacking)
    return NotFoundProblem(
        f"{key[0]} 的边界不完整，缺少：{zh}。不完整的地图不予显示；请换用完整的图层。",
        f"The boundaries of {key[0]} lack: {en}. An incomplete map is not shown; install a "
        "complete layer.",
        missing=[names[0] for names in lacking],
    )


def _broken(path: Path) -> Problem:
    return InputProblem(
        f"边界图层文件 {path.name} 已损坏或被改动，不予显示。"
        "请重新运行 chaintwin map --build 或重新安装图层。",
        f"The file {path.name} of the boundary layer is broken or was changed and is not shown. "
        "Run chaintwin map --build again, or install the layer again.",
        status=500,
    )
