"""`chaintwin upgrade`: bring data forward to this version."""

from __future__ import annotations

from typing import Annotated

import typer

from chaintwin.cli.speech import say
from chaintwin.kit.clock import SystemClock
from chaintwin.kit.places import find_places

REMOVE_HELP = "核对无误后删除旧大版本的数据 / remove the old major version's data once verified"


def upgrade(
    remove_old: Annotated[bool, typer.Option("--remove-old", help=REMOVE_HELP)] = False,
) -> None:
    """把数据升级到当前版本。 / Bring data forward to this version."""
    from chaintwin.engine.migrations import migrate, revisions  # noqa: PLC0415
    from chaintwin.engine.upkeep.upgrade import forget_old_data  # noqa: PLC0415
    from chaintwin.engine.upkeep.upgrade import upgrade as bring_forward  # noqa: PLC0415

    places = find_places()
    done = bring_forward(places, SystemClock().now(), migrate, revisions())
    if done.from_major != done.to_major:
        say(
            f"PostgreSQL {done.from_major} → {done.to_major}，逐表核对一致；旧数据保留在 "
            f"{done.kept_data}，确认无误后可用 chaintwin upgrade --remove-old 删除。",
            f"PostgreSQL {done.from_major} → {done.to_major}, every table compared; the old data "
            f"stay in {done.kept_data} until chaintwin upgrade --remove-old.",
        )
    if done.backup is not None:
        say(f"升级前的备份：{done.backup}", f"Backup from before: {done.backup}")
    say(f"数据结构：{done.to_revision}（最新）", f"Schema: {done.to_revision} (latest)")
    if remove_old:
        for folder in forget_old_data(places):
            say(f"已删除 {folder}", f"Removed {folder}")
