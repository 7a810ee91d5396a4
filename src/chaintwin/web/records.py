"""The record of a body: what its sources claim, rulings between them, and its earlier versions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from chaintwin.kit.problems import ConflictProblem, NotFoundProblem
from chaintwin.model.fact import Label
from chaintwin.twin.asked import BodyCode
from chaintwin.twin.authority import order_of, orders_at
from chaintwin.twin.door import Door, TheDoor, read_moment, set_etag
from chaintwin.twin.rulings import Claims, Ruling, read_claims, rule, withdraw
from chaintwin.web.answers import FactOut
from chaintwin.web.shower import Shower

router = APIRouter(prefix="/api/v1", tags=["twin"])

_RIGHT = "fact:rule"
# A project changes only together with the item of its dossier that records the change.
_FILED = frozenset({"Project", "Document", "Fonds"})
_Reason = Annotated[str, Field(min_length=2, max_length=500, description="理由 reason")]
_Attribute = Annotated[str, Field(max_length=300, description="属性 attribute")]
_Key = Annotated[str, Field(max_length=500, description="值键 value key")]


class SourceNamed(BaseModel):
    """A source by name and title."""

    name: str
    title: dict[str, str]


class ClaimOut(BaseModel):
    """What one source states."""

    rank: int = Field(description="权威顺序,小者优先 rank in the order of authority, lowest first")
    shown: bool = Field(description="是否采用 whether this value is shown")
    ruled: bool = Field(description="是否人工裁定 whether a person ruled so")
    fact: FactOut


class OrderOut(BaseModel):
    """Which order of authority decided: the first source in it that states a value is shown."""

    by: Literal["ruling", "own", "shipped", "ranks"] = Field(
        description="由人工裁定、本单位自定次序、出厂次序或来源一般级别决定 "
        "a ruling, one's own order, the shipped order, or the general ranks of sources"
    )
    sources: list[SourceNamed] = Field(description="次序中的来源 sources named in the order")
    since: datetime | None = Field(description="自定次序何时起 since when one's own order holds")
    stated_by: str | None = Field(description="何人所定 who stated it")
    reason: str | None = Field(description="理由 why")


class ClaimsOut(BaseModel):
    """All claims about one value of one attribute, the shown one first."""

    attribute: str
    key: str
    title: dict[str, str]
    conflict: bool = Field(description="来源之间是否矛盾 whether sources state different values")
    order: OrderOut = Field(description="按哪个权威次序采用 which order of authority decided")
    claims: list[ClaimOut]


class ClaimsList(BaseModel):
    """What every source claims of a body."""

    items: list[ClaimsOut]
    conflicts: int = Field(description="矛盾的值的个数 number of values in conflict")


class RulingGiven(BaseModel):
    """A ruling: the fact of a source that holds, or a value of one's own."""

    attribute: _Attribute
    key: _Key = ""
    fact: int | None = Field(
        default=None, ge=0, le=2**63 - 1, description="采用的事实编号 number of the chosen fact"
    )
    value: str | None = Field(
        default=None, max_length=2000, description="自行填写的值 a value of one's own"
    )
    reason: _Reason


class WithdrawalGiven(BaseModel):
    """Which ruling is withdrawn, and why."""

    attribute: _Attribute
    key: _Key = ""
    reason: _Reason


class RestoreGiven(BaseModel):
    """Which version a body goes back to, and why."""

    known_at: str = Field(
        max_length=40, description="还原到何时所知 the known moment to go back to: a day or instant"
    )
    reason: _Reason


class Restored(BaseModel):
    """What going back came to."""

    opened: int = Field(description="重新采信的事实 facts believed again")
    closed: int = Field(description="不再采信的事实 facts no longer believed")


@router.get("/bodies/{code}/claims", operation_id="read_claims")
def read_body_claims(
    request: Request,
    response: Response,
    door: TheDoor,
    code: BodyCode,
    conflicts: Annotated[
        bool, Query(description="只看来源矛盾的 only those in conflict or ruled on")
    ] = False,
) -> ClaimsList:
    """Read what every source states of a body by order of authority, conflicts marked."""
    door.asker.require("firm:read")
    set_etag(request, response, door.view)
    return _show_claims(door, code, only_conflicts=conflicts)


@router.post("/bodies/{code}/rulings", operation_id="rule_on_fact")
def rule_on_fact(door: TheDoor, code: BodyCode, given: RulingGiven) -> ClaimsList:
    """Rule which value of an attribute holds; the ruling stands before every source."""
    door.asker.require(_RIGHT)
    body = _find_correctable(door, code)
    rule(door, body, Ruling(given.attribute, given.key, given.reason, given.fact, given.value))
    door.audit("rule_on_fact", code, {"attribute": given.attribute, "fact": given.fact})
    return _show_claims(door, code)


@router.post("/bodies/{code}/rulings/withdraw", operation_id="withdraw_ruling")
def withdraw_ruling(door: TheDoor, code: BodyCode, given: WithdrawalGiven) -> ClaimsList:
    """Withdraw a ruling of one's own tenant; the sources decide again."""
    door.asker.require(_RIGHT)
    body = _find_correctable(door, code)
    withdraw(door, body, given.attribute, given.key, given.reason)
    door.audit("withdraw_ruling", code, {"attribute": given.attribute})
    return _show_claims(door, code)


@router.post("/bodies/{code}/restore", operation_id="restore_body")
def restore_body(door: TheDoor, code: BodyCode, given: RestoreGiven) -> Restored:
    """Go back to what one's own tenant believed of a body at a moment; nothing is erased.

    Public facts and what is derived stay as they are.
    """
    door.asker.require(_RIGHT)
    body = _find_correctable(door, code)
    known_at = read_moment("known_at", given.known_at)
    changes = door.change(f"还原到 {given.known_at} 的版本:{given.reason}")
    tally = changes.restore(body, known_at)
    if not tally.opened and not tally.closed:
        raise ConflictProblem(
            "本单位对它的记录与那时相同,没有可还原的内容。请选择更早的版本。",
            "What your unit holds of it is the same as then; nothing to restore. "
            "Choose an earlier version.",
        )
    door.audit("restore_body", code, {"known_at": given.known_at})
    return Restored(opened=tally.opened, closed=tally.closed)


def _find_correctable(door: Door, code: str) -> int:
    body = door.view.number(code)
    kind = door.view.kind_of(body)
    if kind is None:
        raise NotFoundProblem(
            f"没有找到 {code}。请核对编码。", f"There is no {code}. Check the code."
        )
    if kind in _FILED:
        raise ConflictProblem(
            "项目及其档案只能在项目页上更改,每次更改同时归档。",
            "Projects and their dossiers are changed on the project page, where each change is "
            "filed.",
        )
    return body


def _show_claims(door: Door, code: str, *, only_conflicts: bool = False) -> ClaimsList:
    body = door.view.number(code)
    found = read_claims(door, body)
    if not found:
        door.view.get(body)
    labels = {claim.fact.label for about in found for claim in about.claims} - {Label.PUBLIC}
    if labels:
        door.audit("read_labelled", code, {"labels": sorted(map(int, labels))})
    conflicts = sum(about.is_conflict for about in found)
    if only_conflicts:
        found = [about for about in found if about.is_conflict or about.ruling]
    return ClaimsList(items=_show_each(door, body, found), conflicts=conflicts)


def _show_each(door: Door, body: int, found: list[Claims]) -> list[ClaimsOut]:
    shower, kind = Shower(door), door.view.kind_of(body) or ""
    facts = shower.facts([claim.fact for about in found for claim in about.claims], kind)
    shown = {fact.fact: fact for fact in facts}
    orders = _Orders(door)
    return [
        ClaimsOut(
            attribute=about.attribute,
            key=about.key,
            title=shower.title(kind, about.attribute),
            conflict=about.is_conflict,
            order=orders.of(kind, about),
            claims=[
                ClaimOut(
                    rank=claim.rank,
                    shown=not place,
                    ruled=claim is about.ruling,
                    fact=shown[claim.fact.id],
                )
                for place, claim in enumerate(about.claims)
            ],
        )
        for about in found
    ]


class _Orders:
    """Tells of claims which order of authority decided between them."""

    def __init__(self, door: Door) -> None:
        self._view = door.view
        self._own = orders_at(door.view)
        self._sources = door.view.sources()
        self._changes = door.view.change_records([row.change for row in self._own.values()])

    def of(self, kind: str, about: Claims) -> OrderOut:
        """Return the order that decided; a person's ruling stands before all."""
        declared = self._view.kinds.known(kind).attributes.get(about.attribute)
        found = order_of(declared, self._own.get(about.attribute))
        stated = self._changes.get(found.stated.change) if found.stated else None
        return OrderOut(
            by="ruling" if about.ruling else found.by,
            sources=[self._named(name) for name in found.sources],
            since=found.stated.known_from if found.stated else None,
            stated_by=stated.actor if stated else None,
            reason=stated.reason if stated else None,
        )

    def _named(self, name: str) -> SourceNamed:
        source = self._sources.get(name)
        title = dict(source.title) if source else {}
        return SourceNamed(name=name, title=title or {"zh": name, "en": name})
