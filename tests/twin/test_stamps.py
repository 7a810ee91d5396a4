"""Checkpoints get RFC 3161 time-stamps from OpenSSL's own authority, behind a local address."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.twin.ledgers import Kept, open_ledger

from chaintwin.engine.postgres import Cluster
from chaintwin.kit.clock import FixedClock
from chaintwin.kit.places import Places
from chaintwin.kit.problems import Problem
from chaintwin.twin.ledger.book import keeper
from chaintwin.twin.ledger.keeping import LedgerKeeper, stamp_all
from chaintwin.twin.ledger.publishing import Wish, export_log
from chaintwin.twin.ledger.stamping import ROOTS_VARIABLE, URL_VARIABLE, Authority, stamp_log
from chaintwin.twin.store import vouching

CONFIG = """
[req]
distinguished_name = dn
[dn]
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[stamps]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tsa]
default_tsa = authority
[authority]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
certs = {folder}/root.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


def openssl(folder: Path, *arguments: str | Path) -> bytes:
    done = subprocess.run(
        ["openssl", *map(str, arguments)], cwd=folder, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@dataclass
class Clerk:
    """A time-stamping authority that runs `openssl ts` for each question."""

    folder: Path
    url: str = ""
    is_open: bool = True
    asked: int = 0

    @classmethod
    def make(cls, folder: Path) -> Clerk:
        (folder / "openssl.cnf").write_text(CONFIG.format(folder=folder), "utf-8")
        (folder / "serial").write_text("01\n", "ascii")
        new = ("req", "-new", "-newkey", "rsa:2048", "-nodes", "-config", "openssl.cnf")
        openssl(folder, *new, "-x509", "-days", "3650", "-extensions", "root", "-subj",
                "/CN=Test Root", "-keyout", "root.key", "-out", "root.pem")  # fmt: skip
        openssl(folder, *new, "-subj", "/CN=Test Authority", "-keyout", "tsa.key",
                "-out", "tsa.csr")  # fmt: skip
        openssl(folder, "x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key",
                "-CAcreateserial", "-days", "3650", "-extfile", "openssl.cnf", "-extensions",
                "stamps", "-out", "tsa.pem")  # fmt: skip
        return cls(folder)

    def answer(self, question: bytes) -> bytes:
        self.asked += 1
        (self.folder / "question").write_bytes(question)
        openssl(self.folder, "ts", "-reply", "-config", "openssl.cnf", "-section", "authority",
                "-queryfile", "question", "-out", "answer")  # fmt: skip
        return (self.folder / "answer").read_bytes()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Clerk:
    return Clerk.make(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def clerk(made: Clerk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Clerk]:
    """The authority, listening on a free port, and configured."""
    clerk = made
    clerk.is_open, clerk.asked = True, 0

    class Desk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = self.rfile.read(int(self.headers["Content-Length"]))
            if not clerk.is_open:
                self.send_error(503)
                return
            answer = clerk.answer(question)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    clerk.url = f"http://127.0.0.1:{server.server_port}/tsa"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv(URL_VARIABLE, clerk.url)
    monkeypatch.setenv(ROOTS_VARIABLE, str(clerk.folder / "root.pem"))
    yield clerk
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def kept(fresh_database: Cluster, places: Places) -> Iterator[Kept]:
    made = open_ledger(fresh_database, places, FixedClock(datetime(2026, 11, 1, tzinfo=UTC)))
    made.write("甲公司")
    made.sequence()
    yield made
    made.pool.close()


@pytest.fixture
def keeping(kept: Kept, clerk: Clerk) -> Iterator[LedgerKeeper]:
    """The ledger kept up as a server does, with an authority that does not answer yet."""
    clerk.is_open = False
    made = LedgerKeeper(kept.ledger, retry_stamp_s=0.1)
    made.start()
    yield made
    made.stop()


def stamp(kept: Kept) -> vouching.StampRow | None:
    authority = Authority.configured()
    assert authority is not None
    return stamp_log(kept.ledger, authority, kept.ledger.log("public"))


def stamps(kept: Kept) -> list[int]:
    log = kept.ledger.log("public")
    with kept.pool.transaction(keeper(log).settings()) as connection:
        return [row.size for row in vouching.list_stamps(connection, log.tenant)]


def test_a_stamp_verifies_here_and_with_openssl_offline(
    kept: Kept, clerk: Clerk, tmp_path: Path
) -> None:
    assert stamp(kept) is not None

    def write(path: str, data: bytes) -> None:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)

    export_log(kept.ledger, kept.ledger.log("public"), Wish(), write, "tree")
    said = openssl(tmp_path, "ts", "-verify", "-data", "stamps/2.note", "-in", "stamps/2.tsr",
                   "-CAfile", clerk.folder / "root.pem")  # fmt: skip
    assert said == b"" or b"OK" in said
    assert kept.verify() == []
    assert (tmp_path / "checkpoints" / "2").is_file()


def test_a_checkpoint_is_stamped_once_and_the_next_one_an_hour_later(
    kept: Kept, clerk: Clerk
) -> None:
    stamp(kept)
    stamp(kept)
    kept.write("乙公司")
    kept.sequence()
    soon = stamp(kept)
    kept.clock.move(timedelta(hours=1, seconds=1))
    later = stamp(kept)

    assert (soon, later.size if later else None, clerk.asked) == (None, 4, 2)
    assert stamps(kept) == [4, 2]


def test_an_authority_that_does_not_answer_is_seen_retried_and_stops_nothing(
    kept: Kept, clerk: Clerk, keeping: LedgerKeeper
) -> None:
    kept.write("乙公司")
    assert wait_until(lambda: kept.ledger.stamp_trouble is not None)
    kept.write("丙公司")
    entered = wait_until(lambda: kept.sequence().split("\n")[1] == "6")
    trouble = kept.ledger.stamp_trouble

    clerk.is_open = True

    assert entered
    assert trouble is not None
    assert clerk.url in trouble.zh
    assert wait_until(lambda: stamps(kept) == [6])
    assert wait_until(lambda: kept.ledger.stamp_trouble is None)


def wait_until(holds: object, seconds: float = 15) -> bool:
    from time import monotonic, sleep

    end = monotonic() + seconds
    while not holds():  # type: ignore[operator]
        if monotonic() > end:
            return False
        sleep(0.02)
    return True


def test_a_stamp_on_something_else_is_found_by_verifying(kept: Kept, clerk: Clerk) -> None:
    stamp(kept)
    authority = Authority.configured()
    assert authority is not None
    other = authority.stamp(b"something else").hex()

    kept.tamper([f"UPDATE ledger_stamp SET answer = '\\x{other}'"])

    assert [one.what for one in kept.verify()] == ["stamp"]


def test_a_stamp_is_checked_also_while_no_authority_is_configured(
    kept: Kept, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamp(kept)
    authority = Authority.configured()
    assert authority is not None
    monkeypatch.delenv(URL_VARIABLE)
    whole = kept.verify()
    other = authority.stamp(b"something else").hex()

    kept.tamper([f"UPDATE ledger_stamp SET answer = '\\x{other}'"])

    assert whole == []
    assert [one.what for one in kept.verify()] == ["stamp"]


def test_an_answer_of_an_authority_nobody_trusts_is_not_kept(
    kept: Kept, clerk: Clerk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = Clerk.make(tmp_path)
    monkeypatch.setenv(ROOTS_VARIABLE, str(stranger.folder / "root.pem"))

    with pytest.raises(Problem, match=ROOTS_VARIABLE):
        stamp(kept)

    assert stamps(kept) == []


@pytest.mark.parametrize(
    ("url", "roots"), [("file:///etc/passwd", "root.pem"), ("http://127.0.0.1:9", "absent.pem")]
)
def test_a_wrong_configuration_is_told_and_stops_nothing(
    kept: Kept, clerk: Clerk, monkeypatch: pytest.MonkeyPatch, url: str, roots: str
) -> None:
    monkeypatch.setenv(URL_VARIABLE, url)
    monkeypatch.setenv(ROOTS_VARIABLE, str(clerk.folder / roots))

    stamp_all(kept.ledger)

    assert kept.ledger.stamp_trouble is not None
    assert "CHAINTWIN_TIMESTAMP" in kept.ledger.stamp_trouble.en
