"""`chaintwin verify`: do facts, ledger, current state and originals agree?"""

from __future__ import annotations

from itertools import chain

import typer

from chaintwin.cli.speech import language, say


def verify() -> None:
    """核对事实、账本、当前态与原件。 / Check facts, ledger, current state and originals."""
    from chaintwin import boot  # noqa: PLC0415
    from chaintwin.twin import verify as check  # noqa: PLC0415
    from chaintwin.twin.originals import Originals  # noqa: PLC0415

    count = 0
    places = boot.find_data_places()
    with boot.open_twin(places) as twin:
        found_all = chain(check.verify(twin), check.verify_originals(twin, Originals(places)))
        for found in found_all:
            count += 1
            place = f"变更 {found.change or '—'} · 孪生体 {found.body or '—'}"
            typer.echo(f"✗ {place}: {found.zh if language() == 'zh' else found.en}")
    if count:
        say(
            f"发现 {count} 处不符。请从备份恢复并查明原因。",
            f"{count} differences found.",
            error=True,
        )
        raise typer.Exit(1)
    say(
        "一致:事实、账本、当前态与原件相互吻合。",
        "All agree: facts, ledger, current state and originals.",
    )
