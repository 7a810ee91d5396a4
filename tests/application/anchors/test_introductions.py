"""以商招商: ways from local firms to a target, typed, dated, sourced; nothing found is unknown."""

from __future__ import annotations

from typing import Any

from chaintwin.application.anchors.answers import PathsOut
from chaintwin.application.anchors.introducing import list_paths
from chaintwin.application.anchors.paths import Hop, find_ways
from chaintwin.model.fact import Subject, Value
from chaintwin.physical.purchases.service import SOURCE

from ..world import HERE, World, firm_key, since
from .buying import ANCHOR, an_anchor

TARGET = "远方电芯公司"


def tie(world: World, one: Subject, note: str, other: Subject, **more: Any) -> None:
    value = Value(ref=other, data={"relation": note})
    world.say(one, "relation", value, value_key=f"{note}|{other.keys[0][1]}", **more)


def paths(world: World) -> PathsOut:
    with world.reader() as reader:
        body = reader.view.number(world.firm_code(TARGET))
        return list_paths(reader, reader.view.get(body), reader.place(HERE))


def test_the_shortest_and_surest_way_comes_first_with_type_time_and_source(world: World) -> None:
    target = world.add_firm(TARGET, region="440300")
    near = world.add_firm("本地股东公司", region="220184")
    far = world.add_firm("本地同行公司", region=HERE)
    middle = world.add_firm("共同客户公司", region="310000")
    unsure = world.add_firm("本地传闻公司", region=HERE)
    tie(world, near, "投资", target, valid=since("2021-03-01"), confidence=90)
    tie(world, target, "供给", middle)
    tie(world, far, "供给", middle)
    tie(world, unsure, "合作", target, confidence=40)

    found = paths(world)

    told = [(one.name, one.length, [step.kind for step in one.steps]) for one in found.items]
    assert told == [
        ("本地股东公司", 1, ["ownership"]),
        ("本地传闻公司", 1, ["cooperation"]),
        ("本地同行公司", 2, ["supply", "supply"]),
    ]
    first = found.items[0].steps[0]
    assert first.valid_from is not None
    assert (first.facts[0].source, first.confidence) == ("register", 90)
    last = found.items[2]
    assert [(step.from_name, step.to_name) for step in last.steps] == [
        ("本地同行公司", "共同客户公司"),
        ("共同客户公司", TARGET),
    ]
    assert last.shared is not None
    assert "共同客户公司" in last.shared.zh
    client = world.client()
    ref = last.steps[0].facts[0]
    assert client.get(f"/api/v1/facts/{ref.body}/{ref.fact}").status_code == 200


def test_a_purchase_leads_from_the_buyer_to_its_supplier(world: World) -> None:
    anchor = an_anchor(world)
    target = world.add_firm(TARGET, region="440300")
    line = Subject("Purchase", (("purchase_line", "x"),))
    with world.twin.change(world.officer(), reason="清单", source=SOURCE.name) as changes:
        changes.say(line, "name", Value(text="电芯"))
        changes.say(line, "buyer", Value(ref=anchor))
        changes.say(line, "supplier", Value(ref=target))

    found = paths(world)

    assert [(one.name, one.length) for one in found.items] == [(ANCHOR, 1)]
    step = found.items[0].steps[0]
    assert (step.kind, len(step.facts)) == ("supply", 2)
    assert f"{ANCHOR} 向 {TARGET} 采购 电芯" in step.says.zh


def test_nothing_found_is_said_to_be_unknown_and_like_products_are_no_tie(world: World) -> None:
    world.add_firm(TARGET, ["电芯"], region="440300")
    world.add_firm("本地电芯公司", ["电芯"], region=HERE)
    one = world.add_firm("本地提及公司", region=HERE)
    tie(world, one, "提及", firm_key(TARGET))

    found = paths(world)

    assert found.items == []
    assert "未知，不等于没有" in found.sentence.zh
    assert "none" in found.sentence.en


def test_a_relation_that_ended_or_began_later_leads_nowhere(world: World) -> None:
    target = world.add_firm(TARGET, region="440300")
    one = world.add_firm("本地公司", region=HERE)
    tie(world, one, "投资", target, valid=since("2021-03-01"))
    assert len(paths(world).items) == 1
    ended = f"投资|{target.keys[0][1]}"
    world.say(one, "relation", None, value_key=ended, valid=since("2024-01-01"))

    assert paths(world).items == []


def test_of_equal_ways_the_surer_is_taken_and_none_leads_through_another_end() -> None:
    def both(at: int, other: int, confidence: float, fact: int) -> list[tuple[int, Hop]]:
        return [
            (at, Hop(at, other, 1.0, confidence, fact)),
            (other, Hop(other, at, 1.0, confidence, fact)),
        ]

    hops: dict[int, list[Hop]] = {}
    edges = [(0, 1, 0.5, 1), (0, 2, 0.9, 2), (1, 3, 0.9, 3), (2, 3, 0.9, 4), (3, 4, 1.0, 5)]
    for edge in edges:
        for at, hop in both(*edge):
            hops.setdefault(at, []).append(hop)

    found = find_ways(0, hops, frozenset({3, 4}))

    assert set(found) == {3}
    assert [hop.fact for hop in found[3].hops] == [2, 4]
    assert round(found[3].confidence, 2) == 0.81
