"""Ranks what a row holds next: signals of what is known, a ranker learned from what is hidden.

Nothing that is to be found reaches a signal: what is hidden is taken out of the table before any
signal is computed, in training as in a test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from chaintwin.application.recommending import baselines as known_ways
from chaintwin.application.recommending.baselines import Matrix, Sparse
from chaintwin.application.recommending.holdings import Holdings
from chaintwin.application.recommending.learning import Ranker, Signals, Table, make_table, train
from chaintwin.application.recommending.names import closest, nearest, vote, weigh
from chaintwin.application.recommending.needed import need

sparse = need("scipy.sparse")

_CANDIDATES = 25
# Rows hidden from at a time: more teach little more and take long.
_EXAMPLES = 3000
_TAGS = np.float32(0.7)
Truth = Mapping[int, Sequence[int]]


def complete(held: Sparse, rows: Sequence[int], seed: int) -> dict[str, Matrix]:
    """Return the rankings of the known ways, for the rows asked."""
    asked = held[list(rows)]
    flat = np.broadcast_to(known_ways.popularity(held), (len(rows), held.shape[1]))
    return {
        "popularity": np.asarray(flat, np.float32),
        "density": known_ways.density(held, asked),
        "cosine": known_ways.cosine(held, asked),
        "als": known_ways.factors(held, asked, seed=seed),
        "ease": known_ways.ease(held, asked),
    }


def _shares(known: Holdings, held: Sparse, rows: Sequence[int]) -> dict[str, Matrix]:
    """Return how common each item is in the groups of the rows; empty rows are not counted."""
    telling = _telling(held)
    return {
        f"share in {kind}": known_ways.group_shares(
            held[telling], [groups[at] for at in telling], [groups[at] for at in rows]
        )
        for kind, groups in known.groups.items()
    }


def _telling(held: Sparse) -> list[int]:
    return [int(row) for row in np.flatnonzero(np.diff(held.indptr) > 0)]


def describe(known: Holdings, held: Sparse, rows: Sequence[int], seed: int = 0) -> Signals:
    """Return the signals for rows of which some items are known."""
    rows = list(rows)
    members = sparse.hstack([held, known.others]).tocsr()
    mine = members[rows]
    scores = complete(held, rows, seed) | _shares(known, held, rows)
    scores["neighbours"] = _neighbours(known, held, members, rows)
    scores["neighbours by name"] = vote(known.near_by_name[rows], held)
    scores["likest"] = closest(mine, known.alike)
    scores["alike"] = _mean(mine, known.alike)
    scores["inside"] = closest(mine, known.inside)
    scores["inside name"] = known.inside_name[rows].toarray()
    scores["named"] = known.named(rows)
    for name, relation in known.relations.items():
        scores[name] = np.asarray((mine @ relation).toarray(), np.float32)
    for name, relation in known.kin.items():
        scores[name] = _mean(relation[rows], held)
    fitness, complexity = known_ways.fitness(held)
    return Signals(
        scores=scores,
        pooling=[name for name in scores if name not in ("popularity", "density", "named")],
        known=held[rows],
        of_query={
            "items held": np.asarray(held.sum(axis=1), np.float32).ravel()[rows],
            "other items": np.asarray(known.others.sum(axis=1), np.float32).ravel()[rows],
            "fitness": fitness[rows],
        },
        of_item=_of_items(known, held, complexity),
    )


def describe_new(known: Holdings, held: Sparse, rows: Sequence[int]) -> Signals:
    """Return the signals for rows of which name and groups alone are known."""
    rows, telling = list(rows), _telling(held)
    scores = _shares(known, held, rows)
    texts = weigh(known.row_counts, known.row_counts[telling])
    tags = weigh(known.tags, known.tags[telling])
    for name, weight in (("by name", 0.0), ("by both", 1.0), ("by groups", 4.0)):
        units = sparse.hstack([texts, tags * np.float32(weight)]).tocsr()
        near = nearest(units[rows], units[telling], known.neighbours)
        scores[name] = vote(near, held[telling])
    for kind in known.groups:
        soft = scores[f"share in {kind}"] @ known.alike[: len(known.items)]
        scores[f"alike in {kind}"] = np.asarray(soft, np.float32)
    scores["named"] = known.named(rows)
    scores["inside name"] = known.inside_name[rows].toarray()
    _, complexity = known_ways.fitness(held[telling])
    return Signals(
        scores=scores,
        pooling=[name for name in scores if name != "named"],
        known=sparse.csr_matrix((len(rows), held.shape[1]), dtype=np.float32),
        of_query={"length of row's name": _lengths([known.names[row] for row in rows])},
        of_item=_of_items(known, held, complexity),
    )


def _of_items(known: Holdings, held: Sparse, complexity: Matrix) -> dict[str, Matrix]:
    kin = known.alike[: len(known.items)]
    return {
        "holders": known_ways.popularity(held),
        "complexity": complexity,
        "length of name": _lengths(known.items),
        "names alike": np.asarray(kin.sum(axis=0), np.float32).ravel(),
    }


def _lengths(names: Sequence[str]) -> Matrix:
    return np.asarray([len(name) for name in names], np.float32)


def _mean(members: Sparse, table: Sparse) -> Matrix:
    total = np.maximum(1, np.asarray(members.sum(axis=1)).ravel())
    return np.asarray((members @ table).toarray() / total[:, None], np.float32)


def _neighbours(known: Holdings, held: Sparse, members: Sparse, rows: list[int]) -> Matrix:
    counts = (members @ known.item_counts + known.row_counts).tocsr()
    texts, tags = weigh(counts, counts), weigh(known.tags, known.tags)
    units = sparse.hstack([texts, tags * _TAGS]).tocsr() if known.groups else texts
    return vote(nearest(units[rows], units, known.neighbours, rows), held)


def hide_one(held: Sparse, least: int, seed: int, most: int | None = None) -> tuple[Sparse, Truth]:
    """Hide one item, by chance, of every row (of `most` rows) that holds at least `least`."""
    random = np.random.default_rng(seed)
    left = held.copy()
    rows = np.flatnonzero(np.diff(held.indptr) >= least)
    if most is not None and most < len(rows):
        rows = np.sort(random.choice(rows, most, replace=False))
    truth: dict[int, list[int]] = {}
    for row in rows.tolist():
        chosen = int(random.integers(held.indptr[row], held.indptr[row + 1]))
        truth[row] = [int(held.indices[chosen])]
        left.data[chosen] = 0
    left.eliminate_zeros()
    return left, truth


def learn(known: Holdings, held: Sparse, seed: int, least: int = 3, folds: int = 2) -> Ranker:
    """Train on items hidden from the table itself."""
    examples = []
    for fold in range(folds):
        left, truth = hide_one(held, least, 1000 + seed * 100 + fold, _EXAMPLES)
        rows = sorted(truth)
        table = candidates(describe(known, left, rows, seed))
        examples.append((table, {at: truth[row] for at, row in enumerate(rows)}))
    return train(examples, seed)


def learn_new(known: Holdings, held: Sparse, seed: int, folds: int = 4) -> Ranker:
    """Train on rows taken out of the table whole, a part at a time."""
    parts = np.array_split(np.random.default_rng(seed).permutation(_telling(held)), folds)
    examples = []
    for part in parts:
        rows = sorted(int(row) for row in part)
        left, truth = hide_rows(held, rows)
        examples.append((candidates(describe_new(known, left, rows)), truth))
    return train(examples, seed)


def hide_rows(held: Sparse, rows: Sequence[int]) -> tuple[Sparse, Truth]:
    """Take whole rows out of the table; the truth counts the rows from 0 in the order given."""
    keep = np.ones(held.shape[0], np.float32)
    keep[list(rows)] = 0
    left = (sparse.diags(keep) @ held).tocsr()
    left.eliminate_zeros()
    truth = {
        at: held.indices[held.indptr[row] : held.indptr[row + 1]].tolist()
        for at, row in enumerate(rows)
    }
    return left, truth


def candidates(signals: Signals) -> Table:
    """Return the candidates that a ranker is to judge."""
    return make_table(signals, min(_CANDIDATES, signals.known.shape[1]))
