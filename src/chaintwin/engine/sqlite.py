"""Reads tables of SQLite files that come with other people's data; never writes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from chaintwin.kit.problems import InputProblem


def read_table(path: Path, table: str, columns: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """Return the named columns of every row; raise InputProblem when the file has them not."""
    named = ", ".join(f'"{column}"' for column in columns)
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            return connection.execute(f'SELECT {named} FROM "{table}"').fetchall()
    except sqlite3.Error as error:
        raise InputProblem(
            f"无法从 {path.name} 读取表 {table}：{error}。请换用文档所列的版本。",
            f"Cannot read the table {table} of {path.name}: {error}. Use the documented version.",
        ) from error
