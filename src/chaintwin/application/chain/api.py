"""Routes of the chain room: chains, links, gaps, comparison, regions, rulings."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from chaintwin.application.chain import (
    accepting,
    building,
    changing,
    compare,
    doubts,
    gaps,
    linkview,
    overview,
    ruling,
    scorecards,
    versions,
)
from chaintwin.application.chain.answers import (
    ChainList,
    ChainView,
    Comparison,
    GapList,
    LinkView,
    RegionList,
    Ruling,
    RulingOut,
)
from chaintwin.application.chain.pending import (
    DoubtList,
    ProposalList,
    ProposalRuled,
    ProposalRuling,
    TextAssignment,
)
from chaintwin.application.chain.reader import Reader, open_reader
from chaintwin.application.chain.version_answers import (
    ScorecardGiven,
    ScorecardView,
    VerdictChanges,
)
from chaintwin.twin.asked import ChainCode, FirmCode, Limit, LinkCode, Offset
from chaintwin.twin.door import Door, TheDoor, TheLanguage, set_etag

router = APIRouter(prefix="/api/v1", tags=["chain"])

Region = Annotated[
    str | None, Query(description="区划代码 division code: 22, 2201, 220184; old codes resolve")
]
TheRegion = Annotated[str, Query(description="区划代码 division code: 22, 2201, 220184")]
CardName = Annotated[str, Path(description="评分卡 verdict, gap, target, direction or anchor")]
Trial = Annotated[
    list[str] | None,
    Query(description="试改阈值 settings to try, e.g. coverage_needed:0.3; nothing is stored"),
]


def _reader(door: Door, trial: list[str] | None = None) -> Reader:
    door.asker.require("chain:read")
    return open_reader(door.twin, door.view, scorecards.parse_settings(trial or []))


@router.get("/chains", operation_id="list_chains")
def list_chains(door: TheDoor, request: Request, response: Response) -> ChainList:
    """List the chains with how many links and attached firms each has."""
    set_etag(request, response, door.view)
    return overview.list_chains(_reader(door))


@router.get("/chains/{chain}", operation_id="read_chain")
def read_chain(
    chain: ChainCode,
    door: TheDoor,
    request: Request,
    response: Response,
    region: Region = None,
    trial: Trial = None,
) -> ChainView:
    """Show a chain, and with a region its counts, location quotients and verdicts."""
    set_etag(request, response, door.view)
    return overview.view_chain(_reader(door, trial), chain, region)


@router.get("/chains/{chain}/links/{link}", operation_id="read_link")
def read_link(
    chain: ChainCode,
    link: LinkCode,
    door: TheDoor,
    request: Request,
    response: Response,
    region: Region = None,
    trial: Trial = None,
    limit: Limit = 100,
    offset: Offset = 0,
) -> LinkView:
    """Show a link with its firms, neighbours and every figure opening to its facts."""
    set_etag(request, response, door.view)
    reader = _reader(door, trial)
    return linkview.view_link(reader, chain, link, region, (limit, offset))


@router.put("/chains/{chain}/links/{link}/firms/{firm}", operation_id="rule_on_firm")
def rule_on_firm(
    chain: ChainCode,
    link: LinkCode,
    firm: FirmCode,
    given: Ruling,
    door: TheDoor,
    language: TheLanguage,
) -> RulingOut:
    """Attach a firm to a link, take it off, or withdraw one's ruling; kept when recomputed."""
    door.asker.require("chain:rule")
    return ruling.rule(door, chain, link, firm, given)


@router.get("/chains/{chain}/gaps", operation_id="list_gaps")
def list_gaps(
    chain: ChainCode,
    door: TheDoor,
    request: Request,
    response: Response,
    region: TheRegion,
    trial: Trial = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> GapList:
    """List a region's missing, broken and weak links, the most worthwhile to close first."""
    set_etag(request, response, door.view)
    return gaps.list_gaps(_reader(door, trial), chain, region, (limit, offset))


@router.get("/chains/{chain}/comparison", operation_id="compare_regions")
def compare_regions(
    chain: ChainCode,
    door: TheDoor,
    request: Request,
    response: Response,
    region: TheRegion,
    peer: Annotated[
        list[str] | None, Query(description="对标区 peer regions; left out: chosen by rule")
    ] = None,
) -> Comparison:
    """Show a region beside two or more peers, link by link."""
    set_etag(request, response, door.view)
    return compare.compare_regions(_reader(door), chain, region, peer or [])


@router.get("/chains/{chain}/doubts", operation_id="list_doubts")
def list_doubts(
    chain: ChainCode,
    door: TheDoor,
    request: Request,
    response: Response,
    region: TheRegion,
    limit: Limit = 50,
    offset: Offset = 0,
) -> DoubtList:
    """List products whose link is uncertain; decide by ruling on the firm (rule_on_firm)."""
    set_etag(request, response, door.view)
    return doubts.list_doubts(_reader(door), chain, region, (limit, offset))


@router.get("/chains/{chain}/proposals", operation_id="list_proposals")
def list_proposals(
    chain: ChainCode,
    door: TheDoor,
    request: Request,
    response: Response,
    limit: Limit = 50,
    offset: Offset = 0,
) -> ProposalList:
    """List links and inputs that a chain may lack, each with its evidence, the surest first."""
    set_etag(request, response, door.view)
    return building.list_proposals(_reader(door), chain, (limit, offset))


@router.put("/chains/{chain}/proposals", operation_id="rule_on_proposal")
def rule_on_proposal(
    chain: ChainCode, given: ProposalRuling, door: TheDoor, language: TheLanguage
) -> ProposalRuled:
    """Accept a proposal into one's own view of the chain, decline it, or withdraw either."""
    door.asker.require("chain:rule")
    return accepting.rule_on_proposal(door, chain, given)


@router.get("/assignment", operation_id="assign_text")
def assign_text(
    door: TheDoor,
    request: Request,
    response: Response,
    text: Annotated[
        str, Query(min_length=1, max_length=2000, description="产品名或一段文字 a name or a text")
    ],
) -> TextAssignment:
    """Tell which links a product's name or the phrases of a text speak of, and how surely."""
    set_etag(request, response, door.view)
    return doubts.assign_text(_reader(door), text)


@router.get("/chains/{chain}/verdict-changes", operation_id="list_verdict_changes")
def list_verdict_changes(
    chain: ChainCode,
    door: TheDoor,
    request: Request,
    response: Response,
    region: TheRegion,
    trial: Trial = None,
) -> VerdictChanges:
    """Tell which verdicts tried settings would change; without any, what the own ones changed."""
    set_etag(request, response, door.view)
    return changing.list_changes(_reader(door, trial), chain, region)


@router.get("/scorecards/{name}", operation_id="read_scorecard")
def read_scorecard(
    name: CardName, door: TheDoor, request: Request, response: Response
) -> ScorecardView:
    """Show a scorecard: the version in force, the shipped one, and own versions with reasons."""
    door.asker.require("chain:read")
    set_etag(request, response, door.view)
    return versions.view_scorecard(door.view, name)


@router.post("/scorecards/{name}/versions", operation_id="publish_scorecard")
def publish_scorecard(
    name: CardName, given: ScorecardGiven, door: TheDoor, language: TheLanguage
) -> ScorecardView:
    """Publish own weights or thresholds from now on; no settings go back to the shipped version."""
    door.asker.require("chain:rule")
    return versions.publish(door, name, given)


@router.get("/regions", operation_id="list_regions")
def list_regions(
    door: TheDoor,
    request: Request,
    response: Response,
    text: Annotated[
        str | None, Query(description="名称或代码的一部分 part of name or code")
    ] = None,
    within: Annotated[str | None, Query(description="上级区划 only within this region")] = None,
) -> RegionList:
    """List the regions that firms or coverage statements speak of."""
    set_etag(request, response, door.view)
    return overview.list_regions(_reader(door), text, within)
