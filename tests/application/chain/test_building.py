"""What a chain may lack is proposed with its evidence; a person accepts, declines, withdraws."""

from __future__ import annotations

from typing import Any

import pytest

from chaintwin.application.chain.building import list_proposals, load_trust
from chaintwin.application.chain.pending import ProposalList
from chaintwin.kit.chinese import name_key
from chaintwin.model.fact import Subject, Value

from ..world import World

PATH = "/api/v1/chains/test/proposals"


def concept(name: str) -> Subject:
    return Subject("Concept", (("concept_name", name_key(name)),))


def tell(world: World, head: str, tail: str, relation: str = "上游于") -> None:
    for name in (head, tail):
        world.say(concept(name), "name", Value(text=name))
    ref = Value(ref=concept(tail), data={"relation": relation})
    world.say(concept(head), "relation", ref, value_key=f"{relation}|{tail}")


def proposals(world: World) -> ProposalList:
    with world.reader() as reader:
        return list_proposals(reader, "test", (50, 0))


@pytest.fixture
def told(world: World) -> World:
    """Cars need cells already; sources tell of motors, of a resin, and some nonsense."""
    world.add_chain()
    world.add_link("cell", "动力电芯")
    world.add_link("motor", "驱动电机")
    world.add_link("car", "轿车整车", inputs={"cell": "essential"})
    tell(world, "动力电芯行业", "轿车整车行业")
    tell(world, "驱动电机行业", "轿车整车行业")
    tell(world, "聚醚醚酮", "驱动电机")
    tell(world, "轿车整车", "轿车整车示范项目")
    tell(world, "驱动电机", "动力电芯")
    tell(world, "动力电芯", "驱动电机")
    tell(world, "聚醚醚酮", "轿车整车", "合作")
    return world


def test_only_what_the_chain_lacks_is_proposed_and_opens_to_its_facts(told: World) -> None:
    found = proposals(told)

    assert {(one.what, one.supplier_title.zh, one.buyer) for one in found.items} == {
        ("input", "环节motor", "car"),
        ("link", "聚醚醚酮", "motor"),
    }
    for one in found.items:
        assert one.told == len(one.evidence) == 1
        assert one.evidence[0].attribute == "relation"
        assert 0 < one.confidence <= load_trust().confidence


def put(world: World, key: str, action: str, **more: Any) -> int:
    body = {"key": key, "action": action, "reason": "核对过", **more}
    return world.client().put(PATH, json=body).status_code


def test_an_accepted_input_stands_in_the_chain_and_can_be_withdrawn(told: World) -> None:
    key = "input|motor|car"

    accepted = put(told, key, "accept", criticality="essential")
    with told.reader() as reader:
        graph = reader.picture.graph
        inputs = {graph.links[one.supplier].code: one.criticality
                  for one in graph.inputs[told.number("link_code", "test/car")]}  # fmt: skip
    after = {one.key for one in proposals(told).items}
    withdrawn = put(told, key, "withdraw")

    assert (accepted, withdrawn) == (200, 200)
    assert inputs == {"cell": "essential", "motor": "essential"}
    assert key not in after
    assert key in {one.key for one in proposals(told).items}


def test_a_new_link_needs_a_code_and_then_supplies_its_buyer(told: World) -> None:
    key = f"link|{name_key('聚醚醚酮')}|motor"

    without, accepted = put(told, key, "accept"), put(told, key, "accept", code="peek")
    with told.reader() as reader:
        link = reader.link("test", "peek")
        buyers = [one.buyer for one in reader.picture.graph.buyers[link.body]]

    assert (without, accepted) == (422, 200)
    assert buyers == [told.number("link_code", "test/motor")]
    assert link.texts("word") == ["聚醚醚酮"]


def test_what_was_declined_is_not_proposed_again_until_withdrawn(told: World) -> None:
    put(told, "input|motor|car", "decline")
    while_declined = {one.key for one in proposals(told).items}

    put(told, "input|motor|car", "withdraw")

    assert "input|motor|car" not in while_declined
    assert "input|motor|car" in {one.key for one in proposals(told).items}
    assert (
        told.client(role="viewer")
        .put(PATH, json={"key": "input|motor|car", "action": "decline", "reason": "不行"})
        .status_code
        == 403
    )


def test_another_office_sees_the_chain_as_it_was(told: World) -> None:
    put(told, "input|motor|car", "accept")

    with told.reader(told.officer(told.other)) as reader:
        suppliers = reader.picture.graph.inputs[told.number("link_code", "test/car")]

    assert [one.supplier for one in suppliers] == [told.number("link_code", "test/cell")]
