"""Writes the template and the rows to correct, so that no cell ever runs as a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from chaintwin.kit.problems import Language
from chaintwin.physical.imports.columns import (
    ERROR_HEAD,
    FIRMS,
    Column,
    Layout,
    shown_words,
)
from chaintwin.physical.imports.errors import RowError
from chaintwin.physical.imports.reading import Line

_HEAD_FILL = PatternFill("solid", fgColor="E8EEF7")
_ERROR_FILL = PatternFill("solid", fgColor="FDE8E6")
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_DROP_DOWN_ROWS = 5_000


def make_template(layout: Layout = FIRMS) -> bytes:
    """Return the template as XLSX: an empty list with drop-downs, and a sheet of notes."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = layout.sheet
    for number, column in enumerate(layout.columns, 1):
        letter = get_column_letter(number)
        cell = sheet.cell(1, number, head_of(column, layout))
        cell.font, cell.fill = Font(bold=True), _HEAD_FILL
        cell.comment = Comment(f"{column.note}\n{column.note_en}", "chaintwin")
        sheet.column_dimensions[letter].width = max(12, 2.2 * len(column.head))
        # 49 is the built-in text format: codes keep their leading zeros.
        for row in range(2, 502):
            sheet.cell(row, number).number_format = "@" if column.form != "number" else "General"
        if column.words:
            _offer(sheet, letter, shown_words(column))
    sheet.freeze_panes = "A2"
    _write_notes(book, layout)
    return _saved(book)


def make_csv_template(layout: Layout = FIRMS) -> bytes:
    """Return the template as CSV with a byte order mark, which Excel needs to see UTF-8."""
    stream = io.StringIO(newline="")
    csv.writer(stream).writerow([head_of(column, layout) for column in layout.columns])
    return stream.getvalue().encode("utf-8-sig")


def make_rejected(
    lines: Iterable[Line],
    errors: Mapping[int, Sequence[RowError]],
    language: Language,
    layout: Layout = FIRMS,
) -> bytes:
    """Return the rows to correct in the layout of the template, each with what is wrong."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(layout.sheet)
    sheet.freeze_panes = "A2"
    sheet.column_dimensions["A"].width = 60
    heads = (ERROR_HEAD, *(head_of(column, layout) for column in layout.columns))
    sheet.append([_text(sheet, head, bold=True) for head in heads])
    for line in lines:
        found = errors.get(line.number, ())
        wrong = {error.attribute for error in found}
        row = [_text(sheet, _told(found, language), wrap=True)]
        for column in layout.columns:
            cell = line.cells.get(column.attribute)
            is_wrong = column.attribute in wrong
            row.append(_text(sheet, cell.text if cell else "", marked=is_wrong))
        sheet.append(row)
    return _saved(book)


def head_of(column: Column, layout: Layout = FIRMS) -> str:
    """Return a head as people see it; the required one bears a star."""
    return f"{column.head}*" if column.attribute == layout.required else column.head


def _told(errors: Iterable[RowError], language: Language) -> str:
    return "\n".join(
        f"{error.row} · {error.column}：{error.what[language]}。{error.way_out[language]}"
        for error in errors
    )


def _text(
    sheet: Any, text: str, *, bold: bool = False, wrap: bool = False, marked: bool = False
) -> Any:
    cell = WriteOnlyCell(sheet, value=_ILLEGAL.sub("\ufffd", text)[:32_000])
    # Text stays text, whatever sign it begins with.
    cell.data_type = "s"
    cell.number_format = "@"
    cell.font = Font(bold=bold)
    cell.alignment = Alignment(wrap_text=wrap, vertical="top")
    if marked:
        cell.fill = _ERROR_FILL
    return cell


def _offer(sheet: Any, letter: str, words: Sequence[str]) -> None:
    offered = DataValidation("list", formula1=f'"{",".join(words)}"', allow_blank=True)
    offered.error = "请从下拉列表中选择"
    sheet.add_data_validation(offered)
    offered.add(f"{letter}2:{letter}{_DROP_DOWN_ROWS}")


def _write_notes(book: Workbook, layout: Layout) -> None:
    notes = book.create_sheet("说明")
    for chinese, english in layout.rules:
        notes.append([chinese, english])
    notes.append([])
    notes.append(["列", "说明", "示例", "可选值", "Column", "Note"])
    for column in layout.columns:
        words = "、".join(shown_words(column))
        notes.append(
            [
                head_of(column, layout),
                column.note,
                column.example,
                words,
                column.english,
                column.note_en,
            ]
        )
    for letter, width in zip("ABCDEF", (36, 44, 26, 40, 30, 50), strict=True):
        notes.column_dimensions[letter].width = width


def _saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
