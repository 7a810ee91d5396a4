"""Files as people really send them: encodings, cells that lost their form, files that are bombs."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook
from tests.physical.firm_lists import HEADS, write_csv, write_xlsx

from chaintwin.kit.problems import InputProblem
from chaintwin.physical.divisions import Divisions, industry_division, plain_industry
from chaintwin.physical.imports.core import Known, Outcome, check_lines
from chaintwin.physical.imports.reading import MOST_BYTES, TooLargeProblem, read_lines

CHANGCHUN = frozenset({"220000", "220100", "220102", "220184", "370000", "370114"})
LISTED = frozenset({"220100", "220102", "220184"})
KNOWN = Known(
    today=date(2026, 11, 22),
    divisions=Divisions(CHANGCHUN, LISTED, {"220381": "220184"}),
    parks={"样例园区": 7},
    by_code={},
    by_stock={},
    by_name={},
    code_of={},
    name_of={},
)


def check(**cells: str) -> Outcome:
    row = [cells.get(head.rstrip("*"), "") for head in HEADS]
    return check_lines(read_lines(write_csv([row])), KNOWN)


def kinds(outcome: Outcome) -> list[str]:
    return [error.kind for error in outcome.errors]


def book_of(*rows: list[object], title: str = "企业") -> Workbook:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    return book


def saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_sheet(content: bytes) -> bytes:
    """Return a workbook whose sheet holds just these bytes."""
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(saved(book_of()))) as whole,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in whole.namelist():
            is_sheet = name.startswith("xl/worksheets/")
            data = head + content + b"</worksheet>" if is_sheet else whole.read(name)
            made.writestr(name, data)
    return stream.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_is_read_in_the_encoding_it_has(encoding: str) -> None:
    lines = read_lines(write_csv([["", "㐂样例企业有限公司", *[""] * 16]], encoding))

    assert lines[0].cells["name"].text == "㐂样例企业有限公司"
    assert lines[0].number == 2


def test_rows_are_counted_as_spreadsheets_count_them() -> None:
    text = '企业名称,备注\n\n甲乙有限公司,"第一行\n第二行"\n丙丁有限公司,\n'

    lines = read_lines(text.encode())

    assert [line.number for line in lines] == [3, 4]
    assert lines[0].cells["note"].text == "第一行\n第二行"


@pytest.mark.parametrize(
    ("heads", "told"),
    [
        (["企业名称", "法人"], "法人"),
        (["企业名称", "企业名称*"], "重复"),
        (["统一社会信用代码"], "企业名称"),
    ],
)
def test_a_heading_that_is_not_the_templates_is_refused(heads: list[str], told: str) -> None:
    with pytest.raises(InputProblem) as refused:
        read_lines(write_csv([["x"] * len(heads)], heads=heads))

    assert told in refused.value.zh


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, ".xls"),
        (b"PK\x03\x04 broken", "完整"),
        (b"\xff\xff\xff\xfa\x81", "编码"),
        ("企业名称\n".encode(), "没有数据行"),
        ('企业名称\n"甲'.encode(), "引号"),
        ("企业名称\n甲乙,丙\n".encode(), "列数"),
        (b"", "没有数据行"),
    ],
)
def test_a_file_that_cannot_be_read_says_the_way_out(data: bytes, told: str) -> None:
    with pytest.raises(InputProblem) as refused:
        read_lines(data)

    assert told in refused.value.zh


def test_a_file_over_the_limit_is_refused() -> None:
    with pytest.raises(TooLargeProblem):
        read_lines(b"x" * (MOST_BYTES + 1))


def test_a_file_that_unpacks_to_too_much_is_refused_unread() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 40_000_000)

    with pytest.raises(TooLargeProblem):
        read_lines(stream.getvalue())


def test_a_row_numbered_beyond_any_sheet_is_refused_without_counting_up_to_it() -> None:
    far = 200_000_000
    cell = '<c r="A{0}" t="inlineStr"><is><t>{1}</t></is></c>'
    rows = "".join(
        f'<row r="{number}">{cell.format(number, text)}</row>'
        for number, text in ((1, "企业名称*"), (far, "甲乙有限公司"))
    )

    began = time.monotonic()
    with pytest.raises(InputProblem) as refused:
        read_lines(with_sheet(f"<sheetData>{rows}</sheetData>".encode()))

    assert "完整" in refused.value.zh
    assert time.monotonic() - began < 20


def test_a_sheet_of_broken_tags_is_refused_at_once() -> None:
    began = time.monotonic()
    with pytest.raises(InputProblem):
        read_lines(with_sheet(b"<f " * 100_000))

    assert time.monotonic() - began < 5


def test_a_formula_nobody_worked_out_is_not_read_as_empty() -> None:
    book = book_of(["企业名称", "从业人数"], ["甲乙有限公司", "=1+1"])

    with pytest.raises(InputProblem) as refused:
        read_lines(saved(book))

    assert "公式" in refused.value.zh


def test_cells_of_a_spreadsheet_keep_what_they_mean() -> None:
    book = book_of(
        ["企业名称", "区划代码", "成立日期", "注册资本(万元)", "行业代码"],
        ["甲乙有限公司", 220184, date(2016, 5, 20), 500.5, 939],
        ["丙丁有限公司", 220184.0, date(2011, 3, 2), 500.0, "0939"],
    )

    outcome = check_lines(read_lines(saved(book)), KNOWN)

    # A number 939 may have been 0939: nobody can tell.
    assert kinds(outcome) == ["industry_as_number"]
    firm = outcome.firms[0]
    assert firm.values["region"] == "220184"
    assert firm.values["founded_on"] == "2011-03-02"
    assert str(firm.values["registered_capital"]) == "500"
    assert firm.values["industry"] == ("0939",)


def test_the_sheet_named_for_firms_is_read_wherever_it_stands() -> None:
    book = book_of(["说明文字"], title="说明")
    sheet = book.create_sheet("企业")
    sheet.append(["企业名称"])
    sheet.append(["甲乙有限公司"])

    assert read_lines(saved(book))[0].cells["name"].text == "甲乙有限公司"


def test_full_width_signs_separators_and_units_of_habit_are_understood() -> None:
    outcome = check(
        企业名称="甲乙有限公司", 区划代码="２２０１８４", 营业收入="",
        **{"注册资本(万元)": "1,200", "行业代码(GB/T 4754-2017)": "C3670；36"},
    )  # fmt: skip

    firm = outcome.firms[0]
    assert firm.values["region"] == "220184"
    assert str(firm.values["registered_capital"]) == "1200"
    assert firm.values["industry"] == ("3670", "36")


def test_a_changed_division_code_is_taken_for_what_it_became() -> None:
    firm = check(企业名称="甲乙有限公司", 区划代码="220381").firms[0]

    assert (firm.values["region"], firm.originals["region"]) == ("220184", "220381")


@pytest.mark.parametrize(
    ("code", "is_possible"),
    [
        ("220184", True),
        ("220199", False),  # not in the whole list of Changchun
        ("220200", False),  # not in the whole list of Jilin
        ("370199", True),  # no whole list of Jinan is known
        ("370114", True),
        ("990101", False),
        ("22018", False),
        ("22018x", False),
    ],
)
def test_a_division_is_doubted_only_where_a_whole_list_is_known(
    code: str, is_possible: bool
) -> None:
    assert KNOWN.divisions.is_possible(code) is is_possible


@pytest.mark.parametrize(
    ("code", "digits", "division"),
    [
        ("C3670", "3670", "C36"),
        ("3670", "3670", "C36"),
        ("36", "36", "C36"),
        ("0111", "0111", "A01"),
        ("T97", "97", "T97"),
        ("I6513", "6513", "I65"),
        ("D3670", None, None),
        ("98", None, None),
        ("00", None, None),
        ("36700", None, None),
        ("汽车", None, None),
    ],
)
def test_an_industry_code_must_fit_its_section(
    code: str, digits: str | None, division: str | None
) -> None:
    assert plain_industry(code) == digits
    assert industry_division(code) == division


@pytest.mark.parametrize(
    ("written", "understood"),
    [
        ("2016-05-20", "2016-05-20"),
        ("2016/5/2", "2016-05-02"),
        ("2016.5.2", "2016-05-02"),
        ("2016年5月2日", "2016-05-02"),
        ("20160502", "2016-05-02"),
        ("2016年5月", "2016-05"),
        ("2016", "2016"),
        ("2016-05-20 00:00:00", "2016-05-20"),
    ],
)
def test_a_date_keeps_the_precision_it_was_written_with(written: str, understood: str) -> None:
    assert (
        check(企业名称="甲乙有限公司", 成立日期=written).firms[0].values["founded_on"] == understood
    )


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ({"企业名称": "（）"}, "missing_name"),
        ({"备注": "没有名称"}, "missing_name"),
        ({"企业名称": "甲乙", "备注": "乱\ufffd码"}, "unreadable"),
        ({"企业名称": "甲乙", "从业人数": "#REF!"}, "spreadsheet_error"),
        ({"企业名称": "甲乙", "主要产品": "…、钢"}, "bad_product"),
        ({"企业名称": "甲乙", "营业收入(万元)": "NaN"}, "bad_number"),
        ({"企业名称": "甲乙", "营业收入(万元)": "1e30"}, "bad_number"),
        ({"企业名称": "甲乙", "成立日期": "43831"}, "bad_date"),
        ({"企业名称": "甲乙", "成立日期": "0001-01-01"}, "bad_date"),
        ({"企业名称": "@SUM(A1)"}, "formula"),
    ],
)
def test_what_cannot_be_is_named_and_never_guessed(cells: dict[str, str], kind: str) -> None:
    outcome = check(**cells)

    assert kinds(outcome) == [kind]
    assert outcome.firms == ()
    assert all(outcome.errors[0].what.values())
    assert all(outcome.errors[0].way_out.values())


def test_invisible_marks_of_chat_programs_do_no_harm() -> None:
    firm = check(企业名称="\u200b甲乙\u202a有限公司\ufeff").firms[0]

    assert firm.values["name"] == "甲乙有限公司"


def test_a_mended_file_with_its_column_of_errors_is_read_again() -> None:
    heads = ["错误", *HEADS]

    lines = read_lines(write_xlsx([["2 · 企业名称：…", "", "甲乙有限公司", *[""] * 16]], heads))

    assert list(lines[0].cells) == ["name"]
