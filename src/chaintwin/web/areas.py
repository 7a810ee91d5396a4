"""Areas that do not add up: of parks and buildings with their parts, of parcels split or merged."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from chaintwin.twin.balances import Imbalance, find_imbalances
from chaintwin.twin.door import Door, TheDoor, set_etag
from chaintwin.web.answers import Named
from chaintwin.web.shower import Shower

router = APIRouter(prefix="/api/v1", tags=["twin"])

_SAYS = {
    "parts": ("各部分之和应等于总量", "the parts should come to the whole"),
    "holds": ("所含对象之和超过总量", "what lies in it exceeds the whole"),
    "split": (
        "分割或合并前后之和应相等",
        "the sum should be the same before and after",
    ),
}


class ImbalanceOut(BaseModel):
    """What does not add up, where, and by how much."""

    rule: Literal["parts", "holds", "split"] = Field(
        description="部分之和、所含对象之和、分割合并 own parts, what lies in it, split or merged"
    )
    body: Named
    others: list[Named] = Field(description="相关的孪生体 the other bodies it is about")
    attribute: str = Field(description="总量的属性 attribute of the whole")
    title: dict[str, str]
    unit: str | None
    total: float = Field(description="总量;分割合并为原有之和 the whole, or what was split")
    found: float = Field(description="已知部分之和 sum of the known parts")
    excess: float = Field(description="多出(负为不足) by how much the parts exceed the whole")
    unknown: int = Field(description="未知的部分数 how many parts are unknown")
    says_zh: str
    says_en: str


class ImbalanceList(BaseModel):
    """All that does not add up at the moments looked at."""

    items: list[ImbalanceOut]
    total: int


@router.get("/areas", operation_id="check_areas")
def check_areas(request: Request, response: Response, door: TheDoor) -> ImbalanceList:
    """Check that areas add up, as of the view's moments and in its branch.

    Available, occupied and reserved area of parks and buildings come to the whole; parcels of a
    park and units of a building do not exceed it; parcels that were split or merged keep their
    area.
    Where a part is unknown only an excess is told.
    """
    door.asker.require("firm:read")
    set_etag(request, response, door.view)
    items = show_imbalances(door, list(find_imbalances(door.view)))
    return ImbalanceList(items=items, total=len(items))


def show_imbalances(door: Door, found: list[Imbalance]) -> list[ImbalanceOut]:
    """Return what does not add up, in words of both languages."""
    shower, kinds = Shower(door), door.view.kinds
    names = shower.named([body for one in found for body in (one.body, *one.others)])
    shown = []
    for one in found:
        declared = kinds.known(one.kind).attributes.get(one.attribute)
        unit = declared.unit if declared else None
        total, part, excess = (f"{n.normalize():f}" for n in (one.total, one.found, one.excess))
        zh, en = _SAYS[one.rule]
        name = names[one.body].name
        shown.append(
            ImbalanceOut(
                rule=one.rule, body=names[one.body],
                others=[names[body] for body in one.others if body in names],
                attribute=one.attribute, title=shower.title(one.kind, one.attribute), unit=unit,
                total=float(one.total), found=float(one.found), excess=float(one.excess),
                unknown=one.unknown,
                says_zh=f"{name}:{zh}。总量 {total}、合计 {part},相差 {excess}{unit or ''}。",
                says_en=f"{name}: {en}. Whole {total}, sum {part}, difference {excess}.",
            )
        )  # fmt: skip
    return shown
