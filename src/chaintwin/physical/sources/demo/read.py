"""Reads the invented projects, leads, parcels and coverage statements of the demo region."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from chaintwin.model.content import read_yaml
from chaintwin.model.fact import Moment, Statement, Value
from chaintwin.physical import keys
from chaintwin.physical.loading import coverage_statement
from chaintwin.physical.making import Maker
from chaintwin.physical.rows import Row
from chaintwin.physical.sources.demo.projects import read_project

_OPEN = frozenset({"待响应", "研判中"})
# An invented grid has no supply of water to show.
IGNORE_PARCEL = frozenset({"project", "water_t_per_day", "note"})


def read(folder: Path, make: Maker) -> Iterator[Statement]:
    """Yield all of it; everything is of basis DEMO."""
    for row in _rows(folder, make, "projects"):
        yield from read_project(make, row)
    for row in _rows(folder, make, "leads"):
        yield from _lead(make, row)
    for row in _rows(folder, make, "parcels"):
        yield from _parcel(make, row)
    for row in _rows(folder, make, "coverage"):
        row.pop("demo")
        own = {"basis": make.source.basis, "confidence": make.source.confidence}
        yield coverage_statement(make.source.name, row, {**own, "source_record": row.record})
    about = keys.source(make.source.name)
    yield Statement(about, "demo", Value(text="true"), basis=make.source.basis)


def _rows(folder: Path, make: Maker, table: str) -> Iterator[Row]:
    path = folder / "demo" / f"{table}.yml"
    given = read_yaml(path) if path.is_file() else []
    found = (
        (f"demo/{path.name}#{entry.get('code', number)}", entry)
        for number, entry in enumerate(given, 1)
    )
    return make.rows(table, found)


def _lead(make: Maker, row: Row) -> Iterator[Statement]:
    since = Moment.parse(row.pop("reported_on"))
    code, became, status = row.pop("code"), row.pop("project"), row.pop("status")
    said = f"线索 {code}：{row.pop('channel')}，{row.pop('reporter')}上报；{status}"
    if (merged := row.pop("merged_into", None)) is not None:
        became, said = merged, f"{said}（同一投资意向的重复上报）"
    if status not in _OPEN and became is None:
        make.note(f"线索{status}，不立项 leads that became no project")
        return
    own = became is None
    say = make(keys.project(became or code), row=row, valid=since)
    yield say("remark", said, key=code)
    if own:
        yield say("code", code)
        yield say("name", row.pop("title"))
        yield say("demo", str(row.pop("demo")).lower())
        yield say("stage", "lead")
        yield say("stage_reason", status)
        yield say("company_name", row.pop("firm"))
        yield say("link", keys.link(row.pop("link")))
        yield say("region", row.pop("region"))
        yield say("investment_wan", row.pop("investment_wan"))
        make.all_used(row, {"responded_on", "studied_on"})


def _parcel(make: Maker, row: Row) -> Iterator[Statement]:
    code = row.pop("code")
    say = make(keys.parcel(code), row=row)
    yield say("code", code)
    yield say("name", row.pop("title"))
    yield say("demo", str(row.pop("demo")).lower())
    yield say("park", keys.park(row.pop("park")))
    yield say("region", row.pop("district"))
    for field in ("area_mu", "zoning", "price_wan_per_mu", "power_kva", "status", "position"):
        yield from say.some(field, row.pop(field))
    make.all_used(row, IGNORE_PARCEL)
