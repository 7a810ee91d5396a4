"""Reads the rows of one table out of a MySQL dump."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chaintwin.kit.problems import InputProblem
from chaintwin.physical.rows import open_text

_COLUMN = re.compile(r"^\s*`(\w+)`")
_VALUE = re.compile(r"'((?:[^'\\]|\\.|'')*)'|(NULL)|([-+.\deE]+)")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": ""}


def table_rows(path: Path, table: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (file:line#row, fields) of every INSERT into a table; NULL becomes None."""
    columns: list[str] = []
    with open_text(path) as stream:
        is_inside = False
        for number, line in enumerate(stream, 1):
            if line.startswith(f"CREATE TABLE `{table}`"):
                is_inside = True
            elif is_inside and (column := _COLUMN.match(line)):
                columns.append(column[1])
            elif is_inside and line.startswith(")"):
                is_inside = False
            elif line.startswith(f"INSERT INTO `{table}` VALUES "):
                start = line.index(" VALUES ") + len(" VALUES ")
                for count, values in enumerate(_tuples(line, start, path, number), 1):
                    if len(values) != len(columns):
                        raise _broken(path, number)
                    yield f"{path.name}:{number}#{count}", dict(zip(columns, values, strict=True))


def _tuples(line: str, at: int, path: Path, number: int) -> Iterator[list[str | None]]:
    while line[at] == "(":
        values: list[str | None] = []
        while line[at] in "(,":
            found = _VALUE.match(line, at + 1)
            if found is None:
                raise _broken(path, number)
            values.append(_plain(found))
            at = found.end()
        if line[at] != ")":
            raise _broken(path, number)
        yield values
        at += 2 if line[at + 1] == "," else 1
    if line[at] != ";":
        raise _broken(path, number)


def _plain(found: re.Match[str]) -> str | None:
    quoted, null, number = found.groups()
    if null:
        return None
    if number is not None:
        return str(number)
    text = str(quoted).replace("''", "'")
    return re.sub(r"\\(.)", lambda hit: _ESCAPES.get(hit[1], hit[1]), text)


def _broken(path: Path, number: int) -> InputProblem:
    return InputProblem(
        f"{path.name}:{number} 不是完整的 INSERT 语句。请重新取得该文件。",
        f"{path.name}:{number} is not a whole INSERT statement. Get the file anew.",
    )
