"""Directions: candidates in three parts beside the control, with what was not known said so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chaintwin.application.complexity.relatedness import percentile
from chaintwin.application.direction.answers import Directions, SegmentOut
from chaintwin.application.direction.core import Share, blend, score, set_weights
from chaintwin.application.direction.service import Wish, list_directions
from chaintwin.kit.problems import InputProblem, NotFoundProblem
from chaintwin.model.fact import Basis, Subject, Value
from chaintwin.twin.branches import Room, fork

from ..world import HERE, World, chain_key, firm_key, link_key

COUNTY = "220184"
# What listed firms of five provinces make; 吉林 has the battery family but no 隔膜.
MADE = {
    "22": ["电芯", "正极", "电解液"],
    "33": ["电芯", "正极", "电解液", "隔膜"],
    "44": ["电芯", "正极", "电解液", "隔膜"],
    "51": ["玉米", "淀粉"],
    "41": ["玉米", "淀粉", "电芯"],
}
LINKS = {"cell": "电芯", "cathode": "正极", "electrolyte": "电解液", "separator": "隔膜",
         "corn": "玉米", "starch": "淀粉", "robot": "机器人"}  # fmt: skip


def a_country(world: World, *, industries: bool = False) -> None:
    """Make a chain whose links fall into two families, and listed firms in five provinces."""
    world.add_chain()
    world.cover("*", "C36", 0.9)
    with world.together():
        for code, word in LINKS.items():
            inputs = {"cathode": "important", "separator": "essential"} if code == "cell" else {}
            world.add_link(code, word, inputs=inputs)
        for number, (province, products) in enumerate(MADE.items()):
            for place, product in enumerate(products * 4):
                name = f"{province}{product}{place}公司"
                facts = {"listed_on": "2015-03-02"}
                if industries:
                    facts["industry_name"] = product
                world.add_firm(
                    name, [product], region=f"{province}0100", stock=f"{number}{place:05}.SZ",
                    facts=facts,
                )  # fmt: skip
    world.attach()


def ask(world: World, region: str = HERE, *, limit: int = 50, **given: Any) -> Directions:
    at = {name: given.pop(name) for name in ("known_at", "valid_at", "branch") if name in given}
    with world.reader(**at) as reader:
        return list_directions(reader, Wish(region, **given), limit, 0)


def by_link(answer: Directions) -> dict[str | None, SegmentOut]:
    return {one.link: one for one in answer.items}


def test_the_missing_member_of_the_own_family_is_nearest(world: World) -> None:
    a_country(world)

    found = by_link(ask(world))

    density = {code: one.parts[0].components[0].figure.value for code, one in found.items()}
    assert density["separator"] > density["corn"] > 0
    assert {near.title.zh for near in found["separator"].near} <= {"环节cell", "环节cathode",
                                                                   "环节electrolyte"}  # fmt: skip
    assert found["separator"].rank < found["corn"].rank
    assert found["separator"].near[0].firms.facts


def test_what_no_listed_firm_does_is_unknown_and_only_widens_the_interval(world: World) -> None:
    a_country(world)

    robot = by_link(ask(world))["robot"]

    related = robot.parts[0]
    assert (related.points, related.low, related.high) == (None, 0.0, 40.0)
    assert related.components[0].figure.value is None
    assert "没有上市公司" in related.components[0].figure.text.zh
    assert (robot.control.value, robot.control_rank) == (None, None)
    assert robot.high - robot.low > 40


def test_parts_add_up_and_every_known_figure_opens_to_facts(world: World) -> None:
    a_country(world)

    answer = ask(world)

    assert answer.total == len(answer.items) == 4
    for one in answer.items:
        assert one.total == pytest.approx(sum(part.points or 0 for part in one.parts))
        assert one.low <= one.total <= one.high <= 100
        for part in one.parts:
            for component in part.components:
                figure = component.figure
                assert figure.formula.zh
                assert figure.facts or figure.inputs or not figure.value
    assert [one.total for one in answer.items] == sorted(
        (one.total for one in answer.items), reverse=True
    )


def test_the_control_is_size_times_popularity_as_by_hand(world: World) -> None:
    a_country(world)

    separator = by_link(ask(world))["separator"]

    # 12 of 60 firms are here, 8 of all make it.
    assert separator.control.value == pytest.approx(12 * 8 / 64)
    assert [one.value for one in separator.control.inputs] == [12, 8, 64]
    assert separator.control_rank == 1


def test_a_thin_county_is_reckoned_by_the_city_around_it_and_that_is_said(world: World) -> None:
    a_country(world)

    county, city = ask(world, COUNTY), ask(world, HERE)

    assert county.ground is not None
    assert city.ground is not None
    assert (county.ground.region, county.ground.is_own) == (HERE, False)
    assert "不足 10 家" in county.ground.says.zh
    assert city.ground.is_own
    assert county.ground.firms.value == city.ground.firms.value == 12


def test_before_anything_was_recorded_there_is_no_number_but_a_reason(world: World) -> None:
    before = world.clock.now() - timedelta(days=1)
    a_country(world)

    answer = ask(world, known_at=before)
    far = ask(world, "54")

    assert (answer.items, answer.ground, answer.complexity, answer.backtest) == ([],) + (None,) * 3
    for why in (answer.why_no_ground, answer.why_no_complexity, answer.why_no_backtest):
        assert why is not None
        assert why.en
    assert far.ground is None
    assert far.why_no_ground is not None
    assert "不足 10 家" in far.why_no_ground.zh
    assert all(one.parts[0].points is None for one in far.items)


def test_the_back_test_stands_on_days_of_listing_and_names_the_winner(world: World) -> None:
    a_country(world)
    assert ask(world).backtest is None  # nothing was listed after the dividing day
    with world.together():
        world.add_firm(
            "新隔膜公司", ["隔膜"], region=HERE, stock="900001.SZ",
            facts={"listed_on": "2023-05-05"},
        )  # fmt: skip
    world.attach()

    answer = ask(world)

    assert answer.backtest is not None
    assert (answer.backtest.arrivals, answer.backtest.places) == (1, 1)
    precision = {one.code: one.precision for one in answer.backtest.methods}
    assert precision["relatedness"] == 1.0 > answer.backtest.base
    assert "平均精度" in answer.backtest.says.zh
    past = ask(world, valid_at=world.clock.now() - timedelta(days=366 * 8))
    assert past.backtest is None


def test_industries_are_told_by_one_source_and_links_of_a_chain_can_be_left_out(
    world: World,
) -> None:
    a_country(world, industries=True)
    other = Subject("Company", (("stock", "000000.SZ"),))
    world.say(other, "industry_name", Value(text="别的分类"), source="research")

    answer = ask(world, of="industries")

    assert {one.segment for one in answer.items} == {"隔膜", "玉米", "淀粉"}
    assert answer.items[0].segment == "隔膜"
    assert answer.classification is not None
    assert answer.classification.zh == "登记"
    assert [part.code for part in answer.items[0].parts] == ["relatedness", "potential",
                                                             "feasibility"]  # fmt: skip
    assert {one.code for part in answer.items[0].parts for one in part.components} == {
        "density", "momentum", "depth", "movers", "land",
    }  # fmt: skip


def test_both_conventions_are_answered_by_name(world: World) -> None:
    a_country(world)

    harvard, datawheel = ask(world), ask(world, convention="datawheel")

    assert (harvard.convention, datawheel.convention) == ("harvard", "datawheel")
    pair = [
        by_link(answer)["separator"].parts[0].components[0].figure.value
        for answer in (harvard, datawheel)
    ]
    assert pair[1] > pair[0]


def test_what_a_branch_adds_moves_its_directions_alone(world: World) -> None:
    a_country(world)
    before = by_link(ask(world))["separator"].control.value

    officer = world.officer()
    with world.twin.database.transaction(officer.settings()) as connection:
        branch = fork(Room(world.twin, connection, officer), "假如").id
    with world.twin.change(officer, reason="假如", source="staff", branch=branch) as changes:
        for number in range(3):
            firm = firm_key(f"假如{number}公司")
            changes.say(firm, "name", Value(text=f"假如{number}公司"))
            changes.say(firm, "region", Value(text="330100"))
            changes.say(firm, "stock", Value(text=f"8{number:05}.BJ"))
            changes.say(firm, "link", Value(ref=link_key("test/separator")))
    inside = by_link(ask(world, branch=branch))["separator"].control.value

    assert inside == pytest.approx(12 * 11 / 67)
    assert by_link(ask(world))["separator"].control.value == before


def test_a_park_narrows_to_its_lead_chains_and_its_own_parcels(world: World) -> None:
    a_country(world)
    park = Subject("Park", (("park_name", "试验园区"),))
    world.say(park, "name", Value(text="试验园区"))
    world.say(park, "region", Value(text=HERE))
    world.say(park, "lead_chain", Value(ref=chain_key("test")))
    parcel = Subject("Parcel", (("parcel_code", "g1"),))
    said = {"name": "一号", "region": HERE, "status": "可供"}
    for attribute, value in [(name, Value(text=text)) for name, text in said.items()]:
        world.say(parcel, attribute, value, basis=Basis.DEMO)
    world.say(parcel, "park", Value(ref=park), basis=Basis.DEMO)
    with world.reader() as reader:
        body = reader.view.find_key("park_name", "试验园区")
        assert body is not None
        code = reader.view.code(body)

    inside = by_link(ask(world, park=code))["separator"].parts[2].components[-1]

    assert (inside.code, inside.rate, inside.figure.value) == ("land", 1.0, 1)
    assert inside.figure.demo
    with pytest.raises(InputProblem, match="不在"):
        ask(world, "33", park=code)
    with pytest.raises(NotFoundProblem, match="不是园区"):
        ask(world, park=world.firm_code("33电芯0公司"))


def test_over_http_a_mistake_is_told_and_a_stranger_sees_the_public_part(world: World) -> None:
    a_country(world)
    mine, theirs = world.client(), world.client(tenant=world.other)
    path = f"/api/v1/regions/{HERE}/directions"

    answer = mine.get(path, params={"weights": "relatedness:100,potential:0,feasibility:0"})

    assert answer.status_code == 200
    told = answer.json()
    assert told["items"][0]["link"] == "separator"
    assert told["items"][0]["total"] == 100.0
    assert told["scorecard"]["changed"]["relatedness"] == 100
    assert all(one["published_rank"] for one in told["items"])
    assert theirs.get(path).json()["items"] == mine.get(path).json()["items"]
    for bad in ("relatedness:-1", "relatedness:0,potential:0,feasibility:0", "size:3", "x"):
        refused = mine.get(path, params={"weights": bad})
        assert refused.status_code == 422, bad
        assert refused.json()["detail_zh"]
        assert refused.json()["detail_en"]
    assert mine.get(path, params={"chain": "none"}).status_code == 404


def test_scores_add_up_by_hand() -> None:
    weights = set_weights({"relatedness": 40, "potential": 35, "feasibility": 25})
    parts: Any = {
        "relatedness": [Share("density", 1.0, None)],
        "potential": [Share("pull", 0.5, 0.4), Share("depth", 0.5, None)],
        "feasibility": [Share("land", 1.0, 1.0)],
    }

    made = score(parts, weights)

    assert blend(parts["potential"]) == (0.2, 0.5)
    assert [part.points for part in made.parts] == [None, 7, 25]
    assert (made.total, made.low, made.high) == (32, 32, float(32 + 40) + 17.5)
    assert percentile(3, [1, 2, 3]) == 1.0
    assert percentile(2, [2, 2, 3]) == pytest.approx(0.25)
