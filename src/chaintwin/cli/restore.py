"""`chaintwin restore`: bring a backup back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chaintwin.cli.backup import PassphraseFile, read_passphrase
from chaintwin.cli.speech import say
from chaintwin.kit.clock import SystemClock
from chaintwin.kit.places import find_places

REPLACE_HELP = "替换现有数据（会先自动备份）/ replace present data, which are backed up first"


def restore(
    archive: Annotated[Path, typer.Argument(help="备份文件 / the backup")],
    passphrase_file: PassphraseFile = None,
    replace: Annotated[bool, typer.Option("--replace", help=REPLACE_HELP)] = False,
) -> None:
    """核对并恢复一份备份。 / Verify a backup and restore it."""
    from chaintwin.engine.migrations import revisions  # noqa: PLC0415
    from chaintwin.engine.postgres import running  # noqa: PLC0415
    from chaintwin.engine.upkeep.restore import restore as bring_back  # noqa: PLC0415

    places = find_places().make()
    with running(places) as cluster:
        manifest = bring_back(
            places,
            cluster,
            archive.absolute(),
            SystemClock().now(),
            known_revisions=revisions(),
            passphrase=read_passphrase(passphrase_file),
            replace=replace,
        )
    say(
        f"已恢复 {manifest.created_at} 的备份（{len(manifest.files)} 个文件，已核对）。"
        "如果程序比备份新，请再运行 chaintwin upgrade。",
        f"Restored the backup of {manifest.created_at} ({len(manifest.files)} files, verified). "
        "If the program is newer than the backup, run chaintwin upgrade next.",
    )
