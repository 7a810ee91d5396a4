"""What the extra `learning` brings, asked for where it is used."""

from __future__ import annotations

import importlib
from typing import Any

from chaintwin.kit.problems import Problem


def need(name: str) -> Any:
    """Return a module of the extra; raise Problem, with the way out, where it is absent."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise Problem(
            f"学习排序需要 {name}。请运行 pip install 'chaintwin[learning]' 后重试。",
            f"Learned rankers need {name}. Run pip install 'chaintwin[learning]' and try again.",
            status=501,
        ) from error
