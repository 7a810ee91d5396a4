"""Tells what the ranking stands on: the place reckoned for, complexity, and the back-test."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from chaintwin.application.chain.wording import LISTED
from chaintwin.application.complexity.backtest import Backtest
from chaintwin.application.complexity.indices import Complexity
from chaintwin.application.complexity.space import Absent, Ground, Space, measure_eci
from chaintwin.application.direction.answers import (
    BacktestOut,
    ComplexityOut,
    GroundOut,
    MethodOut,
)
from chaintwin.application.direction.figures import say_gap
from chaintwin.application.direction.segments import Survey
from chaintwin.application.shown import Bilingual, Figure, FigureInput, both, say_number, weakest
from chaintwin.kit.clock import calendar_day

# Share of drawn sets of provinces that must agree.
_SURE = 0.95
_METHODS: Mapping[str, tuple[str, str]] = {
    "relatedness": ("相关度", "Relatedness"),
    "size": ("对照：地区规模", "Control: size of the place"),
    "popularity": ("对照：全国热度", "Control: popularity"),
    "gravity": ("对照：规模×热度", "Control: size × popularity"),
    "gravity_relatedness": ("规模×热度×相关度", "Size × popularity × relatedness"),
}


def show_ground(found: Survey, ground: Ground) -> GroundOut:
    """Say for which place relatedness was reckoned, and on how many firms."""
    reader = found.reader
    is_own = ground.place.prefix == found.site.place.prefix
    firms = {one.firm.body: one for one in ground.stands}
    cited = [one.cited for one in firms.values()]
    name, here = ground.place.name, found.site.place.name
    least = say_number(found.rates["least_firms"])
    own = both(
        f"相关度按{name}的 {ground.firms} 家上市公司计。",
        f"Relatedness rests on the {ground.firms} listed firms of {name}.",
    )
    around = both(
        f"{here}的上市公司不足 {least} 家，相关度按所在的{name}（{ground.firms} 家）计；"
        "补链价值、上游、地块仍按本区。",
        f"{here} has fewer than {least} listed firms: relatedness rests on {name} around it "
        f"({ground.firms} firms); value, inputs and parcels are those of the region itself.",
    )
    return GroundOut(
        region=ground.place.code,
        name=name,
        firms=Figure(
            value=ground.firms,
            text=both(f"{ground.firms} 家", f"{ground.firms} firms"),
            formula=both("计算所在地有据可查的上市公司数", "listed firms of the place on record"),
            facts=reader.citer.refs(cited),
            facts_total=len(cited),
            basis=weakest([one.held.basis for one in cited]),
            population=LISTED,
            as_of=reader.view.valid_at,
        ),
        is_own=is_own,
        says=own if is_own else around,
    )


def show_complexity(found: Survey, complexity: Complexity) -> ComplexityOut:
    """Return the region's ECI with a warning where the order of complexity is shaky."""
    spectrum, least = complexity.spectrum, found.rates["least_gap"]
    ground = found.ground
    eci = None if isinstance(ground, Absent) else measure_eci(complexity, ground.present)
    known = complexity.eci[~np.isnan(complexity.eci)]
    is_close = spectrum.is_close(least)
    shown = say_number(eci)
    gap = f"{spectrum.gap * 100:.1f}%"
    steady = both(
        f"第二、第三特征值相差 {gap}，复杂度的名次可用。",
        f"The second and third eigenvalue differ by {gap}: the order of complexity holds.",
    )
    return ComplexityOut(
        eci=Figure(
            value=eci,
            text=both(shown, shown if eci is not None else "unknown"),
            formula=both(
                "ECI=已有活动 PCI 的平均，各省平均为 0、标准差为 1",
                "ECI = mean PCI of what is here; mean 0 and deviation 1 over the provinces",
            ),
            inputs=[
                FigureInput(name=both("省数", "provinces"), value=len(known)),
                FigureInput(
                    name=both("第二特征值", "second eigenvalue"), value=round(spectrum.second, 4)
                ),
                FigureInput(
                    name=both("第三特征值", "third eigenvalue"), value=round(spectrum.third, 4)
                ),
            ],
            population=LISTED,
            as_of=found.reader.view.valid_at,
        ),
        rank=None if eci is None else int((known > eci + 1e-9).sum()) + 1,
        of=len(known),
        second=spectrum.second,
        third=spectrum.third,
        gap=spectrum.gap,
        is_close=is_close,
        parts=complexity.parts,
        says=say_gap(spectrum.gap) if is_close else steady,
    )


def show_backtest(space: Space, tested: Backtest) -> BacktestOut:
    """Return how each method did, and say whether relatedness beat the control."""
    return BacktestOut(
        since=space.since,
        methods=[
            MethodOut(
                code=one.method,
                title=both(*_METHODS[one.method]),
                precision=one.precision,
                low=one.low,
                high=one.high,
                hit=one.hit,
                wins=one.wins,
            )
            for one in tested.tried
        ],
        pairs=tested.pairs,
        arrivals=tested.arrivals,
        places=tested.places,
        base=tested.base,
        k=tested.k,
        says=_verdict(space, tested),
    )


def _verdict(space: Space, tested: Backtest) -> Bilingual:
    own, control = tested.of("relatedness").precision, tested.of("gravity").precision
    joint = tested.of("gravity_relatedness").precision
    day = calendar_day(space.since).isoformat()
    zh = (
        f"用 {day} 之前的上市公司预测之后 {tested.places} 个省 {tested.arrivals} 项新进入："
        f"平均精度 相关度 {own:.3f}，对照 {control:.3f}，两者相乘 {joint:.3f}，"
        f"随便猜 {tested.base:.3f}。按今天的业务归类，此后转行、退市的企业无法还原。"
    )
    en = (
        f"Listed firms before {day} against {tested.arrivals} later entries into {tested.places} "
        f"provinces: average precision {own:.3f} by relatedness, {control:.3f} by the control, "
        f"{joint:.3f} by both, {tested.base:.3f} by guessing. Firms count by what they do today: "
        "who changed trade or was delisted since cannot be told. "
    )
    zh_end, en_end = _compare(tested.of("relatedness").wins)
    return both(zh + zh_end, en + en_end)


def _compare(wins: float) -> tuple[str, str]:
    """Better or worse only where nearly every drawn set of provinces says so."""
    if wins >= _SURE:
        return "相关度优于对照。", "Relatedness does better than the control."
    if wins <= 1 - _SURE:
        return (
            "单看相关度不如对照，请把对照名次一并看。",
            "Relatedness alone does worse than the control: look at its rank too.",
        )
    return (
        "样本太少，相关度与对照分不出高下。",
        "Too few entries to tell relatedness from the control.",
    )
