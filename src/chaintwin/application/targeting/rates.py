"""How much of each part a candidate gets, with the sentence that says why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chaintwin.application.chain.figures import cite_attachment
from chaintwin.application.shown import Bilingual, Cited, both, place_of, say_number
from chaintwin.application.targeting.core import NO_EVIDENCE, Rate, speaks_of
from chaintwin.application.targeting.gather import Candidate, Ground
from chaintwin.kit.problems import InputProblem
from chaintwin.model.fact import Moment

_MONTH = timedelta(days=30.44)
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Rated:
    """A rate with how it came about and the facts it rests on."""

    rate: Rate
    how: Bilingual
    cited: Sequence[Cited] = ()


def rate_all(ground: Ground, one: Candidate, rules: Mapping[str, Any]) -> dict[str, Rated]:
    """Rate a candidate on every part by the published rates of the scorecard."""
    rates = rules["rates"]
    return {
        "gap": _gap(ground),
        "fit": _fit(ground, one, rates),
        "revenue": _revenue(one),
        "expansion": _expansion(ground, one, rates),
        "ties": _ties(ground, one, rates),
        "location": _location(ground, one, rates),
        "confidence": _confidence(ground, one),
        "risk": _risk(one, rules),
    }


def _missing(zh: str, en: str) -> Rated:
    return Rated(NO_EVIDENCE, both(zh, en))


def _gap(ground: Ground) -> Rated:
    if ground.gap_rate is None:
        return _missing(
            "本地判定未知，缺口重要性无从计算",
            "the verdict here is unknown, so the gap cannot be weighed",
        )
    shown = say_number(ground.gap_rate)
    edges = ground.measured.essential_here
    links = ground.reader.picture.graph.links
    cited = [
        Cited(edge.buyer, "input", edge.held, f"{links[edge.buyer].zh} 必需 {ground.link.zh}")
        for edge in edges
    ]
    return Rated(
        Rate.known(ground.gap_rate),
        both(f"补链价值÷本地最大补链价值={shown}", f"value ÷ largest value here = {shown}"),
        cited,
    )


def _fit(ground: Ground, one: Candidate, rates: Mapping[str, float]) -> Rated:
    way = way_of(ground, one)
    rate = rates[f"fit_{way}"] * one.attachment.held.confidence / 100
    if one.is_recalled:
        rate *= rates["recalled"]
    zh, en = _WAYS[way]
    confidence = one.attachment.held.confidence
    return Rated(
        Rate.known(rate),
        both(
            f"{zh}，置信度 {confidence}" + ("，待核折半" if one.is_recalled else ""),
            f"{en}, confidence {confidence}" + (", to be checked" if one.is_recalled else ""),
        ),
        [cite_attachment(ground.reader, one.attachment), *one.products],
    )


_WAYS = {
    "exact": ("收录且产品相符，或产品名与环节产品相同", "placed with a matching product"),
    "word": ("产品名含环节识别词", "a product holds a word of the link"),
    "placed": ("收录于环节", "placed on the link"),
    "learned": ("产品名近似，由模型归类", "a product is like the link's, as the model sees it"),
    "industry": ("仅行业代码相符", "only the industry code fits"),
}


def way_of(ground: Ground, one: Candidate) -> str:
    """Return the strongest way: exact, word, placed, learned, industry."""
    names = set(ground.link.texts("product_name"))
    exact = any(cited.says.rpartition(" ")[2] in names for cited in one.products)
    if "ruled" in one.by or exact or {"placed", "word"} <= set(one.by):
        return "exact"
    return next((way for way in ("word", "placed", "learned") if way in one.by), "industry")


def _revenue(one: Candidate) -> Rated:
    weight = one.attachment.weight
    if weight is None:
        return _missing("该环节的收入占比未知", "its share of revenue on the link is unknown")
    share = f"{weight * 100:.0f}%"
    cited = one.products or [
        Cited(one.firm.body, "link", one.attachment.held, f"{one.firm.name} 收入占比 {share}")
    ]
    return Rated(
        Rate.known(weight),
        both(f"收入的 {share} 来自该环节", f"{share} of revenue comes from the link"),
        cited,
    )


def _expansion(ground: Ground, one: Candidate, rates: Mapping[str, float]) -> Rated:
    at = ground.reader.view.valid_at
    cited = [*one.expansion, *_new_listing(one, at, rates["new_listing_months"])]
    if not cited:
        return _missing(
            "没有投资、并购、合资或新上市的事实", "no investment, acquisition, venture or listing"
        )
    return Rated(
        Rate.known(len(cited) / rates["expansion_full"]),
        both(f"扩张事实 {len(cited)} 条", f"{len(cited)} facts of expansion"),
        cited,
    )


def _new_listing(one: Candidate, at: datetime, months: float) -> list[Cited]:
    held = one.firm.state.held("listed_on")
    if held is None or not isinstance(held.value, str):
        return []
    try:
        listed = Moment.parse(held.value).at
    except InputProblem:
        return []
    if not timedelta(0) <= at - listed <= _MONTH * months:
        return []
    return [Cited(one.firm.body, "listed_on", held, f"{one.firm.name} 上市于 {held.value}")]


def _ties(ground: Ground, one: Candidate, rates: Mapping[str, float]) -> Rated:
    adjacent = adjacent_links(ground, one)
    strength = len(adjacent) + 2 * len(one.direct)
    if not strength:
        return _missing(
            "没有与本地企业或本地环节相关联的事实", "no fact ties it to local firms or links"
        )
    links = ground.reader.picture.graph.links
    names = "、".join(links[link].zh for link in adjacent[:_NAMED])
    local = [
        cite_attachment(ground.reader, ground.local[link][0])
        for link in adjacent
        if ground.local.get(link)
    ]
    return Rated(
        Rate.known(strength / rates["ties_full"]),
        both(
            (f"与本地企业直接关系 {len(one.direct)} 条；" if one.direct else "")
            + f"可就地配套环节 {len(adjacent)} 个"
            + (f"（{names}{_more(adjacent)}）" if names else ""),
            f"{len(one.direct)} direct relations, {len(adjacent)} local links to deal with",
        ),
        [*one.direct, *local],
    )


def _more(links: Sequence[int]) -> str:
    return "…" if len(links) > _NAMED else ""


def adjacent_links(ground: Ground, one: Candidate) -> list[int]:
    """Return local links next to any link the firm stands on with sufficient evidence."""
    settings = ground.reader.settings
    own = {held.link for held in one.firm.attachments if held.is_sufficient(settings)}
    own.add(ground.link.body)
    graph = ground.reader.picture.graph
    found = {
        other
        for link in own
        if link in graph.links
        for edge in ground.edges_of(link)
        for other in (edge.supplier, edge.buyer)
        if other not in own and ground.present.get(other)
    }
    return sorted(found, key=lambda link: (graph.links[link].chain, graph.links[link].order, link))


def _location(ground: Ground, one: Candidate, rates: Mapping[str, float]) -> Rated:
    home = one.firm.state.held("region") or one.firm.state.held("province")
    attribute = "region" if one.firm.state.held("region") else "province"
    if home is None:
        return _missing("企业所在地未知", "where the firm is is not known")
    distance, zh, en = distance_class(ground.place.prefix, one.firm.prefix)
    market = min(1.0, ground.local_buyers / rates["market_full"])
    says = f"{one.firm.name} 位于 {place_name(ground, one)}"
    return Rated(
        Rate.known(0.5 * rates[distance] + 0.5 * market),
        both(
            f"{zh}，本地下游企业 {ground.local_buyers} 家",
            f"{en}, {ground.local_buyers} local buyers",
        ),
        [Cited(one.firm.body, attribute, home, says)],
    )


def distance_class(here: str, there: str) -> tuple[str, str, str]:
    """Return the class of distance between two places and what it is called."""
    if here[:2] == there[:2]:
        return "same_province", "同省", "same province"
    if here[:1] == there[:1]:
        return "same_area", "同一大区", "same greater region"
    return "far", "跨大区", "another greater region"


def place_name(ground: Ground, one: Candidate) -> str:
    """Return the name of the most exact place known of a firm, its code while unnamed."""
    code = str(place_of(one.firm.state) or "")
    return ground.reader.picture.regions.get(one.firm.prefix.ljust(6, "0"), code)


def _confidence(ground: Ground, one: Candidate) -> Rated:
    cited = [cite_attachment(ground.reader, one.attachment), *one.products]
    mean = sum(entry.held.confidence for entry in cited) / len(cited)
    return Rated(
        Rate.known(mean / 100),
        both(
            f"{len(cited)} 条事实平均置信度 {say_number(mean, 0)}",
            f"mean confidence {say_number(mean, 0)} of {len(cited)} facts",
        ),
        cited,
    )


def _risk(one: Candidate, rules: Mapping[str, Any]) -> Rated:
    rates = rules["rates"]
    found = risks_of(one, rules["risky"])
    rate = sum(rates[f"risk_{kind}"] for kind, _ in found)
    cited = [cited for _, cited in found]
    has_credit = any(fact.attribute == "credit_standing" for fact in one.standing)
    if not found and not has_credit:
        return _missing("信用状况未知", "its credit standing is not known")
    high = min(1.0, rate) if has_credit else 1.0
    held = one.firm.state.held("credit_standing")
    if held is not None:
        says = f"{one.firm.name} 信用状况 {held.value}"
        cited.append(Cited(one.firm.body, "credit_standing", held, says))
    return Rated(
        Rate(min(1.0, rate), min(1.0, rate), high),
        both(
            "、".join(entry.says for _, entry in found) or "未见风险事实",
            f"{len(found)} risk facts found",
        ),
        cited,
    )


def risks_of(one: Candidate, risky: Mapping[str, Sequence[str]]) -> list[tuple[str, Cited]]:
    """Return the risks that facts speak of: special treatment ST, abnormal status or standing."""
    found = []
    short = one.firm.state.held("short_name")
    if short is not None and "ST" in str(short.value).upper()[:4]:
        says = f"{short.value} 被交易所实施风险警示（ST）"
        found.append(("st", Cited(one.firm.body, "short_name", short, says)))
    for attribute, words in risky.items():
        held = one.firm.state.held(attribute)
        if held is not None and speaks_of(str(held.value), words):
            says = f"{one.firm.name} {held.value}"
            found.append(("abnormal", Cited(one.firm.body, attribute, held, says)))
    return found
