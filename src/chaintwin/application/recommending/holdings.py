"""What comes next in a table of holdings: firms hold products, products hold their materials."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from chaintwin.application.recommending import baselines as known_ways
from chaintwin.application.recommending.baselines import Matrix, Sparse
from chaintwin.application.recommending.names import Grams, containment, nearest, weigh
from chaintwin.application.recommending.needed import need

sparse = need("scipy.sparse")


@dataclass(frozen=True)
class Holdings:
    """Rows and the items they may hold, with all that may be known of both beforehand.

    `groups` names, per classification, the group of each row ("" unknown); `others` tells which
    further items, never to be guessed, each row holds; `relations` ties items to items,
    (items + others) × items; `kin` ties rows to rows.
    """

    names: Sequence[str]
    groups: Mapping[str, Sequence[str]]
    items: Sequence[str]
    other_names: Sequence[str]
    others: Sparse
    relations: Mapping[str, Sparse] = field(default_factory=dict)
    kin: Mapping[str, Sparse] = field(default_factory=dict)
    neighbours: int = 60

    @cached_property
    def grams(self) -> Grams:
        """Return the runs of characters of all names."""
        return Grams([*self.names, *self.items, *self.other_names])

    @cached_property
    def item_counts(self) -> Sparse:
        """Return grams of every item, those to be guessed first."""
        return self.grams.count([*self.items, *self.other_names])

    @cached_property
    def row_counts(self) -> Sparse:
        """Return grams of every row's name."""
        return self.grams.count(self.names)

    @cached_property
    def alike(self) -> Sparse:
        """Return how alike the names of all items and of those to be guessed are."""
        units = weigh(self.item_counts, self.item_counts)
        many = len(self.items)
        own = [*range(many), *[-1] * len(self.other_names)]
        return nearest(units, units[:many], self.neighbours, own)

    @cached_property
    def inside(self) -> Sparse:
        """Return which items are named inside the names of all items."""
        return containment([*self.items, *self.other_names], self.items)

    @cached_property
    def inside_name(self) -> Sparse:
        """Return which items are named inside the names of the rows."""
        return containment(self.names, self.items)

    @cached_property
    def _units(self) -> tuple[Sparse, Sparse]:
        texts = sparse.vstack([self.row_counts, self.item_counts]).tocsr()
        items = weigh(self.item_counts[: len(self.items)], texts)
        return weigh(self.row_counts, texts), items

    def named(self, rows: Sequence[int]) -> Matrix:
        """Return how alike the names of rows and of items are."""
        units, items = self._units
        return np.asarray((units[list(rows)] @ items.T).toarray(), np.float32)

    @cached_property
    def near_by_name(self) -> Sparse:
        """Return the rows whose names are nearest to a row's."""
        units = weigh(self.row_counts, self.row_counts)
        return nearest(units, units, self.neighbours, range(len(self.names)))

    @cached_property
    def tags(self) -> Sparse:
        """Return rows × (classification, group), 1 where a row belongs."""
        found = {
            (at, f"{kind}:{name}")
            for kind, named in self.groups.items()
            for at, name in enumerate(named)
            if name
        }
        numbers = {tag: at for at, tag in enumerate(sorted({tag for _, tag in found}))}
        pairs = sorted((at, numbers[tag]) for at, tag in found)
        return known_ways.indicator(pairs, (len(self.names), len(numbers)))
