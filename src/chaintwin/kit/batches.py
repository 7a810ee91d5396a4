"""Cuts streams into lists of bounded length."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def in_batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield lists of `size` items, the last one shorter."""
    stream = iter(items)
    while batch := list(islice(stream, size)):
        yield batch


def in_runs(
    items: Iterable[Item], size: int, key: Callable[[Item], object]
) -> Iterator[list[Item]]:
    """Yield lists of at least `size` items that never part neighbours with the same key."""
    batch: list[Item] = []
    for item in items:
        if len(batch) >= size and key(batch[-1]) != key(item):
            yield batch
            batch = []
        batch.append(item)
    if batch:
        yield batch
