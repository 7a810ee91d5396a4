"""Checks an officer's list row by row. Pure: rows and what is known in, firms and errors out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from chaintwin.kit.chinese import name_key
from chaintwin.kit.codes import is_credit_code
from chaintwin.physical.divisions import Divisions, plain_industry
from chaintwin.physical.imports.columns import COLUMNS, FIRMS, Column, Layout
from chaintwin.physical.imports.errors import MESSAGES, RowError
from chaintwin.physical.imports.reading import Cell, Line
from chaintwin.physical.keys import stock_code

_SEPARATORS = re.compile(r"[、,，;；\n]+")
_STOCK = re.compile(r"\d{6}\.(SH|SZ|BJ)")
_PHONE = re.compile(r"[\d+\-()\s、,;/转#*]{5,}")
_DATES = (
    re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 00:00(?::00)?)?"),
    re.compile(r"(\d{4})(\d{2})(\d{2})"),
    re.compile(r"(\d{4})[-/.年](\d{1,2})月?"),
    re.compile(r"(\d{4})年?"),
)
_EARLIEST = 1800
_INVISIBLE = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0xFEFF, *range(0x202A, 0x202F)])
_SPREADSHEET_ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"}
)
_LARGEST = Decimal(10) ** 12
# A place beyond the divisions of the country.
ABROAD = "境外"

Checked = str | Decimal | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Firm:
    """One accepted row: checked values by attribute."""

    row: int
    values: Mapping[str, Checked]
    originals: Mapping[str, str] = field(default_factory=dict)

    def text(self, attribute: str) -> str | None:
        """Return a checked text; None where the row is silent."""
        value = self.values.get(attribute)
        return value if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class Known:
    """What the twin knows that rows are checked against; bodies by key."""

    today: date
    divisions: Divisions
    parks: Mapping[str, int]
    by_code: Mapping[str, int]
    by_stock: Mapping[str, int]
    by_name: Mapping[str, int]
    code_of: Mapping[int, str]
    name_of: Mapping[int, str]
    # Code by name, alone or with what it lies in; an empty code: several places are called so.
    places: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The rows that may enter, and every error of those that may not."""

    firms: tuple[Firm, ...]
    errors: tuple[RowError, ...]
    rejected: tuple[int, ...]


class _CellError(Exception):
    """One cell is not understood."""

    def __init__(self, kind: str, **more: object) -> None:
        super().__init__(kind)
        self.kind = kind
        self.more = more


def check_lines(lines: Iterable[Line], known: Known) -> Outcome:
    """Check every row by itself, then against the rows above it and against known firms."""
    firms: list[Firm] = []
    errors: list[RowError] = []
    codes: dict[str, int] = {}
    names: dict[str, int] = {}
    rejected: list[int] = []
    for line in lines:
        values, originals, found = check_cells(line, known, FIRMS)
        firm = Firm(line.number, values, originals)
        found = found or _repeated(firm, codes, names) or _conflicts(firm, known)
        if found:
            errors += found
            rejected.append(line.number)
        else:
            firms.append(firm)
        _remember(firm, codes, names)
    return Outcome(tuple(firms), tuple(errors), tuple(rejected))


def visible_text(text: str) -> str:
    """Return text without the marks that chat programs and page layouts slip in."""
    return text.translate(_INVISIBLE)


def plain_code(text: str) -> str:
    """Return a code in half-width capitals without spaces."""
    return "".join(unicodedata.normalize("NFKC", visible_text(text)).upper().split())


def plain_stock(cell: Cell) -> str:
    """Return a stock code with its exchange; a cell kept as a number has lost its zeros."""
    code = plain_code(cell.text)
    return stock_code(code.zfill(6) if cell.is_number else code)


def check_cells(
    line: Line, known: Known, layout: Layout
) -> tuple[dict[str, Checked], dict[str, str], list[RowError]]:
    """Check a row cell by cell; return its values, what they were written as, and its errors."""
    values: dict[str, Checked] = {}
    originals: dict[str, str] = {}
    errors = []
    columns = layout.by_attribute
    if layout.required not in line.cells:
        errors.append(make_error(line.number, columns[layout.required], "", layout.missing))
    for attribute, cell in line.cells.items():
        column = columns[attribute]
        try:
            value = _FORMS[column.form](column, _clean(column, cell), cell, known)
        except _CellError as refused:
            found = make_error(line.number, column, cell.text, refused.kind, **refused.more)
            errors.append(found)
            continue
        if value not in ("", ()):
            values[attribute] = value
            if isinstance(value, str) and value != cell.text:
                originals[attribute] = cell.text
    return values, originals, errors


def _clean(column: Column, cell: Cell) -> str:
    text = visible_text(cell.text)
    if any(unicodedata.category(char) == "Cc" and char not in "\t\n\r" for char in text):
        raise _CellError("control_character")
    if "\ufffd" in text:
        raise _CellError("unreadable")
    if text in _SPREADSHEET_ERRORS:
        raise _CellError("spreadsheet_error")
    if text[:1] in ("=", "@"):
        raise _CellError("formula")
    if len(text) > column.longest:
        raise _CellError("too_long", longest=column.longest)
    if column.attribute == "note":
        return text
    return " ".join(text.split())


def _text(column: Column, text: str, _cell: Cell, known: Known) -> str:
    if column.attribute == "park" and name_key(text) not in known.parks:
        raise _CellError("unknown_park")
    if column.attribute == "name" and len(name_key(text)) < 2:
        raise _CellError("missing_name")
    return text


def _code(column: Column, text: str, cell: Cell, known: Known) -> str:
    code = plain_code(text)
    if column.attribute == "credit_code":
        if not is_credit_code(code):
            raise _CellError("bad_credit_code")
        return code
    if column.attribute == "stock":
        stock = plain_stock(cell)
        if not _STOCK.fullmatch(stock):
            raise _CellError("bad_stock")
        return stock
    code = known.divisions.became.get(code, code)
    if not known.divisions.is_possible(code):
        raise _CellError("unknown_division")
    return code


def _place(column: Column, text: str, cell: Cell, known: Known) -> str:
    if text == ABROAD:
        return ABROAD
    if plain_code(text).isdigit():
        return _code(column, text, cell, known)
    code = known.places.get("".join(text.split()))
    if not code:
        raise _CellError("unknown_place" if code is None else "ambiguous_place")
    return code


def _list(column: Column, text: str, cell: Cell, _known: Known) -> tuple[str, ...]:
    parts = [part.strip() for part in _SEPARATORS.split(text) if part.strip()]
    if column.attribute == "industry":
        if cell.is_number and len(text) < 4:
            raise _CellError("industry_as_number")
        codes = [plain_industry(unicodedata.normalize("NFKC", part)) for part in parts]
        if not all(codes):
            raise _CellError("unknown_industry")
        return tuple(dict.fromkeys(code for code in codes if code))
    if any(not name_key(part) for part in parts):
        raise _CellError("bad_product")
    return tuple({name_key(part): part for part in parts}.values())


def _number(_column: Column, text: str, _cell: Cell, _known: Known) -> Decimal:
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        raise _CellError("bad_number") from None
    if not number.is_finite() or abs(number) > _LARGEST:
        raise _CellError("bad_number")
    if number < 0:
        raise _CellError("negative_number")
    return number


def _whole(column: Column, text: str, cell: Cell, known: Known) -> Decimal:
    number = _number(column, text, cell, known)
    if number != number.to_integral_value():
        raise _CellError("not_whole")
    return number.to_integral_value()


def _date(_column: Column, text: str, cell: Cell, known: Known) -> str:
    plain = unicodedata.normalize("NFKC", text)
    if cell.is_number and len(plain) != 4 and len(plain) != 8:
        raise _CellError("bad_date")
    found = next((hit for form in _DATES if (hit := form.fullmatch(plain))), None)
    if found is None:
        raise _CellError("bad_date")
    parts = [int(part) for part in found.groups()]
    try:
        day = date(*[*parts, 1, 1][:3])
    except ValueError:
        raise _CellError("bad_date") from None
    if day.year < _EARLIEST:
        raise _CellError("bad_date")
    if day > known.today:
        raise _CellError("future_date")
    return "-".join(f"{part:02d}" for part in parts)


def _word(column: Column, text: str, _cell: Cell, _known: Known) -> str:
    if text not in column.words:
        raise _CellError("unknown_word", words="、".join(dict.fromkeys(column.words.values())))
    return column.words[text]


def _phone(_column: Column, text: str, _cell: Cell, _known: Known) -> str:
    plain = unicodedata.normalize("NFKC", text)
    if not _PHONE.fullmatch(plain) or sum(char.isdigit() for char in plain) < 5:
        raise _CellError("bad_phone")
    return text


_FORMS: Mapping[str, Callable[[Column, str, Cell, Known], Checked]] = {
    "text": _text, "code": _code, "list": _list, "number": _number, "whole": _whole,
    "date": _date, "word": _word, "phone": _phone, "place": _place,
}  # fmt: skip


def _repeated(firm: Firm, codes: Mapping[str, int], names: Mapping[str, int]) -> list[RowError]:
    code, name = firm.text("credit_code"), firm.text("name") or ""
    if code in codes:
        return [_error(firm.row, "credit_code", code or "", "repeated", first=codes[code or ""])]
    first = names.get(name_key(name))
    if first is not None:
        return [_error(firm.row, "name", name, "repeated", first=first)]
    return []


def _remember(firm: Firm, codes: dict[str, int], names: dict[str, int]) -> None:
    if code := firm.text("credit_code"):
        codes.setdefault(code, firm.row)
    if name := firm.text("name"):
        names.setdefault(name_key(name), firm.row)


def _conflicts(firm: Firm, known: Known) -> list[RowError]:
    name, code, stock = firm.text("name") or "", firm.text("credit_code"), firm.text("stock")
    by_name = known.by_name.get(name_key(name))
    by_code = known.by_code.get(code or "")
    by_stock = known.by_stock.get(stock or "")
    if by_name is not None and by_code is not None and by_name != by_code:
        other = known.name_of.get(by_code, "")
        return [_error(firm.row, "credit_code", code or "", "code_of_other_firm", other=other)]
    if by_name is not None and code and known.code_of.get(by_name, code) != code:
        other = known.code_of[by_name]
        return [_error(firm.row, "credit_code", code, "firm_has_other_code", other=other)]
    firms = {body for body in (by_name, by_code) if body is not None}
    if by_stock is not None and firms and by_stock not in firms:
        other = known.name_of.get(by_stock, "")
        return [_error(firm.row, "stock", stock or "", "stock_of_other_firm", other=other)]
    return []


def _error(row: int, attribute: str, value: str, kind: str, **more: object) -> RowError:
    return make_error(row, FIRMS.by_attribute[attribute], value, kind, **more)


def make_error(row: int, column: Column, value: str, kind: str, **more: object) -> RowError:
    """Return the error of one cell with its message; personal values are not repeated."""
    message = MESSAGES[kind]
    shown = "（个人信息，见退回文件）" if column.is_personal else value[:100]
    return RowError(
        row=row,
        column=column.head,
        attribute=column.attribute,
        value=_visible(shown),
        kind=kind,
        what={"zh": message.zh.format(**more), "en": message.en.format(**more)},
        way_out={"zh": message.way_zh.format(**more), "en": message.way_en.format(**more)},
    )


def _visible(text: str) -> str:
    return "".join(char if unicodedata.category(char) != "Cc" else "\u2423" for char in text)


ATTRIBUTES = tuple(column.attribute for column in COLUMNS)
