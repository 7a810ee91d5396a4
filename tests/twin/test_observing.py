"""Time series: points with both clocks, aggregates of the Chinese calendar, nothing twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.twin.identity.judged_firms import Judge

from chaintwin.access.asker import PUBLIC_TENANT, Asker
from chaintwin.access.tenants import all_tenants
from chaintwin.engine.postgres import Cluster
from chaintwin.kit.clock import FixedClock
from chaintwin.kit.problems import ForbiddenProblem, InputProblem
from chaintwin.model.fact import Label, Subject, Value
from chaintwin.twin.observed import Bucket, with_gaps
from chaintwin.twin.observing import Observed, Point
from chaintwin.twin.store.verifying import Difference
from chaintwin.twin.twin import Twin
from chaintwin.twin.verify import verify

_firms = count(1)
NOON = datetime(2026, 10, 1, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)


def officer(twin: Twin, region: str = "220184", *labels: Label) -> Asker:
    tenant = next(t.id for t in all_tenants(twin.database) if t.region == region)
    return Asker(
        tenant, "officer", roles=frozenset({"officer"}),
        readable=frozenset({PUBLIC_TENANT, tenant}),
        labels=frozenset({Label.PUBLIC, Label.INTERNAL, *labels}),
    )  # fmt: skip


@pytest.fixture
def firm(twin: Twin) -> int:
    subject = Subject("Company", (("company_name", f"用电的公司{next(_firms)}"),))
    with twin.change(officer(twin), reason="登记", source="register") as changes:
        return changes.body("Company", *subject.keys)


def used(firm: int, *values: float, start: datetime = NOON, step: timedelta = HOUR) -> list[Point]:
    return [
        Point(firm, "electricity", start + number * step, Decimal(str(value)))
        for number, value in enumerate(values)
    ]


def observe(
    twin: Twin, points: Sequence[Point], *, restores: bool = True, who: Asker | None = None
) -> Observed:
    with twin.observe(who or officer(twin)) as observations:
        return observations.record(points, source="register", reason="抄表", restores=restores)


def values(twin: Twin, firm: int, known_at: datetime | None = None) -> list[float]:
    with twin.view(officer(twin), known_at=known_at) as view:
        return [
            float(point.value)
            for series in view.observed.series([firm])
            for point in view.observed.points(series)
        ]


def buckets(twin: Twin, firm: int, by: str) -> list[Bucket]:
    with twin.view(officer(twin)) as view:
        (series,) = view.observed.series([firm])
        return view.observed.buckets(series, by)  # type: ignore[arg-type]


def test_points_are_read_back_in_order_of_time_whatever_order_they_came_in(
    twin: Twin, firm: int
) -> None:
    told = observe(twin, list(reversed(used(firm, 1.5, 2, 3))))

    assert (told.points, told.opened, told.corrected) == (3, 3, 0)
    assert values(twin, firm) == [1.5, 2, 3]


def test_points_sent_again_add_nothing_and_leave_no_change_behind(twin: Twin, firm: int) -> None:
    observe(twin, used(firm, 1, 2))

    again = observe(twin, used(firm, 1, 2, 3)[:2])
    more = observe(twin, used(firm, 1, 2, 3))

    assert (again.change, again.same) == (None, 2)
    assert (more.opened, more.same) == (1, 2)
    assert values(twin, firm) == [1, 2, 3]
    assert list(verify(twin)) == []


def test_a_correction_keeps_what_was_known_before(twin: Twin, firm: int, clock: FixedClock) -> None:
    observe(twin, used(firm, 1, 2))
    before = clock.now() + HOUR
    clock.move(timedelta(days=1))

    told = observe(twin, used(firm, 1, 20))

    assert (told.opened, told.corrected, told.same) == (0, 1, 1)
    assert values(twin, firm) == [1, 20]
    assert values(twin, firm, known_at=before) == [1, 2]
    with twin.view(officer(twin)) as view:
        (series,) = view.observed.series([firm])
        history = view.observed.corrections(series, NOON + HOUR)
    assert [float(point.value) for point in history] == [2, 20]
    assert history[0].known_to == history[1].known_from
    assert history[1].known_to is None


def test_a_sender_that_repeats_itself_does_not_undo_a_correction(twin: Twin, firm: int) -> None:
    observe(twin, used(firm, 1), restores=False)
    observe(twin, used(firm, 2), restores=False)

    repeated = observe(twin, used(firm, 1), restores=False)

    assert repeated.change is None
    assert values(twin, firm) == [2]
    assert observe(twin, used(firm, 1), restores=True).corrected == 1
    assert values(twin, firm) == [1]


def test_of_two_values_in_one_batch_the_later_stands(twin: Twin, firm: int) -> None:
    observe(twin, [*used(firm, 1), *used(firm, 2), *used(firm, 3)])

    assert values(twin, firm) == [3]


def test_days_and_months_are_those_of_china(twin: Twin, firm: int) -> None:
    # 15:59 UTC is the last minute of a day in China, 16:00 the first of the next.
    last = datetime(2026, 9, 30, 15, 59, tzinfo=UTC)
    observe(twin, used(firm, 1, 10, start=last, step=timedelta(minutes=1)))

    days, months = buckets(twin, firm, "day"), buckets(twin, firm, "month")

    assert [(day.start.isoformat(), day.total) for day in days] == [
        ("2026-09-29T16:00:00+00:00", 1),
        ("2026-09-30T16:00:00+00:00", 10),
    ]
    assert [month.total for month in months] == [1, 10]


def test_a_period_comes_to_count_sum_mean_least_most_and_last(twin: Twin, firm: int) -> None:
    observe(twin, used(firm, 4, 1, 7, 2))

    (day,) = buckets(twin, firm, "day")

    assert (day.points, day.total, day.mean, day.least, day.most, day.last) == (4, 14, 3.5, 1, 7, 2)


def test_what_was_not_observed_is_unknown_and_not_zero(twin: Twin, firm: int) -> None:
    observe(twin, [*used(firm, 0), *used(firm, 5, start=NOON + timedelta(days=3))])

    days = list(with_gaps(buckets(twin, firm, "day"), "day"))

    assert [(day.points, day.total) for day in days] == [(1, 0), (0, None), (0, None), (1, 5)]


@pytest.mark.parametrize(
    "at", ["1949-10-01", "1989-12-31T23:59:59", "1990-01-01", "2019-12-31T23:59:59", "2020-02-29"]
)
def test_late_and_very_old_points_find_their_place(twin: Twin, firm: int, at: str) -> None:
    observe(twin, used(firm, 1))

    observe(twin, used(firm, 8, start=datetime.fromisoformat(at).replace(tzinfo=UTC)))

    assert values(twin, firm) == [8, 1]


@pytest.mark.parametrize(
    "wrong",
    [
        {"measure": "mood"},
        {"unit": "kWh·h"},
        {"value": Decimal("-1")},
        {"value": Decimal("NaN")},
        {"value": Decimal("Infinity")},
        {"value": Decimal("1e4000")},
        {"at": datetime(2126, 1, 1, tzinfo=UTC)},
        {"at": datetime(1899, 1, 1, tzinfo=UTC)},
        {"value_key": "长" * 201},
    ],
)
def test_one_impossible_point_refuses_the_batch(
    twin: Twin, firm: int, wrong: dict[str, object]
) -> None:
    good, bad = used(firm, 1, 2)

    with pytest.raises(InputProblem):
        observe(twin, [good, replace(bad, **wrong)])  # type: ignore[arg-type]

    assert values(twin, firm) == []
    assert list(verify(twin)) == []


def test_another_unit_is_converted_and_what_was_given_is_kept(twin: Twin, firm: int) -> None:
    observe(twin, [replace(point, unit="万度") for point in used(firm, 0.12)])

    with twin.view(officer(twin)) as view:
        (series,) = view.observed.series([firm])
        (point,) = view.observed.points(series)
    assert (point.value, point.original) == (1200, "0.12 万度")


def test_other_tenants_and_other_labels_see_nothing(twin: Twin, firm: int) -> None:
    cleared = officer(twin, "220184", Label.BUSINESS)
    observe(twin, used(firm, 1))
    secret = [replace(point, label=Label.BUSINESS) for point in used(firm, 9)]
    observe(twin, secret, who=cleared)

    with pytest.raises(ForbiddenProblem):
        observe(twin, secret)

    assert values(twin, firm) == [1]
    with twin.view(cleared) as view:
        assert len(view.observed.series([firm])) == 2
    with twin.view(officer(twin, "370102")) as view:
        assert view.observed.series([firm]) == []


def test_a_point_can_be_neither_edited_nor_deleted_by_the_program(
    twin: Twin, firm: int, database: Cluster
) -> None:
    observe(twin, used(firm, 1))

    for statement in (
        "UPDATE point SET value = 2",
        "UPDATE point SET known_to = 'infinity'",
        "DELETE FROM point",
    ):
        with psycopg.connect(str(database.super_url)) as connection, pytest.raises(psycopg.Error):
            connection.execute(statement)  # type: ignore[arg-type]
    with twin.database.transaction(officer(twin).settings()) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE tablename ~ '^point_'")
        parts = [name for (name,) in rows]
    assert parts
    for part in parts:
        with psycopg.connect(database.app_url) as direct, pytest.raises(psycopg.Error):
            direct.execute(f"SELECT FROM {part}")  # type: ignore[arg-type]


DAMAGES = {
    "a value edited": "UPDATE point SET value = value + 1 WHERE series = {series}",
    "a moment edited": "UPDATE point SET at = at + interval '1 s' WHERE series = {series}",
    "a point deleted": "DELETE FROM point WHERE series = {series} AND value = 1",
    "a point inserted": "INSERT INTO point SELECT series, at + interval '1 s', known_from, "
    "known_to, change, tenant, label, value, original FROM point WHERE series = {series}",
    "a correction undone": "DELETE FROM point WHERE series = {series} AND value = 20; "
    "UPDATE point SET known_to = 'infinity' WHERE series = {series}",
    "a point closed": "UPDATE point SET known_to = known_to - interval '0' + interval '1 us' "
    "WHERE series = {series} AND known_to <> 'infinity'",
    "a label edited": "UPDATE point SET label = 0 WHERE series = {series}",
    "a unit of old edited": "UPDATE point SET original = '1 x' WHERE series = {series}",
    "a series given to another firm": "UPDATE series SET body = body + 1 WHERE id = {series}",
    "a series of another source": "UPDATE series SET source = 0 WHERE id = {series}",
    "a leaf deleted": "DELETE FROM ledger_leaf WHERE body = 0 AND change IN "
    "(SELECT change FROM point WHERE series = {series})",
    "a change deleted": "DELETE FROM change WHERE id IN "
    "(SELECT change FROM point WHERE series = {series})",
    "two points swapped": "UPDATE point SET at = CASE value WHEN 1 THEN timestamptz "
    "'2030-01-01 00:00+00' ELSE at END WHERE series = {series}",
}


@pytest.mark.parametrize("what", DAMAGES)
def test_damage_to_points_is_detected(twin: Twin, firm: int, fresh: Cluster, what: str) -> None:
    observe(twin, used(firm, 1, 2))
    observe(twin, used(firm, 1, 20))
    with twin.view(officer(twin)) as view:
        (series,) = view.observed.series([firm])
    assert list(verify(twin)) == []

    with psycopg.connect(str(fresh.super_url)) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SELECT ensure_point_partitions('{2030-01-01}')")
        connection.execute(DAMAGES[what].format(series=series.number))  # type: ignore[arg-type]

    found: list[Difference] = list(verify(twin))
    assert found
    assert {difference.what for difference in found} & {"leaf", "change", "closing"}


@pytest.fixture
def fresh(database: Cluster, twin: Twin) -> Cluster:
    """The module's database, mended by nobody: damage stays, so each test looks at its own."""
    with psycopg.connect(str(database.super_url)) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            "TRUNCATE point, series, change, ledger_leaf, ledger, fact, current_state, body_key, "
            "judgement"
        )
    return database


batches = st.lists(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 3), st.booleans()), min_size=1, max_size=4
    ),
    min_size=1,
    max_size=5,
)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(history=batches, restores=st.booleans())
def test_any_history_reads_as_a_plain_list_of_what_was_said(
    twin: Twin, clock: FixedClock, history: list[list[tuple[int, int, bool]]], restores: bool
) -> None:
    with twin.change(officer(twin), reason="登记", source="register") as changes:
        firm = changes.body("Company", ("company_name", f"随机{next(_firms)}"))
    believed: dict[int, int] = {}
    ever: dict[int, set[int]] = {}
    seen: list[tuple[datetime, list[float]]] = []

    for batch in history:
        clock.move(timedelta(minutes=1))
        last = {hour: value for hour, value, _ in batch}
        observe(
            twin,
            [used(firm, value, start=NOON + hour * HOUR)[0] for hour, value, _ in batch],
            restores=restores,
        )
        for hour, value in last.items():
            if restores or value not in ever.setdefault(hour, set()):
                believed[hour] = value
            ever.setdefault(hour, set()).add(value)
        seen.append(
            (clock.now() + HOUR / 120, [float(believed[hour]) for hour in sorted(believed)])
        )

    for at, expected in seen:
        assert values(twin, firm, known_at=at) == expected


def test_series_of_bodies_judged_to_be_one_are_read_as_one_until_they_are_split(
    twin: Twin, firm: int, clock: FixedClock
) -> None:
    judge = Judge(twin, officer(twin))
    with twin.change(officer(twin), reason="登记", source="register") as changes:
        other = changes.body("Company", ("company_name", f"另一份记录{firm}"))
        changes.say(other, "name", Value(text="另一份记录"))
    observe(twin, used(firm, 1, 2))
    observe(twin, used(other, 9, 20, 3, 4)[1:])
    before = clock.now() + HOUR
    clock.move(timedelta(days=1))

    judge.merge(firm, other)

    shown, member = sorted((firm, other))
    assert values(twin, shown) == [1, 2, 3, 4] == values(twin, member)
    assert values(twin, firm, known_at=before) == [1, 2]
    with twin.view(officer(twin)) as view:
        (series,) = view.observed.series([shown])
        own = view.observed.one(shown, series.parts[1])
        assert (own, len(series.parts), view.observed.count(series)) == (series, 2, 4)
        history = view.observed.corrections(series, NOON + HOUR)
        assert [float(point.value) for point in history] == [2, 20]
    (day,) = buckets(twin, shown, "day")
    assert (day.points, day.total, day.most, day.last) == (4, 10, 4, 4)
    clock.move(timedelta(days=1))
    judge.split(other)
    assert (values(twin, firm), values(twin, other)) == ([1, 2], [20, 3, 4])
