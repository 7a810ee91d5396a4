"""Firm names are taken apart as an officer would."""

from __future__ import annotations

import pytest

from chaintwin.twin.identity.names import FirmName, fold, take_apart
from chaintwin.twin.identity.words import load_words


def parts(name: str) -> FirmName:
    return take_apart(name, load_words())


@pytest.mark.parametrize(
    ("name", "places", "core", "trade", "form"),
    [
        ("长春市宏图汽车零部件有限公司", ("长春",), "宏图", "汽配", "limited"),
        ("宏图（长春）汽车零部件有限责任公司", ("长春",), "宏图", "汽配", "limited"),
        ("吉林省四平市铁东区顺达商贸有限公司", ("吉林", "四平", "铁东"), "顺达", "商贸", "limited"),
        ("北京青禾投资管理中心（有限合伙）", ("北京",), "青禾", "投资管理中心", ""),
        ("公主岭市丰禾种植农民专业合作社", ("公主岭",), "丰禾", "种植", "cooperative"),
        ("Kern-Liebers（太仓）有限公司", (), "kernliebers太仓", "", "limited"),
        ("北京银行股份有限公司", (), "北京", "银行", "joint_stock"),
    ],
)
def test_a_name_has_place_brand_trade_and_form(
    name: str, places: tuple[str, ...], core: str, trade: str, form: str
) -> None:
    found = parts(name)

    assert (found.places, found.core, found.trade, found.form) == (places, core, trade, form)


@pytest.mark.parametrize(
    ("name", "office"),
    [
        ("长春市宏图商贸有限公司公主岭分公司", "公主岭分公司"),
        ("宏图大药房有限公司卫校店", "卫校店"),
        ("宏图食品长春分公司", "长春分公司"),
        ("宏图物业第三分公司", "第三分公司"),
        ("宏图股份有限公司驻京办事处", "驻京办事处"),
        ("长春市宏图商贸有限公司", ""),
        ("公主岭市宏图化工厂", ""),
        ("长春市宏图教育培训中心", ""),
    ],
)
def test_a_branch_is_told_from_its_firm(name: str, office: str) -> None:
    found = parts(name)

    assert found.office == office
    assert found.core.startswith("宏图")


@pytest.mark.parametrize(
    "written",
    [
        "長春市宏圖機電有限公司",
        "长春市宏图机电有限公司 ",
        "长春市·宏图机电 有限公司",
        "长春市宏图机电【有限公司】",
        "“长春市宏图机电有限公司”",
        "长春市宏图机电有限公司".translate({ord("司"): "司"}),
    ],
)
def test_spellings_of_one_name_fold_alike(written: str) -> None:
    assert fold(written) == "长春市宏图机电有限公司"


def test_full_width_letters_and_entities_fold_too() -> None:
    assert fold("ＡＢＣ&#8226;电子（Ｃｈｉｎａ）") == "abc电子china"


def test_a_name_of_unknown_words_is_all_brand() -> None:
    assert parts("赛博坦") == FirmName("赛博坦", "赛博坦", "赛博坦", "", "", (), "")


@pytest.mark.parametrize(
    "name", ["", " ", "（）", "公司", "有限公司", "长春", "&#", "\x00", "第", "分公司", "市"]
)
def test_what_is_hardly_a_name_still_comes_apart(name: str) -> None:
    found = parts(name)

    assert found.stem == found.core + found.trade
