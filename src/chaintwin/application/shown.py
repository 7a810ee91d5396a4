"""How a figure and the facts behind it are shown: formula, inputs, sources, both clocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import BaseModel, Field

from chaintwin.model.fact import Basis, Fact
from chaintwin.twin.state import BodyState, Held
from chaintwin.twin.store.sources import SourceRecord
from chaintwin.twin.view import TwinView

# A figure that rests on more facts than this shows the first ones and how many there are.
MOST_FACTS = 12


class Bilingual(BaseModel):
    """A text in Chinese and English."""

    zh: str
    en: str


class FactRef(BaseModel):
    """One fact behind a figure or reason; GET /api/v1/facts/{body}/{fact} opens it in full."""

    body: str = Field(description="孪生体编码 body code")
    fact: int = Field(description="事实编号 fact number")
    says: str = Field(description="这条事实说什么 what it says, in short")
    attribute: str = Field(description="属性 attribute")
    label: int = Field(description="密级 secrecy label")
    source: str = Field(description="来源 source")
    source_title: Bilingual = Field(description="来源名称 source title")
    basis: str = Field(description="依据 basis: matched, recalled, reported, derived, demo, ruled")
    confidence: int = Field(description="置信度 0–100 confidence")
    valid_from: datetime | None = Field(description="有效起 valid from; null: unknown")
    known_from: datetime = Field(description="记录起 known from")
    demo: bool = Field(description="示例 invented example")
    licence: str = Field(description="许可 licence")
    evaluation_only: bool = Field(description="仅供评估 for evaluation only, never in exports")


class FigureInput(BaseModel):
    """One input of a formula."""

    name: Bilingual
    value: float | str | None = Field(description="值 value; null: unknown")
    facts: list[FactRef] = Field(default_factory=list)
    facts_total: int = Field(default=0, description="事实总数 number of facts, shown or not")


class Figure(BaseModel):
    """A figure with its formula, inputs and the facts behind it; null is unknown, never zero."""

    value: float | None = Field(description="值 value; null: unknown")
    low: float | None = Field(default=None, description="下限 lower bound where not exact")
    high: float | None = Field(default=None, description="上限 upper bound where not exact")
    text: Bilingual = Field(description="可读文字 the value as a text")
    unit: str | None = Field(default=None, description="单位 unit")
    formula: Bilingual = Field(description="公式 formula")
    inputs: list[FigureInput] = Field(default_factory=list)
    facts: list[FactRef] = Field(default_factory=list)
    facts_total: int = Field(default=0, description="事实总数 number of facts, shown or not")
    basis: str = Field(default="derived", description="依据 weakest basis of its inputs")
    demo: bool = Field(default=False, description="示例 rests on an invented example")
    population: Bilingual | None = Field(default=None, description="统计总体 population")
    as_of: datetime = Field(description="截至 as of")


@dataclass(frozen=True, slots=True)
class Cited:
    """A held value and the body it is about, to be cited as a fact."""

    body: int
    attribute: str
    held: Held
    says: str


@dataclass(slots=True)
class Citer:
    """Turns held values into fact references within one request."""

    view: TwinView
    sources: Mapping[str, SourceRecord] = field(init=False)

    def __post_init__(self) -> None:
        self.sources = self.view.sources()

    def ref(self, cited: Cited) -> FactRef:
        """Return the reference of one held value."""
        held = cited.held
        source = self.sources.get(held.source)
        title = source.title if source else {}
        return FactRef(
            body=self.view.code(cited.body),
            fact=held.fact,
            says=cited.says,
            attribute=cited.attribute,
            label=int(held.label),
            source=held.source,
            source_title=Bilingual(
                zh=title.get("zh", held.source), en=title.get("en") or title.get("zh", held.source)
            ),
            basis=held.basis.name.lower(),
            confidence=held.confidence,
            valid_from=held.valid_from,
            known_from=held.known_from,
            demo=held.basis is Basis.DEMO,
            licence=source.licence if source else "none stated",
            evaluation_only=bool(source and source.evaluation_only),
        )

    def ref_of(self, fact: Fact, says: str) -> FactRef:
        """Return the reference of a full fact, also one that is not shown."""
        return self.ref(cite(fact, says))

    def refs(self, cited: Iterable[Cited], most: int = MOST_FACTS) -> list[FactRef]:
        """Return the references of the first values."""
        return [self.ref(one) for one, _ in zip(cited, range(most), strict=False)]


def cite(fact: Fact, says: str) -> Cited:
    """Return a full fact to be cited, also one that is not shown."""
    held = Held(
        fact=fact.id,
        key=fact.value_key,
        value=fact.value,
        ref=fact.ref,
        source=fact.source,
        tenant=fact.tenant,
        basis=fact.basis,
        confidence=fact.confidence,
        valid_from=fact.valid_from,
        precision=fact.precision.value,
        known_from=fact.known_from,
        label=fact.label,
        unit=fact.unit,
        data=fact.data,
    )
    return Cited(fact.body, fact.attribute, held, says)


def say_number(value: float | None, digits: int = 2) -> str:
    """Write a number plainly, without trailing zeros; 未知 when it is not known."""
    if value is None:
        return "未知"
    return f"{value:.{digits}f}".rstrip("0").rstrip(".") if digits else f"{value:.0f}"


def weakest(bases: Sequence[Basis]) -> str:
    """Return the weakest basis among the inputs of a derived figure."""
    for basis in (Basis.DEMO, Basis.RECALLED):
        if basis in bases:
            return basis.name.lower()
    return Basis.DERIVED.name.lower()


def both(zh: str, en: str) -> Bilingual:
    """Return a text in both languages."""
    return Bilingual(zh=zh, en=en)


def place_of(state: BodyState) -> str | None:
    """Return the most exact division code known of a body: region, else province."""
    code = state.one("region") or state.one("province")
    return None if code is None else str(code)
