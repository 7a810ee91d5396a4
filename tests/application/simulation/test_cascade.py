"""What the failure of firms costs: worked by hand, against a plain second program, and refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaintwin.application.simulation.cascade.core import make_engine
from chaintwin.application.simulation.cascade.rules import Rules
from chaintwin.application.simulation.criticality import Criticality
from chaintwin.application.simulation.network import build_network
from chaintwin.kit.problems import InputProblem

from .plain import draw_network, loss_at_rest, published_rounds

# Two mines sell ore to a factory, which sells machines to the world.
MINES = build_network(
    [0, 0, 1], ([0, 1], [2, 2], [60.0, 40.0]), sectors=2, final_demand=[0, 0, 100.0]
)
NO_SUBSTITUTION = Rules(substitution=False)


def matrix(ore_for_machines: int) -> Criticality:
    return Criticality(("ore", "machines"), np.array([[0, ore_for_machines], [0, 0]], np.int8))


def lost(shock: dict[int, float], *, kind: int = 2, rules: Rules = NO_SUBSTITUTION) -> list[float]:
    scores = make_engine(MINES, matrix(kind), rules).simulate([shock])
    return [float(scores.score[0]), float(scores.downstream[0]), float(scores.upstream[0])]


def test_a_mine_takes_its_share_of_the_factory_along() -> None:
    # 60 of the mine itself and 60 % of the factory's 100, of 200 in all.
    assert lost({0: 1.0}) == pytest.approx([0.6, 0.6, 0.3], abs=1e-9)


def test_the_factory_takes_its_mines_along() -> None:
    assert lost({2: 1.0}) == pytest.approx([1.0, 0.5, 1.0], abs=1e-9)


def test_half_a_failure_is_half_the_loss_here() -> None:
    assert lost({0: 0.5}) == pytest.approx([0.3, 0.3, 0.15], abs=1e-9)


def test_two_failures_at_once_are_not_two_failures_apart() -> None:
    both = lost({0: 1.0, 1: 1.0}, rules=Rules())

    assert both == pytest.approx([1.0, 1.0, 0.5], abs=1e-9)
    assert lost({1: 1.0}, rules=Rules())[0] + lost({0: 1.0}, rules=Rules())[0] < both[0]


def test_a_small_mine_is_partly_made_good_by_the_larger() -> None:
    # What is left of the market is 60, the mine's part of that two thirds: 0.4 × 2/3 is missing.
    assert lost({1: 1.0}, rules=Rules())[0] == pytest.approx((40 + 100 * 0.4 * 2 / 3) / 200)


def test_inputs_that_do_not_matter_stop_nothing() -> None:
    assert lost({0: 1.0}, kind=0) == pytest.approx([0.3, 0.3, 0.3], abs=1e-9)


def test_sales_to_the_world_shield_a_supplier() -> None:
    network = build_network([0, 1], ([0], [1], [60.0]), sectors=2, revenue=[100.0, 100.0])

    scores = make_engine(network, matrix(2)).score_firms([1])

    assert scores.upstream[0] == pytest.approx((100 + 60) / 200)


@settings(max_examples=60)
@given(
    seed=st.integers(0, 10_000),
    sectors=st.sampled_from([2, 5, 30]),
    substitution=st.booleans(),
    eps=st.sampled_from([1e-2, 1e-3, 1e-6]),
)
def test_scores_come_to_rest_within_their_bound(
    seed: int, sectors: int, substitution: bool, eps: float
) -> None:
    network, criticality = draw_network(seed, 30, sectors)
    rng = np.random.default_rng(seed)
    pair = {int(firm): float(rng.uniform(0.1, 1)) for firm in rng.choice(30, 3, replace=False)}
    shocks = [{seed % 30: 1.0}, {(seed + 1) % 30: 0.3}, pair]

    scores = make_engine(network, criticality, Rules("fixed-point", substitution, eps)).simulate(
        shocks
    )

    assert scores.bound is not None
    for number, shock in enumerate(shocks):
        both, down, up = loss_at_rest(network, criticality, shock, substitution)
        assert abs(scores.score[number] - both) <= scores.bound[number]
        assert abs(scores.downstream[number] - down) <= scores.bound[number]
        assert abs(scores.upstream[number] - up) <= scores.bound[number]
        # Circles of sole suppliers may take for ever to fail: then nothing is claimed.
        is_unknown = scores.bound[number] >= 1 - scores.score[number]
        assert is_unknown or scores.bound[number] <= eps * scores.score[number] + 1.1e-9
        assert substitution is False or not is_unknown


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000), unit=st.sampled_from([1e-6, 1e4, 1e9]))
def test_neither_the_currency_unit_nor_the_order_of_firms_matters(seed: int, unit: float) -> None:
    network, criticality = draw_network(seed, 25, 4)
    order = np.random.default_rng(seed).permutation(25)
    place = np.argsort(order)
    assert network.final_demand is not None
    turned = build_network(
        network.sector[order],
        (place[network.supplier], place[network.customer], network.volume * unit),
        sectors=4,
        final_demand=network.final_demand[order] * unit,
    )
    rules = Rules(eps=1e-9)

    scores = make_engine(network, criticality, rules).score_firms()
    again = make_engine(turned, criticality, rules).score_firms()

    np.testing.assert_allclose(again.score, scores.score[order], rtol=1e-8)


def test_cascades_that_reach_most_of_a_large_network_equal_the_plain_program() -> None:
    network, criticality = draw_network(11, 12_000, 40)
    assert network.links > 30_000
    firms = list(range(0, 12_000, 500))

    scores = make_engine(network, criticality, Rules("diem2022")).score_firms(firms, threads=1)
    plain = [published_rounds(network, criticality, firm, 1e-2) for firm in firms]

    found = np.column_stack([scores.score, scores.downstream, scores.upstream])
    np.testing.assert_allclose(found, [row[:3] for row in plain], rtol=0, atol=1e-12)
    assert scores.rounds is not None
    assert scores.rounds.tolist() == [row[3] for row in plain]


def test_losses_come_to_rest_alike_firm_by_firm_and_side_by_side() -> None:
    network, criticality = draw_network(12, 12_000, 40)
    firms = list(range(0, 12_000, 500))
    engine = make_engine(network, criticality, Rules(eps=1e-5))

    wide = engine.score_firms(firms, threads=1)
    # Next to whole failures are reckoned one by one.
    near = engine.simulate([{firm: 1 - 1e-9} for firm in firms], threads=1)

    assert wide.bound is not None
    assert near.bound is not None
    off = np.abs(wide.score - near.score)
    assert (off <= wide.bound + near.bound + 1e-8).all()
    assert (wide.bound <= 1e-5 * wide.score + 2e-9).all()


@pytest.mark.parametrize("mode", ["fixed-point", "diem2022"])
def test_threads_change_nothing(mode: str) -> None:
    network, criticality = draw_network(7, 400, 12)
    engine = make_engine(network, criticality, Rules(mode))  # type: ignore[arg-type]

    one, four = engine.score_firms(threads=1), engine.score_firms(threads=4)

    assert (one.score == four.score).all()


def test_without_the_compiler_the_scores_are_the_same() -> None:
    program = (
        "import json\n"
        "from tests.application.simulation.plain import draw_network\n"
        "from chaintwin.application.simulation.compiling import is_compiling\n"
        "from chaintwin.application.simulation.cascade.core import make_engine\n"
        "from chaintwin.application.simulation.cascade.rules import Rules\n"
        "network, criticality = draw_network(3, 60, 9)\n"
        "found = [make_engine(network, criticality, Rules(mode)).score_firms().score.tolist()\n"
        "         for mode in ('fixed-point', 'diem2022')]\n"
        "print(json.dumps([is_compiling(), found]))\n"
    )
    environ = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environ, capture_output=True, text=True, check=True
    )
    was_compiling, plain = json.loads(done.stdout)
    network, criticality = draw_network(3, 60, 9)

    assert not was_compiling
    for mode, scores in zip(("fixed-point", "diem2022"), plain, strict=True):
        rules = Rules(mode)  # type: ignore[arg-type]
        compiled = make_engine(network, criticality, rules).score_firms().score
        np.testing.assert_allclose(compiled, scores, atol=1e-12, rtol=0)


def a_network(**changed: object) -> None:
    given = {
        "sector": [0, 0, 1],
        "links": ([0, 1], [2, 2], [60.0, 40.0]),
        "sectors": 2,
        "final_demand": [0, 0, 100.0],
    } | changed
    network = build_network(given.pop("sector"), given.pop("links"), **given)  # type: ignore[arg-type]
    make_engine(network, matrix(2))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"sector": []}, "两家企业"),
        ({"sector": [0]}, "两家企业"),
        ({"sector": [0, 9, 1]}, "行业不存在"),
        ({"sector": [0, np.nan, 1]}, "没有行业"),
        ({"links": ([0, 1], [2, 2], [60.0, -40.0])}, "金额为负"),
        ({"links": ([0, 1], [2, 2], [60.0, np.nan])}, "不是数"),
        ({"links": ([0, 2], [2, 2], [60.0, 40.0])}, "向自己供货"),
        ({"links": ([0, 1], [2, 7], [60.0, 40.0])}, "不在企业名单里"),
        ({"links": ([0, 1], [2], [60.0, 40.0])}, "个数不同"),
        ({"links": ([0], [2], [60.0])}, "既没有供应关系"),
        ({"links": ([], [], []), "final_demand": [1, 1, 1]}, "没有任何销售"),
        ({"final_demand": [0, 0]}, "每家企业一个数"),
        ({"final_demand": [0, 0, -1]}, "为负"),
        ({"final_demand": None}, "需要每家企业的营业收入"),
        ({"final_demand": [0, 0, 0]}, "营业收入为 0"),
        ({"final_demand": None, "revenue": [60, 30, 10]}, "低于它在网络内的销售额"),
        ({"revenue": [60, 40, 10]}, "只能给一项"),
        ({"sectors": 3}, "请换用完整的矩阵"),
        (
            {"sector": [0, 1, 1, 0, 1], "links": ([0, 1, 3], [1, 0, 4], [5.0, 5.0, 1.0]),
             "final_demand": [0, 0, 1.0, 0, 2.0]},
            "只在彼此之间买卖",
        ),
    ],
)  # fmt: skip
def test_nonsense_is_refused_in_words(changed: dict[str, object], said: str) -> None:
    with pytest.raises(InputProblem, match=said) as refused:
        a_network(**changed)

    assert refused.value.en


def test_faulty_firms_are_named() -> None:
    with pytest.raises(InputProblem, match="甲矿"):
        build_network([0, 1], ([0], [0], [1.0]), sectors=2, names=["甲矿", "乙厂"])


@pytest.mark.parametrize("shock", [{}, {3: 1.0}, {-1: 1.0}, {0: 0.0}, {0: 1.5}, {0: np.nan}])
def test_senseless_shocks_are_refused(shock: dict[int, float]) -> None:
    with pytest.raises(InputProblem):
        lost(shock)
