"""The file format of a backup: one tar with a list of every file's SHA-256 at its end."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Literal

from chaintwin.kit.problems import InputProblem

FORMAT = 1
DATABASE = "database.dump"
SEALED_KEYS = "keys.sealed"
MANIFEST = "MANIFEST.json"
MANIFEST_SUM = "MANIFEST.sha256"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a backup; size in bytes."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds and what made it; `created_at` is an ISO instant in UTC."""

    created_at: str
    program: str
    postgres: str
    revision: str | None
    keys: Literal["open", "sealed"]
    files: dict[str, Entry] = field(default_factory=dict)
    format: int = FORMAT


class _Hashed(io.RawIOBase):
    """Reads a file and remembers the digest of what was read."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._source.read(size)
        self.digest.update(chunk)
        return chunk


class Writer:
    """Adds files to a backup and closes it with its manifest."""

    def __init__(self, tar: tarfile.TarFile, modified: int) -> None:
        self._tar = tar
        self._modified = modified
        self.files: dict[str, Entry] = {}

    def add_file(self, name: str, path: Path) -> None:
        """Add a file; one that was lawfully destroyed a moment ago is left out."""
        try:
            source = path.open("rb")
        except FileNotFoundError:
            return
        with source:
            size = path.stat().st_size
            self._add(name, source, size)

    def add_bytes(self, name: str, content: bytes) -> None:
        """Add a file made in memory."""
        self._add(name, io.BytesIO(content), len(content))

    def add_folder(self, name: str, folder: Path) -> None:
        """Add every file below a folder."""
        for path in walk(folder):
            self.add_file(f"{name}/{path.relative_to(folder).as_posix()}", path)

    def finish(self, manifest: Manifest) -> None:
        """Write the list of files, and the digest of the list."""
        listed = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
        self._add(MANIFEST, io.BytesIO(listed), len(listed))
        digest = hashlib.sha256(listed).hexdigest().encode()
        self._add(MANIFEST_SUM, io.BytesIO(digest), len(digest))

    def _add(self, name: str, source: IO[bytes], size: int) -> None:
        header = tarfile.TarInfo(name)
        header.size = size
        header.mode = 0o600
        header.mtime = self._modified
        hashed = _Hashed(source)
        self._tar.addfile(header, hashed)
        self.files[name] = Entry(size, hashed.digest.hexdigest())


def walk(folder: Path) -> Iterator[Path]:
    """List the files below a folder in a fixed order."""
    return iter(sorted(path for path in folder.rglob("*") if path.is_file()))


def verify(archive: Path) -> Manifest:
    """Read a whole backup and compare every byte with its manifest, before anything is touched."""
    try:
        with tarfile.open(archive, "r:") as tar:
            found, listed, digest = _read_all(tar)
    except FileNotFoundError as error:
        raise InputProblem(
            f"找不到备份文件 {archive}。", f"There is no backup file {archive}."
        ) from error
    except (tarfile.TarError, EOFError, OSError) as error:
        raise _damaged(archive, str(error)) from error
    if listed is None or digest != hashlib.sha256(listed).hexdigest().encode():
        raise _damaged(archive, MANIFEST)
    manifest = _parse(archive, listed)
    wrong = sorted(
        name
        for name in found.keys() | manifest.files.keys()
        if found.get(name) != manifest.files.get(name)
    )
    if wrong:
        raise _damaged(archive, "、".join(wrong[:5]))
    return manifest


def _read_all(tar: tarfile.TarFile) -> tuple[dict[str, Entry], bytes | None, bytes | None]:
    found: dict[str, Entry] = {}
    texts: dict[str, bytes] = {}
    for member in tar:
        source = tar.extractfile(member)
        plain = member.isfile() and is_plain(member.name) and member.name not in found
        if source is None or not plain:
            raise tarfile.ReadError(member.name)
        if member.name in (MANIFEST, MANIFEST_SUM):
            texts[member.name] = source.read()
            continue
        digest = hashlib.sha256()
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
        found[member.name] = Entry(member.size, digest.hexdigest())
    return found, texts.get(MANIFEST), texts.get(MANIFEST_SUM)


def is_plain(name: str) -> bool:
    """Tell whether a name stays inside the folder it is unpacked into."""
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and "\\" not in name


def _parse(archive: Path, listed: bytes) -> Manifest:
    fields = json.loads(listed)
    if fields.get("format") != FORMAT:
        raise InputProblem(
            f"备份 {archive} 的格式版本是 {fields.get('format')}，本程序只认识 {FORMAT}。"
            "请用较新的 chaintwin 恢复。",
            f"The backup {archive} has format {fields.get('format')}; this program knows "
            f"{FORMAT}. Restore it with a newer chaintwin.",
        )
    fields["files"] = {name: Entry(**entry) for name, entry in fields["files"].items()}
    return Manifest(**fields)


def read_member(archive: Path, name: str) -> bytes:
    """Return one small file of a verified backup."""
    with tarfile.open(archive, "r:") as tar:
        source = tar.extractfile(name)
        return source.read() if source else b""


def unpack(tar: tarfile.TarFile, folder: Path) -> None:
    """Unpack plain files into a folder, closed to other users.

    By hand, because Python before 3.11.4 (Debian 12) has no extraction filter.
    """
    for member in tar:
        source = tar.extractfile(member)
        if source is None or not member.isfile() or not is_plain(member.name):
            raise tarfile.ReadError(member.name)
        target = folder / member.name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with target.open("xb") as file:
            target.chmod(0o600)
            shutil.copyfileobj(source, file, _CHUNK)


def _damaged(archive: Path, where: str) -> InputProblem:
    return InputProblem(
        f"备份 {archive} 不完整或已损坏（{where}），没有恢复任何内容。请换一份备份。",
        f"The backup {archive} is incomplete or damaged ({where}); nothing was restored. "
        "Use another backup.",
    )
