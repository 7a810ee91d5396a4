"""`chaintwin doctor`: what is missing, and the way out."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

import chaintwin
from chaintwin.cli.speech import language, say
from chaintwin.kit.places import find_places

_MARKS = {"ok": "✓", "warn": "!", "missing": "✗"}
PORT_HELP = "网页端口 / port of the pages"


def doctor(
    port: Annotated[int, typer.Option(envvar="CHAINTWIN_PORT", help=PORT_HELP)] = 8000,
    as_json: Annotated[bool, typer.Option("--json", help="机器可读 / for programs")] = False,
) -> None:
    """检查本机缺什么、怎么补。 / Say what is missing and the way out."""
    from chaintwin.engine.migrations import revisions  # noqa: PLC0415
    from chaintwin.engine.upkeep.checkup import examine  # noqa: PLC0415

    static = Path(chaintwin.__file__).parent / "web" / "static"
    findings = examine(find_places(), port=port, static=static, revision=revisions()[-1])
    if as_json:
        typer.echo(json.dumps([asdict(found) for found in findings], ensure_ascii=False, indent=1))
    for found in [] if as_json else findings:
        speaks = language()
        typer.echo(f"{_MARKS[found.outcome]} {found.title.text(speaks)}：{found.said.text(speaks)}")
        if found.way_out.text(speaks):
            typer.echo(f"    → {found.way_out.text(speaks)}")
    missing = sum(found.outcome == "missing" for found in findings)
    if missing:
        say(f"缺 {missing} 项。", f"{missing} missing.", error=True)
        raise typer.Exit(1)
