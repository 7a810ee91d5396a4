"""Routes of identity: pairs that wait for a person, merged records, rulings and undoing them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field

from chaintwin.twin.asked import Limit, Offset
from chaintwin.twin.door import Door, TheDoor, set_etag
from chaintwin.twin.identity.desk import Desk, Group
from chaintwin.twin.identity.firms import COMPARED
from chaintwin.twin.identity.groups import Judgement
from chaintwin.twin.identity.model import Part, Scored, load_model
from chaintwin.twin.state import BodyState
from chaintwin.web.answers import HeldOut
from chaintwin.web.shower import Shower

router = APIRouter(prefix="/api/v1/identity", tags=["twin"])

_RIGHT = "fact:rule"
_SHOWN = (*COMPARED, "region", "status", "phone", "website")
_Code = Annotated[str, Field(max_length=200, description="企业编码 body code of a firm")]
_Reason = Annotated[str, Field(default="", max_length=300, description="理由 reason")]


class ValueOut(BaseModel):
    """One attribute of one record, as its source has it."""

    attribute: str
    title: dict[str, str]
    value: HeldOut


class SideOut(BaseModel):
    """One record by itself, whatever it is one with."""

    code: str
    name: str
    own: bool = Field(description="是否本单位的记录 whether one's own office says something of it")
    values: list[ValueOut]


class ReasonOut(BaseModel):
    """What one comparison found and how many bits it speaks for one firm (below 0: for two)."""

    comparison: str
    level: str
    bits: float
    said: dict[str, str]


class PairOut(BaseModel):
    """Two records that may be one firm."""

    one: SideOut
    other: SideOut
    verdict: Literal["unsure", "later"]
    weight: float = Field(description="匹配权重,比特 match weight in bits")
    probability: float
    why: str = Field(description="为何交人裁决 why a person decides: between, codes or chain")
    reasons: list[ReasonOut]


class QueueOut(BaseModel):
    """A page of pairs that wait for a person."""

    items: list[PairOut]
    total: int
    limit: int
    offset: int
    later: int = Field(description="暂缓的对数 number of pairs put off")
    upper: float = Field(description="自动合并的权重 weight from which pairs are merged")
    lower: float = Field(description="不再提示的权重 weight below which pairs are left alone")
    model: str = Field(description="模型版本 version of the model")


class MergeOut(BaseModel):
    """Records shown as one firm."""

    code: str
    name: str
    members: list[SideOut]
    ruled: bool = Field(description="是否有人工裁决 whether a person ruled on any of it")
    weight: float = Field(description="最弱一环的匹配权重 match weight of the weakest link")
    since: datetime = Field(description="最近一次裁决时间 when it was last judged")


class MergesOut(BaseModel):
    """A page of merged firms, the latest first."""

    items: list[MergeOut]
    total: int
    limit: int
    offset: int


class PairNamed(BaseModel):
    """A pair that was ruled on, and how."""

    one: str
    other: str
    verdict: str


class RuledOut(BaseModel):
    """What was ruled in one change."""

    change: int
    at: datetime
    actor: str
    reason: str
    pairs: list[PairNamed]
    standing: bool = Field(
        description="是否仍有效,可撤销 whether it still stands and can be undone"
    )


class RulingsOut(BaseModel):
    """A page of rulings of one's own office, the latest first."""

    items: list[RuledOut]
    total: int
    limit: int
    offset: int


class PairGiven(BaseModel):
    """A ruling on a pair."""

    one: _Code
    other: _Code
    verdict: Literal["same", "apart", "later"] = Field(
        description="是同一家、不是、以后再说 one firm, not one, or later"
    )
    reason: _Reason


class SplitGiven(BaseModel):
    """Which record is to stand for itself again."""

    member: _Code
    reason: _Reason


class RuledIn(BaseModel):
    """The change in which something was ruled; it can be undone by this number."""

    change: int


@router.get("/queue", operation_id="read_identity_queue")
def read_queue(
    request: Request,
    response: Response,
    door: TheDoor,
    later: Annotated[bool, Query(description="只看暂缓的 only pairs put off")] = False,
    limit: Limit = 20,
    offset: Offset = 0,
) -> QueueOut:
    """List pairs of records that may be one firm, side by side with score and reasons."""
    door.asker.require("firm:read")
    set_etag(request, response, door.view)
    desk, model = Desk(door), load_model()
    waiting = desk.queue(later=later)
    page = waiting[offset : offset + limit]
    sides = _sides(door, desk, (body for one in page for body in one.pair))
    return QueueOut(
        items=[_pair(door, one, sides) for one in page],
        total=len(waiting), limit=limit, offset=offset, later=len(desk.queue(later=True)),
        upper=model.upper, lower=model.lower, model=model.version,
    )  # fmt: skip


@router.get("/merges", operation_id="read_identity_merges")
def read_merges(
    request: Request, response: Response, door: TheDoor, limit: Limit = 20, offset: Offset = 0
) -> MergesOut:
    """List records that are shown as one firm, with every member by itself."""
    door.asker.require("firm:read")
    set_etag(request, response, door.view)
    desk = Desk(door)
    groups = desk.merges()
    page = groups[offset : offset + limit]
    sides = _sides(door, desk, (body for group in page for body in group.members))
    names = {state.body: state.name for state in door.view.named([one.canonical for one in page])}
    items = [_merge(door, one, sides, names) for one in page]
    return MergesOut(items=items, total=len(groups), limit=limit, offset=offset)


@router.get("/rulings", operation_id="read_identity_rulings")
def read_rulings(
    request: Request, response: Response, door: TheDoor, limit: Limit = 20, offset: Offset = 0
) -> RulingsOut:
    """List what one's own office ruled about identity, the latest first."""
    door.asker.require("firm:read")
    set_etag(request, response, door.view)
    desk = Desk(door)
    found, total = desk.rulings(limit, offset)
    bodies = {body for one in found for pair in one.pairs for body in pair[:2]}
    names = {state.body: state.name for state in desk.recorded.named(sorted(bodies))}
    items = [
        RuledOut(
            change=one.change, at=one.at, actor=one.actor, reason=one.reason,
            standing=one.is_standing,
            pairs=[
                PairNamed(one=names.get(a) or door.view.code(a),
                          other=names.get(b) or door.view.code(b), verdict=verdict)
                for a, b, verdict in one.pairs
            ],
        )
        for one in found
    ]  # fmt: skip
    return RulingsOut(items=items, total=total, limit=limit, offset=offset)


@router.post("/rulings", operation_id="rule_on_identity")
def rule_on_identity(door: TheDoor, given: PairGiven) -> RuledIn:
    """Rule that two records are one firm, are two, or are put off."""
    door.asker.require(_RIGHT)
    change = Desk(door).rule(given.one, given.other, given.verdict, given.reason)
    door.audit("rule_on_identity", given.one, {"other": given.other, "verdict": given.verdict})
    return RuledIn(change=change)


@router.post("/splits", operation_id="split_identity")
def split_identity(door: TheDoor, given: SplitGiven) -> RuledIn:
    """Take one record out of the firm it was merged into; the others stay together."""
    door.asker.require(_RIGHT)
    change = Desk(door).split(given.member, given.reason)
    door.audit("split_identity", given.member)
    return RuledIn(change=change)


@router.post("/rulings/{change}/undo", operation_id="undo_identity_ruling")
def undo_ruling(
    door: TheDoor,
    change: Annotated[
        int, Path(ge=0, le=2**63 - 1, description="裁决所在变更的编号 change that ruled")
    ],
) -> RuledIn:
    """Take back what one's own office ruled in one change; what held before holds again."""
    door.asker.require(_RIGHT)
    done = Desk(door).undo(change)
    door.audit("undo_identity_ruling", str(change))
    return RuledIn(change=done)


def _sides(door: Door, desk: Desk, bodies: Iterable[int]) -> dict[int, SideOut]:
    shower = Shower(door)
    states = desk.recorded.states(list(dict.fromkeys(bodies)))
    return {state.body: _side(door, shower, state) for state in states}


def _side(door: Door, shower: Shower, state: BodyState) -> SideOut:
    shown = {one.name: one for one in shower.body(state).attributes}
    values = [
        ValueOut(attribute=name, title=shown[name].title, value=value)
        for name in _SHOWN
        if name in shown
        for value in shown[name].values
    ]
    held = [one for many in state.attributes.values() for one in many]
    own = any(one.tenant == door.asker.tenant for one in held)
    return SideOut(code=state.code, name=state.name, own=own, values=values)


def _blank(door: Door, body: int) -> SideOut:
    code = door.view.code(body)
    return SideOut(code=code, name=code, own=False, values=[])


def _pair(door: Door, one: Judgement, sides: Mapping[int, SideOut]) -> PairOut:
    evidence = _evidence(door, one)
    model = load_model()
    parts = [Part(*part) for part in evidence.get("parts", ())]
    # Without it the bits would not add up to the weight.
    parts += [Part("prior", "any", round(model.prior, 2))] if parts else []
    reasons = [
        ReasonOut(
            comparison=part.comparison, level=part.level, bits=part.bits, said=dict(model.say(part))
        )
        for part in sorted(parts, key=lambda part: -abs(part.bits))
    ]
    return PairOut(
        one=sides.get(one.body) or _blank(door, one.body),
        other=sides.get(one.other) or _blank(door, one.other),
        verdict="later" if one.verdict == "later" else "unsure",
        weight=round(one.weight, 2), probability=round(Scored(one.weight, ()).probability, 4),
        why=str(evidence.get("why", "between")), reasons=reasons,
    )  # fmt: skip


def _evidence(door: Door, one: Judgement) -> dict[str, list[tuple[str, str, float]]]:
    """Return what the model found of a pair, also where a person put it off since."""
    for fact in door.view.history(one.body, "same_as"):
        if fact.value_key == str(one.other) and fact.evidence and "parts" in fact.evidence:
            found: dict[str, list[tuple[str, str, float]]] = fact.evidence
            return found
    return {}


def _merge(
    door: Door, group: Group, sides: Mapping[int, SideOut], names: Mapping[int, str]
) -> MergeOut:
    code = door.view.code(group.canonical)
    return MergeOut(
        code=code, name=names.get(group.canonical, code),
        members=[sides.get(body) or _blank(door, body) for body in group.members],
        ruled=any(one.ruled for one in group.judgements),
        weight=round(min((one.weight for one in group.judgements), default=0.0), 2),
        since=max(one.known_from for one in group.judgements),
    )  # fmt: skip
