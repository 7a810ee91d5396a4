"""Facts as they are stated to the twin and as they are read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any

from chaintwin.kit.clock import SHANGHAI, start_of_day
from chaintwin.kit.problems import InputProblem

FOREVER = datetime.max.replace(tzinfo=UTC)
ALWAYS = datetime.min.replace(tzinfo=UTC)


class Basis(StrEnum):
    """What a fact rests on; the letter is what the store keeps."""

    MATCHED = "m"
    RECALLED = "r"
    REPORTED = "o"
    DERIVED = "d"
    DEMO = "x"
    RULED = "j"


class Label(IntEnum):
    """Secrecy label 密级标识. State secrets never enter the system."""

    PUBLIC = 0
    INTERNAL = 1
    WORK = 2
    BUSINESS = 3
    PERSONAL = 4

    @property
    def title(self) -> str:
        """Return its Chinese name."""
        return ("公开", "内部", "工作秘密", "商业秘密", "个人信息")[self]


class Precision(StrEnum):
    """How exactly a moment is known."""

    UNKNOWN = "u"
    YEAR = "y"
    MONTH = "m"
    DAY = "d"
    INSTANT = "i"


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant with the precision at which it is known; UNKNOWN lies before all others."""

    at: datetime
    precision: Precision

    @classmethod
    def parse(cls, text: str) -> Moment:
        """Read 2025, 2025-03, 2025-03-01 or an ISO instant; raise InputProblem otherwise."""
        parts = text.strip().split("-")
        try:
            if len(text.strip()) > 10:
                at = datetime.fromisoformat(text.strip())
                local = at if at.tzinfo is not None else at.replace(tzinfo=SHANGHAI)
                return cls(local.astimezone(UTC), Precision.INSTANT)
            numbers = [int(part) for part in parts]
            day = date(*[*numbers, 1, 1][:3])
            precision = (Precision.YEAR, Precision.MONTH, Precision.DAY)[len(parts) - 1]
            return cls(start_of_day(day), precision)
        except (ValueError, IndexError, TypeError, OverflowError) as error:
            raise InputProblem(
                f"日期“{text}”无法识别。请写成 2025、2025-03 或 2025-03-01。",
                f"The date “{text}” is not understood. Write 2025, 2025-03 or 2025-03-01.",
            ) from error

    @classmethod
    def day(cls, day: date) -> Moment:
        """Return the start of a calendar day in China."""
        return cls(start_of_day(day), Precision.DAY)

    @classmethod
    def instant(cls, at: datetime) -> Moment:
        """Return an exact instant."""
        return cls(at.astimezone(UTC), Precision.INSTANT)


UNKNOWN = Moment(ALWAYS, Precision.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Subject:
    """A body named by the keys a source knows it by, strongest first: (scheme, value)."""

    kind: str
    keys: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Value:
    """A typed value; text, number and reference may stand together (a product with its share)."""

    text: str | None = None
    number: Decimal | None = None
    ref: Subject | int | None = None
    data: Mapping[str, Any] | list[Any] | None = None
    unit: str | None = None
    original: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One fact as a source states it; `value` None says that the value ended."""

    about: Subject | int
    attribute: str
    value: Value | None
    value_key: str = ""
    valid: Moment = UNKNOWN
    valid_to: Moment | None = None
    confidence: int = 100
    basis: Basis = Basis.REPORTED
    label: Label = Label.PUBLIC
    source_record: str | None = None
    evidence: Mapping[str, Any] | None = None
    code_list: str | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact as it stands in the twin, with both clocks and where it came from."""

    id: int
    body: int
    tenant: int
    attribute: str
    value_key: str
    text: str | None
    number: Decimal | None
    ref: int | None
    data: Any
    unit: str | None
    original: str | None
    source: str
    source_record: str | None
    evidence: Any
    basis: Basis
    confidence: int
    label: Label
    valid_from: datetime | None
    precision: Precision
    known_from: datetime
    known_to: datetime | None
    change: int
    ended: bool
    # The member it was recorded of, where the body stands for several.
    holder: int | None = None

    @property
    def address(self) -> tuple[int, int]:
        """Return by which body and number the store finds the fact."""
        return self.holder or self.body, self.id

    def moved(self, body: int, ref: int | None) -> Fact:
        """Return the fact as one about the bodies that stand for its own."""
        if (body, ref) == (self.body, self.ref):
            return self
        return replace(self, body=body, ref=ref, holder=self.holder or self.body)

    @property
    def value(self) -> Any:
        """The plain value: number, else text, else data, else the number of the body it names."""
        for value in (self.number, self.text, self.data):
            if value is not None:
                return value
        return self.ref
