"""Checks a purchase list without writing, then writes it as one change when confirmed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from chaintwin.access.audit import record_act
from chaintwin.kit.problems import ConflictProblem, ForbiddenProblem, InputProblem, Language
from chaintwin.kit.problems import NotFoundProblem as NotFound
from chaintwin.model.fact import Moment, Statement
from chaintwin.physical.imports import steps
from chaintwin.physical.imports.reading import Line, read_lines
from chaintwin.physical.purchases import shown
from chaintwin.physical.purchases.columns import LABEL, LAYOUT
from chaintwin.physical.purchases.core import (
    Outcome,
    Setting,
    check_lines,
    end_statements,
    purchase_statements,
    subject_of,
)
from chaintwin.physical.purchases.knowing import meet
from chaintwin.physical.purchases.models import (
    PurchaseDifferences,
    PurchaseListPage,
    PurchaseListShown,
)
from chaintwin.physical.purchases.receiving import PurchaseUpload
from chaintwin.twin.door import Door
from chaintwin.twin.originals import Originals
from chaintwin.twin.state import BodyState
from chaintwin.twin.store import imports as store
from chaintwin.twin.store.imports import ImportRecord, find_keys
from chaintwin.twin.store.sources import SourceRecord

# Declared once at start: to declare it within a request would wait for a second connection.
SOURCE = SourceRecord(
    "purchase_import", {"zh": "链主采购清单", "en": "Purchase list of an anchor firm"}, "own",
    rank=30,
)  # fmt: skip
_COMPARED = ("name", "specification", "amount", "supplier_name", "supplier_region", "note")


@dataclass(frozen=True, slots=True)
class Checked:
    """A list that was read and checked, with the purchases the twin holds of the same buyer."""

    lines: Sequence[Line]
    outcome: Outcome
    setting: Setting
    ended: Sequence[BodyState]


def check_upload(door: Door, originals: Originals, upload: PurchaseUpload) -> PurchaseListShown:
    """Check a file and say what it would change; nothing of it enters the twin yet."""
    require(door)
    steps.refuse_past(door)
    as_of = steps.choose_day(door, upload.as_of)
    buyer = _find_buyer(door, upload.buyer)
    setting = Setting(buyer.body, buyer.code, Moment.day(as_of), upload.name)
    checked = _check(door, read_lines(upload.data, LAYOUT), setting, upload.whole)
    differences = _try(door, checked)
    kept = originals.keep_bytes(door.connection, door.asker, upload.data, LABEL, door.view.now)
    outcome = checked.outcome
    rows = steps.report_rows(
        len(checked.lines), len(outcome.purchases), outcome.rejected, outcome.errors
    )
    report = {
        "original": kept.number,
        "as_of": as_of.isoformat(),
        "buyer": buyer.code,
        "buyer_name": buyer.name,
        "whole": upload.whole,
        "differences": differences.model_dump(),
    }
    number = steps.store_checked(door, SOURCE.name, upload.name, upload.data, rows | report)
    _note(door, "purchases.check", number, upload.name)
    return show_list(door, number)


def confirm_list(door: Door, originals: Originals, number: int) -> PurchaseListShown:
    """Write every row without error as one change; raise ConflictProblem when that cannot be."""
    require(door)
    steps.refuse_past(door)
    record = _get(door, number)
    report = dict(record.report)
    if record.change is not None:
        raise ConflictProblem(
            "这份清单已经确认过，不会重复写入。", "This list was confirmed before."
        )
    data = originals.open(door.connection, report["original"], record.file_name).read()
    as_of = Moment.day(date.fromisoformat(report["as_of"]))
    buyer = _find_buyer(door, report["buyer"])
    setting = Setting(buyer.body, buyer.code, as_of, record.file_name)
    checked = _check(door, read_lines(data, LAYOUT), setting, report["whole"])
    _refuse_unready(checked, report["rejected"], whole=report["whole"])
    changes = door.change(f"导入采购清单 {record.file_name}", SOURCE.name)
    tally = changes.record(_statements(checked))
    report["differences"] |= {"facts_added": tally.opened, "facts_closed": tally.closed}
    report |= {"state": "loaded", "loaded_at": door.view.now.isoformat()}
    if not store.settle_import(door.connection, number, report, changes.number):
        raise ConflictProblem(
            "这份清单刚刚被他人确认。", "Somebody else has just confirmed this list."
        )
    _note(door, "purchases.confirm", number, record.file_name)
    return show_list(door, number)


def _refuse_unready(checked: Checked, rejected: Sequence[int], *, whole: bool) -> None:
    steps.refuse_unready(len(checked.outcome.purchases), checked.outcome.rejected, rejected)
    if whole and rejected:
        raise ConflictProblem(
            "整份清单里还有退回的行：现在写入会把这些采购当成已停止。请改正后整份重新上传。",
            "A whole list with rejected rows would end those purchases. Correct them and upload "
            "the whole list again.",
        )


def show_list(door: Door, number: int) -> PurchaseListShown:
    """Return one purchase list with its errors and differences."""
    require(door)
    return shown.show(_get(door, number))


def list_lists(door: Door, limit: int, offset: int) -> PurchaseListPage:
    """Return the purchase lists of one's own tenant, latest first."""
    require(door)
    found, total = store.list_imports(door.connection, SOURCE.name, limit, offset)
    items = [shown.show_row(record) for record in found]
    return PurchaseListPage(items=items, total=total, limit=limit, offset=offset)


def write_rejected(
    door: Door, originals: Originals, number: int, language: Language
) -> tuple[str, bytes]:
    """Return (file name, XLSX) of the rows with errors, ready to be corrected and uploaded."""
    require(door)
    record = _get(door, number)
    if not record.report["rejected"]:
        raise NotFound("这份清单没有退回的行。", "No row of this list was rejected.")
    data = originals.open(door.connection, record.report["original"], record.file_name).read()
    _note(door, "purchases.download_rejected", number, record.file_name)
    return steps.make_rejected_file(record, data, language, LAYOUT)


def require(door: Door) -> None:
    """Raise ForbiddenProblem unless the asker may import lists and read business secrets."""
    door.asker.require("import:write")
    if LABEL not in door.asker.labels:
        raise ForbiddenProblem(
            "采购清单按商业秘密保存，您的账号没有“商业秘密”阅读权限。请管理员授权。",
            "Purchase lists are business secrets, which your account may not read. Ask your "
            "administrator.",
        )


def _check(door: Door, lines: Sequence[Line], setting: Setting, whole: bool) -> Checked:
    outcome = check_lines(lines, meet(door, lines))
    ended = _left_out(door, outcome, setting) if whole else ()
    return Checked(lines, outcome, setting, ended)


def _left_out(door: Door, outcome: Outcome, setting: Setting) -> list[BodyState]:
    """Return the purchases that earlier lists name and this whole one does not."""
    listed = set(_known(door, outcome, setting).values())
    naming = door.view.referring(setting.buyer, "buyer")
    own = [
        one.body
        for one in naming
        if one.held.source == SOURCE.name and one.held.tenant == door.asker.tenant
    ]
    return door.view.states([body for body in own if body not in listed])


def _known(door: Door, outcome: Outcome, setting: Setting) -> dict[str, int]:
    keys = [subject_of(one, setting).keys[0] for one in outcome.purchases]
    wanted = [value for _, value in keys]
    return find_keys(door.connection, door.asker.tenant, "purchase_line", wanted)


def _try(door: Door, checked: Checked) -> PurchaseDifferences:
    """Write everything, count, and undo it: the count is what a confirmation would come to."""
    known = _known(door, checked.outcome, checked.setting)
    states = {state.body: state for state in door.view.states(sorted(known.values()))}
    new = same = 0
    for one in checked.outcome.purchases:
        key = subject_of(one, checked.setting).keys[0][1]
        state = states.get(known.get(key, 0))
        if state is None or state.held("buyer") is None:
            new += 1
        else:
            same += _is_same(state, list(purchase_statements(one, checked.setting)))
    with door.connection.transaction(force_rollback=True):
        trial = door.twin.change_in(
            door.connection, door.asker, reason="检查采购清单", source=SOURCE.name
        )
        tally = trial.record(_statements(checked))
    return PurchaseDifferences(
        new_lines=new,
        changed_lines=len(checked.outcome.purchases) - new - same,
        same_lines=same,
        ended_lines=len(checked.ended),
        known_suppliers=sum(one.supplier is not None for one in checked.outcome.purchases),
        facts_added=tally.opened,
        facts_closed=tally.closed,
    )


def _is_same(state: BodyState, said: Sequence[Statement]) -> bool:
    values = {
        one.attribute: one.value.text if one.value.number is None else one.value.number
        for one in said
        if one.value is not None
    }
    return all(values[name] == state.one(name) for name in _COMPARED if name in values)


def _statements(checked: Checked) -> Iterator[Statement]:
    for one in checked.outcome.purchases:
        yield from purchase_statements(one, checked.setting)
    for state in checked.ended:
        held = [
            (attribute, one.key)
            for attribute, values in state.attributes.items()
            for one in values
            if one.source == SOURCE.name
        ]
        yield from end_statements(state.body, held, checked.setting)


def _find_buyer(door: Door, code: str) -> BodyState:
    body = door.view.number(code)
    if door.view.kind_of(body) != "Company":
        raise InputProblem(
            f"{code} 不是企业，不能作为采购方。请填企业编码。",
            f"The buyer {code} is no firm. Give the body code of a firm.",
        )
    return door.view.get(body)


def _get(door: Door, number: int) -> ImportRecord:
    record = store.get_import(door.connection, number)
    if record is None or record.source != SOURCE.name:
        raise NotFound("没有找到这份采购清单。", "There is no such purchase list.")
    return record


def _note(door: Door, action: str, number: int, name: str) -> None:
    record_act(
        door.connection, door.asker, door.view.now, action, f"purchases/{number}", {"file": name}
    )
