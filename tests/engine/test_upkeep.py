"""Backups come back whole or not at all."""

from __future__ import annotations

import io
import resource
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest

from chaintwin.engine.migrations import revisions
from chaintwin.engine.postgres import Cluster, ensure, stop
from chaintwin.engine.upkeep.archive import verify
from chaintwin.engine.upkeep.backup import backup, default_name
from chaintwin.engine.upkeep.restore import restore, settle
from chaintwin.kit.places import Places
from chaintwin.kit.problems import ConflictProblem, InputProblem, Problem

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
ORIGINAL = Path("ab/abcd.bin")


@pytest.fixture
def full(places: Places, fresh_database: Cluster) -> tuple[Places, Cluster]:
    """A place with a migrated database, one row hidden by row security, a file and a key."""
    places.make()
    fill(places, fresh_database, "第一版")
    return places, fresh_database


@pytest.fixture
def archive(full: tuple[Places, Cluster], tmp_path: Path) -> Path:
    target = tmp_path / "backup.tar"
    backup(*full, target, NOW)
    return target


def fill(places: Places, cluster: Cluster, text: str) -> None:
    with psycopg.connect(cluster.owner_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (said text)")
        connection.execute("ALTER TABLE kept NO FORCE ROW LEVEL SECURITY")
        connection.execute("DELETE FROM kept")
        connection.execute("INSERT INTO kept VALUES (%s)", [text])
        connection.execute("ALTER TABLE kept ENABLE ROW LEVEL SECURITY")
        connection.execute("ALTER TABLE kept FORCE ROW LEVEL SECURITY")
        connection.execute("GRANT SELECT ON kept TO chaintwin_app")
    (places.originals / ORIGINAL).parent.mkdir(exist_ok=True)
    (places.originals / ORIGINAL).write_bytes(text.encode())
    (places.keys / "master.key").write_bytes(b"key of " + text.encode())


def value(url: str | None, query: LiteralString) -> object:
    assert url is not None
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def contents(places: Places, cluster: Cluster) -> tuple[object, bytes, bytes]:
    return (
        value(cluster.super_url, "SELECT said FROM kept"),
        (places.originals / ORIGINAL).read_bytes(),
        (places.keys / "master.key").read_bytes(),
    )


FIRST = ("第一版", "第一版".encode(), b"key of " + "第一版".encode())


def bring_back(place: tuple[Places, Cluster], archive: Path, **more: object) -> None:
    restore(*place, archive, NOW, known_revisions=revisions(), **more)  # type: ignore[arg-type]


def test_a_backup_restored_on_another_machine_brings_back_rows_files_keys_and_rights(
    full: tuple[Places, Cluster], archive: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    rights = (
        "SELECT string_agg(relname || relacl::text || relforcerowsecurity, ' ' ORDER BY relname) "
        "FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
    )
    expected = [value(full[1].super_url, query) for query in (tables, rights)]
    other = other_place(full[0])
    cluster = ensure(other, environ={})
    try:
        bring_back((other, cluster), archive)

        assert contents(other, cluster) == FIRST
        assert [value(cluster.super_url, query) for query in (tables, rights)] == expected
        assert value(cluster.app_url, "SELECT count(*) FROM kept") == 0
        assert not (other.root / "restoring").exists()
    finally:
        stop(other)


def other_place(places: Places) -> Places:
    folder = places.root / "other-machine"
    folder.mkdir(mode=0o711)
    folder.chmod(0o711)
    return Places(folder)


def test_the_same_moment_backed_up_twice_lists_the_same_files(
    full: tuple[Places, Cluster], archive: Path, tmp_path: Path
) -> None:
    second = tmp_path / "second.tar"
    backup(*full, second, NOW)

    first_files, second_files = verify(archive).files, verify(second).files

    assert sorted(first_files) == ["database.dump", "keys/master.key", f"originals/{ORIGINAL}"]
    assert first_files["keys/master.key"] == second_files["keys/master.key"]


def test_a_place_with_data_is_not_overwritten_unless_told(
    full: tuple[Places, Cluster], archive: Path
) -> None:
    fill(*full, "第二版")

    with pytest.raises(ConflictProblem) as raised:
        bring_back(full, archive)

    assert "--replace" in raised.value.zh
    assert contents(*full)[0] == "第二版"


def test_what_a_restore_replaces_is_backed_up_first_and_can_come_back(
    full: tuple[Places, Cluster], archive: Path
) -> None:
    fill(*full, "第二版")
    second = contents(*full)
    full[0].content_mark("plain").write_text("of the second version")

    bring_back(full, archive, replace=True)
    restored = contents(*full)
    is_marked = full[0].content_mark("plain").exists()
    before = full[0].backups / default_name(NOW, "before-restore")
    restore(
        *full,
        before,
        datetime(2026, 3, 5, tzinfo=UTC),
        known_revisions=revisions(),
        replace=True,
    )

    assert restored == FIRST
    assert not is_marked
    assert contents(*full) == second


@pytest.mark.parametrize("where", [0.01, 0.3, 0.6, 0.9])
def test_a_backup_with_one_changed_byte_is_refused_and_nothing_changes(
    full: tuple[Places, Cluster], archive: Path, where: float
) -> None:
    damaged = bytearray(archive.read_bytes())
    with tarfile.open(archive) as tar:
        spots = [(m.offset_data, m.size) for m in tar if m.size]
    total = sum(size for _, size in spots)
    at = int(total * where)
    for offset, size in spots:
        if at < size:
            damaged[offset + at] ^= 0x01
            break
        at -= size
    archive.write_bytes(damaged)
    fill(*full, "第二版")

    with pytest.raises(InputProblem) as raised:
        bring_back(full, archive, replace=True)

    assert "损坏" in raised.value.zh
    assert contents(*full)[0] == "第二版"


@pytest.mark.parametrize("kept", [0, 100, 5000, -600, -3000])
def test_a_backup_cut_short_is_refused(archive: Path, kept: int) -> None:
    archive.write_bytes(archive.read_bytes().rstrip(b"\0")[:kept])

    with pytest.raises(InputProblem, match="损坏"):
        verify(archive)


def test_a_backup_that_would_write_outside_its_folder_is_refused(tmp_path: Path) -> None:
    evil = tmp_path / "evil.tar"
    with tarfile.open(evil, "w") as tar:
        member = tarfile.TarInfo("originals/../../../etc/evil")
        member.size = 4
        tar.addfile(member, io.BytesIO(b"evil"))

    with pytest.raises(InputProblem, match="损坏"):
        verify(evil)


def test_sealed_keys_open_with_the_passphrase_and_with_no_other(
    full: tuple[Places, Cluster], tmp_path: Path
) -> None:
    target = tmp_path / "sealed.tar"
    backup(*full, target, NOW, passphrase="长口令 one")
    fill(*full, "第二版")

    with pytest.raises(InputProblem, match="口令"):
        bring_back(full, target, replace=True)
    with pytest.raises(InputProblem, match="口令不对"):
        bring_back(full, target, replace=True, passphrase="另一个")
    assert contents(*full)[0] == "第二版"
    bring_back_later(full, target)

    assert contents(*full) == FIRST
    assert b"key of" not in target.read_bytes()


def bring_back_later(full: tuple[Places, Cluster], target: Path) -> None:
    restore(
        *full,
        target,
        datetime(2026, 3, 6, tzinfo=UTC),
        known_revisions=revisions(),
        passphrase="长口令 one",
        replace=True,
    )


def test_a_backup_of_a_newer_program_is_refused(
    full: tuple[Places, Cluster], archive: Path
) -> None:
    with pytest.raises(ConflictProblem) as raised:
        restore(*full, archive, NOW, known_revisions=["0000"], replace=True)

    assert "较新" in raised.value.zh


def test_a_database_in_use_is_not_replaced(full: tuple[Places, Cluster], archive: Path) -> None:
    with (
        psycopg.connect(full[1].app_url),
        pytest.raises(ConflictProblem, match="正在使用"),
    ):
        bring_back(full, archive, replace=True)

    assert contents(*full) == FIRST


def test_an_existing_file_is_never_overwritten_by_a_backup(
    full: tuple[Places, Cluster], archive: Path
) -> None:
    before = archive.read_bytes()

    with pytest.raises(ConflictProblem):
        backup(*full, archive, NOW)

    assert archive.read_bytes() == before


@pytest.mark.parametrize("moved", [[], ["originals"], ["originals", "keys"]])
def test_a_restore_that_died_while_swapping_is_carried_through(
    full: tuple[Places, Cluster],
    archive: Path,
    moved: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    places, cluster = full
    fill(places, cluster, "第二版")
    monkeypatch.setattr("chaintwin.engine.upkeep.restore.settle", lambda *_: False)
    bring_back(full, archive, replace=True)
    staging = places.root / "restoring"
    for name in moved:
        (places.root / name).rename(staging / f"old-{name}")
        (staging / name).rename(places.root / name)

    assert settle(places, cluster) is True

    assert contents(places, cluster) == FIRST
    assert not staging.exists()
    assert settle(places, cluster) is False


def test_what_an_unfinished_restore_left_is_cleared_and_the_data_stay(
    full: tuple[Places, Cluster],
) -> None:
    places, cluster = full
    (places.root / "restoring" / "originals").mkdir(parents=True)

    assert settle(places, cluster) is False

    assert contents(places, cluster) == FIRST
    assert not (places.root / "restoring").exists()


def test_a_server_named_by_url_is_backed_up_and_restored_with_a_superuser_and_not_without(
    full: tuple[Places, Cluster], tmp_path: Path
) -> None:
    places, own = full
    named = Cluster(own.owner_url, own.app_url, own.super_url)
    unprivileged = Cluster(own.owner_url, own.app_url, None)
    target = tmp_path / "backup.tar"

    with pytest.raises(Problem, match="CHAINTWIN_DATABASE_SUPER_URL"):
        backup(places, unprivileged, tmp_path / "partial.tar", NOW)
    backup(places, named, target, NOW)
    fill(places, own, "第二版")
    with pytest.raises(Problem, match="CHAINTWIN_DATABASE_SUPER_URL"):
        bring_back((places, unprivileged), target, replace=True)
    bring_back((places, named), target, replace=True)

    assert not (tmp_path / "partial.tar").exists()
    assert contents(places, own) == FIRST


def test_a_backup_that_cannot_be_written_to_its_end_is_said_and_leaves_nothing_behind(
    full: tuple[Places, Cluster], tmp_path: Path
) -> None:
    (full[0].originals / "large.bin").write_bytes(b"\0" * 3_000_000)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, hard))

    try:
        with pytest.raises(Problem, match="没有完成"):
            backup(*full, tmp_path / "backup.tar", NOW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert list(tmp_path.iterdir()) == []
    assert contents(*full) == FIRST
