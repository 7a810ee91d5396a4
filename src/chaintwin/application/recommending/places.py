"""Where firms of an industry come up next: signals from who was where, and since when.

Time rules: whatever is learned or used as a signal at a moment began before that moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from chaintwin.application.recommending import baselines as known_ways
from chaintwin.application.recommending.baselines import Matrix
from chaintwin.application.recommending.learning import Ranker, Signals, Table, make_table, train
from chaintwin.application.recommending.needed import need
from chaintwin.kit.problems import InputProblem

sparse = need("scipy.sparse")

# How fast the past fades, in years: what is new, what is recent, what is settled.
HALF_LIVES = (1.5, 4.0, 12.0)
_PRIOR = 4.0


@dataclass(frozen=True)
class Listings:
    """Firms with the year they came (a decimal), where, and their groups by classification."""

    years: NDArray[np.float64]
    where: NDArray[np.int64]
    places: Sequence[str]
    groups: Mapping[str, Sequence[str]]

    @cached_property
    def numbers(self) -> dict[str, tuple[NDArray[np.int64], int]]:
        """Return every classification as numbers, -1 where a firm has none, and their count."""
        found = {}
        for kind, named in self.groups.items():
            known = {name: at for at, name in enumerate(sorted(set(named) - {""}))}
            found[kind] = np.asarray([known.get(name, -1) for name in named]), len(known)
        return found

    def count(self, kind: str, at: float, half_life: float = np.inf) -> Matrix:
        """Return groups × places, firms that came before a moment, older ones counting less."""
        of, many = self.numbers[kind]
        past = (self.years < at) & (of >= 0)
        ages = at - self.years[past]
        weights = np.ones(len(ages)) if np.isinf(half_life) else 0.5 ** (ages / half_life)
        found = np.zeros((many, len(self.places)), np.float32)
        np.add.at(found, (of[past], self.where[past]), weights)
        return found


def related(counts: Matrix) -> Matrix:
    """Return the relatedness density of groups × places, from revealed advantage above 1."""
    total = max(1e-9, float(counts.sum()))
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0, keepdims=True) / total
    has = sparse.csr_matrix((counts > np.maximum(1e-9, expected)).astype(np.float32).T)
    return np.asarray(known_ways.density(has, has).T, np.float32)


def gravity(counts: Matrix) -> Matrix:
    """Return the product of the sizes of group and place: the control."""
    sizes = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0, keepdims=True)
    return np.asarray(sizes, np.float32)


def describe(listings: Listings, asked: Sequence[int], at: float, main: str) -> Signals:
    """Return the signals of every place for firms, from what had come before a moment."""
    rows = np.asarray(asked, np.int64)
    scores: dict[str, Matrix] = {}
    for half_life in HALF_LIVES:
        for kind in listings.groups:
            shares = _shares(listings.count(kind, at, half_life))
            scores[f"share in {kind}, {half_life:g} years"] = shares[
                listings.numbers[kind][0][rows]
            ]
    counts = listings.count(main, at)
    of = listings.numbers[main][0][rows]
    scores["density"] = _take(related(counts), of)
    scores["firms there"] = _take(counts, of)
    scores["blend"] = blend(listings, rows, at, main)
    fitness, _ = known_ways.fitness(sparse.csr_matrix((counts > 0).astype(np.float32).T))
    of_item = {
        f"popularity, {half_life:g} years": _popular(listings.count(main, at, half_life))
        for half_life in HALF_LIVES
    }
    sizes = _take(counts.sum(axis=1, keepdims=True), of)
    return Signals(
        scores=scores,
        pooling=["blend"],
        known=sparse.csr_matrix((len(rows), len(listings.places)), dtype=np.float32),
        of_query={"size of industry": sizes[:, 0]},
        of_item={**of_item, "fitness": fitness},
    )


def blend(listings: Listings, rows: NDArray[np.int64], at: float, main: str) -> Matrix:
    """Return industry share plus recent popularity: the best simple formula known."""
    of = listings.numbers[main][0][rows]
    recent = _popular(listings.count(main, at, 2.0))
    return np.asarray(_take(_shares(listings.count(main, at)), of) + recent, np.float32)


def _popular(counts: Matrix) -> Matrix:
    total = counts.sum(axis=0)
    return np.asarray(total / max(1e-9, float(total.sum())), np.float32)


def _shares(counts: Matrix) -> Matrix:
    """Return each group's shares, drawn to those of all; one more row for no group (-1)."""
    overall = _popular(counts)
    shares = (counts + _PRIOR * overall) / (counts.sum(axis=1, keepdims=True) + _PRIOR)
    return np.vstack([shares, overall[None, :]]).astype(np.float32)


def _take(table: Matrix, of: NDArray[np.int64]) -> Matrix:
    return np.vstack([table, np.zeros((1, table.shape[1]), np.float32)])[of]


def learn(
    listings: Listings, until: float, main: str, seed: int, origins: Sequence[float], horizon: float
) -> Ranker:
    """Train on firms that came within a horizon after each of several moments before `until`.

    Raises InputProblem where none of the moments lies before it.
    """
    examples = []
    for at in keep_before(origins, until):
        came = (listings.years >= at) & (listings.years < min(until, at + horizon))
        rows = np.flatnonzero(came).tolist()
        table = candidates(describe(listings, rows, at, main))
        examples.append((table, {q: [int(listings.where[row])] for q, row in enumerate(rows)}))
    return train(examples, seed, rounds=150, settings={"num_leaves": 15, "learning_rate": 0.04})


def keep_before(origins: Sequence[float], until: float) -> list[float]:
    """Return the moments before the split: signals of any other show what is to be found."""
    kept = [at for at in origins if at < until]
    if not kept:
        raise InputProblem(
            f"学习用的时点都不早于分界 {until:g}，无可学习。请选更早的时点或更晚的分界。",
            f"No moment to learn from lies before the split at {until:g}. Choose earlier moments "
            "or a later split.",
        )
    return kept


def candidates(signals: Signals) -> Table:
    """Return every place as a candidate."""
    return make_table(signals, signals.known.shape[1])
