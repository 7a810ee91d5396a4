"""`chaintwin verify`: do facts, ledger, current state and originals agree with what was signed?"""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chaintwin.cli.speech import language, read_text, say
from chaintwin.kit.problems import InputProblem

if TYPE_CHECKING:
    from chaintwin.twin.ledger.book import Ledger
    from chaintwin.twin.store.verifying import Difference

OTHER_HELP = "另存的签名检查点,一并核对 / a signed checkpoint kept elsewhere, to be checked too"


def verify(
    checkpoint: Annotated[
        list[Path] | None, typer.Option(exists=True, dir_okay=False, help=OTHER_HELP)
    ] = None,
) -> None:
    """从事实起重算到签名检查点,并核对当前态与原件。 / Recompute all up to what was signed."""
    from chaintwin import boot  # noqa: PLC0415
    from chaintwin.twin import verify as check  # noqa: PLC0415
    from chaintwin.twin.ledger.book import Ledger  # noqa: PLC0415
    from chaintwin.twin.ledger.verifying import verify_ledger  # noqa: PLC0415
    from chaintwin.twin.originals import Originals  # noqa: PLC0415

    places = boot.find_data_places()
    with boot.open_as_found(places) as twin:
        ledger = Ledger(twin, places)
        others = [_read(ledger, path) for path in checkpoint or ()]
        found = []
        for one in chain(
            check.verify(twin),
            verify_ledger(ledger, others),
            check.verify_originals(twin, Originals(places)),
        ):
            found.append(one)
            _show(one)
        check.keep_results(ledger, found)
        if not found:
            boot.enter_in_ledger(twin, places)
    if found:
        say(
            f"发现 {len(found)} 处不符。请从备份恢复并查明原因。",
            f"{len(found)} differences found. Restore a backup and find out why.",
            error=True,
        )
        raise typer.Exit(1)
    say(
        "一致:事实、账本、签名检查点、当前态与原件相互吻合。",
        "All agree: facts, ledger, signed checkpoints, current state and originals.",
    )


def _read(ledger: Ledger, path: Path) -> str:
    text = read_text(path)
    if ledger.read_signed(text) is None:
        raise InputProblem(
            f"检查点 {path} 不是由本系统的密钥签名,无法核对。请确认文件来自本系统,"
            "且 keys 文件夹没有被更换。",
            f"The checkpoint {path} is not signed by this installation's key. Make sure that it "
            "comes from here and that the keys folder was not exchanged.",
        )
    return text


def _show(found: Difference) -> None:
    place = f"变更 {found.change or '—'} · 孪生体 {found.body or '—'}"
    file = f" · {found.file}" if found.file else ""
    typer.echo(f"✗ {place}{file}: {found.zh if language() == 'zh' else found.en}")
