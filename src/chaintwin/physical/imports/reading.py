"""Reads an uploaded list: CSV in UTF-8 or GB18030, or XLSX, within limits of size."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from chaintwin.kit.problems import InputProblem, Problem
from chaintwin.physical.imports.columns import FIRMS, MOST_ROWS, Column, Layout, match_heads

MOST_BYTES = 20 * 1_048_576
_MOST_UNPACKED = 300 * 1_048_576
_MOST_RATIO = 200
_MOST_COLUMNS = 60
# The last row that a spreadsheet program can hold; a file may claim any number.
_LAST_ROW = 1_048_576
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
# A formula that no program has worked out yet: its value would be lost without a word.
# No sign `<` within a tag: else a broken file would be searched in quadratic time.
_UNSOLVED = re.compile(rb"<f(?:\s[^<>]*)?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>")


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one cell; `is_number`: the program kept a number, not text."""

    text: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One row as it stands in the file; `number` counts as spreadsheets do, the heading is 1."""

    number: int
    cells: dict[str, Cell]


class TooLargeProblem(Problem):
    """A file is larger than may be imported."""

    status = 413


def read_lines(data: bytes, layout: Layout = FIRMS) -> list[Line]:
    """Return the rows of a file that hold anything; raise a Problem for a file not understood."""
    return _lines(read_rows(data, sheet=layout.sheet), layout)


def read_rows(
    data: bytes, *, keep_time: bool = False, sheet: str = FIRMS.sheet
) -> Iterator[list[Cell]]:
    """Return the rows of a CSV or XLSX file, heading and empty ones included; raise as above.

    Of a workbook the sheet of that name is read, else the first. Moments in XLSX cells are cut to
    their day unless `keep_time`.
    """
    if len(data) > MOST_BYTES:
        raise too_large()
    if data.startswith(_OLE):
        raise InputProblem(
            "这是旧版 Excel 文件（.xls），或加了密码，不能导入。"
            "请用 Excel 或 WPS 另存为不加密码的 .xlsx 或 CSV 后再上传。",
            "This is an old Excel file (.xls), or one with a password. Save it as .xlsx or CSV, "
            "without password, and upload that.",
        )
    return _xlsx_rows(data, keep_time, sheet) if data.startswith(_ZIP) else _csv_rows(data)


def too_large() -> TooLargeProblem:
    """Return the error for a file over the limit."""
    limit = MOST_BYTES // 1_048_576
    return TooLargeProblem(
        f"文件超过 {limit} MB 的上限，未保存。请分成几个文件导入。",
        f"The file is larger than {limit} MB and was not kept. Split it.",
    )


def _lines(rows: Iterable[list[Cell]], layout: Layout) -> list[Line]:
    columns: list[Column | None] | None = None
    found: list[Line] = []
    for number, row in enumerate(rows, 1):
        if not any(cell.text for cell in row):
            continue
        if columns is None:
            columns = match_heads((cell.text for cell in row), layout)
            continue
        if len(found) >= MOST_ROWS:
            raise InputProblem(
                f"超过 {MOST_ROWS} 行，未导入。请分成几个文件。",
                f"More than {MOST_ROWS} rows; nothing was imported. Split the file.",
            )
        cells = _cells(number, columns, row)
        if cells:
            found.append(Line(number, cells))
    if columns is None or not found:
        raise InputProblem(
            "文件中没有数据行。请按模板在表头下填写。",
            "The file has no rows below its heading. Fill in the template.",
        )
    return found


def _cells(number: int, columns: list[Column | None], row: list[Cell]) -> dict[str, Cell]:
    if any(cell.text for cell in row[len(columns) :]):
        raise InputProblem(
            f"第 {number} 行的列数多于表头。请检查该行的逗号和引号。",
            f"Row {number} has more columns than the heading. Check its commas and quotes.",
        )
    pairs = zip(columns, row, strict=False)
    return {column.attribute: cell for column, cell in pairs if column and cell.text}


def _csv_rows(data: bytes) -> Iterator[list[Cell]]:
    text = _decode(data)
    first = text.split("\n", 1)[0]
    mark = max((",", "\t", ";"), key=first.count)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True):
            yield [Cell(cell.strip()) for cell in row]
    except csv.Error as error:
        raise InputProblem(
            f"CSV 的引号不成对或有过长的单元格（{error}）。请在表格软件中重新另存为 CSV。",
            f"The CSV has unpaired quotes or too long a cell ({error}). Save it as CSV anew.",
        ) from error


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputProblem(
        "文件既不是 UTF-8 也不是 GB18030 编码的文本，也不是 .xlsx。请另存为“CSV UTF-8”后再上传。",
        "The file is neither text in UTF-8 or GB18030 nor .xlsx. Save it as “CSV UTF-8”.",
    )


def _xlsx_rows(data: bytes, keep_time: bool, wanted: str) -> Iterator[list[Cell]]:
    _refuse_bombs(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        names = book.sheetnames
        sheet = book[wanted] if wanted in names else book[names[0]]
        # The size a file declares for itself may be wrong by far.
        sheet.reset_dimensions()
        for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=_MOST_COLUMNS), 1):
            if number > _LAST_ROW:
                raise _broken()
            yield [] if row.count(None) == len(row) else [_cell(value, keep_time) for value in row]
    except (InvalidFileException, KeyError, ValueError, ParseError, IndexError) as error:
        raise _broken() from error


def _refuse_bombs(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            if unpacked > _MOST_UNPACKED or unpacked > _MOST_RATIO * max(len(data), 50_000):
                raise TooLargeProblem(
                    "文件解压后过大，已拒绝。请删除空白行列和图片后另存。",
                    "The file unpacks to too much and was refused. Remove empty rows and pictures.",
                )
            sheets = [part for part in parts if part.filename.startswith("xl/worksheets/")]
            if not sheets:
                raise _broken()
            if any(_UNSOLVED.search(archive.read(part)) for part in sheets):
                raise InputProblem(
                    "表中有尚未计算的公式，读不到结果。请用 Excel 或 WPS 打开、保存后再上传，"
                    "或把公式粘贴为数值。",
                    "The sheet has formulas that were never worked out. Open and save it in a "
                    "spreadsheet program, or paste values.",
                )
    except (zipfile.BadZipFile, RuntimeError, EOFError, OSError) as error:
        raise _broken() from error


def _cell(value: Any, keep_time: bool) -> Cell:
    if value is None:
        return Cell("")
    if isinstance(value, bool):
        return Cell("是" if value else "否")
    if isinstance(value, datetime):
        is_day = not keep_time or value.time() == time.min
        return Cell((value.date() if is_day else value).isoformat())
    if isinstance(value, date):
        return Cell(value.isoformat())
    if isinstance(value, float) and value.is_integer():
        return Cell(str(int(value)), is_number=True)
    return Cell(str(value).strip(), is_number=isinstance(value, (int, float)))


def _broken() -> InputProblem:
    return InputProblem(
        "文件不是完整的 .xlsx，或已加密码。请重新另存为 .xlsx（不加密码）或 CSV 后上传。",
        "The file is no whole .xlsx, or has a password. Save it anew as .xlsx or CSV.",
    )
