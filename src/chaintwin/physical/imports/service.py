"""Checks an uploaded list without writing, then writes it as one change when confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from chaintwin.access.audit import record_act
from chaintwin.kit.problems import ConflictProblem, ForbiddenProblem, InputProblem, Language
from chaintwin.kit.problems import NotFoundProblem as NotFound
from chaintwin.model.fact import Label, Moment, Statement
from chaintwin.physical.divisions import Divisions, industry_division
from chaintwin.physical.imports import comparing, shown, steps
from chaintwin.physical.imports.columns import COLUMNS, FIRMS
from chaintwin.physical.imports.core import Outcome, check_lines
from chaintwin.physical.imports.knowing import Met, meet
from chaintwin.physical.imports.models import CoverageGiven, Differences, ImportPage, ImportShown
from chaintwin.physical.imports.reading import Line, read_lines
from chaintwin.physical.imports.statements import Setting, coverage_statements, firm_statements
from chaintwin.twin.door import Door
from chaintwin.twin.originals import Originals
from chaintwin.twin.store import imports as store
from chaintwin.twin.store.imports import ImportRecord
from chaintwin.twin.store.sources import SourceRecord

# Declared once at start: to declare it within a request would wait for a second connection.
SOURCE = SourceRecord(
    "firm_import", {"zh": "本单位导入的企业名录", "en": "List of firms imported by staff"}, "own",
    rank=30,
)  # fmt: skip
_MOST_FIRMS_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Upload:
    """One file with what its officer says of it."""

    name: str
    data: bytes
    as_of: date | None = None
    coverage: tuple[CoverageGiven, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """A list that was read and checked."""

    lines: Sequence[Line]
    outcome: Outcome
    met: Met


def check_upload(door: Door, originals: Originals, upload: Upload) -> ImportShown:
    """Check a file and say what it would change; nothing of it enters the twin yet."""
    door.asker.require("import:write")
    steps.refuse_past(door)
    as_of = steps.choose_day(door, upload.as_of)
    checked = _check(door, read_lines(upload.data))
    _refuse_coverage(upload.coverage, checked.met.known.divisions)
    label = _label(door, checked.lines)
    coverage = [given.model_dump() for given in upload.coverage]
    setting = _setting(door, checked, upload.name, as_of)
    differences = _try(door, checked, setting, coverage)
    kept = originals.keep_bytes(door.connection, door.asker, upload.data, label, door.view.now)
    outcome = checked.outcome
    rows = steps.report_rows(
        len(checked.lines), len(outcome.firms), outcome.rejected, outcome.errors
    )
    report = {
        "original": kept.number,
        "as_of": as_of.isoformat(),
        "coverage": coverage,
        "differences": differences.model_dump(),
    }
    number = steps.store_checked(door, SOURCE.name, upload.name, upload.data, rows | report)
    _note(door, "import.check", number, upload.name)
    return show_import(door, number)


def confirm_import(door: Door, originals: Originals, number: int) -> ImportShown:
    """Write every row without error as one change; raise ConflictProblem when that cannot be."""
    door.asker.require("import:write")
    steps.refuse_past(door)
    record = _get(door, number)
    report = dict(record.report)
    if record.change is not None:
        raise ConflictProblem(
            "这次导入已经确认过，不会重复写入。", "This import was confirmed before."
        )
    data = originals.open(door.connection, report["original"], record.file_name).read()
    checked = _check(door, read_lines(data))
    outcome = checked.outcome
    steps.refuse_unready(len(outcome.firms), outcome.rejected, report["rejected"])
    setting = _setting(door, checked, record.file_name, date.fromisoformat(report["as_of"]))
    changes = door.change(f"导入企业名录 {record.file_name}", SOURCE.name)
    tally = changes.record(_statements(checked, setting, report["coverage"]))
    report["differences"] |= {"facts_added": tally.opened, "facts_closed": tally.closed}
    report |= {"state": "loaded", "loaded_at": door.view.now.isoformat()}
    if not store.settle_import(door.connection, number, report, changes.number):
        raise ConflictProblem(
            "这次导入刚刚被他人确认。", "Somebody else has just confirmed this import."
        )
    _note(door, "import.confirm", number, record.file_name)
    return show_import(door, number)


def show_import(door: Door, number: int) -> ImportShown:
    """Return one import with its errors and differences."""
    door.asker.require("import:write")
    return shown.show(_get(door, number))


def list_imports(door: Door, limit: int, offset: int) -> ImportPage:
    """Return the imports of one's own tenant, latest first."""
    door.asker.require("import:write")
    found, total = store.list_imports(door.connection, SOURCE.name, limit, offset)
    items = [shown.show_row(record) for record in found]
    return ImportPage(items=items, total=total, limit=limit, offset=offset)


def write_rejected(
    door: Door, originals: Originals, number: int, language: Language
) -> tuple[str, bytes]:
    """Return (file name, XLSX) of the rows with errors, ready to be corrected and uploaded."""
    door.asker.require("import:write")
    record = _get(door, number)
    if not record.report["rejected"]:
        raise NotFound("这次导入没有退回的行。", "No row of this import was rejected.")
    data = originals.open(door.connection, record.report["original"], record.file_name).read()
    _note(door, "import.download_rejected", number, record.file_name)
    return steps.make_rejected_file(record, data, language, FIRMS)


def _check(door: Door, lines: Sequence[Line]) -> Checked:
    met = meet(door, lines, SOURCE.name)
    return Checked(lines, check_lines(lines, met.known), met)


def _try(
    door: Door, checked: Checked, setting: Setting, coverage: list[dict[str, Any]]
) -> Differences:
    """Write everything, count, and undo it: the count is what a confirmation would come to."""
    changes = [
        comparing.compare_firm(firm, checked.met.state(firm), checked.met.present)
        for firm in checked.outcome.firms
    ]
    with door.connection.transaction(force_rollback=True):
        trial = door.twin.change_in(
            door.connection, door.asker, reason="检查企业名录", source=SOURCE.name
        )
        tally = trial.record(_statements(checked, setting, coverage))
    differing = [change for change in changes if change.outcome != "same"]
    return Differences(
        new_firms=sum(change.outcome == "new" for change in changes),
        changed_firms=sum(change.outcome == "changed" for change in changes),
        same_firms=sum(change.outcome == "same" for change in changes),
        facts_added=tally.opened,
        facts_closed=tally.closed,
        fields=comparing.count_fields(changes),
        firms=sorted(differing, key=lambda change: (change.outcome == "new", change.row))[
            :_MOST_FIRMS_SHOWN
        ],
        firms_total=len(differing),
    )


def _statements(
    checked: Checked, setting: Setting, coverage: list[dict[str, Any]]
) -> Iterator[Statement]:
    yield from coverage_statements(coverage, setting, SOURCE.title["zh"])
    for firm in checked.outcome.firms:
        gone = comparing.gone_values(firm, checked.met.state(firm), checked.met.present)
        yield from firm_statements(firm, setting, gone)


def _setting(door: Door, checked: Checked, name: str, as_of: date) -> Setting:
    attributes = door.twin.kinds.get("Company").attributes
    units = {column.attribute: attributes[column.attribute].unit for column in COLUMNS}
    return Setting(SOURCE.name, name, Moment.day(as_of), checked.met.known.parks, units)


def _label(door: Door, lines: Sequence[Line]) -> Label:
    personal = {column.attribute for column in COLUMNS if column.is_personal}
    if any(personal & line.cells.keys() for line in lines):
        if Label.PERSONAL not in door.asker.labels:
            raise ForbiddenProblem(
                "文件含联系人或联系电话，您的账号没有“个人信息”阅读权限。"
                "请删去这两列后上传，或请管理员授权。",
                "The file holds contacts, and your account may not read personal data. "
                "Remove the two columns, or ask your administrator.",
            )
        return Label.PERSONAL
    return Label.INTERNAL if Label.INTERNAL in door.asker.labels else Label.PUBLIC


def _refuse_coverage(coverage: Iterable[CoverageGiven], divisions: Divisions) -> None:
    for given in coverage:
        if given.region != "*" and not divisions.is_possible(given.region):
            raise InputProblem(
                f"覆盖率声明中没有区划代码 {given.region}。请更正。",
                f"The coverage names the division {given.region}, which does not exist.",
            )
        if given.industry != "*" and industry_division(given.industry) != given.industry:
            raise InputProblem(
                f"覆盖率声明中没有行业 {given.industry}。请写门类字母加大类，如 C36。",
                f"The coverage names the industry {given.industry}, which does not exist. "
                f"Write section and division, such as C36.",
            )


def _get(door: Door, number: int) -> ImportRecord:
    record = store.get_import(door.connection, number)
    if record is None or record.source != SOURCE.name:
        raise NotFound("没有找到这次导入。", "There is no such import.")
    return record


def _note(door: Door, action: str, number: int, name: str) -> None:
    record_act(
        door.connection, door.asker, door.view.now, action, f"import/{number}", {"file": name}
    )
