"""A short name, abbreviation or brand finds the registered name it stands for."""

from __future__ import annotations

import pytest

from chaintwin.twin.identity.lookup import NameRegister
from chaintwin.twin.identity.words import load_words

NAMES = (
    "长春宏图汽车零部件有限公司",
    "长春宏图汽车零部件有限公司公主岭分公司",
    "宏图（四平）食品科技有限公司",
    "吉林省宏图粮食集团股份有限公司",
    "中国远航石油化工股份有限公司",
    "中国远航石油化工股份有限公司长春分公司",
    "远航石化设备（长春）有限公司",
    "长春市鸿图商贸有限公司",
)


@pytest.fixture(scope="module")
def register() -> NameRegister:
    return NameRegister(enumerate(NAMES), load_words())


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("宏图汽车零部件", 0),
        ("宏图汽配", 0),
        ("宏图汽车零部件公主岭分公司", 1),
        ("宏图食品", 2),
        ("宏圖食品科技", 2),
        ("宏图粮食", 3),
        ("远航石油化工长春分公司", 5),
        ("远航石化设备", 6),
        ("鸿图商贸", 7),
    ],
)
def test_the_nearest_name_is_the_one_meant(register: NameRegister, short: str, full: int) -> None:
    found = register.find(short)

    assert NAMES[found[0].number] == NAMES[full]


def test_the_name_itself_is_nearest_of_all(register: NameRegister) -> None:
    for number, name in enumerate(NAMES):
        found = register.find(name)

        assert (found[0].number, found[0].distance) == (number, 0)


@pytest.mark.parametrize("short", ["", " ", "。", "甲乙丙丁"])
def test_what_shares_nothing_finds_nothing(register: NameRegister, short: str) -> None:
    assert register.find(short) == []
