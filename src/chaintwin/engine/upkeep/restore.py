"""Bringing a backup back: checked first, built beside the present data, then swapped in."""

from __future__ import annotations

import io
import shutil
import tarfile
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

from chaintwin.engine.postgres.cluster import Cluster, count_clients
from chaintwin.engine.postgres.external import SUPER_VARIABLE
from chaintwin.engine.postgres.roles import drop_database, has_database, make_database
from chaintwin.engine.upkeep.archive import (
    DATABASE,
    SEALED_KEYS,
    Manifest,
    read_member,
    unpack,
    verify,
    walk,
)
from chaintwin.engine.upkeep.backup import backup, default_name
from chaintwin.engine.upkeep.dump import clients_for, load_database
from chaintwin.engine.upkeep.sealing import unseal
from chaintwin.kit.places import Places, make_folder
from chaintwin.kit.problems import ConflictProblem, InputProblem, Problem

_NEW = "_restored"
_OLD = "_replaced"
_READY = "ready"
_FOLDERS = ("originals", "keys")


def restore(
    places: Places,
    cluster: Cluster,
    archive: Path,
    now: datetime,
    *,
    known_revisions: Collection[str],
    passphrase: str | None = None,
    replace: bool = False,
) -> Manifest:
    """Restore a backup into an empty place, or with `replace` over a place that is backed up first.

    Whatever goes wrong before the swap leaves everything as it was; a crash during the swap is
    carried through by `settle`.
    """
    manifest = verify(archive)
    _check_fits(manifest, known_revisions, passphrase)
    settle(places, cluster)
    _check_place(places, cluster, replace)
    if not is_empty(places, cluster):
        backup(places, cluster, places.backups / default_name(now, "before-restore"), now)
    staging = _staging(places)
    try:
        _build(staging, cluster, archive, manifest, passphrase)
    except BaseException:
        _discard(staging, cluster)
        raise
    (staging / _READY).touch()
    settle(places, cluster)
    return manifest


def settle(places: Places, cluster: Cluster) -> bool:
    """Finish a restore that a crash cut short, or clear what it left; return whether it finished.

    To be called before the data are used after any start.
    """
    staging = _staging(places)
    if not staging.exists():
        return False
    if not (staging / _READY).exists():
        _discard(staging, cluster)
        return False
    for name in _FOLDERS:
        new, present, old = staging / name, places.root / name, staging / f"old-{name}"
        if new.exists():
            if present.exists() and not old.exists():
                present.rename(old)
            new.rename(present)
    _swap_databases(cluster)
    places.forget_content_marks()
    places.forget_ledger_origin()
    shutil.rmtree(staging)
    return True


def is_empty(places: Places, cluster: Cluster) -> bool:
    """Tell whether there is nothing that a restore could overwrite."""
    with psycopg.connect(cluster.owner_url) as connection:
        row = connection.execute(
            "SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public')"
        ).fetchone()
    has_files = any(next(walk(places.root / name), None) for name in _FOLDERS)
    return not has_files and not (row and row[0])


def _check_fits(
    manifest: Manifest, known_revisions: Collection[str], passphrase: str | None
) -> None:
    if manifest.revision is not None and manifest.revision not in known_revisions:
        raise ConflictProblem(
            f"这份备份由较新的 chaintwin（{manifest.program}）制作。"
            "请安装同样新或更新的版本再恢复。",
            f"This backup was made by a newer chaintwin ({manifest.program}). "
            "Install a version at least as new to restore it.",
        )
    if manifest.keys == "sealed" and passphrase is None:
        raise InputProblem(
            "这份备份的密钥用口令封存，恢复时要给出口令（--passphrase-file）。",
            "The keys in this backup are closed with a passphrase; give it (--passphrase-file).",
        )


def _check_place(places: Places, cluster: Cluster, replace: bool) -> None:
    if not replace and not is_empty(places, cluster):
        raise ConflictProblem(
            f"{places.root} 已有数据，没有恢复。若要以备份替换现有数据，请加 --replace"
            "（会先自动备份现有数据）；或用 CHAINTWIN_DATA 指定一个空的位置。",
            f"{places.root} holds data already; nothing was restored. Add --replace to put the "
            "backup in their place (they are backed up first), or name an empty place with "
            "CHAINTWIN_DATA.",
        )
    if count_clients(_superuser(cluster), _name(cluster)) > 0:
        raise ConflictProblem(
            "有程序正在使用数据库，没有恢复。请先停止 chaintwin serve 再试。",
            "The database is in use; nothing was restored. Stop chaintwin serve and try again.",
        )


def _build(
    staging: Path, cluster: Cluster, archive: Path, manifest: Manifest, passphrase: str | None
) -> None:
    make_folder(staging, 0o700)
    with tarfile.open(archive, "r:") as tar:
        unpack(tar, staging)
    for name in _FOLDERS:
        make_folder(staging / name, 0o700)
    if manifest.keys == "sealed" and passphrase is not None:
        packed = unseal(read_member(archive, SEALED_KEYS), passphrase)
        with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
            unpack(tar, staging / "keys")
    new = cluster.with_database(_name(cluster) + _NEW)
    with psycopg.connect(_superuser(cluster, "postgres"), autocommit=True) as connection:
        drop_database(connection, _name(new))
        make_database(connection, _name(new))
    load_database(clients_for(cluster), _superuser(new), staging / DATABASE)


def _discard(staging: Path, cluster: Cluster) -> None:
    with psycopg.connect(_superuser(cluster, "postgres"), autocommit=True) as connection:
        drop_database(connection, _name(cluster) + _NEW)
    shutil.rmtree(staging, ignore_errors=True)


def _swap_databases(cluster: Cluster) -> None:
    present = _name(cluster)
    with psycopg.connect(_superuser(cluster, "postgres"), autocommit=True) as connection:
        if has_database(connection, present + _NEW):
            drop_database(connection, present + _OLD)
            with connection.transaction():
                _rename(connection, present, present + _OLD)
                _rename(connection, present + _NEW, present)
        drop_database(connection, present + _OLD)


def _rename(connection: psycopg.Connection, old: str, new: str) -> None:
    connection.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new))
    )


def _staging(places: Places) -> Path:
    return places.root / "restoring"


def _name(cluster: Cluster) -> str:
    return unquote(urlsplit(cluster.owner_url).path.lstrip("/"))


def _superuser(cluster: Cluster, database: str | None = None) -> str:
    chosen = cluster if database is None else cluster.with_database(database)
    if chosen.super_url is None:
        raise Problem(
            f"恢复到外部数据库服务器需要超级用户：请设置 {SUPER_VARIABLE}。",
            f"Restoring to an external server needs a superuser: set {SUPER_VARIABLE}.",
            status=500,
        )
    return chosen.super_url
