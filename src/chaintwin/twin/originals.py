"""Originals: the bytes of uploaded papers and frozen records, encrypted, found by their content.

A file comes in as a stream; it is hashed and encrypted on the way, and nothing of it ever lies on
disk in plain. It gets its name only when it is whole. Within one tenant and label the same bytes
are kept once, across tenants never.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SM3, Hash

from chaintwin.access.asker import Asker
from chaintwin.engine.database import Connection
from chaintwin.kit.media import HEAD_BYTES, media_type
from chaintwin.kit.places import Places, make_folder
from chaintwin.kit.problems import ConflictProblem, ForbiddenProblem, NotFoundProblem, Problem
from chaintwin.model.fact import Label
from chaintwin.twin import envelopes
from chaintwin.twin.store import originals as store
from chaintwin.twin.store.originals import OriginalRow

KEY_FILE = "originals.key"
_INCOMING = "incoming"
_SECRET = 0o700


class TamperedProblem(Problem):
    """What is stored is not what was filed."""

    status = 500


class TooLargeProblem(Problem):
    """A file is larger than may be uploaded."""

    status = 413


@dataclass(frozen=True, slots=True)
class Stored:
    """An original as it is kept."""

    number: int
    label: Label
    sha256: str
    sm3: str
    size: int
    media_type: str


class Incoming:
    """A file on its way in; `finish` it and have it kept, or `discard` it."""

    def __init__(self, folder: Path, most: int | None) -> None:
        self._path = folder / f"{secrets.token_hex(16)}.part"
        self._file = self._path.open("xb")
        _lock(self._file.fileno())
        self.key = envelopes.new_key()
        self._sealer = envelopes.Sealer(self.key, self._file)
        self._sha256 = hashlib.sha256()
        self._sm3 = Hash(SM3())
        self._buffer = bytearray()
        self._most = most
        self.size = 0
        self.head = b""
        self.sm3 = b""

    @property
    def sha256(self) -> bytes:
        """Return the SHA-256 digest of the plain bytes so far."""
        return self._sha256.digest()

    def write(self, data: bytes) -> None:
        """Take the next bytes; raise TooLargeProblem past the limit."""
        self.size += len(data)
        if self._most is not None and self.size > self._most:
            limit = self._most // 1_048_576
            raise TooLargeProblem(
                f"文件超过 {limit} MiB 的上限，未保存。请压缩图片或分卷后重新上传。",
                f"The file is larger than {limit} MiB and was not kept. Split or shrink it.",
            )
        self._sha256.update(data)
        self._sm3.update(data)
        if len(self.head) < HEAD_BYTES:
            self.head += data[: HEAD_BYTES - len(self.head)]
        self._buffer += data
        while len(self._buffer) > envelopes.CHUNK:
            self._sealer.seal(bytes(self._buffer[: envelopes.CHUNK]), last=False)
            del self._buffer[: envelopes.CHUNK]

    def finish(self) -> Incoming:
        """Seal the rest and bring it to disk."""
        self._sealer.seal(bytes(self._buffer), last=True)
        self._buffer.clear()
        self.sm3 = self._sm3.finalize()
        self._file.flush()
        os.fsync(self._file.fileno())
        return self

    def place(self, path: Path) -> None:
        """Give the whole file its name, in one step."""
        if os.name == "nt":
            self._file.close()
        os.replace(self._path, path)
        self._file.close()
        _sync_folder(path.parent)

    def discard(self) -> None:
        """Leave nothing behind; after `place` this does nothing."""
        self._file.close()
        self._path.unlink(missing_ok=True)


class Reader:
    """Reads one original; needs no database any more."""

    def __init__(self, path: Path, key: bytes, stored: Stored, name: str) -> None:
        self._path = path
        self._key = key
        self.stored = stored
        self._name = name

    def verify(self) -> None:
        """Read it all once; raise TamperedProblem unless every byte is as it was filed."""
        for _ in self.chunks():
            pass

    def chunks(self) -> Iterator[bytes]:
        """Yield the plain bytes; raise TamperedProblem as soon as they are not those filed."""
        digest = hashlib.sha256()
        size = 0
        try:
            with self._path.open("rb") as file:
                for chunk in envelopes.unseal(self._key, file):
                    digest.update(chunk)
                    size += len(chunk)
                    yield chunk
        except (envelopes.BrokenSeal, OSError) as error:
            raise tampered(self._name, missing=isinstance(error, FileNotFoundError)) from error
        if digest.hexdigest() != self.stored.sha256 or size != self.stored.size:
            raise tampered(self._name, missing=False)

    def read(self) -> bytes:
        """Return a small original as a whole."""
        return b"".join(self.chunks())


class Originals:
    """Keeps and lends originals; one per process."""

    def __init__(self, places: Places) -> None:
        for folder in (places.originals, places.keys):
            make_folder(folder, _SECRET)
        self._folder = places.originals
        self._incoming = places.originals / _INCOMING
        make_folder(self._incoming, _SECRET)
        self._master = envelopes.load_master(
            places.keys / KEY_FILE, make=not any(self._sealed_files())
        )
        self.tidy()

    def begin(self, most: int | None = None) -> Incoming:
        """Begin to take a file of at most so many bytes."""
        return Incoming(self._incoming, most)

    def keep(
        self, connection: Connection, asker: Asker, incoming: Incoming, label: Label, at: datetime
    ) -> Stored:
        """Keep a finished file inside a transaction; the same bytes are found, not kept twice."""
        if label not in asker.labels:
            raise ForbiddenProblem(
                f"您的账号没有密级 {int(label)} 的权限,不能保存该密级的文件。请联系管理员。",
                f"Your account may not read label {int(label)}, so it cannot file under it.",
            )
        digest = incoming.sha256
        wrapped = envelopes.wrap(
            envelopes.tenant_key(self._master, asker.tenant),
            incoming.key,
            _binding(asker.tenant, digest, incoming.size),
        )
        row = OriginalRow(
            0, asker.tenant, int(label), digest, incoming.sm3, incoming.size,
            media_type(incoming.head), wrapped, None,
        )  # fmt: skip
        added = store.add_original(connection, row, at)
        if added is None:
            return self._keep_again(connection, incoming, row)
        self._place(incoming, row)
        return _stored(added)

    def keep_bytes(
        self, connection: Connection, asker: Asker, data: bytes, label: Label, at: datetime
    ) -> Stored:
        """Keep a few bytes that are already at hand."""
        incoming = self.begin()
        try:
            incoming.write(data)
            return self.keep(connection, asker, incoming.finish(), label, at)
        finally:
            incoming.discard()

    def open(self, connection: Connection, number: int, name: str) -> Reader:
        """Lend a reader of an original; `name` is how errors call it."""
        row = store.get_original(connection, number)
        if row is None:
            raise NotFoundProblem(f"没有找到“{name}”的原件。", f"There is no original of “{name}”.")
        if row.wrapped_key is None:
            raise ConflictProblem(
                f"“{name}”的原件已依法销毁,不能再读取。", f"The original of “{name}” was destroyed."
            )
        outer = envelopes.tenant_key(self._master, row.tenant)
        try:
            key = envelopes.unwrap(
                outer, row.wrapped_key, _binding(row.tenant, row.sha256, row.size)
            )
        except envelopes.BrokenSeal as error:
            raise TamperedProblem(
                f"“{name}”的密钥无法解开:登记被改动,或主密钥已更换。请从备份恢复 keys。",
                f"The key of “{name}” does not open: its record was altered, or the master key is "
                "another one. Restore the keys folder from a backup.",
            ) from error
        return Reader(self._path(row), key, _stored(row), name)

    def find_file(self, connection: Connection, number: int) -> str | None:
        """Return where an original lies below the data folder; None if there is none."""
        row = store.get_original(connection, number)
        if row is None:
            return None
        return self._path(row).relative_to(self._folder.parent).as_posix()

    def destroy(self, connection: Connection, number: int, at: datetime) -> None:
        """Discard the key of an original for good; raise NotFoundProblem if there is none.

        What is left on disk cannot be read by anybody. Backups made before still hold the key.
        """
        if not store.discard_key(connection, number, at):
            raise NotFoundProblem("没有可销毁的原件。", "There is no original to destroy.")

    def tidy(self) -> None:
        """Remove what a process that died left half written."""
        for part in self._incoming.glob("*.part"):
            try:
                with part.open("r+b") as file:
                    _lock(file.fileno())
                    part.unlink()
            except OSError:
                continue

    def _keep_again(self, connection: Connection, incoming: Incoming, row: OriginalRow) -> Stored:
        """Return what is held of the same bytes; mend it where the disk lost or changed it."""
        held = store.find_content(connection, row.tenant, row.label, row.sha256)
        assert held is not None
        try:
            self.open(connection, held.id, row.sha256.hex()).verify()
            incoming.discard()
        except TamperedProblem:
            store.replace_key(connection, held.id, row.wrapped_key)
            self._place(incoming, row)
        return _stored(held)

    def _place(self, incoming: Incoming, row: OriginalRow) -> None:
        path = self._path(row)
        path.parent.mkdir(mode=_SECRET, parents=True, exist_ok=True)
        incoming.place(path)

    def _path(self, row: OriginalRow) -> Path:
        name = row.sha256.hex()
        return self._folder / str(row.tenant) / str(row.label) / name[:2] / name

    def _sealed_files(self) -> Iterable[Path]:
        return self._folder.glob("*/*/*/*")


def tampered(name: str, *, missing: bool) -> TamperedProblem:
    """Return the error for an original that is gone or no longer what was filed."""
    if missing:
        return TamperedProblem(
            f"“{name}”的原件文件已丢失。请从备份恢复 originals 文件夹后再读取。",
            f"The stored file of “{name}” is gone. Restore the originals folder from a backup.",
            item=name,
        )
    return TamperedProblem(
        f"“{name}”的原件校验不符:存储的内容被改动或损坏,已拒绝提供。请从备份恢复该文件并查明原因。",
        f"The stored original of “{name}” was altered or damaged and is not handed out. "
        "Restore it from a backup and find out why.",
        item=name,
    )


def _stored(row: OriginalRow) -> Stored:
    return Stored(
        row.id, Label(row.label), row.sha256.hex(), row.sm3.hex(), row.size, row.media_type
    )


def _binding(tenant: int, sha256: bytes, size: int) -> bytes:
    return f"{tenant}/{sha256.hex()}/{size}".encode()


if os.name == "posix":
    import fcntl

    def _lock(handle: int) -> None:
        """Hold a file until it is closed; raise OSError when another process holds it."""
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _sync_folder(folder: Path) -> None:
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

else:

    def _lock(handle: int) -> None:
        """An open file cannot be removed here: that is lock enough."""

    def _sync_folder(folder: Path) -> None:
        """Folders are brought to disk by the system here."""
