"""`chaintwin code check`: are codes well formed? Needs no database."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from chaintwin.cli.speech import language, say

CODES_HELP = (
    "要核对的代码；写 - 则从标准输入逐行读取 / codes to check; - reads lines of standard input"
)
_TITLES = {
    "body_code": ("孪生体编码", "body code"),
    "credit_code": ("统一社会信用代码", "credit code"),
    "registration_number": ("工商注册号", "registration number"),
    "lei": ("LEI", "LEI"),
    None: ("未知", "unknown"),
}

code = typer.Typer(help="核对代码。 / Check codes.", no_args_is_help=True)


@code.callback()
def _root() -> None:
    """Keep `check` a command of its own, though it is the only one."""


@code.command()
def check(codes: Annotated[list[str], typer.Argument(help=CODES_HELP)]) -> None:
    """核对孪生体编码、信用代码、注册号与 LEI；有误则以 1 退出。 / Check codes; exit 1 if wrong."""
    from chaintwin.kit.codes import check_code  # noqa: PLC0415

    chinese = language() == "zh"
    wrong = 0
    given = [line for name in codes for line in (sys.stdin if name == "-" else [name])]
    found = [check_code(line) for line in given if line.strip()]
    for one in found:
        title = _TITLES[one.type][0 if chinese else 1]
        reason = one.reason_zh if chinese else one.reason_en
        wrong += not one.is_right
        typer.echo(f"{'✓' if one.is_right else '✗'}\t{one.code}\t{title}\t{reason or ''}".rstrip())
    say(f"{len(found)} 个代码,{wrong} 个有误。", f"{len(found)} codes, {wrong} wrong.", error=True)
    if wrong:
        raise typer.Exit(1)
