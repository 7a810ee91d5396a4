"""Originals: encrypted from the first byte, identical for ever, gone when their key is."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from chaintwin.access.asker import PUBLIC_TENANT, Asker
from chaintwin.engine.database import Connection, Database
from chaintwin.kit.clock import FixedClock
from chaintwin.kit.places import Places
from chaintwin.kit.problems import ConflictProblem, ForbiddenProblem, NotFoundProblem, Problem
from chaintwin.model.fact import Label
from chaintwin.twin.envelopes import CHUNK
from chaintwin.twin.originals import (
    KEY_FILE,
    Originals,
    Stored,
    TamperedProblem,
    TooLargeProblem,
)
from chaintwin.twin.twin import Twin

MEBIBYTE = 1_048_576


def an_asker(tenant: int, *labels: Label) -> Asker:
    readable = frozenset({PUBLIC_TENANT, tenant})
    return Asker(tenant, "王科员", readable=readable, labels=frozenset(labels or Label))


class Shelf:
    """Originals with a database behind them."""

    def __init__(self, pool: Database, places: Places, clock: FixedClock) -> None:
        self.pool = pool
        self.places = places
        self.clock = clock
        self.originals = Originals(places)

    def keep(
        self,
        data: bytes,
        tenant: int = 10,
        label: Label = Label.INTERNAL,
        asker: Asker | None = None,
    ) -> Stored:
        asker = asker or an_asker(tenant)
        with self.pool.transaction(asker.settings()) as connection:
            return self.originals.keep_bytes(connection, asker, data, label, self.clock.now())

    def read(self, number: int, tenant: int = 10, name: str = "合同") -> bytes:
        with self.open(tenant) as connection:
            return self.originals.open(connection, number, name).read()

    def open(self, tenant: int = 10) -> Transaction:
        return Transaction(self.pool, an_asker(tenant))

    def files(self) -> list[Path]:
        return sorted(path for path in self.places.originals.rglob("*") if path.is_file())


class Transaction:
    def __init__(self, pool: Database, asker: Asker) -> None:
        self._context = pool.transaction(asker.settings())

    def __enter__(self) -> Connection:
        return self._context.__enter__()

    def __exit__(self, *error: object) -> None:
        self._context.__exit__(*error)  # type: ignore[arg-type]


@pytest.fixture
def shelf(pool: Database, twin: Twin, clock: FixedClock, places: Places) -> Iterator[Shelf]:
    yield Shelf(pool, places, clock)
    with pool.transaction(an_asker(10).settings()) as connection:
        connection.execute(
            "UPDATE original SET wrapped_key = NULL, destroyed_at = now() "
            "WHERE tenant = 10 AND destroyed_at IS NULL"
        )
    with pool.transaction(an_asker(13).settings()) as connection:
        connection.execute(
            "UPDATE original SET wrapped_key = NULL, destroyed_at = now() "
            "WHERE tenant = 13 AND destroyed_at IS NULL"
        )


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7])
def test_what_was_kept_comes_back_byte_for_byte(shelf: Shelf, size: int) -> None:
    data = os.urandom(size)

    stored = shelf.keep(data)

    assert shelf.read(stored.number) == data
    assert (stored.size, stored.sha256) == (size, hashlib.sha256(data).hexdigest())


def test_the_digests_are_those_of_the_standards(shelf: Shelf) -> None:
    stored = shelf.keep(b"abc")

    assert stored.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert stored.sm3 == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_nothing_readable_of_a_paper_lies_on_disk(shelf: Shelf) -> None:
    secret = "投资协议第三条".encode() * 1000

    shelf.keep(secret)

    for path in [*shelf.files(), *shelf.places.keys.iterdir()]:
        assert "投资协议".encode() not in path.read_bytes()


@pytest.mark.skipif(os.name != "posix", reason="rights of files are those of Unix")
def test_key_and_originals_are_closed_to_other_users(shelf: Shelf) -> None:
    shelf.keep(b"paper")

    assert (shelf.places.keys / KEY_FILE).stat().st_mode & 0o077 == 0
    assert shelf.places.originals.stat().st_mode & 0o077 == 0


@pytest.mark.skipif(os.name != "posix", reason="rights of files are those of Unix")
def test_a_key_that_others_can_read_is_refused(shelf: Shelf) -> None:
    (shelf.places.keys / KEY_FILE).chmod(0o644)

    with pytest.raises(Problem, match="chmod 600"):
        Originals(shelf.places)


def test_a_lost_key_is_never_replaced_by_a_new_one(shelf: Shelf) -> None:
    shelf.keep(b"paper")
    (shelf.places.keys / KEY_FILE).unlink()

    with pytest.raises(Problem, match="从备份恢复 keys"):
        Originals(shelf.places)
    assert not (shelf.places.keys / KEY_FILE).exists()


def test_another_master_key_opens_nothing(shelf: Shelf) -> None:
    stored = shelf.keep(b"paper")
    (shelf.places.keys / KEY_FILE).write_text("11" * 32 + "\n")
    shelf.originals = Originals(shelf.places)

    with pytest.raises(TamperedProblem, match="主密钥已更换"):
        shelf.read(stored.number)


@pytest.mark.parametrize("where", ["mark", "first chunk", "last byte"])
def test_one_flipped_bit_is_found_and_the_item_named(shelf: Shelf, where: str) -> None:
    stored = shelf.keep(os.urandom(2 * CHUNK + 100))
    (path,) = shelf.files()
    data = bytearray(path.read_bytes())
    data[{"mark": 0, "first chunk": 5000, "last byte": -1}[where]] ^= 1
    path.write_bytes(data)

    with pytest.raises(TamperedProblem, match="Z001-WS") as found:
        shelf.read(stored.number, name="Z001-WS·2027 合同")
    assert "备份" in found.value.zh


@pytest.mark.parametrize("cut", [1, 16, CHUNK + 16])
def test_a_file_cut_short_is_found_even_between_chunks(shelf: Shelf, cut: int) -> None:
    stored = shelf.keep(os.urandom(2 * CHUNK))
    (path,) = shelf.files()
    path.write_bytes(path.read_bytes()[:-cut])

    with pytest.raises(TamperedProblem):
        shelf.read(stored.number)


def test_two_files_that_changed_places_are_found(shelf: Shelf) -> None:
    stored = shelf.keep(b"one paper")
    shelf.keep(b"other one")
    first, second = shelf.files()
    one, other = first.read_bytes(), second.read_bytes()
    first.write_bytes(other)
    second.write_bytes(one)

    with pytest.raises(TamperedProblem):
        shelf.read(stored.number)


def test_a_key_moved_to_another_row_does_not_open_it(shelf: Shelf) -> None:
    first, second = shelf.keep(b"one paper"), shelf.keep(b"other one")
    with shelf.open() as connection:
        connection.execute(
            "UPDATE original SET wrapped_key = (SELECT wrapped_key FROM original WHERE id = %s) "
            "WHERE id = %s",
            (first.number, second.number),
        )

    with pytest.raises(TamperedProblem):
        shelf.read(second.number)


def test_a_file_that_is_gone_is_said_to_be_gone(shelf: Shelf) -> None:
    stored = shelf.keep(b"paper")
    shelf.files()[0].unlink()

    with pytest.raises(TamperedProblem, match="已丢失"):
        shelf.read(stored.number)


def test_the_same_bytes_are_kept_once_in_an_office(shelf: Shelf) -> None:
    first, second = shelf.keep(b"paper"), shelf.keep(b"paper")

    assert first == second
    assert len(shelf.files()) == 1


def test_two_offices_never_share_an_original(shelf: Shelf) -> None:
    mine, theirs = shelf.keep(b"paper", 10), shelf.keep(b"paper", 13)

    assert mine.number != theirs.number
    one, other = (path.read_bytes() for path in shelf.files())
    assert one != other


def test_another_label_is_another_original(shelf: Shelf) -> None:
    first, second = shelf.keep(b"paper"), shelf.keep(b"paper", label=Label.BUSINESS)

    assert first.number != second.number


def test_another_office_finds_no_original_under_its_number(shelf: Shelf) -> None:
    stored = shelf.keep(b"paper", 10)

    with pytest.raises(NotFoundProblem):
        shelf.read(stored.number, tenant=13)


def test_a_label_one_may_not_read_cannot_be_filed_under(shelf: Shelf) -> None:
    with pytest.raises(ForbiddenProblem):
        shelf.keep(b"paper", label=Label.BUSINESS, asker=an_asker(10, Label.PUBLIC))
    assert not shelf.files()


def test_bytes_lost_from_disk_come_back_when_they_are_uploaded_again(shelf: Shelf) -> None:
    stored = shelf.keep(b"paper")
    shelf.files()[0].write_bytes(b"rubbish")

    again = shelf.keep(b"paper")

    assert again.number == stored.number
    assert shelf.read(stored.number) == b"paper"


def test_destroying_discards_the_key_and_the_same_paper_may_come_again(shelf: Shelf) -> None:
    stored = shelf.keep(b"paper")
    with shelf.open() as connection:
        shelf.originals.destroy(connection, stored.number, shelf.clock.now())

    with pytest.raises(ConflictProblem, match="已依法销毁"):
        shelf.read(stored.number)
    again = shelf.keep(b"paper")
    assert shelf.read(again.number) == b"paper"
    with pytest.raises(ConflictProblem, match="已依法销毁"):
        shelf.read(stored.number)


def test_a_transaction_that_fails_leaves_no_row(shelf: Shelf) -> None:
    asker = an_asker(10)
    kept: list[Stored] = []

    def keep_and_fail() -> None:
        with shelf.pool.transaction(asker.settings()) as connection:
            now = shelf.clock.now()
            kept.append(shelf.originals.keep_bytes(connection, asker, b"paper", Label.PUBLIC, now))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        keep_and_fail()

    with pytest.raises(NotFoundProblem):
        shelf.read(kept[0].number)
    assert shelf.read(shelf.keep(b"paper", label=Label.PUBLIC).number) == b"paper"


def test_a_file_over_the_limit_stops_there_and_leaves_nothing(shelf: Shelf) -> None:
    incoming = shelf.originals.begin(most=2 * MEBIBYTE)
    incoming.write(bytes(2 * MEBIBYTE))

    with pytest.raises(TooLargeProblem, match="2 MiB"):
        incoming.write(b"x")
    incoming.discard()

    assert not shelf.files()


def test_a_large_file_passes_through_little_memory(shelf: Shelf) -> None:
    piece = os.urandom(MEBIBYTE)
    asker = an_asker(10)
    tracemalloc.start()

    incoming = shelf.originals.begin()
    for _ in range(60):
        incoming.write(piece)
    incoming.finish()
    with shelf.open() as connection:
        stored = shelf.originals.keep(connection, asker, incoming, Label.PUBLIC, shelf.clock.now())
        reader = shelf.originals.open(connection, stored.number, "录像")
    size = sum(len(chunk) for chunk in reader.chunks())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert size == 60 * MEBIBYTE
    assert peak < 12 * MEBIBYTE


WRITER = """
import sys, time
from pathlib import Path
from chaintwin.kit.places import Places
from chaintwin.twin.originals import Originals
incoming = Originals(Places(Path(sys.argv[1]))).begin()
incoming.write(bytes(5_000_000))
print("half", flush=True)
time.sleep(60)
"""


def test_a_process_killed_in_mid_upload_leaves_nothing_half(shelf: Shelf) -> None:
    command = [sys.executable, "-c", WRITER, str(shelf.places.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"half\n"
        while_writing = shelf.files()
        Originals(shelf.places)
        assert shelf.files() == while_writing, "a living upload is not tidied away"
        writer.send_signal(signal.SIGKILL)

    assert len(while_writing) == 1
    Originals(shelf.places)
    assert not shelf.files()
