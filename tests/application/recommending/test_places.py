"""Where firms come up next: nothing after the moment counts, and what repeats is learned."""

from __future__ import annotations

import numpy as np
import pytest

from chaintwin.application.recommending import entries, places
from chaintwin.application.recommending.measures import average_precision, rate
from chaintwin.kit.problems import InputProblem

PLACES = [f"省{number}" for number in range(8)]


def make_listings(seed: int, *, later: int = 0) -> places.Listings:
    """Six trades, each with two home provinces; `later` moves what comes from 2020 on."""
    random = np.random.default_rng(seed)
    many = 600
    trades = random.integers(0, 6, many)
    years = random.uniform(2005, 2024, many)
    home = (trades + random.integers(0, 2, many)) % len(PLACES)
    where = np.where(random.random(many) < 0.8, home, random.integers(0, len(PLACES), many))
    where = np.where(years >= 2020, (where + later) % len(PLACES), where)
    groups = {"trade": [f"业{trade}" for trade in trades]}
    return places.Listings(years, where.astype(np.int64), PLACES, groups)


def test_what_comes_after_the_moment_changes_no_signal() -> None:
    asked = list(range(50))

    before = places.describe(make_listings(1), asked, 2020.0, "trade")
    moved = places.describe(make_listings(1, later=3), asked, 2020.0, "trade")

    assert all(np.array_equal(before.scores[name], moved.scores[name]) for name in before.scores)
    assert all(np.array_equal(before.of_item[name], moved.of_item[name]) for name in before.of_item)


def test_the_ranker_learns_the_homes_of_trades_and_fails_when_they_move() -> None:
    def find(listings: places.Listings) -> float:
        asked = np.flatnonzero(listings.years >= 2020).tolist()
        ranker = places.learn(listings, 2020.0, "trade", 0, (2011.0, 2015.0), 4.0)
        found = ranker.score(places.candidates(places.describe(listings, asked, 2020.0, "trade")))
        wanted = {at: [int(listings.where[row])] for at, row in enumerate(asked)}
        return rate(found, wanted).mrr

    assert find(make_listings(2)) > 0.6
    assert find(make_listings(2, later=4)) < 0.35


def test_no_moment_at_or_after_the_split_is_learned_from() -> None:
    listings = make_listings(5)
    asked = entries.open_pairs(listings, 2015.0, "trade")

    def learn(*origins: float) -> list[float]:
        ranker = entries.learn_entries(listings, 2015.0, ["trade"], 0, origins, 4.0)
        return ranker.score(asked).tolist()

    assert learn(2009.0, 2015.0, 2018.0) == learn(2009.0)
    with pytest.raises(InputProblem, match="早于分界 2015"):
        learn(2015.0, 2018.0)
    with pytest.raises(InputProblem, match="早于分界 2015"):
        places.learn(listings, 2015.0, "trade", 0, (2015.0,), 4.0)


def test_open_pairs_are_those_nobody_had_taken() -> None:
    listings = make_listings(3)

    pairs = entries.open_pairs(listings, 2008.0, "trade")
    counts = listings.count("trade", 2008.0)

    assert len(pairs.groups) == int((counts == 0).sum())
    assert all(counts[pairs.groups, pairs.places] == 0)


def test_first_entries_are_ranked_the_same_by_the_same_seed() -> None:
    listings = make_listings(4)
    pairs = entries.open_pairs(listings, 2009.0, "trade")
    true = entries.taken(listings, pairs, 2009.0, 2024.0, "trade")

    def learn(seed: int) -> np.ndarray:
        return entries.learn_entries(
            listings, 2009.0, ["trade"], seed, (2006.0, 2007.0), 1.0
        ).score(pairs)

    assert np.array_equal(learn(1), learn(1))
    assert average_precision(learn(1), true) >= 0.0
    assert true.any()


def test_a_half_life_fades_the_past() -> None:
    listings = places.Listings(
        np.array([2010.0, 2014.0]), np.array([0, 0]), ["吉林"], {"trade": ["业", "业"]}
    )

    assert listings.count("trade", 2014.0)[0, 0] == 1
    assert listings.count("trade", 2018.0, half_life=4.0)[0, 0] == pytest.approx(0.25 + 0.5)
