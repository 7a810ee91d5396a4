"""How commands talk: Chinese unless the reader asked for English."""

from __future__ import annotations

import os
import sys
from typing import Any

import typer

from chaintwin.kit.problems import Language, Problem

LANGUAGE_VARIABLE = "CHAINTWIN_LANG"


def language() -> Language:
    """Return the reader's language, set with CHAINTWIN_LANG=en."""
    return "en" if os.environ.get(LANGUAGE_VARIABLE, "").lower().startswith("en") else "zh"


def say(zh: str, en: str, *, error: bool = False) -> None:
    """Print one sentence in the reader's language."""
    typer.echo(en if language() == "en" else zh, err=error)


class Door(typer.Typer):
    """An app that prints a problem as its text, without a trace, and fails with status 1."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line."""
        try:
            return super().__call__(*args, **kwargs)
        except Problem as problem:
            say(f"错误：{problem.zh}", f"Error: {problem.en}", error=True)
            sys.exit(1)
