"""How two records are compared: one definition, read as SQL by Splink and by Python on arrival."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chaintwin.twin.identity.record import Record


class Test(Protocol):
    """A yes/no question about two records; unknown values answer no."""

    def holds(self, left: Record, right: Record) -> bool:
        """Answer for two records."""

    def sql(self) -> str:
        """Return the same question over columns ending in _l and _r (DuckDB)."""


@dataclass(frozen=True, slots=True)
class Missing:
    """One of the two records does not know a value."""

    column: str

    def holds(self, left: Record, right: Record) -> bool:
        """Answer for two records."""
        return getattr(left, self.column) is None or getattr(right, self.column) is None

    def sql(self) -> str:
        """Return the question as SQL."""
        return f"{self.column}_l IS NULL OR {self.column}_r IS NULL"


@dataclass(frozen=True, slots=True)
class Same:
    """Both know a value and it is equal."""

    column: str

    def holds(self, left: Record, right: Record) -> bool:
        """Answer for two records."""
        one, other = getattr(left, self.column), getattr(right, self.column)
        return one is not None and one == other

    def sql(self) -> str:
        """Return the question as SQL."""
        return f"{self.column}_l = {self.column}_r"


@dataclass(frozen=True, slots=True)
class Within:
    """Both know a number and they differ by no more than so much."""

    column: str
    most: int

    def holds(self, left: Record, right: Record) -> bool:
        """Answer for two records."""
        one, other = getattr(left, self.column), getattr(right, self.column)
        return one is not None and other is not None and abs(one - other) <= self.most

    def sql(self) -> str:
        """Return the question as SQL."""
        return f"abs({self.column}_l - {self.column}_r) <= {self.most}"


@dataclass(frozen=True, slots=True)
class Share:
    """Two lists of distinct texts have at least so many hundredths of the longer in common."""

    column: str
    hundredths: int
    of_shorter: bool = False

    def holds(self, left: Record, right: Record) -> bool:
        """Answer for two records."""
        one, other = getattr(left, self.column), getattr(right, self.column)
        whole = min(len(one), len(other)) if self.of_shorter else max(len(one), len(other))
        return whole > 0 and 100 * len({*one} & {*other}) >= self.hundredths * whole

    def sql(self) -> str:
        """Return the question as SQL."""
        one, other = f"{self.column}_l", f"{self.column}_r"
        whole = f"{'least' if self.of_shorter else 'greatest'}(len({one}), len({other}))"
        common = f"len(list_intersect({one}, {other}))"
        return f"{whole} > 0 AND 100 * {common} >= {self.hundredths} * {whole}"


@dataclass(frozen=True, slots=True)
class Meets:
    """Two lists have a text in common."""

    column: str

    def holds(self, left: Record, right: Record) -> bool:
        """Answer for two records."""
        return not {*getattr(left, self.column)}.isdisjoint(getattr(right, self.column))

    def sql(self) -> str:
        """Return the question as SQL."""
        return f"len(list_intersect({self.column}_l, {self.column}_r)) > 0"


@dataclass(frozen=True, slots=True)
class Both:
    """Two questions are both answered yes."""

    one: Test
    other: Test

    def holds(self, left: Record, right: Record) -> bool:
        """Answer for two records."""
        return self.one.holds(left, right) and self.other.holds(left, right)

    def sql(self) -> str:
        """Return the question as SQL."""
        return f"({self.one.sql()}) AND ({self.other.sql()})"


@dataclass(frozen=True, slots=True)
class Level:
    """A degree of likeness; `test` None: none of the levels before it."""

    name: str
    test: Test | None
    is_null: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is compared and its levels, the likest first; the first level that holds counts."""

    name: str
    levels: Sequence[Level]

    def level(self, left: Record, right: Record) -> int:
        """Return the position of the level that two records reach."""
        for at, level in enumerate(self.levels):
            if level.test is None or level.test.holds(left, right):
                return at
        raise AssertionError(f"{self.name} has no last level")

    def settings(self) -> dict[str, Any]:
        """Return the comparison as Splink's settings have it, without weights."""
        return {
            "output_column_name": self.name,
            "comparison_levels": [
                {
                    "sql_condition": "ELSE" if level.test is None else level.test.sql(),
                    "label_for_charts": level.name,
                    "is_null_level": level.is_null,
                }
                for level in self.levels
            ],
        }


def _unless_missing(column: str, *levels: Level) -> tuple[Level, ...]:
    return (
        Level("unknown", Missing(column), is_null=True),
        *levels,
        Level("different", None),
    )


COMPARISONS: Sequence[Comparison] = (
    Comparison("code", _unless_missing("code", Level("same", Same("code")))),
    Comparison("number", _unless_missing("number", Level("same", Same("number")))),
    Comparison(
        "name",
        (
            Level("same", Meets("wholes")),
            Level("stem", Same("stem")),
            Level("core", Both(Same("core"), Share("name_marks", 40))),
            Level("near", Meets("near_title")),
            Level("near_core", Both(Meets("near_core"), Share("name_marks", 40))),
            Level("most", Share("name_marks", 60)),
            Level("letters", Share("name_letters", 70)),
            Level("some", Share("name_letters", 45)),
            Level("different", None),
        ),
    ),
    Comparison("office", (Level("same", Same("office")), Level("different", None))),
    Comparison("place", _unless_missing("place", Level("same", Same("place")))),
    Comparison(
        "address",
        _unless_missing(
            "address",
            Level("same", Same("address")),
            Level("numbers", Both(Same("address_numbers"), Share("address_marks", 50))),
            Level("most", Share("address_marks", 85, of_shorter=True)),
            Level("some", Share("address_marks", 45)),
        ),
    ),
    Comparison(
        "founded",
        _unless_missing(
            "month",
            Level("day", Same("day")),
            Level("days", Within("day", 10)),
            Level("month", Same("month")),
        ),
    ),
    Comparison("capital", _unless_missing("capital", Level("same", Same("capital")))),
)
