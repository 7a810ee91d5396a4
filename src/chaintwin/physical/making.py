"""How a source's `read` makes statements: fields are taken out one by one, nothing may be left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from chaintwin.kit.problems import InputProblem
from chaintwin.model.fact import Basis, Label, Moment, Statement, Subject, Value
from chaintwin.model.kinds import Kinds
from chaintwin.physical.declared import Declaration, Table
from chaintwin.physical.rows import Row

Find = Callable[[str, Iterable[str]], Mapping[str, int]]
Progress = Callable[[str, int], None]

_EVERY = 20_000
_TEXTS = frozenset({"text", "date", "flag"})


@dataclass(slots=True)
class Seen:
    """What was seen of one table while it was read."""

    rows: int = 0
    empty: Counter[str] = field(default_factory=Counter)
    values: dict[str, set[str]] = field(default_factory=dict)


class Maker:
    """Makes statements for one source and watches its rows against what was declared.

    `find` returns the bodies that keys already name, so that a reader can tell known firms.
    """

    def __init__(
        self,
        source: Declaration,
        kinds: Kinds,
        find: Find,
        progress: Progress,
    ) -> None:
        self.source = source
        self.find = find
        self.seen: dict[str, Seen] = {}
        self.notes: Counter[str] = Counter()
        self._kinds = kinds
        self._progress = progress
        self._rows = 0

    def rows(self, table: str, found: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterator[Row]:
        """Yield rows of a declared table; stop at the first field that is not declared."""
        declared = self.source.tables[table]
        seen = self.seen.setdefault(table, Seen())
        for record, fields in found:
            if not declared.fields.issuperset(fields):
                raise self._unknown(record, set(fields) - declared.fields)
            self._watch(declared, seen, fields, record)
            yield Row(fields, record, table)

    def __call__(
        self,
        about: Subject | int,
        *,
        row: Row,
        kind: str = "",
        valid: Moment | None = None,
        basis: Basis | None = None,
        confidence: int | None = None,
    ) -> Say:
        """Return what states facts about one body; `kind` is needed where a number is given."""
        return Say(
            self,
            about,
            about.kind if isinstance(about, Subject) else kind,
            row.record,
            self.source.as_of if valid is None else valid,
            self.source.basis if basis is None else basis,
            self.source.confidence if confidence is None else confidence,
        )

    def all_used(self, row: Row, ignore: Iterable[str] = ()) -> None:
        """Insist that every field was taken out, or is knowingly ignored."""
        left = set(row) - set(ignore)
        if left:
            raise self._unknown(row.record, left)

    def note(self, what: str) -> None:
        """Count something worth reporting about the load."""
        self.notes[what] += 1

    def check(self) -> None:
        """Raise InputProblem when a table was not as expected once all of it was read."""
        for name, table in self.source.tables.items():
            seen = self.seen.get(name, Seen())
            if table.rows and not table.rows[0] <= seen.rows <= table.rows[1]:
                raise self._unexpected(
                    name,
                    f"应有 {table.rows[0]}–{table.rows[1]} 行，实有 {seen.rows} 行",
                    f"{table.rows[0]}–{table.rows[1]} rows expected, {seen.rows} found",
                )
            for column, most in table.null_share.items():
                share = seen.empty[column] / seen.rows if seen.rows else 0.0
                if share > most:
                    raise self._unexpected(
                        name,
                        f"“{column}”空值占 {share:.1%}，超过 {most:.1%}",
                        f"{share:.1%} of “{column}” are empty, at most {most:.1%} expected",
                    )

    def value(self, kind: str, attribute: str, given: Any) -> Value:
        """Return a typed value as the kind declares the attribute, in the twin's own words."""
        if isinstance(given, Value):
            return given
        declared = self._kinds.attribute(kind, attribute)
        if declared.type in _TEXTS:
            return self._text(attribute, str(given))
        if declared.type == "number":
            return Value(number=_number(attribute, given), unit=declared.unit, original=str(given))
        if declared.type == "ref":
            return Value(ref=given)
        return Value(data=given)

    def _text(self, attribute: str, given: str) -> Value:
        words = self.source.words.get(attribute)
        if words is None:
            return Value(text=given)
        if given not in words:
            raise InputProblem(
                f"来源 {self.source.name} 的“{attribute}”出现未知的词“{given}”。"
                f"请在 source.yml 的 words 中写明含义。",
                f"“{attribute}” of {self.source.name} holds the unknown word “{given}”. "
                f"Give its meaning under words in source.yml.",
            )
        return Value(text=words[given], original=given)

    def _watch(self, table: Table, seen: Seen, fields: Mapping[str, Any], record: str) -> None:
        seen.rows += 1
        self._rows += 1
        if self._rows % _EVERY == 0:
            self._progress("read", self._rows)
        for column in table.null_share:
            if fields.get(column) in (None, ""):
                seen.empty[column] += 1
        for column in table.unique:
            values = seen.values.setdefault(column, set())
            before = len(values)
            values.add(str(fields.get(column)))
            if len(values) == before:
                raise InputProblem(
                    f"来源 {self.source.name} 的 {record}：“{column}”重复（{fields.get(column)}）。"
                    f"请核对文件是否完整、是否为同一版本。",
                    f"{record} of {self.source.name}: “{column}” stands twice "
                    f"({fields.get(column)}). Check that the file is whole and of one version.",
                )

    def _unknown(self, record: str, left: set[str]) -> InputProblem:
        names = "、".join(sorted(str(name) for name in left))
        return InputProblem(
            f"来源 {self.source.name} 的 {record} 出现未处理的字段：{names}。"
            f"请在 source.yml 中声明，并在 read.py 中映射或写入 IGNORE。",
            f"{record} of the source {self.source.name} has fields nobody handles: {names}. "
            f"Declare them in source.yml and map them in read.py, or write them into IGNORE.",
        )

    def _unexpected(self, table: str, zh: str, en: str) -> InputProblem:
        return InputProblem(
            f"来源 {self.source.name} 的 {table} 与预期不符：{zh}。请核对文件；"
            f"若确已变化，请修改 source.yml 的 expect。",
            f"{table} of {self.source.name} is not as expected: {en}. Check the file; "
            f"if it did change, correct expect in source.yml.",
        )


@dataclass(frozen=True, slots=True)
class Say:
    """States facts about one body, as one row tells them."""

    make: Maker
    about: Subject | int
    kind: str
    record: str
    valid: Moment
    basis: Basis
    confidence: int

    def __call__(
        self,
        attribute: str,
        value: Any,
        *,
        key: str = "",
        valid: Moment | None = None,
        valid_to: Moment | None = None,
        basis: Basis | None = None,
        confidence: int | None = None,
        label: Label = Label.PUBLIC,
        evidence: Mapping[str, Any] | None = None,
    ) -> Statement:
        """Return one statement; `value` is typed by what the kind declares."""
        return Statement(
            self.about,
            attribute,
            self.make.value(self.kind, attribute, value),
            key,
            self.valid if valid is None else valid,
            valid_to,
            self.confidence if confidence is None else confidence,
            self.basis if basis is None else basis,
            label,
            self.record,
            evidence,
        )

    def some(self, attribute: str, value: Any, **more: Any) -> Iterator[Statement]:
        """Yield the statement, or nothing where the source is silent."""
        if value is not None and value != "":
            yield self(attribute, value, **more)


def _number(attribute: str, given: Any) -> Decimal:
    try:
        number = Decimal(str(given).strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise InputProblem(
            f"“{attribute}”应为数字，得到“{given}”。请更正来源文件。",
            f"“{attribute}” should be a number, not “{given}”. Correct the source's file.",
        )
    return number
