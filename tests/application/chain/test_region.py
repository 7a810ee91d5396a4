"""A chain as a region sees it: counts, quotients, verdicts, gaps, peers; nothing made up."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from chaintwin.access.asker import platform_asker
from chaintwin.application.chain.answers import ChainView, LinkRow
from chaintwin.application.chain.compare import compare_regions
from chaintwin.application.chain.gaps import list_gaps
from chaintwin.application.chain.linkview import view_link
from chaintwin.application.chain.overview import view_chain
from chaintwin.application.chain.picture import read_picture
from chaintwin.kit.problems import InputProblem, NotFoundProblem
from chaintwin.model.fact import Basis, Value

from ..world import HERE, THERE, World, firm_key, link_key


def a_chain(world: World) -> None:
    """Ore → cell → car, each essential to the next."""
    world.add_chain()
    world.add_link("ore", "锂矿", industry="0939")
    world.add_link("cell", "电芯", inputs={"ore": "essential"})
    world.add_link("car", "轿车", inputs={"cell": "essential"})


def see(world: World, region: str = HERE, **more: object) -> ChainView:
    with world.reader(**more) as reader:  # type: ignore[arg-type]
        return view_chain(reader, "test", region)


def row(world: World, link: str, region: str = HERE, **more: object) -> LinkRow:
    return next(one for one in see(world, region, **more).links if one.code == link)


def code(world: World, link: str, region: str = HERE, **more: object) -> str:
    verdict = row(world, link, region, **more).verdict
    assert verdict is not None
    return verdict.code


def test_deleting_the_source_of_coverage_turns_a_missing_link_into_unknown(world: World) -> None:
    a_chain(world)
    world.cover(HERE, "C36", 0.8)
    assert code(world, "car") == "missing"

    world.forget("statistics")

    link = row(world, "car")
    assert link.verdict is not None
    assert (link.verdict.code, link.verdict.title.zh) == ("unknown", "未知（数据不足）")
    assert "覆盖率声明" in link.verdict.missing_data[0].zh


def test_coverage_of_listed_firms_does_not_vouch_for_the_absence_of_firms(world: World) -> None:
    a_chain(world)
    world.cover("*", "*", 1.0, population="上市公司")

    assert {link.verdict.code for link in see(world).links if link.verdict} == {"unknown"}


def test_coverage_below_the_threshold_is_unknown_until_the_threshold_is_tried_lower(
    world: World,
) -> None:
    a_chain(world)
    world.cover(HERE, "C36", 0.4)

    assert code(world, "car") == "unknown"
    tried = row(world, "car", trial={"coverage_needed": 0.3})
    assert tried.verdict is not None
    assert (tried.verdict.code, tried.verdict.published) == ("missing", "unknown")
    assert code(world, "car") == "unknown"


def test_an_invented_statement_marks_the_verdict_as_an_example(world: World) -> None:
    a_chain(world)
    world.cover(HERE, "C36", 0.8, basis=Basis.DEMO)

    link = row(world, "car")

    assert link.verdict is not None
    assert link.verdict.demo
    with world.reader() as reader:
        figure = view_link(reader, "test", "car", HERE, (9, 0)).figures["coverage"]
    assert (figure.value, figure.demo, figure.basis) == (0.8, True, "demo")
    assert figure.facts[0].demo


def test_recalled_firms_never_decide_a_verdict_alone(world: World) -> None:
    a_chain(world)
    world.cover(HERE, "C36", 0.8)
    for name in ("甲", "乙", "丙"):
        world.add_firm(f"{name}公司", ["轿车"], region=HERE, basis=Basis.RECALLED)
    world.attach()

    link = row(world, "car")

    assert (link.firms, link.firms_recalled) == (0, 3)
    assert link.verdict is not None
    assert (link.verdict.code, link.verdict.title.zh) == ("unknown", "未知（待核）")
    assert link.verdict.if_recalled == "steady"


def test_a_firm_known_only_by_its_province_is_neither_here_nor_missing(world: World) -> None:
    a_chain(world)
    world.cover(HERE, "C36", 0.8)
    world.add_firm("甲公司", ["轿车"], region="220000")
    world.attach()

    link = row(world, "car")

    assert (link.firms, link.firms_unplaced) == (0, 1)
    assert code(world, "car") == "unknown"


def test_invented_firms_count_nowhere(world: World) -> None:
    a_chain(world)
    world.cover(HERE, "C36", 0.8)
    world.add_firm("示例·某公司", ["轿车"], region=HERE, basis=Basis.DEMO)
    world.attach()

    link = row(world, "car")

    assert (link.firms, link.firms_recalled, link.firms_elsewhere) == (0, 0, 0)
    assert code(world, "car") == "missing"


def test_the_quotient_agrees_with_a_count_by_hand_and_names_its_population(world: World) -> None:
    a_chain(world)
    world.cover(HERE, "C36", 0.8)
    for number in range(4):
        products = ["轿车"] if number < 3 else ["面粉"]
        world.add_firm(f"本地{number}公司", products, region=HERE, stock=f"00000{number}.SZ")
    for number in range(16):
        products = ["轿车"] if number < 2 else ["面粉"]
        world.add_firm(f"外地{number}公司", products, stock=f"6000{number:02}.SH")
    world.add_firm("未上市公司", ["轿车"])
    world.attach()

    link = row(world, "car")

    assert link.lq == pytest.approx((3 / 4) / (5 / 20))
    assert link.share == pytest.approx(3 / 5)
    assert (link.firms, link.firms_elsewhere) == (3, 3)
    assert code(world, "car") == "strong"
    with world.reader() as reader:
        figure = view_link(reader, "test", "car", HERE, (9, 0)).figures["lq"]
    assert [entry.value for entry in figure.inputs] == [3, 4, 5, 20]
    assert figure.population is not None
    assert "上市公司" in figure.population.zh
    assert len(figure.facts) == 3


def test_concentration_follows_known_sizes_and_is_bounded_where_they_are_not(world: World) -> None:
    a_chain(world)
    for name, revenue in (("甲", "300"), ("乙", "100")):
        world.add_firm(f"{name}公司", ["轿车"], region=HERE)
        number = Value(number=Decimal(revenue))
        world.say(firm_key(f"{name}公司"), "revenue", number)
    world.attach()
    assert row(world, "car").hhi == pytest.approx(0.625)

    world.add_firm("丙公司", ["轿车"], region=HERE)
    world.attach()

    link = row(world, "car")
    assert (link.hhi, link.hhi_low) == (None, pytest.approx(1 / 3))


def test_one_supplier_of_what_a_local_link_needs_is_a_choke_point(world: World) -> None:
    a_chain(world)
    world.cover(HERE, "C36", 0.8)
    for name in ("甲", "乙"):
        world.add_firm(f"{name}公司", ["轿车"], region=HERE)
    world.add_firm("丙公司", ["电芯"], region=HERE)
    world.attach()

    assert code(world, "cell") == "choke"
    assert code(world, "car") == "steady"
    assert code(world, "ore") == "unknown"
    with world.reader() as reader:
        gaps = list_gaps(reader, "test", HERE, (9, 0))
    assert [(gap.link, gap.local_buyers) for gap in gaps.items] == [("cell", ["环节car"])]
    assert gaps.items[0].priority.facts[0].attribute == "input"
    assert gaps.unknown == 1


def test_an_old_division_code_means_the_place_it_became(world: World) -> None:
    a_chain(world)
    world.cover("220381", "C36", 0.8)
    world.add_firm("甲公司", ["轿车"], region="220381")
    world.attach()

    now, old = see(world, "220184"), see(world, "220381")

    assert now.region == old.region == "220184"
    assert [link.firms for link in now.links] == [0, 0, 1]
    assert row(world, "car", "2201").firms == 1


def test_a_region_or_chain_that_is_none_is_told_with_a_way_out(world: World) -> None:
    a_chain(world)

    with pytest.raises(InputProblem, match="220184"):
        see(world, "长春")
    with world.reader() as reader, pytest.raises(NotFoundProblem, match="test"):
        view_chain(reader, "nev", None)


def test_peers_stand_beside_the_region_and_can_be_chosen(world: World) -> None:
    a_chain(world)
    world.cover("*", "C36", 0.9)
    for number, region in enumerate((HERE, THERE, THERE, "440100", "510100")):
        world.add_firm(f"{number}公司", ["轿车"], region=region)
    world.attach()

    with world.reader() as reader:
        found = compare_regions(reader, "test", HERE, [])
        chosen = compare_regions(reader, "test", HERE, ["510100"])

    assert [one.region for one in found.regions] == [HERE, THERE, "440100"]
    assert [one.region for one in chosen.regions] == [HERE, "510100", THERE]
    cars = found.links[2]
    assert [one.firms for one in cars.regions] == [1, 2, 1]
    assert [one.verdict for one in cars.regions] == ["weak", "steady", "weak"]


def test_peers_imports_and_relatedness_open_as_figures_and_unknown_stays_unknown(
    world: World,
) -> None:
    a_chain(world)
    world.cover("*", "C36", 0.9)
    world.say(link_key("test/car"), "import_dependence", Value(number=Decimal("0.7")))
    for number, region in enumerate((HERE, HERE, THERE, THERE, "440100", "440100")):
        world.add_firm(f"{number}公司", ["轿车"], region=region, stock=f"00000{number}.SZ")
    world.attach()

    with world.reader() as reader:
        figures = view_link(reader, "test", "car", HERE, (9, 0)).figures
        other = view_link(reader, "test", "cell", HERE, (9, 0)).figures
    assert figures["beside"].value == pytest.approx(1.0)
    # On the link and of all: here, and in each of two peers.
    assert [one.value for one in figures["beside"].inputs] == [2, 2] * 3
    assert (figures["imports"].value, len(figures["imports"].facts)) == (0.7, 1)
    assert (other["imports"].value, other["beside"].value) == (None, None)
    assert figures["related"].value is None
    assert figures["related"].text.zh
    verdict = row(world, "car").verdict
    assert verdict is not None
    assert (verdict.rule, verdict.act, verdict.act_title.zh) == ("weak_imports", "keep", "稳链")


def test_the_past_is_judged_on_what_was_known_then(world: World) -> None:
    a_chain(world)
    world.cover(HERE, "C36", 0.8)
    then = world.clock.now() + timedelta(hours=1)
    world.wait(days=1)
    for name in ("甲", "乙"):
        world.add_firm(f"{name}公司", ["轿车"], region=HERE)
    world.attach()

    assert code(world, "car") == "steady"
    assert code(world, "car", known_at=then) == "missing"
    assert see(world, known_at=then).as_of == world.clock.now()


def test_a_small_change_is_seen_at_once_and_equals_reading_everything_anew(world: World) -> None:
    a_chain(world)
    world.cover(HERE, "C36", 0.8)
    world.add_firm("甲公司", ["轿车"], region=HERE)
    world.attach()
    assert row(world, "car").firms == 1

    world.add_firm("乙公司", ["轿车"], region=HERE)
    world.attach()
    world.add_link("tyre", "轮胎")
    world.cover(THERE, "C36", 0.7)

    assert row(world, "car").firms == 2
    with world.reader() as reader:
        held, anew = reader.picture, read_picture(reader.view, reader.picture.marks)
    assert held.firms == anew.firms
    assert held.on_link == anew.on_link
    assert held.graph.links.keys() == anew.graph.links.keys()
    assert held.declared == anew.declared


def test_a_change_that_commits_after_a_later_one_is_not_overlooked(world: World) -> None:
    a_chain(world)
    world.cover(HERE, "C36", 0.8)
    firm, link = firm_key("慢公司"), link_key("test/car")
    with world.twin.change(platform_asker(), reason="慢", source="register") as slow:
        slow.say(firm, "name", Value(text="慢公司"))
        slow.say(firm, "region", Value(text=HERE))
        slow.say(firm, "link", Value(ref=link))
        world.add_firm("快公司", ["餐饮"], asker=world.officer(), source="staff")
        assert row(world, "car").firms == 0
        with world.reader() as reader:
            before = reader.view.stamp()

    assert row(world, "car").firms == 1
    with world.reader() as reader:
        assert reader.view.stamp() != before


def test_a_firm_that_left_the_twin_leaves_the_picture(world: World) -> None:
    a_chain(world)
    world.add_firm("甲公司", ["轿车"], region=HERE)
    world.attach()
    assert row(world, "car").firms == 1

    world.forget("register")
    world.attach()

    assert row(world, "car").firms == 0


def test_the_answer_over_http_carries_an_etag_and_another_tenant_reads_the_public_part(
    world: World,
) -> None:
    a_chain(world)
    world.add_firm("甲公司", ["轿车"], region=HERE, asker=world.officer(), source="staff")
    world.attach(world.officer())
    mine, theirs = world.client(), world.client(tenant=world.other)

    first = mine.get("/api/v1/chains/test", params={"region": HERE})

    assert first.json()["links"][2]["firms"] == 1
    assert (
        theirs.get("/api/v1/chains/test", params={"region": HERE}).json()["links"][2]["firms"] == 0
    )
    again = mine.get(
        "/api/v1/chains/test",
        params={"region": HERE},
        headers={"If-None-Match": first.headers["ETag"]},
    )
    assert again.status_code == 304
    for path in ("/chains", "/chains/test/links/car", "/chains/test/gaps", "/regions",
                 f"/regions/{HERE}/cockpit", "/chains/test/comparison"):  # fmt: skip
        answer = mine.get(f"/api/v1{path}", params={"region": HERE})
        assert answer.status_code == 200, (path, answer.text)
    assert mine.get("/api/v1/chains/none").status_code == 404
    assert mine.get("/api/v1/chains/test", params={"region": "x"}).status_code == 422


@pytest.mark.parametrize(
    ("share", "more"),
    [("35", {}), ("-0.1", {}), ("0.9", {"basis": Basis.RECALLED, "confidence": 50})],
)
def test_an_import_dependence_that_is_no_share_or_still_to_check_decides_nothing(
    world: World, share: str, more: dict[str, Any]
) -> None:
    a_chain(world)
    world.say(link_key("test/car"), "import_dependence", Value(number=Decimal(share)), **more)
    world.attach()

    with world.reader() as reader:
        figure = view_link(reader, "test", "car", HERE, (9, 0)).figures["imports"]

    assert (figure.value, figure.text.zh, len(figure.facts)) == (None, "未知", 1)
