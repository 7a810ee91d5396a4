"""A checkup finds what is wrong and names the way out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from chaintwin.engine.migrations import migrate, revisions
from chaintwin.engine.postgres import Cluster, ensure, stop
from chaintwin.engine.upkeep.checkup import examine
from chaintwin.engine.upkeep.finding import Finding
from chaintwin.kit.places import Places


@pytest.fixture
def sound(places: Places) -> Iterator[tuple[Places, Cluster]]:
    """A place with a migrated database on a server of its own."""
    cluster = ensure(places, settings={"fsync": "off"}, environ={})
    migrate(cluster.owner_url)
    yield places, cluster
    stop(places)


def look(places: Places, static: Path, revision: str | None = None) -> dict[str, Finding]:
    findings = examine(
        places, port=1, static=static, revision=revision or revisions()[-1], environ={}
    )
    return {found.part: found for found in findings}


def test_a_checkup_of_a_sound_place_finds_database_language_role_and_schema_in_order(
    sound: tuple[Places, Cluster], tmp_path: Path
) -> None:
    (tmp_path / "index.html").touch()

    found = look(sound[0], tmp_path)

    assert {part: found[part].outcome for part in ("database", "chinese", "role", "schema")} == {
        "database": "ok",
        "chinese": "ok",
        "role": "ok",
        "schema": "ok",
    }
    assert found["pages"].outcome == "ok"
    assert found["folder"].outcome == "ok"


def test_a_checkup_names_a_role_that_was_made_superuser(
    sound: tuple[Places, Cluster], tmp_path: Path
) -> None:
    with psycopg.connect(str(sound[1].super_url)) as connection:
        connection.execute("ALTER ROLE chaintwin_app BYPASSRLS")

    found = look(sound[0], tmp_path)["role"]

    assert found.outcome == "missing"
    assert "NOBYPASSRLS" in found.way_out.zh


def test_a_checkup_names_a_key_folder_that_others_can_open(
    sound: tuple[Places, Cluster], tmp_path: Path
) -> None:
    sound[0].keys.chmod(0o755)

    found = look(sound[0], tmp_path)["folder"]

    assert found.outcome == "missing"
    assert str(sound[0].keys) in found.way_out.en


def test_a_checkup_names_unbuilt_pages_and_an_outdated_schema_with_the_way_out(
    sound: tuple[Places, Cluster], tmp_path: Path
) -> None:
    found = look(sound[0], tmp_path, revision="9999")

    assert found["pages"].outcome == "missing"
    assert "make setup" in found["pages"].way_out.zh
    assert found["schema"].outcome == "warn"
    assert "chaintwin upgrade" in found["schema"].way_out.en


def test_a_checkup_reports_a_database_that_cannot_start(
    sound: tuple[Places, Cluster], tmp_path: Path
) -> None:
    places, cluster = sound
    stop(places)
    assert cluster.embedded is not None
    control = cluster.embedded.instance.data / "global" / "pg_control"
    truth = control.read_bytes()
    control.write_bytes(b"\0" * len(truth))

    found = look(places, tmp_path)["database"]
    control.write_bytes(truth)

    assert found.outcome == "missing"
    assert "未能启动" in found.said.zh


def test_a_checkup_creates_nothing(places: Places, tmp_path: Path) -> None:
    before = list(places.root.iterdir())

    found = look(places, tmp_path)

    assert found["database"].outcome == "warn"
    assert list(places.root.iterdir()) == before
