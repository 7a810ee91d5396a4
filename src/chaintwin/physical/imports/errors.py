"""What can be wrong with a row, and the way out, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RowError:
    """One error: where, what stands there, what is wrong with it, the way out."""

    row: int
    column: str
    attribute: str
    value: str
    kind: str
    what: Mapping[str, str]
    way_out: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Message:
    """The two sentences of one kind of error."""

    zh: str
    en: str
    way_zh: str
    way_en: str


MESSAGES: Mapping[str, Message] = {
    "missing_name": Message(
        "没有企业名称", "The name is missing",
        "填写营业执照上的全称", "Fill in the full name on the licence",
    ),
    "bad_credit_code": Message(
        "统一社会信用代码不是 18 位，或校验位不符", "The credit code fails its check character",
        "对照营业执照更正；不确定可留空", "Correct it from the licence, or leave it empty",
    ),
    "repeated": Message(
        "与第 {first} 行重复", "Stands already in row {first}",
        "合并为一行后删除另一行", "Merge the rows and delete one",
    ),
    "bad_stock": Message(
        "证券代码应为 6 位数字，可带 .SH/.SZ/.BJ", "A stock code has six digits",
        "更正或留空", "Correct it or leave it empty",
    ),
    "unknown_division": Message(
        "没有这个区划代码", "There is no such division code",
        "填 6 位 GB/T 2260 代码，如公主岭市 220184", "Give the six digits of GB/T 2260",
    ),
    "missing_item": Message(
        "没有采购品类", "The item is missing", "填写采购的物料或服务名称", "Name what is bought",
    ),
    "unknown_place": Message(
        "没有这个地名或代码", "There is no such place or code",
        "写全称（如 吉林省长春市）、6 位代码，国外写“境外”，不清楚可留空",
        "Give the full name, six digits, 境外 for abroad, or leave it empty",
    ),
    "ambiguous_place": Message(
        "同名的地方不止一处", "Several places are called so",
        "前面加上省、市，或填 6 位代码", "Put province and city before it, or give six digits",
    ),
    "unknown_industry": Message(
        "没有这个行业代码（GB/T 4754-2017）", "No such code in GB/T 4754-2017",
        "填 2–4 位数字，门类字母可省；多个用顿号分隔",
        "Give two to four digits; part several by 、",
    ),
    "industry_as_number": Message(
        "行业代码是数字格式，开头的零可能已丢失",
        "The code is a number: a leading zero may be lost",
        "把单元格设为文本后重新填写 4 位代码", "Make the cell text and write four digits",
    ),
    "bad_item": Message(
        "采购品类没有文字", "The item has no letter", "更正后重新上传", "Correct it",
    ),
    "bad_number": Message(
        "不是数字，或过大", "Not a number, or too large",
        "只填阿拉伯数字，单位见表头", "Write digits only, in the unit of the heading",
    ),
    "negative_number": Message(
        "不能小于 0", "Cannot be negative", "更正或留空", "Correct it or leave it empty",
    ),
    "not_whole": Message(
        "应为整数", "Should be a whole number", "更正或留空", "Correct it or leave it empty",
    ),
    "bad_date": Message(
        "日期无法识别", "The date is not understood",
        "写成 2016-05-20、2016-05 或 2016", "Write 2016-05-20, 2016-05 or 2016",
    ),
    "future_date": Message(
        "日期在今天之后", "The date lies in the future",
        "更正或留空", "Correct it or leave it empty",
    ),
    "unknown_word": Message(
        "不在可选范围内", "Not one of the words offered",
        "改为其中之一：{words}", "Use one of: {words}",
    ),
    "unknown_park": Message(
        "系统中没有这个园区", "The system knows no such park",
        "改用系统中的园区名称，或留空并写入备注", "Use a known name, or move it into 备注",
    ),
    "bad_product": Message(
        "产品名没有文字", "A product name without a letter",
        "更正或留空", "Correct it or leave it empty",
    ),
    "bad_phone": Message(
        "电话号码无法识别", "The phone number is not understood",
        "只填数字、加号、短横和“转”", "Use digits, plus and hyphen",
    ),
    "too_long": Message(
        "超过 {longest} 个字", "Longer than {longest} characters",
        "缩短，其余写入备注", "Shorten it; put the rest into 备注",
    ),
    "control_character": Message(
        "含有不可见的控制字符", "Holds invisible control characters",
        "清除后重新输入该单元格", "Clear the cell and type it anew",
    ),
    "unreadable": Message(
        "含有乱码", "Holds unreadable characters", "重新输入该单元格", "Type the cell anew",
    ),
    "spreadsheet_error": Message(
        "单元格是公式错误值", "The cell is a formula's error",
        "改正公式或填写数值", "Mend the formula or write the value",
    ),
    "formula": Message(
        "以 = 或 @ 开头，像公式", "Begins like a formula", "改为普通文字", "Write plain text",
    ),
    "code_of_other_firm": Message(
        "该信用代码在系统中属于“{other}”", "This credit code belongs to “{other}”",
        "核对名称与代码；确认有误后更正", "Check name and code against the licence",
    ),
    "firm_has_other_code": Message(
        "系统中该企业的信用代码是 {other}", "This firm is known by the code {other}",
        "核对名称与代码；同名不同企业请写明全称", "Check name and code against the licence",
    ),
    "stock_of_other_firm": Message(
        "该证券代码在系统中属于“{other}”", "This stock code belongs to “{other}”",
        "核对后更正或留空", "Check it, or leave it empty",
    ),
}  # fmt: skip
