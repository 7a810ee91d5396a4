"""The text of fact rows and states of bodies that one sheet makes. Pure; no database.

What is written equals what single statements come to: the same fact rows, and the state that the
definition in `resolve` gives when one source of one tenant alone speaks of a body.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import repeat

from chaintwin.model.fact import Basis
from chaintwin.model.sheet import Cell, Column, Sheet
from chaintwin.twin.store.resolve import entry_name
from chaintwin.twin.store.rows import escape, write_moment
from chaintwin.twin.store.state import NAMED_BY
from chaintwin.twin.store.terms import name_columns
from chaintwin.twin.store.uses import PROPERTY, RELATIONSHIP, Use
from chaintwin.twin.store.values import LARGEST, LONGEST, ODD, SMALLEST

_NULL = "\\N"
# What has to be written otherwise in COPY text or in JSON.
_SPECIAL = re.compile(r'[\x00-\x1f"\\]')


@dataclass(frozen=True, slots=True)
class Stamp:
    """What all rows of one change share, and how its source ranks per attribute."""

    change: int
    at: str
    tenant: int
    source: int
    rank: int
    ranks: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Place:
    """A column as the store knows its attribute."""

    column: Column
    number: int
    type: str
    is_many: bool

    def value_keys(self) -> Iterable[str]:
        """Return the value keys of the cells, which part several values of one attribute."""
        if self.type == "ref":
            return map(str, self.column.cells)
        if self.is_many and self.type != "number":
            return (str(cell or "") for cell in self.column.cells)
        return repeat("")


def write_facts(
    places: Sequence[Place],
    sheet: Sheet,
    bodies: Sequence[int],
    numbers: Sequence[int],
    stamp: Stamp,
) -> Iterator[tuple[str | None, ...]]:
    """Yield the COPY lines of each row, in order of the columns; None where a cell is empty."""
    width = len(places)
    records = [escape(record) for record in sheet.records] or [_NULL] * len(bodies)
    return zip(
        *(
            _fact_lines(place, bodies, numbers[at::width], records, stamp)
            for at, place in enumerate(places)
        ),
        strict=True,
    )


def _fact_lines(
    place: Place,
    bodies: Sequence[int],
    numbers: Sequence[int],
    records: Sequence[str],
    stamp: Stamp,
) -> list[str | None]:
    column = place.column
    head = "\t".join(
        (
            "", write_moment(column.valid.at), stamp.at, str(stamp.change), str(stamp.tenant), "0",
            str(place.number), str(stamp.source), str(confidence_of(column)),
            str(int(column.label)), column.valid.precision.value, column.basis.value, "f", "",
        )
    )  # fmt: skip
    tail = f"\t{_NULL}\t{escape(column.unit)}\t{_NULL}\t{_NULL}\t{escape(column.code_list)}\t"
    keys = (escape(key) for key in place.value_keys()) if place.is_many else place.value_keys()
    values = _contents(place)
    return [
        None
        if value is None
        else f"{number}\t{body}\t{value[0]}{head}{key}\t{value[1]}{tail}{record}\t{_NULL}"
        for number, body, value, key, record in zip(
            numbers, bodies, values, keys, records, strict=False
        )
    ]


def _contents(place: Place) -> Iterator[tuple[str, str] | None]:
    """Yield the columns ref and (text, number) of each cell."""
    cells = place.column.cells
    if place.type == "ref":
        return (None if cell is None else (str(cell), f"{_NULL}\t{_NULL}") for cell in cells)
    if place.type == "number":
        return (None if cell is None else (_NULL, f"{_NULL}\t{_plain(cell)}") for cell in cells)
    return (None if cell is None else (_NULL, f"{escape(str(cell))}\t{_NULL}") for cell in cells)


def confidence_of(column: Column) -> int:
    """Return the confidence that is stored: what was recalled never exceeds a half."""
    return min(column.confidence, 50) if column.basis is Basis.RECALLED else column.confidence


def write_states(
    places: Sequence[Place],
    bodies: Sequence[int],
    numbers: Sequence[int],
    kind: int,
    stamp: Stamp,
) -> Iterator[str]:
    """Yield the COPY line of the state of each row, one label for all columns."""
    width = len(places)
    entries = zip(
        *(_entries(place, numbers[at::width], stamp) for at, place in enumerate(places)),
        strict=True,
    )
    named = sorted(
        (place for place in places if place.column.attribute in NAMED_BY),
        key=lambda place: place.number,
    )
    names, regions = _cells(places, "name"), _cells(places, "region")
    provinces, words = _cells(places, "province"), _together(named)
    industries = _together([place for place in places if place.column.attribute == "industry"])
    middle = (
        f"\t{stamp.tenant}\t{int(places[0].column.label)}\t{kind}\t{stamp.change}"
        f"\t{stamp.at}\t{stamp.at}\t"
    )
    for body, held, name, region, province, said, trades in zip(
        bodies, entries, names, regions, provinces, words, industries, strict=False
    ):
        filled = ", ".join(entry for entry in held if entry is not None)
        if filled:
            place = region if region is not None else province
            shown = _shown(name, place, said, trades)
            yield f"{body}{middle}{shown}\t{{{filled}}}"


def write_values(places: Sequence[Place], bodies: Sequence[int], stamp: Stamp) -> Iterator[str]:
    """Yield the COPY lines of the index of values, as `store.values` has them of a state."""
    for place in places:
        is_whole = ":" in place.column.attribute
        if not is_whole and place.type != "number":
            continue
        name = str(place.number)
        end = f"\t{stamp.tenant}\t{int(place.column.label)}"
        tell = _index_any if is_whole else _index_number
        keys = repeat("") if place.type == "number" else place.value_keys()
        for body, cell, key in zip(bodies, place.column.cells, keys, strict=False):
            if cell is not None:
                yield f"{name}\t{tell(cell, key)}\t{body}{end}"


def count_uses(places: Sequence[Place], kind: int, rows: int) -> list[Use]:
    """Return how many of so many rows have each attribute, as `store.uses` counts states."""
    label = int(places[0].column.label)
    by_name: dict[str, list[Place]] = {}
    for place in places:
        by_name.setdefault(place.column.attribute, []).append(place)
    found = [Use(label, kind, "", "", rows)]
    for name, same in by_name.items():
        cells = zip(*(place.column.cells for place in same), strict=True)
        count = sum(any(cell is not None for cell in row) for row in cells)
        sort = RELATIONSHIP if same[0].type == "ref" else PROPERTY
        found.append(Use(label, kind, name, sort, count))
    return [use for use in found if use.bodies]


def _index_number(cell: Cell, _key: str) -> str:
    assert isinstance(cell, int | Decimal)
    size = abs(Decimal(cell))
    has_double = size == 0 or SMALLEST <= size <= LARGEST
    return f"{_plain(cell) if has_double else ODD}\t{_NULL}"


def _index_any(cell: Cell, key: str) -> str:
    if key or (isinstance(cell, str) and len(cell) > LONGEST):
        return f"{ODD}\t{_NULL}"
    return f"{_NULL}\t{escape(cell)}" if isinstance(cell, str) else _index_number(cell, key)


def _shown(name: Cell, region: Cell, words: Iterable[Cell], industries: Iterable[Cell]) -> str:
    said = [str(word) for word in words if word is not None]
    text = None if name is None else str(name)
    place = None if region is None else str(region)
    trades = [str(industry) for industry in industries if industry is not None]
    sort_name, search_text, terms = name_columns(
        text, " ".join(said) if said else None, place, trades
    )
    return "\t".join(map(escape, (text, sort_name, place, search_text, terms)))


def _together(places: Sequence[Place]) -> Iterable[tuple[Cell, ...]]:
    """Yield the cells of each row in some columns."""
    if not places:
        return repeat(())
    return zip(*(place.column.cells for place in places), strict=True)


def _cells(places: Sequence[Place], attribute: str) -> Iterable[Cell]:
    for place in places:
        if place.column.attribute == attribute:
            return place.column.cells
    return repeat(None)


def _entries(place: Place, numbers: Sequence[int], stamp: Stamp) -> list[str | None]:
    column = place.column
    begin = column.valid.at
    since = write_moment(begin)
    rank = stamp.ranks.get(place.number, stamp.rank)
    tail = (
        f', "s": {stamp.source}, "c": {confidence_of(column)}, "b": "{column.basis.value}", '
        f'"n": {stamp.tenant}, "a": {rank}, '
        f'"f": {"null" if since == "-infinity" else _iso(since)}, '
        f'"p": "{column.valid.precision.value}", "k": {_iso(stamp.at)}, '
        f'"l": {int(column.label)}, "u": {_quoted(column.unit)}, "d": null}}'
    )
    name = entry_name(column.attribute)
    is_ref, is_number = place.type == "ref", place.type == "number"
    if is_ref:
        return [
            None if cell is None else f'"{name}/{cell}": {{"i": {i}, "v": null, "r": {cell}{tail}'
            for i, cell in zip(numbers, column.cells, strict=False)
        ]
    keys = map(_key_text, place.value_keys())
    return [
        None
        if cell is None
        else f'"{name}/{key}": {{"i": {i}, "v": '
        f'{_plain(cell) if is_number else _quoted(str(cell))}, "r": null{tail}'
        for i, cell, key in zip(numbers, column.cells, keys, strict=False)
    ]


def _iso(moment: str) -> str:
    """Write a moment of PostgreSQL's text form as its JSON functions do."""
    return f'"{moment.replace(" ", "T")}:00"'


def _plain(cell: Cell) -> str:
    return str(cell) if isinstance(cell, int) else format(cell, "f")


def _quoted(text: str | None) -> str:
    """Write a text as JSON inside COPY text."""
    if text is None:
        return "null"
    if _SPECIAL.search(text) is None:
        return f'"{text}"'
    return json.dumps(text, ensure_ascii=False).replace("\\", "\\\\")


def _key_text(key: str) -> str:
    return key if _SPECIAL.search(key) is None else _quoted(key)[1:-1]
