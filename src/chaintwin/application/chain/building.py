"""Proposes links and inputs that a chain may lack, each with evidence, for a person to accept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, Literal

from chaintwin.application.chain.assigning import Assigner, Guess
from chaintwin.application.chain.decided import show_decisions
from chaintwin.application.chain.doubts import assigner_of
from chaintwin.application.chain.graph import Graph, Link
from chaintwin.application.chain.overview import link_title
from chaintwin.application.chain.pending import ProposalList, ProposalOut
from chaintwin.application.chain.reader import Reader
from chaintwin.application.shown import Bilingual, Cited, both, cite
from chaintwin.kit.chinese import name_key
from chaintwin.model.content import content_folder, read_yaml
from chaintwin.model.fact import Fact

What = Literal["input", "link"]


@dataclass(frozen=True, slots=True)
class Trust:
    """How far triples of a kind can be trusted, by what experts judged of them."""

    version: str
    relations: Mapping[str, str]
    judged: int
    correct: int
    accept: float
    not_ends: Sequence[str]
    dropped: Sequence[str]

    @property
    def confidence(self) -> float:
        """Return the mean of what the judged share leaves open (rule of succession)."""
        return (self.correct + 1) / (self.judged + 2)

    @property
    def interval(self) -> tuple[float, float]:
        """Return the 95 % interval of the share of correct triples."""
        return share_interval(self.correct, self.judged)

    def takes(self, head: str, relation: str, tail: str) -> bool:
        """Tell whether a triple speaks of trades or products: no projects, no markets."""
        ends = (head, tail)
        return relation in self.relations and not any(
            name.endswith(tuple(self.not_ends)) or not self.shorten(name) for name in ends
        )

    def shorten(self, name: str) -> str:
        """Return a name without the words that only say that it is a trade (行业, 产业)."""
        for word in self.dropped:
            name = name.removesuffix(word)
        return name


def share_interval(correct: int, judged: int, z: float = 1.96) -> tuple[float, float]:
    """Return the interval of a share (Wilson, J. Am. Stat. Assoc. 22, 1927), 0 to 1 of none."""
    if not judged:
        return 0.0, 1.0
    share = correct / judged
    middle = (share + z * z / (2 * judged)) / (1 + z * z / judged)
    half = z * sqrt(share * (1 - share) / judged + z * z / (4 * judged**2)) / (1 + z * z / judged)
    return max(0.0, middle - half), min(1.0, middle + half)


def load_trust() -> Trust:
    """Return what the content folder says of triples."""
    return Trust(**read_yaml(content_folder() / "assigning" / "trust.yml"))


@dataclass(frozen=True, slots=True)
class Triple:
    """One thing stands above another in a chain, by a fact."""

    supplier: str
    buyer: str
    fact: Any


@dataclass(frozen=True, slots=True)
class Proposal:
    """An input between two links, or a new link `name` that supplies one, with its evidence."""

    what: What
    supplier: int | None
    buyer: int
    name: str
    confidence: float
    evidence: Sequence[Triple]


def propose(
    triples: Iterable[Triple], graph: Graph, assigner: Assigner, trust: Trust
) -> list[Proposal]:
    """Return what the triples speak of and the chains lack, the surest first. Pure."""
    told: dict[tuple[What, int | None, int, str], list[tuple[float, Triple]]] = defaultdict(list)
    for one in triples:
        supplier, buyer = trust.shorten(one.supplier), trust.shorten(one.buyer)
        for goal in _sure(assigner, buyer):
            chain = graph.links[goal.link].chain
            sources = [guess for guess in _sure(assigner, supplier)
                       if graph.links[guess.link].chain == chain]  # fmt: skip
            for source in sources:
                if source.link != goal.link and not _is_input(graph, source.link, goal.link):
                    chance = trust.confidence * goal.probability * source.probability
                    told["input", source.link, goal.link, ""].append((chance, one))
            if not sources and not _may_be(assigner, supplier, graph, chain):
                chance = trust.confidence * goal.probability
                told["link", None, goal.link, supplier].append((chance, one))
    found = [_merge(key, evidence) for key, evidence in told.items()]
    return sorted(found, key=lambda one: (-one.confidence, -len(one.evidence), one.buyer, one.name))


def _sure(assigner: Assigner, name: str) -> list[Guess]:
    return [one for one in assigner.guess(name) if one.probability >= assigner.model.upper]


def _may_be(assigner: Assigner, name: str, graph: Graph, chain: str) -> bool:
    """Tell whether a name may well be a link of the chain already."""
    return any(
        graph.links[one.link].chain == chain and one.probability >= assigner.model.lower
        for one in assigner.guess(name)
    )


def _is_input(graph: Graph, supplier: int, buyer: int) -> bool:
    return any(one.supplier == supplier for one in graph.inputs.get(buyer, ()))


def _merge(
    key: tuple[What, int | None, int, str], told: Sequence[tuple[float, Triple]]
) -> Proposal:
    """Join what says the same; facts of one source are not independent, so the surest counts."""
    what, supplier, buyer, name = key
    facts = {one.fact.id: one for _, one in told}
    return Proposal(
        what, supplier, buyer, name, max(chance for chance, _ in told), list(facts.values())
    )


def read_triples(reader: Reader, trust: Trust) -> list[Triple]:
    """Read what sources say stands above what; a pair told both ways round says nothing."""
    found = [fact for kind in ("Concept", "Company")
             for fact in reader.view.stated(kind, "relation")
             if fact.ref is not None and _relation(fact) in trust.relations]  # fmt: skip
    bodies = {body for fact in found for body in (fact.body, fact.ref) if body is not None}
    names = {state.body: state.name for state in reader.view.named(sorted(bodies))}
    triples = []
    for fact in found:
        head, tail = names.get(fact.body, ""), names.get(fact.ref or 0, "")
        if fact.body in reader.picture.firms or not trust.takes(head, _relation(fact), tail):
            continue
        above, below = (head, tail) if trust.relations[_relation(fact)] == "above" else (tail, head)
        triples.append(Triple(above, below, fact))
    told = {(name_key(one.supplier), name_key(one.buyer)) for one in triples}
    return [one for one in triples if (name_key(one.buyer), name_key(one.supplier)) not in told]


def _relation(fact: Fact) -> str:
    return str(fact.data.get("relation", "")) if isinstance(fact.data, dict) else ""


def find_proposals(reader: Reader) -> list[Proposal]:
    """Return what all chains may lack, the surest first."""
    trust = load_trust()
    return reader.keep(
        "proposals",
        lambda: propose(
            read_triples(reader, trust), reader.picture.graph, assigner_of(reader), trust
        ),
    )


def list_proposals(reader: Reader, chain: str, page: tuple[int, int]) -> ProposalList:
    """List what a chain may lack, without what one's office has accepted or declined."""
    links = {link.body for link in reader.chain(chain).links}
    trust = load_trust()
    found = find_proposals(reader)
    declined = _declined(reader, links)
    mine = [one for one in found if one.buyer in links and key_of(reader, one) not in declined]
    limit, offset = page
    return ProposalList(
        items=[_show(reader, one, trust) for one in mine[offset : offset + limit]],
        total=len(mine),
        limit=limit,
        offset=offset,
        chain=chain,
        decided=show_decisions(reader, sorted(links)),
        trust=_tell_trust(trust),
        accept=trust.accept,
        as_of=reader.view.valid_at,
    )


def _tell_trust(trust: Trust) -> Bilingual:
    low, high = (round(100 * end) for end in trust.interval)
    return both(
        f"专家核对同类关系，{trust.correct} 条正确，共 {trust.judged} 条"
        f"（95 % 区间 {low}–{high} %；筛选规则按同一批定）。新环节是否属于本链未经衡量。",
        f"Experts found {trust.correct} such triples correct of {trust.judged} "
        f"(95 % interval {low}–{high} %; what is left out was chosen on the same ones). "
        "Whether a new link belongs in the chain was never measured.",
    )


def _declined(reader: Reader, links: Iterable[int]) -> set[str]:
    held = reader.view.slices("ChainLink", ("declined",), sorted(links))
    return {str(one.key) for state in held for one in state.all("declined")}


def key_of(reader: Reader, one: Proposal) -> str:
    """Return what names a proposal: the same evidence tomorrow names it the same.

    Links are named with their chain, for chains share codes of links.
    """
    links = reader.picture.graph.links
    supplier = _full(links[one.supplier]) if one.supplier is not None else name_key(one.name)
    return f"{one.what}|{supplier}|{_full(links[one.buyer])}"


def _full(link: Link) -> str:
    return f"{link.chain}/{link.code}"


def _show(reader: Reader, one: Proposal, trust: Trust) -> ProposalOut:
    links = reader.picture.graph.links
    supplier = links[one.supplier] if one.supplier is not None else None
    buyer = links[one.buyer]
    title = link_title(supplier) if supplier else both(one.name, one.name)
    least = one.confidence / trust.confidence * trust.interval[0]
    return ProposalOut(
        key=key_of(reader, one),
        what=one.what,
        supplier=supplier.code if supplier else None,
        supplier_title=title,
        buyer=buyer.code,
        buyer_title=link_title(buyer),
        confidence=round(one.confidence, 4),
        least=round(least, 4),
        # Nothing measures whether what a triple names belongs in the chain as a link.
        trusted=one.what == "input" and least >= trust.accept,
        told=len({triple.fact.id for triple in one.evidence}),
        evidence=reader.citer.refs(
            [_cite(triple) for triple in sorted(one.evidence, key=lambda held: held.fact.id)]
        ),
    )


def _cite(one: Triple) -> Cited:
    return cite(one.fact, f"{one.supplier} 在 {one.buyer} 的上游 upstream")
