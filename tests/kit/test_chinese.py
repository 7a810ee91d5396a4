"""Chinese names sort as in a dictionary, whatever was sorted before."""

from __future__ import annotations

import pytest
from pypinyin import Style, lazy_pinyin

from chaintwin.kit.chinese import query_terms, search_key, search_terms, sort_key

NAMES = (
    "重庆长安汽车股份有限公司",
    "长春一汽富维汽车零部件股份有限公司",
    "中国银行股份有限公司",
    "行业协会",
    "玉米淀粉(食品级)",
    "TCL科技集团股份有限公司",
    "乐山电力",
    "音乐盒",
    "〇号柴油",
    "𠀀字",
    "3D打印",
    "",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_read_in_its_words_not_character_by_character(name: str) -> None:
    whole = "".join(lazy_pinyin(name, style=Style.TONE3, errors="default")).casefold()

    assert sort_key(name) == whole


def test_one_character_is_read_as_each_word_asks() -> None:
    assert sort_key("重庆").startswith("chong2")
    assert sort_key("重量").startswith("zhong4")
    assert sort_key("重庆").startswith("chong2")


def test_names_come_in_the_order_of_a_dictionary() -> None:
    found = sorted(["中车长客", "一汽解放", "长春轨道", "皓月集团"], key=sort_key)

    assert found == ["长春轨道", "皓月集团", "一汽解放", "中车长客"]


def test_traditional_and_simplified_names_are_found_alike() -> None:
    assert search_key("長春宏圖機電") == search_key("长春宏图机电")
    assert set(query_terms("宏圖")) <= search_terms("长春宏图机电")
