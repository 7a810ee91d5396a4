"""Reasons for and against a candidate, each with the facts it rests on; none without."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from chaintwin.application.chain.core import GAPS, TITLES
from chaintwin.application.chain.figures import cite_attachment
from chaintwin.application.shown import Bilingual, Cited, both, say_number
from chaintwin.application.targeting.gather import Candidate, Ground
from chaintwin.application.targeting.rates import Rated, distance_class, place_name, risks_of
from chaintwin.model.fact import Basis

_YEAR = timedelta(days=365.25)


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason and the facts behind it, at least one."""

    side: Literal["for", "against"]
    part: str
    text: Bilingual
    cited: Sequence[Cited]


def find_reasons(ground: Ground, one: Candidate, rated: Mapping[str, Rated]) -> list[Reason]:
    """Return what speaks for a candidate, the strongest parts first."""
    found = [*_product_reasons(ground, one, rated), *_place_reasons(ground, one, rated)]
    return [reason for reason in found if reason.cited]


def _product_reasons(
    ground: Ground, one: Candidate, rated: Mapping[str, Rated]
) -> Iterator[Reason]:
    names = "、".join(dict.fromkeys(cited.says.rpartition(" ")[2] for cited in one.products[:4]))
    if names:
        yield _for(
            "fit",
            f"生产 {names}，属于“{ground.link.zh}”",
            f"makes {names}, which belongs to {ground.link.en}",
            [*one.products, cite_attachment(ground.reader, one.attachment)],
        )
    else:
        yield _for("fit", rated["fit"].how.zh, rated["fit"].how.en, rated["fit"].cited)
    edges = ground.measured.essential_here
    if edges:
        buyers = "、".join(ground.reader.picture.graph.links[edge.buyer].zh for edge in edges[:3])
        firms = [
            cite_attachment(ground.reader, held)
            for edge in edges
            for held in ground.local.get(edge.buyer, ())[:2]
        ]
        yield _for(
            "gap",
            f"本地{buyers}等 {len(edges)} 个环节离不开“{ground.link.zh}”",
            f"{len(edges)} local links cannot do without {ground.link.en}",
            [*rated["gap"].cited, *firms] or firms,
        )
    else:
        yield from _gap_reason(ground)
    weight = one.attachment.weight
    if weight is not None and weight >= 0.2:
        yield _for(
            "revenue", rated["revenue"].how.zh, rated["revenue"].how.en, rated["revenue"].cited
        )


def _gap_reason(ground: Ground) -> Iterator[Reason]:
    """The verdict itself speaks for a firm that closes the gap; it rests on declared coverage."""
    measured, picture = ground.measured, ground.reader.picture
    if measured.verdict.code not in GAPS:
        return
    zh, en = TITLES[measured.verdict.code]
    cited = [
        Cited(
            declared.source,
            "coverage",
            picture.declared_by[declared.number],
            f"{declared.population} 覆盖率 {say_number(declared.share)}",
        )
        for _, declared in measured.coverage
        if declared is not None
    ]
    yield _for(
        "gap",
        f"“{ground.link.zh}”在本地判定为{zh}，现有证据足够的企业 {measured.standing.firms} 家",
        f"{ground.link.en} is judged {en} here, with {measured.standing.firms} evidenced firms",
        [*cited, *(cite_attachment(ground.reader, held) for held in measured.sides.here)],
    )


def _place_reasons(ground: Ground, one: Candidate, rated: Mapping[str, Rated]) -> Iterator[Reason]:
    if one.direct:
        zh = "；".join(cited.says for cited in one.direct[:3])
        yield _for("ties", f"与本地企业已有关系：{zh}", f"related to local firms: {zh}", one.direct)
    elif rated["ties"].cited:
        yield _for("ties", rated["ties"].how.zh, rated["ties"].how.en, rated["ties"].cited)
    if rated["expansion"].cited:
        says = "；".join(cited.says for cited in rated["expansion"].cited[:3])
        yield _for(
            "expansion", f"有扩张动向：{says}", f"expanding: {says}", rated["expansion"].cited
        )
    more = _other_gaps(ground, one)
    if more:
        names = "、".join(cited.says.rpartition(" ")[2] for cited in more[:3])
        yield _for(
            "ties",
            f"还位于本地另外 {len(more)} 个缺口环节（{names}）",
            f"stands on {len(more)} more gaps of the region",
            more,
        )
    yield from _breadth_reasons(ground, one)
    distance, zh, en = distance_class(ground.place.prefix, one.firm.prefix)
    if distance != "far":
        name = place_name(ground, one)
        yield _for("location", f"位于 {name}，{zh}", f"in {name}, {en}", rated["location"].cited)
    stock = one.firm.state.held("stock")
    if stock is not None:
        cited = [Cited(one.firm.body, "stock", stock, f"{one.firm.name} 证券代码 {stock.value}")]
        yield _for(
            "confidence",
            f"上市公司（{stock.value}），经营与财务公开可查",
            f"listed ({stock.value}): business and accounts are public",
            cited,
        )


def _breadth_reasons(ground: Ground, one: Candidate) -> Iterator[Reason]:
    settings, links = ground.reader.settings, ground.reader.picture.graph.links
    other = [
        cite_attachment(ground.reader, held)
        for held in one.firm.attachments
        if held.link in links
        and links[held.link].chain == ground.link.chain
        and held.link != ground.link.body
        and held.link not in ground.gap_links
        and held.is_sufficient(settings)
    ]
    if other:
        names = "、".join(cited.says.rpartition(" ")[2] for cited in other[:3])
        yield _for(
            "fit",
            f"还位于本链另外 {len(other)} 个环节（{names}），可带动配套",
            f"also stands on {len(other)} other links of the chain",
            other,
        )
    sources = independent_sources(one.products)
    if len(sources) > 1:
        zh, en = _titles(ground, sources, "zh"), _titles(ground, sources, "en")
        yield _for(
            "confidence",
            f"{len(sources)} 个来源都说它生产相应产品（{'、'.join(zh)}）",
            f"{len(sources)} sources agree on its products ({', '.join(en)})",
            one.products,
        )


def independent_sources(cited: Iterable[Cited]) -> set[str]:
    """Return the sources that speak for themselves.

    A matched fact repeats the data set in which it was found, so it adds no voice of its own where
    another source speaks.
    """
    cited = list(cited)
    own = {one.held.source for one in cited if one.held.basis is not Basis.MATCHED}
    return own or {one.held.source for one in cited}


def _titles(ground: Ground, sources: Iterable[str], language: str) -> list[str]:
    records = ground.reader.citer.sources
    titles = {name: records[name].title if name in records else {} for name in sources}
    return [titles[name].get(language) or name for name in sorted(titles)]


def _other_gaps(ground: Ground, one: Candidate) -> list[Cited]:
    settings = ground.reader.settings
    return [
        cite_attachment(ground.reader, held)
        for held in one.firm.attachments
        if held.link in ground.gap_links
        and held.link != ground.link.body
        and held.is_sufficient(settings)
    ]


def find_counter_reasons(ground: Ground, one: Candidate, rules: Mapping[str, Any]) -> list[Reason]:
    """Return what speaks against a candidate, the gravest first."""
    found = [
        *_risk_reasons(ground, one, rules),
        *_evidence_reasons(ground, one, rules["rates"]),
        *_site_reasons(ground, one, rules["rates"]),
        *_far_reasons(ground, one),
    ]
    return [reason for reason in found if reason.cited]


def _risk_reasons(ground: Ground, one: Candidate, rules: Mapping[str, Any]) -> Iterator[Reason]:
    for _, cited in risks_of(one, rules["risky"]):
        yield _against("risk", cited.says, f"risk: {cited.says}", [cited])
    weight = one.attachment.weight
    if weight is not None and weight < rules["rates"]["low_share"]:
        share = f"{weight * 100:.1f}%"
        yield _against(
            "revenue",
            f"该环节只占其收入 {share}，未必是其投资重点",
            f"the link is only {share} of its revenue",
            one.products or [cite_attachment(ground.reader, one.attachment)],
        )
    elif weight is not None and weight < 0.5:
        yield _against(
            "revenue",
            f"收入的 {(1 - weight) * 100:.0f}% 来自其他业务或未列明",
            f"{(1 - weight) * 100:.0f}% of its revenue comes from other or unnamed business",
            one.products or [cite_attachment(ground.reader, one.attachment)],
        )
    if ground.place.may_hold(one.firm.prefix):
        held = one.firm.state.held("province")
        if held is not None:
            yield _against(
                "location",
                "只知其在本省，可能已在本地",
                "only its province is known: it may already be here",
                [Cited(one.firm.body, "province", held, f"{one.firm.name} 在本省，市县未知")],
            )


def _evidence_reasons(
    ground: Ground, one: Candidate, rates: Mapping[str, float]
) -> Iterator[Reason]:
    own = cite_attachment(ground.reader, one.attachment)
    if one.is_recalled:
        yield _against(
            "confidence",
            "其位于该环节尚待核实（回忆或证据弱）",
            "its place on the link is still to be checked",
            [own],
        )
    dated = [cited for cited in one.products if cited.held.valid_from is not None]
    newest = max((cited.held.valid_from for cited in dated if cited.held.valid_from), default=None)
    at = ground.reader.view.valid_at
    if newest is not None and at - newest > _YEAR * rates["stale_years"]:
        yield _against(
            "confidence",
            f"产品证据停在 {newest:%Y-%m}，距今已逾 {say_number(rates['stale_years'], 0)} 年",
            f"the evidence on its products dates from {newest:%Y-%m}",
            dated,
        )
    if one.products and not dated:
        yield _against(
            "confidence",
            "其产品的事实没有注明时点，可能已经过时",
            "the facts on its products carry no date and may be out of date",
            one.products,
        )
    if len(independent_sources(one.products)) <= 1:
        yield _against(
            "confidence",
            "其位于该环节只有一个来源佐证",
            "only one source speaks of it on this link",
            [*one.products, own],
        )


def _site_reasons(ground: Ground, one: Candidate, rates: Mapping[str, float]) -> Iterator[Reason]:
    reader = ground.reader
    firms = reader.picture.firms
    home = one.firm.prefix[:2]
    cluster = ground.home.get(home, 0)
    if home and home != ground.place.prefix[:2] and cluster >= rates["home_cluster"]:
        neighbours = [
            cite_attachment(reader, held)
            for held in reader.picture.on_link.get(ground.link.body, ())
            if firms[held.firm].prefix[:2] == home and held.is_sufficient(reader.settings)
        ]
        yield _against(
            "location",
            f"其所在省已有同环节企业 {cluster} 家，配套成熟，外迁动力可能不足",
            f"{cluster} firms of this link cluster in its own province",
            neighbours,
        )
    lacking = [
        edge
        for edge in reader.picture.graph.inputs.get(ground.link.body, ())
        if edge.criticality == "essential" and not ground.present.get(edge.supplier)
    ]
    if lacking:
        links = reader.picture.graph.links
        names = "、".join(links[edge.supplier].zh for edge in lacking[:3])
        yield _against(
            "ties",
            f"其必需投入 {names} 在本地未见证据足够的供应商",
            f"{len(lacking)} of its essential inputs have no evidenced local supplier",
            [
                Cited(
                    edge.buyer,
                    "input",
                    edge.held,
                    f"{ground.link.zh} 必需 {links[edge.supplier].zh}",
                )
                for edge in lacking
            ],
        )


def _far_reasons(ground: Ground, one: Candidate) -> Iterator[Reason]:
    distance, zh, en = distance_class(ground.place.prefix, one.firm.prefix)
    state = one.firm.state
    attribute = "region" if state.held("region") else "province"
    held = state.held(attribute)
    if distance == "far" and held is not None:
        name = place_name(ground, one)
        yield _against(
            "location",
            f"位于 {name}，{zh}，没有就近的便利",
            f"in {name}, {en}: no advantage of being near",
            [Cited(one.firm.body, attribute, held, f"{one.firm.name} 位于 {name}")],
        )


def _for(part: str, zh: str, en: str, cited: Sequence[Cited]) -> Reason:
    return Reason("for", part, both(zh, en), cited)


def _against(part: str, zh: str, en: str, cited: Sequence[Cited]) -> Reason:
    return Reason("against", part, both(zh, en), cited)
