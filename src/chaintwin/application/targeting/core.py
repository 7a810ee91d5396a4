"""Scores that add up: parts, totals, intervals, ranks, rivals, blocks. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal

from chaintwin.kit.problems import InputProblem

PARTS = ("gap", "fit", "revenue", "expansion", "ties", "location", "confidence", "risk")
_TENTH = Decimal("0.1")
_FULL = Decimal(100)


@dataclass(frozen=True, slots=True)
class Rate:
    """How much of a part's points a firm gets, 0–1; `value` None: no evidence.

    `low` and `high` bound what further evidence could make of it.
    """

    value: float | None
    low: float = 0.0
    high: float = 1.0

    @classmethod
    def known(cls, value: float) -> Rate:
        """Return a rate that rests on evidence."""
        held = min(1.0, max(0.0, value))
        return cls(held, held, held)


NO_EVIDENCE = Rate(None)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a score in points with one decimal; `points` None: no evidence."""

    code: str
    weight: Decimal
    rate: Rate
    points: Decimal | None
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Score:
    """Parts that sum exactly to the total, and the interval missing evidence leaves open."""

    parts: Sequence[Part]
    total: Decimal
    low: Decimal
    high: Decimal

    def part(self, code: str) -> Part:
        """Return one part."""
        return next(part for part in self.parts if part.code == code)


def score(rates: Mapping[str, Rate], weights: Mapping[str, Decimal]) -> Score:
    """Add the parts up; the deduction for risk stops at a total of 0."""
    gained = [_part(code, rates[code], weights[code]) for code in PARTS if code != "risk"]
    sums = [sum(known, Decimal(0)) for known in _columns(gained)]
    risk = _cap(_part("risk", rates["risk"], weights["risk"]), sums)
    parts = [*gained, risk]
    total = sum((part.points for part in parts if part.points is not None), Decimal(0))
    low = max(Decimal(0), sums[1] + risk.low)
    high = min(_FULL, sums[2] + risk.high)
    return Score(parts, total, min(low, total), max(high, total))


def _columns(parts: Sequence[Part]) -> tuple[list[Decimal], list[Decimal], list[Decimal]]:
    points = [part.points for part in parts if part.points is not None]
    return points, [part.low for part in parts], [part.high for part in parts]


def _part(code: str, rate: Rate, weight: Decimal) -> Part:
    points = None if rate.value is None else _points(weight, rate.value)
    ends = sorted((_points(weight, rate.low), _points(weight, rate.high)))
    return Part(code, weight, rate, points, *ends)


def _cap(risk: Part, sums: Sequence[Decimal]) -> Part:
    points = None if risk.points is None else max(risk.points, -sums[0])
    return Part(risk.code, risk.weight, risk.rate, points, risk.low, risk.high)


def _points(weight: Decimal, rate: float) -> Decimal:
    exact = weight * Decimal(str(round(rate, 6)))
    return exact.quantize(_TENTH, rounding=ROUND_HALF_EVEN) + Decimal(0)


def set_weights(published: Mapping[str, float], tried: Mapping[str, float]) -> dict[str, Decimal]:
    """Return the weights in use; the gaining parts are brought to 100 in tenths."""
    weights = {code: Decimal(str({**published, **tried}[code])) for code in PARTS}
    gaining = [code for code in PARTS if code != "risk"]
    total = sum((weights[code] for code in gaining), Decimal(0))
    if total <= 0 or any(weights[code] < 0 for code in gaining) or not -100 <= weights["risk"] <= 0:
        raise InputProblem(
            "权重须为非负数且不全为零，风险 risk 须在 -100 与 0 之间。请修改权重。",
            "Weights must not be negative nor all zero; risk lies between -100 and 0. Change them.",
        )
    scaled = {code: (weights[code] * _FULL / total).quantize(_TENTH) for code in gaining}
    largest = max(gaining, key=lambda code: scaled[code])
    scaled[largest] += _FULL - sum(scaled.values(), Decimal(0))
    return {**scaled, "risk": weights["risk"].quantize(_TENTH)}


def rank(scores: Mapping[int, Score], names: Mapping[int, str]) -> list[int]:
    """Return bodies by total, then by the lower end of the interval, then by name."""
    return sorted(
        scores, key=lambda body: (-scores[body].total, -scores[body].low, names[body], body)
    )


def rank_at(total: Decimal, others: Iterable[Decimal]) -> int:
    """Return the rank a total would have among others; ties go to the firm in question."""
    return 1 + sum(other > total for other in others)


@dataclass(frozen=True, slots=True)
class Difference:
    """What separates two scores: the part that weighs most and by how much."""

    total: Decimal
    part: str
    amount: Decimal


def compare(mine: Score, rival: Score) -> Difference:
    """Return the rival's total minus mine and the part that contributes most to it."""
    total = rival.total - mine.total
    sign = 1 if total >= 0 else -1
    gaps = {part.code: _held(rival.part(part.code)) - _held(part) for part in mine.parts}
    part = max(PARTS, key=lambda code: (sign * gaps[code], -PARTS.index(code)))
    return Difference(total, part, gaps[part])


def _held(part: Part) -> Decimal:
    return part.points if part.points is not None else Decimal(0)


@dataclass(frozen=True, slots=True)
class Said:
    """What a source says of a firm's standing: a text and when it became true and known."""

    number: int
    text: str
    valid_from: datetime | None
    known_from: datetime


_DENIALS = ("非", "无", "未", "不", "not ", "no ")


def find_block(said: Sequence[Said], words: Sequence[str], repaired: Sequence[str]) -> Said | None:
    """Return the statement that blocks a firm; one that was repaired later, or denied, does not."""
    for one in said:
        if not speaks_of(one.text, words) or speaks_of(one.text, repaired):
            continue
        if not any(speaks_of(later.text, repaired) and _is_later(later, one) for later in said):
            return one
    return None


def speaks_of(text: str, words: Sequence[str]) -> bool:
    """Tell whether a text says one of the words without denying it (非失信, 无异常)."""
    folded = text.casefold()
    for word in words:
        position = folded.find(word.casefold())
        before = folded[max(0, position - 4) : position] if position > 0 else ""
        if position >= 0 and not any(denial in before for denial in _DENIALS):
            return True
    return False


def _is_later(one: Said, other: Said) -> bool:
    if one.valid_from is not None and other.valid_from is not None:
        return one.valid_from > other.valid_from
    return one.known_from > other.known_from


def hit_rate(ranked: Mapping[str, Sequence[str]], truth: Mapping[str, set[str]], k: int) -> float:
    """Return the share of queries whose first k hold at least one true answer (hit@k)."""
    asked = [query for query in truth if truth[query]]
    hits = sum(bool(truth[query] & set(ranked.get(query, ())[:k])) for query in asked)
    return hits / len(asked) if asked else 0.0
