"""The plain guesses that a method has to beat: size, popularity, and the two together. Pure."""

from __future__ import annotations

import numpy as np

from chaintwin.application.complexity.presence import Floats


def measure_size(amounts: Floats) -> Floats:
    """Return for each place × activity how much the place does in all."""
    sizes: Floats = np.broadcast_to(amounts.sum(axis=1, keepdims=True), amounts.shape).copy()
    return sizes


def measure_popularity(amounts: Floats) -> Floats:
    """Return for each place × activity how much of the activity there is everywhere."""
    popular: Floats = np.broadcast_to(amounts.sum(axis=0, keepdims=True), amounts.shape).copy()
    return popular


def measure_gravity(amounts: Floats) -> Floats:
    """Return what each place would have were it like all: size × popularity ÷ everything."""
    total = amounts.sum()
    if not total:
        return np.zeros_like(amounts)
    gravity: Floats = measure_size(amounts) * measure_popularity(amounts) / total
    return gravity
