"""Somebody with full database rights rewrites rows consistently; what was signed tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from tests.engine.populations import fill
from tests.twin.ledgers import Kept, open_ledger

from chaintwin.access.asker import platform_asker
from chaintwin.engine.migrations import migrate
from chaintwin.engine.postgres import Cluster
from chaintwin.kit.clock import FixedClock
from chaintwin.kit.digests import merkle_root
from chaintwin.kit.merkle import Growing
from chaintwin.kit.places import Places
from chaintwin.model.fact import Label
from chaintwin.twin.ledger.entries import change_content, hash_entry
from chaintwin.twin.ledger.sequencing import BrokenLedger
from chaintwin.twin.originals import Originals
from chaintwin.twin.store import tlog
from chaintwin.twin.store.keys import read_key_lines
from chaintwin.twin.store.ledger import leaf_digests
from chaintwin.twin.store.sources import SourceRecord
from chaintwin.twin.store.verifying import _read_opened as read_opened
from chaintwin.twin.verify import verify_originals

EARLY, FIRST, SECOND, LATE = "早先的公司", "甲公司", "乙公司", "后来的公司"


@pytest.fixture
def kept(fresh_database: Cluster, places: Places) -> Iterator[Kept]:
    """Four changes, signed after each of them."""
    made = open_ledger(fresh_database, places, FixedClock(datetime(2026, 11, 1, tzinfo=UTC)))
    made.twin.names.number("source", "stray")
    for firms in ((EARLY,), (FIRST, SECOND), (FIRST,), (LATE, *(f"厂{n}" for n in range(300)))):
        made.write(*firms, region="220102" if firms == (FIRST,) else "220184")
        made.clock.move(timedelta(days=1))
        made.sequence()
    yield made
    made.pool.close()


def test_an_untouched_ledger_verifies(kept: Kept) -> None:
    assert kept.verify() == []


# What is done, what the finding is called, and whether it names change 2, body FIRST.
DAMAGES: dict[str, tuple[str, str, bool, bool]] = {
    "a fact edited": (
        "UPDATE fact SET text = '伪' WHERE body = {body} AND change = 2 AND text = '220184'",
        "leaf", True, True,
    ),
    "a fact deleted": (
        "DELETE FROM fact WHERE body = {body} AND change = 2 AND text = '220184'",
        "leaf", True, True,
    ),
    "a fact inserted": (
        "INSERT INTO fact (id, body, valid_from, known_from, change, tenant, attribute, source, "
        "confidence, label, precision, basis, value_key, text) SELECT nextval('fact_id'), body, "
        "valid_from, known_from, change, tenant, attribute, source, confidence, label, precision, "
        "basis, '伪', '伪' FROM fact WHERE body = {body} AND change = 2 LIMIT 1",
        "leaf", True, True,
    ),
    "the end of a fact's known time moved": (
        "UPDATE fact SET known_to = known_to + interval '1 second' WHERE body = {body} "
        "AND known_to <> 'infinity'",
        "closing", False, True,
    ),
    "the reason of a change edited": (
        "UPDATE change SET reason = '伪' WHERE id = 2", "change", True, False,
    ),
    "the actor of a change edited": (
        "UPDATE change SET actor = '别人' WHERE id = 2", "change", True, False,
    ),
    "the moment of a change and of its facts edited": (
        "UPDATE change SET at = at + interval '1 hour' WHERE id = 2; "
        "UPDATE fact SET known_from = known_from + interval '1 hour' WHERE change = 2",
        "change", True, False,
    ),
    "a whole change deleted": (
        "DELETE FROM fact WHERE change = 2; DELETE FROM ledger_leaf WHERE change = 2; "
        "DELETE FROM ledger WHERE change = 2; DELETE FROM change WHERE id = 2",
        "change", True, False,
    ),
    "a whole change deleted with its position": (
        "DELETE FROM fact WHERE change = 2; DELETE FROM ledger_leaf WHERE change = 2; "
        "DELETE FROM ledger WHERE change = 2; DELETE FROM change WHERE id = 2; "
        "DELETE FROM ledger_position WHERE change = 2",
        "position", False, False,
    ),
    "a leaf deleted": (
        "DELETE FROM ledger_leaf WHERE body = {body} AND change = 2", "leaf", True, True,
    ),
    "two leaves exchanged": (
        "UPDATE ledger_leaf l SET salt = o.salt, sha256 = o.sha256, sm3 = o.sm3 "
        "FROM ledger_leaf o WHERE l.change = 2 AND o.change = 2 AND l.body <> o.body",
        "leaf", True, True,
    ),
    "two changes exchanged": (
        "UPDATE ledger_position SET change = -change WHERE change IN (1, 3); "
        "UPDATE ledger_position SET change = CASE change WHEN -1 THEN 3 ELSE 1 END "
        "WHERE change < 0",
        "position", False, False,
    ),
    "a change entered afterwards": (
        "UPDATE change SET id = 9 WHERE id = 4; UPDATE fact SET change = 9 WHERE change = 4; "
        "UPDATE ledger_leaf SET change = 9 WHERE change = 4; "
        "UPDATE ledger SET change = 9 WHERE change = 4; "
        "UPDATE ledger_position SET change = 9 WHERE change = 4; "
        "INSERT INTO change (id, tenant, at, actor, reason, source, bodies) "
        "VALUES (5, 1, '2026-12-02', '伪', '伪', 1, 0); "
        "INSERT INTO ledger (change, tenant, leaves, root) VALUES (5, 1, 0, "
        "'\\xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')",
        "position", False, False,
    ),
    "a bottom tile edited": (
        "UPDATE ledger_tile SET hashes = substr(hashes, 1, 64) || decode(repeat('00', 32), 'hex') "
        "|| substr(hashes, 97) WHERE level = 0 AND number = 0",
        "tile", True, False,
    ),
    "an upper tile edited": (
        "UPDATE ledger_tile SET hashes = decode(repeat('00', 32), 'hex') WHERE level = 1",
        "tile", False, False,
    ),
    "a tile deleted": (
        "DELETE FROM ledger_tile WHERE level = 0 AND number = 0", "tile", True, True,
    ),
    "a tile added": (
        "INSERT INTO ledger_tile VALUES (1, 0, 7, decode(repeat('00', 32), 'hex'))",
        "tile", False, False,
    ),
    "a checkpoint edited": (
        "UPDATE ledger_checkpoint SET note = replace(note, E'\\n5\\n', E'\\n4\\n') WHERE size = 5",
        "checkpoint", False, False,
    ),
    "the latest checkpoints deleted": (
        "DELETE FROM ledger_checkpoint WHERE size > 2", "checkpoint", False, False,
    ),
    "the log cut short": (
        "DELETE FROM ledger_position WHERE change = 4; DELETE FROM ledger_checkpoint WHERE "
        "size > 100; DELETE FROM fact WHERE change = 4; DELETE FROM ledger WHERE change = 4; "
        "DELETE FROM ledger_leaf WHERE change = 4; DELETE FROM change WHERE id = 4; "
        "DELETE FROM current_state WHERE change = 4",
        "checkpoint", False, False,
    ),
    "an attribute renamed": (
        "UPDATE attribute SET name = 'website' WHERE name = 'region'", "names", False, False,
    ),
    "a key moved to another body": (
        "UPDATE body_key SET body = (SELECT max(id) FROM body) WHERE body = {body}",
        "leaf", True, True,
    ),
    "a key added": (
        "INSERT INTO body_key (scheme, value, tenant, body, change) "
        "VALUES ('credit_code', '伪', 1, {body}, 2)",
        "leaf", True, True,
    ),
    "a key added as if it were an early one": (
        "INSERT INTO body_key (scheme, value, tenant, body) "
        "VALUES ('credit_code', '伪', 1, {body})",
        "keys", False, False,
    ),
    "a key ended as if it had been given to another body": (
        "INSERT INTO past_key SELECT scheme, value, tenant, body, change, 4 FROM body_key "
        "WHERE body = {body}; DELETE FROM body_key WHERE body = {body}",
        "leaf", False, False,
    ),
    "a source given another title and the order of authority altered": (
        "UPDATE source SET title = '{\"zh\": \"税务登记\"}' WHERE name = 'register'; "
        "UPDATE authority SET rank = rank + 5",
        "source", False, False,
    ),
    "an unknown source given another rank and the tenant another name": (
        "UPDATE source SET rank = 1 WHERE name = 'stray'; "
        "UPDATE tenant SET name = '伪' WHERE id = 1",
        "names", False, False,
    ),
    "the current state edited": (
        "UPDATE current_state SET name = '伪' WHERE body = {body}", "state", False, True,
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", DAMAGES)
def test_damage_is_detected_and_located(kept: Kept, what: str) -> None:
    statements, called, names_change, names_body = DAMAGES[what]
    body = kept.body(FIRST)

    kept.tamper(statements.replace("{body}", str(body)).split("; "))

    found = [one for one in kept.verify() if one.what == called]
    assert found, what
    assert not names_change or 2 in {one.change for one in found}
    assert not names_body or body in {one.body for one in found}
    assert all(one.zh and one.en for one in found)
    # Each statement is found for itself.
    assert called not in {"source", "names"} or len(found) >= statements.count("UPDATE")


def test_a_moved_key_of_a_body_of_which_nothing_else_was_stated_is_found(kept: Kept) -> None:
    change = kept.write("又一家公司", park="甲园区")
    kept.sequence()
    assert kept.verify() == []

    kept.tamper([f"UPDATE body_key SET body = {kept.body(FIRST)} WHERE scheme = 'park_name'"])

    assert {(one.what, one.change) for one in kept.verify()} == {("leaf", change)}


def test_a_key_that_was_rightly_given_to_another_body_is_no_damage(kept: Kept) -> None:
    key = ("company_name", FIRST)
    for _ in range(2):
        with kept.twin.change(platform_asker(), reason="另立", source="register") as changes:
            changes.rename("Company", key)
            changes.rename("Company", key)
    kept.sequence()
    assert kept.verify() == []

    kept.tamper([f"DELETE FROM past_key WHERE ended = {changes.number}"])

    assert {one.what for one in kept.verify()} == {"leaf"}


def test_keys_of_a_ledger_from_before_leaves_held_them_are_committed_to_at_once(
    empty_database: Cluster, places: Places
) -> None:
    migrate(empty_database.owner_url, "0010")
    fill(str(empty_database.super_url), "0010")
    migrate(empty_database.owner_url)
    old = open_ledger(empty_database, places, FixedClock(datetime(2027, 11, 1, tzinfo=UTC)))
    old.sequence()
    assert old.verify() == []

    old.tamper(["UPDATE body_key SET body = 2 WHERE scheme = 'credit_code'"])

    assert [(one.what, one.change) for one in old.verify()] == [("keys", 1)]
    old.pool.close()


def test_another_title_that_ships_is_taken_and_one_that_was_written_in_is_not(kept: Kept) -> None:
    for title, is_declared in (("登记机关", True), ("伪机关", False)):
        kept.tamper(
            [f"UPDATE source SET title = '{{\"zh\": \"{title}\"}}' WHERE name = 'register'"]
        )
        if is_declared:
            kept.twin.declare(SourceRecord("register", {"zh": title}, rank=10))
        kept.write("又一家公司", region=f"22010{len(title)}")
        kept.sequence()

        assert ([one.what for one in kept.verify()] == []) is is_declared


def forge(kept: Kept, change: int) -> None:
    """Rewrite all that hangs on the facts of a change: leaf, root, own leaf, every tile."""
    assert kept.database.super_url is not None
    with psycopg.connect(kept.database.super_url) as connection:
        leaves = read_opened(connection, change - 1, change)[change]
        made = read_key_lines(connection, change - 1, change)
        leaves.add_keys((body, line) for _, body, line in made)
        salts = dict(
            connection.execute("SELECT body, salt FROM ledger_leaf WHERE change = %s", (change,))
        )
        digests = {body: leaf_digests(salts[body], leaves.content(body)) for body in salts}
        for body, (first, second) in digests.items():
            connection.execute(
                "UPDATE ledger_leaf SET sha256 = %s, sm3 = %s WHERE change = %s AND body = %s",
                (first, second, change, body),
            )
        root = merkle_root([digests[body][0] for body in sorted(digests)])
        connection.execute("UPDATE ledger SET root = %s WHERE change = %s", (root, change))
        own = tlog.position_of(connection, change)
        line = tlog.read_change_line(connection, change)
        assert own is not None
        assert line is not None
        first, second = leaf_digests(own.salt, change_content(line, root, own.names))
        connection.execute(
            "UPDATE ledger_position SET sha256 = %s, sm3 = %s WHERE change = %s",
            (first, second, change),
        )
        grow_anew(connection)


def grow_anew(connection: psycopg.Connection) -> None:
    tree = Growing()
    for position in tlog.list_positions(connection, 1):
        tree.add(hash_entry(position.sha256, position.sm3))
        for _, digests in tlog.read_leaves(connection, position.change):
            tree.add(hash_entry(digests))
    tlog.put_tiles(connection, 1, tree.take_tiles())


EDIT = "UPDATE fact SET text = '伪' WHERE change = 2 AND body = {body} AND text = '220184'"


@pytest.fixture
def forged(kept: Kept) -> Kept:
    """One fact of the second change edited, and every digest up to the root made to fit."""
    kept.tamper([EDIT.format(body=kept.body(FIRST))])
    forge(kept, 2)
    return kept


def test_a_tree_that_was_rewritten_as_a_whole_is_not_what_was_signed(forged: Kept) -> None:
    found = [one for one in forged.verify() if one.what == "checkpoint"]

    assert [one.change for one in found] == [2]
    assert "变更 2–2" in found[0].zh


def test_it_is_caught_also_when_every_checkpoint_in_the_database_is_gone(forged: Kept) -> None:
    forged.tamper(["DELETE FROM ledger_checkpoint"])

    found = [one for one in forged.verify() if one.what == "checkpoint"]

    assert "变更 2–2" in found[-1].zh
    assert len([one for one in found if "消失" in one.zh]) == 4


def test_nothing_is_signed_after_a_rewritten_tree(forged: Kept) -> None:
    forged.tamper(["DELETE FROM ledger_checkpoint"])
    forged.write("又一家公司")

    with pytest.raises(BrokenLedger, match="verify"):
        forged.sequence()


def test_whoever_holds_the_key_too_is_caught_by_a_checkpoint_kept_elsewhere(kept: Kept) -> None:
    elsewhere = kept.sequence()
    kept.tamper([EDIT.format(body=kept.body(FIRST)), "DELETE FROM ledger_checkpoint"])
    forge(kept, 2)
    kept.ledger.anchors.path("public").unlink()
    kept.write("又一家公司")
    kept.sequence()

    assert [one for one in kept.verify() if one.what in {"leaf", "checkpoint"}] == []

    found = [one for one in kept.verify(elsewhere) if "不符" in one.zh]
    assert [one.what for one in found] == ["checkpoint"]


def test_an_altered_record_of_what_was_signed_is_named(kept: Kept) -> None:
    path = kept.ledger.anchors.path("public")
    path.write_bytes(path.read_bytes().replace(b"public", b"pubIic", 1))
    edited = kept.verify()
    path.write_bytes(b"{" + path.read_bytes())

    damaged = kept.verify()

    for found in (edited, damaged):
        assert [(one.what, one.file) for one in found] == [("anchor", "ledger/public.checkpoints")]


def _alter(first: Path, _: Path) -> None:
    first.write_bytes(first.read_bytes()[:-1] + b"\0")


def _delete(first: Path, _: Path) -> None:
    first.unlink()


def _exchange(first: Path, second: Path) -> None:
    kept, other = first.read_bytes(), second.read_bytes()
    first.write_bytes(other)
    second.write_bytes(kept)


@pytest.mark.parametrize(("spoil", "count"), [(_alter, 1), (_delete, 1), (_exchange, 2)])
def test_originals_that_were_touched_on_disk_are_named_by_their_files(
    kept: Kept, places: Places, spoil: Callable[[Path, Path], None], count: int
) -> None:
    originals, asker = Originals(places), platform_asker()
    with kept.pool.transaction(asker.settings()) as connection:
        for text in ("合同", "批复", "纪要"):
            originals.keep_bytes(connection, asker, text.encode(), Label.PUBLIC, kept.clock.now())
    first, second, _ = sorted(path for path in places.originals.rglob("*") if path.is_file())
    assert list(verify_originals(kept.twin, originals)) == []

    spoil(first, second)

    found = [one.file for one in verify_originals(kept.twin, originals)]
    named = [path.relative_to(places.root).as_posix() for path in (first, second)]
    assert sorted(str(file) for file in found) == named[:count]
