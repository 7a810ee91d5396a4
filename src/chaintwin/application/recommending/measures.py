"""How good a ranking is: NDCG@k, reciprocal rank, average precision, hit@k. Pure.

Equal scores share the mean of the places they span, so that a ranking that knows nothing
cannot profit from the order in which things were listed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Quality:
    """Means over queries; every figure lies in 0–1."""

    ndcg: float
    mrr: float
    hit_1: float
    hit_10: float
    queries: int


def places(scores: Scores, true: Sequence[int]) -> list[float]:
    """Return the place (1 is first) of each true answer; -inf is never reached: inf."""
    found = []
    for at in true:
        own = scores[at]
        if not np.isfinite(own):
            found.append(float("inf"))
            continue
        above = int(np.count_nonzero(scores > own))
        equal = int(np.count_nonzero(scores == own))
        found.append(above + (equal + 1) / 2)
    return found


def ndcg(found: Sequence[float], depth: int) -> float:
    """Return the discounted gain of the places up to a depth, over that of the best order."""
    gain = sum(1 / np.log2(1 + place) for place in found if place <= depth)
    best = sum(1 / np.log2(2 + number) for number in range(min(depth, len(found))))
    return float(gain / best) if best else 0.0


def rate(scores: Scores, truth: Mapping[int, Sequence[int]], depth: int = 10) -> Quality:
    """Rate a ranking of items (columns) for queries (rows) that have a truth."""
    asked = [row for row, true in truth.items() if len(true)]
    placed = [sorted(places(scores[row], truth[row])) for row in asked]
    many = max(1, len(asked))
    return Quality(
        ndcg=sum(ndcg(found, depth) for found in placed) / many,
        mrr=sum(1 / found[0] for found in placed) / many,
        hit_1=sum(found[0] <= 1 for found in placed) / many,
        hit_10=sum(found[0] <= depth for found in placed) / many,
        queries=len(asked),
    )


def average_precision(scores: NDArray[np.floating], true: NDArray[np.bool_]) -> float:
    """Return the mean, over true answers, of the precision at their scores; ties are one step."""
    total = int(true.sum())
    if not total:
        return 0.0
    order = np.argsort(-scores, kind="stable")
    ordered, hits = scores[order], np.cumsum(true[order])
    last = np.append(np.flatnonzero(np.diff(ordered)), len(ordered) - 1)
    gained = np.diff(np.append(0, hits[last]))
    return float(np.sum(gained * hits[last] / (last + 1)) / total)
