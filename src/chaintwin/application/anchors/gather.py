"""Reads what an anchor firm buys, finds where from, and which link each item belongs to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chaintwin.application.anchors.answers import MatchCode
from chaintwin.application.anchors.core import Bought, Side
from chaintwin.application.chain.attach import words_of
from chaintwin.application.chain.matching import Hit, Matcher
from chaintwin.application.chain.places import Place, to_prefix
from chaintwin.application.chain.reader import Reader
from chaintwin.application.shown import Cited, place_of
from chaintwin.kit.chinese import name_key
from chaintwin.model.fact import Label
from chaintwin.twin.state import BodyState, Held

ABROAD = "境外"
_RULED = 100.0


@dataclass(frozen=True, slots=True)
class Source:
    """Where a line is bought: the supplier and its place, each None while unknown."""

    name: str | None
    body: int | None
    place: str | None
    cited: Sequence[Cited]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a purchase list."""

    state: BodyState
    source: Source
    bought: Bought


@dataclass(frozen=True, slots=True)
class Item:
    """What is bought, with its lines and the links it belongs to or may belong to."""

    name: str
    specification: str | None
    lines: Sequence[Line]
    match: MatchCode
    hits: Sequence[Hit]

    @property
    def is_sure(self) -> bool:
        """Tell whether its links are settled."""
        return self.match in ("ruled", "matched")


def are_lists_hidden(reader: Reader) -> bool:
    """Tell whether the reader lacks the label that purchase lists bear."""
    return Label.BUSINESS not in reader.view.asker.labels


def read_items(reader: Reader, buyer: int, place: Place) -> list[Item]:
    """Return the items a firm buys, the largest known amount first."""
    view = reader.view
    bodies = [one.body for one in view.referring(buyer, "buyer")]
    states = [state for state in view.states(bodies) if state.kind == "Purchase"]
    suppliers = _read_suppliers(reader, states)
    grouped: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for state in states:
        key = name_key(state.name), name_key(str(state.one("specification") or ""))
        grouped[key].append(_line(reader, state, suppliers, place))
    matcher = reader.keep("purchase matcher", lambda: Matcher(words_of(reader.picture.graph)))
    items = [_item(reader, matcher, lines) for lines in grouped.values()]
    return sorted(items, key=lambda one: (-_amount(one), one.name, one.specification or ""))


def _amount(item: Item) -> float:
    return sum(one.bought.amount or 0.0 for one in item.lines)


def _read_suppliers(reader: Reader, states: Sequence[BodyState]) -> dict[int, BodyState]:
    """Return the suppliers on record by the purchase that names them."""
    view = reader.view
    found: dict[int, int] = {}
    by_name: dict[str, int | None] = {}
    for state in states:
        held, name = state.held("supplier"), name_key(str(state.one("supplier_name") or ""))
        if held is not None and held.ref is not None:
            found[state.body] = held.ref
        elif name:
            # The firm may have come on record after the list.
            if name not in by_name:
                by_name[name] = view.find_key("company_name", name)
            if (body := by_name[name]) is not None:
                found[state.body] = body
    firms = {state.body: state for state in view.states(sorted(set(found.values())))}
    return {body: firms[firm] for body, firm in found.items() if firm in firms}


def _line(reader: Reader, state: BodyState, suppliers: dict[int, BodyState], place: Place) -> Line:
    source = _source(state, suppliers.get(state.body))
    amount = state.one("amount")
    bought = Bought(find_side(source.place, place), None if amount is None else float(amount))
    return Line(state, source, bought)


def _source(state: BodyState, firm: BodyState | None) -> Source:
    """The list's own word on the place goes before what is on record of the firm."""
    told = state.one("supplier_name")
    name = str(told) if told else firm.name if firm else None
    cited = list(_cite(state, ("supplier_name", "supplier_region")))
    code = state.one("supplier_region")
    if code is None and firm is not None:
        code = place_of(firm)
        cited += _cite(firm, ("region",) if firm.held("region") else ("province",))
    return Source(name, firm.body if firm else None, None if code is None else str(code), cited)


def _cite(state: BodyState, attributes: Sequence[str]) -> Iterator[Cited]:
    for attribute in attributes:
        held = state.held(attribute)
        if held is not None:
            yield Cited(state.body, attribute, held, f"{state.name} {held.value}")


def find_side(code: str | None, place: Place) -> Side:
    """Tell on which side of a region's border a place lies; unknown where it could be either."""
    if code is None:
        return "unknown"
    if code == ABROAD:
        return "elsewhere"
    prefix = to_prefix(code)
    if place.holds(prefix):
        return "local"
    return "unknown" if place.may_hold(prefix) else "elsewhere"


def _item(reader: Reader, matcher: Matcher, lines: Sequence[Line]) -> Item:
    first = lines[0].state
    specification = first.one("specification")
    match, hits = _match(reader, matcher, [one.state for one in lines])
    told = None if specification is None else str(specification)
    return Item(first.name, told, lines, match, hits)


def _match(
    reader: Reader, matcher: Matcher, states: Sequence[BodyState]
) -> tuple[MatchCode, list[Hit]]:
    links = reader.picture.graph.links
    ruled = _ruled(states)
    if ruled:
        known = {held.ref for held in ruled if held.ref is not None and held.ref in links}
        return "ruled", [Hit(link, "exact", "人工", _RULED) for link in sorted(known)]
    hits = [hit for hit in matcher.match(states[0].name) if hit.link in links]
    if not hits:
        return "none", []
    needed = reader.settings["confidence_needed"]
    chains = [matcher.chain_of(hit.link) for hit in hits]
    sure = len(set(chains)) == len(chains) and all(hit.confidence >= needed for hit in hits)
    return ("matched" if sure else "uncertain"), hits


def _ruled(states: Sequence[BodyState]) -> list[Held]:
    return [held for state in states for held in state.all("link")]
