"""The steps every uploaded list goes through, whatever it lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from chaintwin.kit.clock import calendar_day
from chaintwin.kit.digests import sha256
from chaintwin.kit.problems import ConflictProblem, ForbiddenProblem, InputProblem, Language
from chaintwin.physical.imports.columns import Layout
from chaintwin.physical.imports.errors import RowError
from chaintwin.physical.imports.reading import read_lines
from chaintwin.physical.imports.sheets import make_rejected
from chaintwin.twin.door import Door
from chaintwin.twin.store import imports as store
from chaintwin.twin.store.imports import ImportRecord


def refuse_past(door: Door) -> None:
    """Raise ForbiddenProblem in a view of the past; lists enter the main line now."""
    door.require_main()
    if not door.view.is_now:
        raise ForbiddenProblem(
            "当前查看的是过去时点，不能导入。请把时间条切回“现在”。",
            "You are looking at the past. Set the time bar to now before importing.",
        )


def choose_day(door: Door, as_of: date | None) -> date:
    """Return the day a list is true as of, today unless given; raise InputProblem for later."""
    today = calendar_day(door.view.now)
    chosen = as_of or today
    if chosen > today:
        raise InputProblem(
            f"数据截止日 {chosen} 在今天之后。请更正。",
            f"The list cannot be true as of {chosen}, which lies in the future.",
        )
    return chosen


def report_rows(
    rows: int, accepted: int, rejected: Iterable[int], errors: Sequence[RowError]
) -> dict[str, Any]:
    """Return what a report tells of the rows of a list."""
    return {
        "rows": rows,
        "accepted": accepted,
        "rejected": list(rejected),
        "errors_total": len(errors),
        "errors": [asdict(error) for error in errors],
    }


def store_checked(door: Door, source: str, name: str, data: bytes, report: dict[str, Any]) -> int:
    """Enter a checked list with its report; return its number."""
    given = {"by": door.asker.name, "state": "checked", "loaded_at": None, "size": len(data)}
    record = ImportRecord(
        0, door.view.now, door.asker.account, source, name, sha256(data), given | report, None
    )
    return store.add_import(door.connection, door.asker.tenant, record)


def refuse_unready(accepted: int, rejected: Sequence[int], rejected_before: Sequence[int]) -> None:
    """Raise ConflictProblem when no row passes, or other rows than when the list was checked."""
    if not accepted:
        raise ConflictProblem(
            "没有合格的行可以写入。请下载退回的行，改正后重新上传。",
            "No row can be written. Download the rejected rows, correct them, upload again.",
        )
    if list(rejected) != list(rejected_before):
        raise ConflictProblem(
            "检查之后系统中的数据有变化，合格的行已不同。请重新上传检查。",
            "The twin has changed since the check and other rows pass now. Upload it again.",
        )


def make_rejected_file(
    record: ImportRecord, data: bytes, language: Language, layout: Layout
) -> tuple[str, bytes]:
    """Return (file name, XLSX) of the rows of a list with errors."""
    rejected = set(record.report["rejected"])
    errors: dict[int, list[RowError]] = defaultdict(list)
    for given in record.report["errors"]:
        errors[given["row"]].append(RowError(**given))
    lines = (line for line in read_lines(data, layout) if line.number in rejected)
    stem = record.file_name.rsplit(".", 1)[0]
    return f"{stem}-退回{len(rejected)}行.xlsx", make_rejected(lines, errors, language, layout)
