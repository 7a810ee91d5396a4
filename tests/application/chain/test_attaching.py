"""Firms find their links by what they make; a person has the last word."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chaintwin.access.asker import platform_asker
from chaintwin.application.chain.attach import EVALUATION_SOURCE, SOURCE
from chaintwin.application.chain.linkview import view_link
from chaintwin.application.chain.ruling import Ruling
from chaintwin.model.fact import Basis, Label, Value
from chaintwin.twin.state import Held

from ..world import HERE, World, firm_key


def links_of(world: World, name: str, **at: object) -> dict[str, Held]:
    with world.reader(**at) as reader:  # type: ignore[arg-type]
        codes = {link.body: link.code for link in reader.picture.graph.links.values()}
        firms = [firm for firm in reader.picture.firms.values() if firm.name == name]
        return {codes[one.link]: one.held for firm in firms for one in firm.attachments}


def a_chain(world: World) -> None:
    world.add_chain()
    world.add_link("brake", "制动", word_not="火车")
    world.add_link("lamp", "车灯", industry="3871")


def test_a_product_attaches_its_firm_with_reason_share_and_facts(world: World) -> None:
    a_chain(world)
    world.add_firm("甲公司", {"制动总成": 0.4, "制动盘": 0.2, "餐饮": 0.4})

    came_to = world.attach()

    assert (came_to.held, came_to.opened) == (1, 1)
    held = links_of(world, "甲公司")["brake"]
    assert (held.source, held.basis, held.value) == (SOURCE, Basis.DERIVED, 0.6)
    with world.reader() as reader:
        firm = view_link(reader, "test", "brake", None, (10, 0)).firms[0]
    assert firm.attachment.by == ["word"]
    assert "制动盘" in firm.attachment.reason.zh
    assert {ref.says for ref in firm.attachment.facts} >= {"制动总成", "制动盘"}
    assert firm.attachment.sufficient


def test_shares_of_one_firm_never_add_up_beyond_the_whole(world: World) -> None:
    a_chain(world)
    world.add_firm("甲公司", {"制动总成": 0.9, "制动盘": 0.9, "车灯": 0.2})

    world.attach()

    assert links_of(world, "甲公司")["brake"].value == 0.9
    assert links_of(world, "甲公司")["lamp"].value == 0.1


def test_running_again_changes_nothing_and_leaves_no_change_behind(world: World) -> None:
    a_chain(world)
    world.add_firm("甲公司", ["制动总成"])
    world.attach()
    with world.twin.view(platform_asker()) as view:
        before = view.marks()

    again = world.attach()

    assert (again.held, again.opened, again.closed) == (1, 0, 0)
    with world.twin.view(platform_asker()) as view:
        assert view.marks() == before


def test_what_no_longer_holds_is_retracted_and_still_known_as_of_then(world: World) -> None:
    a_chain(world)
    world.add_firm("甲公司", ["制动总成"])
    world.attach()
    then = world.clock.now()
    world.wait(days=1)
    world.forget("register")
    world.add_firm("甲公司", ["车灯"])

    came_to = world.attach()

    assert (came_to.opened, came_to.closed) == (1, 1)
    assert set(links_of(world, "甲公司")) == {"lamp"}
    assert set(links_of(world, "甲公司", known_at=then + timedelta(hours=1))) == {"brake"}


def test_an_exclusion_word_keeps_a_product_off_the_link(world: World) -> None:
    a_chain(world)
    world.add_firm("甲公司", ["火车制动机"])

    assert world.attach().held == 0


def test_recalled_products_give_an_attachment_still_to_be_checked(world: World) -> None:
    a_chain(world)
    world.add_firm("甲公司", ["制动总成"], basis=Basis.RECALLED)

    world.attach()

    held = links_of(world, "甲公司")["brake"]
    assert (held.basis, held.confidence <= 50) == (Basis.RECALLED, True)
    with world.reader() as reader:
        assert not view_link(reader, "test", "brake", None, (9, 0)).firms[0].attachment.sufficient


def test_a_code_that_several_links_share_is_only_a_hint(world: World) -> None:
    a_chain(world)
    world.add_link("axle", "车桥")
    world.add_firm("甲公司", facts={"industry": "3670"})
    world.add_firm("乙公司", facts={"industry": "3871"})

    world.attach()

    with world.reader() as reader:
        shared = view_link(reader, "test", "brake", None, (9, 0)).firms
        own = view_link(reader, "test", "lamp", None, (9, 0)).firms
    assert [(firm.name, firm.attachment.sufficient) for firm in shared] == [("甲公司", False)]
    assert [(firm.name, firm.attachment.sufficient) for firm in own] == [("乙公司", True)]


def test_a_share_known_to_a_less_trusted_source_is_not_lost(world: World) -> None:
    a_chain(world)
    world.add_firm("甲公司", ["制动总成"])
    world.add_firm("甲公司", {"制动总成": 0.7}, source="research")

    world.attach()

    held = links_of(world, "甲公司")["brake"]
    assert held.value == 0.7
    assert held.source == EVALUATION_SOURCE


def test_what_a_tenant_alone_knows_stays_with_the_tenant(world: World) -> None:
    a_chain(world)
    world.add_firm("甲公司", ["制动总成"], asker=world.officer(), source="staff")

    assert world.attach().held == 0
    assert world.attach(world.officer()).held == 1

    assert set(links_of(world, "甲公司")) == {"brake"}
    with world.reader(world.officer(world.other)) as reader:
        assert reader.picture.on_link == {}


def test_a_derived_fact_is_as_secret_as_what_it_rests_on(world: World) -> None:
    a_chain(world)
    world.add_firm("甲公司")
    world.say(firm_key("甲公司"), "product", Value(ref=_product(world)), label=Label.BUSINESS)

    world.attach()

    assert links_of(world, "甲公司")["brake"].label is Label.BUSINESS


def _product(world: World) -> int:
    world.add_firm("旁证公司", ["制动总成"])
    return world.number("product_name", "制动总成")


def put(
    world: World, action: str, firm: str = "甲公司", tenant: int | None = None
) -> dict[str, Any]:
    client = world.client(tenant=tenant)
    path = f"/api/v1/chains/test/links/brake/firms/{world.firm_code(firm)}"
    answer = client.put(path, json={"action": action, "reason": "现场核实"})
    return {"status": answer.status_code, **answer.json()}


def test_a_person_takes_a_firm_off_and_recomputing_keeps_it_off(world: World) -> None:
    a_chain(world)
    world.add_firm("甲公司", ["制动总成"], region=HERE)
    world.attach()
    then = world.clock.now() + timedelta(hours=1)
    world.wait(days=1)

    answer = put(world, "detach")

    assert (answer["status"], answer["attached"]) == (200, False)
    world.attach()
    world.attach(world.officer())
    assert links_of(world, "甲公司") == {}
    assert set(links_of(world, "甲公司", known_at=then)) == {"brake"}
    with world.reader() as reader:
        off = view_link(reader, "test", "brake", None, (9, 0)).detached
    assert [(one.name, one.reason) for one in off] == [("甲公司", "现场核实")]
    with world.reader(world.officer(world.other)) as reader:
        assert reader.picture.on_link  # another tenant sees no ruling


def test_a_person_puts_a_firm_on_and_takes_the_ruling_back(world: World) -> None:
    a_chain(world)
    world.add_firm("甲公司", ["轴承"])
    world.attach()

    on = put(world, "attach")

    assert on["attached"] is True
    assert on["attachment"]["by"] == ["ruled"]
    assert "现场核实" in on["attachment"]["reason"]["zh"]
    world.attach()
    assert links_of(world, "甲公司")["brake"].basis is Basis.RULED
    assert put(world, "withdraw")["attached"] is False
    assert links_of(world, "甲公司") == {}
    assert put(world, "withdraw")["status"] == 409


def test_a_viewer_may_not_rule_and_an_unknown_firm_is_told_so(world: World) -> None:
    a_chain(world)
    world.add_firm("甲公司", ["制动总成"])
    given = Ruling(action="detach", reason="现场核实").model_dump()
    path = f"/api/v1/chains/test/links/brake/firms/{world.firm_code('甲公司')}"

    assert world.client(role="viewer").put(path, json=given).status_code == 403
    assert world.client().put(path[:-1] + "!", json=given).status_code == 404
    assert world.client().put(path, json={"action": "detach"}).status_code == 422
