"""An exported ledger is checked offline by tools that are not ours: Go's and sigstore's."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sigstore._internal.merkle import verify_merkle_inclusion
from sigstore._internal.rekor.checkpoint import LogCheckpoint, SignedNote
from sigstore.errors import VerificationError
from tests.twin.ledgers import Kept, open_ledger

from chaintwin.engine.postgres import Cluster
from chaintwin.kit.clock import FixedClock
from chaintwin.kit.places import Places
from chaintwin.twin.ledger.book import Log, keeper
from chaintwin.twin.ledger.cosigning import Witness
from chaintwin.twin.ledger.proofs import prove_entry
from chaintwin.twin.ledger.publishing import Wish, export_log
from chaintwin.twin.ledger.witnessing import accept, add_witness, make_request

GO = Path(__file__).parent / "outsider" / "main.go"


@pytest.fixture(scope="session")
def outsider(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Go program, built from Debian's own packages, without the network."""
    folder = tmp_path_factory.mktemp("outsider")
    environ = {
        "PATH": os.environ["PATH"],
        "GO111MODULE": "off",
        "GOPATH": "/usr/share/gocode",
        "GOCACHE": str(folder / "cache"),
        "GOFLAGS": "",
    }
    subprocess.run(["go", "build", "-o", folder / "outsider", GO], env=environ, check=True)
    return folder / "outsider"


@pytest.fixture
def kept(fresh_database: Cluster, places: Places) -> Iterator[Kept]:
    made = open_ledger(fresh_database, places, FixedClock(datetime(2026, 11, 1, tzinfo=UTC)))
    for number in range(3):
        made.write("甲公司", *(f"厂{number}-{one}" for one in range(150)), region=f"22010{number}")
        made.clock.move(timedelta(days=1))
    made.sequence()
    yield made
    made.pool.close()


def export(kept: Kept, folder: Path, *bodies: int) -> Log:
    def write(path: str, data: bytes) -> None:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)

    log = kept.ledger.log("public")
    export_log(kept.ledger, log, Wish(bodies, with_changes=True), write, folder.name)
    return log


def ask(program: Path, folder: Path, *keys: str) -> tuple[int, list[str]]:
    done = subprocess.run(
        [program, folder, *keys], capture_output=True, text=True, check=False, timeout=60
    )
    return done.returncode, (done.stdout + done.stderr).splitlines()


@pytest.mark.needs("go", "go notes")
def test_go_checks_signatures_tiles_growth_and_disclosed_facts(
    kept: Kept, tmp_path: Path, outsider: Path
) -> None:
    log = kept.ledger.log("public")
    witness = Witness(Places(tmp_path / "bureau").make())
    key = str(witness.signer("tongji.example/witness").checker)
    add_witness(kept.ledger, log, key)
    own = str(kept.ledger.signer(log).checker)
    request = make_request(kept.ledger, log, "tongji.example/witness")
    accept(kept.ledger, witness.cosign(request, own, kept.clock.now()))
    kept.write("后来的公司")
    kept.sequence()

    export(kept, tmp_path / "tree", kept.body("甲公司"))
    code, said = ask(outsider, tmp_path / "tree", own, key)

    assert code == 0, said
    assert f"signed by {log.origin}" in said
    assert "entries 458" in said
    assert "tiles lead from entries to the root" in said
    assert "continues 456 signatures 2" in said
    assert len([line for line in said if line.startswith("disclosed")]) == 6


def _spoil_entry(folder: Path) -> None:
    path = folder / "tile" / "entries" / "000"
    data = bytearray(path.read_bytes())
    data[40] ^= 1
    path.write_bytes(data)


def _spoil_tile(folder: Path) -> None:
    path = folder / "tile" / "0" / "000"
    data = bytearray(path.read_bytes())
    data[40] ^= 1
    path.write_bytes(data)


def _spoil_checkpoint(folder: Path) -> None:
    path = folder / "checkpoint"
    path.write_text(path.read_text("utf-8").replace("\n456\n", "\n455\n"), "utf-8")


def _spoil_disclosed(folder: Path) -> None:
    path = folder / "disclosed.jsonl"
    path.write_text(path.read_text("utf-8").replace("220101", "220102"), "utf-8")


@pytest.mark.needs("go", "go notes")
@pytest.mark.parametrize("spoil", [_spoil_entry, _spoil_tile, _spoil_checkpoint, _spoil_disclosed])
def test_go_refuses_what_was_altered(
    kept: Kept, tmp_path: Path, outsider: Path, spoil: Any
) -> None:
    log = export(kept, tmp_path / "tree", kept.body("甲公司"))
    own = str(kept.ledger.signer(log).checker)
    assert ask(outsider, tmp_path / "tree", own)[0] == 0

    spoil(tmp_path / "tree")

    code, said = ask(outsider, tmp_path / "tree", own)
    assert code == 1
    assert said[-1].startswith("BAD")


def test_sigstore_accepts_our_inclusion_proofs_and_no_others(kept: Kept) -> None:
    log = kept.ledger.log("public")
    text = kept.sequence()
    note = SignedNote.from_text(text)
    checkpoint = LogCheckpoint.from_text(note.note)

    for number in (0, 1, 150, 151, 255, 256, 455):
        with kept.pool.transaction(keeper(log).settings()) as connection:
            proof = prove_entry(connection, log, number)
        told = SimpleNamespace(
            log_index=number,
            tree_size=checkpoint.log_size,
            hashes=proof.path,
            root_hash=bytes.fromhex(checkpoint.log_hash),
        )
        entry = SimpleNamespace(inclusion_proof=told, canonicalized_body=proof.entry)
        verify_merkle_inclusion(SimpleNamespace(_inner=entry))  # type: ignore[arg-type]
        entry.canonicalized_body = proof.entry[:-1] + b"\0"
        with pytest.raises(VerificationError):
            verify_merkle_inclusion(SimpleNamespace(_inner=entry))  # type: ignore[arg-type]


def test_what_is_public_of_a_leaf_tells_nothing_and_salt_with_lines_tells_all(
    kept: Kept, tmp_path: Path
) -> None:
    body = kept.body("甲公司")
    export(kept, tmp_path / "closed")
    export(kept, tmp_path / "open", body)

    bundles = sorted((tmp_path / "closed" / "tile" / "entries").rglob("*"))
    entries = b"".join(path.read_bytes() for path in bundles if path.is_file())
    lines = (tmp_path / "open" / "disclosed.jsonl").read_text("utf-8").splitlines()
    told = [json.loads(line) for line in lines]
    leaves = [one for one in told if one["body"] == body]

    assert not (tmp_path / "closed" / "disclosed.jsonl").exists()
    # Every entry is its length, a version and two digests: no number of a change or body.
    assert len(entries) == 456 * (2 + 65)
    assert {entries[at : at + 3] for at in range(0, len(entries), 67)} == {b"\x00\x41\x01"}
    # Two facts each time; the first change also made the key by which the firm is found.
    assert [len(one["lines"]) for one in leaves] == [3, 2, 2]
    assert leaves[0]["lines"][-1].startswith("=company_name\t甲公司\t")
    assert any("220101" in line for one in leaves for line in one["lines"])
    assert all(len(base64.b64decode(one["salt"])) == 16 for one in leaves)


@pytest.mark.needs("go", "go notes")
def test_go_accepts_the_proof_of_growth_in_a_request_to_a_witness(
    kept: Kept, tmp_path: Path, outsider: Path
) -> None:
    log = kept.ledger.log("public")
    own = str(kept.ledger.signer(log).checker)
    key = str(Witness(Places(tmp_path / "bureau").make()).signer("tongji.example/w").checker)
    add_witness(kept.ledger, log, key)
    old = kept.sequence()
    kept.write("后来的公司", "再后来的公司")
    kept.sequence()

    export(kept, tmp_path / "tree")
    (tmp_path / "tree" / "old").write_text(old, "utf-8")
    request = make_request(kept.ledger, log, "tongji.example/w", since=456)
    (tmp_path / "tree" / "growth").write_text(request, "utf-8")

    assert "request proves growth from 456" in ask(outsider, tmp_path / "tree", own)[1]
