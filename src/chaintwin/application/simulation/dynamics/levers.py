"""What happens to firms in a scenario, and what policy does about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chaintwin.kit.problems import InputProblem


@dataclass(frozen=True, slots=True)
class Ways:
    """How firms behave; days throughout.

    Firms hold `stock_days` of every input and order what they use, plus `1 / restock_days` of what
    their stock lacks. Output is bound by the stock of inputs: with `tightness` 0 a stock may be
    used up within a day (Inoue & Todo 2019); with tightness p output falls as soon as a stock is
    below the part p of its target (ARIO, Hallegatte 2014). While demand exceeds capacity, capacity
    grows towards `most_capacity` times itself over `adaptation_days`, and back. Damage heals by
    1 / `recovery_days` of what is left of it each day, from `recovery_wait` days on.
    """

    stock_days: float = 10.0
    restock_days: float = 6.0
    tightness: float = 0.0
    most_capacity: float = 1.0
    adaptation_days: float = 365.0
    recovery_days: float = 30.0
    recovery_wait: int = 0

    def __post_init__(self) -> None:
        spans = self.stock_days, self.restock_days, self.adaptation_days, self.recovery_days
        if min(spans) < 1 or not 0 <= self.tightness <= 1 or self.most_capacity < 1:
            raise InputProblem(
                "天数应不小于 1，tightness 在 0 与 1 之间，most_capacity 不小于 1。请更正。",
                "Days are 1 or more, tightness lies between 0 and 1, most_capacity is 1 or more. "
                "Correct them.",
            )


@dataclass(frozen=True, slots=True)
class PowerLimit:
    """限电: from one day to another these firms may use only part of their capacity (0 to 1)."""

    firms: tuple[int, ...]
    share: float
    first_day: int = 0
    last_day: int = 1_000_000

    def __post_init__(self) -> None:
        _share("限电比例", "The power share", self.share)


@dataclass(frozen=True, slots=True)
class Stockpile:
    """储备: these firms hold so many days of every input more than usual, from the start."""

    firms: tuple[int, ...]
    more_days: float

    def __post_init__(self) -> None:
        if not self.more_days > 0:
            raise InputProblem(
                f"储备天数应大于 0，得到 {self.more_days}。",
                f"Days of a stockpile are above 0; {self.more_days} given.",
            )


@dataclass(frozen=True, slots=True)
class Subsidy:
    """补贴: these firms heal `faster` times as fast until `cap` is spent.

    What the subsidy adds to capacity costs `price` for each unit of daily output restored; `cap`
    and price are in the network's currency unit.
    """

    firms: tuple[int, ...]
    faster: float
    price: float
    cap: float

    def __post_init__(self) -> None:
        if not (self.faster > 1 and self.price > 0 and self.cap >= 0):
            raise InputProblem(
                "补贴的倍数应大于 1，单价大于 0，上限不小于 0。请更正。",
                "A subsidy is faster than 1, its price above 0, its cap not below 0. Correct it.",
            )


@dataclass(frozen=True, slots=True)
class Scenario:
    """`damage`: the share of capacity (0 to 1] that firms lose on the first day."""

    damage: Mapping[int, float] = field(default_factory=dict)
    power_limits: tuple[PowerLimit, ...] = ()
    stockpiles: tuple[Stockpile, ...] = ()
    subsidies: tuple[Subsidy, ...] = ()

    def __post_init__(self) -> None:
        for share in self.damage.values():
            _share("受损比例", "The damaged share", share)

    def check(self, firms: int) -> None:
        """Refuse firms that the network does not have."""
        levers: tuple[PowerLimit | Stockpile | Subsidy, ...] = (
            *self.power_limits,
            *self.stockpiles,
            *self.subsidies,
        )
        named = {*self.damage, *(firm for lever in levers for firm in lever.firms)}
        unknown = sorted(firm for firm in named if not 0 <= firm < firms)
        if unknown:
            raise InputProblem(
                f"网络里没有编号为 {unknown[0]} 的企业；编号从 0 到 {firms - 1}。",
                f"The network has no firm number {unknown[0]}; they run from 0 to {firms - 1}.",
            )


def _share(zh: str, en: str, share: float) -> None:
    if not 0 <= share <= 1:
        raise InputProblem(
            f"{zh}应在 0 与 1 之间，得到 {share}。", f"{en} lies between 0 and 1; {share} given."
        )
