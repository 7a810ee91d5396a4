"""Shows chains, a chain as a region sees it, and the regions one can choose."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from chaintwin.application.chain.answers import (
    ChainList,
    ChainView,
    InputOut,
    LinkRow,
    RegionList,
    RegionRow,
    StageOut,
    VerdictCode,
    VerdictOut,
)
from chaintwin.application.chain.graph import Chain, Input, Link
from chaintwin.application.chain.places import Place, to_prefix
from chaintwin.application.chain.reader import Reader
from chaintwin.application.chain.standing import Measured, measure_chain, part_firms
from chaintwin.application.chain.wording import (
    LISTED,
    chain_row,
    chain_title,
    count_verdicts,
    say_chain,
    show_verdict,
)
from chaintwin.application.shown import Bilingual, both

# Nowhere: every firm is elsewhere.
_NOWHERE = Place("", "-", "")


def list_chains(reader: Reader) -> ChainList:
    """List every chain."""
    rows = [
        chain_row(chain, len(_firms_on(reader, chain)))
        for chain in reader.picture.graph.chains.values()
    ]
    return ChainList(items=rows, total=len(rows), as_of=reader.view.valid_at)


def _firms_on(reader: Reader, chain: Chain) -> set[int]:
    picture = reader.picture
    return {
        one.firm
        for link in chain.links
        for one in picture.on_link.get(link.body, ())
        if not picture.firms[one.firm].is_demo
    }


def view_chain(reader: Reader, code: str, region: str | None) -> ChainView:
    """Show a chain; with a region each link carries its counts and verdict."""
    chain = reader.chain(code)
    place = None if region is None else reader.place(region)
    measured = measure_chain(reader, code, place) if place else []
    counts = count_verdicts(measured)
    rows = (
        rows_of(reader, code, place, measured)
        if place
        else [plain_row(reader, link) for link in chain.links]
    )
    return ChainView(
        code=chain.code,
        body=chain.state.code,
        title=chain_title(chain),
        version=chain.state.one("version"),
        reference=_reference(chain),
        region=place.code if place else None,
        region_name=place.name if place else None,
        stages=show_stages(chain),
        links=rows,
        inputs=[_edge(reader, one) for one in _inputs_of(reader, chain)],
        counts=counts,
        sentence=say_chain(place.name, chain, counts) if place else None,
        population=LISTED,
        scorecard=reader.verdict_card.shown(),
        as_of=reader.view.valid_at,
        known_at=reader.view.known_at,
    )


def rows_of(reader: Reader, code: str, place: Place, measured: list[Measured]) -> list[LinkRow]:
    """Return the rows of a chain in a region; settings being tried show the published verdict."""
    published: dict[int, VerdictCode] = {}
    if reader.verdict_card.changed:
        published = {
            one.link.body: one.verdict.code
            for one in measure_chain(reader.published(), code, place)
        }
    return [
        measured_row(one, show_verdict(one, reader.settings, published.get(one.link.body)))
        for one in measured
    ]


def measured_row(one: Measured, verdict: VerdictOut) -> LinkRow:
    """Return the row of a link measured in a region."""
    return LinkRow(
        **_common(one.link, one.score),
        verdict=verdict,
        firms=one.standing.firms,
        firms_recalled=one.standing.recalled,
        firms_unplaced=one.standing.unplaced,
        firms_elsewhere=len(one.sides.elsewhere),
        firms_elsewhere_recalled=len(one.sides.elsewhere_recalled),
        weight=one.weight,
        lq=one.standing.lq,
        share=one.share,
        hhi=one.standing.hhi,
        hhi_low=1 / one.standing.firms if one.standing.firms else None,
        coverage=one.standing.coverage,
        essential_buyers=one.importance.essential_buyers,
        reach=one.importance.reach,
        priority=one.priority,
    )


def plain_row(reader: Reader, link: Link) -> LinkRow:
    """Return the row of a link without a region."""
    sides = part_firms(reader.picture, link.body, _NOWHERE, reader.settings)
    importance = reader.picture.graph.importance[link.body]
    return LinkRow(
        **_common(link, importance.score(reader.gap_card.settings)),
        verdict=None,
        firms=None,
        firms_recalled=None,
        firms_unplaced=None,
        firms_elsewhere=len(sides.elsewhere),
        firms_elsewhere_recalled=len(sides.elsewhere_recalled),
        weight=None,
        lq=None,
        share=None,
        hhi=None,
        hhi_low=None,
        coverage=None,
        essential_buyers=importance.essential_buyers,
        reach=importance.reach,
        priority=None,
    )


def link_title(link: Link) -> Bilingual:
    """Return the title of a link."""
    return both(link.zh, link.en)


def _common(link: Link, score: float) -> dict[str, Any]:
    dependence = link.state.one("import_dependence")
    return {
        "code": link.code,
        "body": link.state.code,
        "title": link_title(link),
        "stage": link.stage,
        "group": link.state.one("group"),
        "order": link.order,
        "import_dependence": None if dependence is None else float(dependence),
        "importance": score,
    }


def show_stages(chain: Chain) -> list[StageOut]:
    """Return the stages of a chain in order; those only links name come last."""
    held = [one for one in chain.state.all("chain_stage") if isinstance(one.data, dict)]
    held.sort(key=lambda one: (float(one.data.get("order", 0)), one.fact))
    stages = {
        str(one.data.get("code") or one.key): one.data.get("title") or {"zh": one.key}
        for one in held
    }
    for link in chain.links:
        stages.setdefault(link.stage, {"zh": link.stage})
    return [
        StageOut(code=code, title=both(title["zh"], title.get("en") or title["zh"]))
        for code, title in stages.items()
    ]


def _reference(chain: Chain) -> Bilingual | None:
    data = chain.state.one("reference")
    if not isinstance(data, dict) or not data.get("note"):
        return None
    return both(str(data["note"]), str(data.get("note_en") or data["note"]))


def _inputs_of(reader: Reader, chain: Chain) -> list[Input]:
    return [one for link in chain.links for one in reader.picture.graph.inputs.get(link.body, ())]


def _edge(reader: Reader, one: Input) -> InputOut:
    return InputOut(
        supplier=short_code(reader, one.supplier, one.buyer),
        buyer=reader.picture.graph.links[one.buyer].code,
        criticality=one.criticality,
        share=one.share,
        basis=one.held.basis.name.lower(),
        confidence=one.held.confidence,
    )


def short_code(reader: Reader, link: int, beside: int) -> str:
    """Return the code of a link, with its chain when that is another than its neighbour's."""
    links = reader.picture.graph.links
    same = links[link].chain == links[beside].chain
    return links[link].code if same else f"{links[link].chain}/{links[link].code}"


def count_regions(reader: Reader) -> Mapping[str, int]:
    """Return how many firms lie in each region that is stated of any."""
    return reader.keep("regions", lambda: reader.view.count_regions("Company"))


def list_regions(reader: Reader, text: str | None, within: str | None) -> RegionList:
    """List the regions that firms or coverage statements speak of."""
    picture = reader.picture
    inside = reader.place(within) if within else None
    firms: Counter[str] = Counter()
    for region, count in count_regions(reader).items():
        prefix = to_prefix(region)
        for length in (2, 4, 6):
            if len(prefix) >= length:
                firms[prefix[:length]] += count
    declared = Counter(one.prefix for one in picture.declared if one.prefix)
    rows = []
    for prefix in sorted(firms.keys() | declared.keys()):
        place = Place(prefix.ljust(6, "0"), prefix, picture.regions.get(prefix.ljust(6, "0"), ""))
        if inside and not inside.holds(prefix):
            continue
        if text and text not in place.name and not place.code.startswith(text):
            continue
        rows.append(
            RegionRow(
                code=place.code,
                prefix=prefix,
                name=place.name or place.code,
                level=place.level,
                firms=firms[prefix],
                coverage=declared[prefix],
            )
        )
    return RegionList(items=rows, total=len(rows))
