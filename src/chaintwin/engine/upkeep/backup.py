"""One file that holds everything: database, originals and keys, as of one moment."""

from __future__ import annotations

import importlib.metadata
import io
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import psycopg

from chaintwin.engine.postgres.cluster import Cluster
from chaintwin.engine.upkeep.archive import DATABASE, SEALED_KEYS, Manifest, Writer, verify, walk
from chaintwin.engine.upkeep.dump import clients_for, dump_database
from chaintwin.engine.upkeep.sealing import seal
from chaintwin.kit.places import Places, make_folder
from chaintwin.kit.problems import ConflictProblem, Problem


def backup(
    places: Places,
    cluster: Cluster,
    target: Path,
    now: datetime,
    passphrase: str | None = None,
) -> Manifest:
    """Write a backup, read it again to be sure, and only then give it its name.

    The database is copied first: whatever it refers to was stored before, so no original is
    missing. With a passphrase the keys in the backup are closed; without, whoever has the backup
    can read the originals.
    """
    if target.exists():
        raise ConflictProblem(
            f"文件 {target} 已存在，没有覆盖。请换一个文件名。",
            f"The file {target} exists and was not overwritten. Choose another name.",
        )
    make_folder(target.parent, 0o700)
    with _workshop(target) as workshop:
        dump = workshop / DATABASE
        dump_database(clients_for(cluster), cluster.super_url or cluster.owner_url, dump)
        partial = workshop / "backup.tar"
        _write(partial, places, dump, _describe(cluster, now, passphrase), passphrase)
        manifest = verify(partial)
        partial.replace(target)
    return manifest


def default_name(now: datetime, reason: str = "") -> str:
    """Return a file name that sorts by time, such as chaintwin-20260102-030405.tar (UTC)."""
    return f"chaintwin-{now:%Y%m%d-%H%M%S}{'-' if reason else ''}{reason}.tar"


@contextmanager
def _workshop(target: Path) -> Iterator[Path]:
    """Lend a closed folder on the target's own disk, gone afterwards."""
    try:
        folder = Path(tempfile.mkdtemp(prefix=".backup-", dir=target.parent))
    except OSError as error:
        raise Problem(
            f"无法写入 {target.parent}：{error.strerror}。请换一个可写的位置。",
            f"Cannot write to {target.parent}: {error.strerror}. Choose a writable place.",
            status=500,
        ) from error
    try:
        yield folder
    except OSError as error:
        raise Problem(
            f"备份没有完成：{error}。原有数据没有改动；请检查磁盘空间。",
            f"The backup was not finished: {error}. Your data were not touched; check disk space.",
            status=500,
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _describe(cluster: Cluster, now: datetime, passphrase: str | None) -> Manifest:
    return Manifest(
        created_at=now.isoformat(),
        program=importlib.metadata.version("chaintwin"),
        postgres=clients_for(cluster).version_of("pg_dump"),
        revision=find_revision(cluster.owner_url),
        keys="open" if passphrase is None else "sealed",
    )


def find_revision(url: str) -> str | None:
    """Return the last migration a database has had, or None for a bare one."""
    with psycopg.connect(url) as connection:
        named = connection.execute("SELECT to_regclass('public.alembic_version')").fetchone()
        if named is None or named[0] is None:
            return None
        row = connection.execute("SELECT version_num FROM public.alembic_version").fetchone()
    return None if row is None else str(row[0])


def _write(
    partial: Path, places: Places, dump: Path, manifest: Manifest, passphrase: str | None
) -> None:
    with partial.open("xb") as file:
        partial.chmod(0o600)
        modified = int(datetime.fromisoformat(manifest.created_at).timestamp())
        with tarfile.open(fileobj=file, mode="w") as tar:
            writer = Writer(tar, modified)
            writer.add_file(DATABASE, dump)
            writer.add_folder("originals", places.originals)
            if passphrase is None:
                writer.add_folder("keys", places.keys)
            else:
                writer.add_bytes(SEALED_KEYS, seal(_pack(places.keys), passphrase))
            manifest.files.update(writer.files)
            writer.finish(manifest)
        file.flush()
        os.fsync(file.fileno())


def _pack(folder: Path) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for path in walk(folder):
            tar.add(path, path.relative_to(folder).as_posix())
    return packed.getvalue()
