"""Complexity, fitness and relatedness agree with hand-worked tables and with ecomplexity."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from chaintwin.application.complexity.backtest import (
    average_precision,
    run_backtest,
    score_methods,
)
from chaintwin.application.complexity.fitness import measure_fitness
from chaintwin.application.complexity.indices import measure_complexity
from chaintwin.application.complexity.presence import (
    Flags,
    Floats,
    check_amounts,
    find_present,
    measure_rca,
)
from chaintwin.application.complexity.relatedness import measure_density, measure_proximity
from chaintwin.kit.problems import InputProblem

# Place 0 does all, place 1 two things, place 2 one: the more a place does, the rarer it is.
NESTED = np.array([[1, 1, 1], [1, 1, 0], [1, 0, 0]], dtype=bool)


def random_amounts(seed: int, places: int, activities: int) -> Floats:
    """Draw amounts as they occur: places and activities of very unequal size, many of them nil."""
    rng = np.random.default_rng(seed)
    size = np.outer(rng.lognormal(0, 2, places), rng.lognormal(0, 2, activities))
    amounts: Floats = size * rng.lognormal(0, 1, size.shape) * (rng.random(size.shape) < 0.6)
    amounts[0], amounts[:, 0] = amounts[0] + 0.01, amounts[:, 0] + 0.01
    return amounts


def ask_ecomplexity(amounts: Floats) -> Any:
    """Return the answer of the Growth Lab's own package, one row per place and activity."""
    places, activities = np.indices(amounts.shape)
    rows = {"year": 2020, "place": places.ravel(), "activity": activities.ravel()}
    table = pd.DataFrame(rows | {"amount": amounts.ravel()})
    columns = {"time": "year", "loc": "place", "prod": "activity", "val": "amount"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ecomplexity import ecomplexity

        answer = ecomplexity(table, columns)
    return answer.sort_values(["place", "activity"]).reset_index(drop=True)


@pytest.mark.parametrize(("seed", "shape"), [(1, (31, 110)), (2, (120, 60)), (3, (8, 9))])
def test_all_agrees_with_ecomplexity_to_nine_digits(seed: int, shape: tuple[int, int]) -> None:
    amounts = random_amounts(seed, *shape)

    present = find_present(amounts, rca_threshold=1.0)
    found = measure_complexity(present)
    density = measure_density(present, measure_proximity(present, "harvard"))

    theirs = ask_ecomplexity(amounts)
    for column, ours in (
        ("rca", measure_rca(amounts)),
        ("mcp", present),
        ("eci", np.broadcast_to(found.eci[:, np.newaxis], shape)),
        ("pci", np.broadcast_to(found.pci, shape)),
        ("density", density),
    ):
        expected = theirs[column].to_numpy(float).reshape(shape)
        assert np.abs(ours - expected).max() <= 1e-9, column


def test_a_nested_table_is_ordered_as_by_hand() -> None:
    found = measure_complexity(NESTED)
    fitness = measure_fitness(NESTED)

    assert list(np.argsort(-found.eci)) == list(np.argsort(-fitness.places)) == [0, 1, 2]
    assert list(np.argsort(-found.pci)) == [2, 1, 0]
    # First round by hand: fitness 3, 2, 1 → ÷ 2; complexity 1/(1+1+1), 1/2, 1 → ÷ mean.
    once = measure_fitness(NESTED, rounds=1)
    assert once.places == pytest.approx([1.5, 1.0, 0.5])
    assert once.activities == pytest.approx(np.array([1 / 3, 1 / 2, 1]) / (11 / 18))


def test_both_conventions_of_relatedness_as_by_hand() -> None:
    harvard = measure_proximity(NESTED, "harvard")
    datawheel = measure_proximity(NESTED, "datawheel")

    # Activities stand in 3, 2 and 1 places; 0 and 1 together in 2, the others in 1.
    assert harvard == pytest.approx(
        np.array([[1, 2 / 3, 1 / 3], [2 / 3, 1, 1 / 2], [1 / 3, 1 / 2, 1]])
    )
    assert (harvard - datawheel) == pytest.approx(np.eye(3))
    assert measure_density(NESTED, harvard)[2] == pytest.approx([1 / 2, 4 / 13, 2 / 11])
    assert measure_density(NESTED, datawheel)[2] == pytest.approx([0, 4 / 7, 2 / 5])


def test_a_place_or_activity_with_nothing_is_absent_not_nought() -> None:
    amounts = np.array([[4.0, 0, 1, 0], [1, 0, 4, 2], [0, 0, 0, 0], [0, 0, 1, 5]])

    present = find_present(amounts, rca_threshold=0.4)
    found = measure_complexity(present)
    fitness = measure_fitness(present)

    for values in (found.eci, fitness.places):
        assert np.isnan(values).tolist() == [False, False, True, False]
    for values in (found.pci, fitness.activities):
        assert np.isnan(values).tolist() == [False, True, False, False]
    assert np.isnan(measure_rca(amounts)[2]).all()


@pytest.mark.parametrize(
    ("amounts", "said"),
    [
        (np.zeros((0, 0)), "没有可比较"),
        (np.ones((1, 5)), "只有一个地区"),
        (np.ones((5, 1)), "只有一个地区或只有一项活动"),
        (np.zeros((3, 3)), "全为零"),
        (np.array([[1.0, -2], [3, 4]]), "负数"),
        (np.array([[1.0, np.nan], [3, 4]]), "不是数"),
    ],
    ids=["empty", "one place", "one activity", "zero", "negative", "no number"],
)
def test_amounts_that_cannot_be_compared_are_refused_in_words(amounts: Floats, said: str) -> None:
    with pytest.raises(InputProblem, match=said):
        check_amounts(amounts)


def _halves() -> Flags:
    return np.kron(np.eye(2), np.ones((2, 3))).astype(bool)


def _ring() -> Flags:
    return (np.eye(6) + np.roll(np.eye(6), 1, axis=1)).astype(bool)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (_halves, "互不相干的 2 块"),
        (lambda: np.eye(4, dtype=bool), "不足两个"),
        (lambda: np.zeros((3, 3), dtype=bool), "不足两个"),
        (lambda: np.ones((4, 4), dtype=bool), "完全相同"),
        (_ring, "特征值相等"),
    ],
    ids=["halves", "apart", "nothing", "all alike", "ring"],
)
def test_where_complexity_is_not_defined_no_number_is_given(
    make: Callable[[], Flags], said: str
) -> None:
    with pytest.raises(InputProblem, match=said):
        measure_complexity(make())


def test_what_lies_outside_the_largest_part_is_absent() -> None:
    present = np.zeros((5, 5), dtype=bool)
    present[:3, :3], present[3, 3], present[4, 4] = NESTED, True, True

    found = measure_complexity(present)

    assert found.parts == 3
    assert np.isnan(found.eci).tolist() == [False, False, False, True, True]
    assert found.eci[:3] == pytest.approx(measure_complexity(NESTED).eci)


def test_a_small_gap_between_eigenvalues_is_told() -> None:
    present = _ring()
    present[0, 3] = True

    found = measure_complexity(present)

    assert found.spectrum.is_close(0.5)
    assert not found.spectrum.is_close(found.spectrum.gap / 2)


def test_average_precision_as_by_hand_and_ties_as_one_step() -> None:
    truth = np.array([True, False, True, False])

    assert average_precision(np.array([4.0, 3, 2, 1]), truth) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision(np.ones(4), truth) == pytest.approx(0.5)
    assert np.isnan(average_precision(np.ones(2), np.array([False, False])))


def test_the_back_test_prefers_the_method_that_made_the_arrivals() -> None:
    """Two families of activities: arrivals come to places that have the rest of the family."""
    rng = np.random.default_rng(5)
    family = np.repeat([0, 1], 10)
    amounts = np.array([(family == place % 2) * rng.integers(0, 3, 20) for place in range(20)])
    before = amounts.astype(float) * (rng.random(amounts.shape) < 0.7)
    after = np.where((before == 0) & (amounts > 0), 1.0, 0.0)

    scores = score_methods(before, rca_threshold=1.0, convention="harvard")
    tested = run_backtest(scores, before, after, k=5)

    own, control = tested.of("relatedness"), tested.of("gravity")
    assert own.precision > control.precision > 0
    assert own.low <= own.precision <= own.high
    assert (own.wins, control.wins) == (1.0, 0.0)
    assert tested.base == pytest.approx(tested.arrivals / tested.pairs)
    assert run_backtest(scores, before, after, k=5) == tested
    with pytest.raises(InputProblem, match="回测"):
        run_backtest(scores, before, np.zeros_like(before), k=5)
