"""The ledger over HTTP: where a fact stands, proofs, tlog-tiles paths, disclosure by right only."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.web.conftest import LogIn

from chaintwin.access.asker import Asker
from chaintwin.access.tenants import all_tenants
from chaintwin.kit.digests import merkle_root
from chaintwin.kit.merkle import hash_leaf, is_consistent, is_included
from chaintwin.kit.notes import Checker, Checkpoint, Note
from chaintwin.model.fact import Label, Value
from chaintwin.twin.ledger.book import Ledger
from chaintwin.twin.ledger.sequencing import sequence
from chaintwin.twin.twin import Twin

LOG = "/api/v1/ledger/220184"


@pytest.fixture
def ledger(app_client: TestClient) -> Ledger:
    made: Ledger = app_client.app.state.ledger  # type: ignore[attr-defined]
    return made


@pytest.fixture(scope="module")
def here(twin: Twin) -> Asker:
    tenant = next(one.id for one in all_tenants(twin.database) if one.region == "220184")
    return Asker(tenant, "li", labels=frozenset(Label))


def write(twin: Twin, here: Asker, name: str, note: Label | None = None) -> str:
    """State a firm's name, perhaps with a labelled note; return its code."""
    with twin.change(here, reason="登记", source="register") as changes:
        body = changes.body("Company", ("company_name", name))
        changes.say(body, "name", Value(text=name))
        if note is not None:
            changes.say(body, "note", Value(text="拟迁址"), label=note)
    with twin.view(here) as view:
        return view.code(body)


def ok(client: TestClient, path: str, **query: Any) -> Any:
    answer = client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def fact_of(client: TestClient, code: str) -> int:
    found = ok(client, f"/api/v1/bodies/{code}/history", attribute="name")["items"]
    return int(found[0]["fact"])


def test_a_fact_waits_and_then_has_a_position_with_a_proof(
    twin: Twin, here: Asker, ledger: Ledger, log_in: LogIn
) -> None:
    li = log_in("li")
    code = write(twin, here, "等待公司")
    path = f"/api/v1/facts/{code}/{fact_of(li, code)}/proof"

    before = ok(li, path)
    sequence(ledger)
    after = ok(li, path)

    assert (before["state"], before["proof"]) == ("waiting", None)
    assert (after["state"], after["log"]) == ("entered", "220184")
    proof = after["proof"]
    note = Note.parse(proof["checkpoint"])
    signed = Checkpoint.parse(note.text)
    assert Checker.parse(proof["key"]).check(note)
    assert is_included(
        hash_leaf(base64.b64decode(proof["entry"])),
        proof["position"],
        signed.size,
        [base64.b64decode(step) for step in proof["path"]],
        signed.root,
    )


def test_a_disclosed_leaf_comes_to_its_entry_by_the_documented_recipe(
    twin: Twin, here: Asker, ledger: Ledger, log_in: LogIn
) -> None:
    li = log_in("li")
    code = write(twin, here, "披露公司")
    sequence(ledger)

    told = ok(li, f"/api/v1/facts/{code}/{fact_of(li, code)}/proof", disclosed="true")

    lines = [hashlib.sha256(line.encode()).digest() for line in told["disclosed"]["lines"]]
    salted = base64.b64decode(told["disclosed"]["salt"]) + b"".join(lines)
    entry = base64.b64decode(told["proof"]["entry"])
    assert entry[:33] == b"\x01" + hashlib.sha256(salted).digest()
    assert any("披露公司" in line for line in told["disclosed"]["lines"])


def test_no_leaf_is_disclosed_to_whoever_may_not_read_all_of_it(
    twin: Twin, here: Asker, ledger: Ledger, log_in: LogIn
) -> None:
    code = write(twin, here, "有密公司", Label.BUSINESS)
    sequence(ledger)
    li, viewer = log_in("li"), log_in("kan")
    path = f"/api/v1/facts/{code}/{fact_of(viewer, code)}/proof"

    proof = viewer.get(path)
    disclosed = viewer.get(path, params={"disclosed": "true"})

    assert proof.status_code == 200
    assert "拟迁址" not in proof.text
    assert disclosed.status_code == 403
    assert "拟迁址" not in disclosed.text
    assert "拟迁址" in li.get(path, params={"disclosed": "true"}).text


def test_tiles_and_entries_lie_where_tlog_tiles_has_them(
    twin: Twin, here: Asker, ledger: Ledger, log_in: LogIn
) -> None:
    li = log_in("li")
    with twin.change(here, reason="批量", source="register") as changes:
        for number in range(300):
            body = changes.body("Company", ("company_name", f"批量{number}"))
            changes.say(body, "name", Value(text=f"批量{number}"))
    sequence(ledger)
    note = li.get(f"{LOG}/checkpoint")
    size = Checkpoint.parse(Note.parse(note.text).text).size

    full = li.get(f"{LOG}/tile/0/000")
    entries = li.get(f"{LOG}/tile/entries/000")
    part = li.get(f"{LOG}/tile/0/001.p/{size - 256}")
    narrower = li.get(f"{LOG}/tile/0/001.p/1")
    upper = li.get(f"{LOG}/tile/1/000.p/1")
    absent = [
        li.get(f"{LOG}/tile/{path}").status_code
        for path in ("0/001", f"0/001.p/{size - 255}", "0/000.p/257", "0/x001/000", "9/000", "0/0")
    ]

    leaves = [entries.content[at + 2 : at + 67] for at in range(0, len(entries.content), 67)]
    assert b"".join(map(hash_leaf, leaves)) == full.content
    assert part.content[:32] == narrower.content
    assert upper.content == merkle_root(leaves)
    assert "immutable" in full.headers["cache-control"]
    assert "immutable" not in part.headers["cache-control"]
    assert absent == [404] * 6


def test_growth_between_two_sizes_is_proved(
    twin: Twin, here: Asker, ledger: Ledger, log_in: LogIn
) -> None:
    li = log_in("li")
    write(twin, here, "先公司")
    sequence(ledger)
    write(twin, here, "后公司")
    sequence(ledger)
    new, old = ok(li, f"{LOG}/checkpoints", limit=2)["items"]

    told = ok(li, f"{LOG}/growth", old=old["size"], size=new["size"])

    path = [base64.b64decode(step) for step in told["path"]]
    roots = [base64.b64decode(one["root"]) for one in (old, new)]
    assert is_consistent(old["size"], roots[0], new["size"], roots[1], path)
    assert li.get(f"{LOG}/growth", params={"old": 5, "size": 10**9}).status_code == 409


def test_the_state_of_ones_own_log_and_the_public_one_is_shown(
    twin: Twin, here: Asker, ledger: Ledger, log_in: LogIn
) -> None:
    write(twin, here, "未入账公司")

    shown = ok(log_in("shen"), "/api/v1/ledger")["items"]

    assert [one["log"] for one in shown] == ["220184", "public"]
    assert shown[0]["waiting"] == 1
    assert shown[0]["trouble"] is None
    assert shown[0]["stamping"] == "off"
    assert log_in("guan").get("/api/v1/ledger").status_code == 403


def test_a_ledger_that_was_rewritten_says_so(
    twin: Twin, here: Asker, ledger: Ledger, log_in: LogIn
) -> None:
    write(twin, here, "某公司")
    sequence(ledger)
    path = ledger.anchors.path("220184")
    kept = path.read_bytes()
    log = ledger.log("220184")
    text = Checkpoint(log.origin, 3, b"\7" * 32).text
    ledger.anchors.keep("220184", Note(text, (ledger.signer(log).sign(text),)))
    write(twin, here, "又一公司")

    from chaintwin.twin.ledger.keeping import keep_up

    keep_up(ledger)
    shown = ok(log_in("li"), "/api/v1/ledger")["items"][0]
    health = ok(log_in("li"), "/api/v1/health")
    path.write_bytes(kept)
    keep_up(ledger)

    assert "chaintwin verify" in shown["trouble"]["zh"]
    assert health["ledger"] == "stopped"
    assert ok(log_in("li"), "/api/v1/health")["ledger"] == "ok"
    assert shown["waiting"] == 1
    assert ok(log_in("li"), "/api/v1/ledger")["items"][0]["trouble"] is None
