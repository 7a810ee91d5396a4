"""The figures of a purchase list: sums, shares, with formula and facts."""

from __future__ import annotations

from collections.abc import Sequence

from chaintwin.application.anchors.core import LocalShare, Side, Sum, add_up
from chaintwin.application.anchors.gather import Line, are_lists_hidden
from chaintwin.application.chain.reader import Reader
from chaintwin.application.shown import (
    Bilingual,
    Cited,
    Figure,
    FigureInput,
    both,
    say_number,
    weakest,
)

SIDE_TITLES: dict[Side, tuple[str, str]] = {
    "local": ("本地采购", "Bought here"),
    "elsewhere": ("外地采购", "Bought elsewhere"),
    "unknown": ("来源未知", "Supplier or place unknown"),
}
# Said in place of "no purchase list" to a reader who may not know whether there is one.
HIDDEN = ("采购清单对您的账号不可见", "purchase lists are not visible to your account")
_MONEY = "万元"


def amount_figure(reader: Reader, lines: Sequence[Line]) -> Figure:
    """Return the yearly amount of some lines; unknown, with a lower bound, where one lacks it."""
    total = add_up([one.bought for one in lines])
    cited = cite_amounts(lines)
    return Figure(
        value=total.value,
        low=total.known,
        text=_say_amount(total),
        unit=_MONEY,
        formula=both("各采购项年采购额之和", "sum of the yearly amounts of the lines"),
        inputs=_inputs(total),
        facts=reader.citer.refs(cited),
        facts_total=len(cited),
        basis=weakest([one.held.basis for one in cited]),
        as_of=reader.view.valid_at,
    )


def _say_amount(total: Sum) -> Bilingual:
    if total.known is None and total.lines:
        return both("未知", "unknown")
    known = say_number(total.known or 0.0, 1)
    if total.without:
        return both(
            f"未知，已知部分 {known} 万元", f"unknown, the known part is {known} (10 000 yuan)"
        )
    return both(f"{known} 万元", f"{known} (10 000 yuan)")


def _inputs(total: Sum) -> list[FigureInput]:
    return [
        FigureInput(name=both("采购项", "lines"), value=total.lines),
        FigureInput(name=both("其中金额未知", "without amount"), value=total.without),
    ]


def share_figure(reader: Reader, lines: Sequence[Line], share: LocalShare) -> Figure:
    """Return the local share by amount, with what stands in the way where it is unknown."""
    bought = [one.bought for one in lines]
    sums = {side: add_up(bought, side) for side in SIDE_TITLES}
    cited = cite_amounts(lines)
    return Figure(
        value=share.value,
        low=share.low,
        high=share.high,
        text=_say_share(share, add_up(bought), is_hidden=are_lists_hidden(reader)),
        formula=both(
            "本地采购率=供应商在本区的年采购额÷全部年采购额；任何一项金额未知即不计算，"
            "供应商所在地未知的计入区间",
            "local share = yearly amount bought from suppliers here ÷ all amounts; not told while "
            "any amount is unknown; suppliers of unknown place widen the interval",
        ),
        inputs=[
            FigureInput(name=both(f"{zh}（万元）", f"{en} (10 000 yuan)"), value=sums[side].known)
            for side, (zh, en) in SIDE_TITLES.items()
        ]
        + [FigureInput(name=both("金额未知的采购项", "lines without amount"),
                       value=add_up(bought).without)],
        facts=reader.citer.refs(cited),
        facts_total=len(cited),
        as_of=reader.view.valid_at,
    )  # fmt: skip


def _say_share(share: LocalShare, whole: Sum, *, is_hidden: bool) -> Bilingual:
    if share.value is not None:
        return both(f"{share.value * 100:.1f}%", f"{share.value * 100:.1f}%")
    if share.low is not None and share.high is not None:
        span = f"{share.low * 100:.1f}%–{share.high * 100:.1f}%"
        return both(f"未知，在 {span} 之间", f"unknown, between {span}")
    if not whole.lines:
        why = HIDDEN if is_hidden else ("没有采购清单", "no purchase list")
        return both(f"未知（{why[0]}）", f"unknown ({why[1]})")
    if not whole.without:
        return both("未知（金额合计为 0）", "unknown (the amounts add up to 0)")
    return both(
        f"未知（{whole.without} 项没有金额）", f"unknown ({whole.without} lines have no amount)"
    )


def line_share_figure(reader: Reader, lines: Sequence[Line]) -> Figure:
    """Return the share of lines bought here among those whose place is known."""
    counted = {side: sum(one.bought.side == side for one in lines) for side in SIDE_TITLES}
    placed = counted["local"] + counted["elsewhere"]
    value = counted["local"] / placed if placed else None
    shown = "未知" if value is None else f"{value * 100:.1f}%"
    cited = [cited for one in lines for cited in one.source.cited]
    return Figure(
        value=value,
        text=both(shown, "unknown" if value is None else shown),
        formula=both(
            "本地采购项数÷供应商所在地已知的采购项数",
            "lines bought here ÷ lines whose supplier's place is known",
        ),
        inputs=[
            FigureInput(name=both(*SIDE_TITLES[side]), value=count)
            for side, count in counted.items()
        ],
        facts=reader.citer.refs(cited),
        facts_total=len(cited),
        as_of=reader.view.valid_at,
    )


def cite_amounts(lines: Sequence[Line]) -> list[Cited]:
    """Return the facts that give the amounts of some lines."""
    return [
        Cited(one.state.body, "amount", held, f"{one.state.name} 年采购额 {held.value} 万元")
        for one in lines
        if (held := one.state.held("amount")) is not None
    ]
