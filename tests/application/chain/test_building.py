"""What a chain may lack is proposed with its evidence; a person accepts, declines, withdraws."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chaintwin.application.chain import building
from chaintwin.application.chain.building import list_proposals, load_trust
from chaintwin.application.chain.pending import ProposalList
from chaintwin.kit.chinese import name_key
from chaintwin.model.fact import Subject, Value
from chaintwin.twin.store.exporting import TABLES, stream_csv

from ..world import World

PATH = "/api/v1/chains/test/proposals"
MOTOR = "input|test/motor|test/car"
PEEK = f"link|{name_key('聚醚醚酮')}|test/motor"


def concept(name: str) -> Subject:
    return Subject("Concept", (("concept_name", name_key(name)),))


def tell(
    world: World, head: str, tail: str, relation: str = "上游于", source: str = "register"
) -> None:
    for name in (head, tail):
        world.say(concept(name), "name", Value(text=name), source=source)
    ref = Value(ref=concept(tail), data={"relation": relation})
    world.say(concept(head), "relation", ref, value_key=f"{relation}|{tail}", source=source)


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
        assert one.least < one.confidence


def test_ten_triples_make_no_proposal_trusted_and_the_interval_is_told(told: World) -> None:
    found = proposals(told)

    assert not any(one.trusted for one in found.items)
    assert "共 10 条（95 % 区间 72–100 %；筛选规则按同一批定）" in found.trust.zh
    assert "95 % interval 72–100 %" in found.trust.en


def test_many_triples_make_an_input_trusted_but_never_a_new_link(
    told: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = replace(load_trust(), judged=1000, correct=1000)
    monkeypatch.setattr(building, "load_trust", lambda: many)

    assert {one.what: one.trusted for one in proposals(told).items} == {
        "input": True,
        "link": False,
    }


def put(world: World, key: str, action: str, **more: Any) -> int:
    body = {"key": key, "action": action, "reason": "核对过", **more}
    return world.client().put(PATH, json=body).status_code


def test_an_accepted_input_stands_in_the_chain_and_can_be_withdrawn(told: World) -> None:
    key = MOTOR

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
    without, accepted = put(told, PEEK, "accept"), put(told, PEEK, "accept", code="peek")
    with told.reader() as reader:
        link = reader.link("test", "peek")
        buyers = [one.buyer for one in reader.picture.graph.buyers[link.body]]

    assert (without, accepted) == (422, 200)
    assert buyers == [told.number("link_code", "test/motor")]
    assert link.texts("word") == ["聚醚醚酮"]


def test_an_accepted_new_link_is_listed_and_withdrawn_whole_and_once(told: World) -> None:
    put(told, PEEK, "accept", code="peek")
    decided = [(one.key, one.action, one.supplier_title.zh) for one in proposals(told).decided]

    withdrawn, again = put(told, PEEK, "withdraw"), put(told, PEEK, "withdraw")

    assert decided == [(PEEK, "accept", "聚醚醚酮")]
    assert (withdrawn, again) == (200, 409)
    with told.reader() as reader:
        assert [link.code for link in reader.chain("test").links] == ["cell", "motor", "car"]
        assert told.number("link_code", "test/motor") not in reader.picture.graph.inputs
    after = proposals(told)
    assert PEEK in {one.key for one in after.items}
    assert after.decided == []


def test_a_decision_is_made_in_the_chain_it_speaks_of(told: World) -> None:
    told.add_chain("other")
    told.chain = "other"
    told.add_link("car", "客车整车")
    path = "/api/v1/chains/other/proposals"
    given = {"key": MOTOR, "action": "decline", "reason": "核对过"}

    answer = told.client().put(path, json=given)

    assert answer.status_code == 422, answer.text
    assert MOTOR in {one.key for one in proposals(told).items}


@pytest.mark.parametrize("action", ["accept", "decline", "withdraw"])
def test_what_evaluation_only_data_proposed_never_leaves(told: World, action: str) -> None:
    tell(told, "碳化硅衬底", "轿车整车", source="research")
    key = f"link|{name_key('碳化硅衬底')}|test/car"

    put(told, key, "decline" if action == "withdraw" else action, code="sic")
    if action == "withdraw":
        told.forget("research")
        put(told, key, "withdraw")
    put(told, MOTOR, "decline")

    left = "".join(export(told))
    assert MOTOR in left
    assert "碳化硅" not in left
    assert "test/sic" not in left


def export(world: World) -> Iterator[str]:
    with world.twin.database.transaction(world.officer().settings()) as connection:
        for name in TABLES:
            yield b"".join(stream_csv(connection, name, [world.tenant])).decode()


def test_what_was_declined_is_not_proposed_again_until_withdrawn(told: World) -> None:
    put(told, MOTOR, "decline")
    while_declined = {one.key for one in proposals(told).items}

    put(told, MOTOR, "withdraw")

    assert MOTOR not in while_declined
    assert MOTOR in {one.key for one in proposals(told).items}
    assert (
        told.client(role="viewer")
        .put(PATH, json={"key": MOTOR, "action": "decline", "reason": "不行"})
        .status_code
        == 403
    )


def test_another_office_sees_the_chain_as_it_was(told: World) -> None:
    put(told, MOTOR, "accept")

    with told.reader(told.officer(told.other)) as reader:
        suppliers = reader.picture.graph.inputs[told.number("link_code", "test/car")]

    assert [one.supplier for one in suppliers] == [told.number("link_code", "test/cell")]
