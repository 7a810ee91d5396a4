"""Everything the chain rooms ask of the twin, read once and kept up to date change by change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from chaintwin.application.chain.answers import Criticality
from chaintwin.application.chain.core import Declared
from chaintwin.application.chain.graph import Chain, Graph, Input, Link, make_graph
from chaintwin.application.chain.places import to_prefix
from chaintwin.application.shown import place_of
from chaintwin.kit.batches import in_batches
from chaintwin.model.fact import Basis, Fact
from chaintwin.twin.state import BodyState, Held
from chaintwin.twin.view import TwinView

FIRM = (
    "name", "short_name", "stock", "province", "region", "status", "credit_standing", "link",
    "revenue", "employees", "registered_capital", "listed_on", "industry_name", "demo",
)  # fmt: skip
# What brings a firm into the picture: a place on a link, or that it is listed.
_DRAWN = ("link", "stock")
# Firms read in one go: what they are read from takes several times their own space.
_FIRMS = 4_000
_LINK = (
    "name", "english_name", "chain", "stage", "group", "product_name", "industry", "word",
    "word_not", "input", "import_dependence", "order",
)  # fmt: skip
_CHAIN = ("name", "english_name", "chain_stage", "version", "reference")
_SOURCE = ("name", "coverage", "demo")
_REGION = ("name",)
_CRITICALITIES: Mapping[str, Criticality] = {
    "essential": "essential",
    "important": "important",
    "minor": "minor",
}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A firm on a link by the fact that says so; `weight`: its share of revenue, None unknown."""

    firm: int
    link: int
    held: Held
    weight: float | None

    def is_sufficient(self, settings: Mapping[str, float]) -> bool:
        """Tell whether the evidence suffices; otherwise the firm is still to be checked 待核."""
        recalled = self.held.basis in (Basis.RECALLED, Basis.DEMO)
        return not recalled and self.held.confidence >= settings["confidence_needed"]


@dataclass(frozen=True, slots=True)
class Firm:
    """A company as the chain rooms need it; `prefix` is the most exact place known."""

    body: int
    state: BodyState
    prefix: str
    is_listed: bool
    is_demo: bool
    attachments: Sequence[Attachment]
    detached: Sequence[tuple[int, Held]]

    @property
    def code(self) -> str:
        """Return the code of the body."""
        return self.state.code

    @property
    def name(self) -> str:
        """Return the registered name."""
        return self.state.name


@dataclass(frozen=True, slots=True)
class Picture:
    """The twin as the chain rooms see it at one point of the change history."""

    marks: Mapping[int, int]
    graph: Graph
    firms: Mapping[int, Firm]  # on a link or listed
    on_link: Mapping[int, Sequence[Attachment]]
    off_link: Mapping[int, Sequence[tuple[int, Held]]]
    declared: Sequence[Declared]
    declared_by: Mapping[int, Held]
    sources: frozenset[int]
    regions: Mapping[str, str]
    region_bodies: frozenset[int]
    kept: dict[Any, Any] = field(default_factory=dict)


def read_picture(view: TwinView, marks: Mapping[int, int]) -> Picture:
    """Read everything anew."""
    # A national register has a million other firms.
    drawn = view.bodies_with("Company", _DRAWN)
    firms = {
        state.body: make_firm(state)
        for some in in_batches(drawn, _FIRMS)
        for state in view.slices("Company", FIRM, some)
    }
    blank = Picture(marks, Graph({}, {}), {}, {}, {}, (), {}, frozenset(), {}, frozenset())
    return _with_regions(
        _with_coverage(_with_firms(replace(blank, graph=read_graph(view)), firms), view), view
    )


def renew_picture(
    old: Picture, view: TwinView, marks: Mapping[int, int], touched: Sequence[int]
) -> Picture:
    """Read again only what changes have touched."""
    new = replace(old, marks=marks, kept={})
    bodies = set(touched)
    read = view.slices("Company", FIRM, touched)
    states = {state.body: state for state in read if any(map(state.all, _DRAWN))}
    if states or bodies & old.firms.keys():
        firms = {body: firm for body, firm in old.firms.items() if body not in bodies}
        firms |= {body: make_firm(state) for body, state in states.items()}
        new = _with_firms(new, firms)
    chains = {chain.body for chain in old.graph.chains.values()}
    if _is_touched(view, "ChainLink", ("name",), bodies, old.graph.links.keys()) or _is_touched(
        view, "Chain", ("name",), bodies, chains
    ):
        new = replace(new, graph=read_graph(view))
    if _is_touched(view, "Source", _SOURCE, bodies, old.sources):
        new = _with_coverage(new, view)
    if _is_touched(view, "Region", _REGION, bodies, old.region_bodies):
        new = _with_regions(new, view)
    return new


def _is_touched(
    view: TwinView, kind: str, attributes: Sequence[str], bodies: set[int], known: Iterable[int]
) -> bool:
    return bool(bodies.intersection(known)) or bool(view.slices(kind, attributes, list(bodies)))


def make_firm(state: BodyState) -> Firm:
    """Turn a company's state into a firm with its attachments."""
    attachments: list[Attachment] = []
    detached: list[tuple[int, Held]] = []
    for held in state.all("link"):
        if held.ref is None:
            continue
        if held.basis is Basis.RULED and isinstance(held.data, dict) and held.data.get("detached"):
            detached.append((held.ref, held))
        else:
            attachments.append(Attachment(state.body, held.ref, held, _weight(held)))
    return Firm(
        body=state.body,
        state=state,
        prefix=to_prefix(str(place_of(state) or "")),
        is_listed=state.one("stock") is not None,
        is_demo=state.is_demo,
        attachments=attachments,
        detached=detached,
    )


def _weight(held: Held) -> float | None:
    value = held.value
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _with_firms(picture: Picture, firms: Mapping[int, Firm]) -> Picture:
    on_link: dict[int, list[Attachment]] = defaultdict(list)
    off_link: dict[int, list[tuple[int, Held]]] = defaultdict(list)
    for body in sorted(firms):
        for attachment in firms[body].attachments:
            on_link[attachment.link].append(attachment)
        for link, held in firms[body].detached:
            off_link[link].append((body, held))
    return replace(picture, firms=firms, on_link=dict(on_link), off_link=dict(off_link))


def _with_coverage(picture: Picture, view: TwinView) -> Picture:
    declared: list[Declared] = []
    declared_by: dict[int, Held] = {}
    states = view.slices("Source", _SOURCE)
    for state in states:
        for held in state.all("coverage"):
            one = _declared(state, held)
            if one is not None:
                declared.append(one)
                declared_by[held.fact] = held
    return replace(
        picture,
        declared=declared,
        declared_by=declared_by,
        sources=frozenset(state.body for state in states),
    )


def _declared(state: BodyState, held: Held) -> Declared | None:
    data = held.data if isinstance(held.data, dict) else {}
    share, region = data.get("share"), str(data.get("region", ""))
    if not isinstance(share, int | float) or not region:
        return None
    return Declared(
        source=state.body,
        prefix="" if region == "*" else to_prefix(region),
        industry=str(data.get("industry", "*")),
        share=float(share),
        population=str(data.get("population", "")),
        demo=held.basis is Basis.DEMO or bool(data.get("demo")),
        number=held.fact,
    )


def _with_regions(picture: Picture, view: TwinView) -> Picture:
    codes = view.keys("division_code")
    states = view.slices("Region", _REGION)
    names = {codes[state.body]: state.name for state in states if state.body in codes}
    return replace(picture, regions=names, region_bodies=frozenset(state.body for state in states))


def read_graph(view: TwinView) -> Graph:
    """Read every chain with its links and inputs."""
    chain_codes, link_codes = view.keys("chain_code"), view.keys("link_code")
    links: dict[int, list[Link]] = defaultdict(list)
    states = view.slices("ChainLink", _LINK)
    for state in states:
        chain = state.held("chain")
        if chain is None or chain.ref not in chain_codes or state.body not in link_codes:
            continue
        short = link_codes[state.body].partition("/")[2] or link_codes[state.body]
        links[chain.ref].append(Link(state.body, chain_codes[chain.ref], short, state))
    chains = [
        Chain(
            state.body,
            chain_codes[state.body],
            state,
            sorted(links[state.body], key=lambda link: (link.order, link.body)),
        )
        for state in view.slices("Chain", _CHAIN)
        if state.body in chain_codes
    ]
    chains.sort(key=lambda chain: chain.body)
    return make_graph(chains, _read_inputs(view, states))


def _read_inputs(view: TwinView, states: Sequence[BodyState]) -> list[Input]:
    held = [(state.body, one) for state in states for one in state.all("input")]
    facts = view.facts_by_number({one.fact: buyer for buyer, one in held})
    return [_input(buyer, one, facts.get(one.fact)) for buyer, one in held if one.ref is not None]


def _input(buyer: int, held: Held, fact: Fact | None) -> Input:
    data = held.data if isinstance(held.data, dict) else {}
    said = (fact.text if fact else None) or data.get("criticality")
    number = fact.number if fact and fact.number is not None else data.get("share")
    assert held.ref is not None
    return Input(
        supplier=held.ref,
        buyer=buyer,
        criticality=_CRITICALITIES.get(str(said), "minor"),
        share=None if number is None else float(number),
        held=held,
    )
