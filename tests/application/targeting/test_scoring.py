"""Scores that add up, on plain numbers."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaintwin.application.chain.scorecards import load_scorecard
from chaintwin.application.targeting.core import (
    NO_EVIDENCE,
    PARTS,
    Rate,
    Said,
    compare,
    find_block,
    hit_rate,
    rank,
    score,
    set_weights,
)
from chaintwin.kit.problems import InputProblem

CARD = load_scorecard("target", datetime(2026, 11, 1, tzinfo=UTC))
WEIGHTS = set_weights(CARD.settings, {})
BLOCKED, REPAIRED = CARD.more["blocked"]["credit_standing"], CARD.more["blocked"]["repaired"]
NOON = datetime(2026, 11, 1, 4, tzinfo=UTC)


def rates(**known: float) -> dict[str, Rate]:
    return {code: Rate.known(known[code]) if code in known else NO_EVIDENCE for code in PARTS}


rate = st.one_of(st.none(), st.floats(0, 1))


@given(st.fixed_dictionaries(dict.fromkeys(PARTS, rate)))
def test_the_known_parts_sum_exactly_to_a_total_inside_its_interval(
    drawn: dict[str, float | None],
) -> None:
    held = score(
        {
            code: NO_EVIDENCE if value is None else Rate.known(value)
            for code, value in drawn.items()
        },
        WEIGHTS,
    )

    assert sum((part.points for part in held.parts if part.points is not None), Decimal(0)) == (
        held.total
    )
    assert 0 <= held.low <= held.total <= held.high <= 100


def test_what_is_not_known_widens_the_interval_and_is_no_zero() -> None:
    held = score(rates(gap=1, fit=1, confidence=1, risk=0), WEIGHTS)

    assert held.part("revenue").points is None
    assert (held.total, held.low, held.high) == (Decimal("45.0"), Decimal("45.0"), Decimal(100))
    sure = score(rates(**dict.fromkeys(PARTS, 0.5)), WEIGHTS)
    assert sure.low == sure.total == sure.high


def test_a_deduction_for_risk_stops_at_nothing() -> None:
    held = score(rates(gap=0.1, risk=1), WEIGHTS)

    assert held.part("risk").points == Decimal("-1.5")
    assert (held.total, held.low) == (0, 0)


def test_weights_tried_are_brought_to_a_hundred_and_nonsense_is_refused() -> None:
    tried = set_weights(CARD.settings, {"fit": 120.0})

    assert sum(tried[code] for code in PARTS if code != "risk") == 100
    assert tried["fit"] > WEIGHTS["fit"]
    for wrong in ({"fit": -1.0}, {"risk": 5.0}):
        with pytest.raises(InputProblem, match="权重"):
            set_weights(CARD.settings, wrong)


def test_equal_totals_are_ordered_by_the_surer_one_then_by_name() -> None:
    sure, unsure = score(rates(gap=1, risk=0), WEIGHTS), score(rates(gap=1), WEIGHTS)

    assert rank({1: unsure, 2: sure, 3: sure}, {1: "甲", 2: "丙", 3: "乙"}) == [2, 3, 1]


def test_the_part_that_separates_two_firms_most_is_named() -> None:
    mine = score(rates(fit=0.5, gap=1.0), WEIGHTS)
    rival = score(rates(fit=1.0, gap=0.9), WEIGHTS)

    found = compare(mine, rival)

    assert (found.part, found.amount, found.total) == ("fit", Decimal("10.0"), Decimal("8.5"))


def said(text: str, day: int, number: int = 1) -> Said:
    at = NOON.replace(day=day)
    return Said(number, text, at, at)


def test_a_dishonest_firm_is_blocked_until_a_later_repair() -> None:
    assert find_block([said("失信被执行人", 1)], BLOCKED, REPAIRED) is not None
    assert find_block([said("失信被执行人", 1), said("信用已修复", 2)], BLOCKED, REPAIRED) is None
    assert find_block([said("信用已修复", 1), said("失信被执行人", 2)], BLOCKED, REPAIRED)
    assert find_block([said("失信（已修复）", 1)], BLOCKED, REPAIRED) is None


def test_a_denial_of_dishonesty_does_not_block() -> None:
    for text in ("无失信记录", "非失信", "未列入严重违法名单", "正常"):
        assert find_block([said(text, 1)], BLOCKED, REPAIRED) is None


def test_hits_are_counted_per_question() -> None:
    ranked = {"a": ["x", "y"], "b": ["z"], "c": []}

    assert hit_rate(ranked, {"a": {"y"}, "b": {"q"}, "c": set()}, 2) == 0.5
    assert hit_rate(ranked, {"a": {"y"}, "b": {"q"}}, 1) == 0.0
