"""`chaintwin load`: bring sources into the twin, or take one out."""

from __future__ import annotations

import gc
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chaintwin.cli.speech import language, say

if TYPE_CHECKING:
    from chaintwin.physical.loading import Loaded
    from chaintwin.twin.twin import Twin

WHAT_HELP = (
    "public（四个公开数据集）、shipped（随系统内容）或某个来源名；list 列出来源 / a group, "
    "a source, or list"
)
FOLDER_HELP = "数据文件夹，其中每个来源一个子文件夹 / folder with one folder per source"
FREE_HELP = "不装载仅供评估的来源 / leave out sources for evaluation only"
REMOVE_HELP = "撤下该来源的全部事实，历史仍可查 / stop believing the source; its history stays"
_DEMO = "demo"
_OBJECTS_BETWEEN_LOOKS = 50_000


def load(
    what: Annotated[str, typer.Argument(help=WHAT_HELP)],
    folder: Annotated[Path | None, typer.Option(file_okay=False, help=FOLDER_HELP)] = None,
    without_evaluation: Annotated[bool, typer.Option(help=FREE_HELP)] = False,
    remove: Annotated[bool, typer.Option("--remove", help=REMOVE_HELP)] = False,
) -> None:
    """装载数据来源，或撤下一个来源。 / Load sources, or take one out."""
    from chaintwin.boot import open_twin, settle  # noqa: PLC0415
    from chaintwin.physical.declared import find_source, find_sources  # noqa: PLC0415

    found = find_sources()
    if what == "list":
        for source in found.values():
            typer.echo(f"{source.name}  {source.title[language()]}  {source.licence}")
        return
    chosen = [name for name, source in found.items() if source.group == what]
    names = chosen or [find_source(what).name]
    if without_evaluation:
        names = [name for name in names if not found[name].evaluation_only]
    names.sort(key=lambda name: (found[name].rank, name))
    if _DEMO in names:
        say(
            "示例数据随首次启动写入示例单位，不能写入公共数据。请运行 chaintwin serve。",
            "Demo records go into the demo tenant on the first start: run chaintwin serve.",
            error=True,
        )
        raise typer.Exit(1)
    # Millions of small objects, hardly a cycle: looking for cycles took a fifth of the work.
    gc.set_threshold(_OBJECTS_BETWEEN_LOOKS)
    with open_twin() as twin:
        for name in names:
            if remove:
                _remove(twin, name)
            else:
                _load(twin, name, folder or _shared_data())
        settle(twin, say)


def _load(twin: Twin, name: str, folder: Path | None) -> None:
    from chaintwin.access.asker import platform_asker  # noqa: PLC0415
    from chaintwin.physical.declared import find_source  # noqa: PLC0415
    from chaintwin.physical.loading import load_source  # noqa: PLC0415

    source = find_source(name)
    mark = "（仅供评估）" if source.evaluation_only else ""
    english = " (for evaluation only)" if source.evaluation_only else ""
    say(f"装载 {source.title['zh']}{mark}…", f"Loading {source.title['en']}{english} …")
    started = time.monotonic()
    loaded = load_source(twin, platform_asker(), name, folder, progress=_show)
    _report(loaded, time.monotonic() - started)


def _report(loaded: Loaded, seconds: float) -> None:
    if loaded.change is None:
        say(
            f"  {loaded.rows} 行，与已有内容相同，未增加任何事实（{seconds:.1f} 秒）。",
            f"  {loaded.rows} rows, all known; nothing added ({seconds:.1f} s).",
        )
    else:
        say(
            f"  {loaded.rows} 行，新增 {loaded.opened} 条事实、{loaded.new_bodies} 个孪生体，"
            f"停用 {loaded.closed} 条（{seconds:.1f} 秒）。",
            f"  {loaded.rows} rows: {loaded.opened} facts and {loaded.new_bodies} bodies added, "
            f"{loaded.closed} facts closed ({seconds:.1f} s).",
        )
    for note, count in sorted(loaded.notes.items()):
        typer.echo(f"  {note}: {count}")


def _remove(twin: Twin, name: str) -> None:
    from chaintwin.access.asker import platform_asker  # noqa: PLC0415
    from chaintwin.physical.loading import remove_source  # noqa: PLC0415

    closed = remove_source(twin, platform_asker(), name)
    say(
        f"已撤下 {name}：{closed} 条事实不再采信，历史仍可查。",
        f"Took out {name}: {closed} facts are no longer believed; their history stays.",
    )


def _show(phase: str, rows: int) -> None:
    words = {"read": ("已读", "read"), "check": ("核对", "checked"), "settle": ("写入", "writing")}
    chinese, english = words[phase]
    say(f"  {chinese} {rows}", f"  {english} {rows}")


def _shared_data() -> Path | None:
    shared = os.environ.get("CHAINTWIN_SHARED")
    return Path(shared) / "data" if shared else None
