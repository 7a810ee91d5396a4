"""How much an industry needs what another one makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chaintwin.kit.problems import InputProblem

NEGLIGIBLE, NOTICED, ESSENTIAL = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Criticality:
    """By supplying sector (rows) and buying one (columns): 2 essential, 1 noticed, 0 negligible.

    Essential inputs bind production; noticed ones lessen it in proportion; negligible ones do not.
    """

    codes: tuple[str, ...]
    matrix: NDArray[np.int8]

    def __post_init__(self) -> None:
        size = len(self.codes)
        if self.matrix.shape != (size, size) or not np.isin(self.matrix, (0, 1, 2)).all():
            raise InputProblem(
                f"关键度矩阵应为 {size}×{size}，每格为 0、1 或 2；得到 {self.matrix.shape}。",
                f"The criticality matrix must be {size}×{size} of 0, 1 or 2; "
                f"it is {self.matrix.shape}.",
            )

    def numbers(self, codes: Sequence[str]) -> NDArray[np.int64]:
        """Return the sector number of each code, -1 where the matrix does not have it."""
        known: Mapping[str, int] = {code: number for number, code in enumerate(self.codes)}
        return np.array([known.get(code, -1) for code in codes], np.int64)
