"""Somebody with full database rights who edits rows is detected and located."""

from __future__ import annotations

import psycopg
import pytest

from chaintwin.access.asker import platform_asker
from chaintwin.engine.postgres import Cluster
from chaintwin.kit.places import Places
from chaintwin.model.fact import Label, Statement, Subject, Value
from chaintwin.twin.originals import Originals
from chaintwin.twin.store.sources import SourceRecord
from chaintwin.twin.twin import Twin
from chaintwin.twin.verify import verify, verify_originals

FIRM = Subject("Company", (("company_name", "被改的公司"),))
ODD = "制表\t换行\n反斜杠\\ 引号\" 单引号'"


@pytest.fixture
def body(twin: Twin) -> int:
    twin.declare(SourceRecord("register", {"zh": "登记"}))
    with twin.change(platform_asker(), reason="登记", source="register") as changes:
        changes.record(
            [
                Statement(FIRM, "name", Value(text="被改的公司")),
                Statement(FIRM, "note", Value(text=ODD), evidence={"页": ODD}),
                Statement(FIRM, "region", Value(text="220184")),
            ]
        )
        return changes.body("Company", *FIRM.keys)


def damage(database: Cluster, *statements: str) -> None:
    assert database.super_url is not None
    with psycopg.connect(database.super_url) as connection:
        connection.execute("SET session_replication_role = replica")
        for statement in statements:
            connection.execute(statement)  # type: ignore[arg-type]


def test_an_untouched_store_verifies_also_after_corrections(twin: Twin, body: int) -> None:
    with twin.change(platform_asker(), reason="更正", source="register") as changes:
        changes.say(body, "region", Value(text="220100"))

    assert list(verify(twin)) == []


KEPT = ("fact", "ledger_leaf", "ledger", "current_state", "change")


def stored_columns(connection: psycopg.Connection, table: str) -> str:
    """Return the columns of a table that are not derived from others of its row."""
    row = connection.execute(
        "SELECT string_agg(column_name, ', ') FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'",
        (table,),
    ).fetchone()
    assert row is not None
    return str(row[0])


DAMAGES = {
    "a value edited": "UPDATE fact SET text = '别的' WHERE body = {body} AND text = '220184'",
    "a confidence edited": "UPDATE fact SET confidence = 7 WHERE body = {body}",
    "a fact deleted": "DELETE FROM fact WHERE body = {body} AND text = '220184'",
    "a closed fact reopened": "DELETE FROM fact WHERE body = {body} AND text = '220102' AND "
    "known_to = 'infinity'; UPDATE fact SET known_to = 'infinity' WHERE id = "
    "(SELECT max(id) FROM fact WHERE body = {body} AND text = '220184')",
    "a fact closed": "UPDATE fact SET known_to = now() + '99 years' WHERE body = {body} "
    "AND known_to = 'infinity'",
    "a fact inserted": "INSERT INTO fact SELECT (nextval('fact_id')), body, ref, "
    "valid_from + '1 day', known_from, known_to, change, tenant, branch, attribute, source, "
    "confidence, label, precision, basis, ended, value_key || '伪', text, number, data, unit, "
    "original, language, code_list, source_record, evidence FROM fact WHERE body = {body} LIMIT 1",
    "a leaf deleted": "DELETE FROM ledger_leaf WHERE body = {body}",
    "a root replaced": "UPDATE ledger SET root = '\\x00' WHERE change IN "
    "(SELECT change FROM fact WHERE body = {body})",
    "the current state edited": "UPDATE current_state SET name = '伪' WHERE body = {body}",
    "a change deleted": "DELETE FROM change WHERE id IN "
    "(SELECT change FROM fact WHERE body = {body})",
}


@pytest.mark.parametrize("what", DAMAGES)
def test_damage_is_detected(twin: Twin, body: int, database: Cluster, what: str) -> None:
    with twin.change(platform_asker(), reason="更正", source="register") as changes:
        changes.say(body, "region", Value(text="220102"))
        number = changes.number
    assert database.super_url is not None
    with psycopg.connect(database.super_url) as connection:
        kept = f"kept_{number}"
        columns = {table: stored_columns(connection, table) for table in KEPT}
        for table in KEPT:
            connection.execute(f"CREATE TABLE {kept}_{table} AS SELECT * FROM {table}")  # type: ignore[arg-type]

    damage(database, DAMAGES[what].format(body=body))

    found = list(verify(twin))
    damage(
        database,
        *(
            f"DELETE FROM {table}; INSERT INTO {table} ({names}) SELECT {names} FROM {kept}_{table}"
            for table, names in columns.items()
        ),
    )
    assert found, what
    assert {difference.body for difference in found} <= {body, None}
    assert list(verify(twin)) == []


def test_an_original_changed_on_disk_is_named(twin: Twin, places: Places) -> None:
    originals = Originals(places)
    asker = platform_asker()
    with twin.database.transaction(asker.settings()) as connection:
        originals.keep_bytes(
            connection, asker, "原件".encode() * 100, Label.PUBLIC, twin.clock.now()
        )
    assert list(verify_originals(twin, originals)) == []
    (file,) = [path for path in places.originals.rglob("*") if path.is_file()]
    data = bytearray(file.read_bytes())
    data[-1] ^= 1

    file.write_bytes(data)

    assert [difference.what for difference in verify_originals(twin, originals)] == ["original"]
