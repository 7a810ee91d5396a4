"""A learned ranker finds what is hidden, learns nothing from noise, and gives a leak away."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from chaintwin.application.recommending import completing
from chaintwin.application.recommending.baselines import Sparse, ease, indicator
from chaintwin.application.recommending.holdings import Holdings
from chaintwin.application.recommending.learning import Signals, make_table, train
from chaintwin.application.recommending.measures import average_precision, ndcg, places, rate

FIRMS, PRODUCTS, TRADES = 120, 48, 4
WORDS = ("电池", "轴承", "淀粉", "雷达")


def make_world(seed: int, *, is_noise: bool = False) -> tuple[Holdings, Sparse]:
    """Firms of four trades make six products of their trade each, or any products at all."""
    random = np.random.default_rng(seed)
    pairs = []
    for firm in range(FIRMS):
        own = np.arange(PRODUCTS)
        if not is_noise:
            own = own[own % TRADES == firm % TRADES]
        pairs += [(firm, int(product)) for product in random.choice(own, 6, replace=False)]
    known = Holdings(
        names=[f"第{firm}厂" for firm in range(FIRMS)],
        groups={"trade": [str(firm % TRADES) for firm in range(FIRMS)]},
        items=[f"{WORDS[product % TRADES]}{product}号" for product in range(PRODUCTS)],
        other_names=[],
        others=sparse.csr_matrix((FIRMS, 0), dtype=np.float32),
    )
    return known, indicator(pairs, (FIRMS, PRODUCTS))


def find_hidden(known: Holdings, held: Sparse, seed: int = 0, *, leak: bool = False) -> float:
    """Hide one product of each firm and return NDCG@10; with a leak the signals see them all."""
    left, truth = completing.hide_one(held, 3, seed)
    rows = sorted(truth)
    signals = completing.describe(known, left, rows)
    if leak:
        seen = {**signals.scores, "leak": held[rows].toarray() - left[rows].toarray()}
        signals = Signals(seen, signals.pooling, signals.known, signals.of_query, signals.of_item)
        asked = {at: truth[row] for at, row in enumerate(rows)}
        ranker = train([(make_table(signals, PRODUCTS), asked)], seed, rounds=20)
        return rate(ranker.score(make_table(signals, PRODUCTS)), asked).ndcg
    ranker = completing.learn(known, left, seed)
    found = ranker.score(completing.candidates(signals))
    return rate(found, {at: truth[row] for at, row in enumerate(rows)}).ndcg


def test_the_ranker_finds_what_firms_of_a_trade_have_in_common() -> None:
    known, held = make_world(1)

    found = find_hidden(known, held)

    # Seven products of the trade are left to guess among: knowing the trade alone gives .52.
    assert found > 0.48


def test_noise_teaches_nothing_and_a_leak_would_show() -> None:
    known, held = make_world(2, is_noise=True)
    chance = np.mean([ndcg([place], 10) for place in range(1, PRODUCTS - 4)])

    honest, leaking = find_hidden(known, held), find_hidden(known, held, leak=True)

    assert honest == pytest.approx(chance, abs=0.08)
    assert leaking > 0.9


def test_no_signal_depends_on_what_is_hidden() -> None:
    known, held = make_world(3)
    left, truth = completing.hide_one(held, 3, 0)
    rows = sorted(truth)
    moved = held.tolil()
    for row, items in truth.items():
        moved[row, items[0]] = 0
    again = moved.tocsr()
    again.eliminate_zeros()

    one, other = completing.describe(known, left, rows), completing.describe(known, again, rows)

    assert all(np.array_equal(one.scores[name], other.scores[name]) for name in one.scores)
    assert all(left[row, item] == 0 for row, items in truth.items() for item in items)


def test_the_same_seed_gives_the_same_ranking_and_another_seed_another() -> None:
    known, held = make_world(4)
    left, truth = completing.hide_one(held, 3, 0)
    table = completing.candidates(completing.describe(known, left, sorted(truth)))

    one, same, other = (completing.learn(known, left, seed).score(table) for seed in (5, 5, 6))

    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_a_firm_without_products_is_ranked_by_its_trade() -> None:
    known, held = make_world(5)
    new = list(range(100, FIRMS))
    left, truth = completing.hide_rows(held, new)

    ranker = completing.learn_new(known, left, 0)
    found = ranker.score(completing.candidates(completing.describe_new(known, left, new)))

    assert rate(found, truth).ndcg > 0.45
    assert left[new].nnz == 0


def test_equal_scores_are_worth_no_more_than_chance() -> None:
    flat = np.zeros(9, np.float32)

    assert places(flat, [0]) == [5.0]
    assert average_precision(np.zeros(4), np.array([True, False, False, False])) == 0.25
    assert average_precision(np.array([3.0, 2, 1, 0]), np.array([True, False, True, False])) == (
        pytest.approx((1 + 2 / 3) / 2)
    )


def test_ease_finds_what_goes_together() -> None:
    held = indicator([(0, 0), (0, 1), (1, 0), (1, 1), (2, 2), (2, 3), (3, 0)], (4, 4))

    found = ease(held, held[[3]], ridge=1.0)

    assert int(np.argmax(found[0])) == 1
