"""How well a method would have foretold, before a day, what came after it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chaintwin.application.complexity.controls import (
    measure_gravity,
    measure_popularity,
    measure_size,
)
from chaintwin.application.complexity.presence import Flags, Floats, find_present, has_some
from chaintwin.application.complexity.relatedness import (
    Convention,
    measure_density,
    measure_proximity,
)
from chaintwin.kit.problems import InputProblem

# The first is the method itself, the rest are what it has to beat.
METHODS = ("relatedness", "size", "popularity", "gravity", "gravity_relatedness")
CONTROL = "gravity"
_RESAMPLES = 200


@dataclass(frozen=True, slots=True)
class Tried:
    """How a method did: average precision with a 90 % interval over places, and hits at k.

    `hit`: share of places with arrivals that had one among their first k. `wins`: share of the
    drawn sets of places on which it did better than the control gravity.
    """

    method: str
    precision: float
    low: float
    high: float
    hit: float
    wins: float


@dataclass(frozen=True, slots=True)
class Backtest:
    """Every method on the same pairs: place × activity with nothing before the day.

    `base`: the share of these pairs that something came to, which is what guessing would reach.
    """

    tried: tuple[Tried, ...]
    pairs: int
    arrivals: int
    places: int
    base: float
    k: int

    def of(self, method: str) -> Tried:
        """Return how one method did."""
        return next(one for one in self.tried if one.method == method)


def score_methods(
    before: Floats, *, rca_threshold: float, convention: Convention
) -> Mapping[str, Floats]:
    """Return each method's score of every place × activity from what there was before a day."""
    present = find_present(before, rca_threshold=rca_threshold)
    density = np.nan_to_num(measure_density(present, measure_proximity(present, convention)))
    gravity = measure_gravity(before)
    scores = (
        density,
        measure_size(before),
        measure_popularity(before),
        gravity,
        gravity * density,
    )
    return dict(zip(METHODS, scores, strict=True))


def run_backtest(
    scores: Mapping[str, Floats], before: Floats, after: Floats, *, k: int, seed: int = 0
) -> Backtest:
    """Judge scores by where something came: pairs empty before; `after` holds arrivals alone.

    Raises InputProblem when there is nothing to judge by.
    """
    open_pairs = (before == 0) & (before.sum(axis=0) > 0)
    came = open_pairs & (after > 0)
    if not before.any() or not came.any() or came.sum() == open_pairs.sum():
        raise InputProblem(
            "回测无从进行：分界日之前没有记录，或之后没有新进入的地区与活动。",
            "There is nothing to test on: nothing before the day, or no new entry after it.",
        )
    rng = np.random.default_rng(seed)
    draws = [slice(None), *rng.integers(0, len(before), size=(_RESAMPLES, len(before)))]
    drawn = {
        name: np.array([_precision(score, open_pairs, came, rows) for rows in draws])
        for name, score in scores.items()
    }
    tried = [
        _judge(name, found, drawn[CONTROL], hit_rate(scores[name], open_pairs, came, k))
        for name, found in drawn.items()
    ]
    return Backtest(
        tuple(tried),
        int(open_pairs.sum()),
        int(came.sum()),
        int(came.any(axis=1).sum()),
        float(came.sum() / open_pairs.sum()),
        k,
    )


def _precision(
    score: Floats, open_pairs: Flags, came: Flags, rows: slice | NDArray[np.int64]
) -> float:
    chosen = open_pairs[rows]
    return average_precision(score[rows][chosen], came[rows][chosen])


def _judge(name: str, found: Floats, control: Floats, hit: float) -> Tried:
    """The first figure is that of all places, the rest those of the drawn sets."""
    told = ~np.isnan(found[1:])
    low, high = np.quantile(found[1:][told], [0.05, 0.95])
    wins = float((found[1:][told] > control[1:][told]).mean())
    return Tried(name, float(found[0]), float(low), float(high), hit, wins)


def average_precision(scores: Floats, truth: Flags) -> float:
    """Return Σ (recall gained × precision) over descending scores; ties count as one step.

    NaN when nothing is true.
    """
    if not truth.any():
        return float("nan")
    order = np.argsort(-scores, kind="stable")
    ordered = scores[order]
    found = np.cumsum(truth[order])
    last = np.append(np.flatnonzero(np.diff(ordered)), len(ordered) - 1)
    precision = found[last] / (last + 1)
    gained = np.diff(np.append(0, found[last])) / found[-1]
    return float(gained @ precision)


def hit_rate(scores: Floats, open_pairs: Flags, came: Flags, k: int) -> float:
    """Return the share of places with arrivals that have one among their k best open pairs."""
    ranked = np.argsort(-np.where(open_pairs, scores, -np.inf), axis=1, kind="stable")[:, :k]
    hits = has_some(np.take_along_axis(came, ranked, axis=1), 1)
    return float(hits[has_some(came, 1)].mean())
