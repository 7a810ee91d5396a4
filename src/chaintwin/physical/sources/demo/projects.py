"""States a demo project: its fields, and the day on which each stage was entered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chaintwin.model.fact import Moment, Statement
from chaintwin.physical import keys
from chaintwin.physical.making import Maker, Say
from chaintwin.physical.rows import Row

# Each of these is true from its own day on.
_DAYS = ("contacted_on", "signed_on", "registered_on", "building_on", "producing_on")
_TEXTS = ("company_name", "owner", "bureau", "contact", "region")
_NUMBERS = ("investment_wan", "land_mu")
# How much was reached so far is known of the latest stage.
_REACHED = ("invested_wan", "jobs")


def read_project(make: Maker, row: Row) -> Iterator[Statement]:
    """Yield every fact of one project from the day it was true."""
    history = row.pop("history")
    opened, latest = (Moment.parse(history[at]["entered_on"]) for at in (0, -1))
    code = row.pop("code")
    say = make(keys.project(code), row=row, valid=opened)
    yield say("code", code)
    yield say("name", row.pop("title"))
    yield say("demo", str(row.pop("demo")).lower())
    yield from _stages(say, history)
    changes = row.pop("changes")
    changed = {change["field"]: change for change in changes}
    for field in _TEXTS:
        yield from say.some(field, row.pop(field, None))
    for field in _NUMBERS:
        given = row.pop(field, None)
        yield from say.some(field, changed[field]["before"] if field in changed else given)
    for field in _REACHED:
        yield from say.some(field, row.pop(field, None), valid=latest)
    for change in changes:
        since = Moment.parse(change["changed_on"])
        evidence = {"reason": change["reason"]}
        yield say(change["field"], change["after"], valid=since, evidence=evidence)
    signed = row.get("signed_on")
    for field in _DAYS:
        if (day := row.pop(field, None)) is not None:
            yield say(field, day, valid=Moment.parse(day))
    yield from _places(say, row, opened if signed is None else Moment.parse(signed))
    for number, promise in enumerate(row.pop("promises"), 1):
        since = opened if signed is None else Moment.parse(signed)
        yield say("promise", promise, key=f"p{number}", valid=since)
    make.all_used(row, {"lead"})


def _stages(say: Say, history: list[dict[str, Any]]) -> Iterator[Statement]:
    for entered in history:
        since = Moment.parse(entered["entered_on"])
        evidence = {"rollback": True} if entered.get("rollback") else None
        yield say("stage", entered["stage"], valid=since, evidence=evidence)
        yield say("stage_reason", entered.get("reason") or entered["note"], valid=since)


def _places(say: Say, row: Row, since: Moment) -> Iterator[Statement]:
    yield say("link", keys.link(row.pop("link")))
    if (park := row.pop("park", None)) is not None:
        yield say("park", keys.park(park))
    if (parcel := row.pop("parcel", None)) is not None:
        yield say("parcel", keys.parcel(parcel), valid=since)
