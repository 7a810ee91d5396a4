"""Ranks the firms of the whole country that could fill a gap, and explains each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from chaintwin.application.chain.answers import ScorecardOut
from chaintwin.application.chain.figures import Figures
from chaintwin.application.chain.graph import Link
from chaintwin.application.chain.overview import link_title
from chaintwin.application.chain.places import Place
from chaintwin.application.chain.reader import Reader
from chaintwin.application.chain.scorecards import Scorecard
from chaintwin.application.chain.versions import find_in_force
from chaintwin.application.chain.wording import show_verdict
from chaintwin.application.shown import both
from chaintwin.application.targeting.answers import BlockedOut, TargetList, TargetRow, TargetView
from chaintwin.application.targeting.core import Said, Score, find_block, rank, score, set_weights
from chaintwin.application.targeting.gather import Candidate, Ground, gather, survey
from chaintwin.application.targeting.rates import Rated, rate_all
from chaintwin.application.targeting.rows import Field, show_row
from chaintwin.kit.problems import InputProblem, NotFoundProblem
from chaintwin.model.fact import Fact


@dataclass(frozen=True, slots=True)
class Wish:
    """What a reader asks for: a gap by link and region, with weights tried."""

    reader: Reader
    link: str
    region: str
    tried: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Block:
    """A firm that must not be recommended, by a fact."""

    candidate: Candidate
    fact: Fact


@dataclass(frozen=True, slots=True)
class Ranking:
    """All candidates for a gap, scored and ranked by one set of weights."""

    ground: Ground
    card: Scorecard
    candidates: Mapping[int, Candidate]
    rated: Mapping[int, Mapping[str, Rated]]
    scores: Mapping[int, Score]
    order: Sequence[int]
    blocked: Sequence[Block]
    published: Mapping[int, int] | None

    @property
    def field(self) -> Field:
        """Return what a row needs to know of the others."""
        names = {body: one.firm.name for body, one in self.candidates.items()}
        return Field(self.ground, self.card, self.scores, self.order, names, self.published)


def rank_targets(wish: Wish) -> Ranking:
    """Score and rank every candidate; the same facts and weights give the same ranks."""
    reader = wish.reader
    chain, _, code = wish.link.partition("/")
    if not code:
        raise InputProblem(
            f"环节“{wish.link}”须写成 链/环节，例如 nev/battery-cell。",
            f"Write the link “{wish.link}” as chain/link, e.g. nev/battery-cell.",
        )
    link, place = reader.link(chain, code), reader.place(wish.region)
    card = find_in_force(reader.view, "target")
    base = reader.keep(
        ("targets", link.body, place.prefix, card.version), lambda: _rank(reader, link, place, card)
    )
    base = replace(base, ground=replace(base.ground, reader=reader))
    return base if not wish.tried else _reweigh(base, wish.tried)


def _rank(reader: Reader, link: Link, place: Place, card: Scorecard) -> Ranking:
    ground = survey(reader, link, place)
    candidates: dict[int, Candidate] = {}
    blocked: list[Block] = []
    for one in gather(ground, card.more):
        block = _find_block(one, card)
        if block is None:
            candidates[one.firm.body] = one
        else:
            blocked.append(block)
    rated = {body: rate_all(ground, one, card.more) for body, one in candidates.items()}
    scores = _score(rated, set_weights(card.settings, {}))
    order = _order(candidates, scores)
    return Ranking(ground, card, candidates, rated, scores, order, blocked, None)


def _reweigh(base: Ranking, tried: Mapping[str, float]) -> Ranking:
    card = base.card.tried(tried)
    scores = _score(base.rated, set_weights(base.card.settings, tried))
    order = _order(base.candidates, scores)
    published = {body: place for place, body in enumerate(base.order, 1)}
    return Ranking(
        base.ground, card, base.candidates, base.rated, scores, order, base.blocked, published
    )


def _score(
    rated: Mapping[int, Mapping[str, Rated]], weights: Mapping[str, Decimal]
) -> dict[int, Score]:
    return {
        body: score({part: one.rate for part, one in parts.items()}, weights)
        for body, parts in rated.items()
    }


def _order(candidates: Mapping[int, Candidate], scores: Mapping[int, Score]) -> list[int]:
    return rank(scores, {body: one.firm.name for body, one in candidates.items()})


def _find_block(one: Candidate, card: Scorecard) -> Block | None:
    rules = card.more["blocked"]
    for attribute in ("credit_standing", "status"):
        facts = {fact.id: fact for fact in one.standing if fact.attribute == attribute}
        said = [
            Said(fact.id, fact.text or "", fact.valid_from, fact.known_from)
            for fact in facts.values()
        ]
        found = find_block(said, rules[attribute], rules["repaired"])
        if found is not None:
            return Block(one, facts[found.number])
    return None


def list_targets(wish: Wish, limit: int, offset: int) -> TargetList:
    """Return one page of the ranking, the blocked firms beside it."""
    ranking = rank_targets(wish)
    ground, reader = ranking.ground, wish.reader
    figures = Figures(reader, ground.measured)
    return TargetList(
        items=_rows(ranking, ranking.order[offset : offset + limit], reader),
        total=len(ranking.order),
        limit=limit,
        offset=offset,
        chain=ground.link.chain,
        link=ground.link.code,
        link_title=link_title(ground.link),
        region=ground.place.code,
        region_name=ground.place.name,
        verdict=show_verdict(ground.measured, reader.settings),
        gap=figures.priority(),
        blocked=[_show_block(reader, one) for one in ranking.blocked],
        local_left_out=ground.local_left_out,
        demo_left_out=ground.demo_left_out,
        scorecard=_show_card(ranking),
        as_of=reader.view.valid_at,
        known_at=reader.view.known_at,
    )


def view_target(wish: Wish, code: str) -> TargetView:
    """Return one candidate in full; raise NotFoundProblem, with the reason, when it is none."""
    ranking = rank_targets(wish)
    ground, reader = ranking.ground, wish.reader
    body = reader.view.number(code)
    if body not in ranking.scores:
        raise _not_a_target(ranking, body)
    return TargetView(
        target=_rows(ranking, [body], reader)[0],
        of=len(ranking.order),
        chain=ground.link.chain,
        link=ground.link.code,
        link_title=link_title(ground.link),
        region=ground.place.code,
        region_name=ground.place.name,
        verdict=show_verdict(ground.measured, reader.settings),
        scorecard=_show_card(ranking),
        as_of=reader.view.valid_at,
        known_at=reader.view.known_at,
    )


def _rows(ranking: Ranking, bodies: Sequence[int], reader: Reader) -> list[TargetRow]:
    field = ranking.field
    return [
        show_row(field, ranking.candidates[body], ranking.rated[body], reader.citer)
        for body in bodies
    ]


def _show_card(ranking: Ranking) -> ScorecardOut:
    """Return the scorecard with the weights as they were used."""
    weights = set_weights(ranking.card.settings, {})
    shown = ranking.card.shown()
    return shown.model_copy(update={"settings": {k: float(v) for k, v in weights.items()}})


def _not_a_target(ranking: Ranking, body: int) -> NotFoundProblem:
    firm = ranking.ground.reader.picture.firms.get(body)
    name = firm.name if firm else "该企业"
    if any(one.candidate.firm.body == body for one in ranking.blocked):
        return NotFoundProblem(
            f"{name} 因失信或已注销被拦截，不列为目标。信用修复后自动解除。",
            f"{name} is blocked for its credit standing or status, until that is repaired.",
        )
    if firm and ranking.ground.place.holds(firm.prefix):
        return NotFoundProblem(
            f"{name} 已在本地，不列为招商目标。",
            f"{name} is already here and so no target.",
        )
    return NotFoundProblem(
        f"{name} 未挂接在“{ranking.ground.link.zh}”上，不在候选之列。可在环节页人工挂接。",
        f"{firm.name if firm else 'This firm'} is not attached to {ranking.ground.link.en}. "
        "Attach it on the link's page.",
    )


def _show_block(reader: Reader, one: Block) -> BlockedOut:
    firm, fact = one.candidate.firm, one.fact
    said = {"credit_standing": ("信用状况", "credit standing"), "status": ("经营状态", "status")}
    zh, en = said[fact.attribute]
    return BlockedOut(
        firm=firm.code,
        name=firm.name,
        region=firm.prefix.ljust(6, "0") if firm.prefix else None,
        reason=both(f"{zh}：{fact.text}（{fact.source}）", f"{en}: {fact.text} ({fact.source})"),
        way_out=both(
            "信用修复或状态更正的事实入库后自动解除",
            "lifted by itself once a fact of repair or correction is recorded",
        ),
        facts=[reader.citer.ref_of(fact, f"{firm.name} {zh} {fact.text}")],
    )
