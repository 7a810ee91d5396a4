"""Firms for a gap: ranked, explained, blocked; every reason opens to facts."""

from __future__ import annotations

import pytest

from chaintwin.application.targeting.answers import TargetList, TargetRow
from chaintwin.application.targeting.service import Wish, list_targets
from chaintwin.kit.chinese import name_key
from chaintwin.model.fact import Basis, Subject, Value

from ..world import HERE, World, firm_key, link_key, since


def a_gap(world: World) -> None:
    """Cars are made here and need cells, which nobody here makes; cells need ore."""
    world.add_chain()
    world.add_link("ore", "锂矿", industry="0939")
    world.add_link("cell", "电芯", inputs={"ore": "essential"})
    world.add_link("car", "轿车", inputs={"cell": "essential"})
    world.cover(HERE, "C36", 0.8)
    for name in ("本地一", "本地二"):
        world.add_firm(f"{name}公司", ["轿车"], region=HERE)


def targets(world: World, **tried: float) -> TargetList:
    world.attach()
    with world.reader() as reader:
        return list_targets(Wish(reader, "test/cell", HERE, tried), 50, 0)


def row(found: TargetList, name: str) -> TargetRow:
    return next(one for one in found.items if one.name == name)


def points(one: TargetRow, part: str) -> float | None:
    return next(held.points for held in one.parts if held.code == part)


def test_firms_of_the_country_are_ranked_with_parts_that_sum_to_the_total(world: World) -> None:
    a_gap(world)
    world.add_firm("专业公司", {"动力电芯": 0.9}, region="210200", stock="000001.SZ")
    world.add_firm("杂货公司", {"电芯": 0.05, "餐饮": 0.9}, region="440100")

    found = targets(world)

    assert [one.name for one in found.items] == ["专业公司", "杂货公司"]
    assert found.verdict.code == "choke"
    for one in found.items:
        known = [part.points for part in one.parts if part.points is not None]
        assert round(sum(known), 1) == one.total
        assert one.low <= one.total <= one.high
    first = found.items[0]
    assert points(first, "gap") == 15.0
    assert points(first, "revenue") == 13.5
    assert found.scorecard.version == "2026.1"


def test_each_has_three_reasons_and_a_counter_reason_that_open_to_facts(world: World) -> None:
    a_gap(world)
    world.add_firm("专业公司", {"动力电芯": 0.9}, region="210200", stock="000001.SZ")

    found = targets(world)

    one = found.items[0]
    assert len(one.reasons) >= 3
    assert len(one.counter_reasons) >= 1
    client = world.client()
    for reason in (*one.reasons, *one.counter_reasons):
        for ref in reason.facts:
            answer = client.get(f"/api/v1/facts/{ref.body}/{ref.fact}")
            assert answer.status_code == 200, ref
    against = " ".join(reason.text.zh for reason in one.counter_reasons)
    assert "环节ore" in against  # its essential input is not to be had here


def test_being_far_away_speaks_against_a_firm_with_its_place_as_fact(world: World) -> None:
    a_gap(world)
    world.add_firm("远方公司", {"动力电芯": 0.9}, region="440300", stock="000001.SZ")

    against = row(targets(world), "远方公司").counter_reasons

    far = [reason for reason in against if "跨大区" in reason.text.zh]
    assert [ref.attribute for reason in far for ref in reason.facts] == ["region"]


def test_missing_evidence_is_named_with_what_it_could_change(world: World) -> None:
    a_gap(world)
    world.add_firm("已知公司", {"电芯": 0.5}, region="210200")
    world.add_firm("未知公司", ["电芯"], region="210200")

    one = row(targets(world), "未知公司")

    assert points(one, "revenue") is None
    missing = {held.part: held for held in one.missing}
    assert {"revenue", "expansion", "risk"} <= missing.keys()
    assert (missing["revenue"].high, missing["revenue"].best_rank) == (15.0, 1)
    assert (missing["risk"].low, one.rank) == (-15.0, 2)
    assert one.rival is not None
    assert (one.rival.name, one.rival.part) == ("已知公司", "revenue")


def test_too_few_reasons_are_admitted_and_not_filled_up(world: World) -> None:
    world.add_chain()
    world.add_link("cell", "电芯")
    world.add_firm("孤独公司", ["电芯"], region="440100")

    one = targets(world).items[0]

    assert len(one.reasons) < 3
    assert any("证据不足" in held.text.zh for held in one.missing)
    assert points(one, "gap") is None  # the verdict here is unknown


def test_local_and_invented_firms_are_left_out_and_counted(world: World) -> None:
    a_gap(world)
    world.add_firm("本地电芯公司", ["电芯"], region="220184")
    world.add_firm("示例·电芯公司", ["电芯"], region="210200", basis=Basis.DEMO)
    world.add_firm("外地公司", ["电芯"], region="210200")

    found = targets(world)

    assert [one.name for one in found.items] == ["外地公司"]
    assert (found.local_left_out, found.demo_left_out) == (1, 1)


def test_a_dishonest_or_dissolved_firm_is_blocked_with_its_fact_and_freed_by_repair(
    world: World,
) -> None:
    a_gap(world)
    world.add_firm("失信公司", ["电芯"], facts={"credit_standing": "失信被执行人"})
    world.add_firm("注销公司", ["电芯"], facts={"status": "注销"})
    world.add_firm("正常公司", ["电芯"], facts={"credit_standing": "正常", "status": "存续"})

    found = targets(world)

    assert [one.name for one in found.items] == ["正常公司"]
    assert {one.name: one.facts[0].attribute for one in found.blocked} == {
        "失信公司": "credit_standing",
        "注销公司": "status",
    }
    assert "失信" in found.blocked[0].reason.zh
    assert points(found.items[0], "risk") == 0.0
    world.wait(days=30)
    repaired = Value(text="信用已修复")
    world.say(firm_key("失信公司"), "credit_standing", repaired, valid=since("2027-01-20"))
    assert {one.name for one in targets(world).items} == {"正常公司", "失信公司"}


def test_a_block_known_to_one_source_is_not_hidden_by_a_more_trusted_one(world: World) -> None:
    a_gap(world)
    world.add_firm("某公司", ["电芯"], facts={"credit_standing": "正常"})
    world.wait(days=1)
    world.say(firm_key("某公司"), "credit_standing", Value(text="严重违法失信"), source="research")

    found = targets(world)

    assert [one.name for one in found.blocked] == ["某公司"]


def test_special_treatment_is_deducted_but_does_not_block(world: World) -> None:
    a_gap(world)
    world.add_firm("某公司", ["电芯"], facts={"short_name": "*ST某", "credit_standing": "正常"})

    one = targets(world).items[0]

    assert points(one, "risk") == -9.0
    assert any("ST" in reason.text.zh for reason in one.counter_reasons)


def test_relations_to_local_firms_and_expansion_count_when_facts_say_so(world: World) -> None:
    a_gap(world)
    world.add_firm("外地公司", ["电芯"], region="440100")
    before = targets(world).items[0]
    local = world.number("company_name", name_key("本地一公司"))
    world.say(
        firm_key("外地公司"), "relation", Value(ref=local, data={"relation": "供给"}),
        value_key="供给|本地一公司", source="research",
    )  # fmt: skip
    fund = Subject("Concept", (("concept_name", "某新厂"),))
    world.say(fund, "name", Value(text="某新厂"))
    world.say(
        firm_key("外地公司"), "relation", Value(ref=fund, data={"relation": "投资"}),
        value_key="投资|某新厂", source="research",
    )  # fmt: skip

    after = targets(world).items[0]

    assert points(before, "expansion") is None
    assert points(after, "expansion") == pytest.approx(3.3)
    assert (points(after, "ties") or 0) > (points(before, "ties") or 0)
    text = " ".join(reason.text.zh for reason in after.reasons)
    assert "供给 本地一公司" in text
    assert "投资 某新厂" in text
    assert after.evaluation_only


def test_weights_tried_show_the_rank_of_the_published_version_beside(world: World) -> None:
    a_gap(world)
    world.add_firm("甲公司", {"电芯": 0.9}, region="440100")
    world.add_firm("乙公司", {"电芯": 0.3}, region="220200")

    published = targets(world)
    tried = targets(world, location=90.0, revenue=0.0)

    assert [one.name for one in published.items] == ["甲公司", "乙公司"]
    assert [(one.name, one.published_rank) for one in tried.items] == [("乙公司", 2), ("甲公司", 1)]
    assert tried.scorecard.changed == {"location": 90.0, "revenue": 0.0}
    assert [one.rank for one in targets(world).items] == [1, 2]


def test_the_same_facts_give_the_same_answer_and_the_past_its_own(world: World) -> None:
    a_gap(world)
    world.add_firm("甲公司", {"电芯": 0.9}, region="440100")
    first = targets(world)
    world.wait(hours=1)
    then = world.clock.now()
    world.wait(days=1)
    world.add_firm("乙公司", {"电芯": 1.0}, region="220200")

    now = targets(world)

    assert [one.name for one in now.items] == ["乙公司", "甲公司"]
    with world.reader(known_at=then) as reader:
        again = list_targets(Wish(reader, "test/cell", HERE, {}), 50, 0)
    assert again.items == first.items


def test_over_http_a_local_or_blocked_firm_is_refused_with_the_reason(world: World) -> None:
    a_gap(world)
    world.add_firm("甲公司", {"电芯": 0.9}, region="440100")
    world.add_firm("失信公司", ["电芯"], facts={"credit_standing": "失信"})
    world.attach()
    client = world.client()
    asked = {"link": "cell", "chain": "test", "region": HERE}

    found = client.get("/api/v1/targets", params=asked)
    one = client.get(f"/api/v1/targets/{world.firm_code('甲公司')}", params=asked)
    refused = client.get(f"/api/v1/targets/{world.firm_code('失信公司')}", params=asked)

    assert found.json()["total"] == 1
    assert (one.status_code, one.json()["target"]["rank"]) == (200, 1)
    assert refused.status_code == 404
    assert "失信" in refused.text
    assert client.get("/api/v1/targets", params=asked | {"weights": "fit:x"}).status_code == 422
    assert client.get("/api/v1/targets", params=asked | {"link": "none"}).status_code == 404
    viewer = world.client(role="auditor")
    assert viewer.get("/api/v1/targets", params=asked).status_code == 403


def test_a_person_can_put_a_firm_on_the_list_by_attaching_it(world: World) -> None:
    a_gap(world)
    world.add_firm("新公司", ["贸易"], region="440100")

    ruled = Value(ref=link_key("test/cell"), data={"attached": True, "reason": "走访"})
    asker = world.officer()
    world.say(firm_key("新公司"), "link", ruled, basis=Basis.RULED, asker=asker, source="staff")

    assert [one.name for one in targets(world).items] == ["新公司"]
