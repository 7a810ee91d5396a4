"""Finds and reads the business knowledge that ships as data."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from chaintwin.kit.problems import Problem

_RULES = ("scorecards", "processes", "filing")
_PACKAGE = Path(__file__).resolve().parent.parent


def content_folder() -> Path:
    """Return the content folder: CHAINTWIN_CONTENT, else the packaged one, else the checkout's."""
    named = os.environ.get("CHAINTWIN_CONTENT")
    if named:
        return Path(named)
    packaged = _PACKAGE / "content"
    return packaged if packaged.is_dir() else _PACKAGE.parent.parent / "content"


def rules_mark() -> str:
    """Return what changes whenever a rule is edited: the latest writing of any rule file."""
    folder = content_folder()
    found = [path.stat().st_mtime_ns for name in _RULES for path in (folder / name).glob("*.yml")]
    return f"{max(found, default=0):x}"


def read_yaml(path: Path) -> Any:
    """Read one YAML file; raise Problem with the place of the mistake."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - safe loaders
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Problem(
            f"内容文件 {path.name} 无法读取:{error}。请更正该文件。",
            f"The content file {path.name} cannot be read: {error}. Correct that file.",
        ) from error


def read_folder(name: str, folder: Path | None = None) -> Iterator[tuple[Path, Any]]:
    """Yield every YAML file of one content folder, in the order of their names."""
    for path in sorted(((folder or content_folder()) / name).glob("*.yml")):
        yield path, read_yaml(path)
