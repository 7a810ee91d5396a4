"""The known ways to complete a table of who holds what: each returns rows × items.

`held` is the table that may be learned from (rows × items, 0 or 1, sparse), `asked` the rows of
the queries in the same columns. None of them sees what is hidden, because it is not in the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from chaintwin.application.recommending.needed import need

sparse = need("scipy.sparse")

Matrix = NDArray[np.float32]
# SciPy tells no types of its own; always a csr_matrix.
Sparse: TypeAlias = Any


def popularity(held: Sparse) -> Matrix:
    """Return how many rows hold each item."""
    return np.asarray(held.sum(axis=0), np.float32).ravel()


def together(held: Sparse) -> Matrix:
    """Return how many rows hold both of two items, 0 on the diagonal."""
    both = (held.T @ held).toarray().astype(np.float32)
    np.fill_diagonal(both, 0)
    return np.asarray(both, np.float32)


def density(held: Sparse, asked: Sparse) -> Matrix:
    """Relatedness density (Hidalgo et al. 2007): proximity is the lesser conditional share.

    Proximity of an item to itself is 0 (the convention of Datawheel).
    """
    count = popularity(held)
    near = together(held) / np.maximum(1, np.maximum(count[:, None], count[None, :]))
    return np.asarray((asked @ near) / np.maximum(1e-9, near.sum(axis=0)), np.float32)


def cosine(held: Sparse, asked: Sparse) -> Matrix:
    """Return the sum of cosines between an item and the items of the row."""
    root = np.sqrt(np.maximum(1, popularity(held)))
    return np.asarray(asked @ (together(held) / root[:, None] / root[None, :]), np.float32)


def ease(held: Sparse, asked: Sparse, ridge: float = 30.0) -> Matrix:
    """EASE (Steck 2019): the linear model between items with a zero diagonal, in closed form."""
    gram = (held.T @ held).toarray().astype(np.float32)
    gram[np.diag_indices_from(gram)] += ridge
    inverse = np.linalg.inv(gram)
    weights = inverse / -np.diag(inverse)
    np.fill_diagonal(weights, 0)
    return np.asarray(asked @ weights.astype(np.float32), np.float32)


def factors(held: Sparse, asked: Sparse, rank: int = 32, rounds: int = 5, seed: int = 0) -> Matrix:
    """ALS for implicit feedback (Hu, Koren, Volinsky 2008), confidence 1 + 20 × held."""
    items = np.random.default_rng(seed).normal(0, 0.1, (held.shape[1], rank)).astype(np.float32)
    turned = held.T.tocsr()
    for _ in range(rounds):
        items = _solve(turned, _solve(held, items))
    return np.asarray(_solve(asked, items) @ items.T, np.float32)


def _solve(table: Sparse, other: Matrix, weight: float = 20.0, ridge: float = 5.0) -> Matrix:
    rank = other.shape[1]
    squares = (other[:, :, None] * other[:, None, :]).reshape(len(other), -1)
    left = (table @ squares).reshape(-1, rank, rank) * np.float32(weight)
    left += other.T @ other + np.eye(rank, dtype=np.float32) * np.float32(ridge)
    right = (table @ other) * np.float32(1 + weight)
    return np.asarray(np.linalg.solve(left, right[:, :, None])[:, :, 0], np.float32)


def group_shares(
    held: Sparse, groups: Sequence[str], asked: Sequence[str], prior: float = 2.0
) -> Matrix:
    """Return the share of a group's rows that hold an item, drawn to the overall share.

    A group nobody else belongs to, or none ("") at all, gets the overall share.
    """
    numbers = {name: at for at, name in enumerate(sorted(set(groups) - {""}))}
    known = [(numbers[name], at) for at, name in enumerate(groups) if name in numbers]
    member = indicator(known, (len(numbers), held.shape[0]))
    counts = (member @ held).toarray().astype(np.float32)
    sizes = np.asarray(member.sum(axis=1), np.float32).reshape(-1, 1)
    overall = popularity(held) / max(1, held.shape[0])
    shares = (counts + prior * overall) / (sizes + prior)
    table = np.vstack([shares, overall[None, :]])
    return np.asarray(table[[numbers.get(name, len(numbers)) for name in asked]], np.float32)


def indicator(pairs: Sequence[tuple[int, int]], shape: tuple[int, int]) -> Sparse:
    """Return a table that holds 1 at the pairs."""
    rows = [row for row, _ in pairs]
    columns = [column for _, column in pairs]
    made = sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=shape)
    made.data[:] = 1
    return made


def fitness(held: Sparse, rounds: int = 20) -> tuple[Matrix, Matrix]:
    """Return fitness of rows and complexity of items (Tacchella et al. 2012), mean 1."""
    rows = np.ones(held.shape[0])
    items = np.ones(held.shape[1])
    for _ in range(rounds):
        new_rows = held @ items
        new_items = 1 / np.maximum(1e-9, held.T @ (1 / np.maximum(1e-9, rows)))
        new_items[popularity(held) == 0] = 0
        rows = new_rows / max(1e-12, new_rows.mean())
        items = new_items / max(1e-12, new_items.mean())
    return rows.astype(np.float32), items.astype(np.float32)
