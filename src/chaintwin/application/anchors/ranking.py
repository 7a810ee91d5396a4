"""Ranks the firms of a region as anchors of its chains."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chaintwin.application.anchors.answers import AnchorList, AnchorRow
from chaintwin.application.anchors.figures import HIDDEN, cite_amounts
from chaintwin.application.anchors.gather import Line, are_lists_hidden, read_items
from chaintwin.application.anchors.scoring import (
    PARTS,
    AnchorScore,
    rate_centrality,
    rate_embeddedness,
    rate_pull,
    rate_size,
    score,
    set_weights,
)
from chaintwin.application.anchors.ties import Tie, read_ties
from chaintwin.application.chain.overview import link_title
from chaintwin.application.chain.picture import Firm
from chaintwin.application.chain.places import Place, to_prefix
from chaintwin.application.chain.reader import Reader
from chaintwin.application.chain.scorecards import Scorecard
from chaintwin.application.chain.versions import find_in_force
from chaintwin.application.shown import Bilingual, Cited, both, cite, place_of, say_number
from chaintwin.application.targeting.answers import PartOut
from chaintwin.application.targeting.core import Part
from chaintwin.application.targeting.rates import Rated

_MOST_TIES = 50
_MOST_FACTS = 6
TITLES: Mapping[str, tuple[str, str]] = {
    "size": ("规模", "Size"),
    "centrality": ("关系中心度", "Centrality"),
    "pull": ("可带动采购", "Purchases to pull"),
    "embeddedness": ("本地根植", "Local embeddedness"),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a reader asks for: where, of which chain (None: any), with which weights tried."""

    region: str
    chain: str | None
    tried: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Field:
    """The firms that are ranked, with what is known of each."""

    reader: Reader
    place: Place
    firms: Mapping[int, Firm]
    lines: Mapping[int, Sequence[Line]]
    ties: Mapping[int, Sequence[Tie]]
    prefixes: Mapping[int, str]  # of the firms that ties lead to; empty: its place is unknown
    is_hidden: bool  # purchase lists may be there that the reader may not see


def list_anchors(reader: Reader, wish: Wish, limit: int, offset: int) -> AnchorList:
    """Return one page of the ranking; the same facts and weights give the same ranks."""
    published = find_in_force(reader.view, "anchor")
    card = published.tried(wish.tried) if wish.tried else published
    field, left_out = _survey(reader, wish, published)
    rated = {body: _rate_all(field, body, published) for body in field.firms}
    scores = _score(rated, card)
    order = _order(field, scores)
    before: dict[int, int] = {}
    if wish.tried:
        ranked = _order(field, _score(rated, published))
        before = {body: place for place, body in enumerate(ranked, 1)}
    rows = [
        _row(field, body, rated[body], scores[body], (place, before.get(body)))
        for place, body in enumerate(order[offset : offset + limit], offset + 1)
    ]
    return AnchorList(
        items=rows,
        total=len(order),
        limit=limit,
        offset=offset,
        region=field.place.code,
        region_name=field.place.name,
        chain=wish.chain,
        sentence=_say(field, order, scores),
        secret_hidden=field.is_hidden,
        demo_left_out=left_out,
        scorecard=card.shown(),
        as_of=reader.view.valid_at,
        known_at=reader.view.known_at,
    )


def _survey(reader: Reader, wish: Wish, card: Scorecard) -> tuple[Field, int]:
    place, picture = reader.place(wish.region), reader.picture
    links = None if wish.chain is None else {one.body for one in reader.chain(wish.chain).links}
    buyers = _buyers(reader)
    local = {
        body: firm
        for body, firm in picture.firms.items()
        if place.holds(firm.prefix)
        and any(links is None or one.link in links for one in firm.attachments)
    }
    firms = {body: firm for body, firm in local.items() if not firm.is_demo}
    lines = {
        body: [line for item in read_items(reader, body, place) for line in item.lines]
        for body in firms.keys() & buyers
    }
    ties: dict[int, list[Tie]] = defaultdict(list)
    for tie in read_ties(reader, sorted(firms), _MOST_TIES, card.more["relations"]):
        if tie.relation.attribute == "relation":
            ties[tie.at].append(tie)
    others = {tie.other for some in ties.values() for tie in some}
    others |= {line.source.body for some in lines.values() for line in some if line.source.body}
    prefixes, is_hidden = _prefixes(reader, others), are_lists_hidden(reader)
    return Field(reader, place, firms, lines, ties, prefixes, is_hidden), len(local) - len(firms)


def _buyers(reader: Reader) -> set[int]:
    states = reader.view.slices("Purchase", ("buyer",))
    return {held.ref for state in states if (held := state.held("buyer")) and held.ref}


def _prefixes(reader: Reader, bodies: set[int]) -> dict[int, str]:
    """Return the place of each firm; what is no firm is left out."""
    states = reader.view.slices("Company", ("name", "region", "province"), sorted(bodies))
    return {state.body: to_prefix(str(place_of(state) or "")) for state in states}


def _rate_all(field: Field, body: int, card: Scorecard) -> dict[str, Rated]:
    rates, firm = card.more["rates"], field.firms[body]
    lines = field.lines.get(body, ())
    bought = [one.bought for one in lines]
    ties = [one for one in field.ties.get(body, ()) if one.other in field.prefixes]
    known = {one.other for one in ties} | {one.source.body for one in lines if one.source.body}
    placed = [other for other in known if field.prefixes.get(other)]
    here = sum(field.place.holds(field.prefixes[other]) for other in placed)
    revenue = firm.state.held("revenue")
    size = None if revenue is None else float(revenue.value)
    cited = cite_amounts(lines)
    tied = _cite_ties(field, body, ties)
    told = () if revenue is None else [Cited(body, "revenue", revenue, f"营业收入 {size} 万元")]
    embedded = rate_embeddedness(bought, here, len(placed))
    return {
        "size": Rated(rate_size(size, rates), _say_size(size), told),
        "centrality": Rated(rate_centrality(len(known), rates), _say_ties(len(known)), tied),
        "pull": Rated(rate_pull(bought, rates), _say_pull(field, lines), cited),
        "embeddedness": Rated(embedded, _say_embedded(lines, here, len(placed)), [*cited, *tied]),
    }


def _cite_ties(field: Field, body: int, ties: Sequence[Tie]) -> list[Cited]:
    facts = field.reader.view.facts_by_number(
        {one.relation.fact: one.relation.body for one in ties[:_MOST_FACTS]}
    )
    return [cite(fact, f"{field.firms[body].name} {_note(fact.data)}") for fact in facts.values()]


def _score(rated: Mapping[int, Mapping[str, Rated]], card: Scorecard) -> dict[int, AnchorScore]:
    weights = set_weights(card.settings)
    return {
        body: score({code: parts[code].rate for code in PARTS}, weights)
        for body, parts in rated.items()
    }


def _order(field: Field, scores: Mapping[int, AnchorScore]) -> list[int]:
    names = {body: firm.name for body, firm in field.firms.items()}
    return sorted(
        scores, key=lambda body: (-scores[body].total, -scores[body].low, names[body], body)
    )


def _row(
    field: Field,
    body: int,
    rated: Mapping[str, Rated],
    held: AnchorScore,
    ranks: tuple[int, int | None],
) -> AnchorRow:
    firm, graph = field.firms[body], field.reader.picture.graph
    links = [graph.links[one.link] for one in firm.attachments if one.link in graph.links]
    return AnchorRow(
        rank=ranks[0],
        firm=firm.code,
        name=firm.name,
        short_name=firm.state.one("short_name"),
        links=[link_title(link) for link in links],
        total=float(held.total),
        low=float(held.low),
        high=float(held.high),
        published_rank=ranks[1],
        parts=[_part(field, part, rated[part.code]) for part in held.parts],
        has_list=bool(field.lines.get(body)),
    )


def _part(field: Field, part: Part, rated: Rated) -> PartOut:
    return PartOut(
        code=part.code,
        title=both(*TITLES[part.code]),
        weight=float(part.weight),
        points=None if part.points is None else float(part.points),
        low=float(part.low),
        high=float(part.high),
        share=part.rate.value,
        how=rated.how,
        facts=field.reader.citer.refs(rated.cited, _MOST_FACTS),
    )


def _say_size(revenue: float | None) -> Bilingual:
    if revenue is None:
        return both("营业收入未知", "revenue is unknown")
    told = say_number(revenue, 1)
    return both(f"营业收入 {told} 万元", f"revenue {told} (10 000 yuan)")


def _say_ties(firms: int) -> Bilingual:
    if not firms:
        return both(
            "没有记录到与其他企业的关系，未知", "no relation to other firms is on record: unknown"
        )
    return both(
        f"已知关系涉及 {firms} 家企业，实际可能更多",
        f"known relations lead to {firms} firms; there may be more",
    )


def _say_pull(field: Field, lines: Sequence[Line]) -> Bilingual:
    if not lines:
        why = HIDDEN if field.is_hidden else ("没有采购清单", "no purchase list")
        return both(f"{why[0]}，未知", f"{why[1]}: unknown")
    away = [one for one in lines if one.bought.side == "elsewhere"]
    open_ = sum(one.bought.side == "unknown" for one in lines)
    without = sum(one.bought.amount is None for one in lines)
    known = say_number(sum(one.bought.amount or 0.0 for one in away), 1)
    return both(
        f"外地采购 {len(away)} 项、已知 {known} 万元；来源未知 {open_} 项，金额未知 {without} 项",
        f"{len(away)} lines bought elsewhere, {known} (10 000 yuan) known; {open_} of unknown "
        f"source, {without} without amount",
    )


def _say_embedded(lines: Sequence[Line], here: int, placed: int) -> Bilingual:
    if lines and all(one.bought.amount is not None for one in lines):
        return both("按采购清单的金额", "by the amounts of the purchase list")
    if not placed:
        return both(
            "没有可用的采购金额，也不知道往来企业在哪里，未知",
            "neither amounts nor the places of related firms are known: unknown",
        )
    return both(
        f"已知所在地的 {placed} 家往来企业中本地 {here} 家",
        f"{here} of {placed} related firms of known place are here",
    )


def _say(field: Field, order: Sequence[int], scores: Mapping[int, AnchorScore]) -> Bilingual:
    where = field.place.name
    if not order:
        return both(
            f"{where}没有挂在环节上的企业，链主未知。",
            f"No firm of {where} stands on a link: its anchors are unknown.",
        )
    first, lists = field.firms[order[0]], len(field.lines)
    total = scores[order[0]].total
    if all(part.points is None for part in scores[order[0]].parts):
        return both(
            f"{where}有 {len(order)} 家企业可作链主候选，但收入、关系、采购都未知，"
            f"排不出先后。{_way_out(field).zh}",
            f"{where} has {len(order)} firms that may be anchors; revenue, relations and purchases "
            f"are all unknown, so they are in no order. {_way_out(field).en}",
        )
    told = (f"{lists} 家交了采购清单", f"{lists} have handed in a purchase list")
    if field.is_hidden:
        told = HIDDEN
    return both(
        f"{where}有 {len(order)} 家企业可作链主候选，首位 {first.name} {total} 分；{told[0]}。",
        f"{where} has {len(order)} firms that may be anchors; {first.name} leads with {total} "
        f"points; {told[1]}.",
    )


def _way_out(field: Field) -> Bilingual:
    if field.is_hidden:
        zh, en = HIDDEN
        return both(
            f"{zh}；导入企业名录，或由可看商业秘密的账号比较。",
            f"Note: {en}; import a list of firms, or compare from an account that may see them.",
        )
    return both("导入采购清单或企业名录后即可比较。", "Import purchase lists or a list of firms.")


def _note(data: object) -> str:
    return str(data.get("relation", "")) if isinstance(data, dict) else ""
