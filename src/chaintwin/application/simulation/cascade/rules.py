"""By which rules a cascade is reckoned."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from chaintwin.kit.problems import InputProblem

Mode = Literal["fixed-point", "diem2022"]
_EPS = {"fixed-point": 1e-3, "diem2022": 1e-2}


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a cascade.

    `fixed-point` reckons where losses come to rest, to within `eps` of the score (and 1e-9), and
    says within what bound; it needs final demand or revenue, since without it all upstream losses
    grow to 1.
    `diem2022` repeats Diem et al. 2022 (Sci. Rep. 12:7719) with its known faults: sales inside the
    network stand for output, it stops when no firm changed by more than `eps`, and a sector without
    any production left counts as if it had 1 unit. `substitution`: the loss of a small producer is
    partly made good by the others of its sector.
    """

    mode: Mode = "fixed-point"
    substitution: bool = True
    eps: float | None = None

    def __post_init__(self) -> None:
        if self.mode not in _EPS:
            raise InputProblem(
                f"没有名为“{self.mode}”的级联模式。请用 fixed-point 或 diem2022。",
                f"There is no cascade mode “{self.mode}”. Use fixed-point or diem2022.",
            )
        if self.eps is not None and not (math.isfinite(self.eps) and 0 < self.eps < 1):
            raise InputProblem(
                f"阈值 eps 应在 0 与 1 之间，得到 {self.eps}。",
                f"The threshold eps lies between 0 and 1; {self.eps} given.",
            )

    @property
    def threshold(self) -> float:
        """Return eps, the mode's usual one unless another was given."""
        return _EPS[self.mode] if self.eps is None else self.eps

    @property
    def is_parity(self) -> bool:
        """Tell whether the published program is repeated with its faults."""
        return self.mode == "diem2022"
