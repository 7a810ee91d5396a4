"""The score of an anchor firm: parts that add up, intervals where evidence lacks. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from math import log1p

from chaintwin.application.anchors.core import Bought, add_up, share_here
from chaintwin.application.targeting.core import NO_EVIDENCE, Part, Rate
from chaintwin.kit.problems import InputProblem

PARTS = ("size", "centrality", "pull", "embeddedness")
_TENTH = Decimal("0.1")
_FULL = Decimal(100)


@dataclass(frozen=True, slots=True)
class AnchorScore:
    """Parts that sum exactly to the total, and the interval missing evidence leaves open."""

    parts: Sequence[Part]
    total: Decimal
    low: Decimal
    high: Decimal


def score(rates: Mapping[str, Rate], weights: Mapping[str, Decimal]) -> AnchorScore:
    """Add the parts up; one without evidence scores nothing and widens the interval."""
    parts = [_part(code, rates[code], weights[code]) for code in PARTS]
    return AnchorScore(
        parts,
        sum((one.points for one in parts if one.points is not None), Decimal(0)),
        sum((one.low for one in parts), Decimal(0)),
        sum((one.high for one in parts), Decimal(0)),
    )


def _part(code: str, rate: Rate, weight: Decimal) -> Part:
    points = None if rate.value is None else _points(weight, rate.value)
    return Part(code, weight, rate, points, _points(weight, rate.low), _points(weight, rate.high))


def _points(weight: Decimal, rate: float) -> Decimal:
    exact = weight * Decimal(str(round(rate, 6)))
    return exact.quantize(_TENTH, rounding=ROUND_HALF_EVEN) + Decimal(0)


def set_weights(settings: Mapping[str, float]) -> dict[str, Decimal]:
    """Return the weights brought to 100 in tenths; raise InputProblem for none or negative ones."""
    weights = {code: Decimal(str(settings[code])) for code in PARTS}
    total = sum(weights.values(), Decimal(0))
    if total <= 0 or min(weights.values()) < 0:
        raise InputProblem(
            f"权重须为非负数且不全为零。请修改 {'、'.join(PARTS)}。",
            f"Weights must not be negative nor all zero. Change {', '.join(PARTS)}.",
        )
    scaled = {code: (one * _FULL / total).quantize(_TENTH) for code, one in weights.items()}
    scaled[max(PARTS, key=lambda code: scaled[code])] += _FULL - sum(scaled.values(), Decimal(0))
    return scaled


def rate_size(revenue: float | None, rates: Mapping[str, float]) -> Rate:
    """Rate a revenue in 万元 on a logarithmic scale; a negative one counts as none."""
    if revenue is None:
        return NO_EVIDENCE
    return Rate.known(log1p(max(0.0, revenue)) / log1p(rates["revenue_full"]))


def rate_centrality(firms: int, rates: Mapping[str, float]) -> Rate:
    """Rate how many firms known relations lead to; more may be unknown, so only the low end is."""
    if not firms:
        return NO_EVIDENCE
    value = min(1.0, firms / rates["ties_full"])
    return Rate(value, value, 1.0)


def rate_pull(lines: Sequence[Bought], rates: Mapping[str, float]) -> Rate:
    """Rate what is bought elsewhere by a purchase list; nothing is told without a list."""
    away, open_ = add_up(lines, "elsewhere"), add_up(lines, "unknown")
    if not lines or (away.lines and away.known is None):
        return NO_EVIDENCE
    full = rates["pull_full"]
    value = min(1.0, (away.known or 0.0) / full)
    most = min(1.0, ((away.known or 0.0) + (open_.known or 0.0)) / full)
    high = 1.0 if away.without or open_.without else most
    return Rate(value if _is_placed(lines) else None, value, high)


def rate_embeddedness(lines: Sequence[Bought], here: int, placed: int) -> Rate:
    """Rate the local share by amount; without amounts, firms here among those in relations."""
    share = share_here(lines)
    if share.low is not None and share.high is not None and _is_placed(lines):
        return Rate(share.low, share.low, share.high)
    return Rate.known(here / placed) if placed else NO_EVIDENCE


def _is_placed(lines: Sequence[Bought]) -> bool:
    """Tell whether it is known of any line where it is bought."""
    return any(line.side != "unknown" for line in lines)
