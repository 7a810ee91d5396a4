"""Attaches firms to links by their products and industries; each attachment is a derived fact."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from chaintwin.access.asker import PUBLIC_TENANT, Asker
from chaintwin.application.chain.assigning import Assigner
from chaintwin.application.chain.graph import Graph
from chaintwin.application.chain.matching import Hit, Matcher, Words
from chaintwin.application.chain.picture import read_graph
from chaintwin.kit.batches import in_batches
from chaintwin.model.fact import UNKNOWN, Basis, Fact, Label, Moment, Precision, Statement, Value
from chaintwin.twin.store.sources import SourceRecord
from chaintwin.twin.twin import Twin
from chaintwin.twin.view import TwinView

SOURCE = "chaintwin.attach"
# What rests on data for evaluation only is itself for evaluation only.
EVALUATION_SOURCE = "chaintwin.attach.evaluation"
SOURCES = (
    SourceRecord(
        SOURCE, {"zh": "环节挂接（推导）", "en": "Chain attachment (derived)"}, "derived", False, 0
    ),
    SourceRecord(
        EVALUATION_SOURCE,
        {"zh": "环节挂接（推导，仅供评估）", "en": "Chain attachment (derived, evaluation only)"},
        "derived from data with no stated licence",
        True,
        1,
    ),
)
_MICRO = Decimal("0.000001")
# Firms looked at in one go: what bounds the memory, however large the register.
_FIRMS = 20_000
_WEAK = (Basis.RECALLED, Basis.DEMO)


@dataclass(frozen=True, slots=True)
class Attached:
    """What a run came to; all zero but `firms` and `held` when nothing changed."""

    firms: int
    held: int
    opened: int
    closed: int


@dataclass(frozen=True, slots=True)
class Ground:
    """A fact about a firm that speaks for a link."""

    hit: Hit
    held: Fact
    said: str

    @property
    def confidence(self) -> float:
        """Return the confidence of the way times that of the fact, 0–100."""
        return self.hit.confidence * self.held.confidence / 100


@dataclass(frozen=True, slots=True)
class Placing:
    """That another source or person places the firm on the link."""

    fact: int
    basis: Basis
    confidence: int
    tenant: int
    label: Label
    source: str


@dataclass(slots=True)
class Inputs:
    """What the twin holds that attachments can rest on."""

    assigner: Assigner
    names: Mapping[int, str]
    evaluation: frozenset[str]
    tenant: int
    placed: Mapping[tuple[int, int], Placing] = field(default_factory=dict)

    @property
    def matcher(self) -> Matcher:
        """Return the rules alone."""
        return self.assigner.matcher


def attach_firms(twin: Twin, asker: Asker, bodies: Sequence[int] | None = None) -> Attached:
    """Attach firms in the asker's tenant, all or some; runs again at will.

    Writes only what rests on at least one fact of that tenant, adds nothing when nothing changed,
    and retracts what no longer holds. Rulings of people are other facts and stay as they are.
    """
    twin.declare(*SOURCES)
    if bodies is None:
        with twin.view(asker) as view:
            bodies = view.own_bodies("Company")
    runs = [_attach(twin, asker, batch) for batch in in_batches(bodies, _FIRMS)]
    return Attached(
        sum(run.firms for run in runs),
        sum(run.held for run in runs),
        sum(run.opened for run in runs),
        sum(run.closed for run in runs),
    )


def _attach(twin: Twin, asker: Asker, bodies: Sequence[int]) -> Attached:
    with twin.view(asker) as view:
        said = _stated(view, bodies)
        facts = view.stated("Company", "link", bodies)
        inputs = _read_inputs(view, facts, asker.tenant, _products(said))
        own = [
            fact
            for fact in facts
            if fact.source in (SOURCE, EVALUATION_SOURCE) and fact.tenant == asker.tenant
        ]
        held = {(fact.body, fact.ref): fact for fact in own}
        # Bodies judged to be one may each have been placed before: one placing is enough.
        doubled = [fact for fact in own if held[fact.body, fact.ref] is not fact]
    wanted = {
        (body, link): (source, statement)
        for firm, about in said.items()
        for body, link, source, statement in attach_firm(firm, about, inputs)
    }
    opened, closed = _write(twin, asker, wanted, held, doubled)
    return Attached(len({body for body, _ in wanted}), len(wanted), opened, closed)


def _stated(view: TwinView, bodies: Sequence[int] | None) -> dict[int, dict[str, list[Fact]]]:
    """Return what every source states of each firm's products and industries."""
    found: dict[int, dict[str, list[Fact]]] = defaultdict(lambda: defaultdict(list))
    for attribute in ("product", "industry", "industry_name"):
        for fact in view.stated("Company", attribute, bodies):
            found[fact.body][attribute].append(fact)
    return found


def _products(said: Mapping[int, Mapping[str, Sequence[Fact]]]) -> list[int]:
    return sorted(
        {fact.ref for about in said.values() for fact in about.get("product", ()) if fact.ref}
    )


def _read_inputs(
    view: TwinView, facts: Sequence[Fact], tenant: int, products: Sequence[int]
) -> Inputs:
    placed: dict[tuple[int, int], Placing] = {}
    for fact in facts:
        if fact.source in (SOURCE, EVALUATION_SOURCE) or fact.basis is Basis.RULED:
            continue
        assert fact.ref is not None
        one = Placing(fact.id, fact.basis, fact.confidence, fact.tenant, fact.label, fact.source)
        best = placed.get((fact.body, fact.ref))
        if best is None or _strength(one) > _strength(best):
            placed[fact.body, fact.ref] = one
    return Inputs(
        assigner=make_assigner(read_graph(view)),
        names={state.body: state.name for state in view.slices("Product", ("name",), products)},
        evaluation=frozenset(
            name for name, source in view.sources().items() if source.evaluation_only
        ),
        tenant=tenant,
        placed=placed,
    )


def _strength(one: Placing) -> tuple[bool, int, int]:
    return one.basis not in _WEAK, one.confidence, -one.fact


def words_of(graph: Graph) -> Iterator[Words]:
    """Yield how each link is recognised."""
    for link in graph.links.values():
        yield Words(
            link=link.body,
            chain=link.chain,
            any=link.texts("word"),
            none=link.texts("word_not"),
            products=link.texts("product_name"),
            industries=link.texts("industry"),
        )


def make_assigner(graph: Graph) -> Assigner:
    """Return what places names on the links of a graph."""
    return Assigner((words, graph.links[words.link].zh) for words in words_of(graph))


def attach_firm(
    firm: int, about: Mapping[str, Sequence[Fact]], inputs: Inputs
) -> Iterator[tuple[int, int, str, Statement]]:
    """Yield (firm, link, source, statement) of the links one firm stands on."""
    by_product = _product_grounds(about.get("product", ()), inputs)
    by_industry = _industry_grounds(about, inputs, by_product)
    total = sum(_shares(about.get("product", ())).values(), Decimal(0))
    for link in sorted(by_product.keys() | by_industry.keys()):
        grounds = _same_level([*by_product.get(link, ()), *by_industry.get(link, ())])
        placing = inputs.placed.get((firm, link))
        if placing is not None and placing.label > max(one.held.label for one in grounds):
            placing = None
        tenants = {one.held.tenant for one in grounds} | ({placing.tenant} if placing else set())
        if inputs.tenant == PUBLIC_TENANT or inputs.tenant in tenants:
            yield _statement((firm, link), grounds, placing, max(Decimal(1), total), inputs)


def _shares(products: Iterable[Fact]) -> dict[int, Decimal]:
    """Return the share of revenue of each product, by the surest source that knows it."""
    found: dict[int, Fact] = {}
    for fact in products:
        if fact.number is None or fact.ref is None:
            continue
        best = found.get(fact.ref)
        if best is None or (fact.confidence, -fact.id) > (best.confidence, -best.id):
            found[fact.ref] = fact
    return {product: fact.number for product, fact in found.items() if fact.number is not None}


def _product_grounds(products: Iterable[Fact], inputs: Inputs) -> dict[int, list[Ground]]:
    found: dict[int, list[Ground]] = defaultdict(list)
    for fact in products:
        name = inputs.names.get(fact.ref or 0)
        for hit in inputs.assigner.place(name) if name else ():
            found[hit.link].append(Ground(hit, fact, name or ""))
    return found


def _industry_grounds(
    about: Mapping[str, Sequence[Fact]], inputs: Inputs, by_product: Mapping[int, Any]
) -> dict[int, list[Ground]]:
    """Return what industries say; a shared code is silent in chains that products speak of."""
    spoken = {inputs.matcher.chain_of(link) for link in by_product}
    found: dict[int, list[Ground]] = defaultdict(list)
    for attribute in ("industry", "industry_name"):
        for held in about.get(attribute, ()):
            text = str(held.text)
            named = attribute == "industry_name"
            matcher = inputs.matcher
            hits = matcher.match_industry_name(text) if named else matcher.match_industry(text)
            for hit in hits:
                is_vague = hit.way != "code" and hit.link not in by_product
                if not (is_vague and inputs.matcher.chain_of(hit.link) in spoken):
                    found[hit.link].append(Ground(hit, held, text))
    return found


def _same_level(grounds: Iterable[Ground]) -> list[Ground]:
    """Keep what the most readers may see, and of that what is not recalled if there is any."""
    all_grounds = list(grounds)
    lowest = min(one.held.label for one in all_grounds)
    seen = [one for one in all_grounds if one.held.label == lowest]
    firm = [one for one in seen if one.held.basis not in _WEAK]
    return firm or seen


def _statement(
    about: tuple[int, int],
    grounds: Sequence[Ground],
    placing: Placing | None,
    total: Decimal,
    inputs: Inputs,
) -> tuple[int, int, str, Statement]:
    products = [one for one in grounds if one.hit.way in ("exact", "word", "learned")]
    worded = [one for one in products if one.hit.way != "learned"]
    industries = [one for one in grounds if one not in products]
    shares = _shares(one.held for one in products)
    confidence = max(one.confidence for one in grounds)
    bases = {one.held.basis for one in grounds}
    if placing is not None:
        confidence = max(confidence, placing.confidence)
        bases.add(placing.basis)
    by = [
        *(["placed"] if placing else []),
        *(["word"] if worded else []),
        *(["learned"] if products and not worded else []),
        *(["industry"] if industries else []),
    ]
    sources = {one.held.source for one in grounds}
    firm, link = about
    statement = Statement(
        about=firm,
        attribute="link",
        value=Value(
            ref=link,
            number=(sum(shares.values()) / total).quantize(_MICRO) if shares else None,
            text="、".join(dict.fromkeys(one.said for one in grounds))[:200],
        ),
        value_key=str(link),
        valid=_earliest(grounds),
        confidence=round(confidence),
        basis=_basis(bases),
        label=max(one.held.label for one in grounds),
        evidence={
            "by": by,
            "words": list(dict.fromkeys(one.hit.word for one in worded or products)),
            "products": list(dict.fromkeys(one.said for one in products)),
            "industry": "、".join(dict.fromkeys(one.said for one in industries)),
            "facts": sorted(
                {one.held.id for one in grounds} | ({placing.fact} if placing else set())
            ),
        },
    )
    source = EVALUATION_SOURCE if sources & inputs.evaluation else SOURCE
    return firm, link, source, statement


def _basis(bases: set[Basis]) -> Basis:
    """Recalled or invented inputs alone give an attachment of the same kind, not a derived one."""
    if bases - set(_WEAK):
        return Basis.DERIVED
    return Basis.RECALLED if Basis.RECALLED in bases else Basis.DEMO


def _earliest(grounds: Sequence[Ground]) -> Moment:
    starts: list[tuple[datetime, Precision]] = []
    for one in grounds:
        if one.held.valid_from is None:
            return UNKNOWN
        starts.append((one.held.valid_from, one.held.precision))
    at, precision = min(starts)
    return Moment(at, precision)


def _write(
    twin: Twin,
    asker: Asker,
    wanted: Mapping[tuple[int, int], tuple[str, Statement]],
    held: Mapping[tuple[int, int | None], Fact],
    doubled: Sequence[Fact],
) -> tuple[int, int]:
    """Write the difference, one change per source; nothing at all if there is none."""
    stale = {key: fact for key, fact in held.items() if not _stands(fact, wanted.get(_key(key)))}
    news = [key for key in wanted if key not in held or key in stale]
    opened = closed = 0
    for source in (SOURCE, EVALUATION_SOURCE):
        left = [*stale.values(), *doubled]
        gone = [fact.address for fact in left if fact.source == source]
        said = [wanted[key][1] for key in news if wanted[key][0] == source]
        if not gone and not said:
            continue
        with twin.change(asker, reason="按产品与行业挂接环节", source=source) as changes:
            changes.retract_facts(gone)
            changes.record(said)
        opened += changes.tally.opened
        closed += changes.tally.closed
    return opened, closed


def _key(key: tuple[int, int | None]) -> tuple[int, int]:
    return key[0], key[1] or 0


def _stands(fact: Fact, wanted: tuple[str, Statement] | None) -> bool:
    if wanted is None or wanted[0] != fact.source:
        return False
    said = wanted[1]
    assert said.value is not None
    start = None if said.valid is UNKNOWN else said.valid.at
    return (fact.number, fact.text, fact.confidence, fact.basis, fact.label) == (
        said.value.number,
        said.value.text,
        min(said.confidence, 50) if said.basis is Basis.RECALLED else said.confidence,
        said.basis,
        said.label,
    ) and (fact.valid_from, fact.evidence) == (start, said.evidence)
