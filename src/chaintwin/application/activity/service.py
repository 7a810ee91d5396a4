"""Derives 疑似停产 and 已开工 from time series, as facts with their figures as evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from decimal import Decimal

from chaintwin.access.asker import Asker
from chaintwin.application.activity.core import (
    STATED,
    Judgement,
    Rule,
    judge_start,
    judge_stop,
    read_rule,
)
from chaintwin.kit.clock import calendar_day, start_of_day
from chaintwin.model.content import content_folder, read_yaml
from chaintwin.model.fact import Basis, Moment, Value
from chaintwin.model.measures import Measures
from chaintwin.twin.changes import Changes
from chaintwin.twin.observed import Series
from chaintwin.twin.state import Held
from chaintwin.twin.store.sources import SourceRecord
from chaintwin.twin.twin import Twin
from chaintwin.twin.view import TwinView

ATTRIBUTE = "activity"
# Before it there are no points, and soon no calendar.
_EARLIEST_YEAR = 1900
SOURCE = SourceRecord(
    "chaintwin.activity",
    {"zh": "由观测数据推算", "en": "Derived from observations"},
    "own",
    rank=80,
)


@dataclass(frozen=True, slots=True)
class Judged:
    """One series and what it tells of the body's activity."""

    series: Series
    judgement: Judgement


def load_rule() -> Rule:
    """Return the rule that content holds now."""
    return read_rule(read_yaml(content_folder() / "indicators" / "activity.yml"))


def judge_body(view: TwinView, measures: Measures, body: int) -> list[Judged]:
    """Return what each series of a body tells as of the view's valid moment."""
    return list(_judge(view, measures, load_rule(), view.observed.series([body])))


def derive_activity(twin: Twin, asker: Asker) -> int:
    """State anew, of every observed body, what seems to have stopped or begun; return how many.

    A state that no longer holds, or for which points are missing, is no longer believed.
    """
    rule = load_rule()
    with twin.view(asker) as view:
        groups = view.groups
        found = view.observed.of_measures([rule.stopped_by, rule.started_by], asker.tenant)
        judged = list(_judge(view, twin.measures, rule, found))
        bodies = [one.body for one in found]
        held: dict[int, Held | None] = dict.fromkeys(bodies) | {
            state.body: state.held(ATTRIBUTE) for state in view.states(bodies)
        }
    wanted: dict[int, Judged] = {}
    for one in judged:
        if one.judgement.state in STATED:
            wanted.setdefault(one.series.body, one)
    news = {
        body: wanted.get(body)
        for body, now in held.items()
        if (now.value if now else None)
        != (STATED[wanted[body].judgement.state] if body in wanted else None)
    }
    if news:
        members = groups.expand(news)
        with twin.change(asker, reason="由观测数据推算生产施工状态", source=SOURCE.name) as changes:
            # Also what was said of single members before they were judged to be one.
            changes.retract(members, ATTRIBUTE)
            _state(changes, rule, news)
    return len(news)


def _state(changes: Changes, rule: Rule, news: dict[int, Judged | None]) -> None:
    for body, one in news.items():
        if one is None:
            continue
        judgement, series = one.judgement, one.series
        changes.say(
            body,
            ATTRIBUTE,
            Value(text=STATED[judgement.state]),
            valid=Moment.day(judgement.window_from),
            confidence=rule.confidence,
            # What rests on invented figures is itself invented.
            basis=Basis.DEMO if series.basis is Basis.DEMO else Basis.DERIVED,
            label=series.label,
            evidence={
                "indicator": "activity",
                "version": rule.version,
                "series": series.number,
                **{name: _plain(value) for name, value in asdict(judgement).items()},
            },
        )


def _judge(view: TwinView, measures: Measures, rule: Rule, found: list[Series]) -> Iterator[Judged]:
    today = calendar_day(view.valid_at)
    if today.year < _EARLIEST_YEAR:
        return
    start = start_of_day(today - timedelta(days=rule.window_days + rule.reference_days))
    for series in found:
        if series.measure not in {rule.stopped_by, rule.started_by}:
            continue
        step = measures[series.measure].step if series.measure in measures else "day"
        needed = rule.hours_needed if step in {"hour", "minute"} else 1
        days = {
            calendar_day(bucket.start): bucket.total
            for bucket in view.observed.buckets(series, "day", start, view.valid_at)
            if bucket.points >= needed and bucket.total is not None
        }
        judge = judge_stop if series.measure == rule.stopped_by else judge_start
        yield Judged(series, judge(days, today, rule))


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return round(float(value), 3)
    return value if value is None or isinstance(value, int) else str(value)
