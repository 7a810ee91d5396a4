"""Fitness of places and complexity of activities, the non-linear way. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chaintwin.application.complexity.presence import Flags, Floats, has_some

_LEAST = 1e-300


@dataclass(frozen=True, slots=True)
class Fitness:
    """Fitness by place and complexity by activity, each of mean 1; NaN without any presence.

    `is_settled`: another round would change no value by more than the tolerance. Where a network
    lets some values sink towards nought for ever, their order is told but not their size.
    """

    places: Floats
    activities: Floats
    rounds: int
    is_settled: bool


def measure_fitness(present: Flags, *, rounds: int = 200, tolerance: float = 1e-8) -> Fitness:
    """Iterate fitness and complexity from ones (Tacchella et al. 2012, Sci. Rep. 2:723)."""
    held, done = has_some(present, 1), has_some(present, 0)
    if not held.any():
        return Fitness(np.full(len(held), np.nan), np.full(len(done), np.nan), 0, True)
    inner = present[np.ix_(held, done)].astype(np.float64)
    places, activities = np.ones(inner.shape[0]), np.ones(inner.shape[1])
    count, moved = 0, np.inf
    while count < rounds and moved > tolerance:
        before = places
        places, activities = _next(inner, places, activities)
        moved = float(np.abs(places - before).max())
        count += 1
    spread = np.full(len(held), np.nan), np.full(len(done), np.nan)
    spread[0][held], spread[1][done] = places, activities
    return Fitness(*spread, count, moved <= tolerance)


def _next(inner: Floats, places: Floats, activities: Floats) -> tuple[Floats, Floats]:
    fitter = inner @ activities
    weaker = 1.0 / np.maximum(1.0 / np.maximum(places, _LEAST) @ inner, _LEAST)
    return fitter / fitter.mean(), weaker / weaker.mean()
