"""Lists a region's gaps, the most worthwhile to close first."""

from __future__ import annotations

from collections.abc import Sequence

from chaintwin.application.chain.answers import GapList, GapRow
from chaintwin.application.chain.core import GAPS
from chaintwin.application.chain.figures import Figures
from chaintwin.application.chain.overview import link_title
from chaintwin.application.chain.reader import Reader
from chaintwin.application.chain.standing import Measured, measure_chain
from chaintwin.application.chain.wording import chain_title, show_verdict


def list_gaps(reader: Reader, chain: str, region: str, page: tuple[int, int]) -> GapList:
    """List choke points, missing and weak links by what closing them changes."""
    place = reader.place(region)
    measured = measure_chain(reader, chain, place)
    gaps = rank_gaps(measured)
    limit, offset = page
    shown = enumerate(gaps[offset : offset + limit], offset + 1)
    return GapList(
        items=[show_gap(reader, one, rank) for rank, one in shown],
        total=len(gaps),
        limit=limit,
        offset=offset,
        region=place.code,
        region_name=place.name,
        unknown=sum(one.verdict.code == "unknown" for one in measured),
        scorecard=reader.gap_card.shown(),
        as_of=reader.view.valid_at,
    )


def rank_gaps(measured: Sequence[Measured]) -> list[Measured]:
    """Return the gaps by value of closing, then by kind of gap, importance and order."""
    gaps = [one for one in measured if one.verdict.code in GAPS]
    return sorted(
        gaps,
        key=lambda one: (
            -one.priority,
            GAPS.index(one.verdict.code),
            -one.score,
            one.link.order,
            one.link.body,
        ),
    )


def show_gap(reader: Reader, one: Measured, rank: int) -> GapRow:
    """Return a gap with the figure by which it is ranked."""
    links = reader.picture.graph.links
    return GapRow(
        chain=one.link.chain,
        chain_title=chain_title(reader.chain(one.link.chain)),
        link=one.link.code,
        title=link_title(one.link),
        stage=one.link.stage,
        verdict=show_verdict(one, reader.settings),
        rank=rank,
        priority=Figures(reader, one).priority(),
        local_buyers=[links[edge.buyer].zh for edge in one.essential_here],
        candidates=len(one.sides.elsewhere),
    )
