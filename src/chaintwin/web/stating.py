"""What people state by hand: values of bodies and new bodies, in a branch or on the main line."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from chaintwin.model.fact import UNKNOWN, Label, Moment
from chaintwin.twin.asked import BodyCode
from chaintwin.twin.door import TheDoor
from chaintwin.twin.stating import Ground, Typed, make_body, state_value
from chaintwin.web.kinds import KindName

router = APIRouter(prefix="/api/v1", tags=["twin"])

_Attribute = Annotated[str, Field(max_length=300, description="属性 attribute")]
_Text = Annotated[
    str,
    Field(
        max_length=200_000,
        description="值:文字、数字、日期(2025-03)、true/false、孪生体编码、JSON 或 GeoJSON "
        "the value: text, number, date, true or false, a body's code, JSON or GeoJSON",
    ),
]
_Unit = Annotated[
    str | None,
    Field(max_length=40, description="单位;可换算的自动换算 unit; converted where it can be"),
]


class GroundGiven(BaseModel):
    """Since when it holds, where it is from and why it is written."""

    model_config = ConfigDict(extra="forbid")

    valid_from: str | None = Field(
        default=None, max_length=40,
        description="何时起成立:2025、2025-03、2025-03-01;不填为未知 true since; left out: unknown",
    )  # fmt: skip
    origin: str | None = Field(
        default=None, max_length=300, description="依据,如文件名与页码 where it is from"
    )
    label: int = Field(default=0, ge=0, le=4, description="密级 secrecy label")
    reason: str = Field(min_length=2, max_length=500, description="理由 reason")

    def ground(self) -> Ground:
        """Return it as the twin takes it; raise InputProblem for what is no date."""
        given = (self.valid_from or "").strip()
        valid = Moment.parse(given) if given else UNKNOWN
        return Ground(self.reason, (self.origin or "").strip() or None, valid, Label(self.label))


class ValueStated(GroundGiven):
    """A value of one attribute of a body."""

    attribute: _Attribute
    value: _Text
    unit: _Unit = None
    preferred: bool = Field(
        default=False,
        description="以此值为准,裁定它先于其他来源 rule that it stands before other sources",
    )


class ValueTyped(BaseModel):
    """One value of a new body."""

    model_config = ConfigDict(extra="forbid")

    attribute: _Attribute
    value: _Text
    unit: _Unit = None


class BodyGiven(GroundGiven):
    """A body to be made."""

    values: list[ValueTyped] = Field(
        min_length=1, max_length=200, description="各属性的值,含名称 values, the name among them"
    )


class StatedOut(BaseModel):
    """What stating a value came to."""

    code: str
    attribute: str
    key: str = Field(description="值键 value key")
    shown: bool = Field(description="现在是否采用此值 whether this value is shown now")
    later: bool = Field(description="此值以后才起效 whether it holds only from a later day")


class BodyMade(BaseModel):
    """A new body."""

    code: str = Field(description="孪生体编码 body code")
    kind: str
    name: str


@router.post("/bodies/{code}/values", operation_id="state_value", status_code=201)
def state(door: TheDoor, code: BodyCode, given: ValueStated) -> StatedOut:
    """State a value of a body, in the branch asked for or on the main line.

    It stands beside what other sources say; the order of authority decides what is shown unless
    it is preferred. A branch needs the right branch:write, the main line import:write.
    """
    body = door.view.number(code)
    typed = Typed(given.attribute, given.value, given.unit)
    done = state_value(door, body, typed, given.ground(), is_preferred=given.preferred)
    door.audit("value_stated", code, {"attribute": given.attribute})
    return StatedOut(
        code=door.view.code(body), attribute=given.attribute, key=done.key, shown=done.is_shown,
        later=done.is_later,
    )  # fmt: skip


@router.post("/kinds/{kind}/bodies", operation_id="make_body", status_code=201)
def make(door: TheDoor, kind: KindName, given: BodyGiven) -> BodyMade:
    """Make a body of any kind with its first values, in the branch asked for or on the main line.

    Its keys (credit code, number, name) come from its values; one that names a body already
    answers 409 with that body's code.
    """
    values = [Typed(one.attribute, one.value, one.unit) for one in given.values]
    code = door.view.code(make_body(door, kind, values, given.ground()))
    door.audit("body_made", code, {"kind": kind})
    name = next((one.text.strip() for one in values if one.attribute == "name"), code)
    return BodyMade(code=code, kind=kind, name=name)
