"""Another bureau co-signs a ledger and refuses one that shows two histories."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.twin.ledgers import Kept, open_ledger

from chaintwin.engine.postgres import Cluster
from chaintwin.kit.clock import FixedClock
from chaintwin.kit.merkle import prove_consistency
from chaintwin.kit.notes import Checker, Checkpoint, Note
from chaintwin.kit.places import Places
from chaintwin.kit.problems import ConflictProblem, InputProblem, NotFoundProblem, Problem
from chaintwin.twin.ledger.cosigning import ForkedLog, Witness
from chaintwin.twin.ledger.witnessing import accept, add_witness, make_request

NAME = "tongji.example/witness"
AT = datetime(2026, 11, 5, tzinfo=UTC)


@pytest.fixture
def kept(fresh_database: Cluster, places: Places) -> Iterator[Kept]:
    made = open_ledger(fresh_database, places, FixedClock(datetime(2026, 11, 1, tzinfo=UTC)))
    made.write("甲公司")
    made.sequence()
    yield made
    made.pool.close()


@pytest.fixture
def bureau(tmp_path: Path) -> Witness:
    made = Witness(Places(tmp_path / "bureau").make())
    made.signer(NAME)
    return made


@pytest.fixture
def key(kept: Kept, bureau: Witness) -> str:
    """The log's own key, once the bureau is known as its witness."""
    log = kept.ledger.log("public")
    add_witness(kept.ledger, log, str(bureau.signer().checker))
    return str(kept.ledger.signer(log).checker)


def request(kept: Kept, since: int | None = None) -> str:
    return make_request(kept.ledger, kept.ledger.log("public"), NAME, since)


def test_a_co_signature_comes_back_and_holds(kept: Kept, bureau: Witness, key: str) -> None:
    signed = bureau.cosign(request(kept), key, AT)

    row = accept(kept.ledger, signed)

    assert (row.size, row.witness, row.at) == (2, NAME, AT)
    assert kept.verify() == []
    checker = Checker.parse(str(bureau.signer().checker))
    assert checker.check(Note.parse(signed)) is not None


def test_a_witness_goes_on_from_what_it_signed_last(kept: Kept, bureau: Witness, key: str) -> None:
    accept(kept.ledger, bureau.cosign(request(kept), key, AT))
    for number in range(5):
        kept.write(f"厂{number}")
        kept.sequence()

    asked = request(kept)
    row = accept(kept.ledger, bureau.cosign(asked, None, AT + timedelta(days=1)))

    assert asked.startswith("old 2\n")
    assert row.size == 12


def test_a_log_is_signed_for_only_with_its_own_key_given_once(
    kept: Kept, bureau: Witness, key: str
) -> None:
    with pytest.raises(InputProblem, match="--log-key"):
        bureau.cosign(request(kept), None, AT)
    with pytest.raises(InputProblem, match="属于"):
        bureau.cosign(request(kept), str(kept.ledger.signer(other_log(kept)).checker), AT)

    bureau.cosign(request(kept), key, AT)


def other_log(kept: Kept):  # type: ignore[no-untyped-def]
    from dataclasses import replace

    return replace(kept.ledger.log("public"), origin="chaintwin/elsewhere/public/1")


def forked(kept: Kept, old: int) -> str:
    """Return a request for a tree of the same log that is well signed but another one."""
    log = kept.ledger.log("public")
    signer = kept.ledger.signer(log)
    leaves = [bytes([number]) * 32 for number in range(8)]

    def read(level: int, number: int) -> bytes:
        from chaintwin.kit.merkle import fold

        return fold(leaves[number << level : (number + 1) << level])

    text = Checkpoint(log.origin, 8, read(3, 0)).text
    proof = prove_consistency(read, old, 8)
    import base64

    lines = [f"old {old}", *(base64.b64encode(step).decode() for step in proof)]
    return "\n".join(lines) + "\n\n" + str(Note(text, (signer.sign(text),)))


def test_a_fork_is_refused_whatever_the_proof_says(kept: Kept, bureau: Witness, key: str) -> None:
    accept(kept.ledger, bureau.cosign(request(kept), key, AT))
    kept.write("乙公司", "丙公司")
    kept.sequence()

    with pytest.raises(ForkedLog, match="不是上次联署"):
        bureau.cosign(forked(kept, 2), None, AT)

    assert accept(kept.ledger, bureau.cosign(request(kept), None, AT)).size == 5


def test_another_tree_of_the_same_size_is_refused(kept: Kept, bureau: Witness, key: str) -> None:
    bureau.cosign(request(kept), key, AT)
    kept.write(*(f"厂{number}" for number in range(5)))
    kept.sequence()
    bureau.cosign(request(kept, since=2), None, AT)  # 8 leaves now

    with pytest.raises(ForkedLog):
        bureau.cosign(forked(kept, 8), None, AT)


def test_an_older_request_is_sent_back_with_the_size_to_start_from(
    kept: Kept, bureau: Witness, key: str
) -> None:
    bureau.cosign(request(kept), key, AT)
    kept.write("乙公司")
    kept.sequence()

    with pytest.raises(ConflictProblem, match="--since 2"):
        bureau.cosign(request(kept, since=0), None, AT)


def test_a_checkpoint_the_log_did_not_sign_is_not_co_signed(
    kept: Kept, bureau: Witness, key: str
) -> None:
    asked = request(kept).replace("\n2\n", "\n3\n")

    with pytest.raises(InputProblem, match="有效签名"):
        bureau.cosign(asked, key, AT)


def test_a_signature_of_nobody_known_is_not_taken_in(
    kept: Kept, bureau: Witness, tmp_path: Path, key: str
) -> None:
    stranger = Witness(Places(tmp_path / "stranger").make())
    stranger.signer("stranger.example")

    with pytest.raises(InputProblem, match="add-witness"):
        accept(kept.ledger, stranger.cosign(request(kept), key, AT))


def test_a_co_signed_checkpoint_convicts_whoever_rewrites_the_log_with_its_own_key(
    kept: Kept, bureau: Witness, key: str
) -> None:
    accept(kept.ledger, bureau.cosign(request(kept), key, AT))
    log = kept.ledger.log("public")
    text = Checkpoint(log.origin, 2, b"\7" * 32).text
    forged = str(Note(text, (kept.ledger.signer(log).sign(text),)))

    kept.tamper([f"UPDATE ledger_checkpoint SET note = $${forged}$$ WHERE size = 2"])

    assert "cosignature" in {one.what for one in kept.verify()}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("nonsense", "核验公钥"),
        ("", "核验公钥"),
        ("a+00000000+BAAA", "核验公钥"),
        ("a+00000000+é", "核验公钥"),
    ],
)
def test_what_is_no_key_is_refused(kept: Kept, given: str, said: str) -> None:
    with pytest.raises(Problem, match=said):
        add_witness(kept.ledger, kept.ledger.log("public"), given)


def test_a_logs_own_key_is_no_witness_and_a_name_is_taken_once(
    kept: Kept, bureau: Witness, key: str
) -> None:
    log = kept.ledger.log("public")

    with pytest.raises(InputProblem, match="witness-key"):
        add_witness(kept.ledger, log, key)
    with pytest.raises(ConflictProblem, match=NAME):
        add_witness(kept.ledger, log, str(bureau.signer().checker))
    with pytest.raises(NotFoundProblem, match=NAME):
        make_request(kept.ledger, log, "nobody")


def test_a_machine_signs_under_one_name(tmp_path: Path) -> None:
    witness = Witness(Places(tmp_path / "one").make())

    with pytest.raises(InputProblem, match="--name"):
        witness.signer()
    with pytest.raises(InputProblem):
        witness.signer("two words")
    first = witness.signer("one.example").checker
    with pytest.raises(ConflictProblem, match=r"one\.example"):
        witness.signer("two.example")
    assert witness.signer().checker == first


@pytest.mark.parametrize(
    "text", ["", "old 1", "old x\n\n", "old 1\né\n\n", "old 0\n\nx\n1\nAAAA\n\n\u2014 x é\n"]
)
def test_what_is_no_request_is_refused(bureau: Witness, text: str) -> None:
    with pytest.raises(InputProblem):
        bureau.cosign(text, None, AT)
