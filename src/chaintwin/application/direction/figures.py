"""Turns what a candidate was rated by into figures that open to formula, inputs and facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from chaintwin.application.chain.figures import Figures as LinkFigures
from chaintwin.application.chain.wording import LISTED, chain_title
from chaintwin.application.complexity.field import Stand
from chaintwin.application.complexity.space import Absent
from chaintwin.application.direction.answers import NearOut
from chaintwin.application.direction.segments import Segment, Survey
from chaintwin.application.shown import (
    Bilingual,
    Cited,
    Figure,
    FigureInput,
    both,
    say_number,
    weakest,
)
from chaintwin.kit.clock import calendar_day

TITLES: Mapping[str, tuple[str, str]] = {
    "relatedness": ("相关度", "Relatedness"),
    "potential": ("潜力", "Potential"),
    "feasibility": ("要素可行", "Feasibility"),
    "density": ("相关度密度 ω", "Relatedness density ω"),
    "pull": ("补链价值", "Value of closing the gap"),
    "momentum": ("全国新上市", "New listings nation-wide"),
    "depth": ("复杂度（PCI 百分位）", "Complexity (percentile of PCI)"),
    "inputs": ("本地已有上游", "Inputs present here"),
    "movers": ("外地可招企业", "Firms elsewhere"),
    "land": ("可供地块", "Parcels to be had"),
}
_NEAREST = 3
# A page holds some two hundred figures: each shows a few facts and tells how many there are.
_MOST_FACTS = 5


@dataclass(frozen=True, slots=True)
class SegmentFigures:
    """Shows the figures of one candidate."""

    found: Survey
    one: Segment

    def component(self, code: str) -> Figure:
        """Return the figure of one component."""
        makers: Mapping[str, Callable[[], Figure]] = {
            "density": self.density,
            "pull": self.pull,
            "momentum": self.momentum,
            "depth": self.depth,
            "inputs": self.inputs,
            "movers": self.movers,
            "land": self.land,
        }
        return makers[code]()

    def density(self) -> Figure:
        """Return relatedness density with what weighs most in it."""
        value, ground = self.found.density(self.one), self.found.ground
        if isinstance(ground, Absent):
            return self._figure(None, ground.why, _DENSITY)
        if value is None:
            return self._figure(None, _NOBODY, _DENSITY)
        near = self._near()
        inputs = [
            FigureInput(name=both(f"φ {title.zh}", f"φ {title.en}"), value=round(proximity, 4))
            for _, title, proximity, _ in near
        ]
        cited = [stand.cited for *_, stands in near for stand in stands]
        text = both(say_number(value, 3), say_number(value, 3))
        return self._figure(value, text, _DENSITY, inputs, cited, LISTED)

    def pull(self) -> Figure:
        """Return what closing the gap changes, as the chain room tells it."""
        assert self.one.measured is not None
        return LinkFigures(self.found.reader, self.one.measured).priority()

    def momentum(self) -> Figure:
        """Count the new listings of the nation."""
        coming = self.found.arrivals(self.one)
        year = calendar_day(self.found.space.since).year
        formula = both(
            f"{year} 年以来全国从事它的新上市企业数", f"firms that do it listed since {year}"
        )
        if coming is None:
            why = both("上市日期未知，装载上市公司清单后可知", "days of listing are unknown")
            return self._figure(None, why, formula)
        cited = [
            Cited(one.firm.body, "listed_on", held, f"{one.firm.name} {held.value} 上市")
            for one in coming
            if (held := one.firm.state.held("listed_on")) is not None
        ]
        text = both(f"{len(coming)} 家", f"{len(coming)} firms")
        return self._figure(len(coming), text, formula, (), cited, LISTED)

    def depth(self) -> Figure:
        """Return the place of the segment's PCI among all."""
        value = self.found.depth(self.one)
        complexity = self.found.space.complexity
        formula = both("PCI 高于多少比例的其他活动", "share of activities with a lower PCI")
        if isinstance(complexity, Absent):
            return self._figure(None, complexity.why, formula)
        if self.one.column is None or np.isnan(complexity.pci[self.one.column]):
            return self._figure(None, _NOBODY, formula)
        pci = float(complexity.pci[self.one.column])
        inputs = [FigureInput(name=both("PCI", "PCI"), value=round(pci, 4))]
        if value is None:
            return self._figure(None, say_gap(complexity.spectrum.gap), formula, inputs)
        shown = f"{value * 100:.0f}%"
        return self._figure(value, both(shown, shown), formula, inputs, (), LISTED)

    def inputs(self) -> Figure:
        """Return which of the link's inputs have local firms."""
        edges = self.found.inputs(self.one)
        here = [edge for edge in edges if self.found.present.get(edge.supplier)]
        assert self.one.measured is not None
        cited = LinkFigures(self.found.reader, self.one.measured).edges([*here, *edges])
        unique = list({one.held.fact: one for one in cited}.values())
        return self._figure(
            len(here) / len(edges),
            both(f"{len(here)} / {len(edges)} 项", f"{len(here)} of {len(edges)}"),
            both(
                "本地已有证据足够企业的上游投入数÷上游投入数",
                "inputs with local firms of sufficient evidence ÷ all inputs",
            ),
            [
                FigureInput(name=both("本地已有", "present here"), value=len(here)),
                FigureInput(name=both("上游投入", "inputs"), value=len(edges)),
            ],
            unique,
        )

    def movers(self) -> Figure:
        """Count the firms elsewhere that could come."""
        cited = self.found.movers(self.one)
        count = len({one.body for one in cited})
        formula = both("外地从事它且证据足够的企业数", "firms elsewhere with sufficient evidence")
        return self._figure(count, both(f"{count} 家", f"{count} firms"), formula, (), cited)

    def land(self) -> Figure:
        """Count the parcels that may be offered."""
        parcels, free = self.found.parcels, self.found.free
        formula = both("状态为“可供”的地块数", "parcels with status 可供 (to be had)")
        if not parcels:
            why = both("没有登记地块，登记后可知", "no parcel is on record here")
            return self._figure(None, why, formula)
        cited = [
            Cited(one.body, "status", held, f"{one.name} {held.value}")
            for one in [*free, *parcels]
            if (held := one.held("status")) is not None
        ]
        unique = list({one.held.fact: one for one in cited}.values())
        text = both(f"{len(free)} 宗", f"{len(free)} parcels")
        return self._figure(len(free), text, formula, (), unique)

    def control(self) -> Figure:
        """Return the firms expected here by size and popularity alone."""
        formula = both(
            "a×b÷c：规模与热度相同时应有的家数", "a × b ÷ c: expected by size and popularity alone"
        )
        ground, value = self.found.ground, self.found.expected(self.one)
        if isinstance(ground, Absent):
            return self._figure(None, ground.why, formula)
        if value is None or self.one.column is None:
            return self._figure(None, _NOBODY, formula)
        amounts = self.found.space.field.amounts
        numbers = (
            ("a 计算所在地上市公司家次", "a firms × activities of the place", len(ground.stands)),
            (
                "b 全国从事它的上市公司",
                "b listed firms that do it",
                amounts[:, self.one.column].sum(),
            ),
            ("c 全国上市公司家次", "c firms × activities nation-wide", amounts.sum()),
        )
        inputs = [FigureInput(name=both(zh, en), value=float(n)) for zh, en, n in numbers]
        cited = [one.cited for one in self.found.space.field.by_activity[self.one.key]]
        text = both(say_number(value), say_number(value))
        return self._figure(value, text, formula, inputs, cited, LISTED)

    def near(self) -> list[NearOut]:
        """Return what is here that stands nearest, with the firms that do it."""
        return [
            NearOut(
                segment=key,
                title=title,
                proximity=proximity,
                firms=self._figure(
                    len(stands),
                    both(f"{len(stands)} 家", f"{len(stands)} firms"),
                    both("计算所在地从事它的上市公司数", "listed firms of the place that do it"),
                    (),
                    [one.cited for one in stands],
                    LISTED,
                ),
            )
            for key, title, proximity, stands in self._near()
        ]

    def _near(self) -> list[tuple[str, Bilingual, float, list[Stand]]]:
        ground, space = self.found.ground, self.found.space
        if isinstance(ground, Absent) or isinstance(space.proximity, Absent):
            return []
        if self.one.column is None:
            return []
        weights = np.nan_to_num(space.proximity.matrix[:, self.one.column]) * ground.present
        weights[self.one.column] = 0.0
        field, found = space.field, []
        for column in np.argsort(-weights, kind="stable")[:_NEAREST]:
            if weights[column] > 0:
                key = field.activities[column]
                stands = [one for one in ground.stands if one.activity == key]
                found.append((key, self._title(key), float(weights[column]), stands))
        return found

    def _title(self, key: str) -> Bilingual:
        """Name an activity, with its chain where that is another than the candidate's."""
        title = self.found.space.field.titles.get(key) or both(key, key)
        chain, measured = key.partition("/")[0], self.one.measured
        if measured is None or measured.link.chain == chain:
            return title
        named = chain_title(self.found.reader.chain(chain))
        return both(f"{title.zh}（{named.zh}）", f"{title.en} ({named.en})")

    def _figure(
        self,
        value: float | None,
        text: Bilingual,
        formula: Bilingual,
        inputs: Sequence[FigureInput] = (),
        cited: Sequence[Cited] = (),
        population: Bilingual | None = None,
    ) -> Figure:
        basis = weakest([one.held.basis for one in cited])
        return Figure(
            value=value,
            text=text,
            formula=formula,
            inputs=list(inputs),
            facts=self.found.reader.citer.refs(cited, _MOST_FACTS),
            facts_total=len(cited),
            basis=basis,
            demo=basis == "demo",
            population=population,
            as_of=self.found.reader.view.valid_at,
        )


def say_gap(gap: float) -> Bilingual:
    """Say in plain words that the order of complexity cannot be trusted."""
    shown = f"{gap * 100:.1f}%"
    return both(
        f"第二、第三特征值只差 {shown}：数据稍有变动，复杂度的名次就可能翻转，故不计分",
        f"the second and third eigenvalue differ by {shown} only: a small change of data may turn "
        "the order of complexity, so it is not scored",
    )


_DENSITY = both(
    "ω=Σ与本地已有活动的邻近度÷Σ与全部活动的邻近度",
    "ω = Σ proximity to what is here ÷ Σ proximity to everything",
)
_NOBODY = both("没有上市公司从事它，无从比较", "no listed firm does it, so nothing can be compared")
