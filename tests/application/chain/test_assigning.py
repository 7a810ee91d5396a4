"""Names find their links: by words, by likeness where the model is sure, else by a person."""

from __future__ import annotations

import pytest

from chaintwin.application.chain.answers import Ruling
from chaintwin.application.chain.assigning import FEATURES, Assigner, Weights
from chaintwin.application.chain.doubts import assign_text, list_doubts
from chaintwin.application.chain.matching import Words

from ..world import HERE, World


def an_assigner(upper: float = 0.6) -> Assigner:
    """Likeness to a phrase decides alone: half of it is even odds."""
    weights = dict.fromkeys(FEATURES, 0.0) | {"constant": -5.0, "like a phrase": 10.0}
    links = [
        (Words(1, "nev", ["电芯"], ["设备"], ["动力电池电芯"], ["3841"]), "动力电池电芯"),
        (Words(2, "nev", ["电池设备"], [], ["锂电池生产设备"], ["3563"]), "锂电池生产设备"),
    ]
    return Assigner(links, Weights("try", upper, 0.2, weights))


def test_a_name_like_a_product_is_placed_though_it_holds_no_word() -> None:
    hits = an_assigner().place("锂电池生产设备类")

    assert [(hit.link, hit.way) for hit in hits] == [(2, "learned")]
    assert hits[0].confidence < 70


def test_where_the_model_is_unsure_nothing_is_placed() -> None:
    assert an_assigner(upper=0.999).place("锂电池生产设备类") == []


def test_the_shipped_model_tells_a_product_from_equipment_that_holds_its_word(
    world: World,
) -> None:
    world.add_chain()
    world.add_link("seal", "密封条", word_not="密封条设备")

    with world.reader() as reader:
        good = assign_text(reader, "汽车密封条。")
        other = assign_text(reader, "密封条设备、餐饮服务")

    assert [(one.link, one.verdict, one.by_rule) for one in good.items] == [("seal", "sure", True)]
    assert all(one.verdict == "unsure" and not one.by_rule for one in other.items)


@pytest.fixture
def unsure(world: World) -> World:
    """A firm here makes something that shares much with a link's word and does not hold it."""
    world.add_chain()
    world.add_link("plug", "高压线束连接器")
    world.cover(HERE, "C36", 0.8)
    world.add_firm("接插公司", ["线束连接器"], region=HERE, stock="000001.SZ")
    world.add_firm("外地公司", ["线束连接器"], region="330100", stock="000002.SZ")
    world.attach()
    return world


def test_what_is_uncertain_waits_for_a_person_and_leaves_the_list_once_ruled_on(
    unsure: World,
) -> None:
    with unsure.reader() as reader:
        before = list_doubts(reader, "test", HERE, (50, 0))

    firm = before.items[0]
    answer = unsure.client().put(
        f"/api/v1/chains/test/links/plug/firms/{firm.firm}",
        json=Ruling(action="attach", reason="看过产品").model_dump(),
    )
    with unsure.reader() as reader:
        after = list_doubts(reader, "test", HERE, (50, 0))

    assert [(one.name, one.product) for one in before.items] == [("接插公司", "线束连接器")]
    assert before.lower <= firm.assignment.probability < before.upper
    assert firm.fact.attribute == "product"
    assert answer.status_code == 200, answer.text
    assert after.items == []
