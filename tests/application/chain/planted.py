"""Makes chains with known answers: each link is planted as one kind, and nothing else fits it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from chaintwin.model.fact import Basis, Value

from ..world import HERE, THERE, World, link_key

OTHER = "440100"

KINDS = ("missing", "weak_firms", "weak_lq", "weak_beside", "weak_hhi", "weak_imports",
         "choke_none", "choke_one", "strong", "steady", "steady_beside", "unknown_coverage",
         "unknown_recalled")  # fmt: skip
EXPECTED = {
    "missing": "missing",
    "weak_firms": "weak",
    "weak_lq": "weak",
    "weak_beside": "weak",
    "weak_hhi": "weak",
    "weak_imports": "weak",
    "choke_none": "choke",
    "choke_one": "choke",
    "strong": "strong",
    "steady": "steady",
    "steady_beside": "steady",
    "unknown_coverage": "unknown",
    "unknown_recalled": "unknown",
}
# The rule of the scorecard that has to decide.
RULES = {kind: {"choke_none": "choke", "choke_one": "choke"}.get(kind, kind) for kind in KINDS} | {
    "steady_beside": "steady",
    "unknown_coverage": "coverage",
    "unknown_recalled": "to_check",
}
# Links that have evidenced local firms, and so would be harmed by a missing essential input.
_PRESENT = {"weak_firms", "weak_lq", "weak_beside", "weak_hhi", "weak_imports", "strong", "steady",
            "steady_beside", "choke_one"}  # fmt: skip
_CHOKED = {"choke_none", "choke_one"}


@dataclass(frozen=True, slots=True)
class Crowd:
    """Firms of one link: local listed, local unlisted, local recalled, listed elsewhere.

    `beside`: listed in each of two peer regions. `sizes`: revenue of the unlisted ones, if known.
    """

    listed: int = 0
    unlisted: int = 0
    recalled: int = 0
    elsewhere: int = 0
    beside: int = 0
    sizes: tuple[int, ...] = ()


_CROWDS: Mapping[str, Crowd] = {
    "missing": Crowd(elsewhere=3),
    "weak_firms": Crowd(unlisted=1, elsewhere=1),
    "weak_lq": Crowd(unlisted=3, elsewhere=60),
    "weak_beside": Crowd(listed=2, beside=12),
    "weak_hhi": Crowd(unlisted=3, elsewhere=1, sizes=(960, 20, 20)),
    "weak_imports": Crowd(unlisted=2, elsewhere=1),
    "choke_none": Crowd(elsewhere=2),
    "choke_one": Crowd(listed=1, elsewhere=2),
    "strong": Crowd(listed=4, elsewhere=3),
    "steady": Crowd(unlisted=3, elsewhere=1),
    # Far fewer firms than each of the chain's leaders, yet about as large a share of its own.
    "steady_beside": Crowd(listed=4, beside=17),
    "unknown_coverage": Crowd(elsewhere=2),
    "unknown_recalled": Crowd(recalled=2, elsewhere=2),
}


def plant(world: World, seed: int, size: int) -> dict[str, str]:
    """Build a chain of `size` links; return the planted kind of each."""
    random = Random(seed)
    kinds = [KINDS[index % len(KINDS)] for index in range(size)]
    random.shuffle(kinds)
    world.add_chain()
    world.cover(HERE, "C36", 0.9)
    codes = [f"l{index:03}" for index in range(size)]
    needs = _inputs(random, codes, kinds)
    with world.together():
        for code, kind in zip(codes, kinds, strict=True):
            industry = "9999" if kind == "unknown_coverage" else "3670"
            world.add_link(code, f"部件{code}", industry=industry, inputs=needs[code])
            if kind == "weak_imports":
                link = link_key(f"test/{code}")
                world.say(link, "import_dependence", Value(number=Decimal("0.8")))
            _add_firms(world, code, _CROWDS[kind])
        for index in range(234):
            world.add_firm(
                f"旁观{index}公司",
                region=HERE if index < 34 else _elsewhere(index),
                stock=f"9{index:05}.SZ",
            )
    world.attach()
    return dict(zip(codes, kinds, strict=True))


def _inputs(random: Random, codes: list[str], kinds: list[str]) -> dict[str, dict[str, str]]:
    """Only choke points are essential to a present link; all other edges cannot break a chain."""
    kind_of = dict(zip(codes, kinds, strict=True))
    needs: dict[str, dict[str, str]] = {code: {} for code in codes}
    sure = [code for code in codes if kind_of[code] in ("strong", "steady", "weak_lq")]
    for supplier in codes:
        if kind_of[supplier] in _CHOKED:
            needs[random.choice(sure)][supplier] = "essential"
        for buyer in random.sample(codes, 3):
            if buyer == supplier or supplier in needs[buyer]:
                continue
            harmless = kind_of[buyer] not in _PRESENT or kind_of[supplier] in ("strong", "steady")
            needs[buyer][supplier] = "essential" if harmless else "important"
    return needs


def _elsewhere(index: int) -> str:
    """Spread over so many regions that none of them has enough firms to be a peer."""
    return f"5{index % 5}{1 + index % 20:02}00"


def _add_firms(world: World, code: str, crowd: Crowd) -> None:
    product = [f"{code}用部件{code}"]
    for index in range(crowd.listed):
        world.add_firm(f"{code}本地上市{index}", product, region=HERE, stock=f"L{code}{index}")
    for index in range(crowd.unlisted):
        firm = world.add_firm(f"{code}本地{index}", product, region=HERE)
        if crowd.sizes:
            world.say(firm, "revenue", Value(number=Decimal(crowd.sizes[index])))
    for index in range(crowd.recalled):
        world.add_firm(f"{code}待核{index}", product, region=HERE, basis=Basis.RECALLED)
    for index in range(crowd.elsewhere):
        name, stock = f"{code}外地{index}", f"E{code}{index}"
        world.add_firm(name, product, region=_elsewhere(index), stock=stock)
    for index in range(crowd.beside):
        for peer in (THERE, OTHER):
            name, stock = f"{code}对标{peer}{index}", f"B{code}{peer}{index}"
            world.add_firm(name, product, region=peer, stock=stock)
