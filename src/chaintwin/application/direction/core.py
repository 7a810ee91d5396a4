"""Scores of candidate segments: parts that add up, intervals where evidence lacks. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal

from chaintwin.kit.problems import InputProblem

PartCode = Literal["relatedness", "potential", "feasibility"]
PARTS: tuple[PartCode, ...] = ("relatedness", "potential", "feasibility")
_TENTH = Decimal("0.1")
_FULL = Decimal(100)


@dataclass(frozen=True, slots=True)
class Share:
    """One component of a part: its weight and its rate 0–1; None is unknown."""

    code: str
    weight: float
    rate: float | None


@dataclass(frozen=True, slots=True)
class Points:
    """A part in points with one decimal; `points` None: nothing of it is known."""

    code: PartCode
    weight: Decimal
    rate: float | None
    points: Decimal | None
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Score:
    """Parts that sum exactly to the total, and the interval that unknowns leave open."""

    parts: Sequence[Points]
    total: Decimal
    low: Decimal
    high: Decimal


def blend(shares: Sequence[Share]) -> tuple[float | None, float]:
    """Return the weighted rate of the known components, and the most unknown ones could add."""
    whole = sum(one.weight for one in shares)
    known = [one for one in shares if one.rate is not None]
    if not known or not whole:
        return None, 1.0
    rate = sum(one.weight * one.rate for one in known if one.rate is not None) / whole
    return rate, 1.0 - sum(one.weight for one in known) / whole


def score(parts: Mapping[PartCode, Sequence[Share]], weights: Mapping[PartCode, Decimal]) -> Score:
    """Add the parts up; what is unknown scores nothing and only raises the upper end."""
    made = [_points(code, weights[code], parts[code]) for code in PARTS]
    total = sum((one.points for one in made if one.points is not None), Decimal(0))
    return Score(
        made,
        total,
        sum((one.low for one in made), Decimal(0)),
        sum((one.high for one in made), Decimal(0)),
    )


def _points(code: PartCode, weight: Decimal, shares: Sequence[Share]) -> Points:
    rate, more = blend(shares)
    low = _tenths(weight, rate or 0.0)
    points = None if rate is None else low
    return Points(code, weight, rate, points, low, max(low, _tenths(weight, (rate or 0.0) + more)))


def _tenths(weight: Decimal, rate: float) -> Decimal:
    exact = weight * Decimal(str(round(min(1.0, rate), 6)))
    return exact.quantize(_TENTH, rounding=ROUND_HALF_EVEN)


def set_weights(settings: Mapping[str, float]) -> dict[PartCode, Decimal]:
    """Return the weights brought to 100 in tenths; raise InputProblem for none or negative ones."""
    weights = {code: Decimal(str(settings[code])) for code in PARTS}
    total = sum(weights.values(), Decimal(0))
    if total <= 0 or min(weights.values()) < 0:
        raise InputProblem(
            "权重须为非负数且不全为零。请修改 relatedness、potential、feasibility。",
            "Weights must not be negative nor all zero. Change relatedness, potential, "
            "feasibility.",
        )
    scaled = {code: (weight * _FULL / total).quantize(_TENTH) for code, weight in weights.items()}
    scaled[max(PARTS, key=lambda code: scaled[code])] += _FULL - sum(scaled.values(), Decimal(0))
    return scaled


def rank(scores: Mapping[str, Score], controls: Mapping[str, float]) -> list[str]:
    """Return segments by total, then lower end, then control, then name."""
    return sorted(
        scores,
        key=lambda one: (-scores[one].total, -scores[one].low, -controls.get(one, 0.0), one),
    )


def rank_by(values: Mapping[str, float]) -> dict[str, int]:
    """Return each one's place by a value, the highest first; equals share the better place."""
    ordered = sorted(values.values(), reverse=True)
    return {one: ordered.index(value) + 1 for one, value in values.items()}
