"""What a project may become: moves between stages, days in a stage, values of fields. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from chaintwin.application.projects.process import Process, Stage
from chaintwin.kit.clock import calendar_day
from chaintwin.kit.codes import is_credit_code
from chaintwin.kit.problems import ConflictProblem, InputProblem
from chaintwin.model.fact import Value
from chaintwin.model.kinds import Attribute

# Said by their own routes or by the system, never as plain fields.
KEPT_FIELDS = frozenset(
    {"code", "stage", "stage_reason", "promise", "recommendation", "remark", "deleted", "demo"}
)
_LONGEST = 4000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_REGION = re.compile(r"\d{6}")


class GateProblem(ConflictProblem):
    """A gate is closed; `missing_fields` and `missing_documents` say why."""


@dataclass(frozen=True, slots=True)
class Need:
    """Something a gate asks for: its code and titles."""

    code: str
    title: Mapping[str, str]
    is_present: bool


@dataclass(frozen=True, slots=True)
class Gate:
    """What leaving a stage forward needs."""

    stage: Stage
    next: Stage
    fields: list[Need]
    documents: list[Need]

    @property
    def missing_fields(self) -> list[Need]:
        """Return the fields that are not filled in."""
        return [need for need in self.fields if not need.is_present]

    @property
    def missing_documents(self) -> list[Need]:
        """Return the papers that are not filed."""
        return [need for need in self.documents if not need.is_present]

    @property
    def is_open(self) -> bool:
        """Tell whether nothing is missing."""
        return not self.missing_fields and not self.missing_documents


def judge_gate(
    process: Process,
    stage: str,
    present: tuple[Collection[str], Collection[str]],
    titles: tuple[Mapping[str, Mapping[str, str]], Mapping[str, Mapping[str, str]]],
) -> Gate | None:
    """Return the gate of a stage given the fields and papers present; None in the last stage."""
    here, after = process.stage(stage), process.next(stage)
    if after is None:
        return None
    fields, documents = (
        [Need(code, titles[kind].get(code, {"zh": code, "en": code}), code in present[kind])
         for code in wanted]
        for kind, wanted in enumerate((here.fields, here.documents))
    )  # fmt: skip
    return Gate(here, after, fields, documents)


def check_move(process: Process, now: str, to: str, reason: str, gate: Gate | None) -> bool:
    """Tell whether a move goes back; raise a Problem when it is not allowed.

    Forward goes one stage at a time through an open gate; back goes anywhere, with a reason.
    """
    here, there = process.position(now), process.position(to)
    titles = process.stages[here].title, process.stages[there].title
    if here == there:
        raise ConflictProblem(
            f"项目已在“{titles[0]['zh']}”阶段。", f"The project is in “{titles[0]['en']}” already."
        )
    if there < here:
        _check_reason(process, reason)
        return True
    if there > here + 1:
        after = process.stages[here + 1].title
        raise ConflictProblem(
            f"不能从“{titles[0]['zh']}”直接到“{titles[1]['zh']}”:阶段须逐级推进,"
            f"下一阶段是“{after['zh']}”。",
            f"No stage is skipped: after “{titles[0]['en']}” comes “{after['en']}”.",
        )
    if gate is not None and not gate.is_open:
        raise _closed(gate)
    return False


def _check_reason(process: Process, reason: str) -> None:
    if len(reason) < process.min_reason_length:
        raise InputProblem(
            f"回退须说明理由,至少 {process.min_reason_length} 个字(现为 {len(reason)} 个字)。",
            f"Going back needs a reason of at least {process.min_reason_length} characters.",
        )


def _closed(gate: Gate) -> GateProblem:
    parts_zh, parts_en = [], []
    for zh, en, needs in (
        ("字段", "fields", gate.missing_fields),
        ("材料", "papers", gate.missing_documents),
    ):
        if needs:
            parts_zh.append(f"缺少{zh}:{'、'.join(need.title['zh'] for need in needs)}")
            parts_en.append(f"missing {en}: {', '.join(need.title['en'] for need in needs)}")
    return GateProblem(
        f"不能进入“{gate.next.title['zh']}”:{';'.join(parts_zh)}。请补齐后再推进。",
        f"“{gate.next.title['en']}” cannot be entered: {'; '.join(parts_en)}. Supply them first.",
        missing_fields=[need.code for need in gate.missing_fields],
        missing_documents=[need.code for need in gate.missing_documents],
    )


@dataclass(frozen=True, slots=True)
class StageFact:
    """A statement that a stage was entered."""

    fact: int
    stage: str
    since: datetime | None
    source: str
    rank: int


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay in one stage; `left` None: still there."""

    entered: StageFact
    left: datetime | None = None
    is_back: bool = False


def find_stays(facts: Iterable[StageFact], process: Process) -> list[Stay]:
    """Return the stays in order from what sources say; of two at once the lower rank counts."""
    stays: list[Stay] = []
    held: dict[str, StageFact] = {}
    order = {stage.code: place for place, stage in enumerate(process.stages)}
    for fact in sorted(facts, key=lambda one: (one.since is not None, one.since, one.fact)):
        held[fact.source] = fact
        shown = min(held.values(), key=lambda one: (one.rank, one.source))
        before = stays[-1].entered if stays else None
        if before is not None and before.stage == shown.stage:
            continue
        if before is not None:
            stays[-1] = Stay(before, fact.since, stays[-1].is_back)
        back = before is not None and order.get(shown.stage, 0) < order.get(before.stage, 0)
        stays.append(Stay(shown, None, back))
    return stays


def count_days(since: datetime | None, until: datetime) -> int | None:
    """Return the calendar days in China between two instants; None when the start is unknown."""
    if since is None:
        return None
    return (calendar_day(until) - calendar_day(since)).days


def is_overdue(days: int | None, limit: int | None) -> bool | None:
    """Tell whether a stay exceeds its limit; None when there is no limit or no start."""
    if days is None or limit is None:
        return None
    return days > limit


@dataclass(frozen=True, slots=True)
class FieldInput:
    """A value as it was given for one attribute, and the day it was given."""

    attribute: Attribute
    given: object
    today: date = field(compare=False)


def parse_value(wanted: FieldInput) -> Value:
    """Return a text, number, date or flag as its type asks; raise InputProblem otherwise."""
    attribute, given = wanted.attribute, wanted.given
    if attribute.type == "number":
        return Value(number=_number(attribute, given), unit=attribute.unit)
    if attribute.type == "flag":
        if not isinstance(given, bool):
            raise _unfit(attribute, given, "是或否(true/false)", "true or false")
        return Value(text=str(given).lower())
    if not isinstance(given, str) or not given.strip() or len(given) > _LONGEST:
        raise _unfit(attribute, given, f"1 至 {_LONGEST} 个字的文字", "a text")
    text = given.strip()
    if _CONTROL.search(text):
        raise _unfit(attribute, text, "不含控制字符的文字", "a text without control characters")
    if attribute.type == "date":
        return Value(text=_day(attribute, text, wanted.today))
    if attribute.name == "region" and not _REGION.fullmatch(text):
        raise _unfit(attribute, given, "6 位区划代码", "a division code of 6 digits")
    if attribute.name == "credit_code" and not is_credit_code(text):
        raise _unfit(attribute, given, "18 位统一社会信用代码(校验位不符)", "a valid credit code")
    return Value(text=text)


def _number(attribute: Attribute, given: object) -> Decimal:
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        raise _unfit(attribute, given, "数字", "a number")
    try:
        number = Decimal(str(given).replace(",", "").strip())
    except InvalidOperation:
        raise _unfit(attribute, given, "数字", "a number") from None
    if not number.is_finite() or number < 0 or number >= Decimal("1e15"):
        raise _unfit(attribute, given, "不小于 0 的数字", "a number of 0 or more")
    # 5.0 and 5 are one number and shall be stored as one text.
    return Decimal(format(number.normalize(), "f"))


def _day(attribute: Attribute, text: str, today: date) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _unfit(attribute, text, "日期,如 2026-11-01", "a date like 2026-11-01") from None
    if day > today:
        raise InputProblem(
            f"“{attribute.title['zh']}”{day} 晚于今天 {today}。请填写已发生的日期。",
            f"“{attribute.title['en']}” {day} lies after today {today}. Give a day that has come.",
        )
    return day.isoformat()


def _unfit(attribute: Attribute, given: object, zh: str, en: str) -> InputProblem:
    return InputProblem(
        f"“{attribute.title['zh']}”的值“{given}”应为{zh}。请更正。",
        f"The value “{given}” of “{attribute.title['en']}” must be {en}.",
    )
