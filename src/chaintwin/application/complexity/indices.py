"""Economic complexity of places (ECI) and activities (PCI), and how firm their order is. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chaintwin.application.complexity.presence import Flags, Floats, find_parts
from chaintwin.kit.problems import InputProblem

# Below this two eigenvalues are one: any mixture of their vectors is as good as another.
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Spectrum:
    """The second and third eigenvalue of the matrix that ECI rests on, 0–1."""

    second: float
    third: float

    @property
    def gap(self) -> float:
        """Return the gap between the two as a share of the second."""
        return (self.second - self.third) / self.second

    def is_close(self, least: float) -> bool:
        """Tell whether the gap is under a threshold: small changes of data may turn the order."""
        return self.gap < least


@dataclass(frozen=True, slots=True)
class Complexity:
    """ECI by place, PCI by activity; NaN for what lies outside the largest part of the network."""

    eci: Floats
    pci: Floats
    spectrum: Spectrum
    parts: int


def measure_complexity(present: Flags) -> Complexity:
    """Return ECI and PCI as the second eigenvectors (Hidalgo & Hausmann 2009, Hausmann 2011).

    `present`: places × activities. ECI has mean 0 and deviation 1 over its places; PCI is on the
    same scale. Raises InputProblem where the two are not defined: the network falls apart, or the
    second eigenvalue is nought or the same as the third.
    """
    parts = find_parts(present)
    places, activities = _largest(parts, present)
    eci, pci, spectrum = _measure(present[np.ix_(places, activities)])
    return Complexity(_spread(eci, places), _spread(pci, activities), spectrum, len(parts))


def _largest(parts: list[tuple[Flags, Flags]], present: Flags) -> tuple[Flags, Flags]:
    """The one part that holds most places and most activities."""
    if not parts or min(part.sum() for part in parts[0]) < 2:
        raise InputProblem(
            "彼此相连的地区或活动不足两个，复杂度无从计算。请补充数据或降低 RCA 阈值。",
            "Fewer than two places or two activities are tied to one another, so complexity is "
            "not defined. Add data or lower the threshold of RCA.",
        )
    active = present.any(axis=1).sum(), present.any(axis=0).sum()
    if any(2 * part.sum() <= whole for part, whole in zip(parts[0], active, strict=True)):
        raise InputProblem(
            f"地区与活动分成互不相干的 {len(parts)} 块，没有一块占多数，复杂度无从比较。",
            f"Places and activities fall into {len(parts)} unrelated parts and none is a majority, "
            "so complexity cannot be compared.",
        )
    return parts[0]


def _measure(present: Flags) -> tuple[Floats, Floats, Spectrum]:
    diversity = present.sum(axis=1).astype(np.float64)
    ubiquity = present.sum(axis=0).astype(np.float64)
    whole = present / np.sqrt(diversity)[:, np.newaxis] / np.sqrt(ubiquity)
    # The smaller of the two Gram matrices has the same eigenvalues and costs far less.
    is_wide = len(diversity) <= len(ubiquity)
    values, vectors = np.linalg.eigh(whole @ whole.T if is_wide else whole.T @ whole)
    spectrum = Spectrum(float(values[-2]), float(values[-3]) if len(values) > 2 else 0.0)
    _check(spectrum)
    second = whole.T @ vectors[:, -2] if is_wide else vectors[:, -2]
    pci = second / np.sqrt(ubiquity)
    eci = (present @ pci) / diversity
    # The sign of an eigenvector is free: the more diverse side is the more complex one.
    if (diversity - diversity.mean()) @ (eci - eci.mean()) < 0:
        eci, pci = -eci, -pci
    mean, deviation = eci.mean(), eci.std()
    return (eci - mean) / deviation, (pci - mean) / deviation, spectrum


def _check(spectrum: Spectrum) -> None:
    if spectrum.second < _SAME:
        raise InputProblem(
            "各地区的活动完全相同，分不出复杂度高低。请换一种活动分类或提高 RCA 阈值。",
            "All places do the same, so none is more complex. Use finer activities or raise the "
            "threshold of RCA.",
        )
    if spectrum.gap < _SAME:
        raise InputProblem(
            "第二、第三特征值相等：复杂度的次序可以任意排列，不予给出。请补充数据。",
            "The second and third eigenvalue are equal: any order of complexity would be as good "
            "as another, so none is given. Add data.",
        )


def _spread(values: Floats, where: Flags) -> Floats:
    spread = np.full(len(where), np.nan)
    spread[where] = values
    return spread
