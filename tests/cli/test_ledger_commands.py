"""The ledger's commands, run as people of two bureaus run them on their own machines."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.test_upkeep_commands import chaintwin

from chaintwin import boot
from chaintwin.access.tenants import make_place
from chaintwin.kit.places import Places
from chaintwin.model.fact import Value


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Places, str]]:
    """A data folder with one change of one's own place in it, and the code of its body."""
    import shutil
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="chaintwin-test-"))
    folder.chmod(0o711)
    places = Places(folder).make()
    with boot.open_twin(places) as twin:
        tenant = make_place(twin.database, [("220184", "公主岭市")])
        asker = boot.loader_asker(tenant)
        with twin.change(asker, reason="登记", source="staff") as changes:
            body = changes.body("Company", ("company_name", "甲公司"))
            changes.say(body, "name", Value(text="甲公司"))
        with twin.view(asker) as view:
            code = view.code(body)
    yield places, code
    shutil.rmtree(folder)


def test_a_ledger_is_exported_co_signed_and_verified(
    written: tuple[Places, str], tmp_path: Path
) -> None:
    places, code = written
    bureau = Places(tmp_path / "bureau")
    files = {name: tmp_path / name for name in ("request", "signed", "ledger.zip")}

    key = chaintwin(places, "ledger", "key").stdout.strip()
    witness = chaintwin(bureau, "ledger", "witness-key", "--name", "tongji.example").stdout.strip()
    entered = chaintwin(places, "ledger", "add-witness", witness)
    asked = chaintwin(
        places, "ledger", "request", "--witness", "tongji.example", "--out", files["request"]
    )
    signed = chaintwin(
        bureau, "ledger", "cosign", files["request"], "--log-key", key, "--out", files["signed"]
    )
    accepted = chaintwin(places, "ledger", "accept", files["signed"])
    exported = chaintwin(places, "ledger", "export", files["ledger.zip"], "--body", code)
    verified = chaintwin(places, "verify", "--checkpoint", files["signed"])

    done = (entered, asked, signed, accepted, exported, verified)
    assert [(one.returncode, one.stderr) for one in done] == [(0, "")] * 6
    assert re.fullmatch(r"chaintwin/\w{6}/220184/\d{14}\+[0-9a-f]{8}\+\S{44}", key)
    assert "检查点(大小 2)" in accepted.stdout
    with zipfile.ZipFile(files["ledger.zip"]) as archive:
        names = set(archive.namelist())
        checkpoint = archive.read("checkpoint").decode()
    assert {"checkpoint", "key", "tile/0/000.p/2", "tile/entries/000.p/2"} <= names
    assert checkpoint.count("\u2014 ") == 2
    assert "一致" in verified.stdout


def test_a_target_that_holds_something_is_left_alone(
    written: tuple[Places, str], tmp_path: Path
) -> None:
    (tmp_path / "other").write_text("x")

    tried = chaintwin(written[0], "ledger", "export", tmp_path)

    assert tried.returncode == 1
    assert str(tmp_path) in tried.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["other"]


def test_a_checkpoint_of_somebody_else_is_refused_by_verify(
    written: tuple[Places, str], tmp_path: Path
) -> None:
    strange = tmp_path / "checkpoint"
    root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    strange.write_text(f"x.example\n0\n{root}\n\n\u2014 x.example AAAAAAAAAAAA\n", "utf-8")

    tried = chaintwin(written[0], "verify", "--checkpoint", strange)

    assert tried.returncode == 1
    assert str(strange) in tried.stderr


def test_stamping_without_an_authority_says_how_to_name_one(written: tuple[Places, str]) -> None:
    tried = chaintwin(written[0], "ledger", "stamp")

    assert tried.returncode == 1
    assert "CHAINTWIN_TIMESTAMP_URL" in tried.stderr


def test_a_restored_backup_goes_on_under_another_origin_and_verifies(
    written: tuple[Places, str], tmp_path: Path
) -> None:
    places, _ = written
    before = chaintwin(places, "ledger", "key").stdout
    chaintwin(places, "backup", tmp_path / "backup.tar")
    restored = chaintwin(places, "restore", tmp_path / "backup.tar", "--replace")

    after = chaintwin(places, "ledger", "key").stdout
    verified = chaintwin(places, "verify")

    assert restored.returncode == 0, restored.stderr
    assert before.split("/")[:3] == after.split("/")[:3]
    assert before != after
    assert verified.returncode == 0, verified.stdout


@pytest.mark.parametrize("command", ["cosign", "accept"])
def test_a_file_that_is_no_text_is_refused_in_words(
    written: tuple[Places, str], tmp_path: Path, command: str
) -> None:
    (tmp_path / "picture").write_bytes(b"\xff\xd8\xff")
    more = ["--out", tmp_path / "out"] if command == "cosign" else []

    tried = chaintwin(written[0], "ledger", command, tmp_path / "picture", *more)

    assert tried.returncode == 1
    assert tried.stderr.startswith("错误：")
    assert "Traceback" not in tried.stderr
