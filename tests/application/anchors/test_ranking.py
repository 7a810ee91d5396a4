"""Firms ranked as anchors: parts that sum up, null that stays null and widens the interval."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from chaintwin.access.asker import Asker
from chaintwin.application.anchors.answers import AnchorList, AnchorRow
from chaintwin.application.anchors.core import Bought
from chaintwin.application.anchors.ranking import Wish, list_anchors
from chaintwin.application.anchors.scoring import rate_embeddedness, rate_pull
from chaintwin.model.fact import Label, Value

from ..world import HERE, World, firm_key
from .buying import ANCHOR, an_anchor, buys, purchases


def anchors(world: World, **tried: float) -> AnchorList:
    world.attach()
    with world.reader() as reader:
        return list_anchors(reader, Wish(HERE, None, tried), 20, 0)


def row(found: AnchorList, name: str = ANCHOR) -> AnchorRow:
    return next(one for one in found.items if one.name == name)


def points(one: AnchorRow, part: str) -> float | None:
    return next(held.points for held in one.parts if held.code == part)


def test_what_is_unknown_scores_nothing_and_only_widens_the_interval(world: World) -> None:
    an_anchor(world)

    one = row(anchors(world))

    assert [part.points for part in one.parts] == [None, None, None, None]
    assert (one.total, one.low, one.high, one.has_list) == (0.0, 0.0, 100.0, False)
    assert all("未知" in part.how.zh for part in one.parts)


def test_a_reader_without_the_label_is_not_told_that_there_are_no_lists(world: World) -> None:
    firm = an_anchor(world)
    buys(world, "电芯", 100, supplier="某外地公司", place="330100")
    world.attach()
    public = replace(world.officer(), labels=frozenset({Label.PUBLIC}))

    def told(asker: Asker | None = None) -> AnchorList:
        with world.reader(asker=asker) as reader:
            return list_anchors(reader, Wish(HERE, None, {}), 20, 0)

    assert not told().secret_hidden
    assert "1 家交了采购清单" in told().sentence.zh
    hidden = told(public)
    assert hidden.secret_hidden
    pull = next(part for part in row(hidden).parts if part.code == "pull")
    share = purchases(world, asker=public).share
    assert "没有采购清单" not in pull.how.zh + share.text.zh
    for said in (hidden.sentence, pull.how, share.text):
        assert "采购清单对您的账号不可见" in said.zh
        assert "purchase lists are not visible to your account" in said.en
    world.say(firm, "revenue", Value(number=Decimal("1000"), unit="万元"))
    ranked = told(public).sentence
    assert "采购清单对您的账号不可见" in ranked.zh
    assert "0 家" not in ranked.zh


def test_parts_rest_on_revenue_relations_and_the_list_and_sum_to_the_total(world: World) -> None:
    firm = an_anchor(world)
    world.say(firm, "revenue", Value(number=Decimal("1000000"), unit="万元"))
    for number, region in enumerate((HERE, "330100")):
        other = world.add_firm(f"往来{number}公司", region=region)
        world.say(
            firm, "relation", Value(ref=other, data={"relation": "合作"}), value_key=str(number)
        )
    buys(world, "座椅", 20_000, supplier="某本地公司", place=HERE)
    buys(world, "电芯", 60_000, supplier="某外地公司", place="330100")
    buys(world, "芯片", 20_000, supplier="某公司")

    one = row(anchors(world))

    assert [part.points for part in one.parts] == [30.0, 4.0, 15.0, 5.0]
    assert one.total == 54.0
    bounds = [(part.low, part.high) for part in one.parts]
    assert bounds == [(30.0, 30.0), (4.0, 20.0), (15.0, 20.0), (5.0, 10.0)]
    assert (one.low, one.high) == (54.0, 80.0)
    assert all(part.facts for part in one.parts)


def test_tried_weights_show_the_published_rank_and_foolish_ones_are_refused(world: World) -> None:
    an_anchor(world)
    big = world.add_firm("大轿车公司", ["轿车"], region=HERE)
    world.say(big, "revenue", Value(number=Decimal("900000"), unit="万元"))
    buys(world, "电芯", 100_000, supplier="某外地公司", place="330100")

    assert [one.name for one in anchors(world).items] == ["大轿车公司", ANCHOR]
    tried = anchors(world, pull=100, size=1)

    assert (tried.items[0].name, tried.items[0].published_rank) == (ANCHOR, 2)
    client = world.client()
    for weights in ("size:-1", "size:0,centrality:0,pull:0,embeddedness:0", "luck:3"):
        answer = client.get("/api/v1/anchors", params={"region": HERE, "weights": weights})
        assert answer.status_code == 422, weights


def test_missing_amounts_never_count_as_zero() -> None:
    rates = {"pull_full": 1000.0}
    away = [Bought("elsewhere", None), Bought("local", 50.0)]

    assert rate_pull(away, rates).value is None
    assert rate_pull([Bought("elsewhere", 100.0), *away], rates).high == 1.0
    assert rate_pull([Bought("local", 50.0)], rates).value == 0.0
    assert rate_embeddedness(away, 0, 0).value is None
    nowhere = [Bought("unknown", 40.0), Bought("unknown", 60.0)]
    assert rate_pull(nowhere, rates).value is None
    assert rate_embeddedness(nowhere, 3, 4).value == pytest.approx(0.75)
    assert rate_embeddedness([Bought("local", 5.0)], 0, 9).value == pytest.approx(1.0)


def test_another_place_does_not_profit_from_the_list(world: World) -> None:
    an_anchor(world)
    buys(world, "电芯", 100_000, supplier="某外地公司", place="330100")
    world.attach()

    answer = world.client(tenant=world.other).get("/api/v1/anchors", params={"region": HERE})

    shown = {one["name"]: one for one in answer.json()["items"]}
    assert shown[ANCHOR]["has_list"] is False
    assert shown[ANCHOR]["total"] == 0.0
    assert firm_key(ANCHOR).keys[0][1] in shown
