"""Turns what was measured of a link into figures that open to formula, inputs and facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chaintwin.application.chain.graph import Input
from chaintwin.application.chain.picture import Attachment
from chaintwin.application.chain.reader import Reader
from chaintwin.application.chain.standing import Measured, size_measure
from chaintwin.application.chain.wording import LISTED
from chaintwin.application.complexity.space import Absent
from chaintwin.application.shown import (
    Bilingual,
    Cited,
    Figure,
    FigureInput,
    both,
    say_number,
    weakest,
)


@dataclass(frozen=True, slots=True)
class Figures:
    """Shows the figures of one measured link."""

    reader: Reader
    one: Measured

    def all(self) -> dict[str, Figure]:
        """Return every figure of the link by name."""
        return {
            "firms": self.firms(),
            "weight": self.weight(),
            "lq": self.lq(),
            "share": self.share(),
            "beside": self.beside(),
            "hhi": self.hhi(),
            "related": self.related(),
            "imports": self.imports(),
            "coverage": self.coverage(),
            "importance": self.importance(),
            "priority": self.priority(),
        }

    def firms(self) -> Figure:
        """Count the local firms with sufficient evidence."""
        found = self.one.standing
        inputs = [
            self._counted(
                "证据足够的本地企业", "local firms, evidence sufficient", self.one.sides.here
            ),
            self._counted(
                "待核的本地企业", "local firms to be checked", self.one.sides.here_recalled
            ),
            self._counted(
                "省内市县未知的企业",
                "firms not placed within the province",
                self.one.sides.unplaced,
            ),
        ]
        return self._figure(
            float(found.firms),
            both(f"{found.firms} 家", f"{found.firms} firms"),
            both(
                "挂接依据足够（非回忆、置信度达标）的本地企业数；待核企业另计，不单独决定判定",
                "local firms whose attachment is evidenced; firms to be checked are counted apart",
            ),
            inputs,
            cited=self._cited(self.one.sides.here),
            unit="家",
        )

    def weight(self) -> Figure:
        """Sum the known revenue shares of the local firms on the link."""
        value = self.one.weight
        known = [one for one in self.one.sides.here if one.weight is not None]
        return self._figure(
            value,
            both(say_number(value), say_number(value) if value is not None else "unknown"),
            both(
                "Σ 本地企业在本环节的收入占比（只计已知者）",
                "Σ known shares of revenue on the link",
            ),
            [self._counted("占比已知的企业", "firms with a known share", known)],
            cited=self._cited(known),
        )

    def lq(self) -> Figure:
        """Return the location quotient against the nation."""
        here, all_here, nation, everyone = self.one.listed
        value = self.one.standing.lq
        return self._figure(
            value,
            both(say_number(value), say_number(value) if value is not None else "unknown"),
            both("(a÷b)÷(c÷d)", "(a ÷ b) ÷ (c ÷ d)"),
            [
                _plain("a 本地本环节上市公司", "a listed firms on the link here", here),
                _plain("b 本地上市公司", "b listed firms here", all_here),
                _plain("c 全国本环节上市公司", "c listed firms on the link nation-wide", nation),
                _plain("d 全国上市公司", "d listed firms nation-wide", everyone),
            ],
            cited=self._cited(self._listed()),
            population=LISTED,
        )

    def share(self) -> Figure:
        """Return the share of the nation's listed firms on the link."""
        value = self.one.share
        text = "未知" if value is None else f"{value * 100:.1f}%"
        return self._figure(
            value,
            both(text, "unknown" if value is None else text),
            both("a÷c", "a ÷ c"),
            [
                _plain(
                    "a 本地本环节上市公司", "a listed firms on the link here", self.one.listed[0]
                ),
                _plain("c 全国本环节上市公司", "c on the link nation-wide", self.one.listed[2]),
            ],
            cited=self._cited(self._listed()),
            population=LISTED,
        )

    def hhi(self) -> Figure:
        """Return the concentration of local suppliers, at least its lower bound."""
        value, firms = self.one.standing.hhi, self.one.standing.firms
        measure = size_measure(self.reader.picture, self.one.sides.here)
        low = 1 / firms if firms and value is None else None
        text = both(say_number(value), say_number(value) if value is not None else "unknown")
        if low is not None:
            text = both(f"不低于 {say_number(low)}（规模未知）", f"at least {say_number(low)}")
        figure = self._figure(
            value,
            text,
            both(
                "HHI=Σ（规模÷规模合计）²；规模未全知时只给下限 1÷n",
                "Σ(size ÷ total)²; else ≥ 1 ÷ n",
            ),
            [
                _plain("供应商数 n", "suppliers n", firms),
                FigureInput(name=both("规模口径", "measure of size"), value=measure),
            ],
            cited=self._sizes(measure),
        )
        return figure.model_copy(update={"low": low, "high": 1.0 if low is not None else None})

    def beside(self) -> Figure:
        """Return the share here against the mean share of two or more peers."""
        value, beside = self.one.standing.beside, self.one.beside
        peers = [
            _plain(f"{peer.name}{zh}", f"{en} of {peer.name}", count)
            for peer, counts in zip(beside.peers, beside.listed or (), strict=False)
            for (zh, en), count in zip(_LISTED_OF, counts, strict=True)
        ]
        text = both(say_number(value), say_number(value) if value is not None else "unknown")
        return self._figure(
            value,
            text,
            both(
                "（本地本环节上市公司数÷本地上市公司数）÷对标区该比例的平均；"
                "对标区为同级中本链企业最多的两个，不足两个为未知",
                "(listed firms on the link here ÷ listed firms here) ÷ mean of that share in the "
                "two peers with most firms on the chain; unknown with fewer peers",
            ),
            [
                _plain("本地本环节上市公司", "listed firms on the link here", self.one.listed[0]),
                _plain("本地上市公司", "listed firms here", self.one.listed[1]),
                *peers,
            ],
            cited=self._cited(self._listed()),
            population=LISTED,
        )

    def related(self) -> Figure:
        """Return the place of the link's relatedness among all links."""
        value, ground = self.one.standing.related, self.one.beside.ground
        formula = both(
            "相关度密度 ω 高于多少比例的环节（哈佛口径）",
            "share of links with a lower relatedness density (Harvard's convention)",
        )
        if isinstance(ground, Absent):
            return self._figure(None, ground.why, formula, [])
        text = both("未知：没有上市公司从事它", "unknown: no listed firm does it")
        inputs = []
        if value is not None and self.one.beside.column is not None:
            shown = f"{value * 100:.0f}%"
            text = both(shown, shown)
            density = float(ground.density[self.one.beside.column])
            inputs = [
                _plain("ω", "ω", round(density, 4)),
                FigureInput(
                    name=both("按其上市公司计", "by listed firms of"), value=ground.place.name
                ),
            ]
        cited = [one.cited for one in ground.stands]
        return self._figure(value, text, formula, inputs, cited=cited, population=LISTED)

    def imports(self) -> Figure:
        """Return import dependence as it is stated of the link."""
        held, value = self.one.link.state.held("import_dependence"), self.one.standing.imports
        text = "未知" if value is None else f"{value * 100:.0f}%"
        cited = (
            []
            if held is None
            else [
                Cited(
                    self.one.link.body,
                    "import_dependence",
                    held,
                    f"{self.one.link.zh} 进口依赖 {text}",
                )
            ]
        )
        return self._figure(
            value,
            both(text, "unknown" if value is None else text),
            both("图谱或来源所述的进口依赖度", "import dependence as a source states it"),
            [],
            cited=cited,
        )

    def coverage(self) -> Figure:
        """Return the declared coverage of the link's industries in the region."""
        value = self.one.standing.coverage
        picture = self.reader.picture
        inputs, bases, populations = [], [], []
        for code, declared in self.one.coverage:
            held = picture.declared_by[declared.number] if declared else None
            refs = []
            if declared and held:
                says = f"{declared.population} 覆盖率 {say_number(declared.share)}"
                refs = [self.reader.citer.ref(Cited(declared.source, "coverage", held, says))]
                bases.append(held.basis)
                populations.append(declared.population)
            inputs.append(
                FigureInput(
                    name=both(f"行业 {code or '*'}", f"industry {code or '*'}"),
                    value=declared.share if declared else None,
                    facts=refs,
                    facts_total=len(refs),
                )
            )
        figure = self._figure(
            value,
            both(say_number(value), say_number(value) if value is not None else "not declared"),
            both(
                "各行业取来源中最高的声明，多个行业取最低；有一个行业未声明即为未知",
                "highest statement per industry, lowest over industries; unknown if one lacks",
            ),
            inputs,
        )
        named = "、".join(dict.fromkeys(populations))
        return figure.model_copy(
            update={
                "basis": weakest(bases) if bases else "derived",
                "demo": self.one.is_demo,
                "facts": [ref for one in inputs for ref in one.facts],
                "population": both(named, named) if named else None,
            }
        )

    def importance(self) -> Figure:
        """Return how much hangs on the link in the graph of inputs."""
        found = self.one.importance
        return self._figure(
            self.one.score,
            both(say_number(self.one.score), say_number(self.one.score)),
            self._gap_formula(),
            [
                _plain(
                    "以其为必需投入的环节",
                    "links that cannot do without it",
                    found.essential_buyers,
                ),
                _plain("本链最大", "largest in the chain", found.most_essential),
                _plain("下游波及环节", "links reached downstream", found.reach),
                _plain("本链最大波及", "largest reach in the chain", found.most_reach),
            ],
            cited=self.edges(self.reader.picture.graph.buyers.get(self.one.link.body, ())),
        )

    def priority(self) -> Figure:
        """Return what closing the gap changes."""
        return self._figure(
            self.one.priority,
            both(say_number(self.one.priority, 3), say_number(self.one.priority, 3)),
            self._gap_formula(),
            [
                _plain("关键性 K", "importance K", round(self.one.score, 4)),
                _plain("下游在地率 P", "downstream presence P", round(self.one.presence, 4)),
                _plain(
                    "离不开它的本地环节", "local links that need it", len(self.one.essential_here)
                ),
            ],
            cited=self.edges(self.one.essential_here),
        )

    def edges(self, inputs: Iterable[Input]) -> list[Cited]:
        """Return the facts that say which link buys which."""
        links = self.reader.picture.graph.links
        return [
            Cited(
                one.buyer,
                "input",
                one.held,
                f"{links[one.buyer].zh} 投入 {links[one.supplier].zh}"
                f"（{_CRITICALITY[one.criticality]}）",
            )
            for one in inputs
        ]

    def _gap_formula(self) -> Bilingual:
        card = self.reader.gap_card
        return both(card.formula["zh"], card.formula["en"])

    def _listed(self) -> list[Attachment]:
        firms = self.reader.picture.firms
        return [one for one in self.one.sides.here if firms[one.firm].is_listed]

    def _sizes(self, measure: str | None) -> list[Cited]:
        if measure is None:
            return []
        firms = [self.reader.picture.firms[one.firm] for one in self.one.sides.here]
        return [
            Cited(firm.body, measure, held, f"{firm.name} {held.value}{held.unit or ''}")
            for firm in firms
            if (held := firm.state.held(measure)) is not None
        ]

    def _cited(self, attached: Iterable[Attachment]) -> list[Cited]:
        return [cite_attachment(self.reader, one) for one in attached]

    def _counted(self, zh: str, en: str, attached: Sequence[Attachment]) -> FigureInput:
        return FigureInput(
            name=both(zh, en),
            value=len(attached),
            facts=self.reader.citer.refs(self._cited(attached)),
            facts_total=len(attached),
        )

    def _figure(
        self,
        value: float | None,
        text: Bilingual,
        formula: Bilingual,
        inputs: list[FigureInput],
        *,
        cited: Sequence[Cited] = (),
        unit: str | None = None,
        population: Bilingual | None = None,
    ) -> Figure:
        return Figure(
            value=value,
            text=text,
            unit=unit,
            formula=formula,
            inputs=inputs,
            facts=self.reader.citer.refs(cited),
            facts_total=len(cited),
            basis=weakest([one.held.basis for one in cited]),
            population=population,
            as_of=self.reader.view.valid_at,
        )


_LISTED_OF = (
    ("本环节上市公司", "listed firms on the link"),
    ("的上市公司", "listed firms"),
)
_CRITICALITY = {"essential": "必需", "important": "重要", "minor": "次要"}


def cite_attachment(reader: Reader, one: Attachment) -> Cited:
    """Return the fact by which a firm stands on a link."""
    picture = reader.picture
    link = picture.graph.links.get(one.link)
    place = link.zh if link else "环节"
    return Cited(one.firm, "link", one.held, f"{picture.firms[one.firm].name} 位于 {place}")


def _plain(zh: str, en: str, value: float) -> FigureInput:
    return FigureInput(name=both(zh, en), value=value)
