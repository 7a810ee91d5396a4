"""Writes lists of firms as officers keep them, with errors planted by a seed."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from random import Random

from openpyxl import Workbook

from chaintwin.kit.codes import _CREDIT_ALPHABET, _CREDIT_WEIGHTS

HEADS = (
    "统一社会信用代码", "企业名称*", "简称", "证券代码", "区划代码", "行业代码(GB/T 4754-2017)",
    "主要产品", "注册资本(万元)", "营业收入(万元)", "从业人数", "成立日期", "经营状态", "信用状况",
    "注册地址", "所在园区", "联系人", "联系电话", "备注",
)  # fmt: skip
CODE, NAME, STOCK, REGION, INDUSTRY = 0, 1, 3, 4, 5
CAPITAL, REVENUE, STAFF, FOUNDED, STATUS, STANDING, ADDRESS, PARK, PHONE, NOTE = (
    7, 8, 9, 10, 11, 12, 13, 14, 16, 17,
)  # fmt: skip
_PARTS = ("精密", "恒通", "远大", "北辰", "松嫩", "金穗", "华丰", "德盛", "启航", "瑞泽")
_GOODS = ("汽车冲压件", "玉米胚芽油", "线束", "注塑件", "麦芽糊精", "紧固件", "铝压铸件")

Row = list[str]


def credit_code(number: int) -> str:
    """Return a well-formed code; no such registration exists."""
    body = f"91220184MA{number:07d}"
    pairs = zip(body, _CREDIT_WEIGHTS, strict=True)
    total = sum(_CREDIT_ALPHABET.index(char) * weight for char, weight in pairs)
    return body + _CREDIT_ALPHABET[(31 - total % 31) % 31]


def good_row(number: int, random: Random) -> Row:
    return [
        credit_code(number),
        f"样例{random.choice(_PARTS)}{number}号制造有限公司",
        "", "",
        random.choice(("220184", "220102", "220100")),
        random.choice(("3670", "C1391、1371", "36", "2239")),
        "、".join(random.sample(_GOODS, 2)),
        str(random.randint(50, 90_000)),
        f"{random.uniform(1, 99_999):.2f}",
        str(random.randint(1, 3_000)),
        random.choice(("2016-05-20", "2011年3月2日", "2009/7", "1998")),
        "存续", "正常",
        f"公主岭市样例路{number}号",
        "", f"联系人{number}",
        f"0434-62{number % 100_000:05d}",
        "",
    ]  # fmt: skip


def _set(column: int, value: str) -> Callable[[Row, list[Row]], None]:
    def plant(row: Row, _above: list[Row]) -> None:
        row[column] = value

    return plant


def _copy(column: int) -> Callable[[Row, list[Row]], None]:
    def plant(row: Row, above: list[Row]) -> None:
        row[column] = above[0][column]

    return plant


def _break_code(row: Row, _above: list[Row]) -> None:
    row[CODE] = row[CODE][:-1] + ("0" if row[CODE][-1] != "0" else "1")


# kind of error → how to plant it
PLANTS: dict[str, Callable[[Row, list[Row]], None]] = {
    "bad_credit_code": _break_code,
    "repeated": _copy(CODE),
    "missing_name": _set(NAME, ""),
    "unknown_division": _set(REGION, "220199"),
    "unknown_industry": _set(INDUSTRY, "Z999"),
    "bad_number": _set(REVENUE, "约三千万"),
    "negative_number": _set(CAPITAL, "-5"),
    "not_whole": _set(STAFF, "12.5"),
    "bad_date": _set(FOUNDED, "2016-02-30"),
    "future_date": _set(FOUNDED, "2190-01-01"),
    "unknown_word": _set(STATUS, "也许"),
    "too_long": _set(ADDRESS, "长" * 301),
    "control_character": _set(NOTE, "备\x07注"),
    "formula": _set(NOTE, '=HYPERLINK("http://x.example")'),
    "bad_stock": _set(STOCK, "30075"),
    "bad_phone": _set(PHONE, "打总机"),
    "unknown_park": _set(PARK, "不存在的园区"),
}


# What no program can write into an XLSX file as text.
CSV_ONLY = frozenset({"control_character", "formula"})


def planted_list(
    rows: int, errors: int, seed: int, leave_out: frozenset[str] = frozenset()
) -> tuple[list[Row], dict[int, str]]:
    """Return rows, and the kind of the error planted in each spoilt row by spreadsheet number."""
    random = Random(seed)
    made = [good_row(number, random) for number in range(rows)]
    spoilt = sorted(random.sample(range(10, rows), errors))
    kinds = [kind for kind in PLANTS if kind not in leave_out]
    planted: dict[int, str] = {}
    for place, index in enumerate(spoilt):
        kind = kinds[place % len(kinds)]
        PLANTS[kind](made[index], made)
        planted[index + 2] = kind
    return made, planted


def write_csv(
    rows: Sequence[Row], encoding: str = "utf-8-sig", heads: Sequence[str] = HEADS
) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([heads, *rows])
    return stream.getvalue().encode(encoding)


def write_xlsx(rows: Sequence[Row], heads: Sequence[str] = HEADS) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "企业"
    sheet.append(list(heads))
    for row in rows:
        sheet.append([value or None for value in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
