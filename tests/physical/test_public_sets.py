"""The shipped content and the four public data sets, as they really are, in one twin."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from chaintwin.access.asker import PUBLIC_TENANT, Asker
from chaintwin.access.tenants import make_place
from chaintwin.engine.database import Database
from chaintwin.model.fact import Basis
from chaintwin.physical.loading import Loaded, load_group, load_source, remove_source
from chaintwin.twin.state import BodyState
from chaintwin.twin.twin import Twin


@pytest.fixture(scope="module")
def loaded() -> dict[str, Loaded]:
    """What each load came to; the first test fills it."""
    return {}


@pytest.fixture
def full(twin: Twin, platform: Asker, shared: Path, loaded: dict[str, Loaded]) -> dict[str, Loaded]:
    if not loaded:
        for done in load_group(twin, platform, "shipped"):
            loaded[done.source] = done
        for done in load_group(twin, platform, "public", shared / "data"):
            loaded[done.source] = done
    return loaded


def firm(twin: Twin, asker: Asker, scheme: str, value: str) -> BodyState:
    with twin.view(asker) as view:
        body = view.find_key(scheme, value)
        assert body is not None, value
        return view.get(body)


def test_everything_of_the_four_sets_arrives(full: dict[str, Loaded]) -> None:
    rows = {name: done.rows for name, done in full.items()}

    assert rows["a_share_basic_2026"] == 5448
    assert rows["a_share_2015_addresses"] == 2814 + 1477
    assert rows["chain_kg_sw2021"] == 4654 + 4430 + 53_785
    assert rows["ickg25"] == 60_868 + 13 + 243 + 68_237 + 1000
    assert sum(done.opened for done in full.values()) > 300_000


def test_a_known_firm_is_one_body_with_facts_of_every_set(
    twin: Twin, platform: Asker, full: dict[str, Loaded]
) -> None:
    battery = firm(twin, platform, "stock", "300750.SZ")

    assert full
    assert battery.body == firm(twin, platform, "company_short", "宁德时代").body
    assert (
        battery.body == firm(twin, platform, "company_name", "宁德时代新能源科技股份有限公司").body
    )
    with twin.view(platform) as view:
        told = {fact.source for fact in view.history(battery.body)}
        shares = {
            view.get(held.ref).name: held.value for held in battery.all("product") if held.ref
        }
    assert {"a_share_basic_2026", "chain_kg_sw2021", "ickg25", "shipped_firms"} <= told
    assert battery.one("province") == "350000"
    assert 0.5 < shares["动力电池系统"] < 1
    assert len(battery.all("relation")) > 20
    assert {held.ref for held in battery.all("link")}


def test_every_fact_says_where_it_was_read(
    twin: Twin, platform: Asker, full: dict[str, Loaded]
) -> None:
    battery = firm(twin, platform, "stock", "300750.SZ")

    with twin.view(platform) as view:
        facts = view.history(battery.body)
    assert full
    assert all(fact.source_record for fact in facts)
    assert {fact.basis for fact in facts} <= {Basis.REPORTED, Basis.MATCHED, Basis.RECALLED}
    assert all(fact.confidence <= 50 for fact in facts if fact.basis is Basis.RECALLED)


def test_a_word_that_is_also_a_short_name_stays_a_concept(
    twin: Twin, platform: Asker, full: dict[str, Loaded]
) -> None:
    goods_firm = firm(twin, platform, "company_short", "农产品")
    goods_word = firm(twin, platform, "concept_name", "农产品")

    assert full
    assert (goods_firm.one("stock"), goods_firm.all("relation")) == ("000061.SZ", ())
    assert (goods_word.kind, goods_word.name) == ("Concept", "农产品")


def test_products_of_recipes_do_not_enter(
    twin: Twin, platform: Asker, full: dict[str, Loaded]
) -> None:
    with twin.view(platform) as view:
        assert full
        assert view.find_key("product_name", "蜂蜜桂花糕") is None
        assert view.find("Product", limit=1).total < 42_000


def test_the_shipped_links_firms_and_parks_stand_on_one_another(
    twin: Twin, platform: Asker, full: dict[str, Loaded]
) -> None:
    cell = firm(twin, platform, "link_code", "nev/battery-cell")

    with twin.view(platform) as view:
        inputs = {view.get(held.ref).name: held.data for held in cell.all("input") if held.ref}
        links = view.all("ChainLink")
        firms = view.referring(cell.body, "link")
        orphans = [held.key for link in links for held in link.all("input")
                   if held.ref is None or not view.states([held.ref])]  # fmt: skip
        astray = [
            state.name
            for state in view.all("Company")
            for held in state.all("link")
            if held.ref is None or not view.states([held.ref])
        ]
    assert full
    assert len(links) >= 180
    assert inputs["正极材料"]["criticality"] == "essential"
    assert len(firms) > 5
    assert (orphans, astray) == ([], [])


def test_loading_everything_again_adds_nothing(
    twin: Twin, platform: Asker, shared: Path, full: dict[str, Loaded]
) -> None:
    again = [
        *load_group(twin, platform, "shipped"),
        *load_group(twin, platform, "public", shared / "data"),
    ]

    assert {done.source: (done.opened, done.closed) for done in again} == dict.fromkeys(
        full, (0, 0)
    )


def test_a_set_that_is_taken_out_leaves_the_others_standing(
    twin: Twin, platform: Asker, full: dict[str, Loaded]
) -> None:
    closed = remove_source(twin, platform, "chain_kg_sw2021")

    battery = firm(twin, platform, "stock", "300750.SZ")
    assert closed == full["chain_kg_sw2021"].opened
    assert {held.source for held in battery.all("product")} <= {"shipped_firms"}
    assert battery.one("short_name") == "宁德时代"


def test_the_demo_records_are_seen_by_their_place_alone_and_as_of_any_day(
    twin: Twin, platform: Asker, pool: Database, full: dict[str, Loaded]
) -> None:
    tenant = make_place(pool, [("220000", "吉林省"), ("220100", "长春市")], demo=True)
    officer = Asker(
        tenant, "王科员", roles=frozenset({"officer"}), readable=frozenset({PUBLIC_TENANT, tenant})
    )

    load_source(twin, officer, "demo")

    assert full
    project = firm(twin, officer, "project_code", "demo-p03")
    assert project.is_demo
    assert project.name.startswith("示例")
    assert (project.one("stage"), project.one("investment_wan")) == ("talks", 68000)
    with twin.view(officer) as view:
        stages = [fact.text for fact in view.history(project.body, "stage")]
        facts = view.history(project.body)
    assert sorted(str(stage) for stage in stages) == ["lead", "signing", "talks", "talks"]
    assert {fact.basis for fact in facts} == {Basis.DEMO}
    with twin.view(officer, valid_at=datetime(2026, 1, 15, tzinfo=UTC)) as view:
        then = view.get(project.body)
    assert (then.one("stage"), then.one("investment_wan")) == ("signing", 90000)
    with twin.view(platform) as view:
        assert view.all("Project") == []
