"""How commands talk: Chinese unless the reader asked for English."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import typer

from chaintwin.kit.problems import InputProblem, Language, Problem

LANGUAGE_VARIABLE = "CHAINTWIN_LANG"


def language() -> Language:
    """Return the reader's language, set with CHAINTWIN_LANG=en."""
    return "en" if os.environ.get(LANGUAGE_VARIABLE, "").lower().startswith("en") else "zh"


def say(zh: str, en: str, *, error: bool = False) -> None:
    """Print one sentence in the reader's language."""
    typer.echo(en if language() == "en" else zh, err=error)


def read_text(path: Path) -> str:
    """Return what a text file says; raise InputProblem when it is no text."""
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise InputProblem(
            f"文件 {path} 不是文本。请核对是否选错了文件。",
            f"The file {path} is no text. Check that it is the right one.",
        ) from error


class Door(typer.Typer):
    """An app that prints a problem, also of the machine, as text without a trace; status 1."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line."""
        try:
            return super().__call__(*args, **kwargs)
        except Problem as problem:
            say(f"错误：{problem.zh}", f"Error: {problem.en}", error=True)
            sys.exit(1)
        except OSError as error:
            place = "" if error.filename is None else f"{error.filename}："
            what = error.strerror or str(error)
            say(
                f"错误：{place}{what}。请检查路径、权限和磁盘空间后重试。",
                f"Error: {place}{what}. Check path, rights and disk space, then try again.",
                error=True,
            )
            sys.exit(1)
