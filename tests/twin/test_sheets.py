"""A sheet says exactly what its statements say, one by one; it is only stored more quickly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chaintwin.access.asker import Asker, platform_asker
from chaintwin.access.tenants import make_place
from chaintwin.engine.database import Database
from chaintwin.engine.postgres import Cluster
from chaintwin.kit.clock import FixedClock
from chaintwin.kit.problems import InputProblem
from chaintwin.model.fact import Basis, Label, Moment, Value
from chaintwin.model.sheet import Column, Sheet
from chaintwin.twin.twin import Twin
from chaintwin.twin.verify import verify

ODD = "制表\t换行\n回车\r反斜杠\\ 引号\" 单引号' \\N \x01 \u2028 {}"
_regions = count(230100)

FACTS = """
SELECT (SELECT string_agg(k.scheme || '=' || k.value, ',' ORDER BY k.scheme, k.value)
        FROM body_key k WHERE k.body = f.body) AS about,
       ref, valid_from::text, known_to::text, branch, attribute, source, confidence, label,
       precision, basis,
       ended, value_key, text, number, data::text, unit, original, language, code_list,
       source_record, evidence::text
FROM fact f WHERE tenant = %s ORDER BY about, attribute, value_key, valid_from, known_to
"""
STATES = """
SELECT (SELECT string_agg(k.scheme || '=' || k.value, ',' ORDER BY k.scheme, k.value)
        FROM body_key k WHERE k.body = s.body) AS about,
       label, kind, name, sort_name, region, search_text, terms::text,
       (SELECT jsonb_object_agg(e.key, e.value - 'i' - 'n' - 'k') FROM jsonb_each(attributes) e)
FROM current_state s WHERE tenant = %s ORDER BY about, label
"""
VALUES = """
SELECT (SELECT string_agg(k.scheme || '=' || k.value, ',' ORDER BY k.scheme, k.value)
        FROM body_key k WHERE k.body = v.body) AS about, label, attribute, number, text
FROM state_value v WHERE tenant = %s ORDER BY about, attribute, label, number, text
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """What a tenant holds, apart from its numbers and moments."""

    facts: Sequence[Any]
    states: Sequence[Any]
    values: Sequence[Any]


def an_office(pool: Database) -> Asker:
    region = str(next(_regions))
    tenant = make_place(pool, [("230000", "黑龙江省"), (region, f"市{region}")])
    return Asker(tenant, "统计员", readable=frozenset({1, tenant}), labels=frozenset(Label))


def read_stored(database: Cluster, asker: Asker) -> Stored:
    assert database.super_url is not None
    with psycopg.connect(database.super_url) as connection:
        given = (asker.tenant,)
        return Stored(
            connection.execute(FACTS, given).fetchall(),
            connection.execute(STATES, given).fetchall(),
            connection.execute(VALUES, given).fetchall(),
        )


def store_both_ways(twin: Twin, database: Cluster, *sheets: Sheet) -> tuple[Stored, Stored]:
    """Return what one tenant holds from the sheets and another one from their statements."""
    by_sheet, one_by_one = an_office(twin.database), an_office(twin.database)
    with twin.change(by_sheet, reason="装载", source="register") as changes, changes.overlapping():
        for sheet in sheets:
            changes.record_sheet(sheet)
    with twin.change(one_by_one, reason="装载", source="register") as changes:
        for sheet in sheets:
            for row in range(len(sheet)):
                changes.record(sheet.statements(row, twin.kinds))
    return read_stored(database, by_sheet), read_stored(database, one_by_one)


def products(twin: Twin) -> list[int]:
    with twin.change(platform_asker(), reason="登记", source="register") as changes:
        return [
            changes.body("Product", ("product_name", name)) for name in ("电机", "轮毂", "玻璃")
        ]


def a_sheet(*columns: Column, names: Sequence[str] = ("甲厂", "乙厂", "丙厂")) -> Sheet:
    return Sheet("Company", {"company_name": names}, columns)


def test_every_kind_of_cell_is_stored_as_its_statement_would_be(
    twin: Twin, database: Cluster
) -> None:
    motor, wheel, glass = products(twin)
    day = Moment.parse("2020-05-01")
    sheet = Sheet(
        "Company",
        {"credit_code": ["A1", None, "C3"], "company_name": ["甲厂", "乙厂", "丙厂"]},
        [
            Column("name", ["甲厂", ODD, "丙厂"]),
            Column("stock", ["1.SZ", None, "3.SH"]),
            Column("region", [None, "220184", "220100"], valid=day, code_list="GB/T 2260"),
            Column("province", ["220000", "220000", None]),
            Column("industry", ["C3670", ODD, ""]),
            Column("industry", ["C1310", "C1310", "C1310"], basis=Basis.RECALLED),
            Column("note", [ODD, None, ""]),
            Column("registered_capital", [1000, Decimal("0.10"), None], unit="万元"),
            Column("employees", [None, 12, 0], confidence=70, valid=Moment.parse("2019")),
            Column("product", [motor, wheel, None]),
            Column("product", [wheel, wheel, glass]),
            Column("park", [glass, None, None]),
        ],
        records=["表1:1", ODD, "表1:3"],
    )

    by_sheet, one_by_one = store_both_ways(twin, database, sheet)

    assert len(by_sheet.facts) == 26
    assert by_sheet == one_by_one
    assert list(verify(twin)) == []


def test_rows_that_name_one_body_twice_are_one_body(twin: Twin, database: Cluster) -> None:
    first = a_sheet(Column("status", ["存续", "注销", "存续"]), names=("甲厂", "乙厂", "甲厂"))
    second = a_sheet(Column("status", ["吊销", "存续", "存续"]), names=("丁厂", "乙厂", "戊厂"))

    by_sheet, one_by_one = store_both_ways(twin, database, first, second)

    assert len(by_sheet.states) == 4
    assert by_sheet == one_by_one


def test_what_begins_later_or_bears_several_labels_is_derived_by_its_definition(
    twin: Twin, database: Cluster
) -> None:
    later = a_sheet(
        Column("name", ["甲厂", "乙厂", "丙厂"]),
        Column("status", ["存续", "注销", "存续"], valid=Moment.parse("2199-01-01")),
    )
    labelled = a_sheet(
        Column("name", ["丁厂", "戊厂", "己厂"]),
        Column("phone", ["1", "2", "3"], label=Label.PERSONAL),
        names=("丁厂", "戊厂", "己厂"),
    )

    by_sheet, one_by_one = store_both_ways(twin, database, later, labelled)

    assert len(by_sheet.states) == 9
    assert by_sheet == one_by_one


def test_statements_about_bodies_of_a_sheet_count_in_the_same_change(twin: Twin) -> None:
    asker = an_office(twin.database)
    with twin.change(asker, reason="装载", source="register") as changes, changes.overlapping():
        bodies = changes.record_sheet(a_sheet(Column("name", ["甲厂", "乙厂", "丙厂"])))
        changes.say(bodies[1], "status", Value(text="注销"))
        changes.record_sheet(a_sheet(Column("name", ["丁厂"]), names=["丁厂"]))
        found = changes.find("company_name", ["丁厂", "戊厂"])
    with twin.view(asker) as view:
        status = [state.one("status") for state in view.states(bodies)]

    assert status == [None, "注销", None]
    assert list(found) == ["丁厂"]
    assert list(verify(twin)) == []


def test_a_sheet_loaded_again_adds_nothing_and_what_it_changes_is_a_correction(
    twin: Twin, clock: FixedClock
) -> None:
    asker = an_office(twin.database)
    sheet = a_sheet(Column("name", ["甲厂", "乙厂", "丙厂"]), Column("status", ["存续"] * 3))
    with twin.change(asker, reason="装载", source="register") as changes:
        first = changes.record_sheet(sheet)
    with twin.change(asker, reason="装载", source="register") as changes:
        again = changes.record_sheet(sheet)
        same = replace(changes.tally)
    clock.move(timedelta(days=1))
    corrected = a_sheet(Column("status", ["存续", "注销", "存续"]))
    with twin.change(asker, reason="更正", source="register") as changes:
        changes.record_sheet(corrected)

    assert again == first
    assert (same.same, same.opened) == (6, 0)
    assert (changes.tally.opened, changes.tally.closed) == (1, 1)


def test_a_large_load_becomes_several_changes_and_may_be_started_again(twin: Twin) -> None:
    asker = an_office(twin.database)
    names = [f"第{number}厂" for number in range(7)]
    sheets = [a_sheet(Column("name", names[at : at + 2]), names=names[at : at + 2])
              for at in range(0, 7, 2)]  # fmt: skip
    given = {"reason": "装载", "source": "register", "most_rows": 3}

    first = [body for rows in twin.load(asker, sheets[:3], **given) for body in rows]
    again = [body for rows in twin.load(asker, sheets, **given) for body in rows]
    with twin.view(asker) as view:
        found = [state.name for state in view.states(again)]
        changes = [record.opened for record in view.changes()[0]]

    assert again[:6] == first
    assert found == names
    assert changes == [1, 0, 2, 4]
    assert list(verify(twin)) == []


def test_an_error_among_sheets_leaves_nothing_behind(twin: Twin, database: Cluster) -> None:
    asker = an_office(twin.database)
    good = a_sheet(Column("name", ["甲厂", "乙厂", "丙厂"]))

    bad = a_sheet(Column("name", ["丁厂", "戊\x00厂", "己厂"]))

    def load() -> None:
        with twin.change(asker, reason="装载", source="register") as changes, changes.overlapping():
            changes.record_sheet(good)
            changes.record_sheet(bad)

    with pytest.raises(InputProblem, match="第 2 行"):
        load()

    assert read_stored(database, asker) == Stored([], [], [])


@pytest.mark.parametrize(
    ("column", "told"),
    [
        (Column("name", ["甲厂"]), "长度不一"),
        (Column("employees", [1, "二", 3]), "第 2 行"),
        (Column("product", ["电机", None, None]), "第 1 行"),
        (Column("stature", ["高", None, None]), "没有属性"),
    ],
)
def test_a_sheet_that_cannot_be_stored_is_refused_with_the_place(
    twin: Twin, column: Column, told: str
) -> None:
    with (
        pytest.raises(InputProblem, match=told),
        twin.change(platform_asker(), reason="装载", source="register") as changes,
    ):
        changes.record_sheet(a_sheet(column))


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=("Cs",)), max_size=8
)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_any_sheet_is_stored_as_its_statements_would_be(
    twin: Twin, database: Cluster, data: st.DataObject
) -> None:
    size = data.draw(st.integers(1, 4))

    def column(attribute: str, cells: st.SearchStrategy[Any]) -> Column:
        drawn = data.draw(st.lists(st.none() | cells, min_size=size, max_size=size))
        return Column(attribute, drawn, confidence=data.draw(st.integers(0, 100)))

    names = data.draw(st.lists(st.sampled_from("甲乙丙丁"), min_size=size, max_size=size))
    bodies = st.sampled_from(products(twin))
    sheet = Sheet(
        "Company",
        {"company_name": names},
        [
            column("name", TEXTS),
            column("short_name", TEXTS),
            column("industry", TEXTS),
            column("industry", TEXTS),
            column("revenue", st.decimals(allow_nan=False, allow_infinity=False, places=3)),
            column("product", bodies),
            column("product", bodies),
        ],
    )

    by_sheet, one_by_one = store_both_ways(twin, database, sheet)

    assert by_sheet == one_by_one
