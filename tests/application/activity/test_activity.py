"""疑似停产 and 已开工 from what is measured; 未知 where points are missing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest

from chaintwin.access.asker import PUBLIC_TENANT, Asker
from chaintwin.access.tenants import make_place
from chaintwin.application.activity.core import judge_start, judge_stop
from chaintwin.application.activity.service import SOURCE, derive_activity, load_rule
from chaintwin.engine.database import Database
from chaintwin.engine.postgres import Cluster
from chaintwin.kit.clock import FixedClock
from chaintwin.model.fact import Basis, Label
from chaintwin.model.kinds import load_kinds
from chaintwin.twin.observing import Point
from chaintwin.twin.state import Held
from chaintwin.twin.store.sources import SourceRecord
from chaintwin.twin.twin import Twin

TODAY = date(2026, 11, 1)
_numbers = count(1)


def used(**by_age: float) -> dict[date, Decimal]:
    """Return daily figures: `d14=3` is 3 a day from 14 days ago up to the next shorter age."""
    ages = sorted((int(name[1:]) for name in by_age), reverse=True)
    found = {}
    for age, shorter in zip(ages, [*ages[1:], 0], strict=True):
        for days in range(shorter + 1, age + 1):
            found[TODAY - timedelta(days=days)] = Decimal(str(by_age[f"d{age}"]))
    return found


def test_a_fall_to_a_fifth_is_a_suspected_stop_and_a_little_more_is_not() -> None:
    rule = load_rule()

    assert judge_stop(used(d70=100, d14=20), TODAY, rule).state == "suspected_stop"
    assert judge_stop(used(d70=100, d14=20.1), TODAY, rule).state == "no_stop_seen"


def test_missing_days_make_it_unknown_never_a_stop() -> None:
    rule = load_rule()

    assert judge_stop({}, TODAY, rule).state == "unknown"
    assert judge_stop(used(d70=100) | {}, TODAY - timedelta(days=-20), rule).state == "unknown"
    without = {day: value for day, value in used(d70=100, d14=0).items() if day.day % 3}
    assert judge_stop(without, TODAY, rule).state == "unknown"


def test_a_firm_that_never_used_any_has_not_stopped() -> None:
    assert judge_stop(used(d70=0), TODAY, load_rule()).state == "unknown"


def test_today_is_not_over_and_does_not_count() -> None:
    days = used(d70=100, d14=20) | {TODAY: Decimal(10_000)}

    assert judge_stop(days, TODAY, load_rule()).state == "suspected_stop"


def test_vehicles_on_most_days_mean_that_work_has_begun() -> None:
    rule = load_rule()

    assert judge_start(used(d14=0, d10=10), TODAY, rule).state == "started"
    assert judge_start(used(d14=0, d9=10), TODAY, rule).state == "no_start_seen"
    assert judge_start(used(d14=9), TODAY, rule).state == "no_start_seen"
    assert judge_start(used(d9=50), TODAY, rule).state == "unknown"


@pytest.fixture(scope="module")
def pool(database: Cluster) -> Iterator[Database]:
    opened = Database(database.app_url)
    yield opened
    opened.close()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 1, 2, tzinfo=UTC) + next(_numbers) * timedelta(days=400))


@pytest.fixture
def twin(pool: Database, clock: FixedClock) -> Twin:
    made = Twin(pool, load_kinds(), clock)
    made.declare(SOURCE, SourceRecord("sensors", {"zh": "设备"}))
    return made


@pytest.fixture
def asker(pool: Database) -> Asker:
    tenant = make_place(pool, [("220184", "公主岭市")])
    return Asker(
        tenant, "chaintwin", roles=frozenset({"officer"}),
        readable=frozenset({PUBLIC_TENANT, tenant}), labels=frozenset(Label),
    )  # fmt: skip


def measured(
    twin: Twin, asker: Asker, name: str, *usual: float, basis: Basis = Basis.REPORTED
) -> int:
    """Return a firm with 70 days of hourly readings: usual use a day, then that of the last 14."""
    before, lately = usual
    start = twin.clock.now().replace(hour=16, minute=0) - timedelta(days=71)
    with twin.change(asker, reason="登记", source="sensors") as changes:
        firm = changes.body("Company", ("company_name", f"{name}{next(_numbers)}"))
    points = [
        Point(firm, "electricity", start + timedelta(hours=hour),
              Decimal(str(before if hour < 56 * 24 else lately)) / 24, basis=basis)
        for hour in range(70 * 24)
    ]  # fmt: skip
    with twin.observe(asker) as observations:
        observations.record(points, source="sensors", reason="抄表")
    return firm


def held(twin: Twin, asker: Asker, firm: int) -> Held | None:
    with twin.view(asker) as view:
        states = view.states([firm])
        return states[0].held("activity") if states else None


def test_a_suspected_stop_becomes_a_fact_with_its_figures(twin: Twin, asker: Asker) -> None:
    stopped = measured(twin, asker, "停产", 2400, 100)
    steady = measured(twin, asker, "正常", 2400, 2300)

    assert derive_activity(twin, asker) == 1

    told = held(twin, asker, stopped)
    assert told is not None
    assert (told.value, told.basis, told.confidence) == ("疑似停产", Basis.DERIVED, 60)
    with twin.view(asker) as view:
        (fact,) = view.history(stopped, "activity")
    assert (fact.evidence["window_mean"], fact.evidence["reference_mean"]) == (100, 2400)
    assert held(twin, asker, steady) is None
    assert derive_activity(twin, asker) == 0


def test_a_state_that_no_longer_holds_or_is_unknown_is_withdrawn(
    twin: Twin, asker: Asker, clock: FixedClock
) -> None:
    stopped = measured(twin, asker, "停产", 2400, 100)
    derive_activity(twin, asker)

    clock.move(timedelta(days=10))
    derive_activity(twin, asker)

    assert held(twin, asker, stopped) is None
    with twin.view(asker) as view:
        assert [fact.text for fact in view.history(stopped, "activity")] == ["疑似停产"]


def test_what_rests_on_invented_readings_stays_invented(twin: Twin, asker: Asker) -> None:
    stopped = measured(twin, asker, "示例", 2400, 100, basis=Basis.DEMO)

    derive_activity(twin, asker)

    told = held(twin, asker, stopped)
    assert told is not None
    assert told.basis is Basis.DEMO
