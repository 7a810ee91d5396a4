"""Which place does which activity: amounts, revealed comparative advantage, presence. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from chaintwin.kit.problems import InputProblem

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]


def check_amounts(amounts: Floats) -> None:
    """Raise InputProblem unless amounts (places × activities) can be compared with one another."""
    if amounts.ndim != 2 or not amounts.size:
        raise InputProblem(
            "没有可比较的数据：需要至少两个地区和两项活动的数量表。",
            "There is nothing to compare: a table of two or more places and activities is needed.",
        )
    if not np.isfinite(amounts).all() or (amounts < 0).any():
        raise InputProblem(
            "数量表中有负数或不是数的值。企业数、产值只能是零或正数，请更正来源。",
            "The table of amounts holds negative values or none at all. Correct its source.",
        )
    if not amounts.any():
        raise InputProblem(
            "数量表全为零：所选时点没有一个地区有记录。请先导入企业。",
            "All amounts are zero: nothing is on record of any place then. Import firms first.",
        )
    if (amounts.sum(axis=1) > 0).sum() < 2 or (amounts.sum(axis=0) > 0).sum() < 2:
        raise InputProblem(
            "只有一个地区或只有一项活动有数据，无从比较。请补充其他地区或活动的数据。",
            "Only one place or one activity has data, so nothing can be compared. Add others.",
        )


def measure_rca(amounts: Floats) -> Floats:
    """Return the revealed comparative advantage (Balassa 1965): share here ÷ share of all.

    `amounts`: places × activities, not negative. NaN where a place or an activity has nothing.
    """
    here, everywhere = amounts.sum(axis=1, keepdims=True), amounts.sum(axis=0, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        rca: Floats = (amounts / here) / (everywhere / amounts.sum())
    return rca


def find_present(amounts: Floats, *, rca_threshold: float) -> Flags:
    """Return where an activity counts as present: its RCA is at least the threshold."""
    rca = measure_rca(amounts)
    present: Flags = np.nan_to_num(rca, nan=-np.inf) >= rca_threshold
    return present


def has_some(present: Flags, axis: int) -> Flags:
    """Return which activities (axis 0) or places (axis 1) have any presence at all."""
    found: Flags = np.asarray(present.any(axis=axis))
    return found


def find_parts(present: Flags) -> list[tuple[Flags, Flags]]:
    """Return the parts of the network that share nothing, largest first, as places, activities.

    Places without any activity and activities without any place stand in no part.
    """
    parts = list(_parts(present))
    return sorted(parts, key=lambda part: -int(part[0].sum() + part[1].sum()))


def _parts(present: Flags) -> Iterator[tuple[Flags, Flags]]:
    left = has_some(present, 1)
    while left.any():
        places = np.zeros_like(left)
        places[np.argmax(left)] = True
        activities = has_some(present[places], 0)
        while True:
            wider = has_some(present[:, activities], 1)
            if (wider == places).all():
                break
            places, activities = wider, has_some(present[wider], 0)
        yield places, activities
        left = left & ~places
