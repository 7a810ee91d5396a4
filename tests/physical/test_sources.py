"""The contract of a source: declared, found by folder, all or nothing, and removable."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.physical.conftest import sample

from chaintwin.access.asker import Asker
from chaintwin.kit.problems import InputProblem, NotFoundProblem
from chaintwin.model.fact import Basis
from chaintwin.physical.declared import FOLDER, find_source, find_sources
from chaintwin.physical.loading import load_source, remove_source
from chaintwin.twin.state import BodyState
from chaintwin.twin.twin import Twin

PUBLIC = ("a_share_basic_2026", "chain_kg_sw2021", "a_share_2015_addresses", "ickg25")


def load_samples(twin: Twin, asker: Asker, *names: str) -> None:
    for name in names or PUBLIC:
        load_source(twin, asker, name, sample(name), is_sample=True)


def firm(twin: Twin, asker: Asker, stock: str) -> BodyState:
    with twin.view(asker) as view:
        body = view.find_key("stock", stock)
        assert body is not None
        return view.get(body)


def copied(name: str, to: Path) -> Path:
    shutil.copytree(sample(name), to / name)
    return to


def count_facts(twin: Twin, asker: Asker, name: str) -> int:
    with twin.view(asker) as view:
        return sum(record.opened for record in view.changes()[0] if record.source == name)


def test_every_source_folder_declares_itself_and_reads() -> None:
    found = find_sources()

    folders = {path.name for path in FOLDER.iterdir() if (path / "read.py").is_file()}
    assert folders == set(found)
    assert {source.name for source in found.values() if source.group == "public"} == set(PUBLIC)


def test_the_product_space_is_free_and_its_strengths_are_for_evaluation_only(
    twin: Twin, platform: Asker
) -> None:
    load_samples(twin, platform, "product_space", "product_space_strength")

    with twin.view(platform) as view:
        motors = view.get(view.find_key("hs_code", "8501") or 0)
        cells = view.get(view.find_key("hs_code", "8507") or 0)
        sources = view.sources()
    near = cells.held("near")
    assert near is not None
    assert (near.ref, near.value, near.source) == (motors.body, 0.4, "product_space_strength")
    assert motors.held("near").value is None  # type: ignore[union-attr]
    assert (motors.name, motors.one("english_name")) == ("Test motors", "Test motors")
    assert sources["product_space_strength"].evaluation_only
    assert not sources["product_space"].evaluation_only


@pytest.mark.parametrize(("file", "text"), [("HS_Metadata.json", "3"), ("layout_HS.json", "[]")])
def test_a_file_that_is_no_list_of_objects_is_refused_whole(
    file: str, text: str, twin: Twin, platform: Asker, tmp_path: Path
) -> None:
    folder = copied("product_space", tmp_path) / "product_space"
    (folder / file).write_text(text)
    before = count_facts(twin, platform, "product_space")

    with pytest.raises(InputProblem, match=file):
        load_source(twin, platform, "product_space", folder, is_sample=True)

    assert count_facts(twin, platform, "product_space") == before


def test_a_source_nobody_has_is_refused_with_the_names_of_those_there_are() -> None:
    with pytest.raises(NotFoundProblem) as refused:
        find_source("nothing")

    assert "ickg25" in refused.value.zh


def test_the_sets_join_on_stock_codes_and_each_fact_keeps_its_place_of_origin(
    twin: Twin, platform: Asker
) -> None:
    load_samples(twin, platform)

    corn = firm(twin, platform, "600001.SH")
    assert corn.name == "样本玉米股份有限公司"
    assert corn.one("province") == "220000"
    assert corn.one("english_name") == "Sample's Corn (Jilin) Co., Ltd."
    assert corn.one("website") == "http://corn.example"
    assert {held.key for held in corn.all("industry_name")} == {"农业综合", "粮油加工", "农产品"}
    with twin.view(platform) as view:
        products = {view.get(held.ref).name: held.value for held in corn.all("product") if held.ref}
        records = {(fact.source, fact.source_record) for fact in view.history(corn.body)}
    assert products == {"玉米淀粉": 0.612, "变性淀粉": 0.2}
    assert records == {
        ("a_share_basic_2026", "stock_basic.csv:4"),
        ("a_share_2015_addresses", "wfp_n20151023.sql:21#1"),
        ("a_share_2015_addresses", "company_info.csv:2"),
        ("chain_kg_sw2021", "company.json:1"),
        ("chain_kg_sw2021", "company_industry.json:1"),
        ("chain_kg_sw2021", "data.sql:2"),
        ("chain_kg_sw2021", "data.sql:3"),
        ("ickg25", "valid.txt:1"),
    }


def test_an_address_of_2015_is_not_claimed_for_the_years_before(
    twin: Twin, platform: Asker
) -> None:
    load_samples(twin, platform)

    held = firm(twin, platform, "600001.SH").held("registered_address")
    assert held is not None
    assert (held.precision, held.valid_from and held.valid_from.year) == ("m", 2015)


def test_a_share_of_revenue_that_cannot_be_is_not_taken_for_a_number(
    twin: Twin, platform: Asker
) -> None:
    load_samples(twin, platform)

    battery = firm(twin, platform, "300001.SZ")
    shares = [held.value for held in battery.all("product")]
    assert sorted(shares, key=str) == [0.85, None]
    assert battery.held("name") is not None
    assert battery.one("region") == "440300"


def test_a_triple_names_a_known_firm_or_else_a_concept(twin: Twin, platform: Asker) -> None:
    load_samples(twin, platform)

    battery = firm(twin, platform, "300001.SZ")
    told = {held.key: (held.confidence, held.data) for held in battery.all("relation")}
    assert told["供给|样本汽车"] == (95, {"relation": "供给"})
    assert told["涉足行业|动力电池行业"][0] == 70
    with twin.view(platform) as view:
        car = view.find_key("concept_name", "样本汽车")
        assert car is not None
        assert view.kind_of(car) == "Concept"
        # An expert judged the rivalry wrong.
        assert view.get(car).all("relation") == ()
        assert view.find_key("concept_name", "样本电池") is None


def test_sets_without_a_free_licence_are_marked_for_evaluation_only(
    twin: Twin, platform: Asker
) -> None:
    load_samples(twin, platform, *PUBLIC, "product_space", "product_space_strength")

    with twin.view(platform) as view:
        marked = {name for name, source in view.sources().items() if source.evaluation_only}
    assert marked == {
        "a_share_2015_addresses", "chain_kg_sw2021", "ickg25", "product_space_strength",
    }  # fmt: skip


def test_a_second_load_adds_nothing_and_leaves_no_change_behind(
    twin: Twin, platform: Asker
) -> None:
    load_samples(twin, platform)
    with twin.view(platform) as view:
        before = view.changes()[1]

    again = [load_source(twin, platform, name, sample(name), is_sample=True) for name in PUBLIC]

    assert {(loaded.opened, loaded.closed, loaded.change) for loaded in again} == {(0, 0, None)}
    with twin.view(platform) as view:
        assert view.changes()[1] == before


def test_a_new_column_stops_the_run_and_leaves_nothing(
    twin: Twin, platform: Asker, tmp_path: Path
) -> None:
    data = copied("a_share_basic_2026", tmp_path)
    path = data / "a_share_basic_2026" / "stock_basic.csv"
    lines = path.read_text("utf-8").splitlines()
    lines.append("600777.SH,600777,新,吉林,银行,2020-01-01")
    planted = [f"{line},{'x' if number else '新列'}" for number, line in enumerate(lines)]
    path.write_text("\n".join(planted), "utf-8")
    before = count_facts(twin, platform, "a_share_basic_2026")

    with pytest.raises(InputProblem) as refused:
        load_source(twin, platform, "a_share_basic_2026", data, is_sample=True)

    assert "stock_basic.csv:2" in refused.value.zh
    assert "新列" in refused.value.zh
    with twin.view(platform) as view:
        assert view.find_key("stock", "600777.SH") is None
    assert count_facts(twin, platform, "a_share_basic_2026") == before


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("600778.SH,600778,新,火星,银行,2020-01-01", "火星"),
        ("600778.SH,600778,新,吉林,银行,去年", "去年"),
        ("600001.SH,600001,新,吉林,银行,2020-01-01", "重复"),
        ("600778.SH,600778,新,吉林", "列数"),
    ],
)
def test_a_row_that_is_not_understood_stops_the_run_and_says_where(
    twin: Twin, platform: Asker, tmp_path: Path, line: str, told: str
) -> None:
    data = copied("a_share_basic_2026", tmp_path)
    path = data / "a_share_basic_2026" / "stock_basic.csv"
    path.write_text(path.read_text("utf-8") + line + "\n", "utf-8")

    with pytest.raises(InputProblem) as refused:
        load_source(twin, platform, "a_share_basic_2026", data, is_sample=True)

    assert told in refused.value.zh
    with twin.view(platform) as view:
        assert view.find_key("stock", "600778.SH") is None


def test_fewer_rows_than_declared_stop_a_real_load(twin: Twin, platform: Asker) -> None:
    with pytest.raises(InputProblem) as refused:
        load_source(twin, platform, "a_share_basic_2026", sample("a_share_basic_2026"))

    assert "5000–7000" in refused.value.zh


def test_what_a_newer_file_no_longer_says_is_no_longer_believed(
    twin: Twin, platform: Asker, tmp_path: Path
) -> None:
    load_samples(twin, platform, "a_share_basic_2026")
    data = copied("a_share_basic_2026", tmp_path)
    path = data / "a_share_basic_2026" / "stock_basic.csv"
    lines = [line for line in path.read_text("utf-8").splitlines() if "样本轴承" not in line]
    path.write_text("\n".join(lines), "utf-8")

    loaded = load_source(twin, platform, "a_share_basic_2026", data, is_sample=True)

    # Six facts of the firm, and the load report that told of four rows.
    assert (loaded.opened, loaded.closed) == (1, 7)
    with twin.view(platform) as view:
        gone = view.find_key("stock", "920001.BJ")
        assert gone is not None
        assert view.states([gone]) == []
        assert len(view.history(gone)) >= 6
    load_samples(twin, platform, "a_share_basic_2026")


def test_coverage_and_load_report_are_facts_that_go_with_the_source(
    twin: Twin, platform: Asker
) -> None:
    load_samples(twin, platform)
    with twin.view(platform) as view:
        body = view.find_key("source_name", "a_share_basic_2026")
        assert body is not None
        state = view.get(body)
    coverage = state.all("coverage")
    assert [held.key for held in coverage] == ["*|*|上市公司"]
    assert coverage[0].basis is Basis.RECALLED
    assert state.one("loaded")["tables"] == {"stock_basic.csv": {"rows": 4}}

    closed = remove_source(twin, platform, "a_share_basic_2026")

    assert closed > 20
    with twin.view(platform) as view:
        assert view.states([body]) == []
        lost = view.find_key("stock", "000901.SZ")
        assert lost is not None
        assert view.get(lost).one("listed_on") == "1999-04-01"
    load_samples(twin, platform, "a_share_basic_2026")
    with twin.view(platform) as view:
        assert len(view.get(body).all("coverage")) == 1
