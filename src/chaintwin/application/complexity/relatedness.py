"""How near activities are to one another, and how near a place is to each. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from chaintwin.application.complexity.presence import Flags, Floats

# An activity's proximity to itself: Harvard's Atlas counts it as 1, Datawheel's OEC as 0.
Convention = Literal["harvard", "datawheel"]


def measure_proximity(present: Flags, convention: Convention) -> Floats:
    """Return how often two activities stand together: the smaller conditional probability.

    φ(p,q) = places with both ÷ the larger number of places with one (Hidalgo et al. 2007, Science
    317:482). `present`: places × activities; NaN for activities that no place has.
    """
    counted = present.astype(np.float64)
    together = counted.T @ counted
    ubiquity = np.diag(together)
    with np.errstate(divide="ignore", invalid="ignore"):
        proximity: Floats = together / np.maximum(ubiquity[:, np.newaxis], ubiquity)
    np.fill_diagonal(proximity, 1.0 if convention == "harvard" else 0.0)
    proximity[ubiquity == 0, :] = np.nan
    proximity[:, ubiquity == 0] = np.nan
    return proximity


def measure_density(present: Flags, proximity: Floats) -> Floats:
    """Return relatedness density, 0–1: proximity to what a place has ÷ proximity to everything.

    `present`: places × activities. NaN where an activity is near to nothing at all.
    """
    near = np.nan_to_num(proximity)
    total = near.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        density: Floats = (present.astype(np.float64) @ near) / total
    density[:, total == 0] = np.nan
    return density


def percentile(value: float, among: Sequence[float]) -> float:
    """Return the share of others that a value is above, 0–1; ties count half."""
    others = len(among) - 1
    if others < 1:
        return 1.0
    below = sum(one < value for one in among)
    same = sum(one == value for one in among) - 1
    return (below + same / 2) / others
