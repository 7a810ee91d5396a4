"""A ranker learned with LightGBM: candidates from several rankings, judged by all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chaintwin.application.recommending.baselines import Matrix, Sparse
from chaintwin.application.recommending.needed import need

_NEVER = np.float32(-np.inf)
SETTINGS: Mapping[str, Any] = {
    "objective": "lambdarank",
    "lambdarank_truncation_level": 20,
    "learning_rate": 0.06,
    "num_leaves": 31,
    "min_data_in_leaf": 40,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "max_bin": 63,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of each query and item; every `scores` is queries × items.

    `pooling` names those whose best items become candidates; `of_query` and `of_item` say
    something of one side alone; `known` marks what a query already holds (no candidate).
    """

    scores: Mapping[str, Matrix]
    pooling: Sequence[str]
    known: Sparse
    of_query: Mapping[str, Matrix]
    of_item: Mapping[str, Matrix]


@dataclass(frozen=True, slots=True)
class Table:
    """Candidates as rows: query, item and features; rows of one query stand together."""

    queries: NDArray[np.int64]
    items: NDArray[np.int64]
    features: Matrix
    names: Sequence[str]
    shape: tuple[int, int]


def make_table(signals: Signals, most: int) -> Table:
    """Gather the `most` best items of every pooling score, with scores and places as features."""
    shape = signals.known.shape
    hidden = signals.known.toarray() > 0
    pool = np.zeros(shape, bool)
    kept = min(most, shape[1])
    for name in signals.pooling:
        scores = np.where(hidden, _NEVER, signals.scores[name])
        best = np.argpartition(-scores, kept - 1, axis=1)[:, :kept]
        np.put_along_axis(pool, best, True, axis=1)
    pool &= ~hidden
    queries, items = np.nonzero(pool)
    columns: dict[str, Matrix] = {}
    for name, scores in signals.scores.items():
        columns[name] = scores[queries, items]
        columns[f"{name}, place"] = _places(queries, columns[name])
    columns |= {name: values[queries] for name, values in signals.of_query.items()}
    columns |= {name: values[items] for name, values in signals.of_item.items()}
    features = np.column_stack(list(columns.values())).astype(np.float32)
    return Table(queries, items, features, tuple(columns), shape)


def _places(queries: NDArray[np.int64], scores: Matrix) -> Matrix:
    order = np.lexsort((-scores, queries))
    starts = np.searchsorted(queries[order], queries[order], side="left")
    found = np.empty(len(order), np.float32)
    found[order] = np.arange(len(order)) - starts
    return found


@dataclass(frozen=True, slots=True)
class Ranker:
    """A trained model; the same rows give the same scores."""

    booster: Any
    names: Sequence[str]

    def score(self, table: Table) -> Matrix:
        """Return queries × items; what was no candidate is -inf."""
        found = np.full(table.shape, _NEVER, np.float32)
        if len(table.queries):
            found[table.queries, table.items] = self.booster.predict(table.features)
        return found

    def gains(self) -> list[tuple[str, float]]:
        """Return the features by how much they contributed, greatest first."""
        given = self.booster.feature_importance("gain")
        pairs = zip(self.names, map(float, given), strict=True)
        return sorted(pairs, key=lambda pair: -pair[1])


def train(
    examples: Sequence[tuple[Table, Mapping[int, Sequence[int]]]],
    seed: int,
    rounds: int = 150,
    settings: Mapping[str, Any] = {},
) -> Ranker:
    """Learn from tables and the hidden truth of their queries; the seed fixes the outcome."""
    lightgbm = need("lightgbm")
    features, labels, sizes = [], [], []
    for table, truth in examples:
        marks = _label(table, truth)
        telling = np.isin(table.queries, table.queries[marks > 0])
        features.append(table.features[telling])
        labels.append(marks[telling])
        sizes.append(np.unique(table.queries[telling], return_counts=True)[1])
    names = examples[0][0].names
    data = lightgbm.Dataset(
        np.concatenate(features), np.concatenate(labels), group=np.concatenate(sizes)
    )
    chosen = {**SETTINGS, **settings, "seed": seed}
    return Ranker(lightgbm.train(chosen, data, num_boost_round=rounds), names)


def _label(table: Table, truth: Mapping[int, Sequence[int]]) -> NDArray[np.int8]:
    wanted = np.zeros(table.shape, np.int8)
    for query, items in truth.items():
        wanted[query, list(items)] = 1
    return wanted[table.queries, table.items]
