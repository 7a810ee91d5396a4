"""What an anchor firm buys: here, elsewhere, unknown; what is missing here and who could come."""

from __future__ import annotations

from dataclasses import replace

from chaintwin.kit.chinese import name_key
from chaintwin.model.fact import Label

from ..world import World
from .buying import ANCHOR, an_anchor, buys, item, purchases


def test_each_item_is_bought_here_elsewhere_or_nobody_knows_and_the_share_is_by_amount(
    world: World,
) -> None:
    an_anchor(world)
    world.add_firm("本地座椅公司", ["座椅"], region="220184")
    buys(world, "座椅总成", 300, supplier="本地座椅公司")  # its place stands on record
    buys(world, "动力电芯", 600, supplier="远方公司", place="境外")
    buys(world, "螺栓", 100, supplier="某公司")  # nobody knows where that is

    found = purchases(world)

    sides = {one.item: one.side for one in found.items}
    assert sides == {"座椅总成": "local", "动力电芯": "elsewhere", "螺栓": "unknown"}
    assert (found.share.value, found.share.low, found.share.high) == (None, 0.3, 0.4)
    assert {one.side: one.amount.value for one in found.sides} == {
        "local": 300.0,
        "elsewhere": 600.0,
        "unknown": 100.0,
    }
    buys(world, "螺栓", 100, supplier="某公司", place="220102")
    assert purchases(world).share.value == 0.4


def test_a_missing_amount_makes_the_share_unknown_and_never_zero(world: World) -> None:
    an_anchor(world)
    buys(world, "座椅", supplier="甲公司", place="220100")
    buys(world, "电芯", 600, supplier="乙公司", place="330100")

    found = purchases(world)

    assert (found.share.value, found.share.low, found.share.high) == (None, None, None)
    assert "1 项没有金额" in found.share.text.zh
    assert item(found, "座椅").amount.value is None
    local = next(one for one in found.sides if one.side == "local")
    assert (local.lines, local.amount.value) == (1, None)
    assert found.share_by_lines.value == 0.5


def test_what_is_missing_here_leads_to_candidates_with_reasons_for_and_against(
    world: World,
) -> None:
    an_anchor(world)
    world.add_firm("本地座椅公司", ["座椅"], region="220184")
    world.add_firm("远方电芯公司", {"动力电芯": 0.9}, region="440300", stock="000001.SZ")
    buys(world, "动力电芯", 600, supplier="旧供应商", place="330100")
    buys(world, "座椅骨架", 50, supplier="别处公司", place="330100")
    buys(world, "垫片", 20, supplier="别处公司", place="330100")

    found = purchases(world)

    assert item(found, "动力电芯").supply == "missing"
    assert item(found, "座椅骨架").supply == "available"
    assert item(found, "座椅骨架").links[0].local_names == ["本地座椅公司"]
    assert item(found, "垫片").supply == "unmatched"
    pull = found.pulls[0]
    assert (pull.link, pull.items, pull.amount.value) == ("cell", ["动力电芯"], 600.0)
    assert [one.name for one in pull.first] == ["远方电芯公司"]
    assert pull.first[0].reasons
    assert pull.first[0].counter_reasons
    assert pull.candidates == 1


def test_without_coverage_nothing_is_said_to_be_missing(world: World) -> None:
    an_anchor(world)
    world.forget("statistics")
    buys(world, "电芯", 600, supplier="旧供应商", place="330100")

    assert item(purchases(world), "电芯").supply == "unknown"


def test_an_uncertain_item_waits_for_a_person_whose_word_then_counts(world: World) -> None:
    an_anchor(world)
    buys(world, "电芯座椅支架", 10, supplier="乙公司", place="330100")

    found = purchases(world)

    assert item(found, "电芯座椅支架").match == "uncertain"
    assert (item(found, "电芯座椅支架").supply, found.to_check) == ("unmatched", 1)
    line = item(found, "电芯座椅支架").lines[0].code
    seat = next(one for one in item(found, "电芯座椅支架").links if one.link == "seat")
    given = {"attribute": "link", "value": seat.body, "reason": "看过图纸"}
    answer = world.client().post(f"/api/v1/bodies/{line}/values", json=given)
    assert answer.status_code < 300, answer.text
    ruled = item(purchases(world), "电芯座椅支架")
    assert (ruled.match, [one.link for one in ruled.links]) == ("ruled", ["seat"])


def test_another_place_and_a_reader_without_the_label_learn_nothing(world: World) -> None:
    an_anchor(world)
    buys(world, "密件", 10)
    public = replace(world.officer(), labels=frozenset({Label.PUBLIC}))

    hidden = purchases(world, asker=public)
    stranger = purchases(world, asker=world.officer(world.other))

    assert (hidden.items, hidden.secret_hidden, hidden.share.value) == ([], True, None)
    assert (stranger.items, stranger.share.value, stranger.sides) == ([], None, [])
    assert "未知" in stranger.sentence.zh
    assert name_key(ANCHOR) in stranger.sentence.zh


def test_the_answer_over_http_opens_to_facts(world: World) -> None:
    an_anchor(world)
    buys(world, "电芯", 600, supplier="旧供应商", place="330100")
    world.attach()
    client = world.client()
    path = f"/api/v1/anchors/{world.firm_code(ANCHOR)}/purchases"

    answer = client.get(path, params={"region": "220100"})

    assert answer.status_code == 200, answer.text
    for ref in answer.json()["items"][0]["lines"][0]["facts"]:
        assert client.get(f"/api/v1/facts/{ref['body']}/{ref['fact']}").status_code == 200
    assert client.get(path, params={"region": "x"}).status_code == 422
