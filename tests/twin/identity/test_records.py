"""Records of one firm, written by different sources, come into one form and share a key."""

from __future__ import annotations

import pytest

from chaintwin.twin.identity.record import Given, Record, blocking_keys, prepare
from chaintwin.twin.identity.words import load_words

CODE = "91220101MA0000000F"


def record(name: str = "长春市宏图机电有限公司", **more: object) -> Record:
    return prepare(Given(name, **more), load_words())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("吉林省长春市绿园区长白公路18号3栋", "長春市綠園區長白公路１８号３座"),
        ("绿园区长白公路18号3幢(集群注册)", "吉林省长春市绿园区长白公路一八号3#"),
    ],
)
def test_two_ways_to_write_an_address_are_one(one: str, other: str) -> None:
    first, second = record(address=one), record(address=other)

    assert first.address_numbers == second.address_numbers
    assert set(first.address_marks) & set(second.address_marks)


@pytest.mark.parametrize(
    ("text", "day", "month"),
    [
        ("2019-07-13", 737253, "2019-07"),
        ("2019/7/13", 737253, "2019-07"),
        ("20190713", 737253, "2019-07"),
        ("2019年7月13日", 737253, "2019-07"),
        ("2019年7月", None, "2019-07"),
        ("2019", None, None),
        ("2019-02-30", None, None),
        ("不详", None, None),
    ],
)
def test_dates_are_read_as_far_as_they_are_known(
    text: str, day: int | None, month: str | None
) -> None:
    found = record(founded=text)

    assert (found.day, found.month) == (day, month)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("100万元人民币", 100.0),
        ("1000000元", 100.0),
        ("人民币100万", 100.0),
        ("1亿元", 10_000.0),
        ("1,000,000", 100.0),
        ("100", 100.0),
        ("无", None),
        ("..", None),
    ],
)
def test_capital_is_in_ten_thousand_yuan(text: str, amount: float | None) -> None:
    assert record(capital=text).capital == amount


def test_only_a_valid_credit_code_counts() -> None:
    assert record(code="９１２２０１０１MA0Y3E5X1A").code is None
    assert record(code="91350100M000100Y43").code == "91350100M000100Y43"


@pytest.mark.parametrize(
    "written",
    [
        "长春市宏图机械有限公司",
        "长春市宏机电有限公司",
        "宏图机电（长春）有限公司",
        "长春巿宏图机电",
    ],
)
def test_a_name_with_one_mistake_shares_a_key_with_the_right_one(written: str) -> None:
    assert set(blocking_keys(record())) & set(blocking_keys(record(written)))


def test_a_former_name_meets_the_name_of_then() -> None:
    renamed = record("吉林省远航智造股份有限公司", former_names=("长春市宏图机电有限公司",))

    assert set(blocking_keys(renamed)) & set(blocking_keys(record()))
