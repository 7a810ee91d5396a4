"""Shows which local firms could introduce a target, and over which known relations (以商招商)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chaintwin.application.anchors.answers import PathOut, PathsOut, PathStep
from chaintwin.application.anchors.paths import Hop, Way, find_ways
from chaintwin.application.anchors.ties import TIE_TITLES, Tie, TieKind, read_ties
from chaintwin.application.chain.places import Place, to_prefix
from chaintwin.application.chain.reader import Reader
from chaintwin.application.chain.versions import find_in_force
from chaintwin.application.shown import Bilingual, FactRef, both, place_of
from chaintwin.model.fact import Fact
from chaintwin.twin.neighbourhood import explore
from chaintwin.twin.state import BodyState
from chaintwin.twin.store.neighbours import Relation

_HOPS = 4
_MOST_TIES = 100


@dataclass(frozen=True, slots=True)
class Known:
    """What is known around a target: bodies, firms among them, ties by fact, and their facts."""

    reader: Reader
    place: Place
    firms: Mapping[int, BodyState]
    names: Mapping[int, str]
    kinds: Mapping[int, TieKind]  # by fact
    facts: Mapping[int, Fact]
    looked_at: int
    is_cut: bool


def list_paths(reader: Reader, target: BodyState, place: Place) -> PathsOut:
    """Return ways from local firms to a target, the shortest and surest first."""
    known, hops = _look_around(reader, target.body, place)
    local = frozenset(body for body, firm in known.firms.items() if place.holds(_prefix(firm)))
    is_here = place.holds(_prefix(target))
    ways = {} if is_here else find_ways(target.body, hops, local)
    order = sorted(
        ways, key=lambda body: (ways[body].length, -ways[body].confidence, known.names[body])
    )
    items = [_path(known, ways[body], (rank, body)) for rank, body in enumerate(order, 1)]
    return PathsOut(
        firm=target.code,
        name=target.name,
        region=place.code,
        region_name=place.name,
        sentence=_say(target.name, place.name, items, known, is_here=is_here),
        items=items,
        looked_at=known.looked_at,
        cut=known.is_cut,
        as_of=reader.view.valid_at,
        known_at=reader.view.known_at,
    )


def _prefix(firm: BodyState) -> str:
    return to_prefix(str(place_of(firm) or ""))


def _look_around(
    reader: Reader, target: int, place: Place
) -> tuple[Known, Mapping[int, Sequence[Hop]]]:
    sorts = find_in_force(reader.view, "anchor").more["relations"]
    ties: dict[int, Tie] = {}

    def read(bodies: Sequence[int], most: int) -> list[tuple[int, Relation]]:
        found = read_ties(reader, bodies, most, sorts)
        ties.update({one.relation.fact: one for one in found})
        return [(one.at, one.relation) for one in found]

    around = explore(target, _HOPS, _MOST_TIES, read)
    relations = {one.fact: one for one in around.relations}
    facts = reader.view.facts_by_number({one.fact: one.body for one in relations.values()})
    bodies = sorted(around.distance)
    firms = reader.view.slices("Company", ("name", "short_name", "region", "province"), bodies)
    known = Known(
        reader=reader,
        place=place,
        firms={state.body: state for state in firms},
        names={state.body: state.name for state in reader.view.states(bodies)},
        kinds={number: ties[number].kind for number in relations},
        facts=facts,
        looked_at=len(bodies),
        is_cut=bool(around.cut),
    )
    return known, _hops([ties[number] for number in relations], facts)


def _hops(ties: Sequence[Tie], facts: Mapping[int, Fact]) -> dict[int, list[Hop]]:
    hops: dict[int, list[Hop]] = defaultdict(list)
    for tie in ties:
        fact = facts.get(tie.relation.fact)
        if fact is None:
            continue
        sure = fact.confidence / 100
        hops[tie.at].append(Hop(tie.at, tie.other, tie.length, sure, fact.id))
        hops[tie.other].append(Hop(tie.other, tie.at, tie.length, sure, fact.id))
    return hops


def _path(known: Known, way: Way, ranked: tuple[int, int]) -> PathOut:
    rank, body = ranked
    steps = _steps(known, way)
    firm = known.firms[body]
    refs = [ref for step in steps for ref in step.facts]
    regions = known.reader.picture.regions
    return PathOut(
        rank=rank,
        firm=firm.code,
        name=firm.name,
        region_name=regions.get(_prefix(firm).ljust(6, "0")),
        steps=steps,
        length=len(steps),
        confidence=round(way.confidence * 100, 1),
        shared=_shared(steps),
        demo=any(ref.demo for ref in refs),
        evaluation_only=any(ref.evaluation_only for ref in refs),
    )


def _steps(known: Known, way: Way) -> list[PathStep]:
    """Return the steps from the local firm to the target: from firm to firm."""
    steps: list[PathStep] = []
    held: list[Hop] = []
    for hop in reversed(way.hops):
        held.append(hop)
        if hop.at in known.firms:
            steps.append(_step(known, held))
            held = []
    return steps


def _step(known: Known, hops: Sequence[Hop]) -> PathStep:
    start, end = hops[0].other, hops[-1].at
    facts = [known.facts[hop.fact] for hop in hops]
    kind = known.kinds[facts[0].id]
    starts = [fact.valid_from for fact in facts]
    known_starts = [one for one in starts if one is not None]
    return PathStep(
        from_firm=known.reader.view.code(start),
        from_name=known.names[start],
        to_firm=known.reader.view.code(end),
        to_name=known.names[end],
        kind=kind,
        says=_say_step(known, facts, kind),
        confidence=min(fact.confidence for fact in facts),
        valid_from=max(known_starts) if len(known_starts) == len(starts) else None,
        facts=[_refer(known, fact) for fact in facts],
    )


def _say_step(known: Known, facts: Sequence[Fact], kind: TieKind) -> Bilingual:
    title, title_en = TIE_TITLES[kind]
    first = facts[0]
    if len(facts) == 1:
        note = _note(first)
        one, other = known.names[first.body], known.names.get(first.ref or 0, "")
        return both(f"{one} {note} {other}（{title}）", f"{one} {note} {other} ({title_en})")
    middle = known.names[first.body]
    ends = {fact.attribute: known.names.get(fact.ref or 0, "") for fact in facts}
    if kind == "supply":
        buyer, supplier = ends.get("buyer", ""), ends.get("supplier", "")
        return both(
            f"{buyer} 向 {supplier} 采购 {middle}（{title}）",
            f"{buyer} buys {middle} from {supplier} ({title_en})",
        )
    names = "、".join(known.names.get(fact.ref or 0, "") for fact in facts)
    return both(f"{middle} 曾在或现在 {names}（{title}）", f"{middle}: {names} ({title_en})")


def _refer(known: Known, fact: Fact) -> FactRef:
    names = known.names
    says = f"{names.get(fact.body, '')} {_note(fact)} {names.get(fact.ref or 0, '')}"
    return known.reader.citer.ref_of(fact, says)


def _note(fact: Fact) -> str:
    told = fact.data.get("relation") if isinstance(fact.data, dict) else None
    return str(told or fact.text or fact.attribute)


def _shared(steps: Sequence[PathStep]) -> Bilingual | None:
    """Two steps of one sort have a firm in common: the same customer, owner or partner."""
    kinds = {step.kind for step in steps}
    if len(steps) != 2 or len(kinds) != 1:
        return None
    zh, en = TIE_TITLES[steps[0].kind]
    middle = steps[0].to_name
    return both(f"双方都与 {middle} 有{zh}关系", f"both are tied to {middle} by {en}")


def _say(
    name: str, where: str, items: Sequence[PathOut], known: Known, *, is_here: bool
) -> Bilingual:
    if is_here:
        return both(f"{name} 已在{where}。", f"{name} is in {where} already.")
    if not items:
        return both(
            f"已知关系中没有找到从{where}企业到 {name} 的路径"
            f"（查看了 {known.looked_at} 个孪生体）：未知，不等于没有。"
            "补充关系或采购清单后可再查。",
            f"No way from a firm of {where} to {name} is known ({known.looked_at} bodies looked "
            "at): unknown, which is not none. Add relations or purchase lists and look again.",
        )
    first = items[0]
    return both(
        f"{where}有 {len(items)} 家企业可引荐 {name}，首选 {first.name}（{first.length} 步，"
        f"置信 {first.confidence:.0f}）。",
        f"{len(items)} firms of {where} could introduce {name}; first {first.name} "
        f"({first.length} steps, confidence {first.confidence:.0f}).",
    )
