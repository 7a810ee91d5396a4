"""Gathers what the twin holds of the candidates for a gap, in a handful of reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chaintwin.application.chain.graph import Input, Link
from chaintwin.application.chain.picture import Attachment, Firm
from chaintwin.application.chain.places import Place
from chaintwin.application.chain.reader import Reader
from chaintwin.application.chain.standing import Measured, count_present, measure_chain
from chaintwin.application.shown import Cited, cite
from chaintwin.model.fact import Basis, Fact
from chaintwin.twin.state import BodyState, Held


@dataclass(frozen=True, slots=True)
class Relation:
    """A stated relation between a firm and another body."""

    kind: str
    other: int
    cited: Cited


@dataclass(frozen=True, slots=True)
class Candidate:
    """A firm outside the region that stands on the link, with what speaks for and against it."""

    firm: Firm
    attachment: Attachment
    by: Sequence[str]
    products: Sequence[Cited]
    expansion: Sequence[Cited]
    direct: Sequence[Cited]
    group: Sequence[Cited]
    standing: Sequence[Fact]
    is_recalled: bool


@dataclass(frozen=True, slots=True)
class Ground:
    """What all candidates for one gap have in common."""

    reader: Reader
    link: Link
    place: Place
    measured: Measured
    gap_rate: float | None
    present: Mapping[int, int]
    local: Mapping[int, Sequence[Attachment]]
    home: Mapping[str, int]
    local_left_out: int
    demo_left_out: int
    gap_links: frozenset[int]

    @property
    def near(self) -> list[Input]:
        """Return the edges between this link and links with local firms."""
        return self.edges_of(self.link.body)

    def edges_of(self, link: int) -> list[Input]:
        """Return the edges between a link and links with local firms."""
        graph = self.reader.picture.graph
        return [
            *(one for one in graph.buyers.get(link, ()) if self.present.get(one.buyer)),
            *(one for one in graph.inputs.get(link, ()) if self.present.get(one.supplier)),
        ]

    @property
    def local_buyers(self) -> int:
        """Count the local firms on links that buy from this one."""
        buyers = self.reader.picture.graph.buyers.get(self.link.body, ())
        firms = {one.firm for edge in buyers for one in self.local.get(edge.buyer, ())}
        return len(firms)


def survey(reader: Reader, link: Link, place: Place) -> Ground:
    """Find out what is common to all candidates."""
    picture = reader.picture
    measured = measure_chain(reader, link.chain, place)
    own = next(one for one in measured if one.link.body == link.body)
    gaps = [one for one in measured if one.verdict.code in ("missing", "weak", "choke")]
    attached = picture.on_link.get(link.body, ())
    firms = [picture.firms[one.firm] for one in attached]
    home: dict[str, int] = defaultdict(int)
    for one in attached:
        if one.is_sufficient(reader.settings):
            home[picture.firms[one.firm].prefix[:2]] += 1
    return Ground(
        reader=reader,
        link=link,
        place=place,
        measured=own,
        gap_rate=_gap_rate(own, gaps),
        present=count_present(reader, place),
        local=_local(reader, place),
        home=dict(home),
        local_left_out=len({one.body for one in firms if place.holds(one.prefix)}),
        demo_left_out=sum(firm.is_demo and not place.holds(firm.prefix) for firm in firms),
        gap_links=frozenset(one.link.body for one in gaps),
    )


def _gap_rate(own: Measured, gaps: Sequence[Measured]) -> float | None:
    """None while the verdict is unknown; 0 where the link is no gap."""
    if own.verdict.code == "unknown":
        return None
    largest = max((one.priority for one in gaps), default=0.0)
    if own not in gaps or not largest:
        return 0.0
    return own.priority / largest


def _local(reader: Reader, place: Place) -> dict[int, list[Attachment]]:
    picture = reader.picture
    found: dict[int, list[Attachment]] = defaultdict(list)
    for link, attached in picture.on_link.items():
        for one in attached:
            firm = picture.firms[one.firm]
            known = one.is_sufficient(reader.settings) and not firm.is_demo
            if known and place.holds(firm.prefix):
                found[link].append(one)
    return found


def gather(ground: Ground, rules: Mapping[str, Sequence[str]]) -> list[Candidate]:
    """Return the candidates: firms on the link that are neither local nor invented."""
    picture = ground.reader.picture
    attached = [
        one
        for one in picture.on_link.get(ground.link.body, ())
        if not picture.firms[one.firm].is_demo
        and not ground.place.holds(picture.firms[one.firm].prefix)
    ]
    return _Gatherer(ground, attached, rules).all()


class _Gatherer:
    def __init__(
        self, ground: Ground, attached: Sequence[Attachment], rules: Mapping[str, Sequence[str]]
    ) -> None:
        view = ground.reader.view
        self._ground, self._attached, self._rules = ground, attached, rules
        bodies = [one.firm for one in attached]
        local = sorted({one.firm for held in ground.local.values() for one in held})
        self._local_firms = frozenset(local)
        self._evidence = view.facts_by_number({one.held.fact: one.firm for one in attached})
        self._details = {
            state.body: state for state in view.slices("Company", ("relation",), bodies)
        }
        self._products = self._read_products()
        self._local = {state.body: state for state in view.slices("Company", ("relation",), local)}
        self._standing: dict[int, list[Fact]] = defaultdict(list)
        for attribute in ("credit_standing", "status"):
            for fact in view.stated("Company", attribute, bodies):
                self._standing[fact.body].append(fact)
        self._kinds = {
            kind
            for name in ("expansion_relations", "tie_relations", "group_relations")
            for kind in rules[name]
        }
        self._names = self._read_names()
        self._from_local: dict[int, list[Relation]] = defaultdict(list)
        for body, state in self._local.items():
            for one in self._relations(body, state):
                self._from_local[one.other].append(one)

    def all(self) -> list[Candidate]:
        return [self._candidate(one) for one in self._attached]

    def _read_names(self) -> dict[int, str]:
        firms = self._ground.reader.picture.firms
        wanted = {
            fact.ref for facts in self._products.values() for fact in facts if fact.ref is not None
        }
        wanted |= {
            held.ref
            for states in (self._details, self._local)
            for state in states.values()
            for held in state.all("relation")
            if held.ref is not None and held.ref not in firms and _kind(held) in self._kinds
        }
        states = self._ground.reader.view.states(sorted(wanted))
        return {state.body: state.name for state in states} | {
            body: firms[body].name for body in (*self._details, *self._local)
        }

    def _read_products(self) -> dict[int, list[Fact]]:
        """Return the product facts on which the attachments rest, as now believed."""
        numbers = {
            int(number): one.firm
            for one in self._attached
            for number in self._given(one).get("facts", ())
        }
        found: dict[int, list[Fact]] = defaultdict(list)
        for _, fact in sorted(self._ground.reader.view.facts_by_number(numbers).items()):
            if fact.attribute == "product" and (
                fact.known_to is None or fact.known_to > self._ground.reader.view.known_at
            ):
                found[fact.body].append(fact)
        return found

    def _given(self, one: Attachment) -> Mapping[str, Any]:
        fact = self._evidence.get(one.held.fact)
        return fact.evidence if fact and isinstance(fact.evidence, dict) else {}

    def _candidate(self, one: Attachment) -> Candidate:
        firm = self._ground.reader.picture.firms[one.firm]
        given = self._given(one)
        state = self._details.get(one.firm)
        relations = self._relations(firm.body, state) if state else []
        direct = [*self._to_local(relations), *self._from_local.get(firm.body, ())]
        is_ruled = one.held.basis is Basis.RULED
        return Candidate(
            firm=firm,
            attachment=one,
            by=["ruled"] if is_ruled else list(given.get("by", ())) or ["placed"],
            products=[
                cite(fact, f"{firm.name} 产品 {self._names[fact.ref]}")
                for fact in self._products.get(firm.body, ())
                if fact.ref in self._names
            ],
            expansion=[
                one.cited for one in relations if one.kind in self._rules["expansion_relations"]
            ],
            direct=[one.cited for one in direct if one.kind in self._rules["tie_relations"]],
            group=[one.cited for one in direct if one.kind in self._rules["group_relations"]],
            standing=self._standing.get(firm.body, []),
            is_recalled=not one.is_sufficient(self._ground.reader.settings),
        )

    def _relations(self, body: int, state: BodyState) -> list[Relation]:
        found = []
        for held in state.all("relation"):
            kind = _kind(held)
            if held.ref is None or kind not in self._kinds:
                continue
            other = self._names.get(held.ref) or self._firm_name(held.ref)
            says = f"{self._names.get(body, '')} {kind} {other}"
            found.append(Relation(kind, held.ref, Cited(body, "relation", held, says)))
        return found

    def _firm_name(self, body: int) -> str:
        firm = self._ground.reader.picture.firms.get(body)
        return firm.name if firm else self._ground.reader.view.code(body)

    def _to_local(self, relations: Sequence[Relation]) -> list[Relation]:
        return [one for one in relations if one.other in self._local_firms]


def _kind(held: Held) -> str:
    if isinstance(held.data, dict):
        return str(held.data.get("relation", ""))
    return str(held.value) if isinstance(held.value, str) else ""
