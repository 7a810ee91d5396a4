"""Puts a region's chains, gaps, candidates, projects and parcels on one page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from chaintwin.application.chain.core import GAPS
from chaintwin.application.chain.figures import cite_attachment
from chaintwin.application.chain.gaps import rank_gaps, show_gap
from chaintwin.application.chain.overview import count_regions, link_title
from chaintwin.application.chain.picture import Attachment
from chaintwin.application.chain.places import Place, to_prefix
from chaintwin.application.chain.reader import Reader
from chaintwin.application.chain.standing import Measured, measure_chain
from chaintwin.application.chain.wording import chain_title, count_verdicts, say_chain
from chaintwin.application.cockpit.answers import Cockpit, CockpitChain, CockpitTarget, StageCount
from chaintwin.application.shown import Bilingual, Cited, Figure, both, place_of, weakest
from chaintwin.application.targeting.service import Wish, rank_targets
from chaintwin.twin.state import BodyState

_GAPS_SHOWN = 8
_FIRMS_CITED = 100
_GAPS_SEARCHED = 3
_TARGETS_EACH = 2
# 地块状态: what may still be offered.
_FREE = "可供"


def view_cockpit(reader: Reader, code: str) -> Cockpit:
    """Return the figures of a region's cockpit."""
    place = reader.place(code)
    measured = {name: measure_chain(reader, name, place) for name in reader.picture.graph.chains}
    gaps = rank_gaps([one for links in measured.values() for one in links])
    projects, parcels = _within(reader, "Project", place), _within(reader, "Parcel", place)
    return Cockpit(
        region=place.code,
        region_name=place.name,
        firms=_count_firms(reader, place),
        chains=[_chain(reader, place, name, links) for name, links in measured.items()],
        gaps=[show_gap(reader, one, rank) for rank, one in enumerate(gaps[:_GAPS_SHOWN], 1)],
        targets=_targets(reader, place, gaps[:_GAPS_SEARCHED]),
        projects=_count(reader, projects, both("区内项目数", "projects within the region")),
        stages=_stages(projects),
        parcels=_count(reader, parcels, both("区内地块数", "parcels within the region")),
        parcels_free=_count(
            reader,
            [one for one in parcels if one.one("status") == _FREE],
            both("状态为“可供”的地块数", "parcels with status 可供 (to be had)"),
        ),
        coverage_demo=any(one.is_demo for links in measured.values() for one in links),
        scorecard=reader.verdict_card.shown(),
        as_of=reader.view.valid_at,
        known_at=reader.view.known_at,
    )


def _within(reader: Reader, kind: str, place: Place) -> list[BodyState]:
    attributes = ("name", "region", "stage", "status", "demo")
    return [
        state
        for state in reader.view.slices(kind, attributes)
        if place.holds(to_prefix(str(place_of(state) or "")))
    ]


def _count(reader: Reader, states: Sequence[BodyState], formula: Bilingual) -> Figure:
    cited = [
        Cited(state.body, "name", held, state.name)
        for state in states
        if (held := state.held("name")) is not None
    ]
    return _figure(reader, len(states), formula, cited)


def _figure(reader: Reader, count: int, formula: Bilingual, cited: Sequence[Cited]) -> Figure:
    bases = [one.held.basis for one in cited]
    basis = weakest(bases)
    # Before anything was recorded nothing can be counted: that is unknown, not none.
    is_blank = not reader.picture.firms and not reader.picture.graph.chains
    return Figure(
        value=None if is_blank else count,
        text=both("未知", "unknown") if is_blank else both(str(count), str(count)),
        formula=formula,
        facts=reader.citer.refs(cited),
        facts_total=max(count, len(cited)),
        basis=basis,
        demo=basis == "demo",
        as_of=reader.view.valid_at,
    )


def _count_firms(reader: Reader, place: Place) -> Figure:
    formula = both("孪生体中所在区划属于本区的企业数", "firms of the twin placed within the region")
    count, cited = reader.keep(("firms", place.prefix), lambda: _find_firms(reader, place))
    return _figure(reader, count, formula, cited)


def _find_firms(reader: Reader, place: Place) -> tuple[int, list[Cited]]:
    """Return how many firms lie in a region, and the names of some.

    Invented firms do not count; they are stated by one's own tenant alone.
    """
    view = reader.view
    regions = count_regions(reader)
    total = sum(count for code, count in regions.items() if place.holds(to_prefix(code)))
    page = view.find("Company", region=place.prefix or None, limit=_FIRMS_CITED)
    own = view.slices("Company", ("name", "demo", "region", "province"), view.own_bodies("Company"))
    demo = [one for one in own if one.is_demo and place.holds(to_prefix(str(place_of(one) or "")))]
    invented = {one.body for one in demo}
    cited = [
        Cited(state.body, "name", held, state.name)
        for state in page.states
        if state.body not in invented and (held := state.held("name")) is not None
    ]
    return total - len(demo), cited


def _chain(reader: Reader, place: Place, name: str, measured: Sequence[Measured]) -> CockpitChain:
    chain = reader.chain(name)
    counts = count_verdicts(measured)
    firms: dict[int, Attachment] = {one.firm: one for link in measured for one in link.sides.here}
    return CockpitChain(
        code=name,
        title=chain_title(chain),
        sentence=say_chain(place.name, chain, counts),
        counts=counts,
        firms=_figure(
            reader,
            len(firms),
            both("链上证据足够的本地企业数", "local firms on the chain with sufficient evidence"),
            [cite_attachment(reader, one) for one in firms.values()],
        ),
    )


def _stages(projects: Sequence[BodyState]) -> list[StageCount]:
    stages = Counter(str(one.one("stage") or "unknown") for one in projects)
    demo = Counter(str(one.one("stage") or "unknown") for one in projects if one.is_demo)
    return [
        StageCount(stage=stage, projects=count, demo=demo[stage])
        for stage, count in sorted(stages.items())
    ]


def _targets(reader: Reader, place: Place, gaps: Sequence[Measured]) -> list[CockpitTarget]:
    rows = []
    for gap in gaps:
        assert gap.verdict.code in GAPS
        wish = Wish(reader, f"{gap.link.chain}/{gap.link.code}", place.code, {})
        ranking = rank_targets(wish)
        for body in ranking.order[:_TARGETS_EACH]:
            found = ranking.scores[body]
            rows.append(
                CockpitTarget(
                    chain=gap.link.chain,
                    link=gap.link.code,
                    link_title=link_title(gap.link),
                    firm=ranking.candidates[body].firm.code,
                    name=ranking.candidates[body].firm.name,
                    total=float(found.total),
                    low=float(found.low),
                    high=float(found.high),
                )
            )
    return rows
