"""What can be measured of a body over time, as content/series declares it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Literal, get_args

from chaintwin.kit.problems import InputProblem
from chaintwin.model.content import read_folder

Aggregate = Literal["sum", "mean", "last"]
Step = Literal["minute", "hour", "day", "month", "year"]

# Longer numbers are typing errors, and would make every sum slow.
_MOST_DIGITS = 30


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that is measured: its unit, how often a point is due, which aggregate makes sense.

    `units` holds other ways to give the unit, each with the factor that turns it into `unit`.
    """

    name: str
    title: Mapping[str, str]
    unit: str
    units: Mapping[str, Decimal]
    step: Step
    aggregate: Aggregate
    least: Decimal | None
    note: Mapping[str, str]

    def read(self, value: object, unit: str | None) -> tuple[Decimal, str | None]:
        """Return the value in this measure's unit, and what was given where the unit differed.

        Raises InputProblem for what is no finite number, an unknown unit, or too small a value.
        """
        number = _number(self, value)
        factor = self._factor(unit)
        canonical = number if factor == 1 else number * factor
        if self.least is not None and canonical < self.least:
            raise InputProblem(
                f"{self.title['zh']}的值 {value} 小于可能的最小值 {self.least}。请核对。",
                f"The value {value} of {self.title['en']} is below {self.least}. Check it.",
            )
        return canonical, f"{number} {unit}" if factor != 1 else None

    def _factor(self, unit: str | None) -> Decimal:
        if unit is None or unit == self.unit:
            return Decimal(1)
        found = self.units.get(unit)
        if found is None:
            offered = "、".join((self.unit, *self.units))
            raise InputProblem(
                f"{self.title['zh']}不接受单位“{unit}”。可用:{offered}。",
                f"{self.title['en']} does not take the unit “{unit}”. Use one of: {offered}.",
            )
        return found


Measures = Mapping[str, Measure]


def load_measures(folder: Path | None = None) -> Measures:
    """Read every measure of the content folder, by name."""
    found = [_measure(raw) for _, raw in read_folder("series", folder)]
    return {measure.name: measure for measure in found}


def get_measure(measures: Measures, name: str) -> Measure:
    """Return a measure by its name or its Chinese title; raise InputProblem for an unknown one."""
    if name in measures:
        return measures[name]
    for measure in measures.values():
        if measure.title["zh"] == name:
            return measure
    offered = "、".join(f"{one.title['zh']}({one.name})" for one in measures.values())
    raise InputProblem(
        f"没有“{name}”这项测量。可用:{offered};新的请在 content/series 中声明。",
        f"There is no measure “{name}”. Known: {', '.join(measures)}; declare more in "
        "content/series.",
    )


def step_length(step: Step) -> timedelta:
    """Return how long a step is; a month and a year at their shortest."""
    days = {"day": 1, "month": 28, "year": 365}
    if step in days:
        return timedelta(days=days[step])
    return timedelta(hours=1) if step == "hour" else timedelta(minutes=1)


def _number(measure: Measure, value: object) -> Decimal:
    number = value if isinstance(value, Decimal) else _parsed(value)
    if not number.is_finite() or not _is_short(number):
        raise InputProblem(
            f"{measure.title['zh']}的值“{str(value)[:40]}”不是数。没有读数时请不要填写,不要填 0。",
            f"The value “{str(value)[:40]}” of {measure.title['en']} is no number. "
            "Leave out what was not read; do not write 0.",
        )
    return number


def _parsed(value: object) -> Decimal:
    try:
        return Decimal("NaN" if isinstance(value, bool) else str(value).strip().replace(",", ""))
    except InvalidOperation:
        return Decimal("NaN")


def _is_short(number: Decimal) -> bool:
    return abs(number.adjusted()) <= _MOST_DIGITS and len(str(number)) <= 2 * _MOST_DIGITS


def _measure(raw: Mapping[str, Any]) -> Measure:
    step, aggregate = raw["step"], raw["aggregate"]
    if step not in get_args(Step) or aggregate not in get_args(Aggregate):
        raise InputProblem(
            f"content/series 中 {raw['measure']} 的 step 或 aggregate 有误。",
            f"step or aggregate of {raw['measure']} in content/series is wrong.",
        )
    return Measure(
        name=raw["measure"],
        title=raw["title"],
        unit=raw["unit"],
        units={str(unit): Decimal(str(factor)) for unit, factor in raw.get("units", {}).items()},
        step=step,
        aggregate=aggregate,
        least=None if raw.get("least") is None else Decimal(str(raw["least"])),
        note=raw.get("note", {}),
    )
