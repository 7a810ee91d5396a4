"""The columns of the list of firms: head, attribute, limits, and the words that may stand there."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from chaintwin.kit.problems import InputProblem
from chaintwin.model.fact import Label

Form = Literal["text", "code", "number", "whole", "date", "word", "list", "phone", "place"]

ERROR_HEAD = "错误"
SHEET = "企业"
MOST_ROWS = 50_000

_STATUS = {
    "存续": "存续", "在业": "存续", "在营": "存续", "开业": "存续", "正常": "存续",
    "停业": "停业", "歇业": "停业", "清算": "清算", "破产": "破产", "迁出": "迁出",
    "吊销": "吊销", "注销": "注销",
}  # fmt: skip
_STANDING = {
    "正常": "正常", "良好": "正常", "经营异常": "经营异常", "失信": "失信", "严重违法": "严重违法",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `words` maps what may stand there to the twin's own word."""

    head: str
    english: str
    attribute: str
    form: Form
    longest: int
    note: str
    example: str
    note_en: str
    words: Mapping[str, str] = field(default_factory=dict)
    other_heads: tuple[str, ...] = ()
    label: Label = Label.PUBLIC

    @property
    def is_personal(self) -> bool:
        """Tell whether what stands here is about a person."""
        return self.label is Label.PERSONAL


COLUMNS: tuple[Column, ...] = (
    Column(
        "统一社会信用代码", "Unified social credit code", "credit_code", "code", 18,
        "18 位，含校验位；未知可空", "", "18 characters with check character; may be empty",
        other_heads=("社会信用代码", "信用代码"),
    ),
    Column(
        "企业名称", "Registered name", "name", "text", 200, "必填，营业执照上的全称",
        "样例精密制造有限公司", "required; full name on the licence", other_heads=("单位名称",),
    ),
    Column("简称", "Short name", "short_name", "text", 60, "可空", "样例精密", "may be empty"),
    Column(
        "证券代码", "Stock code", "stock", "code", 9, "6 位数字，可带 .SH/.SZ/.BJ；非上市可空", "",
        "six digits, with or without .SH/.SZ/.BJ",
    ),
    Column(
        "区划代码", "Division code", "region", "code", 6, "6 位 GB/T 2260 代码", "110101",
        "six digits, GB/T 2260", other_heads=("行政区划代码",),
    ),
    Column(
        "行业代码(GB/T 4754-2017)", "Industry (GB/T 4754-2017)", "industry", "list", 60,
        "2–4 位数字，可带门类字母；多个用顿号分隔", "3670",
        "two to four digits; several parted by 、", other_heads=("行业代码",),
    ),
    Column(
        "主要产品", "Main products", "product", "list", 500, "多个用顿号分隔", "汽车冲压件、支架",
        "several parted by 、",
    ),
    Column(
        "注册资本(万元)", "Registered capital (10 000 yuan)", "registered_capital", "number", 20,
        "万元，不小于 0", "500", "not negative",
    ),
    Column(
        "营业收入(万元)", "Revenue (10 000 yuan)", "revenue", "number", 20, "万元，不小于 0",
        "3200.5", "not negative",
    ),
    Column(
        "从业人数", "Employees", "employees", "whole", 10, "整数，不小于 0", "86",
        "whole number, not negative",
    ),
    Column(
        "成立日期", "Founded on", "founded_on", "date", 20, "如 2016-05-20、2016-05 或 2016",
        "2016-05-20", "2016-05-20, 2016-05 or 2016",
    ),
    Column("经营状态", "Status", "status", "word", 20, "从下拉选择", "存续", "choose", _STATUS),
    Column(
        "信用状况", "Credit standing", "credit_standing", "word", 20, "从下拉选择", "正常",
        "choose", _STANDING,
    ),
    Column(
        "注册地址", "Registered address", "registered_address", "text", 300, "可空",
        "样例市样例路 1 号", "may be empty",
    ),
    Column(
        "所在园区", "Park", "park", "text", 100, "系统中已有的园区名称或简称", "",
        "a park the system knows",
    ),
    Column(
        "联系人", "Contact", "contact", "text", 50, "个人信息，仅有权限者可见", "",
        "personal, seen by those with the right", label=Label.PERSONAL,
    ),
    Column(
        "联系电话", "Phone", "phone", "phone", 40, "个人信息，仅有权限者可见", "",
        "personal, seen by those with the right", label=Label.PERSONAL,
    ),
    Column("备注", "Note", "note", "text", 1000, "可空", "", "may be empty"),
)  # fmt: skip
BY_ATTRIBUTE: Mapping[str, Column] = {column.attribute: column for column in COLUMNS}


@dataclass(frozen=True, slots=True)
class Layout:
    """The shape of a list: its sheet, its columns, the one no row may leave empty, its rules.

    `missing` is the kind of error of a row that leaves it empty; rules are (Chinese, English).
    """

    sheet: str
    columns: tuple[Column, ...]
    required: str
    missing: str
    rules: tuple[tuple[str, str], ...]

    @property
    def by_attribute(self) -> Mapping[str, Column]:
        """Return the columns by attribute."""
        return {column.attribute: column for column in self.columns}


FIRMS = Layout(
    SHEET,
    COLUMNS,
    "name",
    "missing_name",
    (
        (
            "一行一家企业；表头不要改动，列可以删去（企业名称除外）。",
            "One firm a row; keep the heads.",
        ),
        (
            "空白单元格表示“未知”，不会清除已有内容。",
            "An empty cell means unknown; it clears nothing.",
        ),
        ("代码列请保持文本格式，以免丢失开头的零。", "Keep code columns as text."),
        (
            "上传后先检查，不会写入；确认后才一次写入全部合格行。",
            "Uploading only checks; confirming writes all good rows at once.",
        ),
        (
            "不合格的行可下载，改正后直接再次上传，已有内容不会重复。",
            "Rows with errors can be downloaded, corrected and uploaded again.",
        ),
    ),
)


def shown_words(column: Column) -> list[str]:
    """Return the words offered for a column, each once."""
    return list(dict.fromkeys(column.words.values()))


def match_heads(heads: Iterable[str | None], layout: Layout = FIRMS) -> list[Column | None]:
    """Return the column of each head; None for an empty one and for the column of errors.

    Raises InputProblem for a head nobody knows, a head that stands twice, and a missing name.
    """
    known = {
        _plain(head): column
        for column in layout.columns
        for head in (column.head, *column.other_heads)
    }
    found: list[Column | None] = []
    unknown: list[str] = []
    for head in heads:
        plain = _plain(head or "")
        column = known.get(plain)
        if column is None and plain and plain != ERROR_HEAD:
            unknown.append(str(head).strip())
        found.append(column)
    required = layout.by_attribute[layout.required].head
    _refuse(unknown, [column.head for column in found if column is not None], required)
    return found


def _refuse(unknown: list[str], heads: list[str], required: str) -> None:
    if unknown:
        names = "、".join(unknown[:20])
        raise InputProblem(
            f"表头有系统不认识的列：{names}。请删除这些列或并入“备注”，也可下载模板核对表头。",
            f"The heading has unknown columns: {names}. Remove them or move them into 备注; "
            f"the template shows the right heads.",
        )
    twice = sorted({head for head in heads if heads.count(head) > 1})
    if twice:
        raise InputProblem(
            f"表头重复：{'、'.join(twice)}。请只保留一列。",
            f"These columns stand twice: {', '.join(twice)}. Keep one of each.",
        )
    if required not in heads:
        raise InputProblem(
            f"没有找到“{required}”一列。请使用模板，表头放在第一行。",
            f"The column {required} is missing. Use the template, with the heads in the first row.",
        )


def _plain(head: str) -> str:
    text = unicodedata.normalize("NFKC", head)
    return "".join(text.split()).replace("*", "").removesuffix("(必填)")
