"""Judges a link in a region from plain numbers. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from chaintwin.application.chain.answers import ActCode, VerdictCode

GAPS: tuple[VerdictCode, ...] = ("choke", "missing", "weak")
VERDICTS: tuple[VerdictCode, ...] = ("strong", "steady", "weak", "choke", "missing", "unknown")
TITLES: Mapping[VerdictCode, tuple[str, str]] = {
    "strong": ("强链", "Strong"),
    "steady": ("稳", "Steady"),
    "weak": ("弱链", "Weak"),
    "choke": ("断点", "Choke point"),
    "missing": ("缺链", "Missing"),
    "unknown": ("未知", "Unknown"),
}


# 强链 补链 延链 稳链: what a verdict asks for.
ACTS: Mapping[ActCode, tuple[str, str]] = {
    "strengthen": ("强链", "Strengthen"),
    "fill": ("补链", "Fill"),
    "extend": ("延链", "Extend"),
    "keep": ("稳链", "Keep steady"),
    "watch": ("暂不列", "Leave aside"),
    "open": ("待定", "Open"),
}
# Weak by these rules means that supply is there and could be lost.
_SHAKY = ("weak_hhi", "weak_imports")


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a link in a region; None is unknown.

    `expected`: how many listed firms the region would have on the link if it were like the nation.
    `beside`: the link's share of the listed firms here ÷ its mean share in two or more peers.
    `imports`: import dependence 0–1. `related`: share of links that are less related, 0–1.
    """

    firms: int
    recalled: int = 0
    unplaced: int = 0
    lq: float | None = None
    expected: float = 0.0
    hhi: float | None = None
    coverage: float | None = None
    essential_here: int = 0
    buyers_here: int = 0
    beside: float | None = None
    imports: float | None = None
    related: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict and the rule of the scorecard that decided."""

    code: VerdictCode
    rule: str


def judge(standing: Standing, settings: Mapping[str, float]) -> Verdict:
    """Apply the rules of the scorecard verdict, the first that fits decides."""
    if standing.coverage is None or standing.coverage < settings["coverage_needed"]:
        return Verdict("unknown", "coverage")
    if standing.firms == 0 and standing.recalled + standing.unplaced > 0:
        return Verdict("unknown", "to_check")
    if standing.essential_here > 0 and standing.firms <= settings["choke_most"]:
        return Verdict("choke", "choke")
    if standing.firms == 0:
        return Verdict("missing", "missing")
    return _judge_presence(standing, settings)


def _judge_presence(standing: Standing, settings: Mapping[str, float]) -> Verdict:
    weakness = next(_find_weaknesses(standing, settings), None)
    if weakness is not None:
        return Verdict("weak", weakness)
    enough = standing.firms >= settings["strong_firms"]
    spread = standing.hhi is None or standing.hhi <= settings["strong_hhi"]
    if enough and spread and standing.lq is not None and standing.lq >= settings["strong_lq"]:
        return Verdict("strong", "strong")
    return Verdict("steady", "steady")


def _find_weaknesses(standing: Standing, settings: Mapping[str, float]) -> Iterator[str]:
    """Yield the rules by which a link is weak, in the order of the scorecard."""
    if standing.firms < settings["needed_firms"]:
        yield "weak_firms"
    tells = standing.expected >= settings["lq_expected"]
    if tells and _is_below(standing.lq, settings["weak_lq"]):
        yield "weak_lq"
    if tells and _is_below(standing.beside, settings.get("weak_beside")):
        yield "weak_beside"
    if standing.hhi is not None and standing.hhi > settings["weak_hhi"]:
        yield "weak_hhi"
    if _is_imported(standing, settings):
        yield "weak_imports"


def _is_below(value: float | None, threshold: float | None) -> bool:
    """What is unknown, or has no threshold in this version, decides nothing."""
    return value is not None and threshold is not None and value < threshold


def _is_imported(standing: Standing, settings: Mapping[str, float]) -> bool:
    threshold = settings.get("weak_imports")
    if standing.imports is None or threshold is None:
        return False
    return standing.imports >= threshold and standing.firms < settings["strong_firms"]


def advise(verdict: Verdict, standing: Standing, settings: Mapping[str, float]) -> ActCode:
    """Return what a verdict asks for: 强链, 补链, 延链 or 稳链; open while it is unknown."""
    if verdict.code == "unknown":
        return "open"
    if verdict.code in ("strong", "steady"):
        return "strengthen" if verdict.code == "strong" else "keep"
    if verdict.code == "weak":
        return "keep" if verdict.rule in _SHAKY else "fill"
    if verdict.code == "choke" or standing.buyers_here:
        return "fill"
    least = settings.get("extend_related")
    if standing.related is None or least is None:
        return "open"
    return "extend" if standing.related >= least else "watch"


def judge_if_recalled(standing: Standing, settings: Mapping[str, float]) -> VerdictCode | None:
    """Return the verdict if firms still to be checked were true; None if it stays the same."""
    if not standing.recalled:
        return None
    # What recalled firms would do to LQ and concentration is not known either.
    fuller = replace(
        standing,
        firms=standing.firms + standing.recalled,
        recalled=0,
        unplaced=0 if standing.firms else standing.unplaced,
        lq=standing.lq if standing.firms else None,
    )
    code = judge(fuller, settings).code
    return None if code == judge(standing, settings).code else code


def location_quotient(here: int, all_here: int, nation: int, all_nation: int) -> float | None:
    """Return (here ÷ all here) ÷ (nation ÷ all of the nation); None where a base is empty."""
    if not all_here or not nation or not all_nation:
        return None
    return (here / all_here) / (nation / all_nation)


def compare_shares(
    here: int, all_here: int, beside: Sequence[tuple[int, int]] | None
) -> float | None:
    """Return (here ÷ all here) ÷ mean of (peer ÷ all of the peer); None where a base is empty.

    Shares, not counts: the peers are the chain's largest regions, and have more firms of any link.
    """
    if not all_here or not beside or not all(crowd for _, crowd in beside):
        return None
    mean = sum(firms / crowd for firms, crowd in beside) / len(beside)
    return here / all_here / mean if mean else None


def concentration(sizes: Sequence[float | None]) -> float | None:
    """Return the Herfindahl–Hirschman index 0–1; None unless every size is known and above 0."""
    if len(sizes) == 1:
        return 1.0
    known = [size for size in sizes if size is not None and size > 0]
    if not known or len(known) < len(sizes):
        return None
    total = sum(known)
    return sum((size / total) ** 2 for size in known)


@dataclass(frozen=True, slots=True)
class Declared:
    """A source declares what share of a population it covers; prefix "" is everywhere."""

    source: int
    prefix: str
    industry: str
    share: float
    population: str
    demo: bool
    number: int


_SECTIONS = (
    ("A", 1, 5), ("B", 6, 12), ("C", 13, 43), ("D", 44, 46), ("E", 47, 50), ("F", 51, 52),
    ("G", 53, 60), ("H", 61, 62), ("I", 63, 65), ("J", 66, 69), ("K", 70, 70), ("L", 71, 72),
    ("M", 73, 75), ("N", 76, 79), ("O", 80, 82), ("P", 83, 83), ("Q", 84, 85), ("R", 86, 90),
    ("S", 91, 96), ("T", 97, 97),
)  # fmt: skip


def section_of(code: str) -> str:
    """Return the section letter of a division-or-longer code of GB/T 4754-2017; "" if none."""
    number = int(code[:2]) if code[:2].isdigit() and len(code) >= 2 else 0
    return next((letter for letter, first, last in _SECTIONS if first <= number <= last), "")


def speaks_of(industry: str, code: str) -> bool:
    """Tell whether a statement about an industry (C36, 36, 3670, C, *) covers a class code."""
    if industry == "*":
        return True
    letter, digits = (industry[:1], industry[1:]) if industry[:1].isalpha() else ("", industry)
    if letter and letter.upper() != section_of(code):
        return False
    return bool(letter or digits) and code.startswith(digits)


def find_coverage(declared: Sequence[Declared], prefix: str, industry: str) -> Declared | None:
    """Return the statement that counts: per source the most exact one, over sources the highest."""
    best: dict[int, Declared] = {}
    for one in declared:
        if not prefix.startswith(one.prefix) or not speaks_of(one.industry, industry):
            continue
        held = best.get(one.source)
        if held is None or _exactness(one) > _exactness(held):
            best[one.source] = one
    return max(best.values(), key=lambda one: (one.share, not one.demo, -one.number), default=None)


def _exactness(one: Declared) -> tuple[int, int, float]:
    return len(one.prefix), len(one.industry.strip("*")), one.share
