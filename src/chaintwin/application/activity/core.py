"""Judges activity from daily figures; what was not observed makes the answer unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal

State = Literal["suspected_stop", "no_stop_seen", "started", "no_start_seen", "unknown"]
# The states that are stated as facts, in the words officers use.
STATED: Mapping[State, str] = {"suspected_stop": "疑似停产", "started": "已开工"}


@dataclass(frozen=True, slots=True)
class Rule:
    """The thresholds of content/indicators/activity.yml; days and shares as named there."""

    version: str
    stopped_by: str
    started_by: str
    window_days: int
    reference_days: int
    needed_share: Decimal
    hours_needed: int
    stopped_share: Decimal
    active_least: Decimal
    active_share: Decimal
    confidence: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """A state with the figures put into the formula; means are None where days are missing."""

    state: State
    window_from: date
    window_days: int
    window_seen: int
    window_mean: Decimal | None
    reference_seen: int | None = None
    reference_mean: Decimal | None = None
    active_days: int | None = None


def read_rule(raw: Mapping[str, Any]) -> Rule:
    """Return the rule as content states it."""
    shares = ("needed_share", "stopped_share", "active_least", "active_share")
    given: dict[str, Any] = {name: raw[name] for name in Rule.__dataclass_fields__}
    return Rule(**given | {name: Decimal(str(raw[name])) for name in shares})


def judge_stop(days: Mapping[date, Decimal], today: date, rule: Rule) -> Judgement:
    """Tell whether production seems to have stopped.

    `days` holds the use of each day that was wholly observed. Today is not over and does not
    count. Formula: content/indicators/activity.yml.
    """
    start = today - timedelta(days=rule.window_days)
    window = _cut(days, start, rule.window_days)
    before = _cut(days, start - timedelta(days=rule.reference_days), rule.reference_days)
    is_known = _is_enough(window, rule.window_days, rule) and _is_enough(
        before, rule.reference_days, rule
    )
    mean, usual = _mean(window), _mean(before)
    state: State = "unknown"
    if is_known and mean is not None and usual:
        state = "suspected_stop" if mean <= rule.stopped_share * usual else "no_stop_seen"
    return Judgement(state, start, rule.window_days, len(window), mean, len(before), usual)


def judge_start(days: Mapping[date, Decimal], today: date, rule: Rule) -> Judgement:
    """Tell whether work on a site has begun; `days` and formula as for `judge_stop`."""
    start = today - timedelta(days=rule.window_days)
    window = _cut(days, start, rule.window_days)
    active = sum(value >= rule.active_least for value in window)
    state: State = "unknown"
    if _is_enough(window, rule.window_days, rule):
        is_started = active >= rule.active_share * rule.window_days
        state = "started" if is_started else "no_start_seen"
    return Judgement(state, start, rule.window_days, len(window), _mean(window), active_days=active)


def _cut(days: Mapping[date, Decimal], start: date, length: int) -> list[Decimal]:
    wanted = (start + timedelta(days=number) for number in range(length))
    return [days[day] for day in wanted if day in days]


def _is_enough(seen: list[Decimal], wanted: int, rule: Rule) -> bool:
    return len(seen) >= rule.needed_share * wanted


def _mean(values: list[Decimal]) -> Decimal | None:
    return sum(values, Decimal(0)) / len(values) if values else None
