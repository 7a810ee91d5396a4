"""Chains as graphs: links, their inputs, and how much hangs on each link. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from chaintwin.application.chain.answers import Criticality
from chaintwin.twin.state import BodyState, Held


@dataclass(frozen=True, slots=True)
class Link:
    """A link 环节; `code` is unique within its chain, `chain` the code of that chain."""

    body: int
    chain: str
    code: str
    state: BodyState

    @property
    def zh(self) -> str:
        """Return the Chinese title."""
        return self.state.name

    @property
    def en(self) -> str:
        """Return the English title, the Chinese one while there is none."""
        return str(self.state.one("english_name") or self.state.name)

    @property
    def stage(self) -> str:
        """Return the code of its stage."""
        return str(self.state.one("stage") or "")

    @property
    def order(self) -> float:
        """Return its place in the chain."""
        return float(self.state.one("order") or 0)

    def texts(self, attribute: str) -> list[str]:
        """Return the values of an attribute as texts."""
        return [str(held.value) for held in self.state.all(attribute) if held.value is not None]


@dataclass(frozen=True, slots=True)
class Input:
    """A link takes another as its input 上游投入; `share` of cost is None where unknown."""

    supplier: int
    buyer: int
    criticality: Criticality
    share: float | None
    held: Held


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain with its links in order."""

    body: int
    code: str
    state: BodyState
    links: Sequence[Link]


@dataclass(frozen=True, slots=True)
class Importance:
    """How much hangs on a link: links that cannot do without it, links reached downstream."""

    essential_buyers: int
    reach: int
    most_essential: int
    most_reach: int

    def score(self, settings: Mapping[str, float]) -> float:
        """Return 0–1 by the weights `essential_buyers` and `reach` of the scorecard gap."""
        essential = self.essential_buyers / self.most_essential if self.most_essential else 0.0
        reach = self.reach / self.most_reach if self.most_reach else 0.0
        return settings["essential_buyers"] * essential + settings["reach"] * reach


@dataclass(frozen=True, slots=True)
class Graph:
    """All chains with every input between links."""

    chains: Mapping[str, Chain]
    links: Mapping[int, Link]
    inputs: Mapping[int, Sequence[Input]] = field(default_factory=dict)  # by buyer
    buyers: Mapping[int, Sequence[Input]] = field(default_factory=dict)  # by supplier
    importance: Mapping[int, Importance] = field(default_factory=dict)


def make_graph(chains: Iterable[Chain], inputs: Iterable[Input]) -> Graph:
    """Tie links and inputs together; inputs that name no known link are left out."""
    by_code = {chain.code: chain for chain in chains}
    links = {link.body: link for chain in by_code.values() for link in chain.links}
    taken: dict[int, list[Input]] = defaultdict(list)
    bought: dict[int, list[Input]] = defaultdict(list)
    for one in inputs:
        if one.supplier in links and one.buyer in links:
            taken[one.buyer].append(one)
            bought[one.supplier].append(one)
    found: dict[int, Importance] = {}
    for chain in by_code.values():
        found.update(measure_importance([link.body for link in chain.links], bought))
    return Graph(by_code, links, dict(taken), dict(bought), found)


def measure_importance(
    links: Sequence[int], buyers: Mapping[int, Sequence[Input]]
) -> dict[int, Importance]:
    """Count, for the links of one chain, essential buyers and all links reached downstream."""
    essential = {
        link: len({one.buyer for one in buyers.get(link, ()) if one.criticality == "essential"})
        for link in links
    }
    reach = {link: len(_reached(link, buyers)) for link in links}
    most = (max(essential.values(), default=0), max(reach.values(), default=0))
    return {link: Importance(essential[link], reach[link], *most) for link in links}


def measure_presence(
    buyers: Sequence[Input], present: Mapping[int, int], settings: Mapping[str, float]
) -> float:
    """Return the share (0–1) of buying links with local firms, weighted by criticality."""
    total = sum(settings[one.criticality] for one in buyers)
    here = sum(settings[one.criticality] for one in buyers if present.get(one.buyer, 0) > 0)
    return here / total if total else 0.0


def _reached(link: int, buyers: Mapping[int, Sequence[Input]]) -> set[int]:
    reached: set[int] = set()
    waiting = [link]
    while waiting:
        for one in buyers.get(waiting.pop(), ()):
            if one.buyer not in reached and one.buyer != link:
                reached.add(one.buyer)
                waiting.append(one.buyer)
    return reached
