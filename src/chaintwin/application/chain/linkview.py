"""Shows one link: its firms with reasons, its neighbours, its figures with their facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chaintwin.application.chain.answers import (
    AttachmentOut,
    DetachedFirm,
    LinkFirm,
    LinkView,
    NeighbourOut,
    VerdictCode,
)
from chaintwin.application.chain.figures import Figures
from chaintwin.application.chain.graph import Input, Link
from chaintwin.application.chain.overview import link_title, measured_row, plain_row, short_code
from chaintwin.application.chain.picture import Attachment, Firm
from chaintwin.application.chain.places import Place
from chaintwin.application.chain.reader import Reader
from chaintwin.application.chain.standing import Measured, count_present, measure_chain
from chaintwin.application.chain.wording import chain_title, show_verdict
from chaintwin.application.shown import Bilingual, Cited, FactRef, both, place_of
from chaintwin.model.fact import Basis, Fact


def view_link(
    reader: Reader, chain: str, code: str, region: str | None, page: tuple[int, int]
) -> LinkView:
    """Show a link; with a region its firms there come first and every figure is explained."""
    link = reader.link(chain, code)
    place = reader.place(region) if region else None
    measured = find_measured(reader, link, place) if place else None
    firms = _order(reader, link, place)
    shown = firms[page[1] : page[1] + page[0]]
    evidence = read_evidence(reader, [one for one, _ in shown])
    return LinkView(
        chain=chain,
        chain_title=chain_title(reader.chain(chain)),
        region=place.code if place else None,
        region_name=place.name if place else None,
        link=_row(reader, link, place, measured),
        products=link.texts("product_name"),
        industries=link.texts("industry"),
        words=link.texts("word"),
        words_not=link.texts("word_not"),
        figures=Figures(reader, measured).all() if measured else {},
        inputs=_neighbours(reader, link, place, upstream=True),
        buyers=_neighbours(reader, link, place, upstream=False),
        firms=[_firm(reader, one, local, evidence) for one, local in shown],
        firms_total=len(firms),
        detached=_detached(reader, link),
        scorecard=reader.verdict_card.shown(),
        facts=_own_facts(reader, link),
        as_of=reader.view.valid_at,
        known_at=reader.view.known_at,
    )


def find_measured(reader: Reader, link: Link, place: Place) -> Measured:
    """Return a link as measured in a region."""
    return next(
        one for one in measure_chain(reader, link.chain, place) if one.link.body == link.body
    )


def _row(reader: Reader, link: Link, place: Place | None, measured: Measured | None) -> Any:
    if measured is None or place is None:
        return plain_row(reader, link)
    published: VerdictCode | None = None
    if reader.verdict_card.changed:
        published = find_measured(reader.published(), link, place).verdict.code
    return measured_row(measured, show_verdict(measured, reader.settings, published))


def _order(reader: Reader, link: Link, place: Place | None) -> list[tuple[Attachment, bool]]:
    """Local firms first, then by evidence, known share of revenue, and name."""
    firms = reader.picture.firms
    attached = [
        (one, bool(place and place.holds(firms[one.firm].prefix)))
        for one in reader.picture.on_link.get(link.body, ())
    ]
    attached.sort(
        key=lambda entry: (
            not entry[1],
            not entry[0].is_sufficient(reader.settings),
            -(entry[0].weight or 0.0),
            firms[entry[0].firm].name,
            entry[0].firm,
        )
    )
    return attached


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why firms stand on links: the facts that say so, those they rest on, the names in these."""

    attached: Mapping[int, Fact]
    grounds: Mapping[int, Fact]
    names: Mapping[int, str]

    def of(self, one: Attachment) -> Mapping[str, Any]:
        """Return what an attachment says of itself."""
        fact = self.attached.get(one.held.fact)
        return fact.evidence if fact and isinstance(fact.evidence, dict) else {}


def read_evidence(reader: Reader, attached: Sequence[Attachment]) -> Evidence:
    """Read the evidence of some attachments at once; facts not readable are left out."""
    view = reader.view
    found = view.facts_by_number({one.held.fact: one.firm for one in attached})
    evidence = Evidence(found, {}, {})
    wanted = {int(n): one.firm for one in attached for n in evidence.of(one).get("facts", ())}
    grounds = view.facts_by_number(wanted)
    named = dict.fromkeys(fact.ref for fact in grounds.values() if fact.ref)
    names = {state.body: state.name for state in view.named(list(named))}
    return replace(evidence, grounds=grounds, names=names)


def _firm(reader: Reader, one: Attachment, local: bool, evidence: Evidence) -> LinkFirm:
    firm = reader.picture.firms[one.firm]
    return LinkFirm(
        code=firm.code,
        name=firm.name,
        short_name=firm.state.one("short_name"),
        stock=firm.state.one("stock"),
        region=place_of(firm.state),
        local=local,
        demo=firm.is_demo,
        attachment=show_attachment(reader, firm, one, evidence),
    )


def show_attachment(
    reader: Reader, firm: Firm, one: Attachment, evidence: Evidence
) -> AttachmentOut:
    """Return why a firm stands on a link, with the facts it rests on."""
    given = evidence.of(one)
    by = [str(way) for way in given.get("by", ())]
    if one.held.basis is Basis.RULED:
        by = ["ruled"]
    reason = _reason(one, by or ["placed"], given)
    cited = Cited(firm.body, "link", one.held, reason.zh)
    return AttachmentOut(
        by=by or ["placed"],
        reason=reason,
        confidence=one.held.confidence,
        basis=one.held.basis.name.lower(),
        sufficient=one.is_sufficient(reader.settings),
        weight=one.weight,
        facts=[reader.citer.ref(cited), *_cite_grounds(reader, evidence, given.get("facts", ()))],
    )


def _cite_grounds(reader: Reader, evidence: Evidence, numbers: Sequence[int]) -> list[FactRef]:
    facts = [
        evidence.grounds[number]
        for number in sorted({int(number) for number in numbers})
        if number in evidence.grounds
    ]
    return [
        reader.citer.ref_of(fact, evidence.names.get(fact.ref or 0) or str(fact.value))
        for fact in facts
    ]


def _reason(one: Attachment, by: Sequence[str], given: Mapping[str, Any]) -> Bilingual:
    if by == ["ruled"]:
        why = one.held.data.get("reason", "") if isinstance(one.held.data, dict) else ""
        return both(f"人工挂接：{why}", f"attached by a person: {why}")
    zh, en = [], []
    if "placed" in by:
        zh.append("收录于该环节")
        en.append("listed on this link")
    if "word" in by:
        products = "、".join(given.get("products", ()))
        words = "、".join(given.get("words", ()))
        zh.append(f"产品“{products}”含识别词“{words}”")
        en.append(f"its products {products} hold the words {words}")
    if "learned" in by:
        products = "、".join(given.get("products", ()))
        words = "、".join(given.get("words", ()))
        zh.append(f"产品“{products}”近似“{words}”（模型归类）")
        en.append(f"its products {products} are like {words} (placed by the model)")
    if "industry" in by:
        named = given.get("industry", "")
        zh.append(f"行业“{named}”对应该环节")
        en.append(f"its industry {named} belongs to this link")
    return both("；".join(zh), "; ".join(en))


def _neighbours(
    reader: Reader, link: Link, place: Place | None, *, upstream: bool
) -> list[NeighbourOut]:
    graph = reader.picture.graph
    edges = (graph.inputs if upstream else graph.buyers).get(link.body, ())
    present = count_present(reader, place) if place else {}
    return [
        _neighbour(reader, link, one, (one.supplier if upstream else one.buyer), place, present)
        for one in edges
    ]


def _neighbour(
    reader: Reader,
    link: Link,
    one: Input,
    other: int,
    place: Place | None,
    present: Mapping[int, int],
) -> NeighbourOut:
    links = reader.picture.graph.links
    verdict = find_measured(reader, links[other], place).verdict.code if place else None
    says = f"{links[one.buyer].zh} 投入 {links[one.supplier].zh}"
    return NeighbourOut(
        link=short_code(reader, other, link.body),
        title=link_title(links[other]),
        criticality=one.criticality,
        share=one.share,
        firms=present.get(other, 0) if place else None,
        verdict=verdict,
        fact=reader.citer.ref(Cited(one.buyer, "input", one.held, says)),
    )


def _detached(reader: Reader, link: Link) -> list[DetachedFirm]:
    rows = []
    for body, held in reader.picture.off_link.get(link.body, ()):
        firm = reader.picture.firms[body]
        why = str(held.data.get("reason", ""))
        cited = Cited(body, "link", held, f"人工摘除：{why}")
        rows.append(
            DetachedFirm(code=firm.code, name=firm.name, reason=why, ruling=reader.citer.ref(cited))
        )
    return rows


def _own_facts(reader: Reader, link: Link) -> list[FactRef]:
    cited = [
        Cited(link.body, attribute, held, str(held.value))
        for attribute in ("name", "product_name", "industry", "word", "word_not")
        for held in link.state.all(attribute)
    ]
    return reader.citer.refs(cited, most=60)
