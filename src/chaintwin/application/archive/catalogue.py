"""归档目录: the list of items as a workbook."""

from __future__ import annotations

from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from chaintwin.application.archive.dossier import show_dossier
from chaintwin.application.archive.models import DossierShown, ItemShown
from chaintwin.kit.clock import SHANGHAI, calendar_day
from chaintwin.twin.door import Door

_COLUMNS = (
    ("序号", 6), ("档号", 32), ("题名", 44), ("文种", 20), ("形成日期", 12), ("责任者", 18),
    ("保管期限", 9), ("密级", 10), ("归档时间", 20), ("文件名", 36), ("字节数", 12),
    ("SHA-256", 66), ("SM3", 66), ("撤件理由", 24), ("示例", 6),
)  # fmt: skip
# A spreadsheet program runs what begins like this as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def make_catalogue(door: Door, code: str) -> tuple[str, bytes]:
    """Return the file name and the bytes of the workbook, as of the view's moments."""
    shown = show_dossier(door, code)
    number = shown.project.number or "项目"
    door.audit("export_catalogue", shown.project.code, {"items": shown.total})
    name = f"归档目录-{number}-{calendar_day(shown.known_at).isoformat()}.xlsx"
    return name, _workbook(shown)


def _workbook(shown: DossierShown) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("归档目录")
    for column, (_, width) in zip("ABCDEFGHIJKLMNO", _COLUMNS, strict=True):
        sheet.column_dimensions[column].width = width
    moment = shown.known_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    sheet.append([f"{shown.project.name} 归档目录(截至 {moment},共 {shown.total} 件)"])
    _append_bold(sheet, [title for title, _ in _COLUMNS])
    for position, item in enumerate(shown.items, 1):
        sheet.append([position, *(_safe(value) for value in _row(item))])
    data = BytesIO()
    book.save(data)
    return data.getvalue()


def _append_bold(sheet: WriteOnlyWorksheet, titles: list[str]) -> None:
    cells = []
    for title in titles:
        cell = WriteOnlyCell(sheet, title)
        cell.font = Font(bold=True)
        cells.append(cell)
    sheet.append(cells)


def _row(item: ItemShown) -> tuple[str | int | None, ...]:
    return (
        item.file_number, item.title, item.type_title.zh, item.formed_on, item.responsible,
        item.retention, item.label,
        item.filed_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S"),
        item.original.file_name, item.original.size, item.original.sha256, item.original.sm3,
        item.withdrawn, "示例" if item.demo else None,
    )  # fmt: skip


def _safe(value: str | int | None) -> str | int | None:
    if isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub("�", value)
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
