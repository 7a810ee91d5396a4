"""Shows one candidate: parts, reasons, missing evidence, nearest rival."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from chaintwin.application.chain.scorecards import Scorecard
from chaintwin.application.shown import Bilingual, Citer, FactRef, both, place_of, say_number
from chaintwin.application.targeting.answers import (
    MissingOut,
    PartOut,
    ReasonOut,
    RivalOut,
    TargetRow,
)
from chaintwin.application.targeting.core import Difference, Part, Score, compare, rank_at
from chaintwin.application.targeting.gather import Candidate, Ground
from chaintwin.application.targeting.rates import Rated, place_name
from chaintwin.application.targeting.reasons import Reason, find_counter_reasons, find_reasons

_MOST_FACTS = 6
_ENOUGH_REASONS = 3
TITLES: Mapping[str, tuple[str, str]] = {
    "gap": ("缺口重要性", "Gap importance"),
    "fit": ("产品契合", "Product fit"),
    "revenue": ("收入占比", "Revenue share"),
    "expansion": ("扩张动向", "Expansion"),
    "ties": ("本地关联", "Local ties"),
    "location": ("区位与市场", "Location and market"),
    "confidence": ("数据可信", "Data confidence"),
    "risk": ("风险扣分", "Risk deduction"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """All candidates a row is compared with."""

    ground: Ground
    card: Scorecard
    scores: Mapping[int, Score]
    order: Sequence[int]
    names: Mapping[int, str]
    published: Mapping[int, int] | None


def show_row(field: Field, one: Candidate, rated: Mapping[str, Rated], citer: Citer) -> TargetRow:
    """Return a candidate's row."""
    body = one.firm.body
    held = field.scores[body]
    reasons = find_reasons(field.ground, one, rated)
    against = find_counter_reasons(field.ground, one, field.card.more)
    parts = [_part(part, rated[part.code], citer) for part in held.parts]
    shown = [_reason(reason, citer) for reason in reasons]
    shown_against = [_reason(reason, citer) for reason in against]
    cited = [ref for reason in (*shown, *shown_against) for ref in reason.facts]
    return TargetRow(
        rank=field.order.index(body) + 1,
        firm=one.firm.code,
        name=one.firm.name,
        short_name=one.firm.state.one("short_name"),
        stock=one.firm.state.one("stock"),
        region=place_of(one.firm.state),
        region_name=place_name(field.ground, one) or None,
        total=float(held.total),
        low=float(held.low),
        high=float(held.high),
        published_rank=field.published[body] if field.published else None,
        parts=parts,
        reasons=shown,
        counter_reasons=shown_against,
        missing=[*_missing(field, body, rated), *_too_few(len(reasons), len(against), field, body)],
        rival=_rival(field, body, one.firm.name),
        recalled=one.is_recalled,
        evaluation_only=any(ref.evaluation_only for ref in cited),
    )


def _part(part: Part, rated: Rated, citer: Citer) -> PartOut:
    return PartOut(
        code=part.code,
        title=both(*TITLES[part.code]),
        weight=float(part.weight),
        points=None if part.points is None else float(part.points),
        low=float(part.low),
        high=float(part.high),
        share=part.rate.value,
        how=rated.how,
        facts=citer.refs(rated.cited, _MOST_FACTS),
    )


def _reason(reason: Reason, citer: Citer) -> ReasonOut:
    facts: list[FactRef] = citer.refs(reason.cited, _MOST_FACTS)
    return ReasonOut(side=reason.side, part=reason.part, text=reason.text, facts=facts)


def _missing(field: Field, body: int, rated: Mapping[str, Rated]) -> Iterator[MissingOut]:
    held = field.scores[body]
    for part in held.parts:
        points = part.points or Decimal(0)
        if part.points is None or part.low != part.high:
            text = rated[part.code].how if part.points is None else _NOT_ALL_KNOWN
            yield _range(field, body, part.code, text, (part.low - points, part.high - points))


_NOT_ALL_KNOWN = both("尚有未知的信用状况", "the credit standing is not fully known")


def _too_few(reasons: int, against: int, field: Field, body: int) -> Iterator[MissingOut]:
    nothing = (Decimal(0), Decimal(0))
    if reasons < _ENOUGH_REASONS:
        text = both(
            f"证据不足：有据可查的理由只有 {reasons} 条",
            f"insufficient evidence: only {reasons} reasons can be evidenced",
        )
        yield _range(field, body, "fit", text, nothing)
    if not against:
        text = both(
            "证据不足：没有可据以提出反面理由的事实", "insufficient evidence for any counter-reason"
        )
        yield _range(field, body, "risk", text, nothing)


def _range(
    field: Field, body: int, part: str, text: Bilingual, change: tuple[Decimal, Decimal]
) -> MissingOut:
    total = field.scores[body].total
    others = [score.total for other, score in field.scores.items() if other != body]
    worst = rank_at(max(Decimal(0), total + change[0]), others)
    return MissingOut(
        part=part,
        text=text,
        low=float(change[0]),
        high=float(change[1]),
        best_rank=rank_at(min(Decimal(100), total + change[1]), others),
        worst_rank=worst,
    )


def _rival(field: Field, body: int, name: str) -> RivalOut | None:
    """The one just above; for the first, the one just below."""
    position = field.order.index(body)
    other = position - 1 if position else position + 1
    if other >= len(field.order):
        return None
    rival = field.order[other]
    found = compare(field.scores[body], field.scores[rival])
    return RivalOut(
        firm=field.ground.reader.picture.firms[rival].code,
        name=field.names[rival],
        rank=other + 1,
        difference=float(found.total),
        part=found.part,
        part_difference=float(found.amount),
        text=_say_rival(name, (other + 1, field.names[rival]), found, position > 0),
    )


def _say_rival(name: str, ranked: tuple[int, str], found: Difference, is_above: bool) -> Bilingual:
    rival, rival_en = f"第 {ranked[0]} 名 {ranked[1]}", f"number {ranked[0]}, {ranked[1]}"
    if not found.total:
        return both(
            f"{name} 与{rival}同分，先后由区间下限与名称决定；任何一分变动即改变名次",
            f"{name} has the same total as {rival_en}; any point more or less changes the rank",
        )
    zh, en = TITLES[found.part]
    gap, amount = say_number(abs(float(found.total)), 1), say_number(abs(float(found.amount)), 1)
    more, less = ("低", "少") if is_above else ("高", "多")
    more_en, less_en = ("below", "fewer") if is_above else ("above", "more")
    return both(
        f"{name} 比{rival} {more} {gap} 分，差距最大在{zh}（{less} {amount} 分）；"
        f"总分变动超过 {gap} 分名次即变",
        f"{name} is {gap} points {more_en} {rival_en}, most of all in {en} "
        f"({amount} points {less_en}); a change beyond {gap} points swaps them",
    )
