"""Shows a region beside its peers, link by link."""

from __future__ import annotations

from collections.abc import Sequence

from chaintwin.application.chain.answers import (
    ComparedLink,
    ComparedRegion,
    Comparison,
    PeerLink,
)
from chaintwin.application.chain.overview import link_title
from chaintwin.application.chain.peers import PEERS, find_peers
from chaintwin.application.chain.places import Place
from chaintwin.application.chain.reader import Reader
from chaintwin.application.chain.standing import Measured, measure_chain
from chaintwin.application.chain.wording import LISTED, count_verdicts
from chaintwin.application.shown import both
from chaintwin.kit.problems import InputProblem

_MOST = 8


def compare_regions(reader: Reader, code: str, region: str, peers: Sequence[str]) -> Comparison:
    """Show a region beside the peers asked for; fewer than two are filled up by rule."""
    if len(peers) > _MOST:
        raise InputProblem(
            f"一次最多对比 {_MOST} 个区域。请减少对标区。",
            f"At most {_MOST} regions can be compared at once. Name fewer peers.",
        )
    chain, place = reader.chain(code), reader.place(region)
    chosen = {one.prefix: one for one in map(reader.place, peers) if one.prefix != place.prefix}
    places = [place, *chosen.values()]
    for peer in find_peers(reader, chain, place):
        if len(places) <= PEERS and peer.prefix not in chosen:
            places.append(peer)
    measured = {one.prefix: measure_chain(reader, code, one) for one in places}
    return Comparison(
        chain=code,
        regions=[
            _region(one, measured[one.prefix], one.prefix in chosen or one is place)
            for one in places
        ],
        links=[_link(index, places, measured) for index in range(len(chain.links))],
        population=LISTED,
        how_chosen=both(
            "未指定时，取同级区域中本链证据足够企业最多者",
            "when not named: regions of the same level with most evidenced firms on the chain",
        ),
        as_of=reader.view.valid_at,
    )


def _region(place: Place, measured: Sequence[Measured], chosen: bool) -> ComparedRegion:
    firms = {one.firm for link in measured for one in link.sides.here}
    return ComparedRegion(
        region=place.code,
        name=place.name,
        firms=len(firms),
        counts=count_verdicts(measured),
        chosen=chosen,
    )


def _link(index: int, places: Sequence[Place], measured: dict[str, list[Measured]]) -> ComparedLink:
    first = measured[places[0].prefix][index].link
    return ComparedLink(
        link=first.code,
        title=link_title(first),
        stage=first.stage,
        regions=[_peer(place, measured[place.prefix][index]) for place in places],
    )


def _peer(place: Place, one: Measured) -> PeerLink:
    return PeerLink(
        region=place.code,
        firms=one.standing.firms,
        firms_recalled=one.standing.recalled,
        lq=one.standing.lq,
        share=one.share,
        verdict=one.verdict.code,
        demo=one.is_demo,
    )
