"""The cockpit: a region in sentences and figures, each opening to facts."""

from __future__ import annotations

from datetime import timedelta

from chaintwin.application.cockpit.service import view_cockpit
from chaintwin.model.fact import Basis, Subject, Value

from ..world import HERE, World


def a_region(world: World) -> None:
    world.add_chain()
    world.add_link("cell", "电芯")
    world.add_link("tyre", "轮胎", industry="9999")
    world.add_link("car", "轿车", inputs={"cell": "essential", "tyre": "essential"})
    world.cover(HERE, "C36", 0.8)
    for name in ("甲", "乙"):
        world.add_firm(f"{name}公司", ["轿车"], region=HERE)
    world.add_firm("外地公司", {"电芯": 0.8}, region="440100")
    world.attach()


def add(world: World, kind: str, code: str, region: str, **facts: str) -> None:
    about = Subject(kind, ((f"{kind.lower()}_code", code),))
    for attribute, text in {"name": code, "region": region, **facts}.items():
        world.say(about, attribute, Value(text=text), basis=Basis.DEMO)


def test_a_chain_is_said_in_one_sentence_and_gaps_lead_to_candidates(world: World) -> None:
    a_region(world)

    with world.reader() as reader:
        seen = view_cockpit(reader, HERE)

    assert seen.chains[0].sentence.zh == (
        "220100测试产业链 3 环节：强 0、稳 1、弱 0、缺 0、断点 1、未知 1"
    )
    assert sum(seen.chains[0].counts.values()) == 3
    assert [gap.link for gap in seen.gaps] == ["cell"]
    assert [(one.link, one.name) for one in seen.targets] == [("cell", "外地公司")]
    assert (seen.firms.value, seen.chains[0].firms.value) == (2, 2)
    assert {ref.says for ref in seen.firms.facts} == {"甲公司", "乙公司"}


def test_projects_and_parcels_of_the_region_are_counted_and_examples_marked(world: World) -> None:
    a_region(world)
    add(world, "Project", "p1", "220184", stage="talks", demo="true")
    add(world, "Project", "p2", "440100", stage="talks", demo="true")
    add(world, "Parcel", "g1", "220184", status="可供")
    add(world, "Parcel", "g2", "220184", status="已占用")

    with world.reader() as reader:
        seen = view_cockpit(reader, HERE)

    assert [(one.stage, one.projects, one.demo) for one in seen.stages] == [("talks", 1, 1)]
    assert (seen.projects.value, seen.projects.demo) == (1, True)
    assert (seen.parcels.value, seen.parcels_free.value) == (2, 1)


def test_a_region_nothing_is_known_of_says_unknown_and_offers_no_gap(world: World) -> None:
    a_region(world)

    with world.reader() as reader:
        seen = view_cockpit(reader, "54")

    assert seen.chains[0].counts["unknown"] == 3
    assert (seen.gaps, seen.targets) == ([], [])


def test_before_anything_was_recorded_the_counts_are_unknown_not_zero(world: World) -> None:
    before = world.clock.now() - timedelta(days=1)
    a_region(world)

    with world.reader(known_at=before) as reader:
        seen = view_cockpit(reader, HERE)

    assert (seen.firms.value, seen.projects.value, seen.parcels.value) == (None, None, None)
    assert seen.firms.text is not None
    assert seen.firms.text.zh == "未知"
