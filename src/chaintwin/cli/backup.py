"""`chaintwin backup`: everything in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chaintwin.cli.speech import say
from chaintwin.kit.clock import SystemClock
from chaintwin.kit.places import find_places

SEAL_HELP = "口令所在的文件，用来封存密钥 / file with the passphrase that closes the keys"
PassphraseFile = Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help=SEAL_HELP)]


def backup(
    target: Annotated[
        Path | None, typer.Argument(help="备份文件；默认在数据文件夹的 backups / file to write")
    ] = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """备份数据库、原件和密钥。 / Back up the database, the originals and the keys."""
    from chaintwin.engine.postgres import running  # noqa: PLC0415
    from chaintwin.engine.upkeep.backup import backup as make  # noqa: PLC0415
    from chaintwin.engine.upkeep.backup import default_name  # noqa: PLC0415

    places, now = find_places().make(), SystemClock().now()
    target = (target or places.backups / default_name(now)).absolute()
    with running(places) as cluster:
        manifest = make(places, cluster, target, now, read_passphrase(passphrase_file))
    size = target.stat().st_size / 1e6
    say(
        f"已备份到 {target}（{len(manifest.files)} 个文件，{size:.1f} MB，已核对）。",
        f"Backed up to {target} ({len(manifest.files)} files, {size:.1f} MB, verified).",
    )
    if manifest.keys == "open":
        say(
            "注意：备份内含未封存的密钥，请妥善保管；可用 --passphrase-file 封存。",
            "Note: the backup holds open keys; keep it safe, or close them with --passphrase-file.",
        )


def read_passphrase(path: Path | None) -> str | None:
    """Return the first line of a passphrase file."""
    if path is None:
        return None
    lines = path.read_text("utf-8").splitlines()
    if not lines or not lines[0].strip():
        raise typer.BadParameter(f"{path} 是空的 / is empty")
    return lines[0].strip()
