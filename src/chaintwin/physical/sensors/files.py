"""Reads time series out of a CSV or XLSX file: one row a point."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from chaintwin.kit.problems import InputProblem, Problem
from chaintwin.model.fact import Label, Moment
from chaintwin.physical.imports.reading import Cell, read_rows
from chaintwin.twin.observing import Observations, Point

# What stands in the heading, and other ways to say it.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "body": ("企业或项目", "企业", "项目", "名称", "统一社会信用代码", "body"),
    "measure": ("测量项", "指标", "measure"),
    "at": ("时间", "日期", "月份", "at"),
    "value": ("数值", "值", "value"),
    "unit": ("单位", "unit"),
    "channel": ("通道", "表号", "channel"),
}
_NEEDED = ("body", "measure", "at", "value")
_EXAMPLE = ("示例有限公司", "用电量", "2026-10-01 08:00", "1250.5", "kWh", "1号表")
MOST_POINTS = 200_000
MOST_ERRORS = 50

FindBody = Callable[[str], int | None]


@dataclass(frozen=True, slots=True)
class RowTrouble:
    """What is wrong with one row, as spreadsheets count them (the heading is 1)."""

    row: int
    zh: str
    en: str


class RowsProblem(InputProblem):
    """Some rows cannot be taken; nothing was written."""


def make_template() -> bytes:
    """Return an empty list as CSV with a byte order mark, and one row to be written over."""
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([[names[0] for names in COLUMNS.values()], _EXAMPLE])
    return stream.getvalue().encode("utf-8-sig")


def read_points(
    data: bytes, find_body: FindBody, observations: Observations, label: Label
) -> list[Point]:
    """Return the points of a file, each checked; raise RowsProblem with the rows that are wrong."""
    points: list[Point] = []
    troubles: list[RowTrouble] = []
    for number, cells in _rows(data):
        try:
            point = _read_point(cells, find_body, label)
            observations.check(point)
            points.append(point)
        except Problem as problem:
            troubles.append(RowTrouble(number, problem.zh, problem.en))
        if len(points) > MOST_POINTS or len(troubles) >= MOST_ERRORS:
            break
    if troubles:
        first = troubles[0]
        raise RowsProblem(
            f"有 {len(troubles)} 行不能导入,什么都没有写入。第 {first.row} 行:{first.zh}",
            f"{len(troubles)} rows cannot be taken; nothing was written. Row {first.row}: "
            f"{first.en}",
            rows=[{"row": one.row, "zh": one.zh, "en": one.en} for one in troubles],
        )
    if not points or len(points) > MOST_POINTS:
        raise InputProblem(
            f"文件须有 1 至 {MOST_POINTS} 行数据。", f"A file holds 1 to {MOST_POINTS} rows."
        )
    return points


def _rows(data: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    heads: list[str | None] | None = None
    for number, row in enumerate(read_rows(data, keep_time=True), 1):
        if not any(cell.text for cell in row):
            continue
        if heads is None:
            heads = _match(row)
        else:
            pairs = zip(heads, row, strict=False)
            yield number, {name: cell.text for name, cell in pairs if name and cell.text}


def _match(row: list[Cell]) -> list[str | None]:
    known = {alias: name for name, aliases in COLUMNS.items() for alias in aliases}
    heads = [known.get(cell.text.strip().rstrip("*")) for cell in row]
    absent = [COLUMNS[name][0] for name in _NEEDED if name not in heads]
    if absent:
        raise InputProblem(
            f"表头缺少“{'”“'.join(absent)}”。请下载模板,按模板填写。",
            f"The heading lacks {', '.join(absent)}. Fill in the template.",
        )
    return heads


def _read_point(cells: Mapping[str, str], find_body: FindBody, label: Label) -> Point:
    for name in _NEEDED:
        if name not in cells:
            raise InputProblem(
                f"“{COLUMNS[name][0]}”为空。没有读数的时间不要列出。",
                f"{name} is empty. Leave out moments without a reading.",
            )
    body = find_body(cells["body"])
    if body is None:
        raise InputProblem(
            f"没有找到“{cells['body'][:60]}”。请填企业全称、统一社会信用代码或编码。",
            f"“{cells['body'][:60]}” is not known. Give the full name, credit code or body code.",
        )
    return Point(
        body, cells["measure"], Moment.parse(cells["at"].replace("/", "-")).at,
        read_number(cells["value"]), cells.get("unit"), cells.get("channel", ""), label,
    )  # fmt: skip


def read_number(text: str) -> Decimal:
    """Return a number as people write it; raise InputProblem otherwise."""
    try:
        return Decimal(text.replace(",", "").replace("，", "").strip())
    except InvalidOperation:
        raise InputProblem(
            f"数值“{text[:40]}”不是数。", f"The value “{text[:40]}” is no number."
        ) from None
