"""Compiles loops to machine code where numba is installed; without it they run as they stand."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import platformdirs

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Return the function compiled on first call, free of the interpreter's lock.

    Same results with and without numba; without it, two orders of magnitude slower.
    """
    if not is_compiling():
        return function
    return cast(Callable[P, R], _njit()(function))


def is_compiling() -> bool:
    """Tell whether loops run as machine code here."""
    return find_spec("numba") is not None and os.environ.get("NUMBA_DISABLE_JIT") != "1"


@cache
def _njit() -> Callable[..., Any]:
    from numba import config, njit  # noqa: PLC0415 - brought by an extra

    folder = platformdirs.user_cache_path("chaintwin", appauthor=False) / f"loops-{_digest()}"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        is_kept = os.access(folder, os.W_OK)
    except OSError:
        is_kept = False
    if is_kept and "NUMBA_CACHE_DIR" not in os.environ:
        setattr(config, "CACHE_DIR", str(folder))  # noqa: B010 - numba makes it as it loads
    decorate: Callable[..., Any] = njit(nogil=True, cache=is_kept, error_model="numpy")
    return decorate


def _digest() -> str:
    # numba looks only at the file of the loop it loads, not at those that the loop calls.
    digest = sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
