"""What of a purchase list is missing here, and who could supply it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chaintwin.application.anchors.answers import (
    CandidateOut,
    ItemOut,
    LineOut,
    LinkMatch,
    PullOut,
    SupplyCode,
)
from chaintwin.application.anchors.core import side_of_item
from chaintwin.application.anchors.figures import amount_figure, cite_amounts
from chaintwin.application.anchors.gather import ABROAD, Item, Line
from chaintwin.application.chain.matching import Hit
from chaintwin.application.chain.overview import link_title
from chaintwin.application.chain.places import Place, to_prefix
from chaintwin.application.chain.reader import Reader
from chaintwin.application.chain.standing import Measured, measure_chain
from chaintwin.application.chain.wording import show_verdict
from chaintwin.application.shown import Cited
from chaintwin.application.targeting.answers import TargetRow
from chaintwin.application.targeting.service import Wish, list_targets

_NAMED = 3
_FIRST = 3
# Links ranked in one answer: each asks for every firm of the country on it.
_MOST_RANKED = 12


@dataclass(frozen=True, slots=True)
class Supply:
    """A region as the place to buy in: what is on its links."""

    reader: Reader
    place: Place

    def measured(self, link: int) -> Measured:
        """Return a link as it stands in the region."""
        chain = self.reader.picture.graph.links[link].chain
        found = measure_chain(self.reader, chain, self.place)
        return next(one for one in found if one.link.body == link)

    def of(self, item: Item) -> SupplyCode:
        """Tell whether an item is bought here, to be had here, missing here, or not to be told."""
        if any(one.bought.side == "local" for one in item.lines):
            return "bought_here"
        if not item.is_sure or not item.hits:
            return "unmatched"
        measured = [self.measured(hit.link) for hit in item.hits]
        if any(one.sides.here for one in measured):
            return "available"
        is_told = any(one.verdict.code != "unknown" for one in measured)
        return "missing" if is_told else "unknown"


def show_item(supply: Supply, item: Item) -> ItemOut:
    """Return an item with its lines, links and where it stands."""
    return ItemOut(
        item=item.name,
        specification=item.specification,
        side=side_of_item(one.bought.side for one in item.lines),
        amount=amount_figure(supply.reader, item.lines),
        supply=supply.of(item),
        match=item.match,
        links=[_link(supply, hit) for hit in item.hits],
        lines=[_line(supply.reader, one) for one in item.lines],
    )


def _link(supply: Supply, hit: Hit) -> LinkMatch:
    reader, one = supply.reader, supply.measured(hit.link)
    firms = reader.picture.firms
    return LinkMatch(
        chain=one.link.chain,
        link=one.link.code,
        body=one.link.state.code,
        title=link_title(one.link),
        by=hit.word,
        confidence=hit.confidence,
        verdict=show_verdict(one, reader.settings),
        local_firms=len(one.sides.here),
        local_names=[firms[held.firm].name for held in one.sides.here[:_NAMED]],
    )


def _line(reader: Reader, line: Line) -> LineOut:
    source = line.source
    place = None if source.place is None else _name_place(reader, source.place)
    cited: list[Cited] = [*source.cited, *cite_amounts([line])]
    return LineOut(
        code=line.state.code,
        supplier=source.name,
        supplier_code=None if source.body is None else reader.view.code(source.body),
        place=place,
        place_code=source.place,
        side=line.bought.side,
        amount=line.bought.amount,
        facts=reader.citer.refs(cited),
    )


def _name_place(reader: Reader, code: str) -> str:
    if code == ABROAD:
        return ABROAD
    return reader.picture.regions.get(to_prefix(code).ljust(6, "0"), code)


def find_pulls(supply: Supply, items: Sequence[Item]) -> list[PullOut]:
    """Return what could be pulled onto each link, the largest known amount first.

    An item of several links is counted with each of them: they are not to be added up.
    """
    by_link: dict[int, list[Item]] = defaultdict(list)
    for item in items:
        if supply.of(item) in ("missing", "unknown", "available"):
            for hit in item.hits:
                by_link[hit.link].append(item)
    ordered = sorted(by_link, key=lambda link: (-_known(by_link[link]), link))
    return [_pull(supply, link, by_link) for link in ordered[:_MOST_RANKED]]


def _known(items: Sequence[Item]) -> float:
    return sum(one.bought.amount or 0.0 for item in items for one in item.lines)


def _pull(supply: Supply, link: int, by_link: Mapping[int, Sequence[Item]]) -> PullOut:
    reader, measured, items = supply.reader, supply.measured(link), by_link[link]
    code = f"{measured.link.chain}/{measured.link.code}"
    found = list_targets(Wish(reader, code, supply.place.code, {}), _FIRST, 0)
    return PullOut(
        chain=measured.link.chain,
        link=measured.link.code,
        title=link_title(measured.link),
        items=[one.name for one in items],
        amount=amount_figure(reader, [line for one in items for line in one.lines]),
        verdict=show_verdict(measured, reader.settings),
        candidates=found.total,
        first=[_candidate(row) for row in found.items],
    )


def _candidate(row: TargetRow) -> CandidateOut:
    return CandidateOut(
        firm=row.firm,
        name=row.name,
        region_name=row.region_name,
        rank=row.rank,
        total=row.total,
        low=row.low,
        high=row.high,
        reasons=row.reasons,
        counter_reasons=row.counter_reasons,
    )
