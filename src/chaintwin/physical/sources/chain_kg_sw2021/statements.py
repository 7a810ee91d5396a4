"""Reads the company → product statements out of a SurrealQL dump."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from chaintwin.kit.problems import InputProblem

_START = "RELATE company:"
_MARK = "->company_product_relation->"
_PRODUCT = re.compile(
    r"RELATE company:(\d{6})([A-Z]{2})->company_product_relation->"
    r"\(SELECT \* FROM product WHERE name = '(.*)'\) SET name = '主营产品', weight = ([^;]+);\s*"
)
# Several times the real size; more is no dump of this kind.
_MOST_BYTES = 400_000_000


def product_rows(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield (file:line, company, product, weight) from `data.sql` inside a zip file."""
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo("data.sql").file_size > _MOST_BYTES:
                raise _broken(path, 0)
            with archive.open("data.sql") as raw:
                yield from _read(io.TextIOWrapper(raw, encoding="utf-8"), path)
    except FileNotFoundError:
        raise InputProblem(
            f"找不到文件 {path.name}（在 {path.parent} 中）。请检查 --folder 指向的位置。",
            f"The file {path.name} is absent in {path.parent}. Check the folder you named.",
        ) from None
    except (zipfile.BadZipFile, KeyError, UnicodeDecodeError) as error:
        raise _broken(path, 0) from error


def _read(lines: Iterator[str], path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    for number, line in enumerate(lines, 1):
        if not line.startswith(_START) or _MARK not in line:
            continue
        whole = line
        # A few product names hold a line break.
        while not whole.endswith(";\n") and len(whole) < 1000:
            whole = whole.rstrip("\n") + next(lines, ";\n")
        found = _PRODUCT.fullmatch(whole)
        if found is None:
            raise _broken(path, number)
        digits, exchange, product, weight = found.groups()
        name = product.replace("\\'", "'")
        yield (
            f"data.sql:{number}",
            {"company": f"{digits}.{exchange}", "product": name, "weight": weight},
        )


def _broken(path: Path, number: int) -> InputProblem:
    return InputProblem(
        f"{path.name} 中的 data.sql 第 {number} 行无法识别。请重新取得该文件。",
        f"Line {number} of data.sql in {path.name} is not understood. Get the file anew.",
    )
