"""Shipped divisions in the twin: name, level and parent of each; pages show names, not codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from chaintwin.access.asker import Asker
from chaintwin.application.chain.overview import list_regions
from chaintwin.application.chain.reader import open_reader
from chaintwin.kit.problems import InputProblem
from chaintwin.model.fact import Basis, Subject, Value
from chaintwin.physical.imports.knowing import know_divisions
from chaintwin.physical.loading import load_source
from chaintwin.twin.door import Door
from chaintwin.twin.state import BodyState
from chaintwin.twin.twin import Twin


@pytest.fixture(autouse=True)
def _loaded(twin: Twin, platform: Asker) -> None:
    load_source(twin, platform, "shipped_divisions")


def division(twin: Twin, asker: Asker, code: str) -> BodyState:
    with twin.view(asker) as view:
        body = view.find_key("division_code", code)
        assert body is not None, code
        return view.get(body)


def parent_name(twin: Twin, asker: Asker, code: str) -> str | None:
    held = division(twin, asker, code).held("parent")
    if held is None or held.ref is None:
        return None
    with twin.view(asker) as view:
        return view.get(held.ref).name


@pytest.mark.parametrize(
    ("code", "name", "level", "parent"),
    [
        ("330000", "浙江省", "省级", None),
        ("330600", "绍兴市", "地级", "浙江省"),
        ("222402", "图们市", "县级", "延边朝鲜族自治州"),
        ("429004", "仙桃市", "县级", "湖北省"),
        ("310000", "上海市", "省级", None),
    ],
)
def test_a_division_has_its_name_its_level_and_what_it_lies_within(
    twin: Twin, platform: Asker, code: str, name: str, level: str, parent: str | None
) -> None:
    found = division(twin, platform, code)

    assert (found.name, found.one("code"), found.one("level")) == (name, code, level)
    assert parent_name(twin, platform, code) == parent


def test_a_name_that_no_data_set_holds_is_recalled_and_trusted_half_at_most(
    twin: Twin, platform: Asker
) -> None:
    found = {code: division(twin, platform, code).held("name") for code in ("659001", "659012")}

    assert found["659001"] is not None
    assert found["659012"] is not None
    assert found["659001"].basis is Basis.MATCHED
    assert found["659012"].basis is Basis.RECALLED
    assert found["659012"].confidence <= 50


def test_the_list_of_regions_names_those_with_firms_and_leaves_out_the_others(
    twin: Twin, platform: Asker
) -> None:
    firm = Subject("Company", (("company_name", "绍兴样本"),))
    with twin.change(platform, reason="登记", source="register") as changes:
        changes.say(firm, "name", Value(text="绍兴样本有限公司"))
        changes.say(firm, "region", Value(text="330600"))

    with twin.view(platform) as view:
        reader = open_reader(twin, view, {})
        listed = list_regions(reader, None, None)
        assert reader.place("429004").name == "仙桃市"

    assert {one.code: one.name for one in listed.items} == {"330000": "浙江省", "330600": "绍兴市"}


@pytest.mark.parametrize(
    ("code", "is_possible"),
    [
        ("330600", True), ("331900", False), ("330602", True), ("331902", False),
        ("429021", True), ("429999", False), ("110108", True), ("222499", False),
        ("522401", True), ("469003", True),
    ],
)  # fmt: skip
def test_imports_refuse_codes_beside_a_whole_list_but_know_former_prefectures(
    twin: Twin, platform: Asker, code: str, is_possible: bool
) -> None:
    with twin.database.transaction(platform.settings()) as connection:
        door = Door(twin, connection, platform, twin.view_in(connection, platform))
        assert know_divisions(door).is_possible(code) is is_possible


def test_an_unknown_field_in_the_list_of_names_stops_the_load(
    twin: Twin, platform: Asker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    within = '[{code: "330600", name: 绍兴市, 旧名: x}]'
    planted = f'- {{code: "330000", name: 浙江省, within: {within}}}'
    (tmp_path / "division_names.yml").write_text(planted, "utf-8")
    monkeypatch.setenv("CHAINTWIN_CONTENT", str(tmp_path))

    with pytest.raises(InputProblem) as refused:
        load_source(twin, platform, "shipped_divisions")

    assert "division_names.yml#330600" in refused.value.zh
    assert "旧名" in refused.value.zh
    assert division(twin, platform, "330100").name == "杭州市"
