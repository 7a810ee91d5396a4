"""Refuses supply networks that mean nothing, and says which firms are at fault and the way out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from chaintwin.kit.problems import InputProblem

_SHOWN = 5
# Revenue and sales come from different books; a trace of rounding is no contradiction.
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Label:
    """Names firms in messages: by the names given, else by number from 0."""

    names: Sequence[str] | None = None

    def __call__(self, firms: NDArray[np.int64]) -> str:
        """List the first few of these firms."""
        shown = [self.names[i] if self.names else f"#{i}" for i in firms[:_SHOWN].tolist()]
        return ", ".join(shown) + (" …" if len(firms) > _SHOWN else "")


def sector_numbers(sector: ArrayLike, sectors: int, label: Label) -> NDArray[np.int32]:
    """Return each firm's sector; refuse fewer than two firms and sectors that do not exist."""
    given = np.asarray(sector)
    if given.ndim != 1 or len(given) < 2:
        raise InputProblem(
            f"供应网络至少要有两家企业，现有 {given.size} 家。请补充企业和供应关系。",
            f"A supply network needs two firms or more; {given.size} given. Add firms and links.",
        )
    numbers = _whole(given)
    wrong = np.flatnonzero((numbers < 0) | (numbers >= sectors))
    if len(wrong):
        raise InputProblem(
            f"{len(wrong)} 家企业没有行业或行业不存在：{label(wrong)}。请补上行业代码。",
            f"{len(wrong)} firms have no sector or an unknown one: {label(wrong)}. "
            "State their industry.",
        )
    return numbers.astype(np.int32)


def flows(
    links: tuple[ArrayLike, ArrayLike, ArrayLike], firms: int, label: Label
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return suppliers, customers and volumes of links that carry something; refuse nonsense."""
    supplier, customer = _whole(np.asarray(links[0])), _whole(np.asarray(links[1]))
    volume = np.asarray(links[2], dtype=np.float64)
    if not (supplier.shape == customer.shape == volume.shape and volume.ndim == 1):
        raise InputProblem(
            f"供应方、采购方、金额的个数不同：{supplier.shape}、{customer.shape}、{volume.shape}。"
            "请逐行给出三项。",
            f"Suppliers, customers and volumes differ in number: {supplier.shape}, "
            f"{customer.shape}, {volume.shape}. Give all three for each link.",
        )
    _known(supplier, customer, firms)
    _sensible(supplier, volume, label)
    kept = volume > 0
    return supplier[kept], customer[kept], volume[kept]


def _whole(given: NDArray[np.generic]) -> NDArray[np.int64]:
    """Return numbers as whole ones; what is no whole number becomes -1: nothing has it."""
    if given.dtype.kind in "iu":
        return given.astype(np.int64)
    numbers = np.asarray(given, dtype=np.float64)
    usable = np.isfinite(numbers) & (numbers == np.round(numbers))
    return np.where(usable, numbers, -1).astype(np.int64)


def _known(supplier: NDArray[np.int64], customer: NDArray[np.int64], firms: int) -> None:
    ends = np.minimum(supplier, customer), np.maximum(supplier, customer)
    wrong = np.flatnonzero((ends[0] < 0) | (ends[1] >= firms))
    if len(wrong):
        rows = ", ".join(str(row + 1) for row in wrong[:_SHOWN].tolist())
        raise InputProblem(
            f"{len(wrong)} 条供应关系的一端不在企业名单里（第 {rows} 条）。"
            "请补充企业或删去这些关系。",
            f"{len(wrong)} links name a firm that is not listed (rows {rows}). "
            "Add the firms or drop the links.",
        )


def _sensible(supplier: NDArray[np.int64], volume: NDArray[np.float64], label: Label) -> None:
    wrong = np.flatnonzero(~np.isfinite(volume) | (volume < 0))
    if len(wrong):
        raise InputProblem(
            f"{len(wrong)} 条供应关系的金额为负或不是数，供应方：{label(supplier[wrong])}。"
            "退货请另记；金额未知的关系请先估算。",
            f"{len(wrong)} links have a negative volume or none; suppliers: "
            f"{label(supplier[wrong])}. Record returns apart; estimate unknown volumes first.",
        )


def no_loops(supplier: NDArray[np.int64], customer: NDArray[np.int64], label: Label) -> None:
    """Refuse firms that supply themselves."""
    loops = np.flatnonzero(supplier == customer)
    if len(loops):
        raise InputProblem(
            f"{len(loops)} 家企业向自己供货：{label(supplier[loops])}。"
            "企业内部周转不是供应关系，请删去。",
            f"{len(loops)} firms supply themselves: {label(supplier[loops])}. "
            "Turnover inside a firm is no supply; drop these links.",
        )


def amounts(given: ArrayLike, firms: int, label: Label, zh: str, en: str) -> NDArray[np.float64]:
    """Return one amount a firm; refuse another number of them, and negative or unknown ones."""
    found = np.asarray(given, dtype=np.float64)
    if found.shape != (firms,):
        raise InputProblem(
            f"{zh}要每家企业一个数：企业 {firms} 家，给出 {found.size} 个。",
            f"Give one {en} a firm: {firms} firms, {found.size} numbers.",
        )
    wrong = np.flatnonzero(~np.isfinite(found) | (found < 0))
    if len(wrong):
        raise InputProblem(
            f"{len(wrong)} 家企业的{zh}为负或不是数：{label(wrong)}。请更正；未知的请先估算。",
            f"{len(wrong)} firms have a negative {en} or none: {label(wrong)}. "
            "Correct it; estimate what is unknown first.",
        )
    return found


def only_one(final_demand: ArrayLike | None) -> None:
    """Refuse revenue and final demand together: one follows from the other."""
    if final_demand is not None:
        raise InputProblem(
            "营业收入与最终需求只能给一项：最终需求等于收入减去网络内销售。",
            "Give revenue or final demand, not both: final demand is revenue less sales inside.",
        )


def remainder(
    revenue: NDArray[np.float64], sales: NDArray[np.float64], label: Label
) -> NDArray[np.float64]:
    """Return what of the revenue is earned outside; refuse revenue that is below the sales."""
    wrong = np.flatnonzero(revenue < sales * (1 - _ROUNDING))
    if len(wrong):
        raise InputProblem(
            f"{len(wrong)} 家企业的营业收入低于它在网络内的销售额：{label(wrong)}。"
            "请核对单位和年份。",
            f"{len(wrong)} firms have less revenue than they sell inside the network: "
            f"{label(wrong)}. Check units and years.",
        )
    return np.maximum(revenue - sales, 0)


def connected(
    turnover: NDArray[np.float64], demand: NDArray[np.float64] | None, label: Label
) -> None:
    """Refuse firms with neither links nor demand: nothing could be said of them."""
    apart = np.flatnonzero((turnover if demand is None else turnover + demand) <= 0)
    if len(apart):
        raise InputProblem(
            f"{len(apart)} 家企业既没有供应关系，也没有营业收入：{label(apart)}。"
            "请补上关系或收入，或把它们移出网络。",
            f"{len(apart)} firms have neither links nor revenue: {label(apart)}. "
            "Give links or revenue, or take them out of the network.",
        )
