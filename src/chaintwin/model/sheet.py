"""Many bodies stated alike: rows of one kind and columns of one attribute each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TypeVar

from chaintwin.kit.problems import InputProblem
from chaintwin.model.fact import UNKNOWN, Basis, Label, Moment, Statement, Subject, Value
from chaintwin.model.kinds import Attribute, Kinds
from chaintwin.model.values import check_value

Item = TypeVar("Item")
Cell = str | int | Decimal | None
_UNFIT = frozenset({"data", "geometry", "any"})
_FIT: Mapping[str, type | tuple[type, ...]] = {"ref": int, "number": (int, Decimal)}


@dataclass(frozen=True, slots=True)
class Column:
    """One attribute of every row; a cell is a text, a number or a body, None says nothing."""

    attribute: str
    cells: Sequence[Cell]
    valid: Moment = UNKNOWN
    confidence: int = 100
    basis: Basis = Basis.REPORTED
    label: Label = Label.PUBLIC
    unit: str | None = None
    code_list: str | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of one kind: their keys by scheme, strongest first, and their columns."""

    kind: str
    keys: Mapping[str, Sequence[str | None]]
    columns: Sequence[Column]
    records: Sequence[str] = field(default=())

    def __len__(self) -> int:
        return len(next(iter(self.keys.values()), ()))

    def fits(self, kinds: Kinds) -> bool:
        """Tell whether all of it is declared; else its statements tell what is to be done."""
        kind = kinds.by_name.get(self.kind)
        if kind is None or kind.is_guarded or kind.withdrawn:
            return False
        declared = (kind.attributes.get(column.attribute) for column in self.columns)
        return all(one is not None and not one.withdrawn for one in declared)

    def check_shape(self) -> None:
        """Raise InputProblem when columns are not of one length."""
        lengths = {len(one) for one in self.keys.values()} | {len(c.cells) for c in self.columns}
        if len(lengths | ({len(self.records)} if self.records else set())) > 1:
            raise InputProblem(
                f"{self.kind} 的表各列长度不一:{sorted(lengths)}。请补齐各列。",
                f"Columns of the sheet of {self.kind} differ in length: {sorted(lengths)}.",
            )

    def check_cells(self, kinds: Kinds) -> None:
        """Raise InputProblem for a cell that is not of its attribute's type."""
        for column in self.columns:
            _check_cells(kinds.attribute(self.kind, column.attribute), column)

    def key_rows(self) -> list[tuple[tuple[str, str], ...]]:
        """Return the keys of each row."""
        pairs = [[(scheme, value) for value in values] for scheme, values in self.keys.items()]
        return [tuple((s, v) for s, v in row if v) for row in zip(*pairs, strict=True)]

    def without(self, rows: Set[int]) -> Sheet:
        """Return the other rows."""
        return replace(
            self,
            keys={scheme: without(values, rows) for scheme, values in self.keys.items()},
            columns=[replace(column, cells=without(column.cells, rows)) for column in self.columns],
            records=without(self.records, rows),
        )

    def statements(self, row: int, kinds: Kinds) -> Iterator[Statement]:
        """Yield what a row says: the meaning of a sheet."""
        keys = ((scheme, values[row]) for scheme, values in self.keys.items())
        about = Subject(self.kind, tuple((scheme, value) for scheme, value in keys if value))
        declared = kinds.known(self.kind).attributes
        for column in self.columns:
            cell = column.cells[row]
            if cell is not None:
                yield Statement(
                    about,
                    column.attribute,
                    _value(declared.get(column.attribute), cell, column.unit),
                    valid=column.valid,
                    confidence=column.confidence,
                    basis=column.basis,
                    label=column.label,
                    source_record=self.records[row] if self.records else None,
                    code_list=column.code_list,
                )


def without(values: Sequence[Item], rows: Set[int]) -> list[Item]:
    """Return the values of all rows but some."""
    return [value for row, value in enumerate(values) if row not in rows]


def _check_cells(declared: Attribute, column: Column) -> None:
    if declared.type in _UNFIT:
        raise InputProblem(
            f"表不能装载属性“{column.attribute}”(结构数据)。请改用逐条陈述。",
            f"A sheet cannot hold “{column.attribute}” (data). State it one by one.",
        )
    fit = _FIT.get(declared.type, str)
    for row, cell in enumerate(column.cells):
        if cell is not None and (not isinstance(cell, fit) or (fit is str and "\x00" in str(cell))):
            raise InputProblem(
                f"“{column.attribute}”第 {row + 1} 行的值 {cell!r} 不能保存。请更正该值。",
                f"The value {cell!r} of “{column.attribute}” in row {row + 1} cannot be stored.",
            )
    if declared.type not in ("text", "ref") or declared.check is not None:
        for cell in set(column.cells) - {None}:
            check_value(declared, _value(declared, cell, None))


def _value(declared: Attribute | None, cell: Cell, unit: str | None) -> Value:
    if isinstance(cell, str):
        return Value(text=cell, unit=unit)
    if isinstance(cell, int) and declared is not None and declared.type == "ref":
        return Value(ref=cell, unit=unit)
    return Value(number=None if cell is None else Decimal(cell), unit=unit)
