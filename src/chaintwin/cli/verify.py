"""`chaintwin verify`: do facts, ledger, current state and originals agree?"""

from __future__ import annotations

import typer

from chaintwin.cli.speech import language, say


def verify() -> None:
    """核对事实、账本、当前态与原件。 / Check facts, ledger, current state and originals."""
    from chaintwin import boot  # noqa: PLC0415
    from chaintwin.twin.verify import verify as differences  # noqa: PLC0415

    count = 0
    with boot.open_twin(boot.find_data_places()) as twin:
        for found in differences(twin):
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
    say("一致:事实、账本与当前态相互吻合。", "All agree: facts, ledger and current state.")
