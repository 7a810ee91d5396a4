"""Which industries come to which places for the first time: pairs of group and place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chaintwin.application.recommending.baselines import Matrix
from chaintwin.application.recommending.learning import SETTINGS
from chaintwin.application.recommending.needed import need
from chaintwin.application.recommending.places import (
    HALF_LIVES,
    Listings,
    gravity,
    keep_before,
    related,
)

# Few entries are there to learn from, so every signal may only speak for an entry, never against.
_SMALL = {"objective": "binary", "num_leaves": 8, "min_data_in_leaf": 60, "feature_fraction": 0.5}
_ROUNDS = 60
_MODELS = 5


@dataclass(frozen=True, slots=True)
class OpenPairs:
    """Pairs of group and place that nobody had taken before a moment, with their signals."""

    groups: NDArray[np.int64]
    places: NDArray[np.int64]
    signals: dict[str, Matrix]

    @property
    def features(self) -> Matrix:
        """Return the signals on a log scale, one row per pair."""
        return np.log1p(np.column_stack(list(self.signals.values()))).astype(np.float32)


def open_pairs(listings: Listings, at: float, kind: str) -> OpenPairs:
    """Return every pair without a firm before a moment and what spoke for it then."""
    counts = listings.count(kind, at)
    groups, places = np.nonzero(counts == 0)
    tables = {
        "density": related(counts) * 100,
        "gravity": gravity(counts),
        "gravity × density": gravity(counts) * related(counts),
        "like groups": _by_likeness(counts),
        "like places": _by_likeness(counts.T).T,
    }
    for half_life in HALF_LIVES:
        recent = listings.count(kind, at, half_life)
        tables[f"gravity, {half_life:g} years"] = gravity(recent)
        tables[f"like groups, {half_life:g} years"] = _by_likeness(recent)
    settled = np.ones_like(counts)
    tables["size of group"] = listings.count(kind, at, 4.0).sum(axis=1, keepdims=True) * settled
    tables["size of place"] = listings.count(kind, at, 4.0).sum(axis=0, keepdims=True) * settled
    signals = {name: table[groups, places] for name, table in tables.items()}
    signals["groups here"] = _take((counts > 0).sum(axis=0), places)
    signals["places of group"] = _take((counts > 0).sum(axis=1), groups)
    return OpenPairs(groups, places, signals)


def _take(counts: NDArray[np.int64], at: NDArray[np.int64]) -> Matrix:
    return counts[at].astype(np.float32)


def _by_likeness(counts: Matrix) -> Matrix:
    """Return what rows alike in their spread hold in each column, by their likeness."""
    rooted = np.sqrt(counts)
    units = rooted / np.maximum(1e-9, np.linalg.norm(rooted, axis=1, keepdims=True))
    alike = units @ units.T
    np.fill_diagonal(alike, 0)
    return np.asarray(alike**2 @ np.log1p(counts), np.float32)


def taken(
    listings: Listings, pairs: OpenPairs, start: float, end: float, kind: str
) -> NDArray[np.bool_]:
    """Tell which pairs somebody took in a period."""
    came = listings.count(kind, end) - listings.count(kind, start)
    return np.asarray(came[pairs.groups, pairs.places] > 0.5)


@dataclass(frozen=True, slots=True)
class EntryRanker:
    """Models of first entries; their mean counts, for one alone depends much on its seed."""

    boosters: Sequence[Any]

    def score(self, pairs: OpenPairs) -> NDArray[np.float64]:
        """Return a score of each pair, higher is likelier."""
        each = [one.predict(pairs.features, raw_score=True) for one in self.boosters]
        return np.asarray(np.mean(each, axis=0), np.float64)


def learn_entries(
    listings: Listings,
    until: float,
    kinds: Sequence[str],
    seed: int,
    origins: Sequence[float],
    horizon: float,
) -> EntryRanker:
    """Train on the pairs open at several moments before `until`, in every classification given.

    Raises InputProblem where none of the moments lies before it.
    """
    past = keep_before(origins, until)
    lightgbm = need("lightgbm")
    features, labels = [], []
    for kind in kinds:
        for at in past:
            pairs = open_pairs(listings, at, kind)
            features.append(pairs.features)
            labels.append(taken(listings, pairs, at, min(until, at + horizon), kind))
    rows, marks = np.concatenate(features), np.concatenate(labels).astype(np.float32)
    rising = {"monotone_constraints": [1] * rows.shape[1]}
    boosters = [
        lightgbm.train(
            {**SETTINGS, **_SMALL, **rising, "seed": seed * _MODELS + number},
            lightgbm.Dataset(rows, marks),
            num_boost_round=_ROUNDS,
        )
        for number in range(_MODELS)
    ]
    return EntryRanker(boosters)
