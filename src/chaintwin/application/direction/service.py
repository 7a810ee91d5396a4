"""Diagnoses which segments a region might turn to next, beside control and back-test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chaintwin.application.chain.reader import Reader
from chaintwin.application.chain.scorecards import Scorecard
from chaintwin.application.chain.versions import find_in_force
from chaintwin.application.chain.wording import LISTED, chain_title, show_verdict
from chaintwin.application.complexity.field import Of
from chaintwin.application.complexity.relatedness import Convention
from chaintwin.application.complexity.space import Absent, read_space
from chaintwin.application.direction.answers import (
    ComponentOut,
    DirectionPart,
    Directions,
    SegmentOut,
)
from chaintwin.application.direction.core import (
    PartCode,
    Points,
    Score,
    Share,
    rank,
    rank_by,
    score,
    set_weights,
)
from chaintwin.application.direction.figures import TITLES, SegmentFigures
from chaintwin.application.direction.segments import (
    Segment,
    Survey,
    find_site,
    rate_all,
    survey,
)
from chaintwin.application.direction.telling import (
    show_backtest,
    show_complexity,
    show_ground,
)
from chaintwin.application.shown import Bilingual, both


@dataclass(frozen=True, slots=True)
class Wish:
    """What a reader asks: where, told apart how, by which convention, with which weights tried."""

    region: str
    of: Of = "links"
    convention: Convention = "harvard"
    park: str | None = None
    chain: str | None = None
    tried: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """Every candidate scored and in order; `published` ranks only when weights are tried."""

    shares: Mapping[str, Mapping[PartCode, Sequence[Share]]]
    scores: Mapping[str, Score]
    order: Sequence[str]
    controls: Mapping[str, int]
    published: Mapping[str, int] | None


def list_directions(reader: Reader, wish: Wish, limit: int, offset: int) -> Directions:
    """Return a page of candidates, the best first, with how far the ranking can be trusted."""
    published = find_in_force(reader.view, "direction")
    card = published.tried(wish.tried) if wish.tried else published
    site = find_site(reader, wish.region, wish.park, wish.chain)
    space = read_space(reader, wish.of, wish.convention, published)
    found = survey(reader, site, card, space)
    ranking = _rank(found, published if wish.tried else None)
    segments = {one.key: one for one in found.segments}
    page = ranking.order[offset : offset + limit]
    complexity, backtest, ground = space.complexity, space.backtest, found.ground
    return Directions(
        items=[
            _show(found, segments[key], ranking, place)
            for place, key in enumerate(page, offset + 1)
        ],
        total=len(ranking.order),
        limit=limit,
        offset=offset,
        of=wish.of,
        region=site.place.code,
        region_name=site.place.name,
        park=site.park.code if site.park else None,
        park_name=site.park.name if site.park else None,
        chains=list(site.chains) if wish.of == "links" else [],
        sentence=_say(found, ranking, segments),
        ground=None if isinstance(ground, Absent) else show_ground(found, ground),
        why_no_ground=ground.why if isinstance(ground, Absent) else None,
        complexity=None if isinstance(complexity, Absent) else show_complexity(found, complexity),
        why_no_complexity=complexity.why if isinstance(complexity, Absent) else None,
        backtest=None if isinstance(backtest, Absent) else show_backtest(space, backtest),
        why_no_backtest=backtest.why if isinstance(backtest, Absent) else None,
        convention=wish.convention,
        population=LISTED,
        classification=_classification(reader, space.field.source),
        unplaced=space.field.unplaced,
        scorecard=card.shown(),
        as_of=reader.view.valid_at,
        known_at=reader.view.known_at,
    )


def _rank(found: Survey, published: Scorecard | None) -> Ranking:
    shares = rate_all(found)
    expected = {one.key: found.expected(one) for one in found.segments}
    control = {key: value for key, value in expected.items() if value is not None}
    scores = _score(shares, found.card)
    before = None
    if published is not None:
        order = rank(_score(shares, published), control)
        before = {key: place for place, key in enumerate(order, 1)}
    return Ranking(shares, scores, rank(scores, control), rank_by(control), before)


def _score(
    shares: Mapping[str, Mapping[PartCode, Sequence[Share]]], card: Scorecard
) -> dict[str, Score]:
    weights = set_weights(card.settings)
    return {key: score(parts, weights) for key, parts in shares.items()}


def _show(found: Survey, one: Segment, ranking: Ranking, place: int) -> SegmentOut:
    figures, held, measured = SegmentFigures(found, one), ranking.scores[one.key], one.measured
    english = measured.link.en if measured else one.title
    return SegmentOut(
        segment=one.key,
        title=both(one.title, english),
        chain=measured.link.chain if measured else None,
        chain_title=chain_title(found.reader.chain(measured.link.chain)) if measured else None,
        link=measured.link.code if measured else None,
        verdict=show_verdict(measured, found.reader.settings) if measured else None,
        rank=place,
        published_rank=ranking.published[one.key] if ranking.published else None,
        total=float(held.total),
        low=float(held.low),
        high=float(held.high),
        parts=[_part(figures, part, ranking.shares[one.key][part.code]) for part in held.parts],
        control=figures.control(),
        control_rank=ranking.controls.get(one.key),
        near=figures.near(),
    )


def _part(figures: SegmentFigures, part: Points, shares: Sequence[Share]) -> DirectionPart:
    whole = sum(one.weight for one in shares)
    return DirectionPart(
        code=part.code,
        title=both(*TITLES[part.code]),
        weight=float(part.weight),
        points=None if part.points is None else float(part.points),
        low=float(part.low),
        high=float(part.high),
        components=[
            ComponentOut(
                code=one.code,
                title=both(*TITLES[one.code]),
                weight=one.weight / whole,
                rate=one.rate,
                figure=figures.component(one.code),
            )
            for one in shares
        ],
    )


def _say(found: Survey, ranking: Ranking, segments: Mapping[str, Segment]) -> Bilingual:
    where = found.site.park.name if found.site.park else found.site.place.name
    links = found.space.field.of == "links"
    zh_kind, en_kind = ("环节", "links") if links else ("行业", "industries")
    if not ranking.order:
        return both(
            f"{where}没有可供诊断的{zh_kind}：所选时点没有记录，或都已具备。",
            f"{where} has no candidate {en_kind}: nothing is on record, or it has them all.",
        )
    best = segments[ranking.order[0]]
    total = ranking.scores[best.key].total
    english = best.measured.link.en if best.measured else best.title
    control = ranking.controls.get(best.key)
    beside = f"对照第 {control} 名" if control else "对照名次未知"
    beside_en = f"number {control} by the control" if control else "no rank by the control"
    return both(
        f"{where}有 {len(ranking.order)} 个候选{zh_kind}，"
        f"首位“{best.title}”{total} 分（{beside}）。",
        f"{where} has {len(ranking.order)} candidate {en_kind}; first comes {english} with {total} "
        f"points ({beside_en}).",
    )


def _classification(reader: Reader, source: str | None) -> Bilingual | None:
    if source is None:
        return None
    known = reader.citer.sources.get(source)
    title = known.title if known else {}
    return both(title.get("zh", source), title.get("en") or title.get("zh", source))
