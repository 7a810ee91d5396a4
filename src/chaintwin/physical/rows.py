"""Rows of files, each knowing the place it was read from."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from chaintwin.kit.problems import InputProblem


class Row(dict[str, Any]):
    """One row of a source; fields are popped one by one. `record` says where it stands."""

    __slots__ = ("record", "table")

    def __init__(self, fields: Iterable[Any] | dict[str, Any], record: str, table: str) -> None:
        super().__init__(fields)
        self.record = record
        self.table = table


def csv_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (file:line, fields) of a UTF-8 CSV file with a heading."""
    with open_text(path) as stream:
        reader = csv.DictReader(stream, strict=True)
        for fields in reader:
            where = f"{path.name}:{reader.line_num}"
            if None in fields or None in fields.values():
                raise InputProblem(
                    f"{where} 的列数与表头不符。请检查该行的引号和逗号。",
                    f"{where} has another number of columns than the heading. Check its quotes.",
                )
            yield where, fields


def json_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (file:line, fields) of a file with one JSON object per line."""
    with open_text(path) as stream:
        for number, line in enumerate(stream, 1):
            if not line.strip():
                continue
            try:
                yield f"{path.name}:{number}", dict(json.loads(line))
            except (ValueError, TypeError) as error:
                raise InputProblem(
                    f"{path.name}:{number} 不是有效的 JSON 对象（{error}）。请更正该行。",
                    f"{path.name}:{number} is not a JSON object ({error}). Correct that line.",
                ) from error


def listed_rows(path: Path, under: str | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (file#number, fields) of a JSON file that is one list, or holds it under a name."""
    with open_text(path) as stream:
        try:
            held = json.load(stream)
            rows = [dict(row) for row in (held if under is None else held[under])]
        except (ValueError, TypeError, KeyError) as error:
            raise InputProblem(
                f"{path.name} 不是对象列表（{error}）。请重新取得该文件。",
                f"{path.name} is no list of objects ({error}). Get the file anew.",
            ) from error
    for number, row in enumerate(rows, 1):
        yield f"{path.name}#{number}", row


def tab_rows(path: Path, fields: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (file:line, fields) of a tab-separated file without heading."""
    with open_text(path) as stream:
        for number, line in enumerate(stream, 1):
            parts = line.rstrip("\r\n").split("\t")
            if len(parts) != len(fields):
                raise InputProblem(
                    f"{path.name}:{number} 应有 {len(fields)} 列，实有 {len(parts)} 列。",
                    f"{path.name}:{number} should have {len(fields)} columns, not {len(parts)}.",
                )
            yield f"{path.name}:{number}", dict(zip(fields, parts, strict=True))


def open_text(path: Path) -> Any:
    """Open a UTF-8 file, with or without byte order mark; say what is missing if it is absent."""
    try:
        return path.open(encoding="utf-8-sig", newline="")
    except FileNotFoundError:
        raise InputProblem(
            f"找不到文件 {path.name}（在 {path.parent} 中）。请检查 --folder 指向的位置。",
            f"The file {path.name} is absent in {path.parent}. Check the folder you named.",
        ) from None
