"""Questions of the two clocks: facts within a period, and what differs between two moments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from chaintwin.kit.problems import NotFoundProblem
from chaintwin.model.fact import Label
from chaintwin.twin.asked import BodyCode, Limit, Offset
from chaintwin.twin.differing import Turn
from chaintwin.twin.door import Door, TheDoor, read_moment, set_etag
from chaintwin.twin.periods import Period, compare_body, compare_kind, read_within
from chaintwin.twin.state import Held
from chaintwin.twin.view import TwinView
from chaintwin.web.answers import FactOut, HeldOut, Named
from chaintwin.web.shower import Shower

router = APIRouter(prefix="/api/v1", tags=["twin"])

_RIGHT = "firm:read"
_OneAttribute = Annotated[
    str | None, Query(max_length=300, description="只看一个属性 this attribute only")
]


def _asked(what: str) -> Any:
    return Query(max_length=40, description=what)


ValidStart = Annotated[str | None, _asked("有效时段起 true from: a day or instant")]
ValidEnd = Annotated[str | None, _asked("有效时段止,不含 true before")]
KnownStart = Annotated[str | None, _asked("记录时段起 believed from")]
KnownEnd = Annotated[str | None, _asked("记录时段止,不含 believed before")]
FromValid = Annotated[str | None, _asked("与哪天的事实比 compare with facts of then; absent: now")]
FromKnown = Annotated[str | None, _asked("与哪天所知比 compare with what was known then")]


class SpanOut(BaseModel):
    """A fact and how long its value held."""

    fact: FactOut
    valid_to: datetime | None = Field(description="有效止,空为至今 valid to; null: still")


class SpanList(BaseModel):
    """Facts that were true and believed within the periods asked for."""

    items: list[SpanOut]
    total: int


class TurnOut(BaseModel):
    """A value that two moments show differently; null: not shown there."""

    attribute: str
    title: dict[str, str]
    key: str
    before: HeldOut | None
    after: HeldOut | None


class DifferingOut(BaseModel):
    """A body with what two moments show differently of it."""

    body: Named
    turns: list[TurnOut]


class DifferingList(BaseModel):
    """A page of bodies that something happened to between two moments."""

    items: list[DifferingOut]
    total: int
    limit: int
    offset: int


@router.get("/bodies/{code}/facts", operation_id="read_facts_within")
def read_facts_within(
    request: Request, response: Response, door: TheDoor, code: BodyCode,
    valid_start: ValidStart = None, valid_end: ValidEnd = None,
    known_start: KnownStart = None, known_end: KnownEnd = None,
    attribute: _OneAttribute = None, limit: Limit = 100, offset: Offset = 0,
) -> SpanList:  # fmt: skip
    """Read the facts of a body that were true, and believed, at some time within two periods."""
    door.asker.require(_RIGHT)
    set_etag(request, response, door.view)
    body = door.view.number(code)
    valid = Period(_moment("valid_start", valid_start), _moment("valid_end", valid_end))
    known = Period(_moment("known_start", known_start), _moment("known_end", known_end))
    kind = door.view.kind_of(body)
    found = read_within(door.view, body, valid, known, attribute)
    if kind is None or (not found and not door.view.history(body)):
        raise NotFoundProblem(
            f"没有找到 {code} 的任何记录。请核对编码。",
            f"Nothing was ever recorded of {code}. Check the code.",
        )
    page = found[offset : offset + limit]
    _audit(door, code, [span.fact.label for span in page])
    facts = Shower(door).facts([span.fact for span in page], kind) if page else []
    items = [
        SpanOut(fact=fact, valid_to=span.valid_to) for fact, span in zip(facts, page, strict=True)
    ]
    return SpanList(items=items, total=len(found))


@router.get("/bodies/{code}/diff", operation_id="compare_body")
def compare_one(
    request: Request, response: Response, door: TheDoor, code: BodyCode,
    from_valid_at: FromValid = None, from_known_at: FromKnown = None,
) -> DifferingOut:  # fmt: skip
    """Read what a body shows otherwise at the asked moments than at an earlier pair of moments."""
    door.asker.require(_RIGHT)
    set_etag(request, response, door.view)
    before = _other(door, from_valid_at, from_known_at)
    body = door.view.number(code)
    turns = compare_body(before, door.view, body)
    if not turns and not door.view.states([body]) and not before.states([body]):
        door.view.get(body)
    kind = door.view.kind_of(body) or ""
    _audit(door, code, _labels(turns))
    named = Shower(door).named([body]).get(body) or Named(code=code, kind=kind, name=code)
    return DifferingOut(body=named, turns=_turns(door, kind, turns))


@router.get("/diff", operation_id="compare_kind")
def compare_many(
    request: Request, response: Response, door: TheDoor,
    kind: Annotated[str, Query(max_length=100, description="种类 kind of body")],
    from_valid_at: FromValid = None, from_known_at: FromKnown = None,
    limit: Limit = 50, offset: Offset = 0,
) -> DifferingList:  # fmt: skip
    """List the bodies of a kind to which something happened between two pairs of moments."""
    door.asker.require(_RIGHT)
    set_etag(request, response, door.view)
    door.view.kinds.get(kind)
    before = _other(door, from_valid_at, from_known_at)
    found, total = compare_kind(before, door.view, kind, limit, offset)
    named = Shower(door).named([one.body for one in found])
    _audit(door, kind, [label for one in found for label in _labels(one.turns)])
    items = [
        DifferingOut(
            body=named.get(one.body) or _nameless(door.view, one.body, kind),
            turns=_turns(door, kind, one.turns),
        )
        for one in found
    ]
    return DifferingList(items=items, total=total, limit=limit, offset=offset)


def _moment(name: str, text: str | None) -> datetime | None:
    return read_moment(name, text) if text else None


def _other(door: Door, valid_at: str | None, known_at: str | None) -> TwinView:
    return door.twin.view_in(
        door.connection, door.asker, line=door.view.line,
        valid_at=_moment("from_valid_at", valid_at), known_at=_moment("from_known_at", known_at),
    )  # fmt: skip


def _turns(door: Door, kind: str, turns: Sequence[Turn]) -> list[TurnOut]:
    shower = Shower(door)
    sides = [held for turn in turns for held in (turn.before, turn.after) if held is not None]
    refs = shower.named([held.ref for held in sides if held.ref is not None])
    return [
        TurnOut(
            attribute=turn.attribute, title=shower.title(kind, turn.attribute), key=turn.key,
            before=None if turn.before is None else shower.held(turn.before, refs),
            after=None if turn.after is None else shower.held(turn.after, refs),
        )
        for turn in turns
    ]  # fmt: skip


def _labels(turns: Sequence[Turn]) -> list[Label]:
    sides: list[Held | None] = [held for turn in turns for held in (turn.before, turn.after)]
    return [held.label for held in sides if held is not None]


def _nameless(view: TwinView, body: int, kind: str) -> Named:
    return Named(code=view.code(body), kind=kind, name=view.code(body))


def _audit(door: Door, about: str, labels: list[Label]) -> None:
    read = sorted({int(label) for label in labels} - {0})
    if read:
        door.audit("read_labelled", about, {"labels": read})
