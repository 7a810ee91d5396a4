"""What names have in common: runs of characters, weighted by how rare they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from chaintwin.application.recommending.baselines import Matrix, Sparse
from chaintwin.application.recommending.needed import need

sparse = need("scipy.sparse")


class Grams:
    """Turns names into counts of runs of 1 to `longest` characters, learned from given names."""

    def __init__(self, names: Sequence[str], longest: int = 3, least: int = 2) -> None:
        self._longest = longest
        seen: Counter[str] = Counter()
        for name in names:
            seen.update(set(self._cut(name)))
        kept = sorted(gram for gram, count in seen.items() if count >= least)
        self._numbers = {gram: number for number, gram in enumerate(kept)}

    def _cut(self, name: str) -> list[str]:
        text = "".join(name.split()).casefold()
        runs = range(1, self._longest + 1)
        return [text[at : at + run] for run in runs for at in range(len(text) - run + 1)]

    def count(self, names: Sequence[str]) -> Sparse:
        """Return names × grams, how often each gram occurs."""
        rows, columns = [], []
        for row, name in enumerate(names):
            for gram in self._cut(name):
                number = self._numbers.get(gram)
                if number is not None:
                    rows.append(row)
                    columns.append(number)
        shape = (len(names), len(self._numbers))
        return sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=shape)


def weigh(counts: Sparse, learned: Sparse) -> Sparse:
    """Return unit vectors of log counts × inverse document frequency in the learned texts."""
    present = np.asarray((learned > 0).sum(axis=0)).ravel()
    rare = np.log((1 + learned.shape[0]) / (1 + present)).astype(np.float32)
    held = counts.tocsr().copy()
    held.data = np.log1p(held.data)
    held = (held @ sparse.diags(rare)).tocsr()
    norms = np.sqrt(np.asarray(held.multiply(held).sum(axis=1)).ravel())
    return (sparse.diags(1 / np.maximum(1e-9, norms)) @ held).tocsr().astype(np.float32)


def nearest(asked: Sparse, others: Sparse, most: int, skip: Sequence[int] | None = None) -> Sparse:
    """Return asked × others with the cosines of the nearest alone; `skip` is a row's own place."""
    rows, columns, values = [], [], []
    turned = others.T.tocsr()
    for start in range(0, asked.shape[0], 512):
        near = (asked[start : start + 512] @ turned).toarray()
        if skip is not None:
            own = np.asarray(skip[start : start + 512])
            inside = own >= 0
            near[np.flatnonzero(inside), own[inside]] = 0
        kept = min(most, near.shape[1])
        best = np.argpartition(-near, kept - 1, axis=1)[:, :kept]
        found = np.take_along_axis(near, best, axis=1)
        at, place = np.nonzero(found > 0)
        rows.append(at + start)
        columns.append(best[at, place])
        values.append(found[at, place])
    shape = (asked.shape[0], others.shape[0])
    placed = (np.concatenate(rows), np.concatenate(columns))
    return sparse.csr_matrix((np.concatenate(values), placed), shape=shape)


def vote(near: Sparse, held: Sparse, power: float = 2.0) -> Matrix:
    """Return what the nearest rows hold, each by its closeness, as a weighted share."""
    weights = near.copy()
    weights.data = weights.data**power
    total = np.asarray(weights.sum(axis=1)).ravel()
    found = (weights @ held).toarray()
    return np.asarray(found / np.maximum(1e-9, total)[:, None], np.float32)


def closest(members: Sparse, alike: Sparse) -> Matrix:
    """Return, per row, the greatest likeness between any member of the row and each item."""
    found = np.zeros((members.shape[0], alike.shape[1]), np.float32)
    for row in range(members.shape[0]):
        own = members.indices[members.indptr[row] : members.indptr[row + 1]]
        for part in own:
            start, end = alike.indptr[part], alike.indptr[part + 1]
            columns = alike.indices[start:end]
            found[row, columns] = np.maximum(found[row, columns], alike.data[start:end])
    return found


def containment(texts: Sequence[str], items: Sequence[str]) -> Sparse:
    """Return texts × items: the share of the text that an item's name, found in it, makes up."""
    numbers: dict[str, list[int]] = {}
    for number, item in enumerate(items):
        if len(item) > 1 or len(items) < 2:
            numbers.setdefault(item, []).append(number)
    longest = max((len(item) for item in numbers), default=0)
    rows, columns, values = [], [], []
    for row, text in enumerate(texts):
        runs = {
            text[at:end]
            for at in range(len(text))
            for end in range(at + 1, min(len(text), at + longest) + 1)
        }
        for run in sorted(runs & numbers.keys()):
            for number in numbers[run]:
                rows.append(row)
                columns.append(number)
                values.append(len(run) / len(text))
    shape = (len(texts), len(items))
    return sparse.csr_matrix((np.asarray(values, np.float32), (rows, columns)), shape=shape)
